"""Balloons: their outlines and tails, and the places they find."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kitsumy_core.geometry import Point, Rect, contains_point, polygon_of, segments_cross
from kitsumy_core.page.document import BalloonShape, Lettering, SetText, Tail
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

PANEL = polygon_of([(100, 200), (1000, 200), (1000, 1600), (100, 1600)])


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
