"""Head every screen: the comic's title, what is saved, undo and redo, conflicts, the studio's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from kitsumy_core.errors import KitsumyError, NotFoundError
from kitsumy_core.messages import languages
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import Edit
from studio import editing, services, state
from studio.components.conflicts import problems
from studio.components.edition_choice import edition_menu
from studio.components.guide import guide_button
from studio.components.mounts import component, fired
from studio.components.proposals import proposals
from studio.components.streamlit_words import words_of_streamlit
from studio.components.styling import icon_button, looks_everywhere
from studio.news import texts
from studio.texts import _, ngettext, plain, when
from studio.urls import news_url

LANGUAGE_NAMES = {"uk": "Українська", "en": "English"}
TONES = {"error": st.error, "warning": st.warning, "info": st.info, "success": st.success}


def page_setup() -> None:
    """Mount what every screen needs once: saving while typing, the page's language for screen readers."""
    looks_everywhere()
    _autosave()


@st.fragment(key="autosave")
def _autosave() -> None:
    """Mount the helper that saves while typing. In a fragment, so that its news redraw nothing else.

    What is triggered outside of fragments stops the ticking of all that tick.
    """
    component("autosave", "none", "page_words", "page_focus", "page_scheme")(
        key="autosave-helper",
        data={
            "lang": state.language(),
            "words": words_of_streamlit(),
            "focus": st.session_state.get("focus"),
        },
        height=1,
        on_began_change=_began,
    )


def _began() -> None:
    editing.began(str(fired("autosave-helper", "began") or ""))


def language_menu() -> None:
    """Let the writer switch the studio's language."""
    st.selectbox(
        _("Language of the studio"),
        languages(),
        index=languages().index(state.language()),
        format_func=lambda code: LANGUAGE_NAMES.get(code, code),
        key="language-menu",
        on_change=lambda: state.set_language(st.session_state["language-menu"]),
        label_visibility="collapsed",
        width=150,
    )


def title_row(title: str) -> None:
    """Head a screen that belongs to no comic."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title, anchor=False, width="stretch")
        guide_button()
        language_menu()
    for text, tone in state.notes():
        TONES[tone](plain(text))


def comic_row(book: Book) -> None:
    """Head a screen of one comic: its title, status line, language."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(plain(book.plan.title) or _("Untitled"), anchor=False, width="stretch")
        made_by = book.plan.kitsumy.made_by
        if made_by and made_by.kind == "beats":
            st.badge(
                _("Plan made without AI"),
                icon=":material/edit_note:",
                color="orange",
                help=_("A beat sheet with questions for you to answer."),
            )
        edition_menu(book)
        status()
        guide_button()
        language_menu()
    problems()
    proposals()


class Status(NamedTuple):
    """What the status line says."""

    waiting: int
    saved: str
    undo: str | None
    redo: str | None


def status_look() -> Status:
    """Return what the status line has to say now."""
    running, project_id = services.current(), state.project_id()
    assert project_id is not None
    before = running.store.can_undo(project_id, state.author())
    after = running.store.can_redo(project_id, state.author())
    return Status(
        len(running.store.jobs(project_id, "queued", "running")),
        when(running.store.project(project_id).updated),
        _step_name(before.edit) if before else None,
        _step_name(after.edit) if after else None,
    )


@st.fragment(key="status")
def status() -> None:
    """Say when the work was saved, and offer to undo and redo."""
    look = status_look()
    editing.shows("status", look)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="status-line"):
        if look.waiting:
            st.badge(
                ngettext("{n} picture under way", "{n} pictures under way", look.waiting),
                icon=":material/progress_activity:",
                color="violet",
            )
        st.badge(_("Saved {time}").format(time=look.saved), icon=":material/cloud_done:", color="green")
        _step("undo", look.undo, _("Undo: {what} (Ctrl+Z)"), _("Nothing to undo"), editing.undo)
        _step("redo", look.redo, _("Redo: {what} (Ctrl+Y)"), _("Nothing to redo"), editing.redo)
    for text, tone in state.notes():
        st.toast(plain(text), icon=":material/error:" if tone == "error" else ":material/info:")


def _step(key: str, what: str | None, able: str, unable: str, take: Callable[[], None]) -> None:
    icon_button(
        key,
        unable if what is None else able.format(what=what),
        disabled=what is None,
        key=key,
        on_click=take,
    )


def _step_name(edit: Edit) -> str:
    names = {
        "set_field": _("change of a text"),
        "change_layout": _("change of the layout"),
        "move_node": _("move"),
        "delete_node": _("deletion"),
        "delete_character": _("deletion"),
        "delete_edition": _("deletion"),
        "duplicate_node": _("copy"),
        "split_page": _("split of a page"),
        "join_pages": _("joining of pages"),
        "pick_take": _("choice of a picture"),
        "pick_takes": _("choice of pictures"),
        "restore_book": _("return to a draft"),
        "restore_draft": _("return to a draft"),
        "resolve_conflict": _("choice between two texts"),
        "write_draft": _("text of a language model"),
    }
    return names.get(edit.op, _("addition") if edit.op.startswith("add_") else _("change"))


@st.fragment(key="news")
def watch() -> None:
    """Hold the line on which the server tells that another tab, writer or picture changed the comic."""
    project_id = state.project_id()
    if project_id is not None:
        component("news", "none")(
            key="news-line",
            data={"address": news_url(project_id, state.tab())},
            height=1,
            on_behind_change=_look,
        )


def _look() -> None:
    """Redraw the screen if it is behind the comic; to be called last in a callback."""
    project_id = state.project_id()
    if project_id is None:
        return
    try:
        store = services.current().store
        now, open_conflicts = store.version(project_id), texts(store.conflicts(project_id))
    except NotFoundError:  # deleted for good in another tab
        state.close_project()
        st.rerun()
    except KitsumyError:  # the database is away for a moment
        return
    if open_conflicts != st.session_state.get("conflicts-shown", open_conflicts):
        st.rerun()
    if now != state.whole():
        editing.catch_up()
    state.whole(now)  # nothing to do, but the line did not know it
    services.current().news.saw(project_id, state.tab(), "conflicts", open_conflicts)
