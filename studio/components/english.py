"""Show what texts of panels are in English for the image model: translate them, correct them by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import streamlit as st

from kitsumy_core import pipeline
from kitsumy_core.errors import KitsumyError
from kitsumy_core.messages import explain
from kitsumy_core.plan.book import Book
from kitsumy_core.render.translate import foreign_texts, translated
from studio import editing, library, services, state
from studio.components.render_start import TRANSLATION_TIME, shots_of
from studio.texts import _

OPEN = "english-open"
EDITED = "english-n"
"""Counts changes of translations, so that what was foreseen by them is looked at anew."""


def words_button(panel_ids: list[str], missing: bool) -> None:
    """Draw the button that opens the table of texts."""
    st.button(
        _("Put into English") if missing else _("English words"),
        icon=":material/translate:",
        key="words-open",
        type="secondary" if missing else "tertiary",
        on_click=_open,
        args=(panel_ids,),
    )
    if st.session_state.get(OPEN):
        st.dialog(_("English for the image model"), width="large", on_dismiss=_close)(_table)()


def _open(panel_ids: list[str]) -> None:
    st.session_state[OPEN] = panel_ids
    st.session_state[EDITED] = st.session_state.get(EDITED, 0) + 1


def _close() -> None:
    st.session_state.pop(OPEN, None)


def _table() -> None:
    book, store = editing.book(), services.current().store
    language = book.plan.kitsumy.language
    shots = shots_of(book, st.session_state.get(OPEN) or [])
    texts = foreign_texts(shots, {}, library.styles().all())
    known = store.translations(texts, language)
    st.caption(
        _(
            "Pictures are made from these words. A text is translated once, wherever it stands;"
            " what you write here stays."
        )
    )
    wanted = _edited(texts, known, store.corrected(texts, language))
    changed = {text: words for text, words in wanted.items() if words.strip() != known.get(text, "")}
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Save"), type="primary", key="english-save", disabled=not changed):
            store.keep_translations(changed, language)
            st.session_state[EDITED] = st.session_state.get(EDITED, 0) + 1
            for text in (text for text, words in changed.items() if not words.strip()):
                store.forget_translation(text, language)
            _close()
            st.rerun()
        missing = [text for text in texts if text not in known]
        translator = pipeline.open_translator(services.current().settings)
        if translator is None:
            st.caption(_("With a language model in the Settings this is filled in by itself."))
        elif st.button(
            _("Translate the rest"), icon=":material/auto_awesome:", key="english-fill", disabled=not missing
        ):
            with st.spinner(_("Translating…")):
                _fill(book)
            st.rerun(scope="fragment")


def _edited(texts: Sequence[str], known: Mapping[str, str], by_hand: Collection[str]) -> dict[str, str]:
    """Show each text with its English; return what is written there now."""
    marks = dict.fromkeys(texts, "")
    marks |= dict.fromkeys(known, _("translated")) | dict.fromkeys(by_hand, _("by hand"))
    frame = pd.DataFrame(
        {
            "source": texts,
            "english": [known.get(text, "") for text in texts],
            "by": [marks[text] for text in texts],
        }
    )
    edited = st.data_editor(
        frame,
        key=f"english-{st.session_state.get(EDITED, 0)}",
        hide_index=True,
        width="stretch",
        height=min(520, 38 + 36 * max(1, len(texts))),
        disabled=["source", "by"],
        column_config={
            "source": st.column_config.TextColumn(_("In the plan"), width="large"),
            "english": st.column_config.TextColumn(_("In English"), width="large"),
            "by": st.column_config.TextColumn(_("From"), width="small"),
        },
    )
    return dict(zip(texts, edited["english"].fillna("").astype(str), strict=True))


def _fill(book: Book) -> None:
    running = services.current()
    translator = pipeline.open_translator(running.settings)
    shots = shots_of(book, st.session_state.get(OPEN) or [])
    try:
        work = translated(shots, running.store, translator, library.styles().all())
        running.background.start(work).result(timeout=TRANSLATION_TIME)
    except (KitsumyError, TimeoutError, asyncio.CancelledError) as error:
        reason = explain(error, state.language()) if isinstance(error, KitsumyError) else _("No answer.")
        state.note(_("Some texts could not be translated: {reason}").format(reason=reason), "warning")
    st.session_state[EDITED] = st.session_state.get(EDITED, 0) + 1
