"""Make pictures on one ComfyUI server: check the graph, queue it, follow it, fetch what it made."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Any

from kitsumy_core.errors import (
    BackendError,
    CancelledJobError,
    LostJobError,
    MissingResourcesError,
    RejectedError,
    RenderFailedError,
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
    Report,
    ServerStats,
    unheard,
)
from kitsumy_core.render.comfyui_http import Server
from kitsumy_core.render.comfyui_job import PATIENCE, Job, Patience
from kitsumy_core.render.comfyui_socket import Connection, Watch
from kitsumy_core.render.comfyui_wire import Outcome, Output, chosen_outputs, failure_of, read_stats
from kitsumy_core.render.graph_check import (
    Missing,
    Requirement,
    lora_sources,
    missing_resources,
    optional_missing,
)
from kitsumy_core.render.picture_check import picture_of
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.workflow import Graph, build, graph_hash, renamed_pictures
from kitsumy_core.render.workflow_edits import without_optional

FOLDER = "kitsumy"
"""Where the server keeps our pictures; a file's name starts with its job's id, so that it is found after
a crash.
"""

SLOTS = 2
"""Jobs in flight on one server: while one is made, the next waits in the server's queue."""

_MAX_PICTURES = 64
_SOCKET_PAUSE = 10.0
_WITHDRAW_WITHIN = 5.0
_LEAVE_WITHIN = 3.0


