"""The RunPod client against a stand-in of its queue: sent once, followed, cancelled, found again."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import socket
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from PIL import Image

from kitsumy_core.errors import (
    BackendError,
    CancelledJobError,
    RejectedError,
    RenderFailedError,
    StalledError,
    StorageError,
    UncertainError,
    UnreachableError,
    UsageError,
)
from kitsumy_core.messages import explain, say
from kitsumy_core.render.backend import Picture
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import Account, MemoryIds
from kitsumy_core.render.runpod_cost import Prices
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_input import packed, saving
from kitsumy_core.render.runpod_job import Rhythm
from kitsumy_core.render.runpod_route import Endpoints
from tests.comfyui_scenarios import Told, load, until
from tests.comfyui_server import a_png
from tests.runpod_server import KEY, Job, RunPodDouble, a_base64, pictures

T = TypeVar("T")
REQUEST = DiffusionRequest(backend="runpod", prompt="a lighthouse", width=128, height=64, steps=20, seed=7)
DONE = {"status": "COMPLETED"}
NO_IMAGES = {"images": [], "status": "success_no_images"}
FAST = Rhythm(first=0.01, most=0.02, most_queued=0.02, most_failing=0.05, health_every=0.01, deadline=20)


@pytest.fixture(scope="module")
def _running() -> Iterator[RunPodDouble]:
    with RunPodDouble() as running:
        yield running


@pytest.fixture
def cloud(_running: RunPodDouble) -> RunPodDouble:
    _running.reset()
    return _running


def using(
    url: str,
    act: Callable[[RunPodBackend], Awaitable[T]],
    *,
    endpoints: Endpoints = Endpoints(("ep1",)),  # noqa: B008  (frozen)
    ids: Any = None,
    account: Account | None = None,
    rhythm: Rhythm = FAST,
    read_timeout: float = 5.0,
    images: dict[str, bytes] | None = None,
    key: str = KEY,
) -> T:
    async def scenario() -> T:
        backend = RunPodBackend(
            Service(url, key, connect_timeout=2, read_timeout=read_timeout),
            endpoints,
            load,
            (images or {}).__getitem__,
            ids=ids,
            account=account,
            rhythm=rhythm,
            has_key=bool(key),
        )
        try:
            return await act(backend)
        finally:
            await backend.aclose()

    return asyncio.run(scenario())


def rendered(
    cloud: RunPodDouble, told: Told | None = None, request: DiffusionRequest = REQUEST, **more: Any
) -> list[Picture]:
    job, report = str(uuid.uuid4()), Told() if told is None else told
    return list(using(cloud.url, lambda backend: backend.render(job, request, report), **more))


def refused(error: type[BackendError], code: str, cloud: RunPodDouble, **more: Any) -> BackendError:
    with pytest.raises(error) as caught:
        rendered(cloud, **more)
    assert caught.value.error_code == code
    assert "?" not in explain(caught.value, "en")
    return caught.value


# --- the straight way ---------------------------------------------------------------------------------------


def test_a_picture_is_sent_followed_and_paid_for(cloud: RunPodDouble) -> None:
    told, ids = Told(), MemoryIds()
    account = Account(Prices("0.001"), idle=5)
    (picture,) = rendered(cloud, told, ids=ids, account=account)
    assert (picture.width, picture.height, picture.seed) == (64, 64, 7)
    assert told.stages == ["waiting", "sampling", "fetching"]
    assert told[-1].seconds == 2.3
    assert told[-1].cost == pytest.approx(0.008), "three started seconds and five idle ones"
    (job,) = cloud.submitted
    assert job.policy == {"executionTimeout": 20_000, "ttl": 1_820_000}
    graph = job.input["workflow"]
    assert set(job.input) == {"workflow"}
    assert graph["6"]["inputs"]["text"] == "a lighthouse"
    assert graph["9"]["inputs"]["filename_prefix"].startswith("kitsumy-")
    assert list(ids._ids.values()) == [f"ep1/{job.id}"]


def test_the_key_goes_to_the_queue_alone_and_into_no_text(
    cloud: RunPodDouble, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    cloud.files["a.png"] = (200, a_png(8, 8), {})
    cloud.ending = {
        "status": "COMPLETED",
        "output": {"message": cloud.file_url("a.png"), "status": "success"},
    }
    (picture,) = rendered(cloud)
    assert picture.width == 8
    for call in cloud.calls:
        assert KEY not in call.path
        assert (KEY in str(call.headers)) == call.path.startswith("/v2/")
    cloud.run_answers = [(500, {"error": "no"})]
    error = refused(UncertainError, "runpod-unanswered", cloud)
    assert KEY not in str(error) + caplog.text + "".join(capfd.readouterr())


def test_input_pictures_travel_as_webp_under_flat_names_each_once(cloud: RunPodDouble) -> None:
    noise = io.BytesIO()
    Image.effect_noise((256, 128), 60).convert("RGB").save(noise, "PNG")
    request = REQUEST.but(source="a", denoise=0.5)
    rendered(cloud, request=request, images={"a": noise.getvalue()})
    (job,) = cloud.submitted
    (sent,) = job.input["images"]
    assert "/" not in sent["name"]
    assert sent["name"].endswith(".webp")
    names = [n["inputs"]["image"] for n in job.input["workflow"].values() if n["class_type"] == "LoadImage"]
    assert names == [sent["name"]]
    data = base64.b64decode(sent["image"])
    assert data[8:12] == b"WEBP"
    assert len(data) < len(noise.getvalue()) / 2
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (256, 128)


def test_a_mask_loses_nothing_and_too_much_is_refused_before_it_is_sent(cloud: RunPodDouble) -> None:
    mask = Image.new("L", (64, 64))
    mask.paste(255, (10, 10, 50, 50))
    written = io.BytesIO()
    mask.save(written, "PNG")
    body = json.loads(packed({}, {"m.webp": written.getvalue()}, execution=600, deadline=1800))
    data = base64.b64decode(body["input"]["images"][0]["image"])
    with Image.open(io.BytesIO(data)) as image:
        assert image.convert("L").tobytes() == mask.tobytes()
    with pytest.raises(RejectedError) as caught:
        packed({}, {"m.webp": written.getvalue()}, execution=600, deadline=1800, most=60)
    assert caught.value.error_code == "runpod-too-large"
    assert cloud.submitted == []


def test_quality_gives_way_before_a_picture_is_refused() -> None:
    noise = io.BytesIO()
    Image.effect_noise((300, 300), 80).convert("RGB").save(noise, "PNG")
    fine = len(packed({}, {"n.webp": noise.getvalue()}, execution=600, deadline=60))
    less = packed({}, {"n.webp": noise.getvalue()}, execution=600, deadline=60, most=fine - 1)
    assert 0 < len(less) < fine


# --- answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "error", "code"),
    [
        ({"status": "COMPLETED"}, RenderFailedError, "runpod-result-lost"),
        (DONE | {"output": NO_IMAGES}, RenderFailedError, "render-without-pictures"),
        (DONE | {"output": {"status": "error", "message": "no disk"}}, RenderFailedError, "runpod-failed"),
        ({"status": "COMPLETED", "output": "some words"}, RenderFailedError, "runpod-result-unreadable"),
        ({"status": "FAILED", "error": "Missing 'workflow' parameter"}, RejectedError, "rejected"),
        ({"status": "TIMED_OUT", "executionTime": 5000}, RenderFailedError, "runpod-timed-out"),
        ({"status": "CANCELLED"}, CancelledJobError, "runpod-cancelled-there"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_brings_no_picture_is_a_failure_in_words_and_is_paid_for(
    cloud: RunPodDouble, ending: dict[str, Any], error: type[BackendError], code: str
) -> None:
    cloud.ending = {"executionTime": 3000} | ending
    told = Told()
    refused(error, code, cloud, told=told, account=Account(Prices("0.001"), idle=0))
    assert told[-1].cost == pytest.approx(0.005 if code == "runpod-timed-out" else 0.003)
    assert len(cloud.submitted) == 1


def test_pictures_of_a_job_that_failed_later_are_not_thrown_away(cloud: RunPodDouble) -> None:
    cloud.ending = {"status": "FAILED", "error": "partial", "output": pictures(2) | {"errors": ["x"]}}
    assert len(rendered(cloud)) == 1, "the two are the same picture"


def test_a_damaged_picture_is_a_failure(cloud: RunPodDouble) -> None:
    cut = a_base64()[: len(a_base64()) // 8 * 4]
    cloud.ending = {"status": "COMPLETED", "output": {"images": [{"data": cut}]}}
    refused(RenderFailedError, "picture-broken", cloud)


def test_fewer_pictures_than_asked_for_are_taken_and_said(cloud: RunPodDouble) -> None:
    told = Told()
    assert len(rendered(cloud, told, REQUEST.but(batch=2))) == 1
    assert told[-1].note == "runpod-partial"


def test_a_graph_that_only_previews_is_made_to_save(cloud: RunPodDouble) -> None:
    graph = load("text2img")
    graph["9"] = {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}}
    sent, count = saving(graph, "kitsumy-1")
    assert (sent["9"]["class_type"], count) == ("SaveImage", 1)
    assert sent["9"]["inputs"] == {"images": ["8", 0], "filename_prefix": "kitsumy-1"}
    assert graph["9"]["class_type"] == "PreviewImage"
    assert saving({"8": graph["8"]}, "x")[1] == 0


def test_steps_a_worker_tells_are_shown(cloud: RunPodDouble) -> None:
    told = Told()
    step = {"status": "IN_PROGRESS", "output": {"type": "progress", "value": 12, "max": 25, "node": "3"}}
    cloud.status_answers = [(200, {"id": "x"} | step)]
    rendered(cloud, told)
    assert [(p.value, p.total) for p in told if p.total == 25] == [(12, 25)]


def test_a_slow_service_is_asked_again_and_an_unknown_state_is_waited_for(cloud: RunPodDouble) -> None:
    cloud.status_answers = [
        (429, {}),
        (502, {}),
        (500, {}),
        (200, "?"),
        (200, {"id": "x", "status": "PAUSED"}),
    ]
    assert len(rendered(cloud)) == 1
    assert len(cloud.submitted) == 1


# --- sent once ----------------------------------------------------------------------------------------------


@contextmanager
def hanging_up() -> Iterator[str]:
    """A server that reads what it is sent and hangs up without a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    one, _address = listening.accept()
                except OSError:
                    return
                one.recv(65536)
                one.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v2"
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("fault", ["no answer in time", "500", "502", "no id"])
def test_a_submission_without_an_answer_is_uncertain_and_never_sent_again(
    cloud: RunPodDouble, fault: str
) -> None:
    ids = MemoryIds()
    if fault == "no answer in time":
        cloud.run_delay = 1.0
    else:
        status = 200 if fault == "no id" else int(fault)
        cloud.run_answers = [(status, {"status": "IN_QUEUE"})]
    refused(UncertainError, "runpod-unanswered", cloud, ids=ids, read_timeout=0.2)
    assert len(cloud.paths("/run")) == 1
    (job_id,) = ids._ids
    with pytest.raises(UncertainError):
        using(cloud.url, lambda backend: backend.recover(job_id), ids=ids)
    assert len(cloud.paths("/run")) == 1


