"""Turn a project's rows into the parts of a bundle, line by line, and note every image they name."""

from __future__ import annotations

from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Connection, select

from kitsumy_core.plan.models import SCHEMA_VERSION
from kitsumy_core.store.bundle_format import (
    EPOCH,
    HASH_IN_JSON,
    CommentLine,
    ConflictLine,
    DraftLine,
    JournalLine,
    TakeLine,
)
from kitsumy_core.store.comments import comments_of
from kitsumy_core.store.conflicts import open_conflicts
from kitsumy_core.store.schema import read_json, write_conflict, write_json
from kitsumy_core.store.tables import drafts, journal, snapshots, takes
from kitsumy_core.store.takes import take_of


def journal_lines(connection: Connection, project_id: str) -> Iterator[str]:
    first = connection.execute(
        select(snapshots.c.book, snapshots.c.schema_version)
        .where(snapshots.c.project_id == project_id)
        .order_by(snapshots.c.rev)
        .limit(1)
    ).one()
    book = {"schemaVersion": first.schema_version, "book": read_json(first.book)}
    query = select(journal).where(journal.c.project_id == project_id).order_by(journal.c.rev)
    for row in connection.execute(query).mappings():
        read = {"args": read_json(row["args"]), "patch": read_json(row["patch"])}
        line = JournalLine(**{**row, **read, "book": book if row["kind"] == "create" else None})
        yield write_json(line.model_dump(mode="json"))


def take_lines(connection: Connection, project_id: str) -> Iterator[str]:
    query = select(takes).where(takes.c.project_id == project_id).order_by(takes.c.created, takes.c.id)
    for row in connection.execute(query):
        line = TakeLine(**vars(take_of(row)))
        yield write_json(line.model_dump(mode="json"))


def draft_lines(connection: Connection, project_id: str) -> tuple[DraftLine, ...]:
    query = select(drafts).where(drafts.c.project_id == project_id).order_by(drafts.c.created)
    return tuple(
        DraftLine(rev=row.rev, label=row.label, author=row.author, created=row.created)
        for row in connection.execute(query)
    )


def comment_lines(connection: Connection, project_id: str) -> tuple[CommentLine, ...]:
    return tuple(CommentLine(**vars(found)) for found in comments_of(connection, project_id))


def conflict_lines(connection: Connection, project_id: str) -> tuple[ConflictLine, ...]:
    return tuple(
        ConflictLine(
            rev=found.rev,
            conflict=read_json(write_conflict(found.conflict)),
            schema_version=SCHEMA_VERSION,
            mine_author=found.mine_author,
            theirs_author=found.theirs_author,
            created=found.created,
        )
        for found in open_conflicts(connection, project_id)
    )


def write_lines(bundle: ZipFile, name: str, lines: Iterator[str], wanted: dict[str, None]) -> None:
    """Write lines into an entry, and note everything in them that may be the hash of an image."""
    with bundle.open(entry_of(name), "w") as entry:
        for line in lines:
            wanted.update(dict.fromkeys(HASH_IN_JSON.findall(line)))
            entry.write(line.encode() + b"\n")


def entry_of(name: str, how: int = ZIP_DEFLATED) -> ZipInfo:
    info = ZipInfo(name, EPOCH)
    info.compress_type = how
    info.external_attr = 0o644 << 16
    return info
