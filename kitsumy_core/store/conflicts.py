"""Decide what a merge leaves open: what two authors changed differently is stored until somebody chooses."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, Row, insert, select, update

from kitsumy_core.errors import EditError, NotFoundError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit
from kitsumy_core.plan.merge import NODE, Conflict, Merged, Patch, apply_patch
from kitsumy_core.plan.merge import Change as FieldChange
from kitsumy_core.plan.models import SCHEMA_VERSION
from kitsumy_core.store.change import Change, Part, now
from kitsumy_core.store.records import Committed, OpenConflict, new_id
from kitsumy_core.store.schema import read_conflict, read_patch, write_conflict
from kitsumy_core.store.steps import write_edit
from kitsumy_core.store.tables import conflicts, journal

RESOLVE = "resolve_conflict"
Open = list[tuple[Conflict, str]]
"""Conflicts to be stored, each with the author of what the book holds."""


class Later:
    """What happened after a revision: who changed which field last, and what others than `author` touched."""

    def __init__(self, change: Change, rev: int, author: str) -> None:
        rows = change.connection.execute(
            select(journal.c.author, journal.c.patch, journal.c.schema_version)
            .where(journal.c.project_id == change.project_id, journal.c.rev > rev)
            .order_by(journal.c.rev)
        ).all()
        self.author = author
        self.other = next((row.author for row in reversed(rows) if row.author != author), None)
        """The last author other than ours, if there is one."""
        self._last: dict[tuple[str, str], str] = {}
        self._touched: set[str] = set()
        if self.other is None:
            return
        for row in rows:
            for one in read_patch(row.patch, row.schema_version):
                self._last[one.node, one.field] = row.author
                if row.author != author:
                    self._touched.add(one.node)

    def changed_by(self, node: str, field: str) -> str:
        """Return who changed a field last."""
        known = self._last.get((node, field)) or self._last.get((node, NODE))
        return known or self.other or self.author

    def would_lose(self, patch: Patch) -> bool:
        """Tell whether a patch overwrites or deletes what somebody else wrote in the meantime."""
        return any(
            one.node in self._touched
            if one.field == NODE and one.absent == "new"
            else not one.field.startswith("@")
            and self._last.get((one.node, one.field), self.author) != self.author
            for one in patch
        )


def settle(merged: Merged, later: Later) -> tuple[Book, Open]:
    """Let the author's own later value give way to the new one; what clashes with others stays open."""
    opened: Open = []
    own: list[FieldChange] = []
    for conflict in merged.conflicts:
        other = later.changed_by(conflict.node, conflict.field)
        if other == later.author:
            own.append(_as_mine(conflict))
        else:
            opened.append((conflict, other))
    return (apply_patch(merged.book, tuple(own)) if own else merged.book), opened


def store_conflicts(change: Change, opened: Open, author: str) -> tuple[OpenConflict, ...]:
    """Store conflicts at the head; typing on in a field that is already open only updates its value."""
    stored: dict[str, OpenConflict] = {}
    for conflict, other in opened:
        mine = (
            conflicts.c.project_id == change.project_id,
            conflicts.c.node == conflict.node,
            conflicts.c.field == conflict.field,
            conflicts.c.mine_author == author,
            conflicts.c.resolved_at.is_(None),
        )
        row = {
            "rev": change.rev,
            "content": write_conflict(conflict),
            "schema_version": SCHEMA_VERSION,
            "theirs_author": other,
        }
        known = change.connection.execute(select(conflicts.c.id).where(*mine)).scalar()
        if known:
            change.connection.execute(update(conflicts).where(conflicts.c.id == known).values(**row))
        else:
            known = new_id()
            place = {"project_id": change.project_id, "node": conflict.node, "field": conflict.field}
            row |= {"id": known, "mine_author": author, "created": now()} | place
            change.connection.execute(insert(conflicts).values(**row))
        found = change.connection.execute(select(conflicts).where(conflicts.c.id == known)).one()
        stored[known] = _record(found)
    return tuple(stored.values())


class Conflicts(Part):
    """Conflicts of a project that wait for a decision."""

    def conflicts(self, project_id: str) -> list[OpenConflict]:
        """Return the open conflicts, oldest first."""
        with self.database.read() as connection:
            return open_conflicts(connection, project_id)

    def resolve_conflict(self, conflict_id: str, keep: Literal["mine", "theirs"], author: str) -> Committed:
        """Close a conflict. "mine" puts the value that lost into the book, as an edit that can be undone.

        Raises NotFoundError for an unknown or closed conflict, EditError if its node is gone by now.
        """
        waiting = (conflicts.c.id == conflict_id, conflicts.c.resolved_at.is_(None))
        with self.database.read() as connection:
            project_id = connection.execute(select(conflicts.c.project_id).where(*waiting)).scalar()
        if project_id is None:
            raise NotFoundError("conflict-not-found", conflict=conflict_id)
        with self.changing(project_id) as change:
            row = change.connection.execute(select(conflicts).where(*waiting)).one_or_none()
            if row is None:
                raise NotFoundError("conflict-not-found", conflict=conflict_id)
            if keep == "mine":
                args = {"node": row.node, "field": row.field, "conflict_id": conflict_id}
                write_edit(change, _with_mine(change, row), Edit(op=RESOLVE, args=args), author, change.rev)
            closed = update(conflicts).where(conflicts.c.id == conflict_id).values(resolved_at=now())
            change.connection.execute(closed)
        return Committed(change.rev, change.head)


def open_conflicts(connection: Connection, project_id: str) -> list[OpenConflict]:
    """Return what waits for a decision in a project, oldest first."""
    query = select(conflicts).where(conflicts.c.project_id == project_id, conflicts.c.resolved_at.is_(None))
    return [_record(row) for row in connection.execute(query.order_by(conflicts.c.created))]


def _with_mine(change: Change, row: Row[tuple[object, ...]]) -> Book:
    wanted = _as_mine(read_conflict(row.content, row.schema_version))
    try:
        return apply_patch(change.head, (wanted,))
    except KeyError:
        kind, _, node_id = row.node.partition(":")
        raise EditError("edit-unknown", kind=kind, id=node_id) from None


def _as_mine(conflict: Conflict) -> FieldChange:
    if "mine" in conflict.model_fields_set:
        return FieldChange(node=conflict.node, field=conflict.field, new=conflict.mine)
    return FieldChange(node=conflict.node, field=conflict.field, absent="new")


def _record(row: Row[tuple[object, ...]]) -> OpenConflict:
    return OpenConflict(
        id=row.id,
        project_id=row.project_id,
        rev=row.rev,
        conflict=read_conflict(row.content, row.schema_version),
        mine_author=row.mine_author,
        theirs_author=row.theirs_author,
        created=row.created,
    )