def test_a_server_that_hangs_up_leaves_it_uncertain() -> None:
    with hanging_up() as url, pytest.raises(UncertainError):
        using(url, lambda backend: backend.render(str(uuid.uuid4()), REQUEST, Told()))


def test_nobody_there_means_nothing_was_sent(cloud: RunPodDouble) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/v2"
    with pytest.raises(UnreachableError) as caught:
        using(url, lambda backend: backend.render(str(uuid.uuid4()), REQUEST, Told()))
    assert caught.value.error_code == "runpod-unreachable"
    assert caught.value.retryable
    ids, job_id = MemoryIds(), str(uuid.uuid4())
    with pytest.raises(UnreachableError):
        using(url, lambda backend: backend.render(job_id, REQUEST, Told()), ids=ids)
    assert using(url, lambda backend: backend.recover(job_id), ids=ids) is None, "it may be sent again"


def test_a_busy_queue_is_asked_again_because_it_took_nothing(cloud: RunPodDouble) -> None:
    cloud.run_answers = [(429, {}), (429, {})]
    told = Told()
    assert len(rendered(cloud, told)) == 1
    assert "runpod-busy-waiting" in {p.note for p in told}
    cloud.run_answers = [(429, {})] * 3
    assert refused(UnreachableError, "runpod-busy", cloud).retryable


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "runpod-key-refused"),
        (400, "runpod-refused"),
        (413, "runpod-too-large"),
        (307, "runpod-answers-badly"),
    ],
)
def test_a_refusal_is_said_in_words_and_not_repeated(cloud: RunPodDouble, status: int, code: str) -> None:
    cloud.run_answers = [(status, {"error": "json is invalid"})]
    refused(RejectedError, code, cloud)
    assert len(cloud.paths("/run")) == 1


