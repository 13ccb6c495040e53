"""Keep the backends that are in use: one seat for each server, its health, and what it told last.

All of it runs on the engine's loop, but for `views`, which may be called from any thread.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import structlog

from kitsumy_core.errors import BackendError, KitsumyError, UsageError
from kitsumy_core.render.backend import Backend, Leaving, ServerStats, Watched
from kitsumy_core.render.comfyui_http import address_of
from kitsumy_core.render.tempo import Tempo
from kitsumy_core.settings import Settings

log = structlog.get_logger()

PROBE_WITHIN = 8.0
NOTED_EVERY = 20.0
"""Seconds between two notes in the ledger that a server answers."""


class Place(NamedTuple):
    """Where pictures are made: a kind of backend and, for ComfyUI, the address of one server."""

    kind: str
    server: str = ""

    @property
    def name(self) -> str:
        """The server's name in the ledger, without user and password; empty for this process itself."""
        if self.server:
            return address_of(self.server)[0]
        return "" if self.kind == "sketch" else self.kind


def places(settings: Settings) -> list[Place]:
    """Return where pictures can be made with these settings."""
    found = [Place("sketch"), *(Place("comfyui", host) for host in settings.comfyui_hosts)]
    if settings.runpod_is_configured:
        found.append(Place("runpod"))
    return found


@dataclass(frozen=True)
class ServerView:
    """What is known of a server, for the screen. `is_up` is None until it was asked."""

    name: str
    kind: str
    is_up: bool | None
    slots: int
    busy: int
    """Attempts of this process on it."""
    stats: ServerStats | None = None
    problem: tuple[str, dict[str, Any]] | None = None
    """Code and params of why it cannot be used."""


class Seat:
    """A backend in use. It is closed when it is retired and its last job is over."""

    def __init__(self, place: Place, name: str, backend: Backend) -> None:
        self.place, self.name, self.backend = place, name, backend
        self.busy = 0
        self.is_retired = False
        self.is_up: bool | None = None if isinstance(backend, Watched) else True
        self.down_since: float | None = None
        self.failures = 0
        self.noted = self.probed = 0.0
        self.stats: ServerStats | None = None
        self.problem: tuple[str, dict[str, Any]] | None = None
        self.care: asyncio.Task[None] | None = None
        self.poke = asyncio.Event()

    def view(self) -> ServerView:
        return ServerView(
            self.name,
            self.place.kind,
            self.is_up,
            self.backend.slots(),
            self.busy,
            self.stats,
            self.problem,
        )


Opener = Callable[[Place], Backend]


