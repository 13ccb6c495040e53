"""Let panels that came at the same time and are made alike share one call of a worker.

A shared call starts one worker and loads the model once. Each job keeps its own attempt, files and share of
the cost; one that is cancelled drops out, and the call is taken back when nobody is left in it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from kitsumy_core.render.backend import Progress, Report
from kitsumy_core.render.graph import Graph
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod_call import Ended

log = structlog.get_logger()

MOST_TOGETHER = 4
"""Panels of one call: more would make the writer wait for all of them to see the first."""
MOST_PIXELS = 6_000_000
"""Pixels of one call, so that its pictures stay under the 20 MB that an answer may have."""
QUIET, LONGEST = 0.25, 2.0
"""Seconds without a newcomer after which no more are waited for, and seconds to wait in all.

The engine claims all that there is room for, one after the other.
"""


@dataclass(frozen=True, eq=False)
class Wish:
    """One job ready to be sent: its filled graph, the nodes that save, and input pictures by content name."""

    job_id: str
    request: DiffusionRequest
    graph: Graph
    saved: int
    images: Mapping[str, bytes]
    exact: frozenset[str]
    report: Report


@dataclass(eq=False)
class Call:
    """Jobs that share a call; those who leave are not in `wishes` any more."""

    wishes: list[Wish]
    task: asyncio.Task[Ended] = field(init=False)

    def tell(self, progress: Progress) -> None:
        """Report to every job its share of what the call takes and costs."""
        for wish in self.wishes:
            cost, seconds = self.share(progress.cost), self.share(progress.seconds)
            wish.report(replace(progress, cost=cost, seconds=seconds))

    def share(self, whole: float | None) -> float | None:
        return None if whole is None else whole / max(1, len(self.wishes))

    async def leave(self, wish: Wish) -> None:
        """Go on without a job; without any the call is taken back."""
        if len(self.wishes) > 1:
            self.wishes.remove(wish)
            wish.report(Progress("waiting", cost=0.0))  # the others share what it costs
            return
        self.task.cancel()
        await asyncio.wait({self.task})


Gathered = list[tuple[Wish, "asyncio.Future[Call | None]"]]


class Together:
    """Works for one backend. `workers` says how many can start at once for a request, `run` makes a call."""

    def __init__(
        self,
        workers: Callable[[DiffusionRequest], Awaitable[int]],
        run: Callable[[Call], Awaitable[Ended]],
    ) -> None:
        self._workers, self._run = workers, run
        self._gathered: dict[Any, Gathered] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def ended(self, wish: Wish) -> Ended | None:
        """Return how the call ended that a job shared; None if it found no company and is to go alone.

        Raises BackendErrors of the call.
        """
        place: asyncio.Future[Call | None] = asyncio.get_running_loop().create_future()
        key = _alike(wish.request)
        company = self._gathered.setdefault(key, [])
        company.append((wish, place))
        if len(company) == 1:
            task = asyncio.create_task(self._close(key))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        call: Call | None = None
        try:
            call = await place
            return await asyncio.shield(call.task) if call else None
        except asyncio.CancelledError:
            if call is None and place.done() and not place.cancelled():
                call = place.result()
            if call is not None:
                await call.leave(wish)
            raise

    async def _close(self, key: Any) -> None:
        """Stop waiting for company and put those who came into calls."""
        company = self._gathered[key]
        for _ in range(round(LONGEST / QUIET)):
            before = len(company)
            await asyncio.sleep(QUIET)
            if len(company) == before:
                break
        del self._gathered[key]
        try:
            workers = await self._workers(company[0][0].request)
            self._share(company, workers)
        finally:  # nobody is left waiting, whatever happens
            for _, place in company:
                if not place.done():
                    place.set_result(None)

    def _share(self, company: Gathered, workers: int) -> None:
        """Begin the calls; who finds no company in the same one goes alone."""
        here = [(wish, place) for wish, place in company if not place.done()]
        for part in _parts(here, workers):
            if len(part) > 1:
                call = Call([wish for wish, _ in part])
                call.task = asyncio.create_task(self._shared(call), name="runpod call")
                for _, place in part:
                    place.set_result(call)

    async def _shared(self, call: Call) -> Ended:
        log.info("panels share a call", jobs=[wish.job_id for wish in call.wishes])
        return await self._run(call)


def _parts(company: Gathered, workers: int) -> list[Gathered]:
    """Split so that every worker there is has something to do, and no call is too long."""
    if not company:
        return []
    request = company[0][0].request
    room = int(MOST_PIXELS // max(1, request.width * request.height * max(1, request.batch)))
    most = min(MOST_TOGETHER, max(1, room))
    calls = max(min(len(company), workers), math.ceil(len(company) / most))
    size, longer = divmod(len(company), calls)
    parts, start = [], 0
    for number in range(calls):
        end = start + size + (number < longer)
        parts.append(company[start:end])
        start = end
    return parts


def _alike(request: DiffusionRequest) -> tuple[Any, ...]:
    """Return what has to be the same for two jobs to share a call, and to take the same share of it."""
    model = (request.workflow, request.workflow_hash, request.checkpoint)
    return (*model, request.width, request.height, request.steps, request.batch, bool(request.source))


def exact_of(wishes: Sequence[Wish]) -> frozenset[str]:
    return frozenset().union(*(wish.exact for wish in wishes))
