"""Keep the styles and the levels of detail: what ships, changed or not, and the writer's own."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.messages import explain
from studio import library, state
from studio.components import header
from studio.components.mounts import component, fired
from studio.components.profile_table import profile_table
from studio.components.style_form import new_style, style_form
from studio.texts import _, plain
from studio.urls import sample_url

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
        cards()
    with right:
        style_form(known[st.session_state[CHOSEN]])
    st.divider()
    profile_table()


def cards() -> None:
    """Show every style with its sample picture; a click opens it."""
    styles, language = library.styles(), state.language()
    known = sorted(styles.all().values(), key=lambda style: style.name_in(language).casefold())
    component("style_cards", "gallery", "walk")(
        key="style-cards",
        data={
            "items": [
                {
                    "id": style.id,
                    "name": style.name_in(language),
                    "words": style.prompt,
                    "src": sample_url(styles, style),
                    "mark": _("yours") if styles.is_own(style.id) else "",
                    "selected": style.id == st.session_state.get(CHOSEN),
                }
                for style in known
            ],
            "label": _("Styles"),
        },
        on_picked_change=_picked,
    )


def _picked() -> None:
    if found := fired("style-cards", "picked"):
        st.session_state[CHOSEN] = str(found)


show()
