"""Place the balloons of one panel: in reading order, off the faces, near their speakers, tails uncrossed,
and of what is as good then, where the picture is quiet.

A beam search over a coarse grid of centres, cheapest places first, cut off where no better state can follow.
Lengths are pixels of the page. It knows superellipses, a convex polygon, the boxes of faces, and how busy the
picture is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from heapq import heappush, heapreplace
from math import hypot
from typing import NamedTuple

from kitsumy_core.geometry import Point, Polygon, Rect, segments_cross
from kitsumy_core.page.busy import Busy, meter
from kitsumy_core.page.fitting import EXPONENT

BEAM = 16
_COLUMNS, _ROWS = 9, 12
_DUAL = EXPONENT / (EXPONENT - 1)
_HIDES, _ROUND = 12.0, 2.25
_HIDDEN, _OUTSIDE, _LOW, _FAR, _ASIDE, _BELOW = 60.0, 40.0, 1.2, 1.5, 0.8, 2.0
_BUSY = 2.2
_OVERLAP, _TOUCH, _NEAR = 400.0, 60.0, 20.0
_OUT_OF_ORDER, _DOUBTFUL, _WEAK = 40.0, 12.0, 3.0
_CROSS, _OVER = 24.0, 12.0
_CAPTION_ORDER = 40.0


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
    """What balloons have to respect, all of it in tuples: faces as ellipses, `taken` boxes read before them
    (captions), and `solids`, boxes that are no room at all (insets, a fold)."""

    polygon: Polygon
    faces: Sequence[Rect]
    taken: Sequence[Rect]
    margin: float
    gap: float
    mirrored: bool
    solids: Sequence[Rect] = ()
    busy: Busy | None = None


class Placed(NamedTuple):
    centres: tuple[Point, ...]
    cost: float
    clean: bool
    """True where nothing overlaps, leaves the panel, hides a face or is read in the wrong order."""


class Edge(NamedTuple):
    """A side of a polygon as a half plane: nx * x + ny * y >= c inside."""

    nx: float
    ny: float
    c: float

    def reach(self, rx: float, ry: float) -> float:
        """Return how far a superellipse reaches from its centre towards this side."""
        return float(((rx * abs(self.nx)) ** _DUAL + (ry * abs(self.ny)) ** _DUAL) ** (1 / _DUAL))


def edges_of(polygon: Polygon) -> list[Edge]:
    """Return the sides of a clockwise convex polygon."""
    edges = []
    for a, b in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        length = hypot(b.x - a.x, b.y - a.y) or 1.0
        nx, ny = -(b.y - a.y) / length, (b.x - a.x) / length
        edges.append(Edge(nx, ny, nx * a.x + ny * a.y))
    return edges


class _Spot(NamedTuple):
    cost: float
    at: Point
    tip: Point | None
    dirty: bool


_State = tuple[float, int, tuple[_Spot, ...], bool]


def place(items: Sequence[Item], scene: Scene) -> Placed:
    """Return a centre for every item, in the same order; the cost tells how good the whole is."""
    states: list[_State] = [(0.0, 0, (), False)]
    for index in range(len(items)):
        states = _extended(states, items[: index + 1], _spots(items[index], scene), scene)
    cost, _, chosen, dirty = min(states, key=lambda state: state[0])
    return Placed(tuple(spot.at for spot in chosen), cost, not dirty)


def _extended(
    states: Sequence[_State], items: Sequence[Item], spots: Sequence[_Spot], scene: Scene
) -> list[_State]:
    """Return the cheapest states with one more balloon placed."""
    kept: list[tuple[float, int, tuple[_Spot, ...], bool]] = []  # a heap, the dearest first (costs negated)
    serial = 0
    for cost, _, chosen, dirty in states:
        for spot in spots:
            base = cost + spot.cost
            limit = -kept[0][0] - base if len(kept) == BEAM else float("inf")
            if limit <= 0:
                break
            extra, wrong = _against(spot, chosen, items, scene, limit)
            if extra >= limit:
                continue
            serial += 1
            entry = (-(base + extra), serial, (*chosen, spot), dirty or wrong or spot.dirty)
            if len(kept) < BEAM:
                heappush(kept, entry)
            else:
                heapreplace(kept, entry)
    return [
        (-negated, number, chosen, dirty) for negated, number, chosen, dirty in sorted(kept, reverse=True)
    ]


@lru_cache(maxsize=1024)
def _spots(item: Item, scene: Scene) -> tuple[_Spot, ...]:
    """Return the places to try, the cheapest first; the same as long as others are moved beside it."""
    if item.fixed is not None:
        return (_Spot(0.0, item.fixed, _tip(item.fixed, item), False),)
    box = Rect.around(scene.polygon)
    room = box.inset(scene.margin)
    sides = [
        (edge.nx, edge.ny, edge.c + edge.reach(item.rx, item.ry) + scene.margin - 1.0)
        for edge in edges_of(scene.polygon)
    ]
    busy_under = meter(scene.busy)
    spots = []
    for y in _steps(room.y0 + item.ry, room.y1 - item.ry, _ROWS):
        for x in _steps(room.x0 + item.rx, room.x1 - item.rx, _COLUMNS):
            over = 0.0
            for nx, ny, least in sides:
                beyond = least - nx * x - ny * y
                if beyond > 0:
                    over += beyond
            busy = busy_under(x - item.rx, y - item.ry, x + item.rx, y + item.ry)
            spots.append(_spot(item, Point(x, y), scene, box, over / item.ry, busy))
    return tuple(sorted(spots, key=lambda spot: spot.cost))


def _steps(low: float, high: float, count: int) -> list[float]:
    if high <= low:
        return [(low + high) / 2]
    step = (high - low) / (count - 1)
    return [low + i * step for i in range(count)]


def _spot(item: Item, at: Point, scene: Scene, box: Rect, outside: float, busy: float) -> _Spot:
    """Weigh one place by itself."""
    hidden = 0.0
    for face in scene.faces:
        hidden += hides(face, at, item)
    cost = _OUTSIDE * outside + _LOW * (at.y - box.y0) / box.height + _BUSY * busy
    cost += _HIDES + _HIDDEN * hidden if hidden > 0 else 0.0
    tip = _tip(at, item)
    dirty = hidden > 0 or outside > 0.02
    for solid in scene.solids:
        if _covered(solid, at, item.rx, item.ry) > 0:
            cost += _OVERLAP * (0.25 + _covered(solid, at, item.rx, item.ry))
            dirty = True
    if item.mouth is not None and tip is not None:
        far = at.distance(item.mouth) / hypot(box.width, box.height)
        cost += _FAR * abs(far - 0.28) + _ASIDE * abs(at.x - item.mouth.x) / box.width
        if at.y > item.mouth.y - item.ry:
            cost += _BELOW
        for index, face in enumerate(scene.faces):
            if index != item.face and crosses(at, tip, face):
                cost += _OVER
    for taken in scene.taken:
        wide, high = item.rx + scene.gap, item.ry + scene.gap
        if _covered(taken, at, wide, high) > 0:
            cost += 100 + _OVERLAP * _covered(taken, at, item.rx, item.ry)
            dirty = True
        if _read_before(at, item, taken, scene.mirrored):
            cost += _CAPTION_ORDER
            dirty = True
    return _Spot(cost, at, tip, dirty)


def hides(face: Rect, at: Point, item: Item) -> float:
    """Return how deep a balloon reaches into a face: 0 beside it, 1 right over it. Both are roundish."""
    x0, y0, x1, y1 = face
    dx = abs(2 * at.x - x0 - x1) / (2 * item.rx + x1 - x0)
    dy = abs(2 * at.y - y0 - y1) / (2 * item.ry + y1 - y0)
    if dx >= 1 or dy >= 1:
        return 0.0
    return max(0.0, 1 - float(dx**_ROUND + dy**_ROUND))


def _covered(box: Rect, at: Point, rx: float, ry: float) -> float:
    """Return which share of a box lies within rx, ry of a point."""
    wide = min(at.x + rx, box.x1) - max(at.x - rx, box.x0)
    if wide <= 0:
        return 0.0
    high = min(at.y + ry, box.y1) - max(at.y - ry, box.y0)
    return wide * high / box.area if high > 0 else 0.0


def _tip(at: Point, item: Item) -> Point | None:
    if item.mouth is None:
        return None
    return Point(at.x + (item.mouth.x - at.x) * 0.7, at.y + (item.mouth.y - at.y) * 0.7)


def crosses(a: Point, b: Point, box: Rect) -> bool:
    """Tell whether the segment ab touches a box."""
    first, last = 0.0, 1.0
    for start, way, low, high in ((a.x, b.x - a.x, box.x0, box.x1), (a.y, b.y - a.y, box.y0, box.y1)):
        if abs(way) < 1e-9:
            if start < low or start > high:
                return False
            continue
        enter, leave = (low - start) / way, (high - start) / way
        if enter > leave:
            enter, leave = leave, enter
        first, last = max(first, enter), min(last, leave)
        if first > last:
            return False
    return True


def _read_before(at: Point, item: Item, taken: Rect, mirrored: bool) -> bool:
    """Tell whether a balloon would be read before the caption it follows."""
    if at.y < taken.y0:
        return True
    beside = at.y - 0.5 * item.ry < taken.y1
    return beside and (at.x > taken.x1 if mirrored else at.x < taken.x0)


def _against(
    spot: _Spot, chosen: Sequence[_Spot], items: Sequence[Item], scene: Scene, limit: float
) -> tuple[float, bool]:
    """Weigh a place against the balloons placed before it; also tell whether it is wrong.

    A cost of `limit` or more is as good as any other: the rest is not weighed then.
    """
    cost, wrong = 0.0, False
    item = items[-1]
    for index, other in enumerate(chosen):
        prior = items[index]
        clear_x = abs(spot.at.x - other.at.x) - item.rx - prior.rx
        clear_y = abs(spot.at.y - other.at.y) - item.ry - prior.ry
        if clear_x < scene.gap and clear_y < scene.gap:
            wrong = True
            both = clear_x < 0 and clear_y < 0
            cost += (
                _TOUCH + _OVERLAP * min(1.0, clear_x * clear_y / (4 * item.rx * item.ry)) if both else _NEAR
            )
        order = 0.0 if item.fixed and prior.fixed else _order(spot, other, item, prior, scene.mirrored)
        cost += order
        if cost >= limit:
            break
        cost += _tails(spot, other, item, prior, scene.gap)
        wrong = wrong or order >= _DOUBTFUL
        if index == len(chosen) - 1 and item.speaker and item.speaker == prior.speaker:
            cost += 0.6 * max(0.0, clear_x, clear_y) / item.ry
    return cost, wrong


def _order(spot: _Spot, other: _Spot, item: Item, prior: Item, mirrored: bool) -> float:
    """Charge for a balloon that would be read before its predecessor."""
    both = item.ry + prior.ry
    dx, dy = spot.at.x - other.at.x, spot.at.y - other.at.y
    if mirrored:
        dx = -dx
    if dy < -0.35 * both or (dx >= 0 and other.at.y - prior.ry > spot.at.y - 0.15 * item.ry):
        return _OUT_OF_ORDER
    if dx < 0 and spot.at.y - item.ry < other.at.y + 0.1 * prior.ry:
        return _OUT_OF_ORDER
    if dx < 0:
        stacked = -dx < 0.5 * (item.rx + prior.rx)
        if dy < (0.6 if stacked else 0.95) * both:
            return _OUT_OF_ORDER if dy < 0.45 * both else _DOUBTFUL
    return _WEAK if dy < 0.15 * both and dx < 0.5 * (item.rx + prior.rx) else 0.0


def _tails(spot: _Spot, other: _Spot, item: Item, prior: Item, gap: float) -> float:
    cost = 0.0
    same = bool(item.speaker) and item.speaker == prior.speaker
    if spot.tip and other.tip and not same and segments_cross(spot.at, spot.tip, other.at, other.tip):
        cost += _CROSS
    if spot.tip and crosses(spot.at, spot.tip, Rect.centred(other.at, prior.rx + gap, prior.ry)):
        cost += _OVER
    if other.tip and not same and crosses(other.at, other.tip, Rect.centred(spot.at, item.rx + gap, item.ry)):
        cost += _OVER
    return cost
