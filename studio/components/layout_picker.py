"""Choose a page's layout from drawn thumbnails that say how many panels they have."""

from __future__ import annotations

from kitsumy_core.geometry import Rect
from kitsumy_core.messages import layout_name
from kitsumy_core.page.layouts import LAYOUTS, panel_polygons
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.models import Page
from studio import editing, state
from studio.components.mounts import component, fired
from studio.texts import _, ngettext

_UNIT = Rect(0, 0, 1, 1)
_GUTTER = (0.05, 0.04)


def layout_picker(book: Book, page: Page) -> None:
    """Mount the thumbnails, those with as many panels as the page first."""
    have = len(page.panels)
    ordered = sorted(LAYOUTS.values(), key=lambda layout: len(layout.panels) != have)
    direction = book.direction()
    component("layout_picker", "layouts")(
        key="layout-picker",
        data={
            "label": _("Layout of the page"),
            "layouts": [
                {
                    "id": layout.id,
                    "label": layout_name(layout.id, state.language())
                    + ": "
                    + ngettext("{n} panel", "{n} panels", len(layout.panels)),
                    "count": len(layout.panels),
                    "fits": len(layout.panels) == have,
                    "selected": layout.id == page.layout,
                    "polygons": [
                        [[round(p.x, 3), round(p.y, 3)] for p in polygon]
                        for polygon in panel_polygons(layout, _UNIT, _GUTTER, direction)
                    ],
                }
                for layout in ordered
            ],
        },
        on_picked_change=_picked,
    )


def _picked() -> None:
    layout = fired("layout-picker", "picked")
    found = state.current_page(editing.book())
    if layout and found:
        editing.do(edit("change_layout", page_id=found[1].id, layout=str(layout)))
