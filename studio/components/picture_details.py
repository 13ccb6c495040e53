"""Edit what only the image model reads of a panel: its English, a prompt, room for words, the seed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kitsumy_core.plan.models import Panel
from studio.editing import seed
from studio.texts import _, short

Changed = Callable[[str, str], None]


def picture_details(node: str, panel: Panel, changed: Changed) -> None:
    """Draw the fields; `changed` takes node and field, and commits the field's new value."""
    st.text_area(
        _("What is seen, in English (for the image model)"),
        key=seed(node, "kitsumy.actionEn", panel.kitsumy.action_en),
        height=72,
        placeholder=short(panel.action, 80),
        on_change=changed,
        args=(node, "kitsumy.actionEn"),
    )
    st.text_area(
        _("Prompt of your own (replaces the composed one)"),
        key=seed(node, "kitsumy.prompt", panel.kitsumy.prompt),
        height=72,
        on_change=changed,
        args=(node, "kitsumy.prompt"),
    )
    _room_for_words(node, panel, changed)
    st.number_input(
        _("Seed (−1 = random, empty = derived)"),
        min_value=-1,
        max_value=2**53 - 1,
        value=None,
        step=1,
        key=seed(node, "kitsumy.seed", panel.kitsumy.seed),
        on_change=changed,
        args=(node, "kitsumy.seed"),
    )


def _room_for_words(node: str, panel: Panel, changed: Changed) -> None:
    """Choose where the picture keeps quiet space for words; usually it follows from the balloons."""
    names = {
        "top": _("above"),
        "bottom": _("below"),
        "left": _("on the left"),
        "right": _("on the right"),
        "top-left": _("above on the left"),
        "top-right": _("above on the right"),
        "bottom-left": _("below on the left"),
        "bottom-right": _("below on the right"),
    }
    value = panel.kitsumy.quiet
    st.selectbox(
        _("Room for words in the picture"),
        [*names, *([value] if value and value not in names else [])],
        index=None,
        format_func=lambda place: names.get(place, place),
        placeholder=_("Where the balloons will lie"),
        key=seed(node, "kitsumy.quiet", value or None),
        on_change=changed,
        args=(node, "kitsumy.quiet"),
    )
