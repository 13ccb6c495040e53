"""Hold one change of one project: its head in a write transaction, and the journal row that moves it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from kitsumy_core.errors import NotFoundError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit
from kitsumy_core.plan.merge import Patch, apply_patch, diff
from kitsumy_core.plan.models import SCHEMA_VERSION
from kitsumy_core.store.books import Books
from kitsumy_core.store.database import Database
from kitsumy_core.store.images import ImageStore
from kitsumy_core.store.records import EntryKind
from kitsumy_core.store.schema import write_book, write_json, write_patch
from kitsumy_core.store.tables import journal, projects, snapshots

SNAPSHOT_EVERY = 50


class Part:
    """What every part of the store works with."""

    def __init__(self, database: Database, images: ImageStore) -> None:
        self.database = database
        self.images = images
        self.books = Books()

    @contextmanager
    def changing(self, project_id: str) -> Iterator[Change]:
        """Give the head of a project for writing; at the end all of it is committed, or nothing."""
        with self.database.write() as connection:
            row = project_row(connection, project_id, lock=True)
            change = Change(
                connection, project_id, row["rev"], self.books.at(connection, project_id, row["rev"])
            )
            yield change
        change.head = self.books.remember(project_id, change.rev, change.head)


class Change:
    """The head of a project inside a write transaction."""

    def __init__(self, connection: Connection, project_id: str, rev: int, head: Book) -> None:
        self.connection = connection
        self.project_id = project_id
        self.rev = rev
        self.head = head

    def append(
        self,
        patch: Patch,
        kind: EntryKind,
        edit: Edit,
        author: str,
        base_rev: int,
        *,
        step: int | None = None,
        burst: str | None = None,
    ) -> None:
        """Move the head on by a patch, which may be empty, and write the row that says who and why."""
        self.head = apply_patch(self.head, patch)
        self.rev += 1
        row = {
            "rev": self.rev,
            "author": author,
            "created": now(),
            "kind": kind,
            "op": edit.op,
            "args": write_json(edit.args),
            "patch": write_patch(patch),
            "schema_version": SCHEMA_VERSION,
            "base_rev": base_rev,
            "burst": burst,
            "step": step or self.rev,
            "state": "live" if kind == "edit" else "closed",
        }
        self.connection.execute(insert(journal).values(project_id=self.project_id, **row))
        if self.rev % SNAPSHOT_EVERY == 0:
            save_snapshot(self.connection, self.project_id, self.rev, self.head)
        self.connection.execute(
            update(projects)
            .where(projects.c.id == self.project_id)
            .values(rev=self.rev, updated=now(), **card(self.head))
        )

    def patch_to(self, book: Book) -> Patch:
        """Return what turns the head into `book`."""
        return diff(self.head, book)


def project_row(connection: Connection, project_id: str, *, lock: bool = False) -> RowMapping:
    """Return a project's row, held until the end of the transaction with `lock`. Raises NotFoundError."""
    query = select(projects).where(projects.c.id == project_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        raise NotFoundError("project-not-found", project=project_id)
    return row


def save_snapshot(connection: Connection, project_id: str, rev: int, book: Book) -> None:
    connection.execute(
        insert(snapshots).values(
            project_id=project_id, rev=rev, schema_version=SCHEMA_VERSION, book=write_book(book)
        )
    )


def card(book: Book) -> dict[str, Any]:
    """Return the columns of a project that are derived from its book."""
    pages = list(book.plan.pages())
    return {
        "title": storable(book.plan.title),
        "pages": len(pages),
        "panels": sum(len(page.panels) for page in pages),
        "first_page_id": storable(pages[0].id) if pages else "",
    }


def storable(text: str) -> str:
    """Return a text without the two things a text column cannot hold: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def now() -> datetime:
    return datetime.now(UTC)
