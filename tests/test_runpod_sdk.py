"""The RunPod client and the worker loop of RunPod's own SDK; only the queue between them is stood in for."""

from __future__ import annotations

import asyncio
import io
import math
import uuid
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from kitsumy_core.errors import BackendError, RenderFailedError
from kitsumy_core.render.backend import Picture, RemoteIds
from kitsumy_core.render.pool import Place
from kitsumy_core.render.remote_ids import LedgerIds
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import Account
from kitsumy_core.render.runpod_cost import Prices
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_job import Rhythm
from kitsumy_core.render.runpod_route import Endpoints
from kitsumy_core.store import Job, NewJob, Store
from tests.comfyui_scenarios import Told, load, until
from tests.engines import at_work, ends
from tests.runpod_server import KEY, RunPodDouble
from tests.samples import a_book
from tests.stores import FIRST, a_shot, opened, settings_for

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


def backend_of(cloud: RunPodDouble, ids: RemoteIds | None = None) -> RunPodBackend:
    return RunPodBackend(
        Service(cloud.url, KEY),
        Endpoints(("ep1",)),
        load,
        {"source": source()}.__getitem__,
        rhythm=QUICK,
        ids=ids,
        account=Account(Prices("0.001"), idle=0),
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


def test_what_the_worker_is_at_when_the_studio_stops_is_worked_once_and_fetched_by_the_next_start(
    cloud: RunPodDouble, tmp_path: Path
) -> None:
    request, sent = REQUEST.but(prompt="mode: steps", seed=11), len(cloud.submitted)
    cloud.calls.clear()

    async def stopped(store: Store) -> Job:
        async with at_work(
            store, [Place("runpod")], lambda place: backend_of(cloud, LedgerIds(store))
        ) as engine:
            project = store.create(a_book(), "anna").id
            wish = NewJob(project, FIRST, "final", request, a_shot(), "anna")
            (job,) = await asyncio.to_thread(engine.submit, [wish])
            await until(lambda: bool(_told(cloud)), 15)
            return job

    async def started(store: Store, job: Job) -> list[str]:
        async with at_work(store, [Place("runpod")], lambda place: backend_of(cloud, LedgerIds(store))):
            return await ends(store, [job], 20)

    with opened(settings_for(tmp_path / "data")) as store:
        job = asyncio.run(stopped(store))
        assert store.attempts_of(job.id)[0].state == "running"
        assert asyncio.run(started(store, job)) == ["done"]
        (attempt,) = store.attempts_of(job.id)
    (there,) = cloud.submitted[sent:]
    assert attempt.cost == pytest.approx(math.ceil(there.seconds or 0) * 0.001), "started seconds"
    assert (there.status, cloud.paths("/cancel/")) == ("COMPLETED", [])
    done = [body for body in _told(cloud) if b"IN_PROGRESS" not in body]
    assert len(done) == 1, "one execution, one result"


def _told(cloud: RunPodDouble) -> list[bytes]:
    """Return what the worker has said of its jobs."""
    return [call.body for call in cloud.calls if "/job-done/" in call.path]
