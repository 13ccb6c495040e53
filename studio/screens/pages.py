"""Edit pages: strip of all pages, the page as it is drawn, the panel’s form, what is to be mended."""

from __future__ import annotations

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Issue
from kitsumy_core.planner.redo import Target
from studio import editing, services, state
from studio.components import header, page_tools
from studio.components.ask_model import ask_model
from studio.components.empty import no_comic, no_pages
from studio.components.guide import welcome
from studio.components.issue_list import issue_list
from studio.components.layout_picker import layout_picker, layout_question
from studio.components.page_strip import page_strip
from studio.components.page_view import page_view
from studio.components.panel_board import panel_board
from studio.components.panel_form import panel_form
from studio.components.styling import two_sides
from studio.texts import _


def issues_of(book: Book) -> list[Issue]:
    """Return the checked book's issues; checking is quick, so it is done at every drawing."""
    return pipeline.check_book(book)


@st.fragment(key="strip")
def strip() -> None:
    book = editing.book()
    page_strip(book, issues_of(book))


@st.fragment(key="preview")
def preview() -> None:
    book = editing.book()
    found, project_id = state.current_page(book), state.project_id()
    assert project_id is not None
    if found is None:
        no_pages(book)
        return
    chapter, page = found
    issues = issues_of(book)
    box = services.current().pictures.page_box(project_id, book, chapter, page)
    page_tools.page_line(book, chapter, page)
    page_view(book, chapter, page, box, issues)
    layout_picker(book, page)
    layout_question(book, page)
    issue_list(issues, page.id)
    ask_model(Target(kind="page", id=page.id), "page", label=_("Rewrite this page"))
    with st.expander(
        _("Rearrange panels"), icon=":material/drag_pan:", key="board", on_change="rerun"
    ) as shelf:
        if shelf.open:
            panel_board(book, chapter, page)


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
    panel_form(book, found[1], panel)


def show() -> None:
    project_id = state.project_id()
    header.page_setup()
    if project_id is None or not page_tools.exists(project_id):
        no_comic()
        return
    header.comic_row(editing.book())
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
