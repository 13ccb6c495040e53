"""Say how an open comic grows while it is planned: edits that fill what is empty, and touch nothing else.

Pure. The writer may work on the comic meanwhile: what they wrote, moved, locked or deleted stays so.
"""

from __future__ import annotations

from typing import Any

from kitsumy_core.plan.book import Book, find_page
from kitsumy_core.plan.edits import Edit, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Chapter, Page, Panel
from kitsumy_core.planner.making import page_of
from kitsumy_core.planner.normal import Cast, Outline, PageDetail
from kitsumy_core.planner.stages import page_id

FIELDS = ("characters", "action", "location", "mood", "camera", "narrative", "sfx")
KIT_FIELDS = {"action_en": "kitsumy.actionEn", "location_id": "kitsumy.locationId"}


def cast_edits(book: Book, cast: Cast, working_title: str = "") -> list[Edit]:
    """Return what puts the cast into a comic that has none."""
    plan, edits = book.plan, []
    if cast.title and plan.title in ("", working_title):
        edits.append(set_field("plan", "title", cast.title))
    if cast.style_en and not plan.style and not plan.kitsumy.style_id:
        edits.append(set_field("plan", "style", cast.style_en))
    if not plan.characters:
        edits += [edit("add_character", character=person) for person in cast.characters]
    return edits


def outline_edits(book: Book, outline: Outline) -> list[Edit]:
    """Return what puts places and empty pages into a comic that has none."""
    edits = []
    if not book.plan.kitsumy.locations:
        edits += [edit("add_location", location=place) for place in outline.locations]
    if book.plan.chapters:
        return edits
    pages: list[list[Page]] = [[] for _ in outline.chapters]
    for number, page in enumerate(outline.pages, 1):
        pages[page.chapter].append(page_of(outline, number, None))
    chapters = zip(outline.chapters, pages, strict=True)
    return edits + [
        edit("add_chapter", chapter=Chapter(id=f"ch{n}", title=title, pages=tuple(inside)))
        for n, (title, inside) in enumerate(chapters, 1)
    ]


def page_edits(book: Book, outline: Outline, number: int, detail: PageDetail) -> list[Edit]:
    """Return what fills the empty panels of a page, counted from 1; nothing if the page is gone."""
    page = find_page(book.plan, page_id(outline, number))
    if page is None:
        return []
    edits: list[Edit] = []
    here = {panel.id: panel for panel in page.panels}
    untouched = all(is_empty(panel) for panel in page.panels)
    for panel in detail.panels:
        if panel.id in here:
            edits += fill(here[panel.id], panel)
        elif untouched:
            edits.append(edit("add_panel", page_id=page.id, panel=panel))
    if untouched:
        kept = {panel.id for panel in detail.panels}
        edits += [edit("delete_node", node=key_of("panel", x)) for x in here if x not in kept]
        if detail.layout != page.layout:
            edits.append(edit("change_layout", page_id=page.id, layout=detail.layout))
    return edits


def is_empty(panel: Panel) -> bool:
    """Tell whether nobody has written anything into a panel."""
    return not (panel.action or panel.dialogue or panel.narrative or panel.sfx)


def fill(panel: Panel, wanted: Panel) -> list[Edit]:
    """Return what writes a panel's empty fields, if nobody has written into it yet."""
    if not is_empty(panel):
        return []
    node, locked = key_of("panel", panel.id), set(panel.kitsumy.locked)
    edits: list[Edit] = []
    for field in FIELDS:
        value = getattr(wanted, field)
        if value and not getattr(panel, field) and field not in locked:
            edits.append(set_field(node, field, list(value) if isinstance(value, tuple) else value))
    for attribute, field in KIT_FIELDS.items():
        value = getattr(wanted.kitsumy, attribute)
        if value and not getattr(panel.kitsumy, attribute) and field not in locked:
            edits.append(set_field(node, field, value))
    if "dialogue" not in locked:
        edits += [edit("add_dialogue", panel_id=panel.id, line=line) for line in wanted.dialogue]
    return edits


def set_field(node: str, field: str, value: Any) -> Edit:
    return edit("set_field", node=node, field=field, value=value)
