"""Camera, mood, place and weather words in Ukrainian and English; where faces are staged."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.page.staging import FRAMINGS, face_around, figure_places, framing_of, mouth_of, shot_scale
from kitsumy_core.render.camera import (
    MOODS,
    NIGHT,
    PLACES,
    read_camera,
    read_mood,
    read_place,
    read_weather,
    speaks_of,
)

FRAMED = {
    "extreme-close": "extreme close-up; Дуже великий план; надкрупний план очей; ECU",
    "close": "close-up; Close up, low angle; великий план; план крупний; Великим планом; CU; "
    "extreme low angle close-up",
    "medium-close": "medium close-up; MCU; погрудний план; профіль; середньо-крупний план",
    "medium": "medium shot; середній план; cowboy shot; американський план; two shot; очима героя; POV; "
    "dutch angle; поясний; щось незрозуміле; ",
    "full": "full shot; на весь зріст; повний план; low angle; верхній ракурс; силует",
    "wide": "wide shot; long shot; загальний план; план: загальний, з нижнього ракурсу; bird’s-eye view; "
    "з висоти пташиного польоту",
    "extreme-wide": "extreme wide shot; establishing shot; дальній план; Панорама; extreme long shot",
    "insert": "insert; detail of a key; деталь; макро; extreme close-up, insert; великий план рук",
    "over-shoulder": "over the shoulder; over Marta's shoulder, close; OTS; через плече; з-за плеча Зої",
}


@pytest.mark.parametrize(("framing", "camera"), [(f, c) for f, cs in FRAMED.items() for c in cs.split("; ")])
def test_camera_words_give_their_framing(framing: str, camera: str) -> None:
    assert framing_of(camera) == framing
    assert framing_of(camera.upper()) == framing


@pytest.mark.parametrize(
    ("angle", "camera"),
    [
        ("low", "low angle"),
        ("low", "нижній ракурс, загальний план"),
        ("low", "знизу вгору"),
        ("high", "high angle"),
        ("high", "верхній ракурс"),
        ("bird", "bird's eye view"),
        ("bird", "з висоти пташиного польоту"),
        ("eye", "середній план"),
    ],
)
def test_camera_words_give_their_angle(angle: str, camera: str) -> None:
    assert read_camera(camera).angle == angle


def test_flags_are_read_beside_the_framing() -> None:
    seen = read_camera("two shot, профіль, голландський кут, силуети")
    assert (seen.profile, seen.dutch, seen.silhouette, seen.behind) == (True, True, True, False)
    assert read_camera("American shot").cowboy
    assert read_camera("очима героя").own_eyes


@pytest.mark.parametrize(
    ("mood", "text"),
    [
        ("tense", "Напружений"),
        ("tender", "ніжна, тепла"),
        ("eerie", "моторошно"),
        ("joyful", "playful"),
        ("melancholic", "меланхолійний"),
        ("ominous", "зловісна тиша"),
        ("hopeful", "hopeful, then sad"),
        ("neutral", ""),
        ("neutral", "квазіморфний"),
    ],
)
def test_moods_are_read(mood: str, text: str) -> None:
    assert read_mood(text) == mood
    assert mood in {*MOODS, "neutral"}


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("kitchen", "Кухня баби Стефи"),
        ("lighthouse", "на маяку"),
        ("street", "вулиця міста"),
        ("bridge", "старий міст"),
        ("forest", "У лісі"),
        ("forest", "dark woods"),
        ("space", "космічна станція"),
        ("sea", "берег моря"),
        ("ship", "палуба корабля"),
        ("cafe", "Кав'ярня"),
        ("train", "вокзал"),
        ("school", "шкільний клас"),
        ("", "Нетутешнє щось"),
    ],
)
def test_places_are_read(place: str, text: str) -> None:
    assert read_place(text) == place
    assert place in {*PLACES, ""}


def test_the_first_telling_text_names_the_place() -> None:
    assert read_place("", "Десь", "kitchen", "forest") == "kitchen"


def test_weather_and_night_are_read_from_any_text() -> None:
    assert read_weather("Падає сніг", "strong wind") == {"snow", "wind"}
    assert read_weather("ясно") == frozenset()
    assert speaks_of(NIGHT, "Глупа ніч")
    assert not speaks_of(NIGHT, "dark hair, dark coat")


@given(st.text(max_size=600))
def test_any_words_are_read_without_failing(text: str) -> None:
    assert read_camera(text).framing in FRAMINGS
    assert read_mood(text) in {*MOODS, "neutral"}
    assert read_place(text) in {*PLACES, ""}


@given(st.integers(0, 14), st.sampled_from(FRAMINGS), st.floats(0.2, 5))
def test_faces_lie_inside_the_panel_from_left_to_right(count: int, framing: str, aspect: float) -> None:
    places = figure_places(count, framing, aspect)
    assert len(places) == count
    assert [p.centre.x for p in places] == sorted(p.centre.x for p in places)
    for place in places:
        assert 0 <= place.x0 < place.x1 <= 1
        assert 0 <= place.y0 < place.y1 <= 1
        assert place.contains(mouth_of(place))


@pytest.mark.parametrize("framing", ["medium-close", "medium", "full", "wide", "extreme-wide"])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_upper_quarter_is_free_for_balloons(framing: str, count: int) -> None:
    assert all(place.y0 > 0.28 for place in figure_places(count, framing, 4 / 3))


def test_faces_do_not_overlap_in_a_row() -> None:
    for framing in ("close", "medium", "full", "wide", "over-shoulder"):
        places = figure_places(4, framing, 4 / 3)
        assert all(a.x1 <= b.x0 for a, b in pairwise(places))


def test_nearer_framings_have_larger_faces() -> None:
    order = ("extreme-wide", "wide", "full", "medium", "medium-close", "close", "extreme-close")
    heights = [figure_places(1, framing, 1.5)[0].height for framing in order]
    assert heights == sorted(heights)
    assert len(set(heights)) == len(heights)


def test_camera_words_do_as_well_as_framings() -> None:
    assert figure_places(2, "великий план", 1.4) == figure_places(2, "close", 1.4)
    assert (shot_scale("дальній план"), shot_scale("великий план"), shot_scale("")) == (
        "wide",
        "close",
        "medium",
    )


def test_a_marked_face_keeps_the_size_of_its_framing() -> None:
    marked = face_around((0.3, 0.4), "medium", 1.5)
    assert marked.centre == pytest.approx((0.3, 0.4))
    assert marked.height == pytest.approx(figure_places(1, "medium", 1.5)[0].height)
