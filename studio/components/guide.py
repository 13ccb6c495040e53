"""Say in half a minute how the studio works, and list the keys."""

from __future__ import annotations

import streamlit as st

from studio.components.styling import icon_popover
from studio.texts import _


def guide_button() -> None:
    """Offer the guide and the keys from every screen."""
    with icon_popover("help", _("How it works, and the keys"), key="guide"):
        st.markdown("**" + _("How it works") + "**")
        for number, (title, text) in enumerate(_steps(), 1):
            st.markdown(f"{number}. **{title}.** {text}")
        head = "| " + _("Keys") + " | " + _("What they do") + " |\n| --- | --- |\n"
        rows = "".join(f"| `{keys}` | {text} |\n" for keys, text in _keys())
        st.markdown(head + rows)


def welcome() -> None:
    """Greet a first visit with the three things to know; gone for good with one click."""
    if not st.session_state.get("welcome"):
        return
    with st.container(border=True, key="welcome"), st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            ":material/waving_hand: **"
            + _("Welcome! This is a sample comic.")
            + "** "
            + _("Click a panel on the page, change its words on the right, and watch the page follow.")
            + " "
            + _("Nothing can break: everything is saved at once and can be undone."),
            width="stretch",
        )
        st.button(_("Got it"), key="welcome-close", on_click=_close)


def _close() -> None:
    st.session_state["welcome"] = False


def _steps() -> list[tuple[str, str]]:
    return [
        (_("Plan"), _("Write an idea on Plan: it becomes a comic, or a beat sheet to fill in.")),
        (_("Write"), _("On Pages, choose a panel on the page and fill in its form. A live sketch shows it.")),
        (_("Check"), _("What does not fit is listed under the page, with buttons that mend it.")),
        (
            _("Render"),
            _("Choose panels and let ComfyUI, or the storyboard artist, draw them; pick the best take."),
        ),
        (_("Take it away"), _("Export pages, a comic book archive, the plan, or everything in one file.")),
    ]


def _keys() -> list[tuple[str, str]]:
    return [
        ("Ctrl + Z / Ctrl + Y", _("undo, redo (Ctrl + Alt + Z / Y while typing)")),
        ("← → ↑ ↓", _("next panel on the page, next page in the strip")),
        ("Tab, Enter", _("go to the next field or picture, choose it")),
        ("Alt + ← → ↑ ↓", _("move a panel, page or chapter that has the focus")),
        ("Ctrl + Enter", _("save a text at once (it is saved while you type anyway)")),
    ]
