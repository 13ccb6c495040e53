"""Choose a page's layout from drawn thumbnails that say how many panels they have."""

from __future__ import annotations

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.geometry import Rect
from kitsumy_core.messages import layout_name, say
from kitsumy_core.page.layouts import LAYOUTS, panel_count, panel_polygons
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Fix
from kitsumy_core.plan.edits import Edit, apply_edit, batch, edit
from kitsumy_core.plan.models import Page
from studio import editing, state
from studio.components.mounts import component, fired
from studio.texts import _, ngettext, plain

_UNIT = Rect(0, 0, 1, 1)
_GUTTER = (0.05, 0.04)


def layout_picker(book: Book, page: Page) -> None:
    """Mount the thumbnails by their number of panels; those that do not fit the page are paler."""
    have = len(page.panels)
    ordered = sorted(LAYOUTS.values(), key=lambda layout: len(layout.panels))
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
    if not layout or not found:
        return
    page = found[1]
    if page.panels and panel_count(str(layout)) != len(page.panels):
        st.session_state["layout-wish"] = (page.id, str(layout))
        editing.redraw("preview")
        return
    st.session_state.pop("layout-wish", None)
    editing.do(edit("change_layout", page_id=page.id, layout=str(layout)))


def layout_question(book: Book, page: Page) -> None:
    """Ask what becomes of the panels where the wished layout has another count; no answer loses one."""
    page_id, layout = st.session_state.get("layout-wish", ("", ""))
    room = panel_count(layout)
    if page_id != page.id or room is None or room == len(page.panels):
        return
    with st.container(border=True, key="layout-question"):
        st.markdown(
            ":material/help: "
            + _("“{layout}” has room for {room}, the page has {panels} panels. What about them?").format(
                layout=layout_name(layout, state.language()), room=room, panels=len(page.panels)
            )
        )
        change = edit("change_layout", page_id=page.id, layout=layout)
        with st.container(horizontal=True, gap="small"):
            for n, fix in enumerate(_ways(apply_edit(book, change), page.id)):
                label = plain(say(fix.code, fix.params, state.language()))
                st.button(label, key=f"layout-way-{n}", on_click=_change, args=(batch(change, fix.edit),))
            st.button(_("Change only the layout"), key="layout-only", on_click=_change, args=(change,))
            st.button(_("Leave it"), key="layout-leave", type="tertiary", on_click=_change, args=(None,))


def _ways(book: Book, page_id: str) -> list[Fix]:
    """Return the fixes of the wrong count that keep the layout just chosen."""
    issues = (issue for issue in pipeline.check_book(book) if issue.code == "layout-count")
    mine = next((issue for issue in issues if page_id in issue.ids), None)
    return [fix for fix in mine.fixes if fix.code != "use-layout"] if mine else []


def _change(wanted: Edit | None) -> None:
    st.session_state.pop("layout-wish", None)
    if wanted is None:
        editing.redraw("preview")
    else:
        editing.do(wanted)