def test_an_id_that_cannot_be_stored_before_sending_stops_the_sending(cloud: RunPodDouble) -> None:
    class Full(MemoryIds):
        async def keep(self, job_id: str, remote_id: str) -> None:
            raise StorageError("disk-full", where="x")

    with pytest.raises(StorageError):
        rendered(cloud, ids=Full())
    assert cloud.submitted == []


# --- after a crash ------------------------------------------------------------------------------------------


async def _nothing(sent: object) -> None:
    return None


def test_a_job_is_found_again_by_its_id_while_it_runs_and_after(cloud: RunPodDouble) -> None:
    ids, job_id = MemoryIds(), str(uuid.uuid4())
    cloud.running_polls = 10_000

    async def killed(backend: RunPodBackend) -> None:
        task = asyncio.create_task(backend.render(job_id, REQUEST, Told()))
        await until(lambda: "/" in ids._ids.get(job_id, "") and not ids._ids[job_id].endswith("/"))
        backend._sender.cancel = _nothing  # type: ignore[method-assign]  # who is killed says goodbye to nobody
        task.cancel()

    using(cloud.url, killed, ids=ids)
    cloud.running_polls = 1
    for _ in range(2):
        found = using(cloud.url, lambda backend: backend.recover(job_id), ids=ids)
        assert found is not None
        assert len(found) == 1
    assert len(cloud.submitted) == 1


