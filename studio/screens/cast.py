"""Keep the cast and the places of a comic: cards with drawn portraits, and the chosen one's form."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.models import ComicPlan
from studio import editing, state
from studio.components import cast_delete, header
from studio.components.cast_cards import (
    character_cards,
    choose,
    chosen_character,
    chosen_place,
    place_cards,
)
from studio.components.cast_facts import unlisted_places
from studio.components.character_form import character_form, new_character
from studio.components.opening import opened_comic
from studio.components.place_form import add_place, place_form
from studio.components.styling import two_sides
from studio.texts import _

SIDES = ("cast", "places")


def show() -> None:
    book = opened_comic()
    if book is None:
        return
    two_sides()
    with st.container(key="cast-desk"):
        left, right = st.columns([5, 4], gap="large")
    with left:
        top()
        cards()
    with right:
        form()
    cast_delete.dialog(book)
    header.watch()


def side() -> str:
    """Return what is shown: the cast or the places."""
    wanted = st.session_state.get("side")
    return wanted if wanted in SIDES else SIDES[0]


def _turned() -> None:
    st.session_state["side"] = st.session_state["cast-side"]
    state.write_url()
    editing.redraw()


@st.fragment(key="strip")
def top() -> None:
    """Draw the choice of side, and the button that adds."""
    plan = editing.book().plan
    counts = {"cast": len(plan.characters), "places": len(plan.kitsumy.locations)}
    names = {"cast": _("Cast"), "places": _("Places")}
    if st.session_state.get("cast-side") != side():
        st.session_state["cast-side"] = side()
    with st.container(horizontal=True, vertical_alignment="center", key="cast-top"):
        st.segmented_control(
            _("What to show"),
            SIDES,
            required=True,
            format_func=lambda s: f"{names[s]} ({counts[s]})",
            key="cast-side",
            label_visibility="collapsed",
            on_change=_turned,
        )
        st.space("stretch")
        if side() == "cast":
            _add_character()
        else:
            _add_place(plan)


@st.fragment(key="preview")
def cards() -> None:
    """Draw the cards."""
    book = editing.book()
    is_cast = side() == "cast"
    if not (book.plan.characters if is_cast else book.plan.kitsumy.locations):
        _invitation()
        return
    if is_cast:
        character_cards(book)
    else:
        place_cards(book)
    st.caption(_("Live sketches, drawn from the words of the form: no picture of an image model."))


@st.fragment(key="editor")
def form() -> None:
    """Draw the form of the chosen character or place."""
    book = editing.book()
    if side() == "cast":
        character = chosen_character(book)
        if character:
            character_form(book, character)
    elif place := chosen_place(book):
        place_form(book, place)


def _invitation() -> None:
    with st.container(border=True, horizontal_alignment="center", key="cast-empty"):
        if side() == "cast":
            st.subheader(_("Nobody is here yet"), anchor=False)
            st.write(_("Add the people and creatures of the story: each keeps its look in every picture."))
        else:
            st.subheader(_("No places yet"), anchor=False)
            st.write(_("A place that is listed here looks the same in every picture of it."))


def _add_character() -> None:
    with (
        st.popover(_("Add a character"), icon=":material/person_add:", type="primary", key="character-new"),
        st.form("character-new-form", border=False, clear_on_submit=True),
    ):
        st.text_input(_("Name"), key="new-name", max_chars=80)
        st.text_input(_("Role"), key="new-role", max_chars=200)
        st.form_submit_button(_("Add to the cast"), type="primary", on_click=_character_added)


def _character_added() -> None:
    name = " ".join(str(st.session_state["new-name"]).split())
    if name:
        person = new_character(name, " ".join(str(st.session_state["new-role"]).split()))
        if editing.commit(edit("add_character", character=person)):
            choose("character", person.id)
    editing.redraw()


def _add_place(plan: ComicPlan) -> None:
    with st.popover(_("Add a place"), icon=":material/add_location_alt:", type="primary", key="place-new"):
        key = f"place-name-{len(plan.kitsumy.locations)}"
        st.selectbox(
            _("Name"),
            unlisted_places(plan),
            index=None,
            accept_new_options=True,
            placeholder=_("Choose one that panels name, or type"),
            key=key,
            on_change=_place_added,
            args=(key,),
        )


def _place_added(key: str) -> None:
    name = str(st.session_state[key] or "").strip()
    if name:
        add_place(editing.book(), name)
    editing.redraw()


show()
