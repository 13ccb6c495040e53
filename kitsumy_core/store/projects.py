"""Create, list, rename, duplicate, trash, restore and purge projects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from kitsumy_core.errors import InputError, NotFoundError, UsageError
from kitsumy_core.plan.book import Book, unclear_id
from kitsumy_core.plan.models import SCHEMA_VERSION
from kitsumy_core.store.change import Part, card, now, project_row, save_snapshot
from kitsumy_core.store.records import Project, new_id
from kitsumy_core.store.tables import journal, projects, takes

FIRST_REV = 1


class Projects(Part):
    """The projects of the store, each with its own journal."""

    def create(self, book: Book, author: str) -> Project:
        """Make a project of a book. Raises InputError if two nodes have one id, or a node has none."""
        check_ids(book)
        book = book.but(plan=book.plan.numbered())
        project_id = new_id()
        with self.database.write() as connection:
            start_project(connection, project_id, book, author)
        self.books.remember(project_id, FIRST_REV, book)
        return self.project(project_id)

    def projects(self, author: str | None = None, *, trashed: bool = False) -> list[Project]:
        """Return the projects (of one author, or all), the newest change first; or those in the trash."""
        gone = projects.c.trashed_at.is_not(None) if trashed else projects.c.trashed_at.is_(None)
        query = select(projects).where(gone).order_by(projects.c.updated.desc(), projects.c.id)
        if author is not None:
            query = query.where(projects.c.author == author)
        with self.database.read() as connection:
            return [_record(row) for row in connection.execute(query)]

    def project(self, project_id: str) -> Project:
        """Return one project, in the trash or not. Raises NotFoundError."""
        with self.database.read() as connection:
            return Project(**project_row(connection, project_id))

    def duplicate(self, project_id: str, author: str, title: str | None = None) -> Project:
        """Make a project of the book as it is now, with its takes; the history stays with the original."""
        twin = new_id()
        with self.database.write() as connection:
            rev = project_row(connection, project_id, lock=True)["rev"]
            book = self.books.at(connection, project_id, rev)
            if title is not None:
                book = book.but(plan=book.plan.but(title=title))
            start_project(connection, twin, book, author)
            for row in connection.execute(select(takes).where(takes.c.project_id == project_id)).mappings():
                connection.execute(insert(takes).values({**row, "project_id": twin}))
        return self.project(twin)

    def trash(self, project_id: str) -> None:
        """Put a project into the trash; everything in it stays. Raises NotFoundError."""
        self._set_trashed(project_id, True)

    def restore(self, project_id: str) -> None:
        """Take a project out of the trash."""
        self._set_trashed(project_id, False)

    def purge(self, project_id: str) -> None:
        """Delete a project in the trash for good. Raises UsageError if it is not in the trash."""
        with self.database.write() as connection:
            if project_row(connection, project_id, lock=True)["trashed_at"] is None:
                raise UsageError("project-not-in-trash", project=project_id)
            connection.execute(delete(projects).where(projects.c.id == project_id))
        self.books.forget(project_id)

    def _set_trashed(self, project_id: str, trashed: bool) -> None:
        change = (
            update(projects).where(projects.c.id == project_id).values(trashed_at=now() if trashed else None)
        )
        with self.database.write() as connection:
            if connection.execute(change).rowcount == 0:
                raise NotFoundError("project-not-found", project=project_id)


def start_project(connection: Connection, project_id: str, book: Book, author: str) -> None:
    """Insert a project whose first revision is this book."""
    time = now()
    row: dict[str, Any] = {
        "id": project_id,
        "author": author,
        "created": time,
        "updated": time,
        "rev": FIRST_REV,
    }
    connection.execute(insert(projects).values(**row, **card(book)))
    save_snapshot(connection, project_id, FIRST_REV, book)
    connection.execute(
        insert(journal).values(
            project_id=project_id,
            rev=FIRST_REV,
            author=author,
            created=time,
            kind="create",
            op="create",
            args="{}",
            patch="[]",
            schema_version=SCHEMA_VERSION,
            base_rev=0,
            step=FIRST_REV,
            state="closed",
        )
    )


def check_ids(book: Book) -> None:
    """Refuse a book whose nodes cannot be told apart: merging goes by kind and id. Raises InputError."""
    if unclear := unclear_id(book):
        raise InputError("ids-not-unique", kind=unclear[0], id=unclear[1])


def _record(row: Row[Any]) -> Project:
    return Project(**row._mapping)
