"""Run the ledger's jobs on a pool of backends, on one background event loop.

Everything but `run` may be called from any thread. Work survives a closed tab, because nothing here knows of
tabs, and a killed process, because the ledger is in the database: attempts whose process says nothing any
more are taken over by the next one that looks. Several processes on one database share its servers.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog

from kitsumy_core.errors import BackendError, KitsumyError, UsageError
from kitsumy_core.render.backend import Backend, Equipped, Estimate
from kitsumy_core.render.live import Board, Live
from kitsumy_core.render.pinning import pinned
from kitsumy_core.render.pool import Opener, Place, Pool, Seat, ServerView
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.tempo import TEMPO, Tempo
from kitsumy_core.render.work import Worker
from kitsumy_core.store import Answer, Claim, Job, NewJob, Store, Want
from kitsumy_core.store.change import now

log = structlog.get_logger()

PLACES = (Place("sketch"), Place("comfyui"))
PAID = ("runpod",)
"""Backends whose pictures cost money: only these count against a budget."""

STOP_WITHIN = 10.0
ELSEWHERE_EVERY = 5.0
ALIVE_WITHIN = timedelta(seconds=60)
"""A kind of backend that some process has seen so recently is that process's business."""


class Engine:
    """`opener` makes the backend of a place, on the loop that runs the engine."""

    def __init__(
        self,
        store: Store,
        opener: Opener,
        places: Sequence[Place] = PLACES,
        tempo: Tempo = TEMPO,
    ) -> None:
        self._store, self._opener, self._places, self._tempo = store, opener, tuple(places), tempo
        self.worker_id = uuid4().hex
        self._board = Board()
        self._pool = Pool(tempo, self._noted, self._look)
        self._worker = Worker(store, self._pool, self._board, tempo, self.worker_id)
        self._tasks: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: asyncio.Task[Any] | None = None
        self._wake: asyncio.Event | None = None
        self._strangers_looked = 0.0
        self._elsewhere: tuple[float, set[str]] = (-ELSEWHERE_EVERY, set())
        self._cancelling: set[asyncio.Task[None]] = set()

    # --- from any thread --------------------------------------------------------------------------------

    def submit(self, wanted: Sequence[NewJob]) -> list[Job]:
        """Queue jobs. The same panel and request that is already waiting or running is not queued twice."""
        made = self._store.add_jobs(pinned(self._store, wanted), once=True)
        self._look()
        return made

    def cancel(self, job_id: str) -> None:
        """Cancel a waiting or running job; one that is over stays as it is."""
        self._store.cancel(job_id)
        self._on_loop(lambda: self._cancel_task(job_id))

    def cancel_all(self, project_id: str, but: str | None = None) -> None:
        """Cancel all jobs of a project, or all but one."""
        self._store.cancel_all(project_id, but)
        self._on_loop(self._cancel_unwanted)

    def retry(self, job_id: str) -> None:
        """Queue a failed or cancelled job again."""
        self._store.requeue(job_id)
        self._look()

    def retry_failed(self, project_id: str) -> None:
        """Queue all failed jobs of a project again."""
        self._store.requeue_failed(project_id)
        self._look()

    def put_first(self, job_id: str) -> None:
        """Let a waiting job go before all others."""
        self._store.put_first(job_id)
        self._look()

    def look_at(self, project_id: str, panel_ids: Collection[str]) -> None:
        """Say which panels the writer looks at: their waiting jobs go first."""
        self._store.look_at(project_id, panel_ids)

    def pause(self, project_id: str, paused: bool) -> None:
        """Start no more jobs of a project, or go on; what runs is not stopped."""
        self._store.pause(project_id, paused)
        self._look()

    def set_budget(self, project_id: str, usd: float | None) -> None:
        self._store.set_budget(project_id, usd)
        self._look()

    def resolve(self, job_id: str, answer: Answer, remote_id: str = "") -> None:
        """Do what the writer says about an uncertain job: "came", "again" or "forget"."""
        self._store.resolve(job_id, answer, remote_id)
        self._look()

    def live(self, job_id: str) -> Live | None:
        return self._board.get(job_id)

    def servers(self) -> list[ServerView]:
        """Return how each server is, as this process last found it."""
        return self._pool.views()

    def stop(self) -> None:
        """End `run` and wait for it: jobs on servers go on there, and the next start finds them."""

        async def end(running: asyncio.Task[Any]) -> None:
            running.cancel()
            await asyncio.wait({running})

        if self._loop is not None and self._running is not None:
            with suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(end(self._running), self._loop).result(STOP_WITHIN)

    def arrange(self, places: Sequence[Place], opener: Opener) -> None:
        """Use other servers or settings from the next job on: what is in use goes when its jobs are done."""
        self._places, self._opener = tuple(places), opener
        self._on_loop(lambda: self._pool.arrange(self._places, self._opener))

    def estimate(self, requests: Sequence[SketchRequest | DiffusionRequest]) -> Estimate:
        """Return how long these will take together and what they will cost; None where nobody knows."""
        lanes = Counter(v.kind for v in self.servers() if v.is_up for _ in range(_lanes(v)))
        seconds: dict[str, float | None] = {}
        usd: float | None = 0.0
        for (kind, model), alike in _alike(requests).items():
            known = self._store.pace(kind, model)
            told = self._told(kind, alike)
            each = [t.seconds if t.seconds is not None else known.seconds for t in told]
            costs = [t.usd if t.usd is not None else known.usd for t in told]
            seconds[kind] = _sum([seconds.get(kind, 0.0), *each])
            usd = _sum([usd, *costs])
        spans = [None if s is None else s / max(1, lanes[kind]) for kind, s in seconds.items()]
        return Estimate(None if None in spans else max((s or 0.0 for s in spans), default=0.0), usd)

    def _told(self, kind: str, requests: Sequence[SketchRequest | DiffusionRequest]) -> list[Estimate]:
        seats = self._pool.of_kind(kind)
        return [seats[0].backend.estimate(request) if seats else Estimate() for request in requests]

    # --- on the loop ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled. What is on a server then goes on there and is left to the next start; what
        only this process did is queued again.
        """
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        self._running = asyncio.current_task()
        self._pool.arrange(self._places, self._opener)
        beating = asyncio.create_task(self._beat())
        try:
            while True:
                self._wake.clear()
                try:
                    await self._worker.close_again()
                    await self._take_over()
                    await self._fill()
                    await self._refuse_strangers()
                except KitsumyError as error:
                    log.warning("ledger out of reach", code=error.error_code)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._tempo.idle_look):
                        await self._wake.wait()
        finally:
            beating.cancel()
            await self._stop()

    async def backend(self, kind: str) -> Backend:
        """Return a backend of a kind. Raises UsageError for one that is not in use."""
        seats = self._pool.of_kind(kind)
        if not seats:
            raise UsageError("backend-unknown", name=kind, known=sorted(self._pool.kinds()))
        return seats[0].backend

    async def nodes(self, kind: str) -> frozenset[str] | None:
        """Return the kinds of nodes that every server of a kind that answers has; None if none tells."""
        told: list[frozenset[str]] = []
        for seat in self._pool.of_kind(kind):
            if isinstance(seat.backend, Equipped):
                with suppress(BackendError):
                    told.append(await seat.backend.nodes())
        return frozenset.intersection(*told) if told else None

    async def _take_over(self) -> None:
        """Look after what processes that are gone have left running."""
        store, tempo = self._store, self._tempo
        foreign = await asyncio.to_thread(self._kinds_elsewhere) - self._pool.kinds()
        for claim in await asyncio.to_thread(store.take_over, self.worker_id, tempo.lease, foreign):
            if claim.attempt.id in self._tasks:
                continue
            log.info("attempt taken over", job=claim.job.id, server=claim.attempt.server)
            try:
                seat = self._seat_for(claim)
            except KitsumyError as error:
                await self._worker.refuse(claim, error)
                continue
            self._start(claim, seat, self._worker.recover(claim, seat))

    def _seat_for(self, claim: Claim) -> Seat:
        kind, server = claim.attempt.backend, claim.attempt.server
        if kind not in self._pool.kinds():
            raise UsageError("backend-unknown", name=kind, known=sorted(self._pool.kinds()))
        seat = self._pool.seat(server, kind)
        return seat or self._pool.visit(Place(kind, server if "://" in server else ""))

    async def _fill(self) -> None:
        """Give work to every server that has room, the idlest first, one job at a time."""
        waiting = await asyncio.to_thread(self._store.kinds_waiting)
        while seats := [seat for seat in self._pool.ready() if seat.place.kind in waiting]:
            got = [await self._claim(seat) for seat in seats]
            if not any(got):
                return

    async def _claim(self, seat: Seat) -> bool:
        kind = seat.place.kind
        want = Want(kind, seat.name, seat.backend.slots())
        price = (lambda request: seat.backend.estimate(request).usd) if kind in PAID else None
        claiming = asyncio.create_task(
            asyncio.to_thread(self._store.claim, want, self.worker_id, self._tempo.lease, price)
        )
        try:
            claim = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            if (claim := await claiming) is not None:
                await self._worker.give_back(claim)
            raise
        if claim is not None:
            self._start(claim, seat, self._worker.work(claim, seat))
        return claim is not None

    def _start(self, claim: Claim, seat: Seat, work: Coroutine[Any, Any, None]) -> None:
        self._pool.enter(seat)
        task = asyncio.create_task(work, name=f"render {claim.job.id}")
        self._tasks[claim.attempt.id] = (claim.job.id, task)
        task.add_done_callback(lambda done: self._ended(claim, seat, done))

    def _ended(self, claim: Claim, seat: Seat, task: asyncio.Task[None]) -> None:
        self._pool.leave(seat)
        del self._tasks[claim.attempt.id]
        if claim.job.id not in {job_id for job_id, _ in self._tasks.values()}:
            self._board.forget(claim.job.id)
        if not task.cancelled() and task.exception() is not None:
            log.error("work ended by surprise", job=claim.job.id, error=repr(task.exception()))
        if self._wake is not None:
            self._wake.set()

    async def _beat(self) -> None:
        """Hold our leases, and stop work that another process or the writer has cancelled."""
        while True:
            await asyncio.sleep(self._tempo.beat)
            await self._drop_unwanted()

    async def _drop_unwanted(self) -> None:
        running = list(self._tasks)
        if not running:
            return
        try:
            unwanted = await asyncio.to_thread(self._store.beat, self.worker_id, self._tempo.lease, running)
        except KitsumyError as error:
            log.warning("no sign of life given", code=error.error_code)
            return
        for attempt_id in unwanted:
            if attempt_id in self._tasks:
                self._tasks[attempt_id][1].cancel()

    async def _refuse_strangers(self) -> None:
        """Close waiting jobs that nothing can do: no such backend, or no server of it answers for long."""
        if time.monotonic() - self._strangers_looked < self._tempo.idle_look:
            return
        self._strangers_looked = time.monotonic()
        waiting = await asyncio.to_thread(self._store.kinds_waiting)
        known = self._pool.kinds()
        dead = {kind for kind in waiting & known if self._pool.dead_for(kind) > self._tempo.give_up}
        if not (waiting - known) | dead:
            return
        elsewhere = await asyncio.to_thread(self._kinds_elsewhere)
        for kind in (waiting - known) - elsewhere:
            facts = {"name": kind, "known": sorted(known)}
            await asyncio.to_thread(self._store.fail_waiting, kind, "backend-unknown", facts)
        for kind in dead - elsewhere:
            names = [seat.name for seat in self._pool.of_kind(kind)]
            await asyncio.to_thread(self._store.fail_waiting, kind, "no-server-answers", {"servers": names})

    def _kinds_elsewhere(self) -> set[str]:
        """Return the backends that some process has seen of late; looked up every few seconds."""
        looked, found = self._elsewhere
        if time.monotonic() - looked > ELSEWHERE_EVERY:
            newest = now() - ALIVE_WITHIN
            found = {s.kind for s in self._store.servers() if s.seen is not None and s.seen > newest}
            self._elsewhere = (time.monotonic(), found)
        return found

    async def _stop(self) -> None:
        self._pool.leave_running()
        tasks = [task for _, task in self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(KitsumyError):
            await asyncio.to_thread(self._store.release, self.worker_id)
        await self._pool.aclose()
        self._loop = self._running = None

    # --- between them -----------------------------------------------------------------------------------

    def _noted(self, name: str, kind: str, is_up: bool) -> None:
        if is_up:
            self._store.server_seen(name, kind)
        else:
            self._store.server_lost(name)

    def _cancel_task(self, job_id: str) -> None:
        for owner, task in list(self._tasks.values()):
            if owner == job_id:
                task.cancel()

    def _cancel_unwanted(self) -> None:
        task = asyncio.ensure_future(self._drop_unwanted())
        self._cancelling.add(task)
        task.add_done_callback(self._cancelling.discard)

    def _on_loop(self, call: Callable[[], object]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(call)

    def _look(self) -> None:
        self._on_loop(lambda: self._wake.set() if self._wake else None)


def _lanes(view: ServerView) -> int:
    """Return how many pictures a server makes at the same time: a ComfyUI makes one after the other."""
    return 1 if view.kind == "comfyui" else max(1, view.slots)


def _alike(
    requests: Sequence[SketchRequest | DiffusionRequest],
) -> dict[tuple[str, str], list[SketchRequest | DiffusionRequest]]:
    found: dict[tuple[str, str], list[SketchRequest | DiffusionRequest]] = {}
    for request in requests:
        model = "" if isinstance(request, SketchRequest) else request.checkpoint or request.workflow
        found.setdefault((request.backend, model), []).append(request)
    return found


def _sum(values: Sequence[float | None]) -> float | None:
    return None if None in values else sum(value or 0.0 for value in values)
