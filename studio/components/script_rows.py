"""List all words of a book as rows, find and replace in them, and turn changed cells into edits."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kitsumy_core.plan.book import MAIN, Book, narration_id, sfx_id
from kitsumy_core.plan.edits import Edit, batch, edit
from kitsumy_core.plan.flat import key_of

DIALOGUE, CAPTION, SOUND = "dialogue", "caption", "sound"


class Row(NamedTuple):
    """One text the reader sees: `node` and `field` say where it is written."""

    node: str
    field: str
    page: int
    panel: int
    speaker: str
    text: str
    kind: str
    """The kind of balloon, or `caption`, or `sound`."""
    lettering: str = ""
    own: str = ""
    """The text in the chosen edition, "" where that is the main text."""
    is_old: bool = False
    """Tell whether the main text changed after the edition's was written."""


class Search(NamedTuple):
    """What to look for in the texts."""

    words: str = ""
    same_case: bool = False
    whole_words: bool = False

    def pattern(self) -> re.Pattern[str] | None:
        """Return what finds it, or None where there is nothing to find."""
        if not self.words:
            return None
        body = re.escape(self.words)
        if self.whole_words:
            body = rf"(?<!\w){body}(?!\w)"
        return re.compile(body, 0 if self.same_case else re.IGNORECASE)


def rows_of(
    book: Book, *, captions: bool = False, edition: str = MAIN, old: Collection[str] = ()
) -> list[Row]:
    """Return every line of dialogue in reading order; with `captions` also captions and sound effects.

    With another edition than the main one its texts stand beside them; `old` are lettering ids.
    """
    rows: list[Row] = []
    texts = book.edition(edition).texts if edition != MAIN else {}

    def beside(row: Row, lettering: str) -> Row:
        return row._replace(lettering=lettering, own=texts.get(lettering, ""), is_old=lettering in old)

    for page in book.plan.pages():
        for number, panel in enumerate(page.panels, 1):
            at, node = (page.page_number or 0, number), key_of("panel", panel.id)
            if captions and panel.narrative:
                caption = Row(node, "narrative", *at, "", panel.narrative, CAPTION)
                rows.append(beside(caption, narration_id(panel.id)))
            for line in panel.dialogue:
                key, kind = key_of("dialogue", line.id), line.kitsumy.kind
                rows.append(beside(Row(key, "text", *at, line.character, line.text, kind), line.id))
            if captions and panel.sfx:
                rows.append(beside(Row(node, "sfx", *at, "", panel.sfx, SOUND), sfx_id(panel.id)))
    return rows


def chosen(
    rows: Iterable[Row],
    *,
    search: Search,
    speaker: str | None = None,
    by_character: Sequence[str] | None = None,
) -> list[Row]:
    """Return the rows that are found, of one speaker if given, in the order of speakers if given."""
    pattern = search.pattern()
    kept = [
        row
        for row in rows
        if (speaker is None or (row.speaker == speaker and row.kind not in (CAPTION, SOUND)))
        and (pattern is None or pattern.search(row.text))
    ]
    if by_character is not None:
        place = {name: n for n, name in enumerate(by_character)}
        kept.sort(key=lambda row: (not row.speaker, place.get(row.speaker, len(place)), row.speaker))
    return kept


def count(rows: Iterable[Row], search: Search) -> tuple[int, int]:
    """Return how often it is found, and in how many rows."""
    pattern = search.pattern()
    if pattern is None:
        return 0, 0
    found = [n for n in (len(pattern.findall(row.text)) for row in rows) if n]
    return sum(found), len(found)


def replacement(rows: Iterable[Row], search: Search, words: str) -> Edit | None:
    """Return one edit that replaces every find by `words`, to the letter; None if nothing would change."""
    pattern = search.pattern()
    if pattern is None:
        return None
    edits = [
        edit("set_field", node=row.node, field=row.field, value=after)
        for row in rows
        if (after := pattern.sub(lambda _found: words, row.text)) != row.text
    ]
    return batch(*edits) if edits else None


COLUMNS: Mapping[str, str] = {"speaker": "character", "kind": "kitsumy.kind"}
"""Which field of a line a column of the table holds; `text` is the row's own field."""


def changes(rows: Sequence[Row], cells: Cells, edition: str = MAIN) -> list[Edit]:
    """Return the edits of changed cells: {index of a row: {column: value}}, as the table reports them.

    Cells that have no such field (the speaker of a caption), or hold what they held, are passed over.
    """
    edits: list[Edit] = []
    for index, columns in cells.items():
        place = int(index)
        if not 0 <= place < len(rows):
            continue
        row = rows[place]
        for column, value in columns.items():
            if column == "own" and edition != MAIN:
                edits += _own_words(row, edition, value)
                continue
            field = row.field if column == "text" else COLUMNS.get(column)
            is_line = row.kind not in (CAPTION, SOUND)
            new = "" if value is None else str(value)
            if field and (is_line or column == "text") and new != getattr(row, column):
                edits.append(edit("set_field", node=row.node, field=field, value=new))
    return edits


def _own_words(row: Row, edition: str, value: Any) -> Iterator[Edit]:
    new = "" if value is None else str(value)
    if row.lettering and new != row.own:
        node, field = key_of("edition", edition), f"texts.{row.lettering}"
        yield edit("set_field", node=node, field=field, value=new)


Cells = Mapping[Any, Mapping[str, Any]]
_NEVER = object()


def fresh_cells(cells: Cells, done: Mapping[tuple[int, str], Any]) -> dict[int, dict[str, Any]]:
    """Return the cells that were not committed yet: a table reports all since it was mounted.

    What was committed and then changed by somebody else must not be committed again.
    """
    found: dict[int, dict[str, Any]] = {}
    for index, columns in cells.items():
        new = {c: v for c, v in columns.items() if done.get((int(index), c), _NEVER) != v}
        if new:
            found[int(index)] = new
    return found


def with_cells(rows: Sequence[Row], cells: Cells) -> list[Row]:
    """Return what the table shows: its rows under its changed cells."""
    shown = list(rows)
    for index, columns in cells.items():
        if 0 <= int(index) < len(rows):
            new: dict[str, Any] = {
                c: "" if v is None else str(v) for c, v in columns.items() if c in Row._fields
            }
            if "own" in new:
                new["is_old"] = False
            elif "text" in new and rows[int(index)].own:
                new["is_old"] = True
            shown[int(index)] = rows[int(index)]._replace(**new)
    return shown
