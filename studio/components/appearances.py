"""List the panels that use a character or a place, page by page; each opens on the Pages screen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from studio import state
from studio.components.cast_facts import Use
from studio.components.mounts import component, fired
from studio.texts import _, short

KEY = "appearances"
PAGES = "screens/pages.py"


def appearances(uses: Sequence[Use], aside: str) -> None:
    """Mount the list. `aside` says in a word what a use is that is not a main one."""
    component("appearances", "strip", "walk")(
        key=KEY,
        data={
            "label": _("Where it appears"),
            "pages": [
                {
                    "id": page.id,
                    "title": _("Page {number}").format(number=page.page_number),
                    "panels": [_panel(use, aside) for use in group],
                }
                for page, group in ((uses_[0].page, uses_) for uses_ in _by_page(uses))
            ],
        },
        on_opened_change=_opened,
    )


def _by_page(uses: Sequence[Use]) -> list[list[Use]]:
    return [list(group) for _page, group in groupby(uses, key=lambda use: use.page.id)]


def _panel(use: Use, aside: str) -> dict[str, object]:
    number = use.panel.position or 0
    where = _("Page {page}, panel {panel}").format(page=use.page.page_number, panel=number)
    note = "" if use.main else f" ({aside})"
    return {
        "id": use.panel.id,
        "text": str(number),
        "label": f"{where}{note}",
        "hint": f"{short(use.panel.action, 120) or where}{note}",
        "main": use.main,
    }


def _opened() -> None:
    event = fired(KEY, "opened")
    if isinstance(event, dict):
        state.select(page=str(event.get("page", "")), panel=str(event.get("panel", "")))
        st.switch_page(PAGES)
