"""Run the ledger's jobs on backends: claim, render, store the takes, report; on one background event loop.

Everything but `run` may be called from any thread. Work survives a closed tab, because nothing here knows of
tabs, and a restart, because the ledger is in the database: at start, jobs an earlier process left running are
recovered from their server, or queued again.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from kitsumy_core.errors import EditError, KitsumyError, NotFoundError, RenderFailedError
from kitsumy_core.plan.edits import edit
from kitsumy_core.render.backend import Backend, Picture, Progress
from kitsumy_core.render.request import request_key
from kitsumy_core.store import Job, NewJob, Store, Take
from kitsumy_core.store.change import now
from kitsumy_core.store.records import new_id

log = structlog.get_logger()

SLOTS: Mapping[str, int] = {"sketch": 2, "comfyui": 2}
"""How many jobs of a backend are under way at once: two per ComfyUI server keep it busy."""

IDLE_LOOK = 5.0
"""Seconds after which the ledger is looked at again without being woken."""

ENGINE_AUTHOR = "engine"
"""Who picks the first take of a panel: not the writer, whose undo it must not disturb."""


@dataclass(frozen=True)
class Live:
    """What is known of a running job beyond the ledger. `version` changes with every new preview."""

    progress: Progress
    started: float
    version: int = 0


class Engine:
    """`open_backend` makes a backend by kind; each is made once, on the loop that runs the engine."""

    def __init__(self, store: Store, open_backend: Callable[[str], Backend]) -> None:
        self._store, self._open = store, open_backend
        self._backends: dict[str, Backend] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._busy: dict[str, int] = dict.fromkeys(SLOTS, 0)
        self._live: dict[str, Live] = {}
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None
        self._changes = 0

    # --- from any thread --------------------------------------------------------------------------------

    def submit(self, wanted: Sequence[NewJob]) -> list[Job]:
        """Queue jobs. The same panel and request that is already waiting or running is not queued twice."""
        open_jobs = {
            (job.project_id, job.panel_id, job.request_key): job
            for project_id in {w.project_id for w in wanted}
            for job in self._store.jobs(project_id, "queued", "running")
        }
        fresh = [w for w in wanted if (w.project_id, w.panel_id, request_key(w.request)) not in open_jobs]
        jobs = self._store.add_jobs(fresh) if fresh else []
        self._changed()
        return jobs

    def cancel(self, job_id: str) -> None:
        """Cancel a waiting or running job; one that is over stays as it is."""
        self._store.cancel(job_id)
        self._on_loop(lambda: self._cancel_task(job_id))
        self._changed()

    def cancel_all(self, project_id: str) -> None:
        for job in self._store.jobs(project_id, "queued", "running"):
            self.cancel(job.id)

    def retry(self, job_id: str) -> None:
        """Queue a failed or cancelled job again."""
        self._store.requeue(job_id)
        self._changed()

    def live(self, job_id: str) -> Live | None:
        with self._lock:
            return self._live.get(job_id)

    def version(self) -> int:
        """Return a number that changes whenever a job's state or progress does."""
        return self._changes

    # --- on the loop ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled; running jobs are then withdrawn from their servers and queued again."""
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        try:
            await self._recover()
            while True:
                await self._fill_slots()
                self._wake.clear()
                try:
                    await asyncio.wait_for(self._wake.wait(), IDLE_LOOK)
                except TimeoutError:
                    continue
        finally:
            await self._stop()

    async def backend(self, kind: str) -> Backend:
        """Return the backend of a kind, made when first wanted. Raises UsageError for an unknown one."""
        if kind not in self._backends:
            self._backends[kind] = self._open(kind)
        return self._backends[kind]

    async def _recover(self) -> None:
        for job in await asyncio.to_thread(self._store.recover_interrupted):
            try:
                found = await (await self.backend(job.backend)).recover(job.id)
            except KitsumyError as error:
                log.warning("job not recovered", job=job.id, code=error.error_code)
                found = None
            if found:
                await asyncio.to_thread(self._keep, job, list(found), 0.0)
            else:
                await asyncio.to_thread(self._store.requeue, job.id)

    async def _fill_slots(self) -> None:
        for kind, slots in SLOTS.items():
            while self._busy[kind] < slots:
                job = await asyncio.to_thread(self._store.claim_next, [kind])
                if job is None:
                    break
                self._busy[kind] += 1
                self._tasks[job.id] = asyncio.create_task(self._work(job), name=f"render {job.id}")

    async def _work(self, job: Job) -> None:
        self._report(job.id, Progress("waiting"))
        began = time.monotonic()
        try:
            if await asyncio.to_thread(self._from_cache, job):
                return
            backend = await self.backend(job.backend)
            pictures = await backend.render(job.id, job.request, lambda p: self._report(job.id, p))
            await asyncio.to_thread(self._keep, job, list(pictures), time.monotonic() - began)
        except asyncio.CancelledError:
            await asyncio.to_thread(self._cancelled, job)
        except KitsumyError as error:
            log.info("job failed", job=job.id, panel=job.panel_id, code=error.error_code)
            await asyncio.to_thread(self._store.fail, job.id, error.error_code, dict(error.params))
        except Exception:
            log.exception("job crashed", job=job.id, panel=job.panel_id)
            await asyncio.to_thread(self._store.fail, job.id, "internal", {})
        finally:
            self._tasks.pop(job.id, None)
            self._busy[job.backend] -= 1
            with self._lock:
                self._live.pop(job.id, None)
            self._changed()

    def _cancelled(self, job: Job) -> None:
        if self._store.job(job.id).state == "running":
            self._store.requeue(job.id)

    def _from_cache(self, job: Job) -> bool:
        known = self._store.find_take_by_request(job.request_key, job.project_id)
        if known is None or not self._store.images.has(known.image):
            return False
        if (known.project_id, known.panel_id) == (job.project_id, job.panel_id):
            self._store.finish(job.id, [known])
            self._pick(job, known)
        else:
            twin = replace(
                known,
                id=new_id(),
                project_id=job.project_id,
                panel_id=job.panel_id,
                shot=job.shot,
                created=now(),
                favourite=False,
            )
            self._store.finish(job.id, [twin])
            self._pick(job, twin)
        return True

    def _keep(self, job: Job, pictures: list[Picture], seconds: float) -> None:
        if not pictures:
            raise RenderFailedError("no-pictures")
        takes = [self._take(job, picture, seconds / len(pictures)) for picture in pictures]
        self._store.finish(job.id, takes)
        self._pick(job, takes[0])

    def _take(self, job: Job, picture: Picture, seconds: float) -> Take:
        image, facts = self._store.images.put_foreign(picture.data)
        return Take(
            project_id=job.project_id,
            panel_id=job.panel_id,
            image=image,
            width=facts.width,
            height=facts.height,
            mime=facts.mime,
            backend=job.backend,
            made_by=job.backend,
            created=now(),
            seed=picture.seed,
            shot=job.shot,
            request=job.request,
            seconds=seconds,
        )

    def _pick(self, job: Job, take: Take) -> None:
        """Show the take if its panel shows nothing yet, a sketch, or a picture of another shot."""
        try:
            chosen = self._store.head(job.project_id).book.picks.get(job.panel_id)
            if chosen is not None:
                shown = self._store.take(job.project_id, chosen)
                better = shown.made_by == "sketch" != take.made_by
                if shown.id == take.id or not (better or shown.shot != take.shot):
                    return
            wanted = edit("pick_take", panel_id=job.panel_id, take_id=take.id)
            self._store.commit(job.project_id, wanted, ENGINE_AUTHOR)
        except (EditError, NotFoundError) as error:
            log.info("take not picked", job=job.id, panel=job.panel_id, code=error.error_code)

    async def _stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for backend in self._backends.values():
            await backend.aclose()
        self._loop = None

    # --- between them -----------------------------------------------------------------------------------

    def _cancel_task(self, job_id: str) -> None:
        if task := self._tasks.get(job_id):
            task.cancel()

    def _on_loop(self, call: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _changed(self) -> None:
        self._changes += 1
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
        self._changes += 1
