"""Render panels: choose them, follow the work, compare takes and pick one."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.render.staleness import Reason
from studio import editing, services, state
from studio.components import header
from studio.components.mounts import component, fired
from studio.components.naming import panel_name
from studio.components.opening import opened_comic
from studio.components.render_choice import choice
from studio.components.render_queue import active, queue
from studio.components.servers import servers, servers_folded
from studio.components.take_desk import take_desk
from studio.components.take_history import take_history
from studio.staleness import reasons_words, why_stale
from studio.texts import _, short
from studio.urls import panel_url


def show() -> None:
    book, project_id = opened_comic(), state.project_id()
    if book is None or project_id is None:
        return
    if not any(True for _panel in book.plan.panels()):
        st.info(_("There are no panels yet: add some on the Pages screen."), icon=":material/info:")
        return
    with st.container(border=True, key="render-choice"):
        choice(project_id, book, services.current().issues.of(book))
    work()
    left, right = st.columns([5, 4], gap="large")
    with left:
        if _side() == "panels":
            board()
        else:
            history()
    with right:
        takes()
    header.watch()


def work() -> None:
    """Show the queue, and beside it what each server does; servers without work fold away."""
    if not active(str(state.project_id())):
        queue()
        servers_folded()
        return
    left, right = st.columns([5, 3], gap="medium")
    with left:
        queue()
    with right:
        servers()


def _side() -> str:
    names = {"panels": _("Panels"), "history": _("All pictures")}
    side = st.segmented_control(
        _("What to show"),
        list(names),
        default="panels",
        required=True,
        format_func=lambda s: names[s],
        key="render-side",
        label_visibility="collapsed",
    )
    return side or "panels"


@st.fragment(key="history")
def history() -> None:
    """Show every picture of the comic, searchable."""
    project_id = state.project_id()
    assert project_id is not None
    take_history(project_id, editing.book())


@st.fragment(key="board")
def board() -> None:
    """Show every panel as it looks now; a click opens its takes, or ticks it when choosing by hand."""
    project_id, book = state.project_id(), editing.book()
    assert project_id is not None
    stale = why_stale(project_id, book)
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
                why = stale.get(panel.id, ())
                items.append(
                    {
                        "id": panel.id,
                        "src": panel_url(project_id, panel.id, version, 320),
                        "label": _panel_label(label, panel.action, why),
                        "caption": label,
                        "selected": panel.id in ticked if by_hand else panel.id == chosen,
                        "badge": _badge(book, panel.id, why),
                        "mark": "stale" if why else "",
                        "aspect": "4 / 3",
                    }
                )
    component("gallery", "gallery", "walk")(
        key="board",
        data={"items": items, "label": _("Panels"), "size": "9.5rem"},
        on_picked_change=_picked_panel,
    )


def _panel_label(name: str, action: str, why: tuple[Reason, ...]) -> str:
    label = f"{name}: {short(action, 100)}"
    if why:
        label += "\n" + _("Changed since: {reasons}").format(reasons=reasons_words(why, 9))
    return label


def _badge(book: Book, panel_id: str, why: tuple[Reason, ...]) -> str:
    if not book.picks.get(panel_id):
        return _("not rendered")
    return reasons_words(why, 1)


def _picked_panel() -> None:
    panel_id = fired("board", "picked")
    if not panel_id:
        return
    if st.session_state.get("render-scope") == "hand":
        st.session_state["by_hand"] = set(st.session_state.get("by_hand", set())) ^ {panel_id}
    state.select(panel=str(panel_id))
    editing.redraw("board", "takes")


@st.fragment(key="takes")
def takes() -> None:
    """Show the takes of the chosen panel."""
    project_id, book = state.project_id(), editing.book()
    assert project_id is not None
    panel = next((p for p in book.plan.panels() if p.id == st.session_state.get("panel")), None)
    panel = panel or next(book.plan.panels())
    take_desk(project_id, book, panel)


show()
