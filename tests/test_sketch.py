"""Storyboard sketches: the same shot gives the same pixels, and the frame says what the shot says."""

from __future__ import annotations

import asyncio
from functools import reduce
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from kitsumy_core.errors import UsageError
from kitsumy_core.page.staging import figure_places
from kitsumy_core.render.backend import Backend, Finding, Progress
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.shot import CastMember, Part, Shot, shot_of
from kitsumy_core.render.sketch import SketchBackend, draw_frame, draw_sketch, frame_key, read_frame
from kitsumy_core.render.sketching.acting import POSES, cast_poses
from kitsumy_core.render.sketching.looks import read_look
from kitsumy_core.render.sketching.palette import PALETTES, character_colour
from kitsumy_core.render.sketching.things import thing_in
from tests.samples import a_book

SIZE = (480, 360)


def member(member_id: str = "char-1", name: str = "Марко", look: str = "", clothing: str = "") -> CastMember:
    return CastMember(id=member_id, name=Part(text=name), look=Part(text=look), clothing=Part(text=clothing))


def request(
    *cast: CastMember,
    camera: str = "середній план",
    mood: str = "",
    place: str = "",
    action: str = "",
    size: tuple[int, int] = SIZE,
    language: str = "uk",
    speakers: tuple[str, ...] = (),
) -> SketchRequest:
    shot = Shot(
        panel_id="ch1-p1-pan1",
        camera=Part(text=camera),
        cast=cast,
        action=Part(text=action),
        place=Part(text=place),
        mood=Part(text=mood),
        speakers=speakers,
        language=language,
    )
    return SketchRequest(shot=shot, width=size[0], height=size[1])


