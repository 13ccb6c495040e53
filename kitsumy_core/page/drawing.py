"""Draw a layout of one's own: cut a panel with a line, drag a border, join two panels, add an inset.

Every gesture is an event {op, ...} as the editor sends it, applied to panels in the unit frame; what
would not leave sound panels changes nothing and raises `EditError` with a code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import atan2, degrees, hypot
from typing import Any, NamedTuple

from kitsumy_core.errors import EditError
from kitsumy_core.geometry import Rect, contains_point, line_intersection, signed_area
from kitsumy_core.page.cutting import Corners, Pair, halves, is_sound, joined, tidy
from kitsumy_core.plan.layout import LayoutPanel, Side

Panels = tuple[LayoutPanel, ...]
SMALLEST = 0.01
"""Area below which a panel is too small to hold a picture, as a share of the frame."""
MOST = 24
_SNAP_DEGREES, _NEAR = 5.0, 2e-4


class Border(NamedTuple):
    """A straight border between panels, from end to end."""

    a: Pair
    b: Pair


def apply(panels: Panels, event: Mapping[str, Any]) -> Panels:
    """Return the panels after a gesture, in reading order. Raises EditError."""
    act = _ACTS.get(str(event.get("op")))
    if act is None:
        raise EditError("drawing-unknown")
    try:
        made = act(panels, event)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise EditError("drawing-unknown") from error
    if len(made) > MOST:
        raise EditError("drawing-many")
    if any(signed_area(panel.points) < SMALLEST for panel in made):
        raise EditError("drawing-small")
    if not is_sound(made):
        raise EditError("drawing-unsound")
    return reading_order(made)


def _cut(panels: Panels, event: Mapping[str, Any]) -> Panels:
    a, b = _straightened(_pair(event["a"]), _pair(event["b"]))
    if hypot(b[0] - a[0], b[1] - a[1]) < 0.02:
        raise EditError("drawing-short")
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    ground = [i for i, panel in enumerate(panels) if panel.z == 0 and contains_point(panel.points, middle)]
    if not ground:
        raise EditError("drawing-outside")
    return _divided(panels, ground[0], a, b)


def _split(panels: Panels, event: Mapping[str, Any]) -> Panels:
    index = int(event["panel"])
    box = Rect.around(panels[index].points)
    shares = ((0, 0.5), (1, 0.5)) if event.get("way") == "rows" else ((0.5, 0), (0.5, 1))
    return _divided(panels, index, *((box.at(share).x, box.at(share).y) for share in shares))


def _divided(panels: Panels, index: int, a: Pair, b: Pair) -> Panels:
    panel = panels[index]
    parts = [part for part in halves(panel.points, a, b) if part]
    if len(parts) != 2 or panel.z:
        raise EditError("drawing-misses")
    made = [panel.but(points=part, bleed=_outer(part, panel.bleed)) for part in parts]
    return (*panels[:index], *made, *panels[index + 1 :])


def _straightened(a: Pair, b: Pair) -> tuple[Pair, Pair]:
    """Make a line that is nearly level or upright exactly so."""
    angle = abs(degrees(atan2(b[1] - a[1], b[0] - a[0]))) % 180
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    if min(angle, 180 - angle) < _SNAP_DEGREES:
        return (a[0], y), (b[0], y)
    if abs(angle - 90) < _SNAP_DEGREES:
        return (x, a[1]), (x, b[1])
    return a, b


def _merge(panels: Panels, event: Mapping[str, Any]) -> Panels:
    i, j = sorted(int(n) for n in event["panels"])
    whole = joined(panels[i].points, panels[j].points) if i != j and panels[i].z == panels[j].z == 0 else None
    if whole is None:
        raise EditError("drawing-apart")
    bleed = _outer(whole, (*panels[i].bleed, *panels[j].bleed))
    made = panels[i].but(points=whole, bleed=bleed)
    return tuple(made if n == i else panel for n, panel in enumerate(panels) if n != j)


def _border(panels: Panels, event: Mapping[str, Any]) -> Panels:
    """Move a border: every panel with a side on it gets the new line for that side."""
    a, b = _pair(event["a"]), _pair(event["b"])
    to = _straightened(*(_pair(point) for point in event["to"]))
    return tuple(_with_side(panel, a, b, to) if panel.z == 0 else panel for panel in panels)


def _with_side(panel: LayoutPanel, a: Pair, b: Pair, to: tuple[Pair, Pair]) -> LayoutPanel:
    points = panel.points
    sides = list(zip(points, (*points[1:], points[0]), strict=True))
    mine = [
        i for i, (p, q) in enumerate(sides) if _on_line(p, a, b) and _on_line(q, a, b) and _meets(p, q, a, b)
    ]
    if not mine:
        return panel
    lines = [to if i in mine else side for i, side in enumerate(sides)]
    corners = [line_intersection(*lines[i - 1], *lines[i]) for i in range(len(lines))]
    if any(corner is None for corner in corners):
        raise EditError("drawing-unsound")
    moved = [(corner.x, corner.y) for corner in corners if corner]
    if any(not (-1e-6 <= v <= 1 + 1e-6) for point in moved for v in point):
        raise EditError("drawing-outside")
    whole = tidy([(min(1.0, max(0.0, x)), min(1.0, max(0.0, y))) for x, y in moved])
    if not whole:
        raise EditError("drawing-small")
    return panel.but(points=whole)


def _on_line(p: Pair, a: Pair, b: Pair) -> bool:
    length = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    return abs((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) / length < _NEAR


def _along(p: Pair, a: Pair, b: Pair) -> float:
    length = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    return ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length


def _meets(p: Pair, q: Pair, a: Pair, b: Pair) -> bool:
    low, high = sorted((_along(p, a, b), _along(q, a, b)))
    return high > _NEAR and low < _along(b, a, b) - _NEAR


def borders(panels: Sequence[LayoutPanel]) -> list[Border]:
    """Return the borders between the lowest panels, each as long as it can be moved in one piece."""
    found: list[Border] = []
    pieces = [side for panel in panels if panel.z == 0 for side in _inner_sides(panel.points)]
    while pieces:
        a, b = pieces.pop()
        grown = True
        while grown:
            grown = False
            for p, q in list(pieces):
                low, high = sorted((_along(p, a, b), _along(q, a, b)))
                if (
                    _on_line(p, a, b)
                    and _on_line(q, a, b)
                    and high > -_NEAR
                    and low < _along(b, a, b) + _NEAR
                ):
                    pieces.remove((p, q))
                    ends = sorted((a, b, p, q), key=lambda point: _along(point, a, b))
                    a, b, grown = ends[0], ends[-1], True
        found.append(Border(*sorted((a, b))))
    return sorted(found)


def _inner_sides(points: Corners) -> list[tuple[Pair, Pair]]:
    sides = zip(points, (*points[1:], points[0]), strict=True)
    return [
        (p, q)
        for p, q in sides
        if not any(abs(p[k] - v) < _NEAR and abs(q[k] - v) < _NEAR for k in (0, 1) for v in (0, 1))
    ]


def _inset(panels: Panels, event: Mapping[str, Any]) -> Panels:
    level = max(panel.z for panel in panels) + 1
    return (*panels, LayoutPanel(points=((0.6, 0.65), (0.95, 0.65), (0.95, 0.92), (0.6, 0.92)), z=level))


def _box(panels: Panels, event: Mapping[str, Any]) -> Panels:
    index = int(event["panel"])
    x0, y0, x1, y1 = (min(1.0, max(0.0, float(v))) for v in event["box"])
    if not panels[index].z or x1 - x0 < 0.08 or y1 - y0 < 0.06:
        raise EditError("drawing-small")
    moved = panels[index].but(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1)))
    return (*panels[:index], moved, *panels[index + 1 :])


def _remove(panels: Panels, event: Mapping[str, Any]) -> Panels:
    index = int(event["panel"])
    if not panels[index].z:
        raise EditError("drawing-ground")
    return (*panels[:index], *panels[index + 1 :])


def _bleed(panels: Panels, event: Mapping[str, Any]) -> Panels:
    index = int(event["panel"])
    panel = panels[index]
    sides = () if panel.bleed else _outer(panel.points, ("left", "top", "right", "bottom"))
    if not sides and not panel.bleed:
        raise EditError("drawing-inside")
    return (*panels[:index], panel.but(bleed=sides), *panels[index + 1 :])


def _frame(panels: Panels, event: Mapping[str, Any]) -> Panels:
    index = int(event["panel"])
    return (*panels[:index], panels[index].but(border=not panels[index].border), *panels[index + 1 :])


_ACTS: Mapping[str, Callable[[Panels, Mapping[str, Any]], Panels]] = {
    "cut": _cut,
    "split": _split,
    "merge": _merge,
    "border": _border,
    "inset": _inset,
    "box": _box,
    "remove": _remove,
    "bleed": _bleed,
    "frame": _frame,
}

_PLACES: Mapping[Side, tuple[int, float]] = {
    "left": (0, 0.0),
    "top": (1, 0.0),
    "right": (0, 1.0),
    "bottom": (1, 1.0),
}


def _outer(points: Corners, wanted: Sequence[Side]) -> tuple[Side, ...]:
    """Return those of the wished sides at which a panel lies on the edge of the frame."""
    sides = list(zip(points, (*points[1:], points[0]), strict=True))
    return tuple(
        side
        for side, (axis, value) in _PLACES.items()
        if side in wanted
        and any(abs(p[axis] - value) < _NEAR and abs(q[axis] - value) < _NEAR for p, q in sides)
    )


def _pair(value: Any) -> Pair:
    x, y = value
    return min(1.0, max(0.0, float(x))), min(1.0, max(0.0, float(y)))


def reading_order(panels: Panels) -> Panels:
    """Return panels in the order they are read: row by row, left to right; insets where they lie."""
    left, ordered = list(panels), []
    boxes = {id(panel): Rect.around(panel.points) for panel in panels}
    while left:
        first = next(
            (p for p in left if not any(_before(boxes[id(o)], boxes[id(p)]) for o in left if o is not p)),
            left[0],
        )
        left.remove(first)
        ordered.append(first)
    return tuple(ordered)


def _before(one: Rect, other: Rect) -> bool:
    """Tell whether the first is read before the second."""
    if other.y0 > one.y1 - 0.15 * one.height:
        return True
    if one.y0 > other.y1 - 0.15 * other.height:
        return False
    if one.area > 3 * other.area and one.intersection(other) == other:
        return True
    return one.centre.x < other.centre.x - 1e-6
