"""The registry of styles is complete, English and findable."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from kitsumy_core.render.prompt import is_english
from kitsumy_core.render.style_library import Styles
from kitsumy_core.render.styles import STYLES, Style, find_style
from kitsumy_core.styles import hints


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


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda s: s.id)
def test_a_shipped_style_has_a_drawn_sample_that_says_it_is_drawn(style: Style) -> None:
    file = Styles().sample(style)
    assert file is not None
    with Image.open(file) as picture:
        assert picture.size == hints.SIZE
        assert b"not by an image model" in picture.info["comment"]
    assert Styles().is_hint(style)


def test_no_two_samples_look_alike() -> None:
    small = {}
    for style in STYLES.values():
        file = Styles().sample(style)
        assert file is not None
        with Image.open(file) as picture:
            small[style.id] = picture.convert("RGB").resize((24, 16))
    for a, b in combinations(small, 2):
        assert max(ImageStat.Stat(ImageChops.difference(small[a], small[b])).mean) > 9, (a, b)


def test_the_samples_that_ship_are_the_ones_that_are_drawn() -> None:
    with Image.open(hints.FOLDER / "noir.jpg") as shipped:
        difference = ImageChops.difference(shipped.convert("RGB"), hints.hint("noir"))
    assert max(ImageStat.Stat(difference).mean) < 6


def test_a_sample_of_ones_own_takes_the_place_of_the_hint_and_can_be_taken_away(tmp_path: Path) -> None:
    styles, picture = Styles(tmp_path), BytesIO()
    Image.new("RGB", (900, 600), "red").save(picture, "PNG")
    own = styles.set_sample("noir", picture.getvalue())
    assert styles.is_own("noir")
    assert not styles.is_hint(own)
    styles.drop_sample("noir")
    again = styles.get("noir")
    assert again is not None
    assert styles.is_hint(again)
    assert not (tmp_path / "styles" / "noir.jpg").exists()


def test_a_style_of_ones_own_without_its_sample_has_none(tmp_path: Path) -> None:
    styles, picture = Styles(tmp_path), BytesIO()
    Image.new("RGB", (90, 60), "red").save(picture, "PNG")
    styles.save(Style(id="mine", title={"en": "Mine"}, prompt="crayon"))
    styles.set_sample("mine", picture.getvalue())
    styles.drop_sample("mine")
    mine = styles.get("mine")
    assert mine is not None
    assert (mine.sample, styles.sample(mine)) == ("", None)
