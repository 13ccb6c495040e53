"""Read a book in one of its editions, and follow which words a translation was made from.

The journal says it all: at the revision that wrote a text of an edition the main text was this or that. Where
it is another one today, the edition's text is old; taking the change back makes it fit again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kitsumy_core.plan.book import MAIN, Book, Edition, narration_id, sfx_id
from kitsumy_core.plan.flat import id_of, kind_of
from kitsumy_core.plan.merge import NODE, Change, Patch
from kitsumy_core.plan.models import Panel

_TEXTS = "texts."


class MainText(NamedTuple):
    """A text the reader sees, in the main words: `id` is its lettering id, `node` and `field` its place."""

    id: str
    node: str
    field: str
    text: str


class Origins(NamedTuple):
    """The main texts of a revision, and the one that each text of an edition was written beside.

    `main` is by lettering id, `basis` by edition id and lettering id.
    """

    main: Mapping[str, str] = {}
    basis: Mapping[tuple[str, str], str] = {}


def main_texts(panel: Panel) -> Iterator[MainText]:
    """Yield the texts of a panel that are not empty, in reading order."""
    node = f"panel:{panel.id}"
    if panel.narrative.strip():
        yield MainText(narration_id(panel.id), node, "narrative", panel.narrative)
    for line in panel.dialogue:
        if line.id and line.text.strip():
            yield MainText(line.id, f"dialogue:{line.id}", "text", line.text)
    if panel.sfx.strip():
        yield MainText(sfx_id(panel.id), node, "sfx", panel.sfx)


def in_edition(book: Book, edition_id: str) -> Book:
    """Return the book as if an edition were its main one: words, title, language, format and direction."""
    edition = book.edition(edition_id)
    bare = Edition(placements=edition.placements, crops=edition.crops, fonts=edition.fonts)
    if edition.but(id=MAIN) == bare:
        return book if edition_id == MAIN else book.but(editions=(bare,))
    plan = book.plan
    kit = {
        "language": edition.language,
        "format": edition.format,
        "reading_direction": edition.reading_direction,
    }
    kit = {name: value for name, value in kit.items() if value and value != getattr(plan.kitsumy, name)}
    chapters = tuple(
        chapter.but(
            pages=tuple(
                page.but(panels=tuple(_said_in(panel, edition.texts) for panel in page.panels))
                for page in chapter.pages
            )
        )
        for chapter in plan.chapters
    )
    plan = plan.but(title=edition.title or plan.title, chapters=chapters if edition.texts else plan.chapters)
    return book.but(plan=plan.but(kitsumy=plan.kitsumy.but(**kit)) if kit else plan, editions=(bare,))


def _said_in(panel: Panel, texts: Mapping[str, str]) -> Panel:
    lines = tuple(
        line.but(text=texts[key]) if (key := line.id or f"{panel.id}/dialogue-{number}") in texts else line
        for number, line in enumerate(panel.dialogue, 1)
    )
    return panel.but(
        dialogue=lines,
        narrative=texts.get(narration_id(panel.id), panel.narrative) if panel.narrative else panel.narrative,
        sfx=texts.get(sfx_id(panel.id), panel.sfx) if panel.sfx else panel.sfx,
    )


def origins_of(book: Book) -> Origins:
    """Return where a history begins: every text an edition has is taken to fit the main one."""
    main = {told.id: told.text for panel in book.plan.panels() for told in main_texts(panel)}
    basis = {(e.id, key): main.get(key, "") for e in book.editions if e.id != MAIN for key in e.texts}
    return Origins(main, basis)


def followed(known: Origins, patches: Iterable[Patch]) -> Origins:
    """Return the origins after these patches of one revision each, in order."""
    main, basis = dict(known.main), dict(known.basis)
    for patch in patches:
        written: list[tuple[str, str]] = []
        for change in patch:
            main.update(_told(change))
            written += _written(change)
        basis.update({key: main.get(key[1], "") for key in written})
    return Origins(main, basis)


def _told(change: Change) -> Iterator[tuple[str, str]]:
    """Yield the main texts that a change brought, by lettering id."""
    kind, node_id = kind_of(change.node), id_of(change.node)
    names = {
        "dialogue": {"text": node_id},
        "panel": {"narrative": narration_id(node_id), "sfx": sfx_id(node_id)},
    }.get(kind, {})
    fields: Mapping[str, Any] = {change.field: change.new}
    if names and change.field == NODE:
        fields = change.new or {}
    for field, lettering_id in names.items():
        if field in fields:
            yield lettering_id, str(fields[field] or "")


def _written(change: Change) -> Iterator[tuple[str, str]]:
    """Yield edition id and lettering id of the texts that a change wrote."""
    if kind_of(change.node) != "edition":
        return
    fields = (change.new or {}) if change.field == NODE else (change.field,)
    for field in fields:
        if field.startswith(_TEXTS):
            yield id_of(change.node), field.removeprefix(_TEXTS)


class Standing(NamedTuple):
    """How far an edition is: its texts in all, those it has no words for, and the old ones.

    `old` holds the main text that an old one was written beside, by lettering id.
    """

    total: int
    missing: frozenset[str]
    old: Mapping[str, str]

    @property
    def done(self) -> int:
        return self.total - len(self.missing)


def standing(book: Book, edition_id: str, origins: Origins) -> Standing:
    """Return how far an edition is in the book that the origins were followed to."""
    texts = book.edition(edition_id).texts
    told = [told for panel in book.plan.panels() for told in main_texts(panel)]
    old = {
        main.id: before
        for main in told
        if texts.get(main.id, "").strip()
        and (before := origins.basis.get((edition_id, main.id), main.text)) != main.text
    }
    return Standing(len(told), frozenset(t.id for t in told if not texts.get(t.id, "").strip()), old)