def test_what_was_never_sent_or_is_forgotten_there_is_lost(cloud: RunPodDouble) -> None:
    ids = MemoryIds()
    assert using(cloud.url, lambda backend: backend.recover("never"), ids=ids) is None
    asyncio.run(ids.keep("old", "ep1/11111111-u1"))
    assert using(cloud.url, lambda backend: backend.recover("old"), ids=ids) is None


def test_the_id_a_writer_read_in_the_console_is_enough(cloud: RunPodDouble) -> None:
    cloud.endpoints = {"ep1", "ep2"}
    rendered(cloud, endpoints=Endpoints(("ep2",)))
    ids = MemoryIds()
    asyncio.run(ids.keep("pasted", f" {cloud.submitted[0].id}"))
    asyncio.run(ids.keep("mistyped", "nothing-like-it"))
    both = Endpoints(("gone", "ep1", "ep2"))
    assert using(cloud.url, lambda backend: backend.recover("pasted"), ids=ids, endpoints=both)
    assert using(cloud.url, lambda backend: backend.recover("mistyped"), ids=ids, endpoints=both) is None


def test_a_job_that_another_process_sent_can_be_withdrawn(cloud: RunPodDouble) -> None:
    ids, job = MemoryIds(), Job("11-u1", "ep1", {}, {})
    cloud.jobs[job.id] = job
    for known in ("ep1/11-u1", "ep1/", "ep1/unknown-u1", ""):
        asyncio.run(ids.keep("job", known))
        using(cloud.url, lambda backend: backend.withdraw("job"), ids=ids)
    assert job.status == "CANCELLED"


def test_the_pool_sees_how_busy_the_endpoints_are_and_why_they_cannot_be_used(cloud: RunPodDouble) -> None:
    cloud.health["ep1"] = {"jobs": {"inQueue": 3, "inProgress": 2}, "workers": {"running": 2}}

    async def look(backend: RunPodBackend) -> tuple[Any, int]:
        return await backend.stats(), backend.slots()

    stats, slots = using(cloud.url, look, endpoints=Endpoints(("ep1", "gone")))
    assert (stats.running, stats.waiting, slots) == (2, 3, 5)
    with pytest.raises(RejectedError):
        using(cloud.url, look, key="wrong")


def test_a_job_the_service_forgets_in_between_is_not_sent_again_by_itself(cloud: RunPodDouble) -> None:
    cloud.forgets = True
    error = refused(RenderFailedError, "runpod-expired", cloud)
    assert not error.retryable


