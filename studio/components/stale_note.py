"""Say beside a panel why its picture does not show what the plan says today."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import Panel
from studio import state
from studio.staleness import reasons_words, why_panel
from studio.texts import _, plain


def stale_note(book: Book, panel: Panel) -> None:
    """Draw the reasons, where there are any."""
    project_id = state.project_id()
    why = why_panel(project_id, book, panel.id) if project_id else ()
    if why:
        text = _("Changed since: {reasons}").format(reasons=reasons_words(why, 5))
        st.caption(f":orange[:material/history:] {plain(text)}")
