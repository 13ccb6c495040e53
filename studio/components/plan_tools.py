"""What a model can do with a whole comic: rewrite a chapter, translate what is read."""

from __future__ import annotations

import streamlit as st

from kitsumy_core.plan.book import Book
from kitsumy_core.planner.redo import Target
from kitsumy_core.planner.translation import untranslated
from studio import services, state
from studio.components.ask_model import ask_model
from studio.components.story_form import LANGUAGES, language_name
from studio.texts import _, ngettext, plain, short


def plan_tools(book: Book) -> None:
    """Draw the tools for a comic with chapters."""
    if not book.plan.chapters or services.current().wishes.way() is None:
        return
    chapters = {
        chapter.id: f"{number}. {short(chapter.title, 50) or _('without a name')}"
        for number, chapter in enumerate(book.plan.chapters, 1)
    }
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("Rewrite a chapter"), anchor=False)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if st.session_state.get("tool-chapter") not in chapters:
                st.session_state["tool-chapter"] = next(iter(chapters))
            chosen = st.selectbox(
                _("Chapter"), list(chapters), format_func=chapters.__getitem__, key="tool-chapter"
            )
            ask_model(Target(kind="chapter", id=str(chosen)), "chapter")
    with right:
        st.subheader(_("Translate the words"), anchor=False)
        _translate(book)


def _translate(book: Book) -> None:
    own = book.plan.kitsumy.language
    options = [code for code in LANGUAGES if code != own]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        language = st.selectbox(
            _("Into"),
            options,
            format_func={code: language_name(code) for code in options}.__getitem__,
            key="tool-language",
        )
        missing = sum(len(untranslated(book, page, str(language))) for page in book.plan.pages())
        st.button(
            _("Translate"),
            icon=":material/translate:",
            key="tool-translate",
            disabled=not missing,
            on_click=_begin,
            args=(str(language),),
        )
    known = len(book.edition(str(language)).texts)
    said = ngettext("{n} text without a translation", "{n} texts without a translation", missing)
    have = ngettext("{n} translated", "{n} translated", known)
    st.caption(plain(f"{said} · {have}") + ". " + _("Pictures and the words of the comic stay as they are."))


def _begin(language: str) -> None:
    project_id = state.project_id()
    assert project_id is not None
    services.current().wishes.translate(project_id, state.author(), language)
