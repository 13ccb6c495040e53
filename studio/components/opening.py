"""Head every screen of a comic, or say where one is opened."""

from __future__ import annotations

from kitsumy_core.plan.book import Book
from studio import editing, state
from studio.components import header, page_tools
from studio.components.empty import no_comic


def opened_comic() -> Book | None:
    """Draw the head of a screen and return the open comic; without one invite to choose one, return None."""
    project_id = state.project_id()
    header.page_setup()
    if project_id is None or not page_tools.exists(project_id):
        no_comic()
        return None
    book = editing.book()
    editing.all_is_shown(state.seen(), book)
    header.comic_row(book)
    return book
