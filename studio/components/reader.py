"""Read the comic as its readers will: spreads, pages turned by key, click and swipe, or one long strip."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kitsumy_core.page.formats import format_of
from kitsumy_core.page.sizes import page_frames
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import Chapter, Page
from studio import state
from studio.components.mounts import component, fired
from studio.texts import _, ngettext
from studio.urls import page_url

WIDTH = 1400


def reader(book: Book) -> None:
    """Mount the book; the page that is turned to is the chosen one on every other screen."""
    project_id = state.project_id()
    assert project_id is not None
    edition = state.edition_id(book)
    pages = [(chapter, page) for chapter in book.plan.chapters for page in chapter.pages]
    component("reader", "reader")(
        key="reader",
        data={
            "label": _("The comic as it is read: arrow keys turn the pages"),
            "rtl": book.direction(edition) == "rtl",
            "scroll": format_of(book.format(edition)).scroll or book.direction(edition) == "ttb",
            "count": ngettext("{n} page", "{n} pages", len(pages)),
            "pages": [_leaf(project_id, book, chapter, page, edition) for chapter, page in pages],
            "words": {
                "next": _("Next page"),
                "previous": _("Previous page"),
                "pairs": _("Two pages"),
                "full": _("Full screen"),
            },
        },
        on_turned_change=_turned,
    )
    st.caption(_("Arrow keys, Space, a click on a side or a swipe turn the page; F fills the screen."))


def _leaf(project_id: str, book: Book, chapter: Chapter, page: Page, edition: str) -> dict[str, Any]:
    frames = page_frames(book, edition, page)
    said = " ".join(panel.action for panel in page.panels if panel.action)[:400]
    number = _("Page {number}").format(number=page.page_number)
    return {
        "id": page.id,
        "number": page.page_number,
        "label": f"{number}. {said}" if said else number,
        "src": page_url(project_id, book, chapter, page, WIDTH, edition),
        "width": round(frames.trim.width),
        "height": round(frames.trim.height),
        "spread": frames.spread,
    }


def _turned() -> None:
    if page := fired("reader", "turned"):
        state.select(page=str(page))
