"""Show styles as cards with their sample pictures, to look at and to choose from."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from studio import library, state
from studio.components.mounts import component, fired
from studio.texts import _
from studio.urls import sample_url


def style_cards(key: str, chosen: str, on_picked: Callable[[str], None]) -> None:
    """Mount a card for every style; a click on one calls `on_picked` with its id."""
    styles, language = library.styles(), state.language()
    known = sorted(styles.all().values(), key=lambda style: style.name_in(language).casefold())
    st.caption(_("Pictures marked “drawn” are made by a program: hints at a style, not what a model makes."))

    def picked() -> None:
        if found := fired(key, "picked"):
            on_picked(str(found))

    component("style_cards", "gallery", "walk")(
        key=key,
        data={
            "items": [
                {
                    "id": style.id,
                    "name": style.name_in(language),
                    "words": style.prompt,
                    "src": sample_url(styles, style),
                    "marks": [
                        *([_("yours")] if styles.is_own(style.id) else []),
                        *([_("drawn")] if styles.is_hint(style) else []),
                    ],
                    "selected": style.id == chosen,
                }
                for style in known
            ],
            "label": _("Styles"),
        },
        on_picked_change=picked,
    )
