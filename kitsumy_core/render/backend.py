"""The seam every maker of images fits: one request in, pictures out, progress on the way.

Cancelling is cancelling the task that awaits `render`: the backend then withdraws its own job from the server
and lets `asyncio.CancelledError` pass. A `Leaving` one that was told to leave lets the job go on instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from kitsumy_core.render.request import DiffusionRequest, SketchRequest

BackendKind = Literal["sketch", "comfyui", "runpod"]


@dataclass(frozen=True)
class Picture:
    """An encoded image (PNG, JPEG or WebP bytes) and its size in pixels."""

    data: bytes
    width: int
    height: int
    seed: int | None = None


@dataclass(frozen=True)
class Progress:
    """How far a job is: `value` of `total` steps (0 = unknown), with the newest preview if there is one."""

    stage: Literal["waiting", "loading", "sampling", "fetching"]
    value: int = 0
    total: int = 0
    ahead: int | None = None
    """How many jobs of others the server does first."""
    preview: bytes | None = None
    """JPEG or PNG bytes."""
    cost: float | None = None
    """USD spent so far; the last one reported is what the attempt has cost. None = unknown or free."""
    seconds: float | None = None
    """The server's own working time so far, where it tells."""
    note: str = ""
    """A code that `messages` puts into words, such as "runpod-cold-start"; "" = nothing to say."""


@dataclass(frozen=True)
class Estimate:
    """What a request will probably take; None = this backend cannot tell, so the ledger's history does."""

    seconds: float | None = None
    usd: float | None = None


@dataclass(frozen=True)
class Finding:
    """One line of a connection check; `code` and `params` are put into words by `messages`."""

    ok: bool
    code: str
    params: dict[str, Any] = field(default_factory=dict)


Report = Callable[[Progress], None]


def unheard(progress: Progress) -> None:
    """Report to nobody."""


class LeftRunning(asyncio.CancelledError):
    """A cancelled `render` whose job goes on at the server, where `recover` finds it."""


@dataclass(frozen=True)
class ServerStats:
    """How a server is at this moment; memory in bytes, None where it does not tell."""

    version: str = ""
    device: str = ""
    memory_total: int | None = None
    memory_free: int | None = None
    running: int = 0
    waiting: int = 0
    """Jobs on the server, everybody's."""


class RemoteIds(Protocol):
    """Where a backend keeps the ids its server gave, so that a paid job is found again after a crash.

    `job_id` is the one that `render` was called with. Both may raise StoreErrors.
    """

    async def keep(self, job_id: str, remote_id: str) -> None:
        """Store the server's id of a job. It is on disk when this returns."""
        ...

    async def find(self, job_id: str) -> str | None:
        """Return the id that was kept for a job; None if there is none."""
        ...

    async def others(self, job_id: str) -> int | None:
        """Return how many other jobs have the same id and are done or still wanted; None = not known."""
        ...


class Backend(Protocol):
    """What the engine needs of a maker of images. Errors are `BackendError`s.

    `UncertainError` from `render` or `recover` says that a request may or may not have been accepted: the
    job is then shown to the writer and never sent again by itself.
    """

    @property
    def kind(self) -> BackendKind: ...

    def slots(self) -> int:
        """Return how many jobs may be under way here at once; asked again before each claim."""
        ...

    def estimate(self, request: SketchRequest | DiffusionRequest) -> Estimate:
        """Return what a request will probably take; only what this backend knows by itself."""
        ...

    async def check(self) -> list[Finding]:
        """Say what works and what is missing; never raises for a missing server."""
        ...

    async def render(
        self, job_id: str, request: SketchRequest | DiffusionRequest, report: Report
    ) -> Sequence[Picture]:
        """Make the pictures of one request. `job_id` is a lower-case hyphenated UUID, used once."""
        ...

    async def recover(self, job_id: str, report: Report = unheard) -> Sequence[Picture] | None:
        """Return what an earlier run of `job_id` made, waiting for it if need be; None if there is nothing
        and it may be sent anew. Cancelling leaves the job on the server.
        """
        ...

    async def aclose(self) -> None: ...


@runtime_checkable
class Watched(Protocol):
    """A backend on a server that may come and go: asked now and then whether it is there."""

    async def stats(self) -> ServerStats:
        """Return how the server is. Raises UnreachableError."""
        ...


@runtime_checkable
class Withdrawing(Protocol):
    """A backend that can take back a job which another process sent."""

    async def withdraw(self, job_id: str, report: Report = unheard) -> None:
        """Take a job from the server, whatever its state there. Raises BackendErrors."""
        ...


@runtime_checkable
class Leaving(Protocol):
    """A backend whose jobs go on without this process."""

    def leave(self) -> None:
        """From now on a cancelled `render` leaves its job on the server and raises `LeftRunning`.

        It raises a plain `CancelledError` where nothing was sent.
        """
        ...


@runtime_checkable
class Equipped(Protocol):
    """A backend whose server tells what it can do."""

    async def nodes(self) -> frozenset[str]:
        """Return the kinds of nodes that the server has. Raises BackendErrors."""
        ...
