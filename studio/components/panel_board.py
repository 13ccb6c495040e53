"""Rearrange panels within and between pages and chapters, by drag or with Alt and the arrow keys."""

from __future__ import annotations

from typing import Any

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Page
from studio import editing, services, state
from studio.components.mounts import component, fired
from studio.texts import _, short
from studio.urls import panel_url

AROUND = 12
"""Pages before and after the chosen one that the board shows, whatever chapter they are in."""


def panel_board(book: Book, page: Page) -> None:
    """Mount the board. A move that was made on an older revision is refused and the board drawn again."""
    pages = [(chapter, shown) for chapter in book.plan.chapters for shown in chapter.pages]
    at = next(n for n, (_chapter, shown) in enumerate(pages) if shown.id == page.id)
    project_id = state.project_id()
    assert project_id is not None
    rows: list[dict[str, Any]] = []
    headed = ""
    for chapter, shown in pages[max(0, at - AROUND) : at + AROUND + 1]:
        version = services.current().pictures.version(book, chapter, shown)
        rows.append(
            {
                "id": shown.id,
                "title": _("Page {number}").format(number=shown.page_number),
                "current": shown.id == page.id,
                "chapter": chapter.title if len(book.plan.chapters) > 1 and chapter.id != headed else "",
                "panels": [
                    {
                        "id": panel.id,
                        "label": f"{number}. {short(panel.action, 60) or '…'}",
                        "src": panel_url(project_id, panel.id, version, 160),
                    }
                    for number, panel in enumerate(shown.panels, 1)
                ],
            }
        )
        headed = chapter.id
    component("panel_board", "board", "walk")(
        key="panel-board",
        data={
            "rev": state.seen(),
            "pages": rows,
            "label": _("Panels of the comic: drag, or move with Alt and the arrow keys"),
            "draggable": _("card that can be moved"),
        },
        on_moved_change=_moved,
        on_picked_change=_picked,
    )


def _moved() -> None:
    moved(fired("panel-board", "moved"))


def moved(event: Any) -> None:
    """Commit a move of the board: {id, page, index, rev}."""
    if not isinstance(event, dict):
        return
    project_id = state.project_id()
    assert project_id is not None
    if event.get("rev") != services.current().store.version(project_id):
        state.note(_("The board was out of date; nothing was moved."), "warning")
    else:
        node = key_of("panel", str(event["id"]))
        editing.commit(edit("move_node", node=node, parent_id=str(event["page"]), index=int(event["index"])))
    editing.redraw()


def _picked() -> None:
    event = fired("panel-board", "picked")
    if isinstance(event, dict):
        state.select(page=str(event["page"]), panel=str(event["id"]))
        editing.redraw()
