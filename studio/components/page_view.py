"""Show the drawn page under a transparent layer in which a click or the arrow keys choose a panel."""

from __future__ import annotations

from kitsumy_core.page.sizes import page_frames
from kitsumy_core.plan.book import MAIN, Book
from kitsumy_core.plan.models import Chapter, Page
from studio import editing, services, state
from studio.components.mounts import component, fired
from studio.pictures import SCREEN
from studio.texts import _, short
from studio.urls import page_url


def page_view(book: Book, chapter: Chapter, page: Page) -> None:
    """Mount the page picture. Choosing a panel redraws the page's marks and the form, nothing else.

    The picture is begun to be drawn now: by the time the browser asks for it, it is well under way.
    """
    project_id = state.project_id()
    assert project_id is not None
    pictures = services.current().pictures
    pictures.ahead(project_id, book, chapter, page, SCREEN)
    chosen = state.current_panel(page)
    number = _("Page {number}").format(number=page.page_number)
    frames = page_frames(book, MAIN, page)
    trim = frames.format.trim_px
    panels = [
        {
            "id": panel.id,
            "points": [[round(x, 1), round(y, 1)] for x, y in polygon],
            "label": _("Panel {number}: {action}").format(number=order, action=short(panel.action, 120)),
            "selected": chosen is not None and panel.id == chosen.id,
        }
        for order, (panel, polygon) in enumerate(zip(page.panels, frames.polygons, strict=False), 1)
    ]
    component("page_view", "page")(
        key="page-view",
        data={
            "src": page_url(project_id, book, chapter, page, SCREEN),
            "page": {"id": page.id, "v": pictures.version(book, chapter, page)},
            "alt": number,
            "label": _("{page}: choose a panel with the arrow keys").format(page=number),
            "width": round(trim.width, 1),
            "height": round(trim.height, 1),
            "panels": panels,
        },
        on_picked_change=_picked,
    )


def _picked() -> None:
    panel_id = fired("page-view", "picked")
    if panel_id:
        state.select(panel=str(panel_id))
        editing.redraw("picture", "editor")
