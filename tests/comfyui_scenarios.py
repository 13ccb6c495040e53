"""Steps that tests of the ComfyUI client share: a backend on the double, renders, waiting for a moment."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from kitsumy_core.render.backend import Picture, Progress
from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.comfyui_job import Patience
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.workflow import Graph, read_graph
from tests.comfyui_server import ComfyUIDouble, a_png

WORKFLOWS = Path(__file__).parents[1] / "workflows"
T = TypeVar("T")
REQUEST = DiffusionRequest(prompt="a lighthouse", width=128, height=64, steps=4, seed=7)


def load(name: str) -> Graph:
    return read_graph((WORKFLOWS / f"{name}.json").read_bytes())


def new_job() -> str:
    return str(uuid.uuid4())


class Told(list[Progress]):
    """A report that keeps everything."""

    def __call__(self, progress: Progress) -> None:
        self.append(progress)

    @property
    def stages(self) -> list[str]:
        return list(dict.fromkeys(p.stage for p in self))


def using(
    server: ComfyUIDouble, act: Callable[[ComfyUIBackend], Awaitable[T]], url: str = "", **patience: float
) -> T:
    """Run one scenario with a backend of its own."""

    async def scenario() -> T:
        backend = ComfyUIBackend(
            url or server.url, load, lambda key: a_png(32, 32), patience=Patience(**patience)
        )
        try:
            return await act(backend)
        finally:
            await backend.aclose()

    return asyncio.run(scenario())


def rendered(server: ComfyUIDouble, told: Told | None = None, **patience: float) -> list[Picture]:
    job = new_job()
    return list(using(server, lambda b: b.render(job, REQUEST, Told() if told is None else told), **patience))


async def until(holds: Callable[[], object], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.005)


def during(
    server: ComfyUIDouble, act: Callable[[asyncio.Task[Any]], Coroutine[Any, Any, None]], **patience: float
) -> list[Picture]:
    """Start a render, act in its midst, return what it brings."""

    async def scenario(backend: ComfyUIBackend) -> list[Picture]:
        task = asyncio.create_task(backend.render(new_job(), REQUEST, Told()))
        await act(task)
        return list(await task)

    return using(server, scenario, **patience)
