"""Turn what a widget says into one edit, commit it, and redraw only what shows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import wait
from typing import Any, get_args
from uuid import uuid4
from zlib import crc32

import streamlit as st
from streamlit.errors import StreamlitAPIException

from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain, say
from kitsumy_core.page.formats import FORMATS
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import EDITS, Edit, edit
from kitsumy_core.plan.models import DialogueKind, NarrativeKind, ReadingDirection
from studio import services, state
from studio.news import LOOK
from studio.pictures import SCREEN
from studio.texts import _
from studio.urls import page_url

EVERYTHING = ("preview", "editor", "status", "strip")
"""What an edit may change, in the order in which it is redrawn: what the writer looks at first."""
SHOWN = ("preview", "status", "strip")
"""What follows a change of a field; the form itself already shows it."""


PICTURE_FIRST, SHOWING = 0.4, 0.03
"""Seconds for which redrawing the screen waits until the picture is drawn, and shown: the writer looks at it
first, and both at once would take longer."""

DOUBLE_CLICK = 0.6
"""Seconds within which the same adding or removing command is taken for the same click."""

_ONCE = frozenset(
    {op for op in EDITS if op.startswith(("add_", "delete_", "duplicate_"))} | {"split_page", "join_pages"}
)


CLOSED: Mapping[str, Collection[str]] = {
    "kitsumy.kind": get_args(DialogueKind),
    "kitsumy.narrativeKind": get_args(NarrativeKind),
    "kitsumy.readingDirection": get_args(ReadingDirection),
    "kitsumy.format": FORMATS,
}
"""Fields that take one of a few values."""


def mint() -> str:
    """Return a fresh id for something new."""
    return uuid4().hex[:12]


def book() -> Book:
    """Return the open comic as it stands. Raises NotFoundError."""
    project_id = state.project_id()
    assert project_id is not None
    head = services.current().store.head(project_id)
    state.seen(head.rev)
    return head.book


def commit(wanted: Edit, *, burst: str | None = None, base: int | None = None) -> bool:
    """Commit an edit of the open comic; failures and conflicts are said in the status line."""
    project_id = state.project_id()
    assert project_id is not None
    if _is_double_click(wanted):
        return False
    try:
        done = services.current().store.commit(
            project_id, wanted, state.author(), base_rev=base, burst=state.burst(burst) if burst else None
        )
    except KitsumyError as error:
        state.note(explain(error, state.language()), "error")
        return False
    _committed(project_id, done.rev, done.book)
    _picture_ahead(project_id, done.book)
    if done.conflicts:
        services.current().news.tell(project_id, LOOK)
        state.note(_("Somebody else changed this at the same time: both texts are kept."), "warning")
        st.session_state["conflict-met"] = True
    return True


def _committed(project_id: str, rev: int, book: Book) -> None:
    """Note an edit of one's own: the screen will show all there is, unless others came in between."""
    state.seen(rev)
    if rev <= state.whole() + 1:
        all_is_shown(rev, book)
    else:
        services.current().news.tell(project_id, LOOK)


def all_is_shown(rev: int, book: Book) -> None:
    """Note that all of the screen shows a revision, and how the open page looks in it."""
    state.whole(rev)
    shows("page", _page_look(book))


def catch_up() -> None:
    """Redraw what somebody else changed: with the open page untouched, only what tells of the others."""
    now = book()
    if "page-view" not in st.session_state or shown("page") != _page_look(now):
        st.rerun()
    state.whole(state.seen())
    redraw("strip", "issues", "status")


def _page_look(now: Book) -> object:
    """Return what decides how the open page looks, and which pages there are."""
    found = state.current_page(now)
    if found is None:
        return None
    version = services.current().pictures.version(now, *found, state.edition_id(now))
    return version, now.plan.title, found[0].title, tuple(page.id for page in now.plan.pages())


def _picture_ahead(project_id: str, book: Book) -> None:
    """Draw the page on screen as it is now, and let every tab that shows it ask for it at once."""
    found = state.current_page(book) if "page-view" in st.session_state else None
    if found is None:
        return
    pictures, edition = services.current().pictures, state.edition_id(book)
    drawn = pictures.ahead(project_id, book, *found, SCREEN, edition)
    page = found[1].id
    services.current().news.tell(
        project_id,
        {
            "page": page,
            "v": pictures.version(book, *found, edition),
            "edition": edition,
            "src": page_url(project_id, book, *found, SCREEN, edition),
        },
    )
    if drawn:
        wait([drawn], PICTURE_FIRST)
        time.sleep(SHOWING)


def _is_double_click(wanted: Edit) -> bool:
    """Tell whether this is the second half of a double click: what adds or removes happens once."""
    last_op, at = st.session_state.get("last-op", ("", 0.0))
    now = time.monotonic()
    st.session_state["last-op"] = (wanted.op, now)
    return wanted.op == last_op and wanted.op in _ONCE and now - at < DOUBLE_CLICK


