"""Give names to what the store hands out: records of projects, revisions, conflicts, jobs and takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import uuid4

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit
from kitsumy_core.plan.merge import Conflict
from kitsumy_core.render.request import DiffusionRequest, SketchRequest, request_key
from kitsumy_core.render.shot import Shot

EntryKind = Literal["create", "edit", "undo", "redo"]
JobState = Literal["queued", "running", "done", "failed", "cancelled", "uncertain"]
AttemptState = Literal["running", "done", "failed", "cancelled", "lost", "uncertain"]
Answer = Literal["came", "again", "forget"]
"""What the writer says of an uncertain job: its picture is there, send it again, or nobody wants it."""


def new_id() -> str:
    """Return a fresh random id: 32 lower-case hex digits."""
    return uuid4().hex


@dataclass(frozen=True)
class Project:
    """One comic in the store, with what its cover card shows."""

    id: str
    author: str
    created: datetime
    updated: datetime
    trashed_at: datetime | None
    rev: int
    title: str
    pages: int
    panels: int
    first_page_id: str
    """Empty when there is no page yet."""


class Head(NamedTuple):
    rev: int
    book: Book


@dataclass(frozen=True)
class OpenConflict:
    """Two values for one field. The book holds `conflict.theirs` until somebody decides."""

    id: str
    project_id: str
    rev: int
    conflict: Conflict
    mine_author: str
    theirs_author: str
    created: datetime


class Committed(NamedTuple):
    """The head after a commit, and the conflicts that it met (stored, to be decided later)."""

    rev: int
    book: Book
    conflicts: tuple[OpenConflict, ...] = ()


@dataclass(frozen=True)
class Step:
    """What an undo or redo button would take back or bring again: the last edit of `size` in one burst."""

    rev: int
    edit: Edit
    size: int = 1


@dataclass(frozen=True)
class Entry:
    """A line of the history."""

    rev: int
    author: str
    created: datetime
    kind: EntryKind
    edit: Edit
    base_rev: int
    burst: str | None = None


@dataclass(frozen=True)
class Draft:
    """A labelled revision."""

    id: str
    project_id: str
    rev: int
    label: str
    author: str
    created: datetime


@dataclass(frozen=True)
class NewJob:
    """A wish for an image, before the ledger has it."""

    project_id: str
    panel_id: str
    profile: str
    request: SketchRequest | DiffusionRequest
    shot: Shot
    author: str
    priority: int = 0
    """Higher goes first."""
    batch_id: str | None = None
    pinned: str = ""
    """The address of the one server that may do it; empty = any."""
    model: str = ""
    """What a server must have loaded for it; empty = by its checkpoint or workflow."""
    anew: bool = False
    """Make it even where the same request was made before."""
    id: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True)
class Job:
    """A wish for an image and what became of it."""

    id: str
    project_id: str
    panel_id: str
    batch_id: str | None
    backend: str
    profile: str
    state: JobState
    request: SketchRequest | DiffusionRequest
    request_key: str
    shot: Shot
    priority: int
    author: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    attempts: int
    server: str | None
    take_ids: tuple[str, ...]
    error_code: str | None
    error_params: Mapping[str, Any]
    model: str = ""
    pinned: str = ""
    not_before: datetime | None = None
    """Not started before: the pause after a failure."""
    tries: int = 0
    """Failed tries since the writer last asked for it."""
    anew: bool = False


@dataclass(frozen=True)
class Attempt:
    """One try of a job. `id` is what the server knows it by; money is in USD."""

    id: str
    job_id: str
    project_id: str
    number: int
    backend: str
    server: str
    model: str
    state: AttemptState
    worker: str
    lease_until: datetime
    remote_id: str | None
    estimate: float | None
    reserved: float
    created: datetime
    finished: datetime | None
    seconds: float | None
    cost: float | None
    error_code: str | None
    error_params: Mapping[str, Any]


class Claim(NamedTuple):
    """A job and the attempt at it that this process looks after."""

    job: Job
    attempt: Attempt


@dataclass(frozen=True)
class Spending:
    """Money of one comic, in USD: what was spent, what is held back for work under way, and the budget."""

    spent: float = 0.0
    reserved: float = 0.0
    budget: float | None = None

    @property
    def left(self) -> float | None:
        """What may still be spent; None without a budget."""
        return None if self.budget is None else max(0.0, self.budget - self.spent - self.reserved)


@dataclass(frozen=True)
class ServerRecord:
    """What all processes know of one server."""

    name: str
    kind: str
    model: str
    passed_over: int
    made: int
    seconds: float | None
    """A picture, newer ones weighing more."""
    seen: datetime | None


@dataclass(frozen=True)
class Take:
    """An image of a panel. `image` is its SHA-256; shot and request are None for pictures from outside."""

    project_id: str
    panel_id: str
    image: str
    width: int
    height: int
    mime: str
    backend: str
    made_by: str
    created: datetime
    seed: int | None = None
    shot: Shot | None = None
    request: SketchRequest | DiffusionRequest | None = None
    seconds: float = 0.0
    favourite: bool = False
    id: str = field(default_factory=new_id)

    @property
    def request_key(self) -> str:
        """The hash of the request, empty where there is none."""
        return request_key(self.request) if self.request else ""
