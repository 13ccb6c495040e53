"""Name the editions of a comic, and let the writer choose the one that all screens show."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from kitsumy_core.plan.book import MAIN, Book, Edition
from studio import state
from studio.components.story_form import format_name, language_name
from studio.texts import _

CHOICE = "edition-choice"


def edition_names(book: Book) -> dict[str, str]:
    """Return a name for every edition's id, no two alike: its language, with its format if needed."""
    names: dict[str, str] = {}
    languages = Counter(book.language(edition.id) for edition in book.editions)
    for edition in (book.edition(MAIN), *(one for one in book.editions if one.id != MAIN)):
        plain = _name(book, edition, languages[book.language(edition.id)] > 1)
        name, number = plain, 2
        while name in names.values():
            name, number = f"{plain} ({number})", number + 1
        names[edition.id] = name
    return names


def _name(book: Book, edition: Edition, with_format: bool) -> str:
    name = language_name(book.language(edition.id))
    if edition.id == MAIN:
        return _("{language}, main").format(language=name)
    return f"{name}, {format_name(book.format(edition.id))}" if with_format else name


def edition_menu(book: Book) -> None:
    """Draw the choice where there is more than one edition."""
    if len(book.editions) < 2:
        return
    names, chosen = edition_names(book), state.edition_id(book)
    if st.session_state.get(CHOICE) != chosen:
        st.session_state[CHOICE] = chosen
    st.selectbox(
        _("Edition"),
        list(names),
        format_func=lambda edition: names.get(edition, edition),
        key=CHOICE,
        on_change=_chosen,
        label_visibility="collapsed",
        width=164,
    )


def _chosen() -> None:
    state.choose_edition(str(st.session_state[CHOICE]))
