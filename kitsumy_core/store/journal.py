"""Commit edits to a journal, rebase what was typed on an older revision, undo and redo by author."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select

from kitsumy_core.errors import EditError, NotFoundError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit, apply_edit
from kitsumy_core.plan.merge import NODE, Patch, merge
from kitsumy_core.store import steps
from kitsumy_core.store.change import Change, Part, project_row
from kitsumy_core.store.conflicts import Later, Open, settle, store_conflicts
from kitsumy_core.store.records import Committed, Entry, Head, OpenConflict, Step
from kitsumy_core.store.schema import read_json, read_patch
from kitsumy_core.store.tables import journal, projects


class Journal(Part):
    """Revisions of projects. Nothing in a journal is ever deleted or rewritten."""

    def version(self, project_id: str) -> int:
        """Return the head revision. Raises NotFoundError."""
        with self.database.read() as connection:
            rev = connection.execute(select(projects.c.rev).where(projects.c.id == project_id)).scalar()
        if rev is None:
            raise NotFoundError("project-not-found", project=project_id)
        return int(rev)

    def head(self, project_id: str) -> Head:
        """Return the newest revision and its book. Raises NotFoundError."""
        with self.database.read() as connection:
            rev = project_row(connection, project_id)["rev"]
            return Head(rev, self.books.at(connection, project_id, rev))

    def book_at(self, project_id: str, rev: int) -> Book:
        """Return the book of any revision. Raises NotFoundError."""
        with self.database.read() as connection:
            _check_rev(rev, project_row(connection, project_id)["rev"], project_id)
            return self.books.at(connection, project_id, rev)

    def commit(
        self, project_id: str, edit: Edit, author: str, base_rev: int | None = None, burst: str | None = None
    ) -> Committed:
        """Apply an edit that was made on revision `base_rev` (None = on the head, whatever it is).

        Consecutive edits of an author with the same `burst` are one undo step. An edit that changes nothing
        writes nothing. Where another author changed the same field since, theirs stays and both values are
        stored as a conflict. Raises EditError, NotFoundError, StorageError.
        """
        with self.changing(project_id) as change:
            base = change.rev if base_rev is None else base_rev
            _check_rev(base, change.rev, project_id)
            found: Open = []
            if base == change.rev:
                book = apply_edit(change.head, edit)
            else:
                book, found = self._rebased(change, edit, author, base)
            steps.write_edit(change, book, edit, author, base, burst)
            stored = store_conflicts(change, found, author)
        return Committed(change.rev, change.head, stored)

    def _rebased(self, change: Change, edit: Edit, author: str, base_rev: int) -> tuple[Book, Open]:
        later = Later(change, base_rev, author)
        if later.other is None:
            return apply_edit(change.head, edit), []
        base = self.books.at(change.connection, change.project_id, base_rev)
        try:
            mine = apply_edit(base, edit)
        except EditError:  # made for something newer than its base
            return apply_edit(change.head, edit), []
        book, found = settle(merge(base, mine, change.head), later)
        if found:
            return book, found
        try:
            again = apply_edit(change.head, edit)
        except EditError:  # its target is gone: what the merge saved of it stays
            return book, []
        return (book if later.would_lose(change.patch_to(again)) else again), []

    def undo(self, project_id: str, author: str) -> Committed:
        """Take back the author's last step that is not undone; with nothing to undo, return the head."""
        with self.changing(project_id) as change:
            step = steps.last_live(change.connection, project_id, author)
            if step is None:
                return Committed(change.rev, change.head)
            revs = steps.revs_of(change, step, "redo")[-1:] or steps.revs_of(change, step, "edit")
            stored = self._revert(change, revs, step, "undo", author)
        return Committed(change.rev, change.head, stored)

    def redo(self, project_id: str, author: str) -> Committed:
        """Bring back the step the author undid last; with nothing to redo, return the head."""
        with self.changing(project_id) as change:
            step = steps.first_undone(change.connection, project_id, author)
            if step is None:
                return Committed(change.rev, change.head)
            revs = steps.revs_of(change, step, "undo")[-1:]
            stored = self._revert(change, revs, step, "redo", author)
        return Committed(change.rev, change.head, stored)

    def can_undo(self, project_id: str, author: str) -> Step | None:
        """Return what `undo` would take back, or None."""
        with self.database.read() as connection:
            return steps.describe(connection, project_id, steps.last_live(connection, project_id, author))

    def can_redo(self, project_id: str, author: str) -> Step | None:
        """Return what `redo` would bring back, or None."""
        with self.database.read() as connection:
            return steps.describe(connection, project_id, steps.first_undone(connection, project_id, author))

    def history(self, project_id: str, before: int | None = None, limit: int = 50) -> list[Entry]:
        """Return the newest entries first; `before` is the last revision of the page above."""
        query = select(journal).where(journal.c.project_id == project_id).order_by(journal.c.rev.desc())
        if before is not None:
            query = query.where(journal.c.rev < before)
        with self.database.read() as connection:
            rows = connection.execute(query.limit(limit)).all()
        return [
            Entry(
                rev=row.rev,
                author=row.author,
                created=row.created,
                kind=row.kind,
                edit=Edit(op=row.op, args=read_json(row.args)),
                base_rev=row.base_rev,
                burst=row.burst,
            )
            for row in rows
        ]

    def last_changes(self, project_id: str, node: str, fields: Sequence[str]) -> dict[str, int]:
        """Return the newest revision that changed each of these fields of a node ("kind:id").

        A field that nobody changed since the node came into the book has the revision in which it came;
        one that was there from the beginning is missing.
        """
        written = json.dumps(node, ensure_ascii=False)
        query = (
            select(journal.c.rev, journal.c.patch, journal.c.schema_version)
            .where(journal.c.project_id == project_id, journal.c.patch.contains(written, autoescape=True))
            .order_by(journal.c.rev.desc())
        )
        found: dict[str, int] = {}
        with self.database.read() as connection:
            for row in connection.execute(query):
                for change in read_patch(row.patch, row.schema_version):
                    if change.node == node:
                        whole = fields if change.field == NODE else (change.field,)
                        found = {field: row.rev for field in whole if field in fields} | found
                if len(found) == len(fields):
                    break
        return found

    def patches(self, project_id: str, after: int) -> list[tuple[int, Patch]]:
        """Return what each revision newer than `after` changed, the oldest first."""
        query = (
            select(journal.c.rev, journal.c.patch, journal.c.schema_version)
            .where(journal.c.project_id == project_id, journal.c.rev > after)
            .order_by(journal.c.rev)
        )
        with self.database.read() as connection:
            rows = connection.execute(query).all()
        return [(row.rev, read_patch(row.patch, row.schema_version)) for row in rows]

    def _revert(
        self, change: Change, revs: list[int], step: int, kind: Literal["undo", "redo"], author: str
    ) -> tuple[OpenConflict, ...]:
        label = steps.describe(change.connection, change.project_id, step)
        assert label is not None
        found: Open = []
        book = change.head
        for first, last in reversed(steps.runs(revs)):
            after = self.books.at(change.connection, change.project_id, last)
            before = self.books.at(change.connection, change.project_id, first - 1)
            book, more = settle(merge(after, before, book), Later(change, last, author))
            found += more
        steps.mark(change, step, "undone" if kind == "undo" else "live")
        change.append(change.patch_to(book), kind, label.edit, author, change.rev, step=step)
        return store_conflicts(change, found, author)


def _check_rev(rev: int, head: int, project_id: str) -> None:
    if not 1 <= rev <= head:
        raise NotFoundError("revision-not-found", project=project_id, rev=rev)
