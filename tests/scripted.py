"""An engine at work with a backend whose pictures, errors and delays a test decides."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from PIL import Image

from kitsumy_core import pipeline
from kitsumy_core.pipeline import RenderOptions
from kitsumy_core.render.backend import Backend, Estimate, Finding, Picture, Progress, Report
from kitsumy_core.render.engine import Engine
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.tempo import Tempo
from kitsumy_core.store import Claim, Job, NewJob, Store, Want

PANEL, OTHER = "ch1-p1-pan1", "ch1-p1-pan2"
QUICK = Tempo(idle_look=0.05, lease=0.6, beat=0.15, failover=0.3, backoff=(0.0, 0.0), save_pauses=(0.01,) * 5)


def png(colour: str = "red") -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(out, "PNG")
    return Picture(out.getvalue(), 32, 24, seed=7)


class Scripted:
    """A backend whose pictures, errors and delays a test decides; it counts what it rendered."""

    kind = "sketch"

    def __init__(self, make: Callable[[str], object] | None = None) -> None:
        self.make = make or (lambda job_id: [png()])
        self.started: list[str] = []
        self.withdrawn: list[str] = []
        self.kept: dict[str, list[Picture]] = {}
        self.gate: asyncio.Event | None = None
        self.most_at_once = self._now = 0

    def slots(self) -> int:
        return 2

    def estimate(self, request: SketchRequest | DiffusionRequest) -> Estimate:
        return Estimate()

    async def check(self) -> list[Finding]:
        return []

    async def render(
        self, job_id: str, request: SketchRequest | DiffusionRequest, report: Report
    ) -> Sequence[Picture]:
        self.started.append(job_id)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        report(Progress("sampling", 1, 4, preview=png("blue").data))
        try:
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.withdrawn.append(job_id)
            raise
        finally:
            self._now -= 1
        made = self.make(job_id)
        if isinstance(made, Exception):
            raise made
        assert isinstance(made, list)
        return made

    async def recover(self, job_id: str, report: Report) -> Sequence[Picture] | None:
        return self.kept.get(job_id)

    async def aclose(self) -> None:
        return


@asynccontextmanager
async def working(store: Store, backend: Backend) -> AsyncIterator[Engine]:
    engine = Engine(store, lambda place: backend, tempo=QUICK)
    task = asyncio.create_task(engine.run())
    try:
        yield engine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def wish(store: Store, project_id: str, panel_id: str = PANEL) -> NewJob:
    made = pipeline.planned(store.head(project_id).book, panel_id, RenderOptions("sketch"))
    return NewJob(project_id, panel_id, "final", made.request, made.shot, "writer")


def left_behind(store: Store, kind: str = "sketch") -> Claim:
    """Return the next job as a killed process leaves it: running, with a lease that has run out."""
    claim = store.claim(Want(kind), "killed", -1.0)
    assert claim is not None
    return claim


async def ended(store: Store, jobs: Sequence[Job]) -> list[Job]:
    for _ in range(400):
        found = [store.job(job.id) for job in jobs]
        if all(job.state not in ("queued", "running") for job in found):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError([job.state for job in found])


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came about")