def test_silence_until_the_deadline_is_uncertain_and_the_picture_can_be_fetched_later(
    cloud: RunPodDouble,
) -> None:
    cloud.is_silent, ids = True, MemoryIds()
    hurried = Rhythm(first=0.01, most=0.02, most_failing=0.05, deadline=0.3)
    refused(UncertainError, "runpod-outcome-unknown", cloud, ids=ids, rhythm=hurried)
    cloud.is_silent = False
    (job_id,) = ids._ids
    assert using(cloud.url, lambda backend: backend.recover(job_id), ids=ids)
    assert len(cloud.submitted) == 1


# --- waiting, cancelling ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("workers", "queued", "note"),
    [
        ({"initializing": 1}, 1, "runpod-cold-start"),
        ({"throttled": 3}, 1, "runpod-throttled"),
        ({"idle": 0}, 4, "runpod-no-workers"),
        ({"unhealthy": 1}, 1, "runpod-unhealthy"),
    ],
)
def test_a_long_wait_is_explained(
    cloud: RunPodDouble, workers: dict[str, int], queued: int, note: str
) -> None:
    cloud.health["ep1"] = {"jobs": {"inQueue": queued}, "workers": workers}
    cloud.queued_polls = 3
    told = Told()
    rendered(cloud, told)
    assert note in [p.note for p in told if p.stage == "waiting"]
    assert say(note, {}, "en") != say(note, {}, "uk")


def test_a_cold_start_is_part_of_the_price(cloud: RunPodDouble) -> None:
    cloud.health["ep1"] = {"jobs": {"inQueue": 1}, "workers": {"initializing": 1}}
    cloud.ending |= {"executionTime": 1000}
    cloud.queued_polls, told = 4, Told()
    rendered(cloud, told, account=Account(Prices("0.001"), idle=2))
    assert told[-1].cost is not None
    assert told[-1].cost > 0.003, "a second of work, two idle ones, and the start"


@pytest.mark.parametrize("running", [False, True])
def test_a_job_past_the_deadline_is_cancelled_there(cloud: RunPodDouble, running: bool) -> None:
    cloud.queued_polls = 0 if running else 10_000
    cloud.running_polls = 10_000
    hurried = Rhythm(first=0.01, most=0.02, most_queued=0.02, deadline=0.15)
    if running:
        refused(RenderFailedError, "runpod-deadline", cloud, rhythm=hurried)
    else:
        refused(StalledError, "runpod-deadline-queued", cloud, rhythm=hurried)
    assert [job.status for job in cloud.submitted] == ["CANCELLED"]


def test_cancelling_cancels_the_job_there(cloud: RunPodDouble) -> None:
    cloud.running_polls = 10_000

    async def act(backend: RunPodBackend) -> None:
        told = Told()
        task = asyncio.create_task(backend.render(str(uuid.uuid4()), REQUEST, told))
        await until(lambda: "sampling" in told.stages)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    using(cloud.url, act)
    assert [job.status for job in cloud.submitted] == ["CANCELLED"]


def test_cancelling_while_it_is_being_sent_waits_for_the_id_and_cancels_that(cloud: RunPodDouble) -> None:
    cloud.run_delay = 0.3

    async def act(backend: RunPodBackend) -> None:
        task = asyncio.create_task(backend.render(str(uuid.uuid4()), REQUEST, Told()))
        await until(lambda: bool(cloud.submitted))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    using(cloud.url, act)
    assert [job.status for job in cloud.submitted] == ["CANCELLED"]


def test_cancelling_what_is_never_answered_leaves_it_uncertain(cloud: RunPodDouble) -> None:
    cloud.run_delay = 5

    async def act(backend: RunPodBackend) -> None:
        task = asyncio.create_task(backend.render(str(uuid.uuid4()), REQUEST, Told()))
        await until(lambda: bool(cloud.submitted))
        task.cancel()
        with pytest.raises(UncertainError):
            await task

    using(cloud.url, act, read_timeout=0.3)


def test_an_endpoint_where_nothing_starts_is_held_to_have_no_workers(cloud: RunPodDouble) -> None:
    cloud.health["ep1"] = {"jobs": {"inQueue": 1}, "workers": {"idle": 0}}
    cloud.queued_polls, told = 12, Told()
    rendered(cloud, told, rhythm=replace(FAST, no_workers_after=0.1))
    notes = list(dict.fromkeys(p.note for p in told if p.note))
    assert notes == ["runpod-cold-start", "runpod-no-workers"]