def in_colour(image: Image.Image, colour: tuple[int, int, int], tolerance: int = 22) -> list[tuple[int, int]]:
    """Return the pixels that are nearly of a colour."""
    far = (
        band.point([255 * (abs(value - wanted) > tolerance) for value in range(256)])
        for band, wanted in zip(image.split(), colour, strict=True)
    )
    away = reduce(ImageChops.lighter, far).tobytes()
    return [(i % image.width, i // image.width) for i, is_away in enumerate(away) if not is_away]


def figure_height(camera: str) -> float:
    """Return the share of the frame's height that somebody's own colour takes, without the tag's chip."""
    image = draw_sketch(request(member(), camera=camera, place="поле"))
    rows = [y for _, y in in_colour(image, character_colour("char-1"))]
    return (max(rows) - min(rows)) / image.height


def test_the_same_request_gives_the_same_pixels() -> None:
    one = request(member(), member("char-2", "Зоя"), place="вулиця", mood="тривожний", action="Марко біжить")
    assert draw_sketch(one).tobytes() == draw_sketch(one.model_copy(deep=True)).tobytes()


def test_a_sketch_has_the_size_asked_for() -> None:
    for size in ((128, 128), (640, 128), (200, 1000), (2000, 1200)):
        assert draw_sketch(request(member(), size=size)).size == size


def test_a_plan_panel_becomes_a_sketch() -> None:
    shot = shot_of(a_book(), "ch1-p1-pan1", SIZE)
    assert shot is not None
    assert draw_sketch(SketchRequest(shot=shot, width=480, height=360)).size == SIZE


def test_every_camera_gives_its_own_frame() -> None:
    seen = ("close-up", "medium shot", "full shot", "wide shot", "extreme wide", "деталь", "через плече")
    cameras = (*seen, "low angle", "high angle", "bird's eye", "dutch angle", "silhouette", "profile")
    drawn = {
        draw_sketch(request(member(), member("char-2", "Зоя"), camera=camera)).tobytes() for camera in cameras
    }
    assert len(drawn) == len(cameras)


def test_figures_grow_smaller_with_distance() -> None:
    full, wide, far = (
        figure_height("full shot"),
        figure_height("загальний план"),
        figure_height("дальній план"),
    )
    assert far < wide < full
    assert full > 1.5 * far


def test_a_figure_is_drawn_under_its_staged_face() -> None:
    cast = (member("char-1"), member("char-2", "Зоя"), member("char-3", "Рей"))
    image = draw_sketch(request(*cast, camera="середній план"))
    for place, person in zip(figure_places(3, "medium", 4 / 3), cast, strict=True):
        pixels = in_colour(image, character_colour(person.id))
        middle = sum(x for x, _ in pixels) / len(pixels) / image.width
        assert middle == pytest.approx(place.centre.x, abs=0.06)
        assert min(y for _, y in pixels) / image.height > place.centre.y


def test_a_face_is_where_staging_says() -> None:
    image = draw_sketch(request(member(look="bald"), camera="close-up"))
    place = figure_places(1, "close", 4 / 3)[0]
    cheek = image.getpixel(
        (round((place.centre.x) * 480), round((place.centre.y + place.height * 0.17) * 360))
    )
    assert isinstance(cheek, tuple)
    assert cheek[0] > 190
    assert cheek[0] > cheek[1] > cheek[2]


def test_a_character_wears_the_same_colour_in_every_panel() -> None:
    for mood in ("радісний", "тривожний", "спокійний"):
        for camera in ("середній план", "full shot"):
            image = draw_sketch(request(member("char-2", "Зоя"), camera=camera, mood=mood, place="кухня"))
            assert len(in_colour(image, character_colour("char-2"), 30)) > 300


def test_neighbouring_characters_differ_in_colour() -> None:
    colours = [character_colour(f"char-{n}") for n in range(1, 13)]
    for i, one in enumerate(colours):
        assert all(
            sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 40 for other in colours[i + 1 :]
        )
    assert character_colour("hero") == character_colour("hero")


def test_a_name_tag_shows_the_name_and_the_colour() -> None:
    named = draw_sketch(request(member(name="Марко"), camera="full shot"))
    other = draw_sketch(request(member(name="Щедрик"), camera="full shot"))
    changed = ImageChops.difference(named, other).getbbox()
    assert changed is not None
    assert changed[1] > named.height * 0.6
    chip = in_colour(named.crop((0, changed[1], *named.size)), character_colour("char-1"), 6)
    assert len(chip) > 8


def test_the_sketch_says_so_in_the_language_of_the_shot() -> None:
    one, two = draw_sketch(request(language="uk")), draw_sketch(request(language="en"))
    corner = (300, 320, 480, 360)
    assert one.crop(corner).tobytes() != two.crop(corner).tobytes()
    assert one.crop((0, 0, 480, 300)).tobytes() == two.crop((0, 0, 480, 300)).tobytes()


def test_the_words_of_the_action_are_not_written_on_the_picture() -> None:
    one = draw_sketch(request(member(), action="Щось невимовне"))
    two = draw_sketch(request(member(), action="Зовсім інше невимовне"))
    assert one.tobytes() == two.tobytes()


FIGURE, KEY = "full shot", "деталь"


@pytest.mark.parametrize(
    ("camera", "told", "same", "other"),
    [
        (FIGURE, "Марко тримає ліхтар.", "Марко тримає старий ліхтар, авжеж!", "Марко тримає книгу."),
        (FIGURE, "Марко йде.", "Марко кудись іде.", "Марко йде вночі."),
        (FIGURE, "Марко йде.", "Туман. Марко йде.", "Марко йде, дощ."),
        (FIGURE, "Марко йде.", "Марко таки йде.", "Марко йде до маяка."),
        (FIGURE, "Марко сів за столом.", "Марко знову сів за столом.", "Марко сів за столом, свічка."),
        (FIGURE, "Марко телефонує.", "Марко довго телефонує.", "Марко телефонує, у руці слухавка."),
        ("Марко через плече", "Перед ним ключ.", "Ось перед ним ключ.", "Перед ним меч."),
        (KEY, "Ключ.", "Той самий ключ.", "Рука бере ключ."),
        (KEY, "Рекс лежить.", "Рекс отут лежить.", "Рекс спить."),
    ],
)
def test_words_that_show_nothing_new_leave_the_sketch_as_it_was(
    camera: str, told: str, same: str, other: str
) -> None:
    cast = (member(), member("char-2", "Рекс", "пес"))[: 1 if camera.endswith("плече") else 2]
    frames = [
        read_frame(request(*cast, camera=camera, place="поле", action=action, size=(120, 90)))
        for action in (told, same, other)
    ]
    keys = [frame_key(frame) for frame in frames]
    assert (keys[0] == keys[1], keys[0] == keys[2]) == (True, False)
    assert draw_frame(frames[0]).tobytes() != draw_frame(frames[2]).tobytes()


def test_every_word_on_the_sketch_and_all_who_are_seen_make_it_another() -> None:
    plain = request(member())
    others = (
        request(member(name="Щедрик")),
        request(member(), member("char-2", "Зоя")),
        request(member(), speakers=("char-1",)),
        request(member(look="лисий")),
        request(member(), place="Десь"),
        request(member(), language="en"),
        request(member(), size=(480, 361)),
    )
    assert len({frame_key(read_frame(one)) for one in (plain, *others)}) == 1 + len(others)


_WORDS = ("Марко", "Зоя", "спить", "тримає", "лампу", "книгу", "столом", "ніч", "маяк", "Отак.", "hands")
_SAID = st.lists(st.sampled_from(_WORDS) | st.text(max_size=6), max_size=6).map(" ".join)


@settings(max_examples=20)
@given(
    one=_SAID,
    two=_SAID,
    camera=st.sampled_from(["", "full shot", "через плече", "деталь", "bird's eye", "dutch close-up"]),
)
def test_sketches_of_one_key_have_the_same_pixels(one: str, two: str, camera: str) -> None:
    cast = (member(), member("char-2", "Зоя", "кицька"))
    drawn: dict[str, bytes] = {}
    for action in (one, two, f"{one} так"):
        frame = read_frame(request(*cast, camera=camera, action=action, size=(48, 36)))
        pixels = draw_frame(frame).tobytes()
        assert drawn.setdefault(frame_key(frame), pixels) == pixels


def test_a_detail_shows_no_figure() -> None:
    image = draw_sketch(request(member(), camera="деталь", action="Старий ключ на столі"))
    assert len(in_colour(image, character_colour("char-1"))) < 40


def test_a_detail_shows_a_hand_that_is_at_work() -> None:
    image = draw_sketch(request(member(), camera="деталь", action="Рука бере ключ"))
    assert len(in_colour(image, character_colour("char-1"))) > 400


def test_moods_change_the_light() -> None:
    drawn = {
        mood: draw_sketch(request(mood=mood, place="поле")).resize((1, 1)).getpixel((0, 0))
        for mood in PALETTES
    }
    assert len(set(drawn.values())) == len(PALETTES)
    assert sum(drawn["joyful"]) > sum(drawn["ominous"])  # type: ignore[arg-type]


def test_night_is_darker_than_day() -> None:
    day, night = (
        draw_sketch(request(place=place)).convert("L").resize((1, 1)).getpixel((0, 0))
        for place in ("ліс", "ліс, ніч")
    )
    assert isinstance(day, int)
    assert isinstance(night, int)
    assert night < day - 40


def test_a_low_camera_lowers_the_horizon() -> None:
    def horizon(camera: str) -> float:
        image = draw_sketch(request(camera=camera, place="поле")).convert("L")
        rows = list(image.crop((200, 0, 280, 330)).resize((1, 330)).get_flattened_data())
        steps = [int(rows[y]) - int(rows[y + 3]) for y in range(327)]  # type: ignore[arg-type]
        return steps.index(max(steps)) / 360

    assert horizon("full shot, high angle") < horizon("full shot") < horizon("full shot, low angle")


@pytest.mark.parametrize(
    ("action", "poses"),
    [
        ("Марко біжить, а Зоя сидить на лаві.", ("run", "sit")),
        ("Зоя спить. Марко показує на вікно.", ("point", "sleep")),
        ("Обоє стрибають у воду", ("jump", "jump")),
        ("Marko falls", ("fall", "stand")),
        ("Марко обіймає Зою", ("hug", "hug")),
        ("Тиша.", ("stand", "stand")),
        ("Навпочіпки Зоя роздивляється слід", ("stand", "squat")),
    ],
)
def test_actions_pose_whom_they_name(action: str, poses: tuple[str, str]) -> None:
    names = ("Marko" if "Marko" in action else "Марко", "Зоя")
    assert cast_poses(action, "", names) == poses
    assert set(poses) <= set(POSES)


def test_an_english_action_helps_where_the_first_says_nothing() -> None:
    assert cast_poses("Отакої!", "She kneels by the fire.", ("Зоя",)) == ("kneel",)


def test_looks_are_read_from_words() -> None:
    keeper = read_look(
        "Amos", "Man of about seventy, big, white walrus moustache, pipe", "keeper's cap, wool sweater"
    )
    assert (keeper.age, keeper.build, keeper.moustache, keeper.pipe) == ("old", "big", True, True)
    assert (keeper.hat, keeper.garment) == ("cap", "sweater")
    girl = read_look("Зоя", "дівчинка десяти років, рудe волосся, руда, дві косички, окуляри", "жовта куртка")
    assert (girl.age, girl.hair, girl.glasses, girl.garment, girl.woman) == (
        "child",
        "braids",
        True,
        "coat",
        True,
    )
    assert girl.hair_colour[0] > girl.hair_colour[2] + 80
    assert read_look("Їжак", "Гладкий", "").kind == "hedgehog"
    assert read_look("Боб", "sly as a fox, man of forty", "").kind == "human"


def test_things_of_a_detail_are_recognised() -> None:
    assert thing_in("Данилова рука знімає ключ із цвяшка") == "key"
    assert thing_in("", "an open logbook") == "book"
    assert thing_in("нічого такого") == ""


@settings(max_examples=25)
@given(
    words=st.lists(st.text(max_size=80), min_size=6, max_size=6),
    count=st.integers(0, 12),
    size=st.tuples(st.integers(16, 260), st.integers(16, 260)),
)
def test_no_words_and_no_size_make_it_fail(words: list[str], count: int, size: tuple[int, int]) -> None:
    cast = tuple(member(f"{words[0]}{n}", words[1], words[2], words[3]) for n in range(count))
    image = draw_sketch(
        request(*cast, camera=words[4], mood=words[5], place=words[1], action=words[3], size=size)
    )
    assert image.size == size


@pytest.mark.parametrize(
    "text", ["", "🦊" * 40, "ґїєщ’\u0301 " * 700, "漢字かな العربية", "\x00\x1b\n\t", "x" * 5000]
)
@pytest.mark.parametrize("camera", ["", "крупний план", "деталь", "wide bird's eye dutch"])
def test_odd_and_very_long_texts_are_drawn(text: str, camera: str) -> None:
    cast = tuple(member(f"c{n}", text, text, text) for n in range(3))
    image = draw_sketch(
        request(*cast, camera=camera + text, mood=text, place=text, action=text, size=(320, 200))
    )
    assert image.size == (320, 200)


def test_the_backend_renders_one_png_and_reports_start_and_end() -> None:
    backend: Backend = SketchBackend()
    seen: list[Progress] = []
    wanted = request(member(), size=(200, 120))
    pictures = asyncio.run(backend.render("00000000-0000-4000-8000-000000000000", wanted, seen.append))
    assert [(p.value, p.total) for p in seen] == [(0, 1), (1, 1)]
    assert [(p.width, p.height) for p in pictures] == [(200, 120)]
    with Image.open(BytesIO(pictures[0].data)) as image:
        assert image.format == "PNG"
        assert image.tobytes() == draw_sketch(wanted).tobytes()


def test_the_backend_is_always_ready_and_has_nothing_to_recover() -> None:
    backend = SketchBackend()
    assert backend.kind == "sketch"
    assert asyncio.run(backend.check()) == [Finding(ok=True, code="sketch-ready")]
    assert asyncio.run(backend.recover("00000000-0000-4000-8000-000000000000")) is None
    asyncio.run(backend.aclose())


def test_a_request_of_another_backend_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        asyncio.run(SketchBackend().render("id", DiffusionRequest(prompt="a fox"), lambda progress: None))
    assert raised.value.error_code == "sketch-wrong-request"
