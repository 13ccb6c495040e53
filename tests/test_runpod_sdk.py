"""The RunPod client and the worker loop of RunPod's own SDK; only the queue between them is stood in for."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from PIL import Image

from kitsumy_core.errors import BackendError, RenderFailedError
from kitsumy_core.render.backend import Picture
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_job import Rhythm
from kitsumy_core.render.runpod_route import Endpoints
from tests.comfyui_scenarios import Told, load, until
from tests.runpod_server import KEY, RunPodDouble

REQUEST = DiffusionRequest(backend="runpod", prompt="mode: ok", width=96, height=64, steps=20, seed=3)
QUICK = Rhythm(first=0.05, most=0.1, most_queued=0.1, health_every=0.2, deadline=30)


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunPodDouble]:
    if find_spec("runpod") is None:
        pytest.skip("the SDK is in the extra `test`")
    with RunPodDouble() as running, running.worker():
        yield running


def source() -> bytes:
    written = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(written, "PNG")
    return written.getvalue()


def backend_of(cloud: RunPodDouble) -> RunPodBackend:
    return RunPodBackend(
        Service(cloud.url, KEY), Endpoints(("ep1",)), load, {"source": source()}.__getitem__, rhythm=QUICK
    )


def test_jobs_of_every_kind_come_back_from_the_real_worker_loop(cloud: RunPodDouble) -> None:
    """They are sent at once; one worker takes them by fours, as its container allows."""
    steps = Told()

    async def act() -> dict[str, list[Picture] | BackendError]:
        backend = backend_of(cloud)

        async def one(mode: str, report: Told) -> list[Picture] | BackendError:
            request = REQUEST.but(prompt=f"mode: {mode}")
            if mode == "ok":
                request = request.but(source="source", denoise=0.5)
            try:
                return list(await backend.render(str(uuid.uuid4()), request, report))
            except BackendError as error:
                return error

        modes = ("ok", "legacy", "raise", "details", "none", "big", "steps")
        try:
            told = [steps if mode == "steps" else Told() for mode in modes]
            found = await asyncio.gather(*(one(*pair) for pair in zip(modes, told, strict=True)))
        finally:
            await backend.aclose()
        return dict(zip(modes, found, strict=True))

    found = asyncio.run(act())
    for mode in ("ok", "legacy", "steps"):
        (picture,) = found[mode]  # type: ignore[misc]
        assert (picture.height, picture.seed) == (64, 3)
    codes = {mode: end.error_code for mode, end in found.items() if isinstance(end, RenderFailedError)}
    assert codes == {
        "raise": "runpod-worker-crashed",
        "details": "render-failed",
        "none": "runpod-result-lost",
        "big": "runpod-result-lost",
    }
    assert {(p.value, p.total) for p in steps} & {(1, 3), (2, 3), (3, 3)}, "steps were shown on the way"
    assert len(cloud.submitted) == 7
    assert all(job.seconds is not None for job in cloud.submitted)


def test_cancelling_stops_the_worker_which_then_takes_the_next_job(cloud: RunPodDouble) -> None:
    async def act() -> list[Picture]:
        backend = backend_of(cloud)
        try:
            told = Told()
            request = REQUEST.but(prompt="mode: sleep")
            task = asyncio.create_task(backend.render(str(uuid.uuid4()), request, told))
            await until(lambda: any(p.total == 9 for p in told), 15)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(lambda: any(b"stopped" in call.body for call in cloud.calls), 15)
            async with asyncio.timeout(15):
                return list(await backend.render(str(uuid.uuid4()), REQUEST, Told()))
        finally:
            await backend.aclose()

    assert len(asyncio.run(act())) == 1
    assert [job.status for job in cloud.submitted][-2:] == ["CANCELLED", "COMPLETED"]