def test_a_key_that_is_refused_while_a_job_runs_leaves_it_uncertain_with_its_id(cloud: RunPodDouble) -> None:
    cloud.status_answers = [(200, {"id": "x", "status": "IN_PROGRESS"}), (401, {})]
    error = refused(UncertainError, "runpod-lost-sight", cloud)
    assert error.params["job"] == f"ep1/{cloud.submitted[0].id}"


def test_a_job_that_was_stopped_in_its_midst_is_paid_for_as_far_as_it_ran(cloud: RunPodDouble) -> None:
    cloud.queued_polls, cloud.running_polls, told = 0, 10_000, Told()
    hurried = replace(FAST, deadline=0.15)
    refused(
        RenderFailedError,
        "runpod-deadline",
        cloud,
        told=told,
        rhythm=hurried,
        account=Account(Prices("0.001"), idle=0),
    )
    assert told[-1].cost == pytest.approx(0.001), "one started second"


# --- endpoints, settings ------------------------------------------------------------------------------------


def test_jobs_go_where_they_start_soonest_and_elsewhere_if_an_endpoint_is_gone(cloud: RunPodDouble) -> None:
    cloud.endpoints = {"ep1", "ep2", "big", "fast"}
    cloud.health["ep1"] = {"jobs": {"inQueue": 9}, "workers": {"running": 1}}
    cloud.health["ep2"] = {"jobs": {"inQueue": 0}, "workers": {"idle": 2}}
    every = Endpoints(("ep1", "ep2"), large="big", quick="fast")
    rendered(cloud, endpoints=every)
    rendered(cloud, endpoints=every, request=REQUEST.but(steps=12))
    rendered(cloud, endpoints=every, request=REQUEST.but(width=2048, height=1024))
    rendered(cloud, endpoints=Endpoints(("gone", "ep2")))
    cloud.health["big"] = {"jobs": {"inQueue": 1}, "workers": {"throttled": 2}}
    rendered(cloud, endpoints=every, request=REQUEST.but(width=2048, height=1024))
    assert [job.endpoint for job in cloud.submitted] == ["ep2", "fast", "big", "ep2", "ep2"]
    refused(RejectedError, "runpod-endpoint-unknown", cloud, endpoints=Endpoints(("gone",)))
    refused(RejectedError, "runpod-id-invalid", cloud, endpoints=Endpoints(("../user",)))


def test_the_check_names_what_is_missing_and_how_each_endpoint_is(cloud: RunPodDouble) -> None:
    def codes(**more: Any) -> list[tuple[str, bool]]:
        found = using(cloud.url, lambda backend: backend.check(), **more)
        assert not any("?" in say(one.code, one.params, "en") for one in found)
        return [(one.code, one.ok) for one in found]

    assert codes(key="") == [("runpod-key-missing", False)]
    assert codes(endpoints=Endpoints()) == [("runpod-endpoints-missing", False)]
    assert codes() == [("runpod-ready-unpriced", True)]
    assert codes(key="wrong") == [("runpod-key-refused", False)]
    priced = Account(Prices("0.00031"))
    assert codes(endpoints=Endpoints(("ep1", "gone")), account=priced) == [
        ("runpod-ready", True),
        ("runpod-endpoint-unknown", False),
    ]
    cloud.health["ep1"] = {"jobs": {"inQueue": 3}, "workers": {}}
    assert codes() == [("runpod-endpoint-no-workers", False)]
    refused(RejectedError, "runpod-key-missing", cloud, key="")


def test_the_limit_is_kept_before_anything_is_sent(cloud: RunPodDouble) -> None:
    refused(RejectedError, "runpod-spend-limit", cloud, account=Account(Prices("0.1"), limit=1.0))
    assert cloud.submitted == []


@pytest.mark.parametrize(
    "url", ["http://api.example/v2", "ftp://127.0.0.1", "https://me:word@host/v2", "https://", "x"]
)
def test_the_key_is_sent_over_https_or_to_this_machine_alone(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Service(url, KEY)
    assert caught.value.error_code == "runpod-url-invalid"
    assert "word" not in str(caught.value)
