"""Take a call to RunPod to its end: sent, followed, moved where nothing begins it, taken back, paid."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import structlog

from kitsumy_core.errors import BackendError, RenderFailedError, StalledError, UncertainError
from kitsumy_core.render.backend import Progress, Report
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod_account import Account
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_job import Following, Rhythm
from kitsumy_core.render.runpod_send import Sender, Sent
from kitsumy_core.render.runpod_wire import Answer, Source, own_pictures, pictures_in

log = structlog.get_logger()

PREFIX = "kitsumy-"
"""How the names of our jobs' files start; the job's id follows."""


class Ended(NamedTuple):
    """How a call ended: where it was, its answer, and what each job in it has to pay (USD) and took."""

    sent: Sent
    answer: Answer
    cost: float | None
    seconds: float | None

    def pictures_of(self, job_id: str) -> tuple[Source, ...]:
        """Return the pictures of one of its jobs."""
        found = own_pictures(self._pictures, f"{PREFIX}{job_id}", PREFIX)
        if self.sent.jobs == 1:
            return found
        return tuple(one for one in found if one.name.startswith(PREFIX))  # nothing else tells whose they are

    @property
    def names_files(self) -> bool:
        return any(one.name.startswith(PREFIX) for one in self._pictures)

    @property
    def _pictures(self) -> tuple[Source, ...]:
        return pictures_in(self.answer.output) or pictures_in(self.answer.error)


class Caller:
    """Works for one backend, on its event loop."""

    def __init__(self, service: Service, sender: Sender, account: Account, rhythm: Rhythm) -> None:
        self._service, self._sender = service, sender
        self._account, self._rhythm = account, rhythm

    async def made(
        self, job_ids: Sequence[str], requests: Sequence[DiffusionRequest], body: bytes, report: Report
    ) -> Ended:
        """Send jobs in one call and follow it to its end. Cancelling takes it back, unless we leave."""
        began, stuck = time.monotonic(), ""
        while True:
            sent = await self._sender.send(job_ids, requests[0], body, report, but=stuck)
            following = self._following(sent, report, partial(self._may_move, sent, requests[0]), began)
            try:
                answer = await self._end(sent, following, report, is_ours=True)
            except asyncio.CancelledError:
                if not self._sender.leaves:
                    await self.take_back(sent, report, following.worked)
                raise
            if not (following.is_taken_back and answer.never_began and not following.worked):
                return self._paid(sent, answer, following, requests)
            log.info("moved to another endpoint", remote=str(sent))
            await self._sender.note(job_ids, "")
            stuck = sent.endpoint

    async def found(self, job_id: str, sent: Sent, report: Report) -> Ended:
        """Follow a call that an earlier run sent to its end. Cancelling leaves it alone."""
        jobs = 1 + await self._sender.others(job_id, sent)

        def share(progress: Progress) -> None:
            cost, seconds = _part(progress.cost, jobs), _part(progress.seconds, jobs)
            report(replace(progress, cost=cost, seconds=seconds))

        following = self._following(sent, share)
        answer = await self._end(sent, following, share, is_ours=jobs == 1)
        ended = self._paid(sent, answer, following, ())
        jobs = 1 + await self._sender.others(job_id, sent)  # some may have been cancelled meanwhile
        cost = None if answer.never_began else ended.cost  # nobody saw whether it ran before
        return ended._replace(cost=_part(cost, jobs), seconds=_part(ended.seconds, jobs))

    async def take_back(self, sent: Sent, report: Report, worked: float = 0.0) -> Answer:
        """Cancel a call, tell what it has cost and return how it ended; `worked` is for how many seconds it
        was seen running.
        """
        answer = await self._sender.cancel(sent) or Answer(sent.id, "")
        if worked and answer.seconds is None:
            answer = replace(answer, seconds=worked)
        cost = self._account.settle(sent.endpoint, answer, (), cold=False)
        report(Progress("waiting", cost=cost))
        return answer

    async def _end(self, sent: Sent, following: Following, report: Report, *, is_ours: bool) -> Answer:
        """Follow a call to its end; at the deadline take it back, if it is ours. Only what surely never began
        may be sent again.
        """
        try:
            return await following.end()
        except (StalledError, RenderFailedError) as error:
            answer = Answer(sent.id, "")
            if is_ours:
                answer = await self.take_back(sent, report, following.worked)
            if answer.status == "COMPLETED":
                return answer
            if isinstance(error, StalledError) and not answer.never_began:
                raise UncertainError("runpod-outcome-unknown", **error.params, job=str(sent)) from None
            raise

    def _following(
        self,
        sent: Sent,
        report: Report,
        take_back: Callable[[], Awaitable[bool]] | None = None,
        began: float | None = None,
    ) -> Following:
        return Following(
            self._service,
            (sent.endpoint, sent.id),
            self._rhythm,
            report,
            lambda: self._sender.look(sent.endpoint),
            take_back,
            began,
        )

    async def _may_move(self, sent: Sent, request: DiffusionRequest) -> bool:
        """Ask for the cancellation of a job that waits in vain, if another endpoint could begin it."""
        if not await self._sender.could_go_elsewhere(request, sent.endpoint):
            return False
        try:
            await self._service.cancel(sent.endpoint, sent.id)
        except BackendError as error:  # it may have arrived: what the job's own answer says counts
            log.info("not taken back yet", remote=str(sent), code=error.error_code)
        return True

    def _paid(
        self, sent: Sent, answer: Answer, following: Following, requests: Sequence[DiffusionRequest]
    ) -> Ended:
        if answer.seconds is None and following.worked:
            answer = replace(answer, seconds=following.worked)
        ended = Ended(sent, answer, None, answer.seconds)
        cold, named = following.was_cold, ended.names_files
        return ended._replace(
            cost=self._account.settle(sent.endpoint, answer, requests, cold=cold, named=named)
        )


def _part(whole: float | None, jobs: int) -> float | None:
    return None if whole is None else whole / jobs
