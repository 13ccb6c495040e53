"""Render panels: choose them, follow the work, compare takes and pick one."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import edit
from kitsumy_core.store import Take
from studio import editing, services, state
from studio.components import header, page_tools
from studio.components.empty import no_comic
from studio.components.mounts import component, fired
from studio.components.naming import backend_name, panel_name
from studio.components.render_choice import choice
from studio.components.render_queue import queue
from studio.staleness import stale_panels
from studio.texts import _, ngettext, plain, short, when
from studio.urls import panel_url, take_url


def show() -> None:
    project_id = state.project_id()
    header.page_setup()
    if project_id is None or not page_tools.exists(project_id):
        no_comic()
        return
    book = editing.book()
    header.comic_row(book)
    if not any(True for _panel in book.plan.panels()):
        st.info(_("There are no panels yet: add some on the Pages screen."), icon=":material/info:")
        return
    with st.container(border=True, key="render-choice"):
        choice(project_id, book, services.current().issues.of(book))
    queue()
    left, right = st.columns([5, 4], gap="large")
    with left:
        board()
    with right:
        takes()
    header.watch()


@st.fragment(key="board")
def board() -> None:
    """Show every panel as it looks now; a click opens its takes, or ticks it when choosing by hand."""
    project_id, book = state.project_id(), editing.book()
    assert project_id is not None
    stale = set(stale_panels(project_id, book))
    by_hand = st.session_state.get("render-scope") == "hand"
    ticked = st.session_state.get("by_hand", set())
    chosen = st.session_state.get("panel")
    pictures = services.current().pictures
    items = []
    for chapter in book.plan.chapters:
        for page in chapter.pages:
            version = pictures.version(book, chapter, page)
            for panel in page.panels:
                label = panel_name(book, panel.id)
                items.append(
                    {
                        "id": panel.id,
                        "src": panel_url(project_id, panel.id, version, 320),
                        "label": f"{label}: {short(panel.action, 100)}",
                        "caption": label,
                        "selected": panel.id in ticked if by_hand else panel.id == chosen,
                        "badge": _badge(book, panel.id, stale),
                        "mark": "stale" if panel.id in stale else "",
                        "aspect": "4 / 3",
                    }
                )
    st.subheader(_("Panels"), anchor=False)
    component("gallery", "gallery")(
        key="board",
        data={"items": items, "label": _("Panels"), "size": "9.5rem"},
        on_picked_change=_picked_panel,
    )


def _badge(book: Book, panel_id: str, stale: set[str]) -> str:
    if not book.picks.get(panel_id):
        return _("not rendered")
    return _("changed") if panel_id in stale else ""


def _picked_panel() -> None:
    panel_id = fired("board", "picked")
    if not panel_id:
        return
    if st.session_state.get("render-scope") == "hand":
        st.session_state["by_hand"] = set(st.session_state.get("by_hand", set())) ^ {panel_id}
    state.select(panel=str(panel_id))


@st.fragment(key="takes")
def takes() -> None:
    """Show the takes of the chosen panel side by side; a click picks one."""
    project_id, book = state.project_id(), editing.book()
    assert project_id is not None
    panel = next((p for p in book.plan.panels() if p.id == st.session_state.get("panel")), None)
    panel = panel or next(book.plan.panels())
    st.subheader(panel_name(book, panel.id), anchor=False)
    st.caption(plain(panel.action))
    found = services.current().store.takes(project_id, panel.id)
    if not found:
        st.info(_("No pictures yet. Render this panel, or look at its live sketch."), icon=":material/brush:")
        return
    pick = book.picks.get(panel.id)
    st.caption(
        ngettext(
            "{n} take; the ticked one is on the page.",
            "{n} takes; the ticked one is on the page.",
            len(found),
        )
    )
    component("gallery", "gallery")(
        key="takes",
        data={
            "items": [_take_item(project_id, take, pick) for take in reversed(found)],
            "label": _("Takes of the panel"),
            "size": "13rem",
        },
        on_picked_change=_picked_take,
    )
    if pick:
        st.button(
            _("Show none of them"),
            icon=":material/hide_image:",
            key="pick-none",
            type="tertiary",
            on_click=_pick,
            args=(panel.id, None),
        )


def _take_item(project_id: str, take: Take, pick: str | None) -> dict[str, object]:
    made = backend_name(take.made_by)
    return {
        "id": f"{take.panel_id}\n{take.id}",
        "src": take_url(project_id, take.id, 480),
        "label": f"{made}, {when(take.created)}",
        "caption": f"{made} · {when(take.created)}",
        "selected": take.id == pick,
        "aspect": f"{take.width} / {take.height}",
    }


def _picked_take() -> None:
    found = str(fired("takes", "picked") or "")
    if found:
        panel_id, _sep, take_id = found.partition("\n")
        _pick(panel_id, take_id)


def _pick(panel_id: str, take_id: str | None) -> None:
    editing.do(edit("pick_take", panel_id=panel_id, take_id=take_id), show=("board", "takes", "status"))


show()
