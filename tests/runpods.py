"""Steps that tests of the RunPod client share: a backend on a stand-in of the queue, and what it makes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from kitsumy_core.errors import (
    BackendError,
)
from kitsumy_core.messages import explain
from kitsumy_core.render.backend import Picture
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import Account
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_job import Rhythm
from kitsumy_core.render.runpod_route import Endpoints
from tests.comfyui_scenarios import Told, load
from tests.runpod_server import KEY, RunPodDouble

T = TypeVar("T")
REQUEST = DiffusionRequest(backend="runpod", prompt="a lighthouse", width=128, height=64, steps=20, seed=7)
DONE = {"status": "COMPLETED"}
NO_IMAGES = {"images": [], "status": "success_no_images"}
FAST = Rhythm(first=0.01, most=0.02, most_queued=0.02, most_failing=0.05, health_every=0.01, deadline=20)


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
