"""Send jobs to RunPod's endpoints once each, keep their ids, find them again, take them back.

An id is kept before and after sending: `endpoint/` says that something was sent and no answer is known yet,
`endpoint/id` where to look, nothing that it surely was not accepted. What may have been accepted is never
sent again by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from kitsumy_core.errors import (
    BackendError,
    KitsumyError,
    LostJobError,
    RejectedError,
    StoreError,
    UncertainError,
    UnreachableError,
)
from kitsumy_core.render.backend import Progress, RemoteIds, Report
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod_account import Account
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_job import Rhythm
from kitsumy_core.render.runpod_route import STUCK, Endpoints, note_of, ranked
from kitsumy_core.render.runpod_wire import Answer, Health

log = structlog.get_logger()

BUSY_PAUSES = (0.0, 2.0, 6.0)
"""Seconds before each round of asking the endpoints to take a job."""
HEALTH_KEPT = 10.0
_WITHDRAW_WITHIN = 20.0
_LEAVE_WITHIN = 4.0
"""Seconds that an answer may still take when we leave: without its id a job is found by nobody."""


@dataclass(frozen=True)
class Sent:
    """Where a job is: the endpoint, the id the service gave, and how many jobs share it."""

    endpoint: str
    id: str
    jobs: int = 1

    def __str__(self) -> str:
        return f"{self.endpoint}/{self.id}" + (f"#{self.jobs}" if self.jobs > 1 else "")


class Sender:
    """Works for one backend, on its event loop."""

    def __init__(
        self, service: Service, endpoints: Endpoints, ids: RemoteIds, account: Account, rhythm: Rhythm
    ) -> None:
        self._service, self._endpoints, self._ids = service, endpoints, ids
        self._account, self._rhythm = account, rhythm
        self._health: dict[str, tuple[float, Health | None]] = {}
        self._withdrawals: set[asyncio.Task[Any]] = set()
        self.leaves = False
        """Whether what is sent goes on when our work for it is cancelled."""

    async def finish(self) -> None:
        """Wait for cancellations that are on their way."""
        if self._withdrawals:
            await asyncio.wait(self._withdrawals, timeout=self._patience)

    async def is_sent(self, job_id: str) -> bool:
        """Tell whether a job is, or may be, at the service. True where nobody can say."""
        with suppress(StoreError):
            return bool(await self._ids.find(job_id))
        return True

    async def find(self, job_id: str) -> Sent | None:
        """Return where a job is. Raises UncertainError if it was sent and nobody knows where to.

        An id without an endpoint is what the writer read in RunPod's console.
        """
        known = await self._ids.find(job_id)
        if not known:
            return None
        known, _, jobs = known.strip().partition("#")
        endpoint, named, job = known.partition("/")
        if named and not job:
            raise UncertainError("runpod-unanswered", server=self._service.name, endpoint=endpoint)
        if named:
            return Sent(endpoint, job, int(jobs) if jobs.isdecimal() else 1)
        status = 404
        for one in self._endpoints.all:
            try:
                await self._service.status(one, endpoint)
                return Sent(one, endpoint)
            except (LostJobError, RejectedError) as error:
                status = error.params.get("status", status)
        raise UncertainError("runpod-lost-sight", server=self._service.name, status=status, job=endpoint)

    async def others(self, job_id: str, sent: Sent) -> int:
        """Return how many other jobs that somebody wants share a call."""
        if sent.jobs == 1:
            return 0
        told = await self._ids.others(job_id)
        return sent.jobs - 1 if told is None else told

    async def send(
        self,
        job_ids: Sequence[str],
        request: DiffusionRequest,
        body: bytes,
        report: Report,
        *,
        but: str = "",
    ) -> Sent:
        """Send jobs that share a call to the first endpoint that takes them, to any but one; only a sure
        refusal lets the next one be asked.
        """
        report(Progress("waiting"))
        refusal: BackendError | None = None
        names = [name for name in await self._order(request) if name != but]
        for pause in BUSY_PAUSES:
            await asyncio.sleep(pause * self._rhythm.first)
            for endpoint in names:
                try:
                    return await self._send_to(job_ids, endpoint, body, report)
                except (UnreachableError, RejectedError) as error:
                    await self.note(job_ids, "")
                    refusal = error
                    if isinstance(error, UnreachableError):
                        continue
                    if error.error_code not in ("runpod-endpoint-unknown", "runpod-id-invalid"):
                        raise
            if isinstance(refusal, RejectedError):
                break
            report(Progress("waiting", note="runpod-busy-waiting"))
        assert refusal is not None
        raise refusal

    async def _order(self, request: DiffusionRequest) -> list[str]:
        names = self._endpoints.for_request(request)
        await asyncio.gather(*(self.look(name) for name in names))
        meant = [name for name in names if self._endpoints.is_meant(name) and not self._is_stuck(name)]
        others = [name for name in names if name not in meant]
        typical = {name: self._account.typical(name, request) for name in others}
        return meant + ranked(others, self.known_health(), typical)

    def _is_stuck(self, endpoint: str) -> bool:
        return note_of(self.known_health().get(endpoint)) in STUCK

    async def could_go_elsewhere(self, request: DiffusionRequest, endpoint: str) -> bool:
        """Tell whether another endpoint for a request says that it can begin something."""
        others = [name for name in self._endpoints.for_request(request) if name != endpoint]
        found = await asyncio.gather(*(self.look(name) for name in others))
        return any(health is not None and note_of(health) not in STUCK for health in found)

    async def note(self, job_ids: Sequence[str], text: str) -> None:
        """Store where jobs are; "" where they surely are nowhere."""
        for job_id in job_ids:
            await self._ids.keep(job_id, text)

    async def _send_to(self, job_ids: Sequence[str], endpoint: str, body: bytes, report: Report) -> Sent:
        await self._note_sending(job_ids, endpoint)
        posting = asyncio.create_task(self._service.run(endpoint, body))
        try:
            sent = Sent(endpoint, (await asyncio.shield(posting)).id, len(job_ids))
        except asyncio.CancelledError:
            taking_back = asyncio.create_task(self._withdraw(job_ids, endpoint, posting, report))
            self._track(taking_back)
            await asyncio.shield(taking_back)
            raise
        keeping = asyncio.create_task(self._keep(job_ids, sent))
        try:
            await asyncio.shield(keeping)
        except asyncio.CancelledError:
            await (asyncio.wait({keeping}) if self.leaves else self._forgo(sent, report))
            raise
        return sent

    async def _note_sending(self, job_ids: Sequence[str], endpoint: str) -> None:
        noting = asyncio.create_task(self.note(job_ids, f"{endpoint}/"))
        try:
            await asyncio.shield(noting)
        except asyncio.CancelledError:  # nothing was sent, whatever was noted
            await asyncio.wait({noting})
            with suppress(StoreError):
                await self.note(job_ids, "")
            raise

    async def _keep(self, job_ids: Sequence[str], sent: Sent) -> None:
        """Keep the id of a call that is paid for; a store out of order does not give it up."""
        for pause in (0.2, 1.0, None):
            try:
                await self.note(job_ids, str(sent))
                return
            except StoreError as error:
                log.warning("id not kept", jobs=list(job_ids), remote=str(sent), code=error.error_code)
                if pause is not None:
                    await asyncio.sleep(pause)

    @property
    def _patience(self) -> float:
        return _LEAVE_WITHIN if self.leaves else _WITHDRAW_WITHIN

    async def _withdraw(
        self, job_ids: Sequence[str], endpoint: str, posting: asyncio.Task[Answer], report: Report
    ) -> None:
        """Cancel a job whose submission has not been answered yet, or keep its id where we leave. Raises
        UncertainError if it never is.
        """
        await asyncio.wait({posting}, timeout=self._patience)
        if not posting.done():
            posting.cancel()
            raise UncertainError("runpod-unanswered", server=self._service.name, endpoint=endpoint)
        error = posting.exception()
        if isinstance(error, UncertainError):
            raise error
        if error is not None:
            await self.note(job_ids, "")
            return
        sent = Sent(endpoint, posting.result().id, len(job_ids))
        await self._keep(job_ids, sent)
        if not self.leaves:
            await self._forgo(sent, report)

    async def _forgo(self, sent: Sent, report: Report) -> None:
        """Cancel a job that has just been sent, and tell if that was in time."""
        answer = await self.cancel(sent)
        if answer is not None and answer.never_began:
            report(Progress("waiting", cost=0.0))

    async def cancel(self, sent: Sent) -> Answer | None:
        """Cancel a job on the service, in the background if need be; cancelling us again does not stop it.

        Returns how it ended; None if that is not known.
        """

        async def take_back() -> Answer | None:
            for pause in (0.5, 2.0, None):
                try:
                    await self._service.cancel(sent.endpoint, sent.id)
                    answer = await self._service.status(sent.endpoint, sent.id)
                    return answer if answer.is_over else None
                except LostJobError:
                    return None
                except BackendError as error:
                    log.warning("not cancelled yet", remote=str(sent), code=error.error_code)
                    if pause is not None:
                        await asyncio.sleep(pause * self._rhythm.first)
            return None

        task = asyncio.create_task(take_back())
        self._track(task)
        await asyncio.wait({task}, timeout=_WITHDRAW_WITHIN)
        return task.result() if task.done() and not task.cancelled() else None

    def _track(self, task: asyncio.Task[Any]) -> None:
        """Let `finish` wait for what nobody else may wait for any more."""
        self._withdrawals.add(task)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        task.add_done_callback(self._withdrawals.discard)

    async def look(self, endpoint: str) -> Health | None:
        """Return how an endpoint's workers are, not older than a few seconds; None if it does not say."""
        at, known = self._health.get(endpoint, (0.0, None))
        if at and time.monotonic() - at < min(HEALTH_KEPT, self._rhythm.health_every):
            return known
        with suppress(KitsumyError):
            return await self.health(endpoint)
        self._health[endpoint] = (time.monotonic(), None)
        return None

    async def health(self, endpoint: str) -> Health:
        """Ask how an endpoint's workers are. Raises BackendErrors."""
        found = await self._service.health(endpoint)
        self._health[endpoint] = (time.monotonic(), found)
        return found

    def known_health(self) -> Mapping[str, Health | None]:
        return {endpoint: health for endpoint, (_at, health) in self._health.items()}
