"""Lead a balloon's tail to who speaks: to the mouth, or to the panel's edge where the speaker is not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot
from typing import Protocol

from kitsumy_core.geometry import Point, Polygon, Rect, contains_point
from kitsumy_core.page.document import BalloonShape, LetteringKind, Tail, TailStyle
from kitsumy_core.page.outline import angle_towards, point_at
from kitsumy_core.page.staging import mouth_of
from kitsumy_core.plan.book import Placement

RATIO = 0.6
_BASE = 1.15
_LONGEST = 7.0
_SHORTEST = 0.9
_STYLES: Mapping[LetteringKind, TailStyle] = {"thought": "bubbles", "radio": "zigzag"}


class Spoken(Protocol):
    """What a tail needs to know of a text."""

    @property
    def kind(self) -> LetteringKind: ...
    @property
    def speaker(self) -> str: ...
    @property
    def figure(self) -> int | None: ...


def tail_for(
    shape: BalloonShape,
    words: Spoken,
    faces: Sequence[Rect],
    polygon: Polygon,
    size: float,
    hand: Placement | None,
    *,
    silent: bool = False,
) -> Tail | None:
    """Return the tail of a balloon, or None where it has none (captions, `silent` first halves of a speech).

    A tail the author pulled ends exactly where it was put.
    """
    if shape.type in ("rect", "none"):
        return None
    if hand and hand.tail_x is not None and hand.tail_y is not None:
        return _tail(shape, Rect.around(polygon).at((hand.tail_x, hand.tail_y)), 1.0, words.kind, size)
    if silent or not words.speaker:
        return None
    mouth = seen_mouth(faces, words.figure, polygon)
    if words.figure is None or mouth is None or words.kind == "off":
        towards = mouth_of(faces[words.figure]) if words.figure is not None and mouth is None else None
        return _to_edge(shape, words.kind, polygon, size, towards)
    return _to_mouth(shape, faces[words.figure], words.kind, size)


def seen_mouth(faces: Sequence[Rect], figure: int | None, polygon: Polygon) -> Point | None:
    """Return the mouth of a speaker, or None for one who is not there or not in what the panel shows."""
    if figure is None:
        return None
    mouth = mouth_of(faces[figure])
    return mouth if contains_point(polygon, mouth) else None


def _to_mouth(shape: BalloonShape, face: Rect, kind: LetteringKind, size: float) -> Tail | None:
    mouth = mouth_of(face)
    start = point_at(shape, angle_towards(shape, mouth))
    inside = abs(mouth.x - shape.cx) < shape.rx and abs(mouth.y - shape.cy) < shape.ry
    length = start.distance(mouth)
    if inside or length < 0.5 * size:
        return None
    near = face.inset(-0.06 * face.width)
    free = next((i / 40 for i in range(41) if near.contains(_between(start, mouth, i / 40))), 1.0)
    ratio = min(RATIO, 0.96 * free, _LONGEST * size / length)
    return _tail(shape, mouth, max(ratio, min(0.9, _SHORTEST * size / length)), kind, size)


def shortened(shape: BalloonShape, tail: Tail, others: Sequence[BalloonShape], size: float) -> Tail:
    """Return a tail that ends before it runs into another balloon or caption, pointing the same way."""
    start, target = point_at(shape, angle_towards(shape, tail.target)), Point(*tail.target)
    length = start.distance(target)
    if length < 1:
        return tail
    steps = 40
    for i in range(1, steps + 1):
        ratio = tail.length_ratio * i / steps
        if any(_within(other, _between(start, target, ratio), 0.3 * size) for other in others):
            kept = max(0.45 * size / length, ratio - tail.length_ratio / steps - 0.2 * size / length)
            return tail.but(length_ratio=round(min(tail.length_ratio, kept), 4))
    return tail


def _within(shape: BalloonShape, at: Point, pad: float) -> bool:
    u, v = abs(at.x - shape.cx) / (shape.rx + pad), abs(at.y - shape.cy) / (shape.ry + pad)
    return max(u, v) <= 1 if shape.type == "rect" else bool(u**shape.n + v**shape.n <= 1)


def _between(a: Point, b: Point, share: float) -> Point:
    return Point(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)


def _to_edge(
    shape: BalloonShape, kind: LetteringKind, polygon: Polygon, size: float, towards: Point | None
) -> Tail | None:
    """Point to the side of the panel `towards` lies at, else to the nearer one, a little downwards."""
    box = Rect.around(polygon)
    left, right = span_at(polygon, shape.cy)
    to_left = shape.cx - left <= right - shape.cx
    if towards is not None:
        to_left = towards.x < box.centre.x
    reach = (shape.cx - left if to_left else right - shape.cx) - shape.rx
    drop = 0.5 * shape.ry + min(max(reach, 0) * 0.25, 2 * size)
    if reach < _SHORTEST * size:
        drop = shape.ry + 1.6 * size
    y = min(shape.cy + drop, box.y1 - 0.5 * size)
    return _tail(shape, Point(span_at(polygon, y)[0 if to_left else 1], y), 1.0, kind, size)


def span_at(polygon: Polygon, y: float) -> tuple[float, float]:
    """Return where a horizontal line enters and leaves a convex polygon; its whole width if it misses."""
    crossings = []
    for a, b in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if a.y != b.y and min(a.y, b.y) <= y <= max(a.y, b.y):
            crossings.append(a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y))
    box = Rect.around(polygon)
    return (min(crossings), max(crossings)) if crossings else (box.x0, box.x1)


def _tail(shape: BalloonShape, target: Point, ratio: float, kind: LetteringKind, size: float) -> Tail:
    style = _STYLES.get(kind, "point")
    start = point_at(shape, angle_towards(shape, target))
    length = hypot(target.x - start.x, target.y - start.y) * ratio
    base = min(_BASE * size, max(0.7 * size, 0.75 * length))
    bend = 0.1 if target.x < shape.cx else -0.1
    return Tail(
        target=(round(target.x, 2), round(target.y, 2)),
        base=round(base, 2),
        curve=bend,
        length_ratio=round(ratio, 4),
        style=style,
    )
