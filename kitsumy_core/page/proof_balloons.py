"""Proof the balloons of a panel: what they cover, how they are read, where their tails go, near misses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from kitsumy_core.geometry import (
    Point,
    Polygon,
    Rect,
    contains_point,
    segment_hits_rect,
    segments_cross,
    signed_area,
)
from kitsumy_core.page.document import Lettering, PanelBox, Subject
from kitsumy_core.page.flaws import Flaw, Sighted, box_of, corners, flaw
from kitsumy_core.page.looks import KEPT_AWAY, LOOKS
from kitsumy_core.page.outline import tip_of
from kitsumy_core.plan.check import Severity

Numbered = tuple[int, Lettering]

FACE_WARN, FACE_ERROR = 0.05, 0.20
"""Covered shares of a face."""
OVERLAP = 0.05
LARGEST = 0.4
"""A balloon takes at most this share of its panel."""
OUTSIDE = 0.25
"""A balloon may reach so far (share of it) beyond its panel before it seems to belong elsewhere."""
NEAR_MM, ALIGNED_PX, ROUNDED_PX = 1.0, 4.0, 1.0
LONGEST_TAIL, SHORTEST_TAIL = 0.62, 0.15
_GRID = 12
CAPTIONS = ("narration", "place", "spokenOff")
SILENT = ("sfx", "off", *CAPTIONS)
"""Kinds without a tail to somebody in the picture."""


def balloon_flaws(seen: Sighted, panel: PanelBox) -> Iterator[Flaw]:
    """Yield the flaws of all texts of a panel."""
    entries = seen.of_panel(panel.id)
    for entry in entries:
        yield from _covers(seen, panel, entry)
        yield from _size(seen, panel, entry)
        yield from _tails(seen, panel, entry, entries)
        yield from _near_edge(seen, panel, entry)
    balloons = [entry for entry in entries if entry[1].kind != "sfx"]
    for first, second in combinations(balloons, 2):
        yield from _against(seen, first, second)
    for first, second in pairwise(balloons):
        yield from _order(seen, first, second)


def _covers(seen: Sighted, panel: PanelBox, entry: Numbered) -> Iterator[Flaw]:
    """A covered face: grave where the face is marked, a note where its place is only estimated."""
    body = seen.bodies[entry[1].id]
    for subject in panel.subjects:
        face = _face(subject)
        share = covered(face, body)
        if share <= FACE_WARN:
            continue
        severity: Severity = "error" if share > FACE_ERROR else "warning"
        yield flaw(
            seen, "face-covered", severity if subject.known else "info", entry, [corners(face)],
            name=subject.name, share=round(100 * share),
        )  # fmt: skip


def _face(subject: Subject) -> Rect:
    x, y, width, height = subject.bbox
    return Rect(x, y, x + width, y + height)


def covered(box: Rect, polygon: Polygon) -> float:
    """Return which share (0..1) of a box lies inside a polygon of any form, sampled on a grid."""
    if box.area <= 0 or not Rect.around(polygon).intersection(box):
        return 0.0
    points = [box.at(((i + 0.5) / _GRID, (j + 0.5) / _GRID)) for i in range(_GRID) for j in range(_GRID)]
    return sum(is_inside(polygon, point) for point in points) / len(points)


def is_inside(polygon: Sequence[tuple[float, float]], point: tuple[float, float]) -> bool:
    """Tell whether a point is inside a polygon, convex or not (even-odd rule)."""
    inside, (x, y) = False, point
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def _size(seen: Sighted, panel: PanelBox, entry: Numbered) -> Iterator[Flaw]:
    body, polygon = seen.bodies[entry[1].id], seen.polygon(panel.id)
    whole = signed_area(polygon)
    if whole > 0 and abs(signed_area(body)) / whole > LARGEST:
        share = round(100 * abs(signed_area(body)) / whole)
        yield flaw(seen, "balloon-large", "warning", entry, [body], share=share)
    if entry[1].kind == "sfx":
        return
    out = sum(not contains_point(polygon, point) for point in body) / len(body)
    if out > OUTSIDE and not entry[1].overflow:
        yield flaw(seen, "balloon-outside", "warning", entry, [body])


def _against(seen: Sighted, first: Numbered, second: Numbered) -> Iterator[Flaw]:
    one, other = first[1], second[1]
    if other.connect_to == one.id or one.connect_to == other.id:
        return
    a, b = seen.bodies[one.id], seen.bodies[other.id]
    small, large = sorted((a, b), key=lambda polygon: Rect.around(polygon).area)
    share = covered(Rect.around(small), large)
    if share > OVERLAP:
        yield flaw(seen, "balloons-overlap", "warning", second, [a, b], share=round(100 * share))
        return
    if (gap := _gap(a, b)) is not None and 0 < gap < seen.terms.px(NEAR_MM):
        yield flaw(seen, "balloons-near", "info", second, [a, b])


def _gap(one: Polygon, other: Polygon) -> float | None:
    """Return the distance of two outlines whose boxes are close, None for others."""
    near = Rect.around(one).inset(-20)
    if not near.intersection(Rect.around(other)):
        return None
    return min(
        _to_segment(point, a, b) for point in one for a, b in zip(other, (*other[1:], other[0]), strict=True)
    )


def _to_segment(point: Point, a: Point, b: Point) -> float:
    way, length = b - a, a.distance(b)
    if length == 0:
        return point.distance(a)
    share = ((point.x - a.x) * way.x + (point.y - a.y) * way.y) / length**2
    return point.distance(a + way.scaled(min(1.0, max(0.0, share))))


def _order(seen: Sighted, first: Numbered, second: Numbered) -> Iterator[Flaw]:
    """The later of two texts is read first: it stands wholly higher, or on the wrong side of the other."""
    one, other = box_of(first[1].shape), box_of(second[1].shape)
    higher = other.y1 <= one.y0
    common = min(one.y1, other.y1) - max(one.y0, other.y0)
    beside = common > 0.5 * min(one.height, other.height)
    before = other.x0 >= one.x1 if seen.terms.mirrored else other.x1 <= one.x0
    if higher or (beside and before):
        yield flaw(
            seen, "balloon-order", "warning", second, [seen.bodies[first[1].id], seen.bodies[second[1].id]]
        )


def _tails(seen: Sighted, panel: PanelBox, entry: Numbered, entries: Sequence[Numbered]) -> Iterator[Flaw]:
    text = entry[1]
    seen_here = any(subject.name == text.speaker for subject in panel.subjects)
    if text.speaker and seen_here and text.kind not in SILENT and not (text.tails or text.connect_to):
        yield flaw(seen, "tail-missing", "info", entry, [seen.bodies[text.id]], name=text.speaker)
    centre = Point(text.shape.cx, text.shape.cy)
    for tail in text.tails:
        tip = tip_of(text.shape, tail)
        line = (centre, tip, tip)
        if not SHORTEST_TAIL <= tail.length_ratio <= LONGEST_TAIL:
            code = "tail-short" if tail.length_ratio < SHORTEST_TAIL else "tail-long"
            yield flaw(seen, code, "info", entry, [line])
        for subject in panel.subjects:
            face = _face(subject)
            if not face.contains(tail.target) and segment_hits_rect(centre, tip, face):
                severity: Severity = "warning" if subject.known else "info"
                yield flaw(seen, "tail-over-face", severity, entry, [line, corners(face)], name=subject.name)
        for other in entries:
            if other[1].id != text.id:
                yield from _tail_against(seen, entry, tip, other)


def _tail_against(seen: Sighted, entry: Numbered, tip: Point, other: Numbered) -> Iterator[Flaw]:
    text, near = entry[1], other[1]
    centre = Point(text.shape.cx, text.shape.cy)
    if entry[0] < other[0]:
        middle = Point(near.shape.cx, near.shape.cy)
        if any(segments_cross(centre, tip, middle, tip_of(near.shape, tail)) for tail in near.tails):
            yield flaw(seen, "tails-cross", "warning", other, [seen.bodies[text.id], seen.bodies[near.id]])
    joined = near.connect_to == text.id or text.connect_to == near.id
    if near.kind != "sfx" and not joined and is_inside(seen.bodies[near.id], tip):
        yield flaw(seen, "tail-over-balloon", "warning", entry, [seen.bodies[near.id]])


def _near_edge(seen: Sighted, panel: PanelBox, entry: Numbered) -> Iterator[Flaw]:
    """A balloon that almost touches its panel's border: it crosses it, or keeps away as automatic ones do."""
    text, polygon = entry[1], seen.polygon(panel.id)
    if text.kind == "sfx" or not panel.border.width:
        return
    ink = panel.border.width / 2 + (text.stroke.width / 2 if text.stroke else 0)
    kept = KEPT_AWAY * text.text.size / LOOKS[text.kind].scale - ink - ROUNDED_PX
    near = ALIGNED_PX if text.kind in CAPTIONS else min(seen.terms.px(NEAR_MM), kept)
    for a, b in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        gap = min(_inwards(point, a, b) for point in seen.bodies[text.id]) - ink
        if 0.5 < gap < near:
            yield flaw(seen, "edge-near", "info", entry, [seen.bodies[text.id]])
            return


def _inwards(point: Point, a: Point, b: Point) -> float:
    """Return how far a point lies inside the edge ab of a clockwise polygon; negative outside."""
    length = a.distance(b) or 1.0
    return ((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)) / length
