"""Small values that many tests start from."""

from __future__ import annotations

from typing import Any

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import Chapter, Character, ComicPlan, Dialogue, DialogueKit, Page, Panel


def a_panel(panel_id: str = "ch1-p1-pan1", **fields: Any) -> Panel:
    known: dict[str, Any] = {
        "id": panel_id,
        "characters": ("char-1",),
        "action": "Марко відчиняє двері маяка.",
        "location": "Маяк",
        "mood": "напружений",
        "camera": "середній план",
        "dialogue": (
            Dialogue(character="char-1", text="Є тут хто?", kitsumy=DialogueKit(id=f"{panel_id}-d1")),
        ),
    }
    return Panel(**(known | fields))


def a_page(page_id: str = "ch1-p1", layout: str = "grid-2x2", panels: int = 4, **fields: Any) -> Page:
    made = tuple(a_panel(f"{page_id}-pan{n}") for n in range(1, panels + 1))
    return Page(**({"id": page_id, "layout": layout, "panels": made} | fields))


def a_plan(pages: int = 2, **fields: Any) -> ComicPlan:
    cast = (
        Character(id="char-1", name="Марко", appearance="високий, сивий", clothing="плащ", seed=11),
        Character(id="char-2", name="Зоя", appearance="мала, руда", clothing="жовта куртка", seed=12),
    )
    made = tuple(a_page(f"ch1-p{n}") for n in range(1, pages + 1))
    chapter = Chapter(id="ch1", title="Перший розділ", pages=made)
    known: dict[str, Any] = {"title": "Маяк", "style": "нуар", "characters": cast, "chapters": (chapter,)}
    return ComicPlan(**(known | fields)).numbered()


def a_book(pages: int = 2, **fields: Any) -> Book:
    return Book(plan=a_plan(pages, **fields))
