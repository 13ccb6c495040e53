"""Take one attempt to its end: rendered or fetched and stored, tried again, failed, or left to the writer.

Whatever happens, the attempt's row is closed exactly once. Only a process that is killed, or is stopped while
the job is on a server, leaves it open; the next one that finds its lease run out goes on with `recover`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog

from kitsumy_core.errors import (
    BackendError,
    KitsumyError,
    LostJobError,
    MissingResourcesError,
    StorageError,
    UncertainError,
    UnreachableError,
)
from kitsumy_core.render.backend import LeftRunning, Picture, Progress, Report, Withdrawing
from kitsumy_core.render.keeping import Keeper
from kitsumy_core.render.live import Board
from kitsumy_core.render.pool import Pool, Seat
from kitsumy_core.render.tempo import Tempo
from kitsumy_core.store import Claim, Ending, Store
from kitsumy_core.store.change import now
from kitsumy_core.store.choosing import LACKS
from kitsumy_core.store.records import AttemptState

log = structlog.get_logger()


class Worker:
    """Works claims off; several at once, each in a task of its own."""

    def __init__(self, store: Store, pool: Pool, board: Board, tempo: Tempo, worker_id: str) -> None:
        self._store, self._pool, self._board, self._tempo = store, pool, board, tempo
        self._id = worker_id
        self._keeper = Keeper(store)
        self._unclosed: list[tuple[Claim, Ending]] = []

    async def work(self, claim: Claim, seat: Seat) -> None:
        """Render a fresh attempt. Cancelling withdraws it from its server and queues its job again, unless
        nobody wants that any more, or its server goes on with it.
        """
        job, is_made = claim.job, False
        self._board.report(job.id, Progress("waiting"))
        try:
            if await asyncio.to_thread(self._keeper.from_cache, claim):
                return
            try:
                pictures = await seat.backend.render(claim.attempt.id, job.request, self._report_of(claim))
            except (UnreachableError, LostJobError) as error:
                is_made = True
                await self._fetch(claim, seat, error)
                return
            is_made = True
            await self._keep(claim, pictures)
        except LeftRunning:
            raise
        except asyncio.CancelledError:
            await (self._let_go if is_made else self._put_back)(claim, seat)
            raise
        except Exception as error:  # noqa: BLE001  (every way out closes the attempt)
            await self._failed(claim, seat, error)

    async def recover(self, claim: Claim, seat: Seat) -> None:
        """Go on with an attempt whose process is gone: fetch what it made, or withdraw it."""
        self._board.report(claim.job.id, Progress("waiting"))
        try:
            if claim.job.state != "running" or claim.job.attempts != claim.attempt.number:
                await self._withdraw(claim, seat)
                return
            await self._fetch(claim, seat, None)
        except asyncio.CancelledError:
            await self._let_go(claim, seat)
            raise
        except Exception as error:  # noqa: BLE001
            await self._failed(claim, seat, error)

    async def close_again(self) -> None:
        """Write the endings that the database did not take."""
        while self._unclosed:
            claim, ending = self._unclosed[0]
            await asyncio.to_thread(self._store.end, claim.attempt.id, ending, self._id)
            self._unclosed.pop(0)

    async def refuse(self, claim: Claim, error: KitsumyError) -> None:
        """Close an attempt that nothing here can look after; about one that was sent the writer decides."""
        state: AttemptState = "uncertain" if claim.attempt.remote_id else "failed"
        await self._end(claim, Ending(state, error.error_code, dict(error.params)))

    async def give_back(self, claim: Claim) -> None:
        """Queue a job again whose attempt was not begun."""
        await self._end(claim, Ending("cancelled", "", {}, now(), is_failure=False))

    async def _fetch(self, claim: Claim, seat: Seat, cause: BackendError | None) -> None:
        """Fetch what the attempt made. While its server does not answer wait for it, unless another one
        could do the job: what can still be fetched is not rendered twice.
        """
        began, pause = time.monotonic(), 0.2
        while True:
            try:
                pictures = await seat.backend.recover(claim.attempt.id, self._report_of(claim))
                break
            except UnreachableError as error:
                cause = error
                self._pool.down(seat, error)
                waited = time.monotonic() - began
                if waited > self._tempo.give_up:
                    raise
                if waited > self._tempo.failover and self._pool.others(seat, claim.job.pinned):
                    pictures = None
                    break
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 5.0)
        if pictures:
            await self._keep(claim, pictures, is_fetched=True)
            return
        lost = cause or LostJobError("lost-job", server=seat.name, job=claim.attempt.id)
        await self._end(claim, self._try_again(claim, lost, "lost"))

    async def _keep(self, claim: Claim, pictures: Sequence[Picture], *, is_fetched: bool = False) -> None:
        """Store the pictures; while the disk is full or the database busy, hold them and try again."""
        figures = self._figures(claim)
        live = self._board.get(claim.job.id)
        seconds = figures.get("seconds") if is_fetched or live is None else live.seconds()
        cost = figures.get("cost")
        for pause in (*self._tempo.save_pauses, None):
            try:
                await asyncio.to_thread(self._keeper.keep, claim, pictures, seconds, cost)
                return
            except StorageError as error:
                if pause is None:
                    raise
                log.warning("picture not stored yet", job=claim.job.id, code=error.error_code)
                await asyncio.sleep(pause)

    async def _failed(self, claim: Claim, seat: Seat, error: Exception) -> None:
        if not isinstance(error, KitsumyError):
            log.exception("job crashed", job=claim.job.id, panel=claim.job.panel_id, exc_info=error)
            await self._end(claim, Ending("failed", "internal", **self._figures(claim)))
            return
        log.info("job failed", job=claim.job.id, panel=claim.job.panel_id, code=error.error_code)
        known = {"code": error.error_code, "params": dict(error.params), **self._figures(claim)}
        if isinstance(error, UncertainError):
            await self._end(claim, Ending("uncertain", **known))
        elif isinstance(error, MissingResourcesError) and await self._is_untried_elsewhere(claim, seat):
            await self._end(claim, Ending("failed", **known | {"code": LACKS}, again_at=now()))
        elif isinstance(error, BackendError):
            await self._end(claim, self._try_again(claim, error, "failed"))
        else:
            await self._end(claim, Ending("failed", **known))

    def _try_again(self, claim: Claim, error: KitsumyError, state: Any) -> Ending:
        """Return an ending that queues the job again where that is safe and may help."""
        figures = self._figures(claim)
        backoff, tries = self._tempo.backoff, claim.job.tries
        if not error.retryable or tries >= len(backoff):
            return Ending("failed", error.error_code, dict(error.params), **figures)
        later = now() + timedelta(seconds=backoff[tries])
        return Ending(state, error.error_code, dict(error.params), later, **figures)

    async def _is_untried_elsewhere(self, claim: Claim, seat: Seat) -> bool:
        """Tell whether another server may have what this one lacks."""
        others = {other.name for other in self._pool.others(seat, claim.job.pinned)}
        tried = await asyncio.to_thread(self._store.attempts_of, claim.job.id)
        since = claim.job.attempts - claim.job.tries
        lacking = {a.server for a in tried if a.error_code == LACKS and a.number > since - 1}
        return bool(others - lacking)

    def _report_of(self, claim: Claim) -> Report:
        return lambda progress: self._board.report(claim.job.id, progress)

    def _figures(self, claim: Claim) -> dict[str, Any]:
        live = self._board.get(claim.job.id)
        return {"seconds": live.progress.seconds, "cost": live.progress.cost} if live else {}

    async def _put_back(self, claim: Claim, seat: Seat) -> None:
        """Close an attempt that was withdrawn; one on a server that does not answer is looked for later."""
        if seat.is_up:
            withdrawn = Ending("cancelled", "", {}, now(), is_failure=False, **self._figures(claim))
            await self._end(claim, withdrawn)
            return
        with suppress(KitsumyError):
            await asyncio.to_thread(self._store.release, self._id, claim.attempt.id)

    async def _let_go(self, claim: Claim, seat: Seat) -> None:
        """Withdraw a job that may be made, if the writer cancels it; else leave it to the next look."""
        with suppress(KitsumyError):
            job = await asyncio.to_thread(self._store.job, claim.job.id)
            if job.state == "cancelled":
                await self._withdraw(claim, seat)

    async def _withdraw(self, claim: Claim, seat: Seat) -> None:
        with suppress(BackendError):
            if isinstance(seat.backend, Withdrawing):
                await seat.backend.withdraw(claim.attempt.id, self._report_of(claim))
        await self._end(claim, Ending("cancelled", "", **self._figures(claim)))

    async def _end(self, claim: Claim, ending: Ending) -> None:
        """Close an attempt; where that cannot be stored, it is tried again at the next look."""
        try:
            await asyncio.to_thread(self._store.end, claim.attempt.id, ending, self._id)
        except StorageError:
            self._unclosed.append((claim, ending))
        except KitsumyError as error:
            log.info("job is gone", job=claim.job.id, code=error.error_code)
