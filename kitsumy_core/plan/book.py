"""The book: what is revisioned. A plan, its editions, and which take each panel shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from kitsumy_core.plan.models import (
    Chapter,
    Character,
    ComicPlan,
    Crop,
    Dialogue,
    Frozen,
    Page,
    Panel,
    ReadingDirection,
)
from kitsumy_core.plan.values import NoTruth

MAIN = "main"


Near = Annotated[float, Field(ge=-2, le=3), NoTruth]
"""A share of a box, on it or not far away."""


class Placement(Frozen):
    """Where the author put a balloon, caption or sfx: shares of the panel's box, 0,0 = its top left.

    `x, y` is the centre; `tail_x, tail_y` the point the tail aims at, None = as computed. `width` is the
    wished width of the shape, a share of the panel's. `rotation` (degrees, clockwise), `scale` (of the type)
    and `arc` (degrees the line is bent by, up if positive) are for sound effects.
    """

    x: Near
    y: Near
    tail_x: Near | None = None
    tail_y: Near | None = None
    width: Annotated[float, Field(ge=0.05, le=1.5), NoTruth] | None = None
    rotation: Annotated[float, Field(ge=-180, le=180), NoTruth] | None = None
    scale: Annotated[float, Field(ge=0.2, le=5), NoTruth] | None = None
    arc: Annotated[float, Field(ge=-180, le=180), NoTruth] | None = None


class Edition(Frozen):
    """A language, format and reading direction of the book; None = as the plan says."""

    id: str = MAIN
    title: str = ""
    language: str | None = None
    format: str | None = None
    reading_direction: ReadingDirection | None = None
    texts: Mapping[str, str] = Field(default_factory=dict)
    """Text by lettering id (see `lettering_ids`); what is missing is the plan's."""
    placements: Mapping[str, Placement] = Field(default_factory=dict)
    """Hand placement by lettering id."""
    crops: Mapping[str, Crop] = Field(default_factory=dict)
    """Crop by panel id."""
    fonts: Mapping[str, str] = Field(default_factory=dict)
    """Id of a bundled face by kind of lettering ("speech", "sfx"...) or by a character's id."""


class Book(Frozen):
    """Everything a revision holds. `picks` maps a panel's id to its chosen take's id."""

    plan: ComicPlan = ComicPlan()
    editions: tuple[Edition, ...] = (Edition(),)
    picks: Mapping[str, str] = Field(default_factory=dict)

    def edition(self, edition_id: str = MAIN) -> Edition:
        """Return an edition; the main one always exists."""
        return next((e for e in self.editions if e.id == edition_id), None) or Edition(id=edition_id)

    def language(self, edition_id: str = MAIN) -> str:
        return self.edition(edition_id).language or self.plan.kitsumy.language

    def format(self, edition_id: str = MAIN) -> str:
        return self.edition(edition_id).format or self.plan.kitsumy.format

    def direction(self, edition_id: str = MAIN) -> ReadingDirection:
        return self.edition(edition_id).reading_direction or self.plan.kitsumy.reading_direction


def narration_id(panel_id: str) -> str:
    """Return the lettering id of a panel's caption."""
    return f"{panel_id}/narrative"


def sfx_id(panel_id: str) -> str:
    """Return the lettering id of a panel's sound effect."""
    return f"{panel_id}/sfx"


def lettering_ids(panel: Panel) -> tuple[str, ...]:
    """Return the ids of a panel's texts in reading order: caption, dialogue lines, sfx."""
    head = (narration_id(panel.id),) if panel.narrative else ()
    tail = (sfx_id(panel.id),) if panel.sfx else ()
    return (*head, *(line.id for line in panel.dialogue), *tail)


Addressed = ComicPlan | Character | Chapter | Page | Panel | Dialogue


def nodes(plan: ComicPlan) -> Iterator[tuple[str, Addressed]]:
    """Yield every node of a plan with its JSON Pointer, parents before children."""
    yield "", plan
    for i, character in enumerate(plan.characters):
        yield f"/characters/{i}", character
    for c, chapter in enumerate(plan.chapters):
        yield f"/chapters/{c}", chapter
        for p, page in enumerate(chapter.pages):
            where = f"/chapters/{c}/pages/{p}"
            yield where, page
            for n, panel in enumerate(page.panels):
                yield f"{where}/panels/{n}", panel
                for d, line in enumerate(panel.dialogue):
                    yield f"{where}/panels/{n}/dialogue/{d}", line


def unclear_id(book: Book) -> tuple[str, str] | None:
    """Return kind and id of the first node without an id, or with one that another of its kind has."""
    seen: set[tuple[str, str]] = set()
    named = [(node.kind, node.id) for _, node in nodes(book.plan) if not isinstance(node, ComicPlan)]
    named += [("location", place.id) for place in book.plan.kitsumy.locations]
    named += [("edition", edition.id) for edition in book.editions]
    for kind, node_id in named:
        if not node_id or (kind, node_id) in seen:
            return kind, node_id
        seen.add((kind, node_id))
    return None


def find_page(plan: ComicPlan, page_id: str) -> Page | None:
    return next((page for page in plan.pages() if page.id == page_id), None)


def find_panel(plan: ComicPlan, panel_id: str) -> tuple[Chapter, Page, Panel] | None:
    """Return a panel with the chapter and page it is on."""
    for chapter in plan.chapters:
        for page in chapter.pages:
            for panel in page.panels:
                if panel.id == panel_id:
                    return chapter, page, panel
    return None
