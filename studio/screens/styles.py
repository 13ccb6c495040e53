"""Keep the styles and the levels of detail: what ships, changed or not, and the writer's own."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.messages import explain
from studio import library, state
from studio.components import header
from studio.components.profile_table import profile_table
from studio.components.style_cards import style_cards
from studio.components.style_form import new_style, style_form
from studio.texts import _, plain

CHOSEN = "style"


def show() -> None:
    header.page_setup()
    header.title_row(_("Styles"))
    styles = library.styles()
    known = styles.all()
    for problem in (*styles.problems, *filter(None, [library.profiles().problem])):
        st.warning(plain(explain(problem, state.language())), icon=":material/error:")
    if st.session_state.get(CHOSEN) not in known:
        st.session_state[CHOSEN] = next(iter(known))
    left, right = st.columns([5, 4], gap="large")
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                _("A style adds its words to every prompt. Changed ones are yours alone."), width="stretch"
            )
            new_style()
        style_cards("style-cards", st.session_state[CHOSEN], _picked)
    with right:
        style_form(known[st.session_state[CHOSEN]])
    st.divider()
    profile_table()


def _picked(style_id: str) -> None:
    st.session_state[CHOSEN] = style_id


show()
