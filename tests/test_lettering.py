"""The lettering of a whole panel."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kitsumy_core.geometry import Point, Rect, polygon_of
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.lettering import Setting, Words, letter_panel
from kitsumy_core.page.looks import LOOKS
from kitsumy_core.page.outline import tip_of
from kitsumy_core.page.typeset import cased, normalise
from kitsumy_core.plan.book import Placement
from tests.lettering_texts import UK, letters

PANEL = polygon_of([(100, 200), (1000, 200), (1000, 1600), (100, 1600)])


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
