"""Edit pages: strip of all pages, the page as it is drawn, the panel’s form, what is to be mended."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import MAIN
from kitsumy_core.planner.redo import Target
from studio import editing, services, state
from studio.components import header, page_tools
from studio.components.ask_model import ask_model
from studio.components.comments import panel_comments
from studio.components.edition_form import edition_form
from studio.components.empty import no_pages
from studio.components.guide import welcome
from studio.components.in_sight import look_at_page
from studio.components.issue_list import issue_list
from studio.components.layout_editor import layout_editor
from studio.components.layout_picker import layout_picker, layout_question
from studio.components.opening import opened_comic
from studio.components.page_strip import page_strip
from studio.components.page_view import page_view
from studio.components.panel_board import panel_board
from studio.components.panel_form import panel_form
from studio.components.styling import two_sides
from studio.texts import _


@st.fragment(key="strip")
def strip() -> None:
    book = editing.book()
    page_strip(book, services.current().issues.of(book))


@st.fragment(key="preview")
def preview() -> None:
    """Draw the page and what is done to it as a whole; its parts are redrawn alone when a text changes."""
    book = editing.book()
    found = state.current_page(book)
    if found is None:
        no_pages(book)
        return
    chapter, page = found
    page_tools.page_line(book, chapter, page)
    picture()
    if not layout_editor(book, page):
        layout_picker(book, page)
    layout_question(book, page)
    issues()
    ask_model(Target(kind="page", id=page.id), "page", label=_("Rewrite this page"))
    board()


@st.fragment(key="picture")
def picture() -> None:
    book = editing.book()
    if found := state.current_page(book):
        page_view(book, *found)


@st.fragment(key="issues")
def issues() -> None:
    book = editing.book()
    if found := state.current_page(book):
        issue_list(services.current().issues.of(book), found[1].id)


@st.fragment(key="board")
def board() -> None:
    book = editing.book()
    with st.expander(
        _("Rearrange panels"), icon=":material/drag_pan:", key="board", on_change="rerun"
    ) as shelf:
        if shelf.open and (found := state.current_page(book)):
            panel_board(book, found[1])


@st.fragment(key="editor")
def editor() -> None:
    book = editing.book()
    found = state.current_page(book)
    if found is None:
        return
    panel = state.current_panel(found[1])
    if panel is None:
        st.info(_("This page has no panels. Add one with the button above it."), icon=":material/add_box:")
        return
    edition = state.edition_id(book)
    if edition == MAIN:
        panel_form(book, found[1], panel)
    else:
        edition_form(book, found[1], panel, edition)
    panel_comments(panel.id)


def show() -> None:
    if opened_comic() is None:
        return
    look_at_page()
    welcome()
    two_sides()
    with st.container(key="desk"):
        left, middle, right = st.columns([1, 4, 4.2], gap="medium")
    with left:
        strip()
    with middle:
        preview()
    with right:
        editor()
    header.watch()


show()
