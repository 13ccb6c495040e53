"""Steps that tests of the engine share: one at work on ComfyUI doubles, jobs for it, waiting for ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from kitsumy_core.render.backend import Backend
from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.comfyui_job import Patience
from kitsumy_core.render.engine import Engine
from kitsumy_core.render.pool import Place
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.tempo import Tempo
from kitsumy_core.store import Job, NewJob, Store
from tests.comfyui_scenarios import load
from tests.comfyui_server import ComfyUIDouble, a_png
from tests.stores import a_shot

QUICK = Tempo(
    idle_look=0.05,
    lease=1.0,
    beat=0.1,
    probe=0.2,
    probe_failed=(0.1,),
    failover=0.3,
    give_up=2.0,
    backoff=(0.0, 0.0),
    save_pauses=(0.01,) * 5,
)


def comfyui(place: Place) -> Backend:
    patience = Patience(stalled=10.0, unreachable=0.3, lost=0.2)
    return ComfyUIBackend(place.server, load, lambda key: a_png(32, 32), patience=patience)


def places(*servers: ComfyUIDouble) -> list[Place]:
    return [Place("comfyui", server.url) for server in servers]


@asynccontextmanager
async def at_work(
    store: Store,
    where: Sequence[Place],
    opener: Callable[[Place], Backend] = comfyui,
    tempo: Tempo = QUICK,
) -> AsyncIterator[Engine]:
    engine = Engine(store, opener, where, tempo)
    task = asyncio.create_task(engine.run())
    try:
        yield engine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def wishes(project_id: str, count: int, first: int = 0) -> list[NewJob]:
    """Return jobs for so many different pictures."""
    requests = [DiffusionRequest(prompt="x", width=64, height=64, seed=first + n) for n in range(count)]
    return [NewJob(project_id, f"p{r.seed}", "final", r, a_shot(), "anna") for r in requests]


async def ends(store: Store, jobs: Sequence[Job], within: float = 10.0) -> list[str]:
    """Wait until jobs are over and return their states."""
    async with asyncio.timeout(within):
        while True:
            found = [(await asyncio.to_thread(store.job, job.id)).state for job in jobs]
            if not {"queued", "running"} & set(found):
                return list(found)
            await asyncio.sleep(0.02)
