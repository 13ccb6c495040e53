"""Label revisions as named drafts, and bring a draft back as an edit that can be undone."""

from __future__ import annotations

from sqlalchemy import Row, delete, insert, select, update

from kitsumy_core.errors import NotFoundError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit
from kitsumy_core.store.change import Part, now, project_row, storable
from kitsumy_core.store.records import Committed, Draft, new_id
from kitsumy_core.store.steps import write_edit
from kitsumy_core.store.tables import drafts

RESTORE = "restore_draft"


class Drafts(Part):
    """Named drafts: labels on revisions, which stay as long as the project."""

    def add_draft(self, project_id: str, label: str, author: str, rev: int | None = None) -> Draft:
        """Label a revision, the head by default. Raises NotFoundError."""
        with self.database.write() as connection:
            head = project_row(connection, project_id, lock=True)["rev"]
            at = head if rev is None else rev
            if not 1 <= at <= head:
                raise NotFoundError("revision-not-found", project=project_id, rev=at)
            draft = Draft(new_id(), project_id, at, storable(label), author, now())
            connection.execute(insert(drafts).values(**vars(draft)))
        return draft

    def drafts(self, project_id: str) -> list[Draft]:
        """Return the drafts, newest first."""
        query = select(drafts).where(drafts.c.project_id == project_id).order_by(drafts.c.created.desc())
        with self.database.read() as connection:
            return [_record(row) for row in connection.execute(query)]

    def draft(self, draft_id: str) -> Draft:
        """Return one draft. Raises NotFoundError."""
        with self.database.read() as connection:
            row = connection.execute(select(drafts).where(drafts.c.id == draft_id)).one_or_none()
        if row is None:
            raise NotFoundError("draft-not-found", draft=draft_id)
        return _record(row)

    def rename_draft(self, draft_id: str, label: str) -> None:
        self.draft(draft_id)
        with self.database.write() as connection:
            change = update(drafts).where(drafts.c.id == draft_id).values(label=storable(label))
            connection.execute(change)

    def delete_draft(self, draft_id: str) -> None:
        """Take the label away; the revision stays in the history."""
        self.draft(draft_id)
        with self.database.write() as connection:
            connection.execute(delete(drafts).where(drafts.c.id == draft_id))

    def draft_book(self, draft_id: str) -> Book:
        """Return the book as it was in a draft."""
        draft = self.draft(draft_id)
        with self.database.read() as connection:
            return self.books.at(connection, draft.project_id, draft.rev)

    def restore_draft(self, draft_id: str, author: str) -> Committed:
        """Make the book what it was in a draft, as one edit."""
        draft = self.draft(draft_id)
        args = {"draft_id": draft.id, "label": draft.label, "rev": draft.rev}
        with self.changing(draft.project_id) as change:
            book = self.books.at(change.connection, draft.project_id, draft.rev)
            write_edit(change, book, Edit(op=RESTORE, args=args), author, change.rev)
        return Committed(change.rev, change.head)


def _record(row: Row[tuple[object, ...]]) -> Draft:
    return Draft(row.id, row.project_id, row.rev, row.label, row.author, row.created)
