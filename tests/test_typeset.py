"""Words: orthography, hyphenation, and their lines fitted into balloons and captions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.page.faces import face_of
from kitsumy_core.page.fitting import EXPONENT, PAD_X, Fit, Type, fit_balloon, fit_caption
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.typeset import (
    NO_BREAK,
    cased,
    line_of,
    normalise,
    quoted,
    split_word,
    syllable_breaks,
    words_of,
)
from tests.lettering_texts import TEXT, WORD_EN, WORD_UK, letters, typeset

# --- orthography


@pytest.mark.parametrize(
    ("language", "written", "wanted"),
    [
        ("uk", "Пам'ять -- це  все...", "Пам’ять — це все…"),
        ("uk", 'Він сказав: "Ні" - і пішов', "Він сказав: «Ні» — і пішов"),
        ("uk", "— Привіт!", "Привіт!"),
        ("uk", "Та-ак", "Та-ак"),
        ("en", "Wait — what…", "Wait--what..."),
        ("en", "1914–1918 — war", "1914–1918 -- war"),
        ("de", "  Ach,\n so! ", "Ach, so!"),
        ("uk", "", ""),
    ],
)
def test_texts_follow_the_orthography_of_their_language(language: str, written: str, wanted: str) -> None:
    assert normalise(written, language) == wanted


def test_a_caption_keeps_its_opening_dash() -> None:
    assert normalise("— Привіт!", "uk", balloon=False) == "— Привіт!"


@given(TEXT)
def test_normalising_twice_changes_nothing_more(text: tuple[str, str]) -> None:
    once = normalise(*text)
    assert normalise(once, text[1]) == once


def test_short_words_stay_with_the_next_and_dashes_with_the_last() -> None:
    words = words_of(normalise("Я не бачу в темряві -- і край, якби ж то", "uk"), "uk")
    assert words == ["Я не бачу", "в темряві —", "і край,", "якби ж", "то"] or words == [
        w.replace(" ", NO_BREAK) for w in ("Я не бачу", "в темряві —", "і край,", "якби ж", "то")
    ]
    assert words_of("to be or not to be", "en") == [f"to{NO_BREAK}be", "or", "not", f"to{NO_BREAK}be"]
    assert words_of("zu sein", "de") == ["zu", "sein"]


@given(TEXT)
def test_words_lose_nothing_of_the_text(text: tuple[str, str]) -> None:
    plain = normalise(*text)
    assert " ".join(words_of(plain, text[1])).replace(NO_BREAK, " ") == plain


def test_words_are_hyphenated_at_syllables_with_their_apostrophe() -> None:
    assert line_of(split_word("РОЗУМІННЯ", "uk", 7)[:1]).endswith("-")
    for word in ("М’ЯЗОВИЙ", "ОБ’ЄДНАННЯ"):
        assert all(word[p] not in "’" and word[p - 1] not in "’" for p in syllable_breaks(word, "uk"))
    assert syllable_breaks("ЛЬВІВ", "uk") == ()
    assert syllable_breaks("слово", "xx") == ()


@given(st.one_of(WORD_UK, WORD_EN), st.integers(0, 30), st.sampled_from(["uk", "en", "xx"]))
def test_a_split_word_is_whole_again_on_one_line(word: str, fits: int, language: str) -> None:
    assert line_of(split_word(word, language, fits)) == word


def test_quotation_marks_are_those_of_the_language_and_not_doubled() -> None:
    assert quoted("Ні", "uk") == "«Ні»"
    assert quoted("«Ні»", "uk") == "«Ні»"
    assert quoted("No", "en") == "“No”"
    assert quoted("", "uk") == ""


# --- fitting


def chord(fit: Fit, kind: Type, line: int) -> float:
    """Return the width of the balloon at the worse edge of a line, measured on the outline itself."""
    top = (line - len(fit.lines) / 2) * kind.leading
    cap = kind.size * face_of(kind.face).cap_height
    middle = top + kind.leading / 2
    worst = max(abs(middle - cap / 2), abs(middle + cap / 2))
    return 2 * fit.rx * max(0.0, 1 - (worst / fit.ry) ** EXPONENT) ** (1 / EXPONENT)


@given(TEXT, st.floats(60, 700), st.floats(60, 700), st.sampled_from([0.8, 1.15, 1.55, 2.2]))
def test_every_line_fits_its_balloon_whatever_the_text(
    text: tuple[str, str], max_rx: float, max_ry: float, aspect: float
) -> None:
    words, kind = typeset(*text)
    fit = fit_balloon(words, kind, measure, max_rx, max_ry, aspect)
    for index, line in enumerate(fit.lines):
        assert measure(line, "dialogue", kind.size) + 0.3 * PAD_X * kind.size <= chord(fit, kind, index)
    if fit.whole:
        assert fit.rx <= max_rx + 1
        assert fit.ry <= max_ry + 1


@given(TEXT, st.floats(60, 500), st.floats(60, 500))
def test_no_word_is_lost_or_moved_by_fitting(text: tuple[str, str], max_rx: float, max_ry: float) -> None:
    words, kind = typeset(*text)
    wanted = letters(cased(normalise(*text), upper=True))
    assert letters("".join(fit_balloon(words, kind, measure, max_rx, max_ry).lines)) == wanted
    assert letters("".join(fit_caption(words, kind, measure, max_rx, max_ry).lines)) == wanted


@given(TEXT, st.floats(80, 700), st.floats(40, 700))
def test_every_line_fits_its_caption(text: tuple[str, str], max_rx: float, max_ry: float) -> None:
    words, kind = typeset(*text)
    fit = fit_caption(words, kind, measure, max_rx, max_ry)
    for line in fit.lines:
        assert measure(line, "dialogue", kind.size) + kind.size * 0.9 <= 2 * fit.rx
    assert not fit.whole or fit.rx <= max_rx + 1


def test_words_are_hyphenated_only_where_one_alone_is_too_wide() -> None:
    words, kind = typeset("Непереможність старого маяка", "uk")
    assert not any("-" in line for line in fit_balloon(words, kind, measure, 300, 300).lines)
    narrow = fit_balloon(words, kind, measure, 110, 400)
    assert any(line.endswith("-") for line in narrow.lines)
    assert "МАЯКА" in " ".join(narrow.lines)


def test_a_short_text_makes_a_small_balloon_and_a_long_one_a_diamond() -> None:
    words, kind = typeset("Ні.", "uk")
    short = fit_balloon(words, kind, measure, 400, 400)
    assert short.lines == ("НІ.",)
    assert short.rx < 70
    words, kind = typeset("Я не можу повірити, що ми шукали цей маяк три роки, а він стояв за рогом!", "uk")
    long = fit_balloon(words, kind, measure, 400, 400)
    widths = [measure(line, "dialogue", kind.size) for line in long.lines]
    assert max(widths) not in (widths[0], widths[-1])
    assert 1.1 < long.rx / long.ry < 2.6


def test_what_cannot_fit_is_kept_whole_and_said_so() -> None:
    words, kind = typeset("слово " * 80, "uk")
    fit = fit_balloon(words, kind, measure, 120, 120)
    assert not fit.whole
    assert sum(line.count("СЛОВО") for line in fit.lines) == 80
