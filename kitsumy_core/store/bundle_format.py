"""Say what is in a `.kitsumy` bundle: the names of its parts, the form of their lines, how large they may be.

manifest.json    format, version, schemaVersion, title, rev, drafts, conflicts, comments, missingImages
book.json        {schemaVersion, book}: the newest revision
journal.jsonl    a line per revision, in order; the first has the book that it began with
takes.jsonl      a line per take
images/<sha256>  every image that takes and revisions name
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from kitsumy_core.plan.models import SCHEMA_VERSION, Frozen
from kitsumy_core.render.request import RenderRequest
from kitsumy_core.render.shot import Shot
from kitsumy_core.store.records import EntryKind

VERSION = 1

MANIFEST, BOOK, JOURNAL, TAKES = "manifest.json", "book.json", "journal.jsonl", "takes.jsonl"
PARTS = (MANIFEST, BOOK, JOURNAL, TAKES)
IMAGE_NAME = re.compile(r"images/([0-9a-f]{64})\Z")
HASH_IN_JSON = re.compile(r'"([0-9a-f]{64})"')

Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Author = Annotated[str, Field(max_length=200)]
Rev = Annotated[int, Field(ge=0, lt=2**31)]
Pixels = Annotated[int, Field(ge=1, lt=2**31)]


@dataclass(frozen=True)
class Limits:
    """What a bundle from outside may not exceed: bytes, entries, and how much an entry may swell."""

    entries: int = 50_000
    part: int = 256_000_000
    image: int = 100_000_000
    total: int = 8_000_000_000
    ratio: int = 400
    ratio_from: int = 10_000_000


class Line(Frozen):
    """A line of a bundle; keys that this program does not know are passed over."""

    model_config = ConfigDict(extra="ignore")


class DraftLine(Line):
    rev: Rev
    label: str
    author: Author
    created: AwareDatetime


class ConflictLine(Line):
    rev: Rev
    conflict: dict[str, Any]
    schema_version: int
    mine_author: Author
    theirs_author: Author
    created: AwareDatetime


class CommentLine(Line):
    panel_id: str
    author: Author
    name: Annotated[str, Field(max_length=200)] = ""
    text: Annotated[str, Field(max_length=20_000)]
    created: AwareDatetime
    done_at: AwareDatetime | None = None
    done_by: Annotated[str, Field(max_length=200)] = ""


class Manifest(Line):
    format: Literal["kitsumy-bundle"] = "kitsumy-bundle"
    version: int = VERSION
    schema_version: int = SCHEMA_VERSION
    title: str = ""
    rev: Rev = 1
    drafts: tuple[DraftLine, ...] = ()
    conflicts: tuple[ConflictLine, ...] = ()
    """Those that nobody has decided yet."""
    comments: tuple[CommentLine, ...] = ()
    missing_images: tuple[Sha, ...] = ()
    """Images that were lost or damaged in the store the bundle came from."""


class JournalLine(Line):
    rev: Rev
    author: Author
    created: AwareDatetime
    kind: EntryKind
    op: str
    args: dict[str, Any]
    patch: list[Any]
    schema_version: int
    base_rev: Rev
    burst: str | None = None
    step: Rev
    state: Literal["live", "undone", "closed"]
    book: dict[str, Any] | None = None


class TakeLine(Line):
    id: Annotated[str, Field(min_length=1, max_length=64)]
    panel_id: str
    image: Sha
    width: Pixels
    height: Pixels
    mime: Annotated[str, Field(max_length=40)]
    backend: Annotated[str, Field(max_length=20)]
    made_by: str
    created: AwareDatetime
    seed: int | None = None
    shot: Shot | None = None
    request: RenderRequest | None = None
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    favourite: bool = False


EPOCH = datetime(1980, 1, 1).timetuple()[:6]  # noqa: DTZ001  zip entries have no time zone
