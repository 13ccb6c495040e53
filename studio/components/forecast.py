"""Say before the start how long pictures will take and what they will cost."""

from __future__ import annotations

import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError
from kitsumy_core.pipeline import RenderOptions
from studio import services
from studio.components.figures import money, span
from studio.texts import _


def about(project_id: str, options: RenderOptions, count: int) -> str:
    """Return a line on so many pictures like that of the comic's first panel; "" if it cannot be planned."""
    running = services.current()
    book = running.store.head(project_id).book
    first = st.session_state.get("panel") or next((panel.id for panel in book.plan.panels()), "")
    try:
        request = pipeline.planned(book, first, options, running.workflows).request
    except KitsumyError:
        return ""
    guess = running.engine.estimate([request] * count)
    parts = []
    if guess.seconds is not None:
        parts.append(_("about {span}, going by earlier pictures").format(span=span(guess.seconds)))
    else:
        parts.append(_("How long one picture takes is known after the first."))
    if guess.usd is None:
        parts.append(_("the price is known after the first"))
    elif guess.usd:
        parts.append(_("about {money}").format(money=money(guess.usd)))
        left = running.store.spending(project_id).left
        if left is not None and left < guess.usd:
            parts.append(_("only {money} of the budget is left").format(money=money(left)))
    return " · ".join(parts)
