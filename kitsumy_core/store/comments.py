"""Keep what people remark about panels: who said it, and whether it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from kitsumy_core.errors import NotFoundError, UsageError
from kitsumy_core.store.change import Part, now, project_row, storable
from kitsumy_core.store.records import new_id
from kitsumy_core.store.tables import comments

LONGEST, LONGEST_NAME = 4000, 60


@dataclass(frozen=True)
class Comment:
    """A remark about a panel. `name` is how its author wishes to be called, `done_by` who marked it done."""

    id: str
    project_id: str
    panel_id: str
    author: str
    name: str
    text: str
    created: datetime
    done_at: datetime | None = None
    done_by: str = ""

    @property
    def is_done(self) -> bool:
        return self.done_at is not None


class Comments(Part):
    """Comments are not part of the book: no revision, no undo; they stay when their panel is gone."""

    def add_comment(self, project_id: str, panel_id: str, text: str, author: str, name: str) -> Comment:
        """Keep a comment. Raises UsageError for one without words, NotFoundError for no such project."""
        said = storable(text.strip())[:LONGEST]
        if not said:
            raise UsageError("comment-empty")
        called = storable(" ".join(name.split()))[:LONGEST_NAME]
        made = Comment(new_id(), project_id, panel_id, author, called, said, now())
        with self.database.write() as connection:
            project_row(connection, project_id)
            connection.execute(insert(comments).values(**vars(made)))
        return made

    def comments(self, project_id: str) -> list[Comment]:
        """Return the comments of a comic, oldest first."""
        with self.database.read() as connection:
            return comments_of(connection, project_id)

    def mark_comment(self, comment_id: str, done: bool, name: str = "") -> None:
        """Mark a comment as done or as open again. Raises NotFoundError."""
        values = {
            "done_at": now() if done else None,
            "done_by": storable(name)[:LONGEST_NAME] if done else "",
        }
        self._changed(update(comments).where(comments.c.id == comment_id).values(**values), comment_id)

    def delete_comment(self, comment_id: str, author: str) -> None:
        """Delete one's own comment. Raises NotFoundError, also for somebody else's."""
        own = (comments.c.id == comment_id) & (comments.c.author == author)
        self._changed(delete(comments).where(own), comment_id)

    def _changed(self, statement: Any, comment_id: str) -> None:
        with self.database.write() as connection:
            if not connection.execute(statement).rowcount:
                raise NotFoundError("comment-not-found", comment=comment_id)


def comments_of(connection: Connection, project_id: str) -> list[Comment]:
    query = select(comments).where(comments.c.project_id == project_id)
    return [_record(row) for row in connection.execute(query.order_by(comments.c.created, comments.c.id))]


def _record(row: Row[Any]) -> Comment:
    return Comment(**row._mapping)
