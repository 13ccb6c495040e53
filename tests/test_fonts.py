"""The bundled faces: what they draw, how they are measured, and that their files are right."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.page.faces import FACES, face_of
from kitsumy_core.page.fonts import EM, REPLACEMENT, font, has_glyph, measure, missing, pieces

FOLDER = resources.files("kitsumy_core.page") / "fonts"
UKRAINIAN = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
SIGNS = "«»„“”’—–…№₴!?.,:;()-+*/%&0123456789"


def opened(file: str) -> TTFont:
    with resources.as_file(FOLDER / file) as path:
        return TTFont(path)


@pytest.mark.parametrize("face", FACES.values(), ids=FACES)
def test_every_face_draws_ukrainian_and_english(face) -> None:
    letters = UKRAINIAN + UKRAINIAN.upper() + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert [c for c in letters + "’«»—…!?.," if not has_glyph(face.id, c)] == []


@pytest.mark.parametrize("face", FACES.values(), ids=FACES)
def test_the_coverage_file_says_what_the_font_file_has(face) -> None:
    ranges = json.loads((FOLDER / "coverage.json").read_text("utf-8"))[face.file]
    assert {c for first, last in ranges for c in range(first, last + 1)} == set(
        opened(face.file).getBestCmap()
    )


@pytest.mark.parametrize("face", FACES.values(), ids=FACES)
def test_the_record_of_a_face_says_what_the_font_file_says(face) -> None:
    table = opened(face.file)
    assert table["OS/2"].usWeightClass == face.weight
    assert (table["post"].italicAngle != 0 or "Italic" in face.file) == (face.style == "italic")
    assert face.family in str(table["name"].getBestFamilyName())
    assert table["OS/2"].sCapHeight / table["head"].unitsPerEm == pytest.approx(face.cap_height, abs=0.01)


@pytest.mark.parametrize("face", FACES.values(), ids=FACES)
def test_the_licence_of_a_face_is_beside_it(face) -> None:
    text = (FOLDER / f"OFL-{face.family.replace(' ', '')}.txt").read_text("utf-8")
    assert "SIL Open Font License, Version 1.1" in text
    assert text.startswith("Copyright")


def test_the_bundled_fonts_stay_small() -> None:
    assert sum(len((FOLDER / face.file).read_bytes()) for face in FACES.values()) < 2.7e6


@pytest.mark.parametrize("face", ["dialogue", "shout"])
def test_capitals_with_marks_do_not_touch_at_the_faces_leading(face: str) -> None:
    size = 200
    top = -font(face, size).getbbox("ЇЙҐ", anchor="ls")[1]
    bottom = font(face, size).getbbox("ЩЦД", anchor="ls")[3]
    assert top + bottom <= FACES[face].leading_for("uk", upper=True) * size
    assert FACES[face].leading_for("en", upper=True) < FACES[face].leading_for("uk", upper=True)


def test_a_sign_the_face_lacks_is_drawn_by_another() -> None:
    assert not has_glyph("dialogue", "♪")
    assert [(piece.face, piece.text) for piece in pieces("Ля ♪ ля", "dialogue")] == [
        ("dialogue", "Ля "), ("sfx", "♪"), ("dialogue", " ля")
    ]  # fmt: skip
    assert pieces("ドン", "dialogue")[0].face == "sfx"
    assert "".join(piece.text for piece in pieces("№ 5 ₴", "narration")) == "№ 5 ₴"


def test_equal_signs_stand_for_those_no_face_has() -> None:
    assert "".join(p.text for p in pieces("а\u2011б\u00adв\u200bг\ufe0f", "dialogue")) == "а-бвг"
    assert missing("а\u2011б\u00adв\u200bг") == []


def test_what_no_face_draws_is_a_visible_question_mark_and_is_named() -> None:
    assert "".join(p.text for p in pieces("漢字!", "dialogue")) == "??!"
    assert missing("漢a漢🦊?") == ["漢", "🦊"]


@given(st.text(max_size=30), st.sampled_from(list(FACES)))
def test_no_text_is_ever_drawn_with_an_empty_box(text: str, face: str) -> None:
    for piece in pieces(text, face):
        assert all(has_glyph(piece.face, character) for character in piece.text)
    assert REPLACEMENT in "".join(p.text for p in pieces(text, face)) or not missing(text, face)


@given(
    st.text(alphabet=UKRAINIAN + UKRAINIAN.upper() + SIGNS + " ", min_size=1, max_size=25), st.floats(8, 120)
)
def test_widths_grow_evenly_with_the_size(text: str, size: float) -> None:
    assert measure(text, "dialogue", size) == pytest.approx(size / EM * measure(text, "dialogue", EM))


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("size", [12.5, 31.25])
def test_the_measured_width_is_the_drawn_width(face: str, size: float) -> None:
    text = "ЩО ЗА МАРА? Їжак і AWAY"
    assert measure(text, face, size) == pytest.approx(font(face, size).getlength(text), rel=0.01)


def test_an_unknown_face_is_the_dialogue_face() -> None:
    assert face_of("wingdings").id == "dialogue"
    assert measure("А", "wingdings", 30) == measure("А", "dialogue", 30)


def test_an_empty_line_has_no_width() -> None:
    assert measure("", "dialogue", 30) == 0
