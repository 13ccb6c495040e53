"""Edit the words of one panel in another edition: the main text above, the edition's own below it."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import MAIN, Book
from kitsumy_core.plan.editions import MainText, main_texts
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.flat import id_of, key_of
from kitsumy_core.plan.models import Page, Panel
from studio import editing, services, state
from studio.components.edition_choice import edition_names
from studio.components.header import status_look
from studio.components.panel_form import distinct_names
from studio.components.words import kind_label
from studio.editing import field_key, seed
from studio.pictures import SCREEN
from studio.texts import _, plain
from studio.translations import standing_of

LOOK = "edition-form"


def edition_form(book: Book, page: Page, panel: Panel, edition_id: str) -> None:
    """Draw the words of a panel. An empty field means: as in the main edition."""
    node, told = key_of("edition", edition_id), list(main_texts(panel))
    editing.forget_fields([node], {field_key(node, f"texts.{main.id}") for main in told})
    old = _old(book, edition_id)
    editing.shows(LOOK, _look(old, told))
    number = page.panels.index(panel) + 1
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(_("Panel {number}").format(number=number), anchor=False, width="stretch")
        st.badge(plain(edition_names(book)[edition_id]), icon=":material/translate:", color="blue")
    if panel.action.strip():
        st.caption(plain(panel.action))
    if not told:
        st.info(_("Nothing is read on this panel."), icon=":material/chat_bubble_outline:")
    for main in told:
        with st.container(border=True, gap="small", key=f"own-{told.index(main)}"):
            _text(book, panel, main, edition_id, old.get(main.id))
    st.caption(_("Pictures and the story are the same in all editions; they are edited in the main one."))
    st.button(
        _("To the main edition"),
        icon=":material/edit_note:",
        key="edition-to-main",
        type="tertiary",
        on_click=_to_main,
    )


def _text(book: Book, panel: Panel, main: MainText, edition_id: str, before: str | None) -> None:
    node, field = key_of("edition", edition_id), f"texts.{main.id}"
    who = _who(book, panel, main)
    st.markdown(f"**{plain(who)}**")
    st.markdown(plain(main.text))
    st.text_area(
        _("{what} in this edition").format(what=who),
        key=seed(node, field, book.edition(edition_id).texts.get(main.id, "")),
        height=72,
        placeholder=_("As in the main edition"),
        label_visibility="collapsed",
        on_change=_changed,
        args=(node, field),
    )
    if before is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            was = _("The main text changed since. It was: “{text}”").format(text=before)
            st.caption(f":orange[:material/history:] {plain(was)}", width="stretch")
            st.button(
                _("It still fits"),
                key=f"fits-{field_key(node, field)[2:]}",
                type="tertiary",
                on_click=_fits,
                args=(node, field),
            )


def _who(book: Book, panel: Panel, main: MainText) -> str:
    if main.field == "narrative":
        return _("Caption")
    if main.field == "sfx":
        return _("Sound effect")
    line = next(line for line in panel.dialogue if line.id == main.id)
    name = distinct_names(book).get(line.character, line.character) or _("Who?")
    return name if line.kitsumy.kind == "speech" else f"{name}, {kind_label(line.kitsumy.kind)}"


def _old(book: Book, edition_id: str) -> dict[str, str]:
    project_id = state.project_id()
    assert project_id is not None
    return dict(standing_of(project_id, book, edition_id).old)


def _look(old: dict[str, str], told: list[MainText]) -> list[str]:
    return [main.id for main in told if main.id in old]


def _changed(node: str, field: str) -> None:
    editing.save(node, field)
    _follow()


def _follow() -> None:
    """Redraw the picture, and the form where it marks other texts than before."""
    book, project_id = editing.book(), state.project_id()
    found, edition = state.current_page(book), state.edition_id(book)
    if found is None or project_id is None or edition == MAIN:
        editing.redraw()
        return
    services.current().pictures.ahead(project_id, book, *found, SCREEN, edition)
    panel = state.current_panel(found[1])
    parts = ["picture"]
    if state.has_notes() or editing.shown("status") != status_look():
        parts.append("status")
    if panel and editing.shown(LOOK) != _look(_old(book, edition), list(main_texts(panel))):
        parts.append("editor")
    editing.redraw(*parts)


def _fits(node: str, field: str) -> None:
    """Write a text again as it is: the journal then says that it was written beside today's main text."""
    text = editing.book().edition(id_of(node)).texts.get(field.removeprefix("texts."), "")
    for value in ("", text):
        editing.commit(edit("set_field", node=node, field=field, value=value), burst=f"fits.{node}.{field}")
    _follow()


def _to_main() -> None:
    state.choose_edition(MAIN)
    st.rerun()
