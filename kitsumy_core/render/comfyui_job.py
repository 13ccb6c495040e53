"""Follow one submitted job to its end: the socket tells when to look, the server's history decides."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from kitsumy_core.errors import LostJobError, StalledError, UnreachableError
from kitsumy_core.render.backend import Progress, Report
from kitsumy_core.render.comfyui_http import Server
from kitsumy_core.render.comfyui_socket import Watch
from kitsumy_core.render.comfyui_wire import Outcome

BLIND_PATIENCE = 5
"""Without a socket nobody tells how far a running job is: it gets so many times the time-out."""


@dataclass(frozen=True)
class Patience:
    """How many seconds to bear what: no progress, a server that does not answer, a job nobody knows of."""

    stalled: float = 120.0
    unreachable: float = 30.0
    lost: float = 2.0


PATIENCE = Patience()


class Job:
    """One job on one server. `hears` says whether the socket it was submitted with is still open."""

    def __init__(
        self,
        server: Server,
        prompt_id: str,
        watch: Watch,
        hears: Callable[[], bool],
        patience: Patience,
        report: Report,
    ) -> None:
        self._server, self._id, self._watch, self._hears = server, prompt_id, watch, hears
        self._patience, self._report = patience, report
        self._began = self._looked = self._moved = time.monotonic()
        self._ahead: tuple[str, ...] | None = None
        self._missed_since: float | None = None
        self._silent_since: float | None = None
        self._told: Progress | None = None

    async def outcome(self) -> Outcome:
        """Wait for the end. Raises StalledError, LostJobError or UnreachableError."""
        self._tell(Progress("waiting"))
        while True:
            await self._watch.wait(self._pause())
            if self._watch.started and not self._watch.ended:
                self._tell(self._watch.progress())
            if self._is_time_to_look() and (outcome := await self._look()):
                return outcome
            self._check_patience()

    def _pause(self) -> float:
        """Return the seconds until the next look: a tenth of the time passed, within bounds."""
        now = time.monotonic()
        if self._missed_since is not None:
            return min(0.5, max(0.02, (now - self._missed_since) / 2))
        least, most = (0.3, 5.0) if self._hears() else (0.03, 1.0)
        return max(0.0, self._looked + min(most, max(least, (now - self._began) / 10)) - now)

    def _is_time_to_look(self) -> bool:
        now = time.monotonic()
        if self._watch.ended or self._missed_since is not None or self._pause() == 0:
            return True
        return self._watch.queue_moved and not self._watch.started and now - self._looked > 0.25

    async def _look(self) -> Outcome | None:
        """Read the queue, then the history: a job that left the first must be in the second."""
        surely_over = self._watch.ended and self._missed_since is None
        self._watch.queue_moved = False
        try:
            ahead = None if surely_over else (await self._server.queue()).ahead_of(self._id)
            outcome = await self._server.history(self._id)
        except UnreachableError:
            self._silent_since = self._silent_since or time.monotonic()
            if time.monotonic() - self._silent_since > self._patience.unreachable:
                raise
            return None
        finally:
            self._looked = time.monotonic()
        self._silent_since = None
        if outcome is None:
            self._note_place(ahead)
        return outcome

    def _note_place(self, ahead: tuple[str, ...] | None) -> None:
        now = time.monotonic()
        if ahead is None:
            self._missed_since = self._missed_since or now
            if now - self._missed_since > self._patience.lost:
                raise LostJobError("lost-job", server=self._server.name, job=self._id)
            return
        self._missed_since = None
        if ahead != self._ahead:
            self._ahead, self._moved = ahead, now
        if not self._watch.started:
            self._tell(Progress("waiting", ahead=len(ahead)) if ahead else Progress("loading"))

    def _check_patience(self) -> None:
        waited = time.monotonic() - max(self._moved, self._watch.heard_at)
        blind = self._ahead == () and not self._hears()
        if waited > self._patience.stalled * (BLIND_PATIENCE if blind else 1):
            if self._silent_since is not None:
                raise UnreachableError("server-unreachable", server=self._server.name, problem="silent")
            raise StalledError("stalled", server=self._server.name, job=self._id, seconds=round(waited, 1))

    def _tell(self, progress: Progress) -> None:
        if progress != self._told:
            self._told = progress
            self._report(progress)
