"""RunPod itself: run with `--live`, RUNPOD_API_KEY and RUNPOD_ENDPOINT_IDS set. It costs a few cents.

The endpoint runs worker-comfyui with SDXL base (`runpod/worker-comfyui:<version>-sdxl`). For another model
name a workflow that fits in LIVE_RUNPOD_WORKFLOW. LIVE_RUNPOD_IMAGES=1 also sends a picture.
"""

from __future__ import annotations

import asyncio
import io
import os
import uuid
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from PIL import Image

from kitsumy_core.errors import CancelledJobError, RejectedError
from kitsumy_core.pipeline import open_backend
from kitsumy_core.render.backend import Backend, Picture, Progress
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod_account import MemoryIds
from kitsumy_core.settings import load_settings

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]

T = TypeVar("T")
NAMES = (
    *("RUNPOD_API_KEY", "RUNPOD_ENDPOINT_IDS", "RUNPOD_SERVER_100_ID", "RUNPOD_PRICES"),
    "RUNPOD_ENDPOINT_BASE_URL",
)
GIVEN = {name: os.environ[name] for name in NAMES if name in os.environ}
SMALL = DiffusionRequest(
    backend="runpod",
    workflow=os.environ.get("LIVE_RUNPOD_WORKFLOW", "text2img"),
    prompt="a lighthouse on a cliff, ink drawing",
    width=512,
    height=512,
    steps=13,
)


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring back the names that every test is otherwise freed of."""
    if "RUNPOD_API_KEY" not in GIVEN or len(GIVEN) < 2:
        pytest.skip("set RUNPOD_API_KEY and RUNPOD_ENDPOINT_IDS")
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)


def a_picture() -> bytes:
    written = io.BytesIO()
    Image.effect_noise((512, 512), 60).convert("RGB").save(written, "PNG")
    return written.getvalue()


def using(act: Callable[[Backend], Awaitable[T]], ids: MemoryIds | None = None) -> T:
    async def scenario() -> T:
        backend = open_backend(
            "runpod", load_settings(None), load_image=lambda key: a_picture(), remote_ids=ids
        )
        try:
            return await act(backend)
        finally:
            await backend.aclose()

    return asyncio.run(scenario())


def test_every_endpoint_is_ready() -> None:
    found = using(lambda backend: backend.check())
    assert found
    assert all(one.ok for one in found), found


def test_a_picture_is_made_once_and_found_again_by_its_id() -> None:
    told: list[Progress] = []
    ids, job = MemoryIds(), str(uuid.uuid4())
    seed = uuid.uuid4().int % 2**32

    async def twice(backend: Backend) -> tuple[list[Picture], list[Picture]]:
        made = list(await backend.render(job, SMALL.but(seed=seed), told.append))
        return made, list(await backend.recover(job) or ())

    made, again = using(twice, ids)
    assert (made[0].width, made[0].height) == (512, 512)
    assert made[0].data == again[0].data
    assert told[-1].seconds is not None
    assert told[-1].seconds > 0


@pytest.mark.skipif("LIVE_RUNPOD_IMAGES" not in os.environ, reason="set LIVE_RUNPOD_IMAGES=1")
def test_a_picture_starts_from_another_one() -> None:
    request = SMALL.but(source="any", denoise=0.6)
    (picture,) = using(lambda backend: backend.render(str(uuid.uuid4()), request, lambda progress: None))
    assert picture.width == 512


def test_a_cancelled_job_is_cancelled_there() -> None:
    ids, job = MemoryIds(), str(uuid.uuid4())

    async def cancelled(backend: Backend) -> None:
        task = asyncio.create_task(backend.render(job, SMALL.but(steps=60), lambda progress: None))
        async with asyncio.timeout(120):
            while (await ids.find(job) or "/").endswith("/"):  # noqa: ASYNC110 - set by the backend
                await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(CancelledJobError):
            await backend.recover(job)

    using(cancelled, ids)


def test_a_wrong_key_is_told_from_a_wrong_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNPOD_API_KEY", "rp-not-a-key-0000")
    (first, *_others) = using(lambda backend: backend.check())
    assert first.code == "runpod-key-refused"
    with pytest.raises(RejectedError):
        using(lambda backend: backend.render(str(uuid.uuid4()), SMALL, lambda progress: None))
