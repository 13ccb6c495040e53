"""Say what to do next where there is nothing yet."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import Book
from studio import editing
from studio.texts import _


def no_comic() -> None:
    """Invite to choose a comic."""
    from studio.components import header

    header.title_row(_("No comic is open"))
    st.write(_("Open one from your comics, or begin a new one there."))
    st.page_link("screens/comics.py", label=_("To the comics"), icon=":material/auto_stories:")


def no_pages(book: Book) -> None:
    """Invite to begin the first page."""
    from studio.components.page_strip import add_page

    def begin() -> None:
        add_page(book)
        editing.redraw()

    with st.container(border=True, horizontal_alignment="center", key="no-pages"):
        st.subheader(_("A blank book"), anchor=False)
        st.write(_("Add the first page, choose its layout, then write what each panel shows."))
        st.button(
            _("Add the first page"), type="primary", icon=":material/add:", key="first-page", on_click=begin
        )
