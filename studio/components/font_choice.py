"""Choose the faces that set what is said, captions, sound effects, and the words of one character."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kitsumy_core.page.faces import CAPTION_FACES, DIALOGUE_FACES, FACES, SFX_FACES
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.flat import key_of
from studio import state
from studio.editing import SHOWN, changed, seed
from studio.texts import _, plain


def edition_node(book: Book) -> str:
    """Return the node that holds the faces of the chosen edition."""
    return key_of("edition", state.edition_id(book))


def font_choices(book: Book) -> None:
    """Draw the choices of the whole comic."""
    with st.expander(_("Lettering"), icon=":material/text_fields:", key="font-choices"):
        _choice(book, "speech", _("Balloons"), DIALOGUE_FACES)
        _choice(book, "narration", _("Captions"), CAPTION_FACES)
        _choice(book, "sfx", _("Sound effects"), SFX_FACES)
        words = _("Words between asterisks are emphasised: *so*. A character may have a face of its own.")
        st.caption(plain(words))


def character_font(book: Book, character_id: str) -> None:
    """Draw the choice of one character's face."""
    _choice(book, character_id, _("Lettering of this voice"), DIALOGUE_FACES)


def _choice(book: Book, role: str, label: str, faces: Sequence[str]) -> None:
    node, value = edition_node(book), book.edition(state.edition_id(book)).fonts.get(role)
    options = list(faces) if value in faces or not value else [value, *faces]
    st.selectbox(
        label,
        options,
        index=None,
        format_func=face_label,
        placeholder=_("As usual"),
        key=seed(node, f"fonts.{role}", value),
        on_change=changed,
        args=(node, f"fonts.{role}", SHOWN),
    )


def face_label(face_id: str) -> str:
    """Return the name of a face; an unknown one is its own name."""
    face = FACES.get(face_id)
    if face is None:
        return face_id
    weight = {500: "", 400: "", 700: " Bold", 800: " ExtraBold"}.get(face.weight, "")
    return face.family + weight + (" Italic" if face.style == "italic" else "")
