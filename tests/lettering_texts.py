"""Texts of any kind for tests of lettering, and what breaking lines leaves of them."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from kitsumy_core.page.faces import face_of
from kitsumy_core.page.fitting import Type
from kitsumy_core.page.typeset import cased, normalise, words_of

UK = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя’"
WORD_UK = st.text(alphabet=UK, min_size=1, max_size=24)
WORD_EN = st.text(alphabet="abcdefghijklmnopqrstuvwxyz'-", min_size=1, max_size=24)
TEXT = st.one_of(
    st.tuples(st.lists(WORD_UK, min_size=1, max_size=40).map(" ".join), st.just("uk")),
    st.tuples(st.lists(WORD_EN, min_size=1, max_size=40).map(" ".join), st.just("en")),
)


def typeset(text: str, language: str, size: float = 31.25) -> tuple[tuple[str, ...], Type]:
    face = face_of("dialogue")
    kind = Type("dialogue", size, size * face.leading_for(language, upper=True), language)
    return tuple(words_of(cased(normalise(text, language), upper=True), language)), kind


def letters(text: str) -> str:
    """Return a text without what breaking lines may add or drop: spaces and hyphens."""
    return re.sub(r"[\s\u00a0-]", "", text)
