"""Every recorded answer of RunPod's queue and workers is read for what it is; nothing else is a picture."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.errors import BackendError, RenderFailedError
from kitsumy_core.messages import TEXTS, explain
from kitsumy_core.render.graph_check import Requirement
from kitsumy_core.render.runpod_failures import failure
from kitsumy_core.render.runpod_wire import (
    Answer,
    Health,
    complaints_in,
    decoded,
    is_failure,
    pictures_in,
    read_answer,
    read_health,
    steps_in,
)
from tests.runpod_server import a_base64, answer_of, recorded

PNG = base64.b64decode(a_base64())
URI = "data:image/png;base64," + a_base64()
URL = "https://bucket.example/11-26/job/da70170c.png?X-Amz-Signature=00"


def entry(data: str, kind: str = "base64") -> dict[str, str]:
    return {"filename": "t_00001_.png", "type": kind, "data": data}


@pytest.mark.parametrize(
    ("output", "found"),
    [
        pytest.param({"images": [entry(a_base64()), entry(URL, "s3_url")]}, [PNG, URL], id="5.x images"),
        pytest.param({"images": [entry(a_base64())], "errors": ["warn 1"]}, [PNG], id="5.x with errors"),
        pytest.param({"images": [a_base64(), URI]}, [PNG], id="list of texts, the same one once"),
        pytest.param({"status": "success", "message": a_base64()}, [PNG], id="2.x message"),
        pytest.param({"status": "success", "message": URL}, [URL], id="message with a URL"),
        pytest.param({"message": URI, "status": "success", "refresh_worker": True}, [PNG], id="data URI"),
        pytest.param({"job_results": [{"image": a_base64()}]}, [PNG], id="job_results list"),
        pytest.param({"job_results": {"images": [entry(a_base64())]}}, [PNG], id="job_results object"),
        pytest.param({"job_results": json.dumps({"images": [URI]})}, [PNG], id="job_results as JSON text"),
        pytest.param([{"image": URL, "seed": 5}], [URL], id="list of objects"),
        pytest.param([{"images": [entry(a_base64())]}, {"image": URL}], [PNG, URL], id="list of chunks"),
        pytest.param({"image_url": URL}, [URL], id="image_url"),
        pytest.param({"output": {"image": URI}}, [PNG], id="output in output"),
        pytest.param(a_base64(), [PNG], id="plain base64"),
        pytest.param(a_base64().rstrip("="), [PNG], id="base64 without padding"),
        pytest.param(f"  {URI}\n", [PNG], id="data URI with blanks"),
        pytest.param({"images": [], "message": URL}, [URL], id="the next place where the first is empty"),
        pytest.param({"status": "success_no_images", "images": []}, [], id="no images"),
        pytest.param({"status": "error", "message": a_base64()}, [], id="an error is no picture"),
        pytest.param("plain text", [], id="a sentence"),
        pytest.param({"images": ["c29tZSB0ZXh0IHRoYXQgaXMgbm8gcGljdHVyZQ=="]}, [], id="base64 of a text"),
        pytest.param([1, 2, None, True], [], id="numbers"),
        pytest.param(None, [], id="nothing"),
    ],
)
def test_pictures_are_found_in_every_form_that_workers_have_used(output: Any, found: list[Any]) -> None:
    assert [source.data or source.url for source in pictures_in(output)] == found


def test_every_recorded_success_brings_its_pictures() -> None:
    found = {}
    for file, entries in recorded().items():
        for one in entries:
            body = one["body"]
            if isinstance(body, dict) and body.get("status") == "COMPLETED":
                whole = answer_of(file, one["label"])
                found[file, one["label"]] = len(pictures_in(whole.get("output")))
    assert found["worker_comfyui_success", "success two images (batch 2)"] == 2
    assert found["worker_comfyui_down_and_s3", "S3 configured: s3_url"] == 2
    assert found["worker_3_6_0_legacy", "two images: only the last comes back"] == 1
    assert found["cloudlike_run_status", "status legacy_refresh"] == 1
    assert found["local_trivial_runsync", "runsync job_results"] == 1
    without = {label for (_file, label), count in found.items() if not count}
    assert {"status empty", "status none", "status string", "preview only /status"} <= without
    assert sum(count > 0 for count in found.values()) >= 15


FAILED = [
    (
        "worker_comfyui_cloudlike_errors",
        "missing workflow /status",
        "rejected",
        "Missing 'workflow' parameter",
    ),
    ("worker_comfyui_cloudlike_errors", "input null /status", "rejected", "Please provide input"),
    (
        "worker_comfyui_cloudlike_errors",
        "bad base64 /status",
        "runpod-input-refused",
        "Error decoding base64",
    ),
    (
        "worker_comfyui_cloudlike_errors",
        "unknown checkpoint /status",
        "missing-resources",
        "missing.safetensors",
    ),
    (
        "worker_comfyui_cloudlike_errors",
        "execution error (junk",
        "render-failed",
        "cannot identify image file",
    ),
    ("worker_comfyui_errors", "unknown node class", "missing-resources", "NoSuchNode"),
    ("worker_comfyui_errors", "workflow in UI (graph)", "rejected", "missing the class_type"),
    ("worker_comfyui_errors", "workflow is a list", "rejected", "500 Server Error"),
    ("worker_comfyui_errors", "LoadImage missing file", "rejected", "Invalid image file: nope.png"),
    ("worker_comfyui_down_and_s3", "ComfyUI down", "runpod-comfyui-down", "ComfyUI did not start"),
    ("worker_comfyui_down_and_s3", "S3 configured but unreachable", "runpod-failed", "Job processing failed"),
    ("cloudlike_run_status", "status error_details", "runpod-failed", "a b"),
    ("cloudlike_run_status", "status error_dict", "runpod-failed", "structured"),
    ("cloudlike_run_status", "status raise", "runpod-worker-crashed", "boom from handler"),
    ("cloudlike_run_status", "status none", "runpod-result-lost", "without a result"),
    ("cloudlike_run_status", "status string", "runpod-result-unreadable", "str"),
    ("cloudlike_big_result", "status big 21500000", "runpod-result-lost", "too large"),
    ("cloudlike_timeout_retry", "status after retry", "runpod-timed-out", "2 s"),
    ("worker_comfyui_cloudlike_success", "preview only /status", "render-without-pictures", "SaveImage"),
    (
        "worker_3_6_0_legacy",
        "PreviewImage only",
        "runpod-failed",
        "does not exist in the specified output folder",
    ),
    ("worker_3_6_0_legacy", "upload refused", "runpod-input-refused", "Error uploading sub/x.png"),
    ("worker_3_6_0_legacy", "bad base64 image", "runpod-worker-crashed", "Incorrect padding"),
]


@pytest.mark.parametrize(("file", "label", "code", "words"), FAILED, ids=[one[1] for one in FAILED])
def test_every_recorded_failure_becomes_an_error_with_words(
    file: str, label: str, code: str, words: str
) -> None:
    answer = read_answer(answer_of(file, label))
    assert answer is not None
    assert answer.is_over
    error = failure(answer, "ep1")
    assert isinstance(error, BackendError)
    assert error.error_code == code
    said = explain(error, "en")
    assert words in said
    assert not error.retryable, "what was paid for is not sent again by itself"
    assert "Traceback" not in said + repr(error.params)
    assert "{" not in said.replace("{endpoint}", ""), "no placeholder is left"
    assert explain(error, "uk") != said


def test_no_recorded_failure_is_left_without_words() -> None:
    for file, entries in recorded().items():
        for one in entries:
            answer = read_answer(one["body"])
            if answer and answer.is_over and not pictures_in(answer_of(file, one["label"]).get("output")):
                assert failure(answer, "ep1").error_code in TEXTS


def test_what_is_missing_is_named_with_where_to_get_it() -> None:
    answer = read_answer(answer_of("worker_comfyui_cloudlike_errors", "unknown checkpoint /status"))
    assert answer is not None
    known = [
        Requirement(kind="model", name="missing.safetensors", url="https://host/it", folder="checkpoints")
    ]
    (missing,) = failure(answer, "ep1", known).params["missing"]
    assert missing["kind"] == "model"
    assert missing["node"] == "4"
    assert missing["input"] == "ckpt_name"
    assert missing["where"] == "https://host/it -> models/checkpoints"
    assert "sd_xl_base_1.0.safetensors" in missing["available"]


def test_signatures_of_addresses_are_cut_from_errors() -> None:
    told = "Error uploading to https://bucket.example/x.png?X-Amz-Signature=secret&a=b now"
    error = failure(Answer("i", "FAILED", error=told), "ep1")
    assert "secret" not in str(error)
    assert "https://bucket.example/x.png now" in str(error)


def test_running_out_of_memory_is_told_apart() -> None:
    crash = {"error_type": "<class 'torch.OutOfMemoryError'>", "error_message": "CUDA out of memory."}
    error = failure(Answer("i", "FAILED", error=json.dumps(crash)), "ep1")
    assert error.error_code == "render-out-of-memory"
    assert isinstance(error, RenderFailedError)


def test_times_are_seconds_and_unknown_states_are_not_over() -> None:
    answer = read_answer(answer_of("cloudlike_run_status", "status ok"))
    assert answer is not None
    assert (answer.delay, answer.seconds, answer.worker) == (0.0, 0.046, "w1")
    assert not Answer("i", "RUNNING").is_over
    assert not Answer("i", "SOMETHING_NEW").is_over
    assert read_answer({"status": "IN_QUEUE"}) is None
    assert read_answer([]) is None


def test_health_is_read_as_far_as_it_goes() -> None:
    body = next(
        one["body"] for one in recorded()["cloudlike_errors_ttl_wait_purge"] if one["label"] == "health"
    )
    assert read_health(body) == Health(idle=1, ready=1)
    assert read_health({"workers": {"throttled": 2}}) == Health(throttled=2)
    assert read_health({"jobs": {"inQueue": "many"}, "workers": {"idle": -3}}) == Health()
    assert read_health({"error": "x"}) is None


def test_progress_is_read_in_both_spellings() -> None:
    told = answer_of("worker_comfyui_async_wrapper_progress_cancel", "status")["output"]
    assert steps_in(told) == (428, 1500)
    assert steps_in({"step": 1, "of": 3}) == (1, 3)
    assert steps_in({"value": 9, "max": 3}) == (3, 3)
    assert steps_in({"value": True, "max": None}) is None
    assert steps_in("50 %") is None


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text()
    | st.binary().map(lambda b: base64.b64encode(b).decode()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["images", "message", "status", "data", "error", "output", "url"]), inner
        )
    ),
    max_leaves=12,
)


@given(anything)
def test_no_output_can_break_the_reading(output: Any) -> None:
    for source in pictures_in(output):
        assert source.url.startswith("http") or decoded(base64.b64encode(source.data).decode()) == source.data
    complaints_in(output)
    steps_in(output)
    for status in ("COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"):
        error = failure(Answer("i", status, output=output, error=output), "ep1")
        assert explain(error, "en")
    assert is_failure(output) in (True, False)
