"""Draw a layout of one's own on a small page; saved, it goes wherever the plan goes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from kitsumy_core.errors import EditError
from kitsumy_core.messages import explain
from kitsumy_core.page.drawing import Panels, apply, borders
from kitsumy_core.page.formats import format_of
from kitsumy_core.page.layouts import layout_of
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import batch, edit
from kitsumy_core.plan.layout import Layout, LayoutPanel
from kitsumy_core.plan.models import Page
from studio import editing, state
from studio.components.mounts import component, fired
from studio.components.styling import icon_button
from studio.texts import _

_DRAFT = "layout-draft"
MOST_STEPS = 60


def open_editor(page: Page, layout_id: str = "") -> None:
    """Begin to draw from the page's layout; with an id of the comic's own, that one is changed."""
    book = editing.book()
    found = layout_of(layout_id or page.layout, book.plan.kitsumy.layouts)
    panels = found.panels if found else (LayoutPanel(points=((0, 0), (1, 0), (1, 1), (0, 1))),)
    own = found is not None and layout_id in book.plan.kitsumy.layouts
    st.session_state[_DRAFT] = {
        "page": page.id,
        "steps": [panels],
        "id": layout_id if own else "",
        "name": found.name if found and own else "",
        "spread": bool(found and found.spread),
    }
    st.session_state.pop("layout-name", None)
    editing.redraw("preview")


def is_open(page: Page) -> bool:
    return bool(st.session_state.get(_DRAFT, {}).get("page") == page.id)


def layout_editor(book: Book, page: Page) -> bool:
    """Mount the editor where it is open for this page; tell whether it is."""
    if not is_open(page):
        return False
    draft = st.session_state[_DRAFT]
    panels: Panels = draft["steps"][-1]
    trim = format_of(book.format()).trim
    with st.container(border=True, key="layout-editor"):
        component("layout_editor", "drawing")(
            key="layout-drawing",
            data={
                "mirrored": book.direction() == "rtl",
                "ratio": trim.width * (2 if draft["spread"] else 1) / trim.height,
                "panels": [
                    {"points": p.points, "z": p.z, "border": p.border, "bleed": p.bleed} for p in panels
                ],
                "borders": [{"a": border.a, "b": border.b} for border in borders(panels)],
                "words": _words(),
            },
            on_drawn_change=_drawn,
        )
        if problem := draft.get("problem"):
            st.caption(f":orange[:material/info:] {problem}")
        _buttons(page, draft, len(panels))
    return True


def _buttons(page: Page, draft: dict[str, Any], count: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            _("Name of the layout"),
            value=draft["name"],
            key="layout-name",
            max_chars=60,
            placeholder=_("My layout"),
            label_visibility="collapsed",
        )
        icon_button(
            "undo",
            _("Take back the last stroke"),
            key="layout-step-back",
            disabled=len(draft["steps"]) < 2,
            on_click=_step_back,
        )
    with st.container(horizontal=True, gap="small"):
        st.button(_("Save and use it here"), type="primary", key="layout-save", on_click=_save, args=(page,))
        st.button(_("Leave it"), key="layout-drop", type="tertiary", on_click=_close)
        if count != len(page.panels):
            st.caption(
                _("The page has {panels} panels, the layout {room}.").format(
                    panels=len(page.panels), room=count
                )
            )


def _words() -> dict[str, str]:
    return {
        "label": _("Layout being drawn"),
        "panel": _("Panel"),
        "how": _("Draw a line across a panel to cut it; drag the knobs to move borders; click a panel."),
        "insetHow": _("Inset: drag it, or use the arrow keys; + and − change its size"),
        "move": _("Move the border: drag, or use the arrow keys"),
        "tilt": _("Tilt the border: drag, or use the arrow keys"),
        "rows": _("Cut into rows"),
        "columns": _("Cut into columns"),
        "join": _("Join with…"),
        "joinHow": _("Click the panel to join it with"),
        "bleed": _("Bleed"),
        "frame": _("Border"),
        "inset": _("Add an inset"),
        "remove": _("Remove the inset"),
    }


def _drawn() -> None:
    event, draft = fired("layout-drawing", "drawn"), st.session_state.get(_DRAFT)
    if not isinstance(event, dict) or not draft:
        return
    draft.pop("problem", None)
    try:
        draft["steps"] = [*draft["steps"][-MOST_STEPS:], apply(draft["steps"][-1], event)]
    except EditError as error:
        if error.error_code != "drawing-short":
            draft["problem"] = explain(error, state.language())
    editing.redraw("preview")


def _step_back() -> None:
    draft = st.session_state[_DRAFT]
    draft["steps"] = draft["steps"][:-1] or draft["steps"]
    draft.pop("problem", None)
    editing.redraw("preview")


def _close() -> None:
    st.session_state.pop(_DRAFT, None)
    editing.redraw("preview")


def _save(page: Page) -> None:
    """Put the layout into the comic and give it to the page, in one step that undo takes back."""
    draft = st.session_state[_DRAFT]
    layout_id = draft["id"] or f"own-{editing.mint()}"
    name = str(st.session_state.get("layout-name") or "").strip() or _("My layout")
    layout = Layout(id=layout_id, name=name, panels=draft["steps"][-1], tags=("own",), spread=draft["spread"])
    value = layout.model_dump(mode="json")
    keep = edit("set_field", node="plan", field=f"kitsumy.layouts.{layout_id}", value=value)
    if editing.commit(batch(keep, edit("change_layout", page_id=page.id, layout=layout_id))):
        st.session_state.pop(_DRAFT, None)
    editing.redraw()


def remove(layout_id: str) -> None:
    """Take a layout of its own out of the comic; its pages are laid in rows till another is chosen."""
    editing.do(edit("set_field", node="plan", field=f"kitsumy.layouts.{layout_id}", value=None))


def used_by(book: Book, layout_id: str) -> int:
    """Return how many pages have this layout."""
    return sum(page.layout == layout_id for page in book.plan.pages())
