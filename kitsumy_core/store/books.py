"""Rebuild the book of any revision from the nearest snapshot and later patches; remember the last ones."""

from __future__ import annotations

import threading
from collections import OrderedDict

from sqlalchemy import Connection, func, select

from kitsumy_core.errors import NotFoundError, StorageError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.merge import apply_patch
from kitsumy_core.store.schema import read_book, read_patch
from kitsumy_core.store.tables import journal, snapshots

KEPT = 64


class Books:
    """Books by project and revision. A book stays the same object while it is remembered, and so do the
    nodes that a later revision did not touch: caches of drawn pages may compare by identity."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._books: OrderedDict[tuple[str, int], Book] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, project_id: str, rev: int, book: Book) -> Book:
        """Keep a committed revision's book; return the one that was there before, if there was one."""
        with self._lock:
            known = self._books.setdefault((project_id, rev), book)
            self._books.move_to_end((project_id, rev))
            while len(self._books) > self._kept:
                self._books.popitem(last=False)
            return known

    def at(self, connection: Connection, project_id: str, rev: int) -> Book:
        """Return the book of a committed revision. Raises NotFoundError."""
        start, book = self._nearest(project_id, 0, rev)
        if book is not None and start == rev:
            return self.remember(project_id, rev, book)
        snapshot = _snapshot_rev(connection, project_id, rev)
        if book is None or start < snapshot:
            start, book = snapshot, _snapshot(connection, project_id, snapshot)
        rows = connection.execute(
            select(journal.c.patch, journal.c.schema_version)
            .where(journal.c.project_id == project_id, journal.c.rev > start, journal.c.rev <= rev)
            .order_by(journal.c.rev)
        ).all()
        if len(rows) != rev - start:
            raise NotFoundError("revision-not-found", project=project_id, rev=rev)
        try:
            book = apply_patch(book, *(read_patch(row.patch, row.schema_version) for row in rows))
        except (KeyError, TypeError, ValueError) as error:
            raise StorageError("database-damaged", where="journal") from error
        return self.remember(project_id, rev, book)

    def forget(self, project_id: str) -> None:
        with self._lock:
            for key in [key for key in self._books if key[0] == project_id]:
                del self._books[key]

    def _nearest(self, project_id: str, low: int, high: int) -> tuple[int, Book | None]:
        with self._lock:
            revs = [rev for known, rev in self._books if known == project_id and low <= rev <= high]
            return (max(revs), self._books[project_id, max(revs)]) if revs else (0, None)


def _snapshot_rev(connection: Connection, project_id: str, rev: int) -> int:
    found = connection.execute(
        select(func.max(snapshots.c.rev)).where(snapshots.c.project_id == project_id, snapshots.c.rev <= rev)
    ).scalar()
    if found is None:
        raise NotFoundError("revision-not-found", project=project_id, rev=rev)
    return int(found)


def _snapshot(connection: Connection, project_id: str, rev: int) -> Book:
    row = connection.execute(
        select(snapshots.c.book, snapshots.c.schema_version).where(
            snapshots.c.project_id == project_id, snapshots.c.rev == rev
        )
    ).one()
    return read_book(row.book, row.schema_version)