class Pool:
    """`noted(name, kind, is_up)` is told what a look at a server found; `wake` when one can take work."""

    def __init__(
        self, tempo: Tempo, noted: Callable[[str, str, bool], None], wake: Callable[[], None]
    ) -> None:
        self._tempo, self._noted, self._wake = tempo, noted, wake
        self._seats: dict[str, Seat] = {}
        self._retired: set[Seat] = set()
        self._broken: dict[str, ServerView] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._open: Opener | None = None

    # --- which servers there are --------------------------------------------------------------------------

    def arrange(self, places: Sequence[Place], opener: Opener) -> None:
        """Use these places from now on. Seats in use before finish their jobs and are then closed."""
        self._open, old, self._seats, self._broken = opener, self._seats, {}, {}
        for place in places:
            try:
                seat = Seat(place, place.name, opener(place))
            except KitsumyError as error:
                name = place.server.rpartition("@")[2] or place.kind
                problem = (error.error_code, dict(error.params))
                self._broken[name] = ServerView(name, place.kind, False, 0, 0, problem=problem)
                continue
            if seat.name in self._seats:
                self._retire(seat)
                continue
            before = old.get(seat.name)
            if before is not None:
                seat.is_up, seat.stats, seat.down_since = before.is_up, before.stats, before.down_since
            self._seats[seat.name] = seat
            seat.care = asyncio.create_task(self._look_after(seat), name=f"look after {seat.name}")
        for seat in old.values():
            self._retire(seat)
        self._wake()

    def visit(self, place: Place) -> Seat:
        """Return a seat for one job on a server that is not in use any more. Raises UsageError."""
        if self._open is None:
            raise UsageError("backend-unknown", name=place.kind, known=sorted(self.kinds()))
        seat = Seat(place, place.name, self._open(place))
        self._retire(seat, now=False)
        return seat

    def kinds(self) -> set[str]:
        return {seat.place.kind for seat in self._seats.values()}

    def seat(self, name: str, kind: str) -> Seat | None:
        found = self._seats.get(name)
        return found if found is not None and found.place.kind == kind else None

    def of_kind(self, kind: str) -> list[Seat]:
        return [seat for seat in self._seats.values() if seat.place.kind == kind]

    def ready(self) -> list[Seat]:
        """Return the seats that may take a job, the idlest first."""
        able = [s for s in self._seats.values() if s.is_up and s.busy < s.backend.slots()]
        return sorted(able, key=lambda seat: seat.busy)

    def others(self, seat: Seat, pinned: str) -> list[Seat]:
        """Return the servers that answer and could do a job instead of this one."""
        if pinned:
            return []
        return [s for s in self.of_kind(seat.place.kind) if s.name != seat.name and s.is_up]

    def dead_for(self, kind: str) -> float:
        """Return for how many seconds no server of a kind has answered; 0 if one does."""
        seats = self.of_kind(kind)
        since = [seat.down_since for seat in seats if seat.down_since is not None]
        return time.monotonic() - max(since) if seats and len(since) == len(seats) else 0.0

    def views(self) -> list[ServerView]:
        return [seat.view() for seat in list(self._seats.values())] + list(self._broken.values())

    # --- health -------------------------------------------------------------------------------------------

    def enter(self, seat: Seat) -> None:
        seat.busy += 1
        if seat.busy == 1 and time.monotonic() - seat.probed > self._tempo.probe_busy:
            seat.poke.set()

    def leave(self, seat: Seat) -> None:
        seat.busy -= 1
        if seat.is_retired and seat.busy == 0:
            self._close(seat)

    def down(self, seat: Seat, error: BackendError) -> None:
        """Note that a server did not answer: it gets no jobs until it does."""
        if seat.is_up:
            seat.poke.set()
        self._set_down(seat, error)

    async def _look_after(self, seat: Seat) -> None:
        while True:
            seat.poke.clear()
            await self._probe(seat)
            pause = self._pause(seat)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await seat.poke.wait()

    def _pause(self, seat: Seat) -> float:
        tempo = self._tempo
        if seat.is_up:
            return tempo.probe_busy if seat.busy else tempo.probe
        return tempo.probe_failed[min(seat.failures, len(tempo.probe_failed)) - 1]

    async def _probe(self, seat: Seat) -> None:
        seat.probed = time.monotonic()
        try:
            if isinstance(seat.backend, Watched):
                async with asyncio.timeout(PROBE_WITHIN):
                    seat.stats = await seat.backend.stats()
        except (BackendError, TimeoutError) as error:
            self._set_down(seat, error if isinstance(error, BackendError) else None)
            return
        except Exception:
            log.exception("server not understood", server=seat.name)
            self._set_down(seat, None)
            return
        was_up, seat.is_up, seat.down_since, seat.failures = seat.is_up, True, None, 0
        seat.problem = None
        if seat.name and (not was_up or time.monotonic() - seat.noted > NOTED_EVERY):
            seat.noted = time.monotonic()
            await asyncio.to_thread(self._note, seat, True)
        if not was_up:
            self._wake()

    def _set_down(self, seat: Seat, error: BackendError | None) -> None:
        if seat.is_up is not False:
            log.info("server does not answer", server=seat.name)
            self._in_thread(seat)
        seat.is_up = False
        seat.down_since = seat.down_since or time.monotonic()
        seat.failures += 1
        code = error.error_code if error else "server-unreachable"
        seat.problem = (code, dict(error.params) if error else {"server": seat.name})

    def _in_thread(self, seat: Seat) -> None:
        if seat.name:
            task = asyncio.create_task(asyncio.to_thread(self._note, seat, False))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _note(self, seat: Seat, is_up: bool) -> None:
        try:
            self._noted(seat.name, seat.place.kind, is_up)
        except KitsumyError as error:
            log.warning("server not noted", server=seat.name, code=error.error_code)

    # --- the end ------------------------------------------------------------------------------------------

    def _retire(self, seat: Seat, *, now: bool = True) -> None:
        seat.is_retired = True
        self._retired.add(seat)
        if seat.care is not None:
            seat.care.cancel()
        if now and seat.busy == 0:
            self._close(seat)

    def _close(self, seat: Seat) -> None:
        self._retired.discard(seat)
        task = asyncio.create_task(_closed(seat.backend))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def leave_running(self) -> None:
        """Let what runs on servers go on there when its work here is cancelled."""
        for seat in [*self._seats.values(), *self._retired]:
            if isinstance(seat.backend, Leaving):
                seat.backend.leave()

    async def aclose(self) -> None:
        """Close every backend, in use or not."""
        for seat in [*self._seats.values(), *self._retired]:
            if seat.care is not None:
                seat.care.cancel()
            self._close(seat)
        self._seats = {}
        await asyncio.gather(*self._closing, return_exceptions=True)


async def _closed(backend: Backend) -> None:
    with suppress(Exception):
        await backend.aclose()
