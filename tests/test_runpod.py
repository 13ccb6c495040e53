"""The RunPod client against a stand-in of its queue: the straight way, answers, endpoints, settings."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from kitsumy_core.errors import (
    BackendError,
    CancelledJobError,
    RejectedError,
    RenderFailedError,
    UncertainError,
    UsageError,
)
from kitsumy_core.messages import say
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import Account, MemoryIds
from kitsumy_core.render.runpod_cost import Prices
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_input import packed, saving
from kitsumy_core.render.runpod_route import Endpoints
from tests.comfyui_scenarios import Told, load
from tests.comfyui_server import a_png
from tests.runpod_server import KEY, RunPodDouble, a_base64, pictures
from tests.runpods import DONE, NO_IMAGES, REQUEST, refused, rendered, using


@pytest.fixture(scope="module")
def _running() -> Iterator[RunPodDouble]:
    with RunPodDouble() as running:
        yield running


@pytest.fixture
def cloud(_running: RunPodDouble) -> RunPodDouble:
    _running.reset()
    return _running


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


def test_the_pool_sees_how_busy_the_endpoints_are_and_why_they_cannot_be_used(cloud: RunPodDouble) -> None:
    cloud.health["ep1"] = {"jobs": {"inQueue": 3, "inProgress": 2}, "workers": {"running": 2}}

    async def look(backend: RunPodBackend) -> tuple[Any, int]:
        return await backend.stats(), backend.slots()

    stats, slots = using(cloud.url, look, endpoints=Endpoints(("ep1", "gone")))
    assert (stats.running, stats.waiting, slots) == (2, 3, 5)
    with pytest.raises(RejectedError):
        using(cloud.url, look, key="wrong")


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
