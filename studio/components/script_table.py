"""Edit all dialogue of the book in one table: search, replace everywhere, sort by character."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kitsumy_core.plan.book import MAIN, Book
from kitsumy_core.plan.edits import batch
from studio import editing, state
from studio.components.edition_choice import edition_names
from studio.components.panel_form import distinct_names
from studio.components.script_rows import (
    CAPTION,
    SOUND,
    Row,
    Search,
    changes,
    chosen,
    count,
    fresh_cells,
    replacement,
    rows_of,
    with_cells,
)
from studio.components.words import KINDS, kind_label
from studio.texts import _, ngettext
from studio.translations import standing_of

FIND, REPLACE, CASE, WHOLE = "script-find", "script-replace", "script-case", "script-whole"
SCOPE, SPEAKER, ORDER = "script-scope", "script-speaker", "script-order"
BASE = "script-base"
LINES, ALL = "lines", "all"
BY_PAGE, BY_CHARACTER = "page", "character"
REDRAWN = ("strip", "editor", "preview", "status", "problems")
ROW_HEIGHT, MOST_HEIGHT = 38, 640
TWO_TEXTS = 270
"""Width in pixels of a text beside another one, so that both are seen in a narrow window."""


def _search() -> Search:
    held = st.session_state
    return Search(str(held.get(FIND) or ""), bool(held.get(CASE)), bool(held.get(WHOLE)))


def _shown(book: Book) -> list[Row]:
    """Return the rows that the table shows now."""
    held, edition, old = st.session_state, state.edition_id(book), frozenset[str]()
    if edition != MAIN:
        old = frozenset(standing_of(str(state.project_id()), book, edition).old)
    cast = [character.id for character in book.plan.characters]
    return chosen(
        rows_of(book, captions=held.get(SCOPE) == ALL, edition=edition, old=old),
        search=_search(),
        speaker=held.get(SPEAKER),
        by_character=cast if held.get(ORDER) == BY_CHARACTER else None,
    )


def _names(book: Book) -> dict[str, str]:
    """Return everybody who speaks or could, by what stands in the plan."""
    names = distinct_names(book)
    said = (line.character for panel in book.plan.panels() for line in panel.dialogue)
    return names | {name: name for name in said if name and name not in names}


def table_tools(book: Book) -> None:
    """Draw what chooses the rows, and the replacement."""
    names = _names(book)
    if not rows_of(book, captions=True):
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="script-tools"):
        st.text_input(_("Find"), key=FIND, live=True, icon=":material/search:", on_change=_again, width=250)
        st.text_input(_("Replace with"), key=REPLACE, live=True, on_change=_again, width=250)
        _replace_button(book)
        st.space("stretch")
        st.selectbox(
            _("Who speaks"),
            list(names),
            index=None,
            format_func=lambda name: names.get(name, name),
            placeholder=_("Everybody"),
            key=SPEAKER,
            on_change=_again,
            width=190,
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="script-choices"):
        st.checkbox(_("Match case"), key=CASE, on_change=_again)
        st.checkbox(_("Whole words"), key=WHOLE, on_change=_again)
        st.space("stretch")
        st.segmented_control(
            _("What is listed"),
            [LINES, ALL],
            default=None if SCOPE in st.session_state else LINES,
            required=True,
            format_func={LINES: _("Dialogue"), ALL: _("Captions and sounds too")}.__getitem__,
            key=SCOPE,
            on_change=_again,
            label_visibility="collapsed",
        )
        st.segmented_control(
            _("Order"),
            [BY_PAGE, BY_CHARACTER],
            default=None if ORDER in st.session_state else BY_PAGE,
            required=True,
            format_func={BY_PAGE: _("As it is read"), BY_CHARACTER: _("By character")}.__getitem__,
            key=ORDER,
            on_change=_again,
            label_visibility="collapsed",
        )


def _again() -> None:
    editing.redraw("editor", "preview")


def _replace_button(book: Book) -> None:
    """Say how many finds there are, and replace them all on a click."""
    search, shown = _search(), _shown(book)
    found, _rows = count(shown, search)
    able = replacement(shown, search, str(st.session_state.get(REPLACE) or "")) is not None
    st.button(
        ngettext("Replace {n} find", "Replace all {n} finds", found) if search.words else _("Replace all"),
        icon=":material/find_replace:",
        disabled=not able,
        key="script-go",
        on_click=_replace,
        help=_("One step: undo takes all of it back."),
    )


def _replace() -> None:
    book = editing.book()
    shown, search = _shown(book), _search()
    wanted = replacement(shown, search, str(st.session_state.get(REPLACE) or ""))
    found, _rows = count(shown, search)
    if wanted and editing.commit(wanted, base=state.seen()):
        text = ngettext(
            "{n} find was replaced. Undo takes it back.",
            "{n} finds were replaced. Undo takes all of it back.",
            found,
        )
        state.note(text, "success")
    editing.redraw(*REDRAWN)


def script_table(book: Book) -> None:
    """Mount the table of the chosen rows. It keeps its place while one edits: see `_table_key`."""
    rows = _shown(book)
    if not rows:
        _nothing(book)
        return
    search = _search()
    line = ngettext("{n} text", "{n} texts", len(rows))
    if search.words:
        finds = ngettext("found {n} time", "found {n} times", count(rows, search)[0])
        line = f"{finds} · {line}"
    st.caption(line)
    edition = state.edition_id(book)
    key = _table_key(rows, edition)
    base: list[Row] = st.session_state[BASE]["rows"]
    names = _names(book)
    st.data_editor(
        _frame(base, edition),
        key=key,
        hide_index=True,
        num_rows="fixed",
        height=min(MOST_HEIGHT, ROW_HEIGHT * (len(base) + 1) + 3),
        row_height=ROW_HEIGHT,
        disabled=["page", "panel", "is_old"],
        column_order=["page", "panel", "speaker", "text", *_more(edition, base)],
        column_config=_columns(names, base) | _own_columns(book, edition),
        on_change=_edited,
        args=(key,),
        alt=_("Table of all dialogue"),
    )
    st.caption(_("A double click or Enter edits a cell. Every change is saved at once."))


def _nothing(book: Book) -> None:
    if rows_of(book):
        st.info(
            _("Nothing is found. Change what is looked for, or who speaks."), icon=":material/search_off:"
        )
    else:
        st.info(
            _("Nobody says anything yet. Write lines on the Pages screen; all of them are listed here."),
            icon=":material/forum:",
        )


def _more(edition: str, rows: list[Row]) -> list[str]:
    """Return the columns behind the main text: the kind of balloon, or what an edition says instead."""
    if edition == MAIN:
        return ["kind"]
    return ["own", *(["is_old"] if any(row.is_old for row in rows) else [])]


def _own_columns(book: Book, edition: str) -> dict[str, Any]:
    if edition == MAIN:
        return {}
    return {
        "text": st.column_config.TextColumn(_("Words"), width=TWO_TEXTS),
        "own": st.column_config.TextColumn(
            edition_names(book)[edition], width=TWO_TEXTS, help=_("Empty: as in the main edition")
        ),
        "is_old": st.column_config.TextColumn(
            _("Main text"), width=90, help=_("The main text changed after this one was written.")
        ),
    }


def _frame(rows: list[Row], edition: str) -> Any:
    import pandas as pd

    own = {"own": [row.own for row in rows], "is_old": [_("changed") if r.is_old else "" for r in rows]}
    return pd.DataFrame(
        (own if edition != MAIN else {})
        | {
            "page": [row.page for row in rows],
            "panel": [row.panel for row in rows],
            "speaker": [row.speaker or None for row in rows],
            "text": [row.text for row in rows],
            "kind": [row.kind for row in rows],
        }
    )


def _columns(names: Mapping[str, str], rows: list[Row]) -> dict[str, Any]:
    kinds = [*KINDS, *(extra for extra in (CAPTION, SOUND) if any(row.kind == extra for row in rows))]
    return {
        "page": st.column_config.NumberColumn(_("Page"), width=60),
        "panel": st.column_config.NumberColumn(_("Panel"), width=60),
        "speaker": st.column_config.SelectboxColumn(
            _("Speaker"),
            options=list(names),
            format_func=lambda name: names.get(str(name), str(name)),
            width=150,
        ),
        "text": st.column_config.TextColumn(_("Words"), width="large"),
        "kind": st.column_config.SelectboxColumn(
            _("Kind"), options=kinds, format_func=_kind_name, required=True, width=130
        ),
    }


def _kind_name(kind: object) -> str:
    return {CAPTION: _("caption"), SOUND: _("sound")}.get(str(kind)) or kind_label(str(kind))


def _table_key(rows: list[Row], edition: str) -> str:
    """Return the key of the table's widget; it changes only where the model differs from what is shown.

    The widget keeps its cells over an unchanging base, and with it the place where the writer reads. What
    was edited here is in both; what came from elsewhere (undo, another writer, a filter) makes a new base.
    """
    held: dict[str, Any] = st.session_state.setdefault(BASE, {"rows": [], "shown": None, "turn": 0})
    if held["shown"] != rows or held.get("edition") != edition:
        held |= {"rows": rows, "shown": rows, "turn": held["turn"] + 1, "done": {}, "rev": state.seen()}
        held["edition"] = edition
    return f"script-table-{held['turn']}"


def _edited(key: str) -> None:
    """Commit the cells that changed since the last time; the table reports all since it was mounted."""
    held = st.session_state[BASE]
    cells: Mapping[Any, Mapping[str, Any]] = st.session_state[key].get("edited_rows", {})
    done: dict[tuple[int, str], Any] = held["done"]
    fresh = fresh_cells(cells, done)
    edits = changes(held["shown"], fresh, held["edition"])
    if edits and editing.commit(batch(*edits), base=state.seen()):
        done |= {(int(index), c): v for index, columns in fresh.items() for c, v in columns.items()}
        held["shown"] = with_cells(held["rows"], cells)
    elif fresh:
        held["shown"] = None
    editing.redraw(*REDRAWN)