def redraw(*fragments: str) -> None:
    """Rerun only these fragments, or everything where one is not there; to be called last in a callback."""
    if state.is_leaving():
        return
    if st.session_state.pop("conflict-met", False):
        fragments = (*EVERYTHING, "problems")
    elif fragments and "problems" not in fragments and st.session_state.get("conflicts-shown"):
        fragments = (*fragments, "problems")  # an open conflict follows what is typed
    try:
        st.rerun(list(fragments or EVERYTHING))
    except StreamlitAPIException:  # a screen without one of these fragments
        st.rerun()


def shows(fragment: str, look: object) -> None:
    """Note how a fragment looks now."""
    st.session_state.setdefault("looks", {})[fragment] = look


def shown(fragment: str, default: Any = None) -> Any:
    """Return how a fragment looked when it was last drawn."""
    return st.session_state.get("looks", {}).get(fragment, default)


def focus(node: str, field: str) -> None:
    """Put the cursor into a field when it is next on screen."""
    st.session_state["focus"] = {"key": field_key(node, field), "n": time.monotonic()}


def do(wanted: Edit, *, show: Sequence[str] = EVERYTHING) -> None:
    """Commit an edit and redraw: the whole callback of a button."""
    commit(wanted)
    redraw(*show)


def undo() -> None:
    _step(services.current().store.undo)


def redo() -> None:
    _step(services.current().store.redo)


def _step(take: Callable[[str, str], Any]) -> None:
    project_id = state.project_id()
    assert project_id is not None
    try:
        done = take(project_id, state.author())
        _committed(project_id, done.rev, done.book)
        _picture_ahead(project_id, done.book)
    except KitsumyError as error:
        state.note(explain(error, state.language()), "info")
    redraw()


def field_key(node: str, field: str) -> str:
    """Return the key of the widget of a field: letters, digits and hyphens, another one for every field."""
    wanted = f"{node}-{field}"
    safe = "".join(c if c.isalnum() and c.isascii() else "-" for c in wanted)
    plain = wanted.replace(":", "-", 1).replace("kitsumy.", "kitsumy-", 1)
    return f"w-{safe}" if safe == plain else f"w-{safe}-{crc32(wanted.encode()):08x}"


def seed(node: str, field: str, value: Any) -> str:
    """Let a field's widget show the model's value: the model wins, and only where it differs.

    A field that is being typed in keeps its text and the revision it was begun on, so that a change that
    somebody else made meanwhile is noticed when it is saved.
    """
    key, bases = field_key(node, field), _bases()
    st.session_state.setdefault("field-nodes", {})[key] = node
    if key in _begun() and key in st.session_state:
        return key
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
        bases[key] = state.seen()
    return key


def began(key: str) -> None:
    """Note that the writer began to type in a field: what it showed is the base of what will be saved."""
    if key and key in st.session_state:
        _begun().setdefault(key, _bases().get(key, state.seen()))


def changed(node: str, field: str, show: Sequence[str] = SHOWN) -> None:
    """Commit a field's new value and redraw what shows it: the callback of its widget."""
    save(node, field)
    redraw(*show)


def save(node: str, field: str) -> None:
    """Commit the value that a field's widget holds, on the revision at which it was begun."""
    key = field_key(node, field)
    value = st.session_state.get(key)
    if key not in st.session_state or (field in CLOSED and value not in CLOSED[field]):
        return  # the field has left the screen, or its choices were just renamed into another language
    value = list(value) if isinstance(value, (list, tuple)) else value
    base = _begun().pop(key, None)
    wanted = edit("set_field", node=node, field=field, value=value if value is not None else "")
    typed = isinstance(value, str)
    base = _bases().get(key) if base is None else base
    if commit(wanted, burst=f"{node}.{field}" if typed else None, base=base):
        if st.session_state.get("conflict-met"):
            _begun()[key] = base if base is not None else state.seen()
            st.session_state["in-conflict"] = True
        else:
            _bases()[key] = state.seen()


def conflicts_are_settled() -> None:
    """Let fields whose text was one side of a conflict show what the comic holds now."""
    if st.session_state.pop("in-conflict", False):
        _begun().clear()


def _bases() -> dict[str, int]:
    """The revision at which each mounted field's value was shown."""
    found: dict[str, int] = st.session_state.setdefault("bases", {})
    return found


def _begun() -> dict[str, int]:
    """The fields being typed in, with the revision they were begun on."""
    found: dict[str, int] = st.session_state.setdefault("begun-fields", {})
    return found


def forget_fields(keep: Sequence[str], only: Collection[str] | None = None) -> None:
    """Drop the widget keys of nodes that left the screen: a run costs time for every key there is.

    With `only`, the keys that are still on screen, the nodes' other fields are dropped too.
    """
    known: dict[str, str] = st.session_state.setdefault("field-nodes", {})
    gone = [k for k, node in known.items() if node not in keep or (only is not None and k not in only)]
    for key in gone:
        for table in (st.session_state, known, _bases(), _begun()):
            table.pop(key, None)


def explained(code: str, **params: Any) -> str:
    return say(code, params, state.language())