class ComfyUIBackend:
    """One ComfyUI server. Safe for several renders at once on one event loop; `aclose` it on the same
    loop.

    `load_workflow` returns a graph by name, `load_image` an input image's bytes by hash; both may block.
    """

    def __init__(
        self,
        base_url: str,
        load_workflow: Callable[[str], Graph],
        load_image: Callable[[str], bytes],
        *,
        patience: Patience = PATIENCE,
        requirements: Sequence[Requirement] = (),
        workflows: Sequence[str] = ("text2img", "flux_text2img"),
    ) -> None:
        self._server = Server(base_url)
        self._load_workflow, self._load_image = load_workflow, load_image
        self._patience, self._requirements, self._workflows = patience, requirements, workflows
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()
        self._no_socket_until = 0.0
        self._info: Mapping[str, Any] | None = None
        self._withdrawals: set[asyncio.Task[None]] = set()
        self._leaves = False

    @property
    def kind(self) -> BackendKind:
        return "comfyui"

    def slots(self) -> int:
        return SLOTS

    def estimate(self, request: SketchRequest | DiffusionRequest) -> Estimate:
        return Estimate(usd=0.0)

    @property
    def name(self) -> str:
        """The server's address, without user and password."""
        return self._server.name

    async def render(
        self, job_id: str, request: SketchRequest | DiffusionRequest, report: Report
    ) -> Sequence[Picture]:
        """Make the pictures of a request. Raises BackendErrors; cancelling withdraws the job from the
        server.
        """
        if not isinstance(request, DiffusionRequest):
            raise UsageError("request-not-for-backend", backend=self.kind, request=request.backend)
        graph = await self._graph_for(job_id, request)
        outcome = await self._run(job_id, graph, report)
        try:
            if outcome is None:
                return await self._left_behind(job_id, request.seed)
            return await self._pictures(job_id, outcome, request.seed, report)
        except asyncio.CancelledError:
            if self._leaves:
                raise LeftRunning from None
            raise

    def leave(self) -> None:
        self._leaves = True

    async def recover(self, job_id: str, report: Report = unheard) -> Sequence[Picture] | None:
        """Return what an earlier run of `job_id` made: waits for it in the queue, else reads history,
        else the files.

        None if the server knows nothing of it, asked twice: what a killed process sent may reach the server
        after the process is gone. Raises BackendErrors as `render`.
        """
        found = await self._found(job_id, report)
        if found is None:
            await asyncio.sleep(self._patience.lost)
            found = await self._found(job_id, report)
        return found

    async def _found(self, job_id: str, report: Report) -> Sequence[Picture] | None:
        ahead = (await self._server.queue()).ahead_of(job_id)
        outcome = await self._server.history(job_id)
        if outcome is None and ahead is not None:
            with suppress(LostJobError):
                outcome = await self._job(job_id, Watch(), None, report).outcome()
        if outcome is not None:
            return await self._pictures(job_id, outcome, None, report)
        with suppress(LostJobError):
            return await self._left_behind(job_id, None)
        return None

    async def stats(self) -> ServerStats:
        """Return the server's memory and how busy it is. Raises UnreachableError."""
        stats, queue = await self._server.system_stats(), await self._server.queue()
        return read_stats(stats, len(queue.running), len(queue.pending))

    async def nodes(self) -> frozenset[str]:
        """Return the kinds of nodes that the server has, as it last told. Raises BackendErrors."""
        info = self._info or await self._server.object_info()
        self._info = info
        return frozenset(info or ())

    async def withdraw(self, job_id: str, report: Report = unheard) -> None:
        """Take back a job that an earlier process sent. Raises UnreachableError."""
        await self._server.withdraw(job_id)

    async def check(self) -> list[Finding]:
        """Say whether the server answers, what it runs on, how busy it is, and which shipped workflows it
        can do.
        """
        try:
            stats = await self.stats()
            self._info = await self._server.object_info()
        except BackendError as error:
            return [Finding(False, error.error_code, dict(error.params))]
        found = {
            "server": self.name,
            "version": stats.version,
            "device": stats.device,
            "memory": stats.memory_total,
            "running": stats.running,
            "waiting": stats.waiting,
        }
        return [Finding(True, "comfyui-ready", found), *await self._check_workflows()]

    async def aclose(self) -> None:
        if self._withdrawals:
            await asyncio.wait(self._withdrawals, timeout=_WITHDRAW_WITHIN)
        if self._connection:
            await self._connection.close()
        await self._server.aclose()

    async def _check_workflows(self) -> list[Finding]:
        """Say which workflows the server can do, all in one line, and what each of the others lacks."""
        if self._info is None:
            names = list(self._workflows)
            return [Finding(False, "comfyui-list-unreadable", {"server": self.name, "workflow": names})]
        ready: list[str] = []
        found: list[Finding] = []
        for name in self._workflows:
            known = {"server": self.name, "workflow": name}
            try:
                graph = without_optional(await asyncio.to_thread(self._load_workflow, name), self._info)
            except WorkflowError as error:
                found.append(Finding(False, "workflow-unusable", known | {"problem": error.error_code}))
                continue
            if lacking := missing_resources(graph, self._info, self._requirements):
                found.append(Finding(False, "workflow-lacks", known | {"missing": _as_params(lacking)}))
            else:
                ready.append(name)
        if more := optional_missing(self._info, self._requirements):
            found.append(
                Finding(True, "optional-missing", {"server": self.name, "missing": _as_params(more)})
            )
        if ready:
            return [Finding(True, "workflows-ready", {"server": self.name, "workflows": ready}), *found]
        return [Finding(False, "no-workflow-ready", {"server": self.name}), *found]

    async def _graph_for(self, job_id: str, request: DiffusionRequest) -> Graph:
        try:
            graph = await asyncio.to_thread(self._load_workflow, request.workflow)
            if request.workflow_hash not in ("", graph_hash(graph)):
                raise WorkflowError("workflow-changed")
            filled, lacking = await self._checked(graph, request, job_id, self._info)
            if lacking or self._info is None:
                self._info = await self._server.object_info()
                filled, lacking = await self._checked(graph, request, job_id, self._info)
        except WorkflowError as error:
            raise RejectedError(error.error_code, workflow=request.workflow, **error.params) from error
        if lacking:
            raise MissingResourcesError("missing-resources", server=self.name, missing=_as_params(lacking))
        names = {key: await self._upload(key) for key in request.images}
        return renamed_pictures(filled, names)

    async def _checked(
        self, graph: Graph, request: DiffusionRequest, job_id: str, info: Mapping[str, Any] | None
    ) -> tuple[Graph, Sequence[Missing]]:
        """Return the filled graph, its pictures still under our names, and what the server lacks for it."""
        filled = build(graph, request, f"{FOLDER}/{job_id}", info)
        known = (*self._requirements, *lora_sources(request.loras))
        return filled, missing_resources(filled, info, known) if info else ()

    async def _upload(self, key: str) -> str:
        data = await asyncio.to_thread(self._load_image, key)
        return await self._server.upload(f"{hashlib.sha256(data).hexdigest()[:32]}.png", data)

    async def _run(self, job_id: str, graph: Graph, report: Report) -> Outcome | None:
        """Queue a graph and follow it; None if the server forgot the job. Whatever else goes wrong, it is
        withdrawn, unless we leave.
        """
        connection = await self._listening()
        client_id = connection.client_id if connection else None
        with ExitStack() as watching:
            watch = watching.enter_context(connection.watching(job_id)) if connection else Watch()
            submitting = asyncio.create_task(self._server.submit(graph, job_id, client_id))
            try:
                prompt_id = await asyncio.shield(submitting)
                if prompt_id != job_id and connection:
                    watch = watching.enter_context(connection.watching(prompt_id))
                return await self._job(prompt_id, watch, connection, report).outcome()
            except LostJobError:
                return None
            except RejectedError:
                self._info = None
                await self._withdraw(job_id, submitting)
                raise
            except asyncio.CancelledError:
                if self._leaves and await _is_sent(submitting):
                    raise LeftRunning from None
                await self._withdraw(job_id, submitting)
                raise
            except BaseException:
                await self._withdraw(job_id, submitting)
                raise

    def _job(self, prompt_id: str, watch: Watch, connection: Connection | None, report: Report) -> Job:
        hears = (lambda: connection.alive) if connection else (lambda: False)
        return Job(self._server, prompt_id, watch, hears, self._patience, report)

    async def _withdraw(self, job_id: str, submitting: asyncio.Task[str]) -> None:
        """Take the job back, once the server has answered its submission; a second cancellation does not
        stop this.
        """

        async def take_back() -> None:
            await asyncio.wait({submitting}, timeout=_WITHDRAW_WITHIN)
            answered = submitting.done() and not submitting.cancelled() and submitting.exception() is None
            with suppress(BackendError):
                await self._server.withdraw(submitting.result() if answered else job_id)

        task = asyncio.create_task(take_back())
        self._withdrawals.add(task)
        task.add_done_callback(self._withdrawals.discard)
        await asyncio.wait({task}, timeout=2 * _WITHDRAW_WITHIN)

    async def _listening(self) -> Connection | None:
        """Return an open connection, opening one if need be; None while the server takes none."""
        async with self._connecting:
            if self._connection and self._connection.alive:
                return self._connection
            if time.monotonic() < self._no_socket_until:
                return None
            if self._connection:
                await self._connection.close()
            server = self._server
            self._connection = await Connection.open(
                server.socket_url,
                server.headers,
                within=server.connect_timeout,
                use_proxy=not server.is_local,
            )
            if self._connection is None:
                self._no_socket_until = time.monotonic() + _SOCKET_PAUSE
            return self._connection

    async def _pictures(
        self, job_id: str, outcome: Outcome, seed: int | None, report: Report
    ) -> list[Picture]:
        if outcome.status == "interrupted":
            raise CancelledJobError("interrupted-on-server", server=self.name, job=job_id)
        if outcome.status == "error":
            code, params = failure_of(outcome.error)
            raise RenderFailedError(code, server=self.name, **params)
        outputs = chosen_outputs(outcome, job_id)[:_MAX_PICTURES]
        if not outputs:
            raise RenderFailedError("render-without-pictures", server=self.name, job=job_id)
        report(Progress("fetching", 0, len(outputs)))
        return [await self._picture(output, seed) for output in outputs]

    async def _picture(self, output: Output, seed: int | None) -> Picture:
        data = await self._server.view(output)
        return await asyncio.to_thread(picture_of, data, seed)

    async def _left_behind(self, job_id: str, seed: int | None) -> list[Picture]:
        """Return the pictures a forgotten job had already saved. Raises LostJobError if there are none."""
        pictures: list[Picture] = []
        while len(pictures) < _MAX_PICTURES:
            output = Output(f"{job_id}_{len(pictures) + 1:05}_.png", FOLDER)
            try:
                pictures.append(await self._picture(output, seed))
            except (LostJobError, RenderFailedError):
                break
        if not pictures:
            raise LostJobError("lost-job", server=self.name, job=job_id)
        return pictures


async def _is_sent(submitting: asyncio.Task[str]) -> bool:
    """Tell whether a submission may have reached the server, giving its answer a moment."""
    await asyncio.wait({submitting}, timeout=_LEAVE_WITHIN)
    return not submitting.done() or submitting.exception() is None


def _as_params(lacking: Sequence[Missing]) -> list[dict[str, Any]]:
    return [entry.model_dump() for entry in lacking]
