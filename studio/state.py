"""Hold every key of `st.session_state` and of the URL: which comic, page, panel, language; who writes.

F5 is a new session with an empty state, so what the writer looks at is in the URL, by ids.
"""

from __future__ import annotations

import time
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kitsumy_core.messages import DEFAULT_LANGUAGE, languages
from kitsumy_core.plan.book import MAIN
from studio import services

if TYPE_CHECKING:
    from kitsumy_core.plan.book import Book
    from kitsumy_core.plan.models import Chapter, Page, Panel

AUTHOR_COOKIE = "kitsumy_author"
BURST_PAUSE = 5.0
"""Seconds of quiet after which typing in the same field is a new step of undo."""

_URL = {key: key for key in ("comic", "page", "panel", "who", "place", "side", "lang", "edition")}


def begin() -> None:
    """Bring the session and the URL together; call first in every run.

    A new session, a link, and the browser's back and forward buttons speak through the URL; a change of
    screen empties it, and then the session writes it again.
    """
    state = st.session_state
    told = {key: st.query_params.get(name) for key, name in _URL.items()}
    if "begun" not in state:
        state.update(told)
        state["begun"] = True
    elif any(told.values()) and told != state.get("written"):
        state.update({key: value for key, value in told.items() if key != "lang" or value})
    if state["lang"] not in languages():
        state["lang"] = None
    write_url()


def on_screen() -> None:
    """Note which screen is being drawn; to be called when it is known, in every run of all of it."""
    st.session_state["screen"] = _screen()


def is_leaving() -> bool:
    """Tell, in a callback, whether another screen is about to be drawn than the one that called."""
    return bool(st.session_state.get("screen", _screen()) != _screen())


def _screen() -> str | None:
    context = get_script_run_ctx()
    return context.page_script_hash if context else None


def write_url() -> None:
    """Let the URL say what the session shows; the browser keeps each state in its history."""
    wanted = {name: st.session_state[key] for key, name in _URL.items() if st.session_state.get(key)}
    if {name: st.query_params.get(name) for name in wanted} != wanted or set(st.query_params) - set(wanted):
        st.query_params.from_dict(wanted)
    st.session_state["written"] = {key: wanted.get(name) for key, name in _URL.items()}


def language() -> str:
    """Return the studio's language for this session."""
    chosen = st.session_state.get("lang")
    if chosen:
        return str(chosen)
    configured = services.current().settings.language
    return configured if configured in languages() else DEFAULT_LANGUAGE


def set_language(code: str) -> None:
    st.session_state["lang"] = code


def author() -> str:
    """Return this browser's author id (from its cookie)."""
    return str(st.context.cookies.get(AUTHOR_COOKIE) or "local")


def project_id() -> str | None:
    found = st.session_state.get("comic")
    return str(found) if found else None


def open_project(project: str, page: str | None = None, panel: str | None = None) -> None:
    st.session_state.update({"comic": project, "page": page, "panel": panel, "edition": None})


def close_project() -> None:
    st.session_state.update({"comic": None, "page": None, "panel": None, "edition": None})


def select(page: str | None = None, panel: str | None = None) -> None:
    """Choose a page (its first panel) or a panel; the URL follows at once."""
    if page is not None:
        st.session_state["page"] = page
        st.session_state["panel"] = panel
    elif panel is not None:
        st.session_state["panel"] = panel
    write_url()


def current_page(book: Book) -> tuple[Chapter, Page] | None:
    """Return the chosen page with its chapter; the first one if it is gone, None in an empty book."""
    wanted = st.session_state.get("page")
    first: tuple[Chapter, Page] | None = None
    for chapter in book.plan.chapters:
        for page in chapter.pages:
            if page.id == wanted:
                return chapter, page
            first = first or (chapter, page)
    return first


def edition_id(book: Book) -> str:
    """Return the chosen edition of a book; the main one if it is gone."""
    wanted = st.session_state.get("edition")
    return str(wanted) if any(edition.id == wanted for edition in book.editions) else MAIN


def choose_edition(edition: str) -> None:
    st.session_state["edition"] = None if edition == MAIN else edition
    write_url()


def current_panel_id() -> str:
    return str(st.session_state.get("panel") or "")


def current_panel(page: Page) -> Panel | None:
    """Return the chosen panel of a page, its first one by default, None on a page without panels."""
    wanted = st.session_state.get("panel")
    return next((p for p in page.panels if p.id == wanted), None) or next(iter(page.panels), None)


def seen(rev: int | None = None) -> int:
    """Return, or note, the newest revision this session shows."""
    if rev is not None:
        st.session_state["seen"] = rev
    return int(st.session_state.get("seen", -1))


def whole(rev: int | None = None) -> int:
    """Return, or note, the revision that all of the screen shows; the tab's line tells of newer ones."""
    project = project_id()
    if rev is not None and project is not None:
        st.session_state["whole"] = rev
        services.current().news.saw(project, tab(), "rev", rev)
    return int(st.session_state.get("whole", -1))


def tab() -> str:
    """Return the name of this session, by which the newsroom knows its tab."""
    return str(st.session_state.setdefault("tab", token_urlsafe(9)))


def burst(field: str) -> str:
    """Return the name of the typing burst that an edit of this field belongs to."""
    state, now = st.session_state, time.time()
    last: dict[str, Any] = state.get("burst", {})
    if last.get("field") != field or now - last.get("at", 0.0) > BURST_PAUSE:
        last = {"field": field, "name": f"{field}@{now:.3f}"}
    state["burst"] = last | {"at": now}
    return str(last["name"])


def note(text: str, icon: str = "info") -> None:
    """Keep a short message for the next drawing of the status line."""
    st.session_state.setdefault("notes", []).append((text, icon))


def has_notes() -> bool:
    return bool(st.session_state.get("notes"))


def notes() -> list[tuple[str, str]]:
    """Return the messages kept so far, once."""
    found: list[tuple[str, str]] = st.session_state.pop("notes", [])
    return found
