"""Tell what was written by hand from what a model or a beat sheet wrote, by reading the journal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.flat import flatten
from kitsumy_core.plan.merge import NODE, Change
from kitsumy_core.store.change import Part, project_row
from kitsumy_core.store.schema import read_patch
from kitsumy_core.store.tables import journal

DRAFTED = "write_draft"
"""The edit that a model's texts come by."""


class Authorship(Part):
    """Who wrote what in a project."""

    def handwritten(self, project_id: str) -> frozenset[tuple[str, str]]:
        """Return the fields, as (node, field), whose newest text is a person's. Raises NotFoundError.

        A plan that came from a file counts as written by hand, unless it says that it was drafted.
        """
        rows = select(journal).where(journal.c.project_id == project_id).order_by(journal.c.rev)
        found: set[tuple[str, str]] = set()
        with self.database.read() as connection:
            project_row(connection, project_id)
            for row in connection.execute(rows):
                if row.kind == "create":
                    found = _begun_with(self.books.at(connection, project_id, row.rev))
                    continue
                drafted = row.op == DRAFTED
                if drafted and row.kind == "undo":
                    continue  # back to what stood there before the model wrote
                for change in read_patch(row.patch, row.schema_version):
                    _note(found, change, drafted)
        return frozenset(found)


def _begun_with(book: Book) -> set[tuple[str, str]]:
    made_by = book.plan.kitsumy.made_by
    if made_by is not None and made_by.kind in ("beats", "llm"):
        return set()
    return {(node, field) for node, fields in flatten(book).items() for field in _filled(fields)}


def _note(found: set[tuple[str, str]], change: Change, drafted: bool) -> None:
    if change.field != NODE:
        here = (change.node, change.field)
        if drafted or change.absent == "new" or change.new in ("", None, []):
            found.discard(here)
        else:
            found.add(here)
        return
    for field in _filled(change.old if change.absent == "new" else change.new):
        found.discard((change.node, field))
        if not drafted and change.absent != "new":
            found.add((change.node, field))


def _filled(fields: Any) -> list[str]:
    if not isinstance(fields, dict):
        return []
    return [
        name for name, value in fields.items() if not name.startswith("@") and value not in ("", None, [])
    ]
