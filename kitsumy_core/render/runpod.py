"""Make pictures on RunPod Serverless: choose an endpoint, send the graph once, follow it, reckon the cost.

An id is kept before and after sending: `endpoint/` says that something was sent and no answer is known yet,
`endpoint/id` where to look. What may have been accepted is never sent again by itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from kitsumy_core.errors import (
    BackendError,
    KitsumyError,
    LostJobError,
    RejectedError,
    RenderFailedError,
    StalledError,
    StoreError,
    UncertainError,
    UnreachableError,
    UsageError,
    WorkflowError,
)
from kitsumy_core.render.backend import BackendKind, Estimate, Finding, Picture, Progress, RemoteIds, Report
from kitsumy_core.render.graph_check import Requirement
from kitsumy_core.render.picture_check import picture_of
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.runpod_account import Account, MemoryIds
from kitsumy_core.render.runpod_failures import failure
from kitsumy_core.render.runpod_fetch import fetch
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_input import name_of, packed
from kitsumy_core.render.runpod_job import Following, Rhythm
from kitsumy_core.render.runpod_route import Endpoints, note_of, ranked, slots_of
from kitsumy_core.render.runpod_wire import Answer, Health, Source, pictures_in
from kitsumy_core.render.workflow import Graph, bind, fill, graph_hash

log = structlog.get_logger()

BUSY_PAUSES = (0.0, 2.0, 6.0)
"""Seconds before each round of asking the endpoints to take a job."""
HEALTH_KEPT = 10.0
_WITHDRAW_WITHIN = 20.0


@dataclass(frozen=True)
class Sent:
    """Where a job is: the endpoint, and the id the service gave."""

    endpoint: str
    id: str

    def __str__(self) -> str:
        return f"{self.endpoint}/{self.id}"


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
        self._account, self._ids = account or Account(), ids or MemoryIds()
        self._rhythm, self._requirements = rhythm or Rhythm(), requirements
        self._health: dict[str, tuple[float, Health | None]] = {}
        self._withdrawals: set[asyncio.Task[None]] = set()

    @property
    def kind(self) -> BackendKind:
        return "runpod"

    def slots(self) -> int:
        return slots_of(self._known_health(), self._endpoints.all)

    def estimate(self, request: SketchRequest | DiffusionRequest) -> Estimate:
        """Return what a request will take on the endpoint it is meant for, going by earlier jobs there."""
        names = self._endpoints.for_request(request) if isinstance(request, DiffusionRequest) else ()
        if not names or not isinstance(request, DiffusionRequest):
            return Estimate()
        return self._account.estimate(names[0], request)

    async def render(
        self, job_id: str, request: SketchRequest | DiffusionRequest, report: Report
    ) -> Sequence[Picture]:
        """Make the pictures of a request. Raises BackendErrors; cancelling cancels the job on RunPod."""
        if not isinstance(request, DiffusionRequest):
            raise UsageError("request-not-for-backend", backend=self.kind, request=request.backend)
        self._refuse_unset()
        body = await self._packed(job_id, request)
        with self._account.reserved(self._endpoints.for_request(request)[0], request):
            sent = await self._send(job_id, request, body, report)
            try:
                return await self._outcome(sent, request, report)
            except LostJobError as error:  # it may have been paid for: not to be sent again by itself
                raise RenderFailedError(error.error_code, **error.params) from None

    async def recover(self, job_id: str) -> Sequence[Picture] | None:
        """Return what an earlier run of `job_id` made, waiting for it if it still runs.

        None if nothing was sent or the service no longer has it. Raises UncertainError if it was sent and
        no answer is known, and BackendErrors as `render`.
        """
        known = await self._ids.find(job_id)
        if known is None:
            return None
        endpoint, _sep, job = known.partition("/")
        if not job:
            raise UncertainError("runpod-unanswered", server=self._service.name, endpoint=endpoint)
        try:
            return await self._outcome(Sent(endpoint, job), None, lambda progress: None)
        except LostJobError:
            return None

    async def check(self) -> list[Finding]:
        """Say whether there are key and endpoints, how each endpoint is, and what it costs."""
        if not self._has_key:
            return [Finding(False, "runpod-key-missing")]
        if not self._endpoints.all:
            return [Finding(False, "runpod-endpoints-missing")]
        return [await self._check_endpoint(endpoint) for endpoint in self._endpoints.all]

    async def aclose(self) -> None:
        if self._withdrawals:
            await asyncio.wait(self._withdrawals, timeout=_WITHDRAW_WITHIN)
        await self._service.aclose()

    async def _check_endpoint(self, endpoint: str) -> Finding:
        try:
            health = await self._service.health(endpoint)
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

    async def _packed(self, job_id: str, request: DiffusionRequest) -> bytes:
        try:
            graph = await asyncio.to_thread(self._load_workflow, request.workflow)
            if request.workflow_hash not in ("", graph_hash(graph)):
                raise WorkflowError("workflow-changed")
            data = [await asyncio.to_thread(self._load_image, key) for key in request.images]
            images = {name_of(one): one for one in data}
            filled = fill(
                graph,
                bind(graph),
                request.but(images=tuple(name_of(one) for one in data)),
                f"kitsumy-{job_id}",
            )
        except WorkflowError as error:
            raise RejectedError(error.error_code, workflow=request.workflow, **error.params) from error
        if not any("filename_prefix" in node["inputs"] for node in filled.values()):
            raise RejectedError("runpod-needs-save-node", workflow=request.workflow)
        return await asyncio.to_thread(
            packed,
            filled,
            images,
            execution=min(self._rhythm.execution, self._rhythm.deadline),
            deadline=self._rhythm.deadline,
        )

    # --- sending ------------------------------------------------------------------------------------------

    async def _send(self, job_id: str, request: DiffusionRequest, body: bytes, report: Report) -> Sent:
        """Send a job to the first endpoint that takes it; only a sure refusal lets the next one be asked."""
        report(Progress("waiting"))
        refusal: BackendError | None = None
        names = await self._order(request)
        for pause in BUSY_PAUSES:
            await asyncio.sleep(pause * self._rhythm.first)
            for endpoint in names:
                try:
                    return await self._send_to(job_id, endpoint, body)
                except UnreachableError as error:
                    refusal = error
                except RejectedError as error:
                    if error.error_code not in ("runpod-endpoint-unknown", "runpod-id-invalid"):
                        raise
                    refusal = error
            if isinstance(refusal, RejectedError):
                break
            report(Progress("waiting", note="runpod-busy-waiting"))
        assert refusal is not None
        raise refusal

    async def _order(self, request: DiffusionRequest) -> list[str]:
        names = self._endpoints.for_request(request)
        await asyncio.gather(*(self._look(name) for name in names))
        meant = [name for name in names if self._endpoints.is_meant(name) and not self._is_stuck(name)]
        others = [name for name in names if name not in meant]
        typical = {name: self._account.typical(name, request) for name in others}
        return meant + ranked(others, self._known_health(), typical)

    def _is_stuck(self, endpoint: str) -> bool:
        return note_of(self._known_health().get(endpoint)) not in ("", "runpod-cold-start")

    async def _send_to(self, job_id: str, endpoint: str, body: bytes) -> Sent:
        await self._ids.keep(job_id, f"{endpoint}/")
        posting = asyncio.create_task(self._service.run(endpoint, body))
        try:
            sent = Sent(endpoint, (await asyncio.shield(posting)).id)
        except asyncio.CancelledError:
            await self._withdraw(job_id, endpoint, posting)
            raise
        keeping = asyncio.create_task(self._keep(job_id, sent))
        try:
            await asyncio.shield(keeping)
        except asyncio.CancelledError:
            await self._cancel(sent)
            raise
        return sent

    async def _keep(self, job_id: str, sent: Sent) -> None:
        """Keep the id of a job that is paid for; a store out of order does not give the job up."""
        for pause in (0.2, 1.0, None):
            try:
                await self._ids.keep(job_id, str(sent))
                return
            except StoreError as error:
                log.warning("id not kept", job=job_id, remote=str(sent), code=error.error_code)
                if pause is not None:
                    await asyncio.sleep(pause)

    async def _withdraw(self, job_id: str, endpoint: str, posting: asyncio.Task[Answer]) -> None:
        """Cancel a job whose submission has not been answered yet. Raises UncertainError if it never is."""
        await asyncio.wait({posting}, timeout=_WITHDRAW_WITHIN)
        if not posting.done():
            posting.cancel()
            raise UncertainError("runpod-unanswered", server=self._service.name, endpoint=endpoint)
        error = posting.exception()
        if isinstance(error, UncertainError):
            raise error
        if error is None:
            sent = Sent(endpoint, posting.result().id)
            await self._keep(job_id, sent)
            await self._cancel(sent)

    async def _cancel(self, sent: Sent) -> None:
        """Cancel a job on the service, in the background if need be; cancelling us again does not stop it."""

        async def take_back() -> None:
            for pause in (0.5, 2.0, None):
                try:
                    await self._service.cancel(sent.endpoint, sent.id)
                    return
                except BackendError as error:
                    log.warning("not cancelled yet", remote=str(sent), code=error.error_code)
                    if pause is not None:
                        await asyncio.sleep(pause * self._rhythm.first)

        task = asyncio.create_task(take_back())
        self._withdrawals.add(task)
        task.add_done_callback(self._withdrawals.discard)
        await asyncio.wait({task}, timeout=_WITHDRAW_WITHIN)

    # --- following ----------------------------------------------------------------------------------------

    async def _outcome(self, sent: Sent, request: DiffusionRequest | None, report: Report) -> list[Picture]:
        following = Following(
            self._service, sent.endpoint, sent.id, self._rhythm, report, lambda: self._look(sent.endpoint)
        )
        try:
            answer = await following.end()
        except (asyncio.CancelledError, StalledError, RenderFailedError):
            await self._cancel(sent)
            raise
        cost = self._account.settle(sent.endpoint, answer, request, cold=following.was_cold)
        sources = pictures_in(answer.output) if answer.status in ("COMPLETED", "FAILED") else ()
        report(Progress("fetching", 0, len(sources), cost=cost, seconds=answer.seconds))
        if not sources:
            raise failure(answer, sent.endpoint, self._requirements)
        if answer.status == "FAILED":
            log.warning("pictures of a job that failed are kept", remote=str(sent), pictures=len(sources))
        seed = request.seed if request else None
        return [await self._picture(source, seed) for source in sources]

    async def _picture(self, source: Source, seed: int | None) -> Picture:
        try:
            data = source.data or await fetch(source.url, local=self._service.is_local)
        except UnreachableError as error:  # the picture is paid for and may still be there
            raise UncertainError(error.error_code, **error.params) from None
        return await asyncio.to_thread(picture_of, data, seed)

    async def _look(self, endpoint: str) -> Health | None:
        """Return how an endpoint's workers are, not older than a few seconds; None if it does not say."""
        at, known = self._health.get(endpoint, (0.0, None))
        if at and time.monotonic() - at < min(HEALTH_KEPT, self._rhythm.health_every):
            return known
        found: Health | None = None
        with suppress(KitsumyError):
            found = await self._service.health(endpoint)
        self._health[endpoint] = (time.monotonic(), found)
        return found

    def _known_health(self) -> Mapping[str, Health | None]:
        return {endpoint: health for endpoint, (_at, health) in self._health.items()}
