"""Place the balloons of one panel: in reading order, off the faces, near their speakers, tails uncrossed.

A beam search over a coarse grid of centres. Lengths are pixels of the page. Pure and small: it knows ellipses'
boxes, a convex polygon, the boxes of faces, and nothing of pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import NamedTuple

from kitsumy_core.geometry import (
    Point,
    Polygon,
    Rect,
    contains_point,
    segment_hits_rect,
    segments_cross,
)

BEAM = 8
_COLUMNS, _ROWS = 9, 12
_KEPT = 60
_OVERLAP = 400.0


class Item(NamedTuple):
    """A balloon to place; `mouth` is where its tail aims, `face` the index of that face."""

    rx: float
    ry: float
    mouth: Point | None = None
    face: int | None = None
    speaker: str = ""
    fixed: Point | None = None
    """Where the author put it."""


class Scene(NamedTuple):
    """What balloons have to respect. `taken` are boxes read before them (captions)."""

    polygon: Polygon
    faces: Sequence[Rect]
    taken: Sequence[Rect]
    margin: float
    gap: float
    mirrored: bool


class Placed(NamedTuple):
    centres: tuple[Point, ...]
    cost: float
    clean: bool
    """True where nothing overlaps, leaves the panel or hides a face."""


class _Spot(NamedTuple):
    cost: float
    at: Point
    box: Rect
    tip: Point | None
    dirty: bool


_State = tuple[float, tuple[_Spot, ...], bool]


def place(items: Sequence[Item], scene: Scene) -> Placed:
    """Return a centre for every item, in the same order; the cost tells how good the whole is."""
    beam: list[_State] = [(0.0, (), False)]
    for index, item in enumerate(items):
        spots = _spots(item, scene, last=index == len(items) - 1)
        reached: list[_State] = []
        for cost, chosen, dirty in beam:
            for spot in spots:
                extra, touches = _against(spot, item, chosen, items, scene)
                reached.append((cost + spot.cost + extra, (*chosen, spot), dirty or touches or spot.dirty))
        reached.sort(key=lambda state: state[0])
        beam = reached[:BEAM]
    cost, chosen, dirty = beam[0]
    return Placed(tuple(spot.at for spot in chosen), cost, not dirty)


def _spots(item: Item, scene: Scene, last: bool) -> list[_Spot]:
    if item.fixed is not None:
        return [_spot(item, item.fixed, scene, free=True)]
    box = Rect.around(scene.polygon).inset(scene.margin)
    spots = [
        _spot(item, Point(x, y), scene, free=False)
        for y in _steps(box.y0 + item.ry, box.y1 - item.ry, _ROWS)
        for x in _steps(box.x0 + item.rx, box.x1 - item.rx, _COLUMNS)
    ]
    spots.sort(key=lambda spot: spot.cost)
    return spots[:_KEPT] if not last else spots[: _KEPT * 2]


def _steps(low: float, high: float, count: int) -> list[float]:
    if high <= low:
        return [(low + high) / 2]
    step = (high - low) / (count - 1)
    return [low + i * step for i in range(count)]


def _spot(item: Item, at: Point, scene: Scene, free: bool) -> _Spot:
    """Weigh one place by itself; `free` = chosen by hand, so nothing speaks against it."""
    frame = Rect.around(scene.polygon)
    box = Rect.centred(at, item.rx, item.ry)
    tip = _tip(at, item)
    if free:
        return _Spot(0.0, at, box, tip, False)
    # An ellipse fills 0.85 of its box: a face is hidden only where the middle of the box covers it.
    body = box.inset(item.rx * 0.1, item.ry * 0.1)
    hidden = sum(face.overlap_share(body) for face in scene.faces)
    outside = _outside(box, scene.polygon)
    cost = 60 * hidden + 40 * outside + 1.2 * (at.y - frame.y0) / frame.height
    if item.mouth is not None:
        far = at.distance(item.mouth) / hypot(frame.width, frame.height)
        cost += 1.5 * abs(far - 0.28) + 0.8 * abs(at.x - item.mouth.x) / frame.width
        if at.y > item.mouth.y - item.ry:
            cost += 2.0
        cost += 4.0 * sum(
            1 for i, face in enumerate(scene.faces) if i != item.face and segment_hits_rect(at, tip or at, face)
        )
    dirty = hidden > 0.05 or outside > 0.06
    for taken in scene.taken:
        if (common := box.intersection(taken.inset(-scene.gap))) is not None:
            cost += 100 + _OVERLAP * common.area / box.area
            dirty = True
        cost += 2.0 * _read_before(at, item, taken, scene.mirrored)
    return _Spot(cost, at, box, tip, dirty)


def _tip(at: Point, item: Item) -> Point | None:
    if item.mouth is None:
        return None
    return Point(at.x + (item.mouth.x - at.x) * 0.7, at.y + (item.mouth.y - at.y) * 0.7)


_RING = ((1, 0), (0.78, 0.78), (0, 1), (-0.78, 0.78), (-1, 0), (-0.78, -0.78), (0, -1), (0.78, -0.78))


def _outside(box: Rect, polygon: Polygon) -> float:
    """Return which share of the outline of a balloon lies outside the panel."""
    centre, rx, ry = box.centre, box.width / 2, box.height / 2
    out = sum(not contains_point(polygon, (centre.x + dx * rx, centre.y + dy * ry)) for dx, dy in _RING)
    return out / len(_RING)


def _read_before(at: Point, item: Item, taken: Rect, mirrored: bool) -> float:
    """Return 1 where a balloon would be read before the caption it follows."""
    if at.y + item.ry < taken.y0:
        return 1.0
    beside = at.y - item.ry < taken.y1
    start = at.x > taken.x1 if mirrored else at.x < taken.x0
    return 1.0 if beside and start else 0.0


def _against(
    spot: _Spot, item: Item, chosen: tuple[_Spot, ...], items: Sequence[Item], scene: Scene
) -> tuple[float, bool]:
    """Weigh a place against the balloons placed before it."""
    cost, touches = 0.0, False
    sign = -1 if scene.mirrored else 1
    for index, other in enumerate(chosen):
        prior = items[index]
        clear_x = abs(spot.at.x - other.at.x) - item.rx - prior.rx
        clear_y = abs(spot.at.y - other.at.y) - item.ry - prior.ry
        if clear_x < scene.gap and clear_y < scene.gap:
            if clear_x < 0 and clear_y < 0:
                touches = True
                cost += 60 + _OVERLAP * min(1.0, clear_x * clear_y / (4 * item.rx * item.ry))
            else:
                cost += 20
        if not (item.fixed and prior.fixed):
            cost += _order(spot, other, item, prior, sign)
        cost += _tails(spot, other, item, prior)
        if index == len(chosen) - 1 and item.speaker and item.speaker == prior.speaker:
            cost += 0.01 * max(0.0, max(clear_x, clear_y)) / max(item.ry, 1) * 60
    return cost, touches


def _order(spot: _Spot, other: _Spot, item: Item, prior: Item, sign: int) -> float:
    """Charge for a balloon that would be read before its predecessor."""
    both = item.ry + prior.ry
    dx, dy = (spot.at.x - other.at.x) * sign, spot.at.y - other.at.y
    if dy < -0.35 * both:
        return 40.0
    if abs(dy) < 0.6 * both and dx < 0:
        return 40.0 if dy < 0.25 * both else 12.0
    return 3.0 if dy < 0.15 * both and dx < 0.5 * (item.rx + prior.rx) else 0.0


def _tails(spot: _Spot, other: _Spot, item: Item, prior: Item) -> float:
    cost = 0.0
    same = item.speaker and item.speaker == prior.speaker
    if spot.tip and other.tip and not same and segments_cross(spot.at, spot.tip, other.at, other.tip):
        cost += 5.0
    if spot.tip and segment_hits_rect(spot.at, spot.tip, other.box):
        cost += 4.0
    if other.tip and not same and segment_hits_rect(other.at, other.tip, spot.box):
        cost += 4.0
    return cost
