"""Run the ledger's jobs on backends: claim, render, store the takes, report; on one background event loop.

Everything but `run` may be called from any thread. Work survives a closed tab, because nothing here knows of
tabs, and a restart, because the ledger is in the database: at start, jobs an earlier process left running are
recovered from their server, or queued again.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

import structlog

from kitsumy_core.errors import KitsumyError, StorageError
from kitsumy_core.render.backend import Backend, Picture, Progress
from kitsumy_core.render.keeping import Keeper
from kitsumy_core.render.request import request_key
from kitsumy_core.store import Job, NewJob, Store

log = structlog.get_logger()

SLOTS: Mapping[str, int] = {"sketch": 2, "comfyui": 2}
"""How many jobs of a backend are under way at once: two per ComfyUI server keep it busy."""

IDLE_LOOK = 5.0
"""Seconds after which the ledger is looked at again without being woken."""

SAVE_PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
"""Seconds between tries to store a picture while the disk or the database does not take it."""


@dataclass(frozen=True)
class Live:
    """What is known of a running job beyond the ledger. `version` changes with every new preview."""

    progress: Progress
    started: float
    version: int = 0


def attempt_id(job: Job) -> str:
    """Return the id a server knows this attempt by: known before it is sent, and never used again."""
    return str(uuid5(UUID(job.id), str(job.attempts)))


class Engine:
    """`open_backend` makes a backend by kind; each is made once, on the loop that runs the engine."""

    def __init__(self, store: Store, open_backend: Callable[[str], Backend]) -> None:
        self._store, self._open, self._keeper = store, open_backend, Keeper(store)
        self._backends: dict[str, Backend] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._busy: Counter[str] = Counter()
        self._unclosed: dict[str, tuple[str, dict[str, Any]]] = {}
        self._live: dict[str, Live] = {}
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None

    # --- from any thread --------------------------------------------------------------------------------

    def submit(self, wanted: Sequence[NewJob]) -> list[Job]:
        """Queue jobs. The same panel and request that is already waiting or running is not queued twice."""
        under_way = {
            (job.project_id, job.panel_id, job.request_key)
            for project_id in {wish.project_id for wish in wanted}
            for job in self._store.jobs(project_id, "queued", "running")
        }
        fresh = [w for w in wanted if (w.project_id, w.panel_id, request_key(w.request)) not in under_way]
        jobs = self._store.add_jobs(fresh) if fresh else []
        self._look()
        return jobs

    def cancel(self, job_id: str) -> None:
        """Cancel a waiting or running job; one that is over stays as it is."""
        self._store.cancel(job_id)
        self._on_loop(lambda: self._cancel_task(job_id))

    def cancel_all(self, project_id: str) -> None:
        for job in self._store.jobs(project_id, "queued", "running"):
            self.cancel(job.id)

    def retry(self, job_id: str) -> None:
        """Queue a failed or cancelled job again."""
        self._store.requeue(job_id)
        self._look()

    def live(self, job_id: str) -> Live | None:
        with self._lock:
            return self._live.get(job_id)

    # --- on the loop ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled; running jobs are then withdrawn from their servers and queued again."""
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        looked_back = False
        try:
            while True:
                self._wake.clear()
                try:
                    if not looked_back:
                        await self._look_back()
                        looked_back = True
                    await self._close_again()
                    await self._fill_slots()
                except KitsumyError as error:
                    log.warning("ledger out of reach", code=error.error_code)
                with suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_LOOK):
                        await self._wake.wait()
        finally:
            await self._stop()

    async def backend(self, kind: str) -> Backend:
        """Return the backend of a kind, made when first wanted. Raises UsageError for an unknown one."""
        if kind not in self._backends:
            self._backends[kind] = self._open(kind)
        return self._backends[kind]

    async def renew(self, kind: str, open_backend: Callable[[str], Backend]) -> None:
        """Use other settings from the next job on: the backend in use goes when its jobs are done."""
        self._open = open_backend
        old = self._backends.pop(kind, None)
        if old is not None:
            await asyncio.gather(*list(self._tasks.values()), return_exceptions=True)
            await old.aclose()

    async def _look_back(self) -> None:
        """Take over what an earlier process left: recover what ran, refuse what nothing here can do."""
        for job in await asyncio.to_thread(self._store.jobs, None, "queued"):
            if job.backend not in SLOTS:
                await self._close(job, "backend-unknown", {"name": job.backend, "known": list(SLOTS)})
        for job in await asyncio.to_thread(self._store.recover_interrupted):
            self._start(job, self._recover(job))

    async def _fill_slots(self) -> None:
        for kind, slots in SLOTS.items():
            while self._busy[kind] < slots:
                job = await asyncio.to_thread(self._store.claim_next, [kind])
                if job is None:
                    break
                self._start(job, self._work(job))

    def _start(self, job: Job, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"render {job.id}")
        self._tasks[job.id] = task
        self._busy[job.backend] += 1
        task.add_done_callback(lambda done: self._ended(job, done))

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._busy[job.backend] -= 1
        if self._tasks.get(job.id) is task:
            del self._tasks[job.id]
            with self._lock:
                self._live.pop(job.id, None)
        if not task.cancelled() and task.exception() is not None:
            log.error("work ended by surprise", job=job.id, error=repr(task.exception()))
        if self._wake is not None:
            self._wake.set()

    async def _recover(self, job: Job) -> None:
        found: Sequence[Picture] | None = None
        try:
            if job.backend not in SLOTS:
                await self._close(job, "backend-unknown", {"name": job.backend, "known": list(SLOTS)})
                return
            found = await (await self.backend(job.backend)).recover(attempt_id(job))
            if found:
                await self._keep(job, found, 0.0)
        except Exception as error:  # noqa: BLE001  (whatever the server says, the job is rendered again)
            log.warning("job not recovered", job=job.id, error=repr(error))
            found = None
        if not found:
            await asyncio.to_thread(self._queue_again, job)

    async def _work(self, job: Job) -> None:
        self._report(job.id, Progress("waiting"))
        began = time.monotonic()
        try:
            if not await asyncio.to_thread(self._is_wanted, job):
                return
            if await asyncio.to_thread(self._keeper.from_cache, job):
                return
            backend = await self.backend(job.backend)
            pictures = await backend.render(
                attempt_id(job), job.request, lambda progress: self._report(job.id, progress)
            )
            await self._keep(job, pictures, time.monotonic() - began)
        except asyncio.CancelledError:
            await asyncio.to_thread(self._queue_again, job)
            raise
        except KitsumyError as error:
            log.info("job failed", job=job.id, panel=job.panel_id, code=error.error_code)
            await self._close(job, error.error_code, dict(error.params))
        except Exception:
            log.exception("job crashed", job=job.id, panel=job.panel_id)
            await self._close(job, "internal", {})

    def _is_wanted(self, job: Job) -> bool:
        now = self._store.job(job.id)
        return now.state == "running" and now.attempts == job.attempts

    def _queue_again(self, job: Job) -> None:
        """Queue a job that this attempt leaves unfinished, unless it was cancelled or tried again."""
        with suppress(KitsumyError):
            if self._is_wanted(job):
                self._store.requeue(job.id)

    async def _keep(self, job: Job, pictures: Sequence[Picture], seconds: float) -> None:
        """Store the pictures; while the disk is full or the database busy, hold them and try again."""
        for pause in (*SAVE_PAUSES, None):
            try:
                await asyncio.to_thread(self._keeper.keep, job, pictures, seconds)
                return
            except StorageError as error:
                if pause is None:
                    raise
                log.warning("picture not stored yet", job=job.id, code=error.error_code)
                await asyncio.sleep(pause)

    async def _close(self, job: Job, code: str, params: dict[str, Any]) -> None:
        """Close a failed job; where even that cannot be stored, it is tried again at the next look."""
        try:
            await asyncio.to_thread(self._store.fail, job.id, code, params)
        except StorageError:
            self._unclosed[job.id] = (code, params)
        except KitsumyError as error:
            log.info("job is gone", job=job.id, code=error.error_code)

    async def _close_again(self) -> None:
        for job_id, (code, params) in list(self._unclosed.items()):
            await asyncio.to_thread(self._store.fail, job_id, code, params)
            del self._unclosed[job_id]

    async def _stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for backend in self._backends.values():
            with suppress(Exception):
                await backend.aclose()
        self._loop = None

    # --- between them -----------------------------------------------------------------------------------

    def _cancel_task(self, job_id: str) -> None:
        if task := self._tasks.get(job_id):
            task.cancel()

    def _on_loop(self, call: Callable[[], object]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(call)

    def _look(self) -> None:
        self._on_loop(lambda: self._wake.set() if self._wake else None)

    def _report(self, job_id: str, progress: Progress) -> None:
        with self._lock:
            known = self._live.get(job_id)
            if known is None:
                self._live[job_id] = Live(progress, time.monotonic())
            elif progress.preview is None:
                kept = replace(progress, preview=known.progress.preview)
                self._live[job_id] = replace(known, progress=kept)
            else:
                self._live[job_id] = replace(known, progress=progress, version=known.version + 1)
