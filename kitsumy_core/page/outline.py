"""Turn a balloon of a document into paths that every renderer draws alike.

A path is a list of commands: ("M", x, y), ("L", x, y), ("Q", cx, cy, x, y), ("Z",). The outline is walked by
growing angle, cut open at each tail and led to its tip, so no boolean operations are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import atan2, ceil, cos, hypot, pi, sin
from typing import NamedTuple

from kitsumy_core.geometry import Point, Rect
from kitsumy_core.page.document import BalloonShape, Lettering, ShapeType, Tail

Command = tuple[str | float, ...]
Path = tuple[Command, ...]

SAMPLES = 144
_QUADRATIC_STEPS = 12

_DEPTH: dict[ShapeType, float] = {"cloud": 0.34, "burst": 0.8, "jagged": 0.34, "wavy": 0.1}
_PITCH: dict[ShapeType, float] = {"cloud": 1.75, "burst": 1.3, "jagged": 0.8, "wavy": 1.5}


class Connector(NamedTuple):
    """The band between two joined balloons: fill the band, then draw its two sides."""

    band: Path
    sides: tuple[Path, Path]


def depth(shape: ShapeType, type_size: float) -> float:
    """Return how far bumps or spikes stand out of the plain outline, in pixels."""
    return _DEPTH.get(shape, 0.0) * type_size


@lru_cache(maxsize=1024)
def _outline(shape: BalloonShape, type_size: float, tails: tuple[Tail, ...]) -> tuple[Path, ...]:
    if shape.type == "none":
        return ()
    if shape.type == "rect":
        box = Rect.centred((shape.cx, shape.cy), shape.rx, shape.ry)
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        return (_closed(corners),)
    ring = _ring(shape, type_size)
    opened = [tail for tail in tails if tail.style != "bubbles"]
    bubbles = [path for tail in tails if tail.style == "bubbles" for path in _bubbles(shape, type_size, tail)]
    return (_with_tails(ring, shape, opened), *bubbles)


def balloon_paths(lettering: Lettering) -> tuple[Path, ...]:
    """Return the outline with its tails, then the bubbles of a thought; nothing for bare type."""
    return _outline(lettering.shape, lettering.text.size, lettering.tails)


def connector(first: Lettering, second: Lettering) -> Connector:
    """Return the band that joins two balloons, from inside one outline to inside the other."""
    a, b = first.shape, second.shape
    along = Point(b.cx - a.cx, b.cy - a.cy)
    unit = along.scaled(1 / (hypot(*along) or 1.0))
    size = min(first.text.size, second.text.size)
    normal = Point(-unit.y, unit.x).scaled(0.42 * size)
    deep = unit.scaled(0.3 * size)
    sides = []
    for offset in (normal, normal.scaled(-1)):
        start = _leaving(a, Point(a.cx, a.cy) + offset, unit)
        end = _leaving(b, Point(b.cx, b.cy) + offset, unit.scaled(-1))
        sides.append((start, end))
    (left_start, left_end), (right_start, right_end) = sides
    band = _closed([left_start - deep, left_end + deep, right_end + deep, right_start - deep])
    left, right = ((("M", *start), ("L", *end)) for start, end in sides)
    return Connector(band, (left, right))


def _leaving(shape: BalloonShape, start: Point, way: Point) -> Point:
    """Return where a ray from inside a superellipse meets it."""
    near, far = 0.0, 2 * (shape.rx + shape.ry)
    for _ in range(24):
        middle = (near + far) / 2
        u = abs(start.x + way.x * middle - shape.cx) / shape.rx
        v = abs(start.y + way.y * middle - shape.cy) / shape.ry
        near, far = (middle, far) if u**shape.n + v**shape.n < 1 else (near, middle)
    return start + way.scaled(near)


def flatten(path: Path) -> list[tuple[float, float]]:
    """Return the corners of a path with its curves broken into short lines."""
    points: list[tuple[float, float]] = []
    for command in path:
        numbers = [float(value) for value in command[1:]]
        if command[0] in ("M", "L"):
            points.append((numbers[0], numbers[1]))
        elif command[0] == "Q":
            (x0, y0), (cx, cy, x1, y1) = points[-1], numbers
            for i in range(1, _QUADRATIC_STEPS + 1):
                t = i / _QUADRATIC_STEPS
                u = 1 - t
                points.append(
                    (u * u * x0 + 2 * u * t * cx + t * t * x1, u * u * y0 + 2 * u * t * cy + t * t * y1)
                )
    return points


def bounds(paths: Sequence[Path], stroke: float = 0.0) -> Rect:
    """Return the box around paths, half the stroke included."""
    return Rect.around([point for path in paths for point in flatten(path)]).inset(-stroke / 2)


def tip_of(shape: BalloonShape, tail: Tail) -> Point:
    """Return where a tail ends."""
    start = _exit(shape, tail.target)
    return start + (Point(*tail.target) - start).scaled(tail.length_ratio)


def _closed(points: Sequence[tuple[float, float]]) -> Path:
    first, *rest = points
    return (("M", *first), *(("L", *point) for point in rest), ("Z",))


def angle_towards(shape: BalloonShape, target: tuple[float, float]) -> float:
    """Return the angle of the parametric form at which the outline is left towards a point."""
    u, v = (target[0] - shape.cx) / shape.rx, (target[1] - shape.cy) / shape.ry
    power = shape.n / 2
    return atan2(_signed(v, power), _signed(u, power))


def _signed(value: float, power: float) -> float:
    size: float = abs(value) ** power
    return size if value >= 0 else -size


def point_at(shape: BalloonShape, angle: float) -> Point:
    """Return the point of the plain superellipse at an angle."""
    power = 2 / shape.n
    return Point(
        shape.cx + shape.rx * _signed(cos(angle), power), shape.cy + shape.ry * _signed(sin(angle), power)
    )


def _exit(shape: BalloonShape, target: tuple[float, float]) -> Point:
    return point_at(shape, angle_towards(shape, target))


class _Mark(NamedTuple):
    angle: float
    at: Point


def _ring(shape: BalloonShape, type_size: float) -> list[_Mark]:
    """Return the outline without tails as points by growing angle from -pi to pi."""
    plain = [_Mark(a, point_at(shape, a)) for a in (-pi + 2 * pi * i / SAMPLES for i in range(SAMPLES))]
    if shape.type not in _DEPTH:
        return plain
    lengths = [0.0]
    for a, b in pairwise((*plain, plain[0])):
        lengths.append(lengths[-1] + a.at.distance(b.at))
    least = 12 if shape.type == "burst" else 7
    bumps = max(least, round(lengths[-1] / (_PITCH[shape.type] * type_size)))
    if shape.type in ("burst", "jagged"):
        return _spikes(shape, plain, lengths, bumps, type_size)
    marks = []
    for mark, length in zip(plain, lengths, strict=False):
        phase = length / lengths[-1] * bumps * pi
        if shape.type == "cloud":
            out = depth("cloud", type_size) * (abs(sin(phase)) ** 0.75 - 0.15)
        else:
            out = depth("wavy", type_size) * sin(2 * phase)
        marks.append(_Mark(mark.angle, _outwards(shape, mark.at, out)))
    return marks


def _spikes(
    shape: BalloonShape, plain: Sequence[_Mark], lengths: Sequence[float], count: int, type_size: float
) -> list[_Mark]:
    """Return a star with spikes of uneven length, two points a spike."""
    marks, total, at = [], lengths[-1], 0
    for i in range(2 * count):
        wish = (i / (2 * count) + _uneven(i, shape.type) / (6 * count)) * total
        while at < len(plain) - 1 and lengths[at + 1] < wish:
            at += 1
        share = (wish - lengths[at]) / max(1e-9, lengths[at + 1] - lengths[at])
        angle = plain[at].angle + share * 2 * pi / SAMPLES
        high = depth(shape.type, type_size)
        out = high * (0.62 + 0.38 * _uneven(i * 7 + 3, shape.type)) if i % 2 else -0.06 * high
        marks.append(_Mark(angle, _outwards(shape, point_at(shape, angle), out)))
    return sorted(marks, key=lambda mark: mark.angle)


def _uneven(i: int, kind: ShapeType) -> float:
    """Return a fixed, irregular number in -1..1, so that equal balloons look equal."""
    return sin(i * 12.9898 + (4.1 if kind == "burst" else 1.7)) if kind == "burst" else 0.35 * sin(i * 2.399)


def _outwards(shape: BalloonShape, at: Point, out: float) -> Point:
    u, v = (at.x - shape.cx) / shape.rx, (at.y - shape.cy) / shape.ry
    nx, ny = _signed(u, shape.n - 1) / shape.rx, _signed(v, shape.n - 1) / shape.ry
    length = hypot(nx, ny) or 1.0
    return Point(at.x + nx / length * out, at.y + ny / length * out)


class _Gap(NamedTuple):
    start: float
    end: float
    tail: Tail


def _with_tails(ring: Sequence[_Mark], shape: BalloonShape, tails: Sequence[Tail]) -> Path:
    if not tails:
        return _closed([mark.at for mark in ring])
    gaps = sorted((_gap(shape, tail) for tail in tails), key=lambda gap: gap.start)
    commands: list[Command] = []
    for index, gap in enumerate(gaps):
        following = gaps[(index + 1) % len(gaps)]
        until = following.start + (2 * pi if index == len(gaps) - 1 else 0.0)
        arc = _arc(ring, gap.end, until)
        start = point_at(shape, gap.end)
        commands.append(("L" if commands else "M", *start))
        commands += [("L", *point) for point in arc]
        commands.append(("L", *point_at(shape, following.start)))
        commands += _tail(
            point_at(shape, following.start), point_at(shape, following.end), shape, following.tail
        )
    return (*commands, ("Z",))


def _gap(shape: BalloonShape, tail: Tail) -> _Gap:
    angle = angle_towards(shape, tail.target)
    before, after = point_at(shape, angle - 0.01), point_at(shape, angle + 0.01)
    speed = before.distance(after) / 0.02
    half = min(0.6, tail.base / 2 / max(speed, 1e-6))
    return _Gap(angle - half, angle + half, tail)


def _arc(ring: Sequence[_Mark], start: float, end: float) -> list[Point]:
    """Return the points of the ring strictly between two growing angles."""
    points = []
    for turn in (-2 * pi, 0.0, 2 * pi):
        points += [
            (mark.angle + turn, mark.at) for mark in ring if start + 1e-6 < mark.angle + turn < end - 1e-6
        ]
    return [point for _, point in sorted(points)]


def _tail(start: Point, end: Point, shape: BalloonShape, tail: Tail) -> list[Command]:
    tip = tip_of(shape, tail)
    if tail.style == "zigzag":
        return _zigzag(start, end, tip)
    return [("Q", *_bent(start, tip, tail.curve), *tip), ("Q", *_bent(end, tip, tail.curve), *end)]


def _bent(base: Point, tip: Point, curve: float) -> Point:
    """Return the control point that bends the way from the base to the tip to one side."""
    along = tip - base
    return Point((base.x + tip.x) / 2 - along.y * curve, (base.y + tip.y) / 2 + along.x * curve)


def _zigzag(start: Point, end: Point, tip: Point) -> list[Command]:
    """Lead to the tip and back in the form of a flash."""
    middle = Point((start.x + end.x) / 2, (start.y + end.y) / 2)
    along, wide = tip - middle, (end - start).scaled(0.5)
    knee = middle + along.scaled(0.5)
    return [
        ("L", *(knee - wide.scaled(1.05))),
        ("L", *(knee + along.scaled(0.02) - wide.scaled(0.1))),
        ("L", *tip),
        ("L", *(knee + along.scaled(-0.1) + wide.scaled(1.25))),
        ("L", *(knee + along.scaled(-0.14) + wide.scaled(0.35))),
        ("L", *end),
    ]


def _bubbles(shape: BalloonShape, type_size: float, tail: Tail) -> list[Path]:
    """Return shrinking ellipses from the outline to the tip."""
    start, tip = _exit(shape, tail.target), tip_of(shape, tail)
    along = tip - start
    length = hypot(*along)
    count = max(2, min(4, ceil(length / (1.5 * type_size))))
    first = depth("cloud", type_size) / max(length, 1.0)
    paths = []
    for i in range(count):
        share = min(1.0, first + 0.12 + (1 - first - 0.12) * i / max(1, count - 1))
        radius = type_size * (0.44 - 0.3 * i / max(1, count - 1))
        centre = start + along.scaled(share)
        ring = [
            Point(centre.x + radius * 1.25 * cos(2 * pi * k / 24), centre.y + radius * sin(2 * pi * k / 24))
            for k in range(24)
        ]
        paths.append(_closed(ring))
    return paths
