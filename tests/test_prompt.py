"""Prompts: composed in English, the writer's words verbatim, and a warning where there is no English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.render.prompt import NO_TEXT, compose_prompt, is_english
from kitsumy_core.render.prompt_words import camera_in_english, mood_in_english, name_in_latin
from kitsumy_core.render.shot import CastMember, Part, Shot, shot_of
from kitsumy_core.render.styles import STYLES
from tests.samples import a_book

ENGLISH = Shot(
    panel_id="p1",
    camera=Part(text="low angle", field="camera"),
    cast=(
        CastMember(
            id="a",
            name=Part(text="Marko"),
            look=Part(text="tall, grey hair, a scar on the left cheek", field="appearance"),
            clothing=Part(text="a green raincoat", field="clothing"),
        ),
        CastMember(id="b", name=Part(text="Зоя"), look=Part(text="small, red hair", field="kitsumy.look")),
    ),
    action=Part(text="Marko opens the door.", field="action"),
    place=Part(text="Lighthouse", field="location"),
    place_look=Part(text="white stone tower", field="look"),
    mood=Part(text="tense", field="mood"),
)


def test_a_prompt_says_everything_in_order() -> None:
    prompt = compose_prompt(ENGLISH, STYLES["noir"])
    expected = (
        "slanted light",
        "Low angle.",
        "Lighthouse: white stone tower.",
        "Marko: tall, grey hair, a scar on the left cheek, wearing a green raincoat.",
        "Zoia: small, red hair.",
        "Marko opens the door.",
        "Tense mood.",
        NO_TEXT,
    )
    positions = [prompt.text.index(part) for part in expected]
    assert positions == sorted(positions)
    assert prompt.text.endswith("no text, no speech bubbles")
    assert prompt.warnings == ()


def test_the_negative_joins_ours_the_styles_and_the_panels_without_repeats() -> None:
    shot = ENGLISH.but(negative=Part(text="dogs", field="kitsumy.negative"))
    negative = compose_prompt(shot, STYLES["noir"]).negative
    assert "speech bubble" in negative
    assert "pastel" in negative
    assert negative.endswith("dogs")


def test_ukrainian_camera_and_mood_are_translated_and_the_rest_warned_about() -> None:
    shot = shot_of(a_book(), "ch1-p1-pan1", (900, 700))
    assert shot is not None
    prompt = compose_prompt(shot, STYLES["noir"])
    assert "Medium shot." in prompt.text
    assert "Tense mood." in prompt.text
    assert "Marko: високий, сивий, wearing плащ." in prompt.text
    warned = {(w.code, w.source_id, w.field) for w in prompt.warnings}
    assert warned == {
        ("prompt-not-english", "ch1-p1-pan1", "location"),
        ("prompt-not-english", "char-1", "appearance"),
        ("prompt-not-english", "char-1", "clothing"),
        ("prompt-not-english", "ch1-p1-pan1", "action"),
    }


def test_an_english_version_takes_the_place_of_the_ukrainian_text() -> None:
    shot = ENGLISH.but(
        action=Part(text="Марко відчиняє двері.", field="action"),
        action_en=Part(text="Marko opens the door slowly", field="kitsumy.actionEn"),
        place=Part(text="Маяк", field="location"),
    )
    prompt = compose_prompt(shot)
    assert "Marko opens the door slowly." in prompt.text
    assert "Маяк" not in prompt.text
    assert prompt.warnings == ()


def test_given_translations_are_used() -> None:
    shot = ENGLISH.but(
        place=Part(text="Маяк", field="location"), action=Part(text="Він іде.", field="action")
    )
    prompt = compose_prompt(shot, translations={"Маяк": "The lighthouse", "Він іде.": "He walks"})
    assert "The lighthouse: white stone tower." in prompt.text
    assert "He walks." in prompt.text
    assert prompt.warnings == ()


def test_a_prompt_written_by_hand_is_taken_as_it_is() -> None:
    shot = ENGLISH.but(prompt=Part(text="just a door, oil on canvas", field="kitsumy.prompt"))
    assert compose_prompt(shot, STYLES["noir"]).text == "just a door, oil on canvas"


def test_the_plans_own_style_words_are_added_unless_they_name_the_style() -> None:
    assert "НУАР" not in compose_prompt(ENGLISH.but(style=Part(text="НУАР")), STYLES["noir"]).text
    own = compose_prompt(ENGLISH.but(style=Part(text="1940s Kyiv")), STYLES["noir"])
    assert "heavy brush ink, 1940s Kyiv." in own.text
    assert compose_prompt(ENGLISH.but(style=Part(text="pencil"))).text.startswith("Pencil.")


def test_an_empty_shot_still_has_a_prompt() -> None:
    assert compose_prompt(Shot(panel_id="p")).text == NO_TEXT


def test_a_plan_in_another_latin_language_is_not_taken_for_english() -> None:
    shot = ENGLISH.but(language="pl", action=Part(text="Marko otwiera drzwi", field="action"))
    fields = {w.field for w in compose_prompt(shot).warnings}
    assert {"action", "mood", "camera"} <= fields
    assert "kitsumy.look" not in fields


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        ("a café", "uk", True),
        ("маяк", "en", False),
        ("灯台", "uk", False),
        ("drzwi", "pl", False),
        ("12:30", "pl", True),
    ],
)
def test_what_passes_for_english(text: str, language: str, english: bool) -> None:
    assert is_english(text, language) is english


@pytest.mark.parametrize(
    ("ukrainian", "english", "complete"),
    [
        ("середній план", "medium shot", True),
        ("Великий план, знизу вгору", "close-up, low angle", True),
        ("надвеликий план", "extreme close-up", True),
        ("вид з висоти пташиного польоту", "bird's-eye view", True),
        ("загальний план, силуети", "wide shot, silhouette", True),
        ("із-за плеча Марка", "over-the-shoulder shot", False),
        ("крізь шибку", "", False),
    ],
)
def test_camera_words_are_known(ukrainian: str, english: str, complete: bool) -> None:
    assert camera_in_english(ukrainian) == (english, complete)


@pytest.mark.parametrize(
    ("ukrainian", "english", "complete"),
    [
        ("напружена", "tense", True),
        ("похмурий і тривожний", "gloomy, anxious", True),
        ("дуже спокійно", "calm", True),
        ("неспокійний", "uneasy", True),
        ("тихий, як перед бурею", "quiet", False),
    ],
)
def test_mood_words_are_known_in_any_ending(ukrainian: str, english: str, complete: bool) -> None:
    assert mood_in_english(ukrainian) == (english, complete)


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Зоя Щербак", "Zoia Shcherbak"),
        ("Юлія Згурська", "Yuliia Zghurska"),
        ("Мар'яна", "Mariana"),
        ("Їжак", "Yizhak"),
        ("Олексій Заєць", "Oleksii Zaiets"),
        ("John O’Neil", "John O’Neil"),
        ("山田", "山田"),
    ],
)
def test_names_are_written_in_latin_letters(name: str, latin: str) -> None:
    assert name_in_latin(name) == latin


@given(st.text(), st.text(), st.text())
def test_any_words_make_a_prompt(camera: str, mood: str, action: str) -> None:
    shot = ENGLISH.but(camera=Part(text=camera), mood=Part(text=mood), action=Part(text=action))
    assert compose_prompt(shot, STYLES["manga"]).text.endswith(NO_TEXT)
