"""Show the text alone, as a script: good to read aloud, and to print."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kitsumy_core.page.emphasis import unmarked
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.editions import in_edition
from kitsumy_core.plan.models import Dialogue, Page, Panel
from studio import state
from studio.components.mounts import component
from studio.components.words import kind_label
from studio.texts import _

ACTIONS = "reading-actions"


def reading_tools(book: Book) -> None:
    """Draw what is shown beside the words."""
    st.toggle(_("With what is seen in each panel"), key=ACTIONS, value=False)


def reading(book: Book) -> None:
    """Mount the script of the whole book, with a button that prints it alone."""
    if not any(True for _panel in book.plan.panels()):
        st.info(_("There is nothing to read yet: the comic has no panels."), icon=":material/menu_book:")
        return
    shown = in_edition(book, state.edition_id(book))
    component("reading", "gallery")(
        key="reading", data=script(shown, actions=bool(st.session_state.get(ACTIONS)))
    )


def script(book: Book, *, actions: bool = False) -> dict[str, Any]:
    """Return the words of the book by chapter, page and panel, as plain texts."""
    names = {c.id: c.name or c.id for c in book.plan.characters}
    return {
        "title": book.plan.title or _("Untitled"),
        "language": book.language(),
        "print": _("Print"),
        "label": _("The text of the comic"),
        "silent": _("without words"),
        "chapters": [
            {
                "title": chapter.title,
                "pages": [_page(page, names, actions) for page in chapter.pages],
            }
            for chapter in book.plan.chapters
        ],
    }


def _page(page: Page, names: dict[str, str], actions: bool) -> dict[str, Any]:
    return {
        "title": _("Page {number}").format(number=page.page_number),
        "panels": [_panel(panel, n, names, actions) for n, panel in enumerate(page.panels, 1)],
    }


def _panel(panel: Panel, number: int, names: dict[str, str], actions: bool) -> dict[str, Any]:
    words = [{"kind": "caption", "text": unmarked(panel.narrative)}] if panel.narrative else []
    words += [_line(line, names) for line in panel.dialogue if line.text or line.character]
    words += [{"kind": "sound", "text": unmarked(panel.sfx)}] if panel.sfx else []
    return {"number": number, "action": panel.action if actions else "", "words": words}


def _line(line: Dialogue, names: dict[str, str]) -> dict[str, str]:
    kind = line.kitsumy.kind
    return {
        "kind": "line",
        "name": names.get(line.character, line.character) or "?",
        "how": "" if kind == "speech" else kind_label(kind),
        "text": unmarked(line.text),
    }
