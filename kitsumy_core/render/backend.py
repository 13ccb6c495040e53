"""The seam every maker of images fits: one request in, pictures out, progress on the way.

Cancelling is cancelling the task that awaits `render`: the backend then withdraws its own job from the server
and lets `asyncio.CancelledError` pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

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


@dataclass(frozen=True)
class Finding:
    """One line of a connection check; `code` and `params` are put into words by `messages`."""

    ok: bool
    code: str
    params: dict[str, Any] = field(default_factory=dict)


Report = Callable[[Progress], None]


class Backend(Protocol):
    """What the engine needs of a maker of images. Errors are `BackendError`s."""

    @property
    def kind(self) -> BackendKind: ...

    async def check(self) -> list[Finding]:
        """Say what works and what is missing; never raises for a missing server."""
        ...

    async def render(
        self, job_id: str, request: SketchRequest | DiffusionRequest, report: Report
    ) -> Sequence[Picture]:
        """Make the pictures of one request. `job_id` is a lower-case hyphenated UUID, used once."""
        ...

    async def recover(self, job_id: str) -> Sequence[Picture] | None:
        """Return what an earlier run of `job_id` made, if the server still has it; None if it is lost."""
        ...

    async def aclose(self) -> None: ...
