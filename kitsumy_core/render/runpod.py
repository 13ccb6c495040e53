"""Make pictures on RunPod Serverless: send the graph once, follow it, reckon the cost, fetch the pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from kitsumy_core.errors import (
    BackendError,
    LostJobError,
    RejectedError,
    RenderFailedError,
    UncertainError,
    UnreachableError,
    UsageError,
    WorkflowError,
)
from kitsumy_core.render.backend import (
    BackendKind,
    Estimate,
    Finding,
    LeftRunning,
    Picture,
    Progress,
    RemoteIds,
    Report,
    ServerStats,
    unheard,
)
from kitsumy_core.render.graph_check import Requirement
from kitsumy_core.render.picture_check import picture_of
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.runpod_account import Account, MemoryIds
from kitsumy_core.render.runpod_call import PREFIX, Caller, Ended
from kitsumy_core.render.runpod_failures import failure
from kitsumy_core.render.runpod_fetch import fetch
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_input import name_of, packed, saving
from kitsumy_core.render.runpod_job import Rhythm
from kitsumy_core.render.runpod_route import MOST_SLOTS, Endpoints, note_of, slots_of
from kitsumy_core.render.runpod_send import Sender, Sent
from kitsumy_core.render.runpod_together import MOST_TOGETHER, Call, Together, Wish, exact_of
from kitsumy_core.render.runpod_wire import Health, Source
from kitsumy_core.render.workflow import Graph, build, graph_hash, renamed_pictures
from kitsumy_core.render.workflow_batch import batched

log = structlog.get_logger()


class RunPodBackend:
    """Endpoints of one account. Safe for several renders at once on one event loop.

    `load_workflow` returns a graph by name, `load_image` an input image's bytes by hash; both may block.
    Raises UsageError for a wrong address.
    """

    def __init__(
        self,
        service: Service,
        endpoints: Endpoints,
        load_workflow: Callable[[str], Graph],
        load_image: Callable[[str], bytes],
        *,
        account: Account | None = None,
        ids: RemoteIds | None = None,
        rhythm: Rhythm | None = None,
        requirements: Sequence[Requirement] = (),
        has_key: bool = True,
    ) -> None:
        self._service, self._endpoints, self._has_key = service, endpoints, has_key
        self._load_workflow, self._load_image = load_workflow, load_image
        self._account, self._rhythm = account or Account(), rhythm or Rhythm()
        self._requirements = requirements
        self._sender = Sender(service, endpoints, ids or MemoryIds(), self._account, self._rhythm)
        self._caller = Caller(service, self._sender, self._account, self._rhythm)
        self._together = Together(self._workers, self._call)

    @property
    def kind(self) -> BackendKind:
        return "runpod"

    def slots(self) -> int:
        slots = slots_of(self._sender.known_health(), self._endpoints.all)
        shared = any(self._account.names_files(endpoint) for endpoint in self._endpoints.all)
        return min(MOST_SLOTS, slots * (MOST_TOGETHER if shared else 1))

    def estimate(self, request: SketchRequest | DiffusionRequest) -> Estimate:
        """Return what a request will take on the endpoint it is meant for, going by earlier jobs there."""
        names = self._endpoints.for_request(request) if isinstance(request, DiffusionRequest) else ()
        if not names or not isinstance(request, DiffusionRequest):
            return Estimate()
        return self._account.estimate(names[0], request)

    async def render(
        self, job_id: str, request: SketchRequest | DiffusionRequest, report: Report
    ) -> Sequence[Picture]:
        """Make the pictures of a request. Raises BackendErrors; cancelling cancels the job on RunPod, unless
        we leave.
        """
        if not isinstance(request, DiffusionRequest):
            raise UsageError("request-not-for-backend", backend=self.kind, request=request.backend)
        self._refuse_unset()
        wish = await self._wish(job_id, request, report)
        try:
            with self._account.reserved(job_id, self._endpoints.for_request(request), request):
                return await self._made(wish)
        except LostJobError as error:  # it may have been paid for: not to be sent again by itself
            raise RenderFailedError(error.error_code, **error.params) from None

    def leave(self) -> None:
        self._sender.leaves = True

    async def recover(self, job_id: str, report: Report = unheard) -> Sequence[Picture] | None:
        """Return what an earlier run of `job_id` made, waiting for it if it still runs; None if nothing was
        sent.

        Raises UncertainError if it was sent and no answer is known, RenderFailedError if the service no
        longer has it, and BackendErrors as `render`.
        """
        sent = await self._sender.find(job_id)
        if sent is None:
            self._account.release(job_id)
            return None
        try:
            ended = await self._caller.found(job_id, sent, report)
            self._account.release(job_id)
            return await self._received(ended, job_id, None, report)
        except LostJobError as error:  # made and paid for, perhaps: not to be sent again by itself
            raise RenderFailedError(error.error_code, **error.params) from None

    async def withdraw(self, job_id: str, report: Report = unheard) -> None:
        """Cancel a job that another process sent, as far as its id is known; a call that others share goes
        on.
        """
        with suppress(UncertainError):
            sent = await self._sender.find(job_id)
            if sent and not await self._sender.others(job_id, sent):
                await self._caller.take_back(sent, report)
            self._account.release(job_id)

    async def stats(self) -> ServerStats:
        """Return how busy the endpoints are together. Raises a BackendError if none of them answers."""
        self._refuse_unset()
        found: list[Health] = []
        problem: BackendError | None = None
        for endpoint in self._endpoints.all:
            try:
                found.append(await self._sender.health(endpoint))
            except BackendError as error:
                problem = error
        if problem is not None and not found:
            raise problem
        return ServerStats(
            device="RunPod",
            running=sum(one.in_progress for one in found),
            waiting=sum(one.queued for one in found),
        )

    async def check(self) -> list[Finding]:
        """Say whether there are key and endpoints, how each endpoint is, and what it costs."""
        if not self._has_key:
            return [Finding(False, "runpod-key-missing")]
        if not self._endpoints.all:
            return [Finding(False, "runpod-endpoints-missing")]
        return [await self._check_endpoint(endpoint) for endpoint in self._endpoints.all]

    async def aclose(self) -> None:
        await self._sender.finish()
        await self._service.aclose()

    async def _check_endpoint(self, endpoint: str) -> Finding:
        try:
            health = await self._sender.health(endpoint)
        except BackendError as error:
            return Finding(False, error.error_code, dict(error.params))
        price = self._account.price_of(endpoint)
        facts = {
            "endpoint": endpoint,
            "workers": health.idle + health.running,
            "starting": health.initializing,
            "throttled": health.throttled,
            "waiting": health.queued,
            "price": "?" if price is None else f"{price:.5f}",
        }
        note = note_of(health)
        if note in ("runpod-throttled", "runpod-no-workers", "runpod-unhealthy"):
            return Finding(False, note.replace("runpod-", "runpod-endpoint-"), facts)
        return Finding(True, "runpod-ready" if price is not None else "runpod-ready-unpriced", facts)

    def _refuse_unset(self) -> None:
        if not self._has_key:
            raise RejectedError("runpod-key-missing")
        if not self._endpoints.all:
            raise RejectedError("runpod-endpoints-missing")

    async def _wish(self, job_id: str, request: DiffusionRequest, report: Report) -> Wish:
        """Return a job ready to be sent."""
        prefix = f"{PREFIX}{job_id}"
        try:
            graph = await asyncio.to_thread(self._load_workflow, request.workflow)
            if request.workflow_hash not in ("", graph_hash(graph)):
                raise WorkflowError("workflow-changed")
            filled, saved = saving(build(graph, request, prefix), prefix)
        except WorkflowError as error:
            raise RejectedError(error.error_code, workflow=request.workflow, **error.params) from error
        if not saved:
            raise RejectedError("runpod-needs-save-node", workflow=request.workflow)
        data = {key: await asyncio.to_thread(self._load_image, key) for key in request.images}
        filled = renamed_pictures(filled, {key: name_of(one) for key, one in data.items()})
        images = {name_of(one): one for one in data.values()}
        exact = frozenset(name_of(data[key]) for key in (request.mask, request.control) if key)
        return Wish(job_id, request, filled, saved, images, exact, report)

    async def _packed(self, graph: Graph, wishes: Sequence[Wish]) -> bytes:
        execution = self._rhythm.execution * len(wishes)
        return await asyncio.to_thread(
            packed,
            graph,
            {name: data for wish in wishes for name, data in wish.images.items()},
            exact=exact_of(wishes),
            execution=min(execution, self._rhythm.deadline),
            deadline=self._rhythm.deadline,
        )

    # --- sending and following ----------------------------------------------------------------------------

    async def _made(self, wish: Wish) -> list[Picture]:
        """Make a job's pictures, in a call with others or in one of its own."""
        try:
            paid = 0.0
            if self._account.names_files(self._endpoints.for_request(wish.request)[0]):
                pictures, paid = await self._with_others(wish)
                if pictures:
                    return pictures
            return await self._alone(wish, paid)
        except asyncio.CancelledError:
            if self._sender.leaves and await self._sender.is_sent(wish.job_id):
                raise LeftRunning from None
            raise

    async def _alone(self, wish: Wish, paid: float) -> list[Picture]:
        """Make a job's pictures in a call of its own; `paid` is what it has cost so far."""

        def report(progress: Progress) -> None:
            cost = progress.cost if progress.cost is None else progress.cost + paid
            wish.report(replace(progress, cost=cost))

        body = await self._packed(wish.graph, [wish])
        ended = await self._caller.made([wish.job_id], [wish.request], body, report)
        return await self._received(ended, wish.job_id, wish, report)

    async def _with_others(self, wish: Wish) -> tuple[list[Picture], float]:
        """Make a job's pictures in a call that it shares, if others come; return them and what they cost.

        A call that is surely over without a picture for this job leaves it to go alone.
        """
        try:
            ended = await self._together.ended(wish)
        except RejectedError as error:
            if error.error_code not in ("runpod-too-large", "workflow-slot-missing"):
                raise
            return [], 0.0
        if ended is None:
            return [], 0.0
        paid = ended.cost or 0.0
        try:
            return await self._received(ended, wish.job_id, wish, wish.report), paid
        except RenderFailedError as error:
            log.warning("a shared call failed", job=wish.job_id, code=error.error_code)
            return [], paid

    async def _call(self, call: Call) -> Ended:
        """Send one call for several jobs and follow it to its end."""
        wishes = list(call.wishes)
        try:
            graph = batched({wish.job_id: wish.graph for wish in wishes})
        except WorkflowError as error:
            raise RejectedError(error.error_code, **error.params) from error
        body = await self._packed(graph, wishes)
        ids, requests = [wish.job_id for wish in wishes], [wish.request for wish in wishes]
        ended = await self._caller.made(ids, requests, body, call.tell)
        return ended._replace(cost=call.share(ended.cost), seconds=call.share(ended.seconds))

    async def _workers(self, request: DiffusionRequest) -> int:
        """Return how many workers of the endpoint for a request are awake."""
        known = await self._sender.look(self._endpoints.for_request(request)[0])
        return max(1, known.idle + known.running) if known else 1

    async def _received(self, ended: Ended, job_id: str, wish: Wish | None, report: Report) -> list[Picture]:
        """Return the pictures that a call made for a job. Raises RenderFailedError where there are none."""
        sent, answer = ended.sent, ended.answer
        sources = ended.pictures_of(job_id)
        expected = wish.saved * max(1, wish.request.batch) if wish else 1
        note = "runpod-partial" if 0 < len(sources) < expected else ""
        report(Progress("fetching", 0, len(sources), cost=ended.cost, seconds=ended.seconds, note=note))
        if not sources:
            raise failure(answer, sent.endpoint, self._requirements)
        if note or answer.status == "FAILED":
            log.warning("fewer pictures than asked for", remote=str(sent), came=len(sources), asked=expected)
        seed = wish.request.seed if wish else None
        return [await self._picture(sent, source, seed) for source in sources]

    async def _picture(self, sent: Sent, source: Source, seed: int | None) -> Picture:
        try:
            data = source.data or await fetch(source.url, local=self._service.is_local)
        except UnreachableError as error:  # the picture is paid for and may still be there
            raise UncertainError(error.error_code, **error.params, job=str(sent)) from None
        return await asyncio.to_thread(picture_of, data, seed)
