"""The registry of styles is complete, English and findable."""

from __future__ import annotations

import pytest

from kitsumy_core.render.prompt import is_english
from kitsumy_core.render.styles import STYLES, Style, find_style


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda s: s.id)
def test_a_style_has_titles_in_both_languages_and_english_words(style: Style) -> None:
    assert set(style.title) == {"uk", "en"}
    assert all(style.title.values())
    assert style.prompt
    assert is_english(style.prompt, "en")
    assert is_english(style.negative, "en")
    assert "text" not in style.prompt


def test_ids_and_titles_are_unique() -> None:
    names = [name.casefold() for s in STYLES.values() for name in {s.id, *s.title.values()}]
    titles = {t for s in STYLES.values() for t in s.title.values()}
    assert len(titles) == 2 * len(STYLES)
    assert all(find_style(name) for name in names)


@pytest.mark.parametrize("name", ["noir", "Нуар", " нуар ", "NOIR"])
def test_a_style_is_found_by_id_or_title(name: str) -> None:
    assert find_style(name) is STYLES["noir"]


@pytest.mark.parametrize("name", ["", "  ", "unheard of"])
def test_an_unknown_style_is_none(name: str) -> None:
    assert find_style(name) is None
