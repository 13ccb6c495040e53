"""Show the drawn page under a transparent layer in which a click or the arrow keys choose a panel."""

from __future__ import annotations

from kitsumy_core.page.document import PageBox
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Issue
from kitsumy_core.plan.models import Chapter, Page
from studio import editing, state
from studio.components.mounts import component, fired
from studio.texts import _, short
from studio.urls import page_url

WIDTH = 960


def page_view(book: Book, chapter: Chapter, page: Page, box: PageBox, issues: list[Issue]) -> None:
    """Mount the page picture. Choosing a panel redraws the page's marks and the form, nothing else."""
    project_id = state.project_id()
    assert project_id is not None
    chosen = state.current_panel(page)
    bad = {i for issue in issues if issue.severity == "error" for i in issue.ids}
    number = _("Page {number}").format(number=page.page_number)
    panels = [
        {
            "id": panel.id,
            "points": [[round(x, 1), round(y, 1)] for x, y in panel.shape.points],
            "label": _("Panel {number}: {action}").format(number=panel.order, action=short(panel.alt, 120)),
            "selected": chosen is not None and panel.id == chosen.id,
            "mark": "error" if panel.id in bad else "",
        }
        for panel in box.panels
        if panel.id
    ]
    component("page_view", "page")(
        key="page-view",
        data={
            "src": page_url(project_id, book, chapter, page, WIDTH),
            "alt": number,
            "label": _("{page}: choose a panel with the arrow keys").format(page=number),
            "width": box.trim.width,
            "height": box.trim.height,
            "panels": panels,
        },
        on_picked_change=_picked,
    )


def _picked() -> None:
    panel_id = fired("page-view", "picked")
    if panel_id:
        state.select(panel=str(panel_id))
        editing.redraw("preview", "editor")
