"""Lettering: orthography, fitting, outlines, placement."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kitsumy_core.geometry import Point, Rect, contains_point, polygon_of, segments_cross
from kitsumy_core.page.document import BalloonShape, Lettering, SetText, Tail
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.fitting import EXPONENT, PAD_X, Fit, Type, fit_balloon, fit_caption
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.lettering import Setting, Words, letter_panel
from kitsumy_core.page.looks import LOOKS
from kitsumy_core.page.outline import (
    angle_towards,
    balloon_paths,
    bounds,
    connector,
    flatten,
    point_at,
    tip_of,
)
from kitsumy_core.page.placing import Item, Scene, edges_of, place
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
from kitsumy_core.plan.book import Placement

UK = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя’"
WORD_UK = st.text(alphabet=UK, min_size=1, max_size=24)
WORD_EN = st.text(alphabet="abcdefghijklmnopqrstuvwxyz'-", min_size=1, max_size=24)
TEXT = st.one_of(
    st.tuples(st.lists(WORD_UK, min_size=1, max_size=40).map(" ".join), st.just("uk")),
    st.tuples(st.lists(WORD_EN, min_size=1, max_size=40).map(" ".join), st.just("en")),
)
PANEL = polygon_of([(100, 200), (1000, 200), (1000, 1600), (100, 1600)])


def typeset(text: str, language: str, size: float = 31.25) -> tuple[tuple[str, ...], Type]:
    face = face_of("dialogue")
    kind = Type("dialogue", size, size * face.leading_for(language, upper=True), language)
    return tuple(words_of(cased(normalise(text, language), upper=True), language)), kind


def letters(text: str) -> str:
    """Return a text without what breaking lines may add or drop: spaces and hyphens."""
    return re.sub(r"[\s\u00a0-]", "", text)


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


# --- outlines


def entry(kind: str, **shape: float) -> Lettering:
    known = {"cx": 400.0, "cy": 300.0, "rx": 150.0, "ry": 100.0} | shape
    return Lettering(
        id="x", kind=kind, order=1, panel="p", shape=BalloonShape(type=LOOKS[kind].shape, **known),
        text=SetText(size=30, leading=36, lines=("А",)),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["speech", "thought", "whisper", "shout", "radio", "weak", "narration"])
def test_an_outline_is_closed_and_lies_around_its_shape(kind: str) -> None:
    shown = entry(kind)
    (path,) = balloon_paths(shown)
    assert path[0][0] == "M"
    assert path[-1] == ("Z",)
    box = bounds([path])
    assert box.width >= 2 * 150 - 12
    assert box.width <= 2 * (150 + 0.85 * 30)
    assert box.centre == pytest.approx((400, 300), abs=14)


def test_a_sound_effect_has_no_outline() -> None:
    assert balloon_paths(entry("sfx")) == ()


@given(
    st.floats(0, 6.28), st.floats(1.3, 6), st.sampled_from(["speech", "shout", "weak", "radio", "thought"])
)
def test_a_tail_reaches_its_tip_in_every_direction(angle: float, far: float, kind: str) -> None:
    from math import cos, sin

    target = (400 + 150 * far * cos(angle), 300 + 100 * far * sin(angle))
    style = {"radio": "zigzag", "thought": "bubbles"}.get(kind, "point")
    tail = Tail(target=target, base=34, length_ratio=0.6, style=style)
    shown = entry(kind).but(tails=(tail,))
    tip = tip_of(shown.shape, tail)
    points = [point for path in balloon_paths(shown) for point in flatten(path)]
    assert min(Point(*tip).distance(point) for point in points) < (6 if style == "bubbles" else 1e-6)
    assert len(balloon_paths(shown)) >= 3 if style == "bubbles" else len(balloon_paths(shown)) == 1


@given(st.floats(-3.1, 3.1), st.floats(1.1, 5))
def test_a_tail_leaves_towards_its_target(angle: float, far: float) -> None:
    shape = entry("speech").shape
    on = point_at(shape, angle)
    target = (shape.cx + (on.x - shape.cx) * far, shape.cy + (on.y - shape.cy) * far)
    assert point_at(shape, angle_towards(shape, target)) == pytest.approx(on, abs=1e-6)


def test_two_tails_make_one_outline() -> None:
    tails = (Tail(target=(200, 700)), Tail(target=(700, 650)))
    (path,) = balloon_paths(entry("speech").but(tails=tails))
    assert sum(command[0] == "Q" for command in path) == 4
    assert sum(command[0] == "Z" for command in path) == 1


def test_a_connector_runs_from_one_outline_into_the_other() -> None:
    first, second = entry("speech"), entry("speech", cx=520.0, cy=560.0)
    joint = connector(first, second)
    for side in joint.sides:
        start, end = flatten(side)
        assert Rect.centred((400, 300), 150, 100).contains(start)
        assert Rect.centred((520, 560), 150, 100).contains(end)


# --- placement


def scene(faces: tuple[Rect, ...] = (), *, mirrored: bool = False, polygon=PANEL, taken=()) -> Scene:
    return Scene(polygon, faces, taken, 14, 12, mirrored)


@pytest.mark.parametrize("mirrored", [False, True])
@given(st.lists(st.tuples(st.floats(60, 200), st.floats(40, 110)), min_size=2, max_size=5))
def test_balloons_are_read_in_their_order_and_do_not_overlap(mirrored: bool, sizes: list) -> None:
    found = place([Item(rx, ry) for rx, ry in sizes], scene(mirrored=mirrored))
    assert found.clean
    boxes = [Rect.centred(at, *size) for at, size in zip(found.centres, sizes, strict=True)]
    for i, before in enumerate(boxes):
        for after in boxes[i + 1 :]:
            assert before.intersection(after) is None
            beside = after.centre.x <= before.centre.x if mirrored else after.centre.x >= before.centre.x
            lower, both = after.centre.y - before.centre.y, (after.height + before.height) / 2
            assert lower >= 0.55 * both or (beside and lower > -0.36 * both)


@given(
    st.floats(0, 400),
    st.floats(0, 400),
    st.lists(st.tuples(st.floats(50, 160), st.floats(40, 90)), min_size=1, max_size=3),
)
def test_a_balloon_called_clean_lies_inside_a_slanted_panel(left: float, right: float, sizes: list) -> None:
    polygon = polygon_of([(left, 0), (1000, 0), (1000 - right, 900), (0, 900)])
    found = place([Item(rx, ry) for rx, ry in sizes], scene(polygon=polygon))
    assume(found.clean)
    for at, (rx, ry) in zip(found.centres, sizes, strict=True):
        shape = BalloonShape(cx=at.x, cy=at.y, rx=rx, ry=ry)
        assert all(contains_point(polygon, point_at(shape, a / 20)) for a in range(126))


def test_the_reach_of_a_balloon_towards_a_slanted_side_is_exact() -> None:
    shape = BalloonShape(cx=0, cy=0, rx=170, ry=80)
    for edge in edges_of(polygon_of([(-400, -300), (500, -200), (300, 400), (-500, 350)])):
        furthest = max(
            -(edge.nx * p.x + edge.ny * p.y) for p in (point_at(shape, a / 500) for a in range(3142 * 2 // 2))
        )
        assert edge.reach(170, 80) >= furthest - 0.01
        assert edge.reach(170, 80) == pytest.approx(
            max(-(edge.nx * p.x + edge.ny * p.y) for p in (point_at(shape, a / 500) for a in range(3142))),
            rel=0.01,
        )


def test_a_face_is_left_free_where_there_is_room() -> None:
    face = Rect(300, 220, 900, 900)
    found = place([Item(150, 90, face.centre, 0)], scene((face,)))
    assert found.clean
    assert face.overlap_share(Rect.centred(found.centres[0], 138, 82)) == 0


def test_tails_of_two_speakers_do_not_cross() -> None:
    faces = (Rect(200, 900, 350, 1100), Rect(700, 900, 850, 1100))
    for first, second in ((0, 1), (1, 0)):
        items = [
            Item(130, 80, faces[first].centre, first, "a"),
            Item(130, 80, faces[second].centre, second, "b"),
        ]
        centres = place(items, scene(faces)).centres
        assert not segments_cross(centres[0], faces[first].centre, centres[1], faces[second].centre)


def test_a_place_chosen_by_hand_is_never_moved() -> None:
    odd = Point(110, 1590)
    found = place([Item(150, 90, fixed=odd), Item(150, 90)], scene())
    assert found.centres[0] == odd


# --- a whole panel


def setting(**changes: object) -> Setting:
    known: dict[str, object] = {
        "polygon": PANEL, "faces": (Rect(250, 900, 400, 1100), Rect(700, 900, 850, 1100)), "language": "uk",
        "mirrored": False, "size": 31.25, "size_min": 27.0, "placements": {},
    }  # fmt: skip
    return Setting(**(known | changes))  # type: ignore[arg-type]


TALK = (
    Words("n", "narration", "Тієї ночі туман ліг на місто."),
    Words("d1", "speech", "Хто там?", "Марко", 0),
    Words("d2", "shout", "Тікай!", "Зоя", 1),
    Words("s", "sfx", "ба-бах!"),
)


def test_a_panel_has_its_texts_in_order_with_their_looks() -> None:
    found = letter_panel("p", TALK, setting(), measure)
    assert [(e.id, e.order, e.shape.type) for e in found] == [
        ("n", 1, "rect"), ("d1", 2, "superellipse"), ("d2", 3, "burst"), ("s", 4, "none")
    ]  # fmt: skip
    assert found[0].text.lines[0].startswith("Тієї")
    assert " ".join(found[1].text.lines) == "ХТО ТАМ?"
    assert found[3].text.lines == ("БА-БАХ!",)
    assert found[3].z < found[1].z < found[0].z
    assert not any(e.overflow or e.locked for e in found)


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_caption_is_in_the_top_start_corner(mirrored: bool) -> None:
    caption = letter_panel("p", TALK, setting(mirrored=mirrored), measure)[0].shape
    assert 4 <= (1000 - caption.cx if mirrored else caption.cx - 100) - caption.rx <= 9
    assert 4 <= caption.cy - caption.ry - 200 <= 9


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["speech", "thought", "whisper", "shout", "radio", "weak", "off"]),
            st.text(alphabet=UK + " ", min_size=1, max_size=120),
            st.sampled_from([0, 1, None]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
)
def test_balloons_of_a_panel_never_overlap_and_lose_no_word(lines: list, mirrored: bool) -> None:
    assume(all(text.strip() for _, text, _ in lines))
    talk = [Words(f"d{i}", kind, text, f"S{who}", who) for i, (kind, text, who) in enumerate(lines)]
    found = letter_panel("p", talk, setting(mirrored=mirrored), measure)
    for said, shown in zip(talk, found, strict=True):
        look = LOOKS[said.kind]
        assert letters("".join(shown.text.lines)) == letters(cased(normalise(said.text, "uk"), look.upper))
    boxes = [Rect.centred((e.shape.cx, e.shape.cy), e.shape.rx, e.shape.ry) for e in found]
    for i, a in enumerate(boxes):
        assert not any(a.intersection(b) for b in boxes[i + 1 :])


def test_type_shrinks_before_a_text_overflows_and_never_below_the_least_size() -> None:
    long = "Кожен, хто бачив цей маяк уночі, розповідав про нього інакше, і ніхто не збрехав. " * 4
    small = setting(polygon=polygon_of([(0, 0), (560, 0), (560, 620), (0, 620)]), faces=())
    (shown,) = letter_panel("p", [Words("d", "speech", long, "", None)], small, measure)
    assert 27.0 - 0.01 <= shown.text.size < 31
    (huge,) = letter_panel("p", [Words("d", "speech", long * 6, "", None)], small, measure)
    assert huge.overflow
    assert huge.text.size == pytest.approx(27.0)
    assert letters("".join(huge.text.lines)) == letters(normalise(long * 6, "uk").upper())


def test_a_hand_placement_wins_and_is_locked() -> None:
    hands = {
        "d1": Placement(x=0.7, y=0.8, tail_x=0.5, tail_y=0.5),
        "n": Placement(x=0.5, y=0.95),
        "s": Placement(x=0.2, y=0.1),
    }
    found = {e.id: e for e in letter_panel("p", TALK, setting(placements=hands), measure)}
    box = Rect.around(PANEL)
    for key, hand in hands.items():
        at = box.at((hand.x, hand.y))
        assert (found[key].shape.cx, found[key].shape.cy) == pytest.approx(tuple(at), abs=0.01)
        assert found[key].locked
    assert not found["d2"].locked
    (tail,) = found["d1"].tails
    assert tip_of(found["d1"].shape, tail) == pytest.approx((550, 900), abs=0.1)


def test_tails_end_before_the_face_they_point_at() -> None:
    found = letter_panel("p", TALK, setting(), measure)
    for shown, face in ((found[1], Rect(250, 900, 400, 1100)), (found[2], Rect(700, 900, 850, 1100))):
        (tail,) = shown.tails
        tip = tip_of(shown.shape, tail)
        assert not face.contains(tip)
        assert tip.distance(face.centre) < Point(shown.shape.cx, shown.shape.cy).distance(face.centre)


def test_a_voice_from_off_points_to_the_edge_and_a_nameless_one_nowhere() -> None:
    talk = [Words("d1", "speech", "Гей!", "Хтось", None), Words("d2", "speech", "Тихо.", "", None)]
    off, nameless = letter_panel("p", talk, setting(), measure)
    assert off.tails[0].target[0] in (100, 1000)
    assert nameless.tails == ()


def test_two_balloons_of_one_speaker_in_a_row_are_joined_with_one_tail() -> None:
    talk = [
        Words("d1", "speech", "Хто там?", "Марко", 0),
        Words("d2", "speech", "Відчиняй!", "Марко", 0),
        Words("d3", "speech", "Ні.", "Зоя", 1),
    ]
    first, second, third = letter_panel("p", talk, setting(), measure)
    assert (first.connect_to, second.connect_to, third.connect_to) == ("", "d1", "")
    assert (len(first.tails), len(second.tails), len(third.tails)) == (0, 1, 1)


def test_whispers_are_in_lower_case_and_dashed() -> None:
    whisper, weak = letter_panel(
        "p",
        [Words("a", "whisper", "Тихо, Марку", "М", 0), Words("b", "weak", "Не можу", "З", 1)],
        setting(),
        measure,
    )
    assert " ".join(whisper.text.lines) == "Тихо, Марку"
    assert whisper.stroke
    assert whisper.stroke.dash
    assert " ".join(weak.text.lines) == "Не можу"


def test_a_blank_text_makes_no_balloon() -> None:
    assert letter_panel("p", [Words("d", "speech", " \n ", "М", 0)], setting(), measure) == []


def test_a_sound_effect_shrinks_to_leave_faces_and_balloons_free() -> None:
    crowded = setting(faces=(Rect(100, 700, 540, 1450), Rect(560, 700, 1000, 1450)))
    found = letter_panel("p", TALK, crowded, measure)
    sfx = found[-1].shape
    area = Rect.centred((sfx.cx, sfx.cy), sfx.rx, sfx.ry)
    for other in found[:-1]:
        assert not area.intersection(
            Rect.centred((other.shape.cx, other.shape.cy), other.shape.rx, other.shape.ry)
        )
    assert found[-1].text.size >= 31


def test_orders_in_a_panel_count_up_from_one() -> None:
    orders = [e.order for e in letter_panel("p", TALK, setting(), measure)]
    assert all(b == a + 1 for a, b in pairwise(orders))
    assert orders[0] == 1
