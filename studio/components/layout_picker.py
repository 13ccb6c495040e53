"""Choose a page's layout from drawn thumbnails that say how many panels they have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.geometry import Rect
from kitsumy_core.messages import layout_group, layout_name, say
from kitsumy_core.page.layouts import ALL_LAYOUTS, GROUPS, LAYOUTS, Layout, panel_count, panel_polygons
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Fix
from kitsumy_core.plan.edits import Edit, apply_edit, batch, edit
from kitsumy_core.plan.models import Page, ReadingDirection
from studio import editing, state
from studio.components import layout_editor
from studio.components.mounts import component, fired
from studio.components.styling import icon_button
from studio.texts import _, ngettext, plain

_UNIT = Rect(0, 0, 1, 1)
_GUTTER = (0.05, 0.04)


def layout_picker(book: Book, page: Page) -> None:
    """Mount the thumbnails by their number of panels; those that do not fit the page are paler."""
    own = book.plan.kitsumy.layouts
    layouts = [*own.values(), *sorted(ALL_LAYOUTS.values(), key=lambda layout: len(layout.panels))]
    ids = [*own, *(layout.id for layout in layouts[len(own) :])]
    groups = [*(("own",) if own else ()), *GROUPS]
    language = state.language()
    component("layout_picker", "layouts")(
        key="layout-picker",
        data={
            "label": _("Layout of the page"),
            "searchLabel": _("Search layouts"),
            "none": _("No layout is called so."),
            "groups": [
                {"id": "fits", "label": ngettext("For {n} panel", "For {n} panels", len(page.panels))},
                *({"id": tag, "label": layout_group(tag, language)} for tag in groups),
                {"id": "all", "label": _("All")},
            ],
            "layouts": [
                _card(layout_id, layout, page, book.direction(state.edition_id(book)), language)
                for layout_id, layout in zip(ids, layouts, strict=True)
            ],
        },
        on_picked_change=_picked,
    )
    own_layout_tools(book, page)


def _card(
    layout_id: str, layout: Layout, page: Page, direction: ReadingDirection, language: str
) -> dict[str, Any]:
    count = len(layout.panels)
    is_own = "own" in layout.tags or not layout.tags
    name = layout.name or layout_name(layout_id, language)
    label = f"{name}: " + ngettext("{n} panel", "{n} panels", count)
    tags = ["own"] if is_own else list(layout.tags)
    words = (label, layout_id, *(layout_group(tag, language) for tag in tags))
    polygons, over = _drawn(layout_id, layout, direction)
    return {
        "id": layout_id,
        "label": label,
        "search": " ".join(words).lower(),
        "tags": tags,
        "count": count,
        "fits": count == len(page.panels) and not layout.spread,
        "named": layout_id in LAYOUTS,
        "spread": layout.spread,
        "selected": layout_id == page.layout,
        "polygons": polygons,
        "over": over,
    }


_drawings: dict[tuple[str, Layout, str], tuple[list[Any], list[int]]] = {}


def _drawn(layout_id: str, layout: Layout, direction: ReadingDirection) -> tuple[list[Any], list[int]]:
    """Return a layout's polygons for a thumbnail, the lowest first, and which of them lie over others."""
    known = _drawings.get((layout_id, layout, direction))
    if known is None:
        polygons = panel_polygons(layout, _UNIT, _GUTTER, direction)
        order = sorted(range(len(polygons)), key=lambda i: layout.panels[i].z)
        points = [[[round(p.x, 3), round(p.y, 3)] for p in polygons[i]] for i in order]
        known = points, [n for n, i in enumerate(order) if layout.panels[i].z > 0]
        if len(_drawings) > 1000:
            _drawings.clear()
        _drawings[(layout_id, layout, direction)] = known
    return known


def own_layout_tools(book: Book, page: Page) -> None:
    """Offer to draw a layout; with one of the comic's own chosen, to change or remove it."""
    own = book.plan.kitsumy.layouts
    with st.container(horizontal=True, gap="small", key="own-layouts"):
        st.button(
            _("Draw a layout of your own"),
            icon=":material/draw:",
            type="tertiary",
            key="layout-draw",
            on_click=layout_editor.open_editor,
            args=(page,),
        )
        if page.layout in own:
            st.button(
                _("Change this layout"),
                icon=":material/edit:",
                type="tertiary",
                key="layout-change",
                help=ngettext(
                    "{n} page has it", "{n} pages have it", layout_editor.used_by(book, page.layout)
                ),
                on_click=layout_editor.open_editor,
                args=(page, page.layout),
            )
            icon_button(
                "delete",
                _("Delete this layout (undo brings it back)"),
                type="tertiary",
                key="layout-delete",
                on_click=layout_editor.remove,
                args=(page.layout,),
            )


def _picked() -> None:
    layout = fired("layout-picker", "picked")
    found = state.current_page(editing.book())
    if not layout or not found:
        return
    page = found[1]
    own = editing.book().plan.kitsumy.layouts
    if page.panels and panel_count(str(layout), own) != len(page.panels):
        st.session_state["layout-wish"] = (page.id, str(layout))
        editing.redraw("preview")
        return
    st.session_state.pop("layout-wish", None)
    editing.do(edit("change_layout", page_id=page.id, layout=str(layout)))


def layout_question(book: Book, page: Page) -> None:
    """Ask what becomes of the panels where the wished layout has another count; no answer loses one."""
    page_id, layout = st.session_state.get("layout-wish", ("", ""))
    own = book.plan.kitsumy.layouts
    room = panel_count(layout, own)
    if page_id != page.id or room is None or room == len(page.panels):
        return
    with st.container(border=True, key="layout-question"):
        st.markdown(
            ":material/help: "
            + _("“{layout}” has room for {room}, the page has {panels} panels. What about them?").format(
                layout=name_of(layout, own), room=room, panels=len(page.panels)
            )
        )
        change = edit("change_layout", page_id=page.id, layout=layout)
        with st.container(horizontal=True, gap="small"):
            for n, fix in enumerate(_ways(apply_edit(book, change), page.id)):
                label = plain(say(fix.code, fix.params, state.language()))
                st.button(label, key=f"layout-way-{n}", on_click=_change, args=(batch(change, fix.edit),))
            st.button(_("Change only the layout"), key="layout-only", on_click=_change, args=(change,))
            st.button(_("Leave it"), key="layout-leave", type="tertiary", on_click=_change, args=(None,))


def layout_title(layout_id: str, own: Mapping[str, Layout]) -> str:
    """Return a layout's name: the writer's for one of their own."""
    found = own.get(layout_id)
    return found.name if found and found.name else layout_name(layout_id, state.language())


def name_of(layout_id: str, own: Mapping[str, Layout]) -> str:
    """Return a layout's name for Markdown."""
    return plain(layout_title(layout_id, own))


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
