"""Words for RunPod: what a job waits for, what went wrong there, what it costs."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

RUNPOD: Mapping[str, Text] = {
    "runpod-cold-start": N_("A worker is starting and loading its models; the first picture takes longer."),
    "runpod-throttled": N_("No GPU is free at RunPod for this endpoint at the moment; the job waits."),
    "runpod-no-workers": N_(
        "The endpoint has no workers although jobs wait. Is “max workers” 0 in the RunPod console?"
    ),
    "runpod-unhealthy": N_("The endpoint’s workers are unhealthy. Look at their log in the RunPod console."),
    "runpod-busy-waiting": N_("RunPod takes no more jobs at the moment; it is asked again."),
    "runpod-silent": N_("RunPod does not answer at the moment; it is asked again."),
    "runpod-key-missing": N_("No RunPod key is set. Set RUNPOD_API_KEY or enter it in Settings."),
    "runpod-endpoints-missing": N_(
        "No RunPod endpoint is named. Set RUNPOD_ENDPOINT_IDS or enter the ids in Settings."
    ),
    "runpod-key-refused": N_(
        "RunPod refuses the key for endpoint {endpoint} ({status}). Check RUNPOD_API_KEY and its permissions."
    ),
    "runpod-endpoint-unknown": N_("RunPod knows no endpoint {endpoint}. Check its id."),
    "runpod-id-invalid": N_("“{id}” cannot be an endpoint’s id. Copy it from the RunPod console."),
    "runpod-url-invalid": N_(
        "{url} cannot be the address of RunPod: it must begin with https://. Check RUNPOD_ENDPOINT_BASE_URL."
    ),
    "runpod-price-invalid": N_("“{text}” is no price. Write USD per second: 0.00031, or id=0.00031."),
    "runpod-ready": N_(
        "{endpoint} is ready: workers {workers}, starting {starting}, waiting jobs {waiting}; "
        "{price} USD a second."
    ),
    "runpod-ready-unpriced": N_(
        "{endpoint} is ready: workers {workers}, starting {starting}, waiting jobs {waiting}. "
        "Its price is not set (RUNPOD_PRICES), so costs are not shown."
    ),
    "runpod-endpoint-throttled": N_(
        "{endpoint}: no GPU is free ({throttled} workers wait for one). Try later."
    ),
    "runpod-endpoint-no-workers": N_(
        "{endpoint} has no workers although {waiting} jobs wait. Raise “max workers” in the RunPod console."
    ),
    "runpod-endpoint-unhealthy": N_("{endpoint}: its workers are unhealthy. Look at their log."),
    "runpod-not-configured": N_("RunPod is not set up; nothing needs it. Set RUNPOD_API_KEY to use it."),
    "runpod-limited": N_("At most {limit} USD are spent on RunPod in 24 hours."),
    "runpod-spent": N_("Cost at RunPod: {usd} USD."),
    "runpod-unreachable": N_("{server} does not answer ({problem}). Check the network; nothing was sent."),
    "runpod-busy": N_("{server} takes no more requests at the moment ({status}). Try again in a minute."),
    "runpod-answers-badly": N_(
        "{server} answered {path} with {status}, which is not RunPod’s way. Check RUNPOD_ENDPOINT_BASE_URL."
    ),
    "runpod-refused": N_(
        "RunPod refused the job for {endpoint} ({status}): {problem}. "
        "Check the endpoint in the RunPod console."
    ),
    "runpod-unanswered": N_(
        "{server} was sent this picture for {endpoint} and did not answer: it may be made and paid for. "
        "Look into the RunPod console, then send it again or forget it."
    ),
    "runpod-outcome-unknown": N_(
        "{server} was silent for {seconds} s: the picture may be done and paid for. "
        "Look again later; its id there: {job}."
    ),
    "runpod-picture-unreachable": N_(
        "The picture is done, but {host} does not hand it over ({problem}). "
        "Look again later; its id at RunPod: {job}."
    ),
    "runpod-lost-sight": N_(
        "{server} no longer shows the job ({status}): the picture may be done and paid for. "
        "Check the key, then look again; its id there: {job}."
    ),
    "runpod-partial": N_("The worker sent fewer pictures than were asked for. See its log."),
    "runpod-deadline": N_(
        "{server} was not done after {seconds} s; the job was cancelled. "
        "Raise MAX_POLLING_DURATION or draw smaller."
    ),
    "runpod-deadline-queued": N_(
        "{server} did not begin within {seconds} s; the job was cancelled and costs nothing. "
        "Try later, or another endpoint."
    ),
    "runpod-timed-out": N_(
        "{server} stopped the job after {seconds} s of work. Raise RUNPOD_EXECUTION_TIMEOUT or draw smaller."
    ),
    "runpod-cancelled-there": N_("The job was cancelled at RunPod ({endpoint}). Render again."),
    "runpod-expired": N_(
        "RunPod no longer knows the job at {endpoint}; results are kept 30 minutes. Render again."
    ),
    "runpod-result-lost": N_(
        "{server} finished without a result: most likely the pictures were too large to send. "
        "Render fewer or smaller ones, or let the worker store them in a bucket."
    ),
    "runpod-result-unreadable": N_(
        "{server} answered without a picture we can read ({found}). Check the version of its worker."
    ),
    "runpod-failed": N_("{server} failed: {problem}. See the worker’s log in the RunPod console."),
    "runpod-worker-crashed": N_("The worker of {server} broke down ({kind}): {problem}. See its log."),
    "runpod-comfyui-down": N_(
        "ComfyUI did not start on the worker of {server}. See the worker’s log in the RunPod console."
    ),
    "runpod-input-refused": N_("{server} did not take an input picture: {problem}. Use another one."),
    "runpod-too-large": N_(
        "The graph and its input pictures are larger than the {megabytes} MB that RunPod takes. "
        "Use fewer or smaller ones."
    ),
    "runpod-needs-save-node": N_(
        "The workflow {workflow} saves nothing; RunPod returns only saved pictures. Add a SaveImage node."
    ),
    "runpod-picture-gone": N_("The picture is no longer at {host} ({status}). Render again."),
    "runpod-picture-refused": N_(
        "The worker named {host} as the place of the picture, which is not a public https address ({reason})."
        " Let the worker store pictures in a public bucket."
    ),
    "runpod-price-unknown": N_(
        "A spend limit is set, but not what {endpoint} costs. Set RUNPOD_PRICES, or take the limit away."
    ),
    "runpod-spend-limit": N_(
        "The spend limit of {limit} USD a day would be passed ({spent} spent, {wanted} wanted). "
        "Raise RUNPOD_SPEND_LIMIT or wait."
    ),
}
