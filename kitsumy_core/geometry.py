"""Points, sizes, rectangles and convex polygons: the small values every picture is measured with.

All values are plain floats without a unit; the owner says whether they are pixels, millimetres or shares
of a box. The y axis points down.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import NamedTuple


class Point(NamedTuple):
    """A place; also used as a vector."""

    x: float
    y: float

    def __add__(self, other: object) -> Point:
        assert isinstance(other, tuple)
        return Point(self.x + other[0], self.y + other[1])

    def __sub__(self, other: tuple[float, float]) -> Point:
        return Point(self.x - other[0], self.y - other[1])

    def scaled(self, factor: float) -> Point:
        return Point(self.x * factor, self.y * factor)

    def distance(self, other: tuple[float, float]) -> float:
        return hypot(self.x - other[0], self.y - other[1])


class Size(NamedTuple):
    """Width and height."""

    width: float
    height: float

    @property
    def aspect(self) -> float:
        return self.width / self.height

    def scaled(self, factor: float) -> Size:
        return Size(self.width * factor, self.height * factor)


class Rect(NamedTuple):
    """An axis-parallel box by its top-left and bottom-right corners."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def around(cls, points: Sequence[tuple[float, float]]) -> Rect:
        """Return the bounding box of at least one point."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        return cls(min(xs), min(ys), max(xs), max(ys))

    @classmethod
    def centred(cls, centre: tuple[float, float], half_width: float, half_height: float) -> Rect:
        return cls(
            centre[0] - half_width, centre[1] - half_height, centre[0] + half_width, centre[1] + half_height
        )

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def centre(self) -> Point:
        return Point((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2)

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    def inset(self, dx: float, dy: float | None = None) -> Rect:
        dy = dx if dy is None else dy
        return Rect(self.x0 + dx, self.y0 + dy, self.x1 - dx, self.y1 - dy)

    def scaled(self, factor: float) -> Rect:
        return Rect(self.x0 * factor, self.y0 * factor, self.x1 * factor, self.y1 * factor)

    def moved(self, dx: float, dy: float) -> Rect:
        return Rect(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy)

    def intersection(self, other: Rect) -> Rect | None:
        """Return the common part, or None if the boxes do not overlap."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        box = Rect(x0, y0, min(self.x1, other.x1), min(self.y1, other.y1))
        return box if box.width > 0 and box.height > 0 else None

    def overlap_share(self, other: Rect) -> float:
        """Return which share (0..1) of this box lies inside the other."""
        common = self.intersection(other)
        return common.area / self.area if common and self.area else 0.0

    def contains(self, point: tuple[float, float]) -> bool:
        return self.x0 <= point[0] <= self.x1 and self.y0 <= point[1] <= self.y1

    def at(self, share: tuple[float, float]) -> Point:
        """Return the point at a share (0..1, 0..1) of the box."""
        return Point(self.x0 + share[0] * self.width, self.y0 + share[1] * self.height)

    def share_of(self, point: tuple[float, float]) -> Point:
        """Return where a point lies as shares of the box: the inverse of `at`."""
        return Point((point[0] - self.x0) / self.width, (point[1] - self.y0) / self.height)


Polygon = tuple[Point, ...]
"""Corners of a convex polygon, clockwise on the screen (y down)."""


def polygon_of(points: Sequence[Sequence[float]]) -> Polygon:
    return tuple(Point(float(p[0]), float(p[1])) for p in points)


def signed_area(polygon: Sequence[tuple[float, float]]) -> float:
    """Return the area, positive for a polygon that runs clockwise on the screen."""
    total = 0.0
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        total += ax * by - bx * ay
    return total / 2


def is_convex(polygon: Sequence[tuple[float, float]], tolerance: float = 1e-9) -> bool:
    """Tell whether a clockwise polygon of at least three corners turns only one way."""
    n = len(polygon)
    if n < 3:
        return False
    for i in range(n):
        (ax, ay), (bx, by), (cx, cy) = polygon[i], polygon[(i + 1) % n], polygon[(i + 2) % n]
        if (bx - ax) * (cy - by) - (by - ay) * (cx - bx) < -tolerance:
            return False
    return signed_area(polygon) > tolerance


def contains_point(polygon: Sequence[tuple[float, float]], point: tuple[float, float]) -> bool:
    """Tell whether a point lies in a clockwise convex polygon (its edge counts as inside)."""
    n = len(polygon)
    for i in range(n):
        (ax, ay), (bx, by) = polygon[i], polygon[(i + 1) % n]
        if (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax) < -1e-9:
            return False
    return True


def line_intersection(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> Point | None:
    """Return where the endless lines ab and cd meet, or None if they are parallel."""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    cross = rx * sy - ry * sx
    if abs(cross) < 1e-12:
        return None
    t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross
    return Point(a[0] + t * rx, a[1] + t * ry)


def segments_cross(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> bool:
    """Tell whether the segments ab and cd properly cross each other."""

    def side(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def segment_hits_rect(a: tuple[float, float], b: tuple[float, float], rect: Rect) -> bool:
    """Tell whether the segment ab touches the inside of a box."""
    if rect.contains(a) or rect.contains(b):
        return True
    corners = ((rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1))
    return any(segments_cross(a, b, corners[i], corners[(i + 1) % 4]) for i in range(4))
