"""Turn an idea into a comic: say what it is about, watch it grow, continue what stopped."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import Book
from studio import editing, state
from studio.components import header, page_tools
from studio.components.plan_form import plan_form
from studio.components.plan_progress import newest_run, progress
from studio.components.plan_tools import plan_tools
from studio.texts import _


def show() -> None:
    header.page_setup()
    if st.session_state.pop("plan-go", None):
        st.switch_page("screens/pages.py")
    project_id = state.project_id()
    if project_id is None or not page_tools.exists(project_id):
        header.title_row(_("From an idea to a comic"))
        _new(None)
        return
    book = editing.book()
    header.comic_row(book)
    run = newest_run(project_id)
    if run is not None:
        progress(run)
    if run is None and _is_empty(book):
        _new(project_id)
    else:
        plan_tools(book)
        _another(first=run is None)
    header.watch()


def _is_empty(book: Book) -> bool:
    return not book.plan.chapters and not book.plan.characters


def _new(project_id: str | None) -> None:
    with st.container(border=True, key="plan-new"):
        plan_form(project_id)


def _another(*, first: bool) -> None:
    """Offer to plan one more comic; this one is kept as it is."""
    if first:
        st.info(
            _("This comic has a plan already. A new idea becomes a comic of its own."),
            icon=":material/auto_stories:",
        )
    with st.expander(
        _("Plan another comic"), icon=":material/add:", key="plan-again", on_change="rerun", expanded=first
    ) as shelf:
        if shelf.open:
            plan_form()


show()
