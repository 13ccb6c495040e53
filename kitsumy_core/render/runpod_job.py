"""Follow one job on RunPod to its end: ask seldom enough, and say what it waits for."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kitsumy_core.errors import (
    LostJobError,
    RejectedError,
    RenderFailedError,
    StalledError,
    UncertainError,
    UnreachableError,
)
from kitsumy_core.render.backend import Progress, Report
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_route import STUCK, note_of
from kitsumy_core.render.runpod_wire import Answer, Health, steps_in


@dataclass(frozen=True)
class Rhythm:
    """Seconds: between questions, of work allowed to the worker, and of waiting in all."""

    first: float = 1.0
    growth: float = 1.5
    most: float = 5.0
    most_queued: float = 10.0
    most_failing: float = 30.0
    health_every: float = 12.0
    execution: float = 600.0
    deadline: float = 1800.0
    no_workers_after: float = 90.0
    """After which an endpoint where nothing starts is held to have no workers at all."""
    stuck_after: float = 60.0
    """After which a job that no worker of its endpoint could begin may go to another one."""


class Following:
    """One submitted job: its endpoint and id. `health` looks at its endpoint's workers; `take_back` asks for
    its cancellation where another endpoint would begin it sooner, and tells whether it did. `began` is when
    the job was first sent anywhere.
    """

    def __init__(
        self,
        service: Service,
        job: tuple[str, str],
        rhythm: Rhythm,
        report: Report,
        health: Callable[[], Awaitable[Health | None]],
        take_back: Callable[[], Awaitable[bool]] | None = None,
        began: float | None = None,
    ) -> None:
        self._service, (self._endpoint, self._job) = service, job
        self._rhythm, self._report, self._health = rhythm, report, health
        self._take_back, self._stuck_since = take_back, 0.0
        self._here_since, self._started_at = time.monotonic(), 0.0
        self._began = self._here_since if began is None else began
        self._pause, self._failed, self._unknown = rhythm.first, 0, 0
        self._looked, self._note = 0.0, ""
        self.was_cold = False
        """Whether a worker had to start for this job."""
        self.is_taken_back = False
        """Whether its cancellation was asked for because it waited in vain."""

    @property
    def worked(self) -> float:
        """Seconds since the job was first seen running; 0 if it was not."""
        return time.monotonic() - self._started_at if self._started_at else 0.0

    @property
    def _name(self) -> str:
        return f"{self._endpoint}/{self._job}"

    async def end(self) -> Answer:
        """Return the job's last answer.

        Raises LostJobError if the service forgot it; at the deadline StalledError if it never started,
        RenderFailedError if it did, UncertainError if the service was silent: it may be done and paid for.
        """
        answer: Answer | None = None
        while True:
            answer = await self._ask() or answer
            if answer and answer.is_over and not self._failed:
                return answer
            await self._tell(answer)
            if self._waits_in_vain(answer) and await self._is_let_go():
                continue
            if time.monotonic() - self._began > self._rhythm.deadline:
                self._give_up()
            await asyncio.sleep(self._next_pause(answer))

    def _waits_in_vain(self, answer: Answer | None) -> bool:
        is_queued = answer is not None and answer.status == "IN_QUEUE" and not self._started_at
        waited = time.monotonic() - self._stuck_since if self._stuck_since else 0.0
        return is_queued and not self._failed and waited > self._rhythm.stuck_after

    async def _is_let_go(self) -> bool:
        """Try to take the job back, at most once in a while; whether it is, its next answer says."""
        self._stuck_since = time.monotonic()
        if self._take_back is None or not await self._take_back():
            return False
        self.is_taken_back = True
        return True

    async def _ask(self) -> Answer | None:
        try:
            answer = await self._service.status(self._endpoint, self._job)
        except UnreachableError:
            self._failed += 1
            return None
        except RejectedError as error:
            raise UncertainError("runpod-lost-sight", **error.params, job=self._name) from None
        except LostJobError:
            self._unknown += 1
            if self._unknown > 2:
                raise
            return None
        self._failed = self._unknown = 0
        return answer

    def _next_pause(self, answer: Answer | None) -> float:
        rhythm = self._rhythm
        if self._failed:
            pause = min(rhythm.most_failing, rhythm.first * 2.0**self._failed)
        else:
            queued = answer is not None and answer.status == "IN_QUEUE"
            most = rhythm.most_queued if queued else rhythm.most
            pause = min(most, self._pause)
            self._pause = min(most, self._pause * rhythm.growth)
        left = self._began + rhythm.deadline - time.monotonic()
        return max(0.01, min(pause * random.uniform(0.85, 1.15), left + 0.01))

    async def _tell(self, answer: Answer | None) -> None:
        if answer is None or answer.status == "IN_QUEUE":
            await self._look()
            self._report(
                Progress("waiting", note=self._note or ("runpod-silent" if self._failed > 2 else ""))
            )
            return
        if not self._started_at:
            self._started_at, self._pause = time.monotonic(), self._rhythm.first
        silent = "runpod-silent" if self._failed > 2 else ""
        if steps := steps_in(answer.output):
            self._report(Progress("sampling", *steps, seconds=self.worked, note=silent))
        else:
            self._report(Progress("sampling", seconds=self.worked, note=silent))

    async def _look(self) -> None:
        now = time.monotonic()
        if self._looked and now - self._looked < self._rhythm.health_every:
            return
        self._looked = now
        health = await self._health()
        self._note = note_of(health)
        self.was_cold = self.was_cold or self._note == "runpod-cold-start"
        none_starts = health is not None and not health.initializing and not health.ready
        if self.was_cold and none_starts and now - self._here_since > self._rhythm.no_workers_after:
            self._note = self._note and "runpod-no-workers"
        self._stuck_since = (self._stuck_since or now) if self._note in STUCK else 0.0

    def _give_up(self) -> None:
        known = {"server": f"RunPod {self._endpoint}", "endpoint": self._endpoint}
        seconds = round(self._rhythm.deadline)
        if self._failed:
            raise UncertainError("runpod-outcome-unknown", seconds=seconds, job=self._name, **known)
        if self._started_at:
            raise RenderFailedError("runpod-deadline", seconds=seconds, **known)
        raise StalledError("runpod-deadline-queued", seconds=seconds, note=self._note, **known)
