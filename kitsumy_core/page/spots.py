"""Find the corner of a panel for a caption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kitsumy_core.geometry import Point, Polygon, Rect, contains_point

_STEPS = 16


class Spot(NamedTuple):
    at: Point
    cost: float
    dirty: bool


def caption_spot(
    half: tuple[float, float],
    polygon: Polygon,
    faces: Sequence[Rect],
    taken: Sequence[Rect],
    mirrored: bool,
    type_size: float,
) -> Spot:
    """Return the centre of a caption of half extents `half`: the top start corner, or what is next to it.

    In a slanted panel that is the nearest place to the corner at which the box lies inside the polygon.
    """
    box = Rect.around(polygon)
    inset = 0.22 * type_size
    room_x = max(0.0, box.width - 2 * (half[0] + inset))
    room_y = max(0.0, box.height - 2 * (half[1] + inset))
    best: Spot | None = None
    for row in range(_STEPS + 1):
        for column in range(_STEPS + 1):
            away_x, away_y = room_x * column / _STEPS, room_y * row / _STEPS
            x = box.x1 - inset - half[0] - away_x if mirrored else box.x0 + inset + half[0] + away_x
            spot = _weigh(
                Point(x, box.y0 + inset + half[1] + away_y), half, polygon, faces, taken, box, inset
            )
            cost = spot.cost + 6 * away_y / box.height + 2.5 * away_x / box.width
            if best is None or cost < best.cost:
                best = Spot(spot.at, cost, spot.dirty)
        if best is not None and not best.dirty:
            break
    assert best is not None
    return best


def _weigh(
    at: Point,
    half: tuple[float, float],
    polygon: Polygon,
    faces: Sequence[Rect],
    taken: Sequence[Rect],
    box: Rect,
    inset: float,
) -> Spot:
    area = Rect.centred(at, *half)
    corners = ((area.x0, area.y0), (area.x1, area.y0), (area.x1, area.y1), (area.x0, area.y1))
    out = sum(
        not contains_point(
            polygon, (x + (inset if x > at.x else -inset) * 0.9, y + (inset if y > at.y else -inset) * 0.9)
        )
        for x, y in corners
    )
    hidden = sum(face.overlap_share(area) for face in faces)
    over = sum(area.overlap_share(other) for other in taken)
    return Spot(at, 40 * out + 30 * hidden + 400 * over, bool(out) or hidden > 0.05 or over > 0)
