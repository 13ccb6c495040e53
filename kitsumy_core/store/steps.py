"""Group an author's edits into undo steps, and find the ones that undo and redo are about.

The state of an edit is in its journal row: `live`, `undone`, or `closed` when a new edit ended its redo line.
"""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import Connection, func, select, update

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit
from kitsumy_core.store.change import Change
from kitsumy_core.store.records import EntryKind, Step
from kitsumy_core.store.schema import read_json
from kitsumy_core.store.tables import journal


def write_edit(
    change: Change, book: Book, edit: Edit, author: str, base_rev: int, burst: str | None = None
) -> None:
    """Move the head to `book` as an edit of this author: a new step, or one more edit of the open burst."""
    patch = change.patch_to(book)
    if not patch:
        return
    step = _step_of_burst(change, author, burst) if burst else None
    mine = (journal.c.project_id == change.project_id, journal.c.author == author)
    change.connection.execute(
        update(journal).where(*mine, journal.c.state == "undone").values(state="closed")
    )
    change.append(patch, "edit", edit, author, base_rev, step=step, burst=burst)


def last_live(connection: Connection, project_id: str, author: str) -> int | None:
    """Return the step that undo takes back."""
    return connection.execute(
        select(func.max(journal.c.step)).where(
            journal.c.project_id == project_id, journal.c.author == author, journal.c.state == "live"
        )
    ).scalar()


def first_undone(connection: Connection, project_id: str, author: str) -> int | None:
    """Return the step that redo brings back: undo went backwards, so the lowest was undone last."""
    return connection.execute(
        select(func.min(journal.c.step)).where(
            journal.c.project_id == project_id, journal.c.author == author, journal.c.state == "undone"
        )
    ).scalar()


def revs_of(change: Change, step: int, kind: EntryKind) -> list[int]:
    """Return the revisions of one kind that belong to a step, in order."""
    rows = change.connection.execute(
        select(journal.c.rev)
        .where(journal.c.project_id == change.project_id, journal.c.step == step, journal.c.kind == kind)
        .order_by(journal.c.rev)
    )
    return [row.rev for row in rows]


def mark(change: Change, step: int, state: str) -> None:
    change.connection.execute(
        update(journal)
        .where(journal.c.project_id == change.project_id, journal.c.step == step, journal.c.kind == "edit")
        .values(state=state)
    )


def describe(connection: Connection, project_id: str, step: int | None) -> Step | None:
    """Return the newest edit of a step and how many it has."""
    if step is None:
        return None
    rows = connection.execute(
        select(journal.c.op, journal.c.args)
        .where(journal.c.project_id == project_id, journal.c.step == step, journal.c.kind == "edit")
        .order_by(journal.c.rev.desc())
    ).all()
    return Step(rev=step, edit=Edit(op=rows[0].op, args=read_json(rows[0].args)), size=len(rows))


def runs(revs: list[int]) -> list[tuple[int, int]]:
    """Return the first and last of each unbroken run: between runs, somebody else changed the book."""
    gaps = [b for a, b in pairwise(revs) if b != a + 1]
    starts = [revs[0], *gaps]
    ends = [*(max(r for r in revs if r < gap) for gap in gaps), revs[-1]]
    return list(zip(starts, ends, strict=True))


def _step_of_burst(change: Change, author: str, burst: str) -> int | None:
    """Return the step this edit continues; None if the author did anything else since, undo included."""
    newest = change.connection.execute(
        select(journal.c.burst, journal.c.step)
        .where(journal.c.project_id == change.project_id, journal.c.author == author)
        .order_by(journal.c.rev.desc())
        .limit(1)
    ).one_or_none()
    return newest.step if newest and newest.burst == burst else None
