"""Cut convex polygons by lines, join them again, and read layouts written as nested cuts.

Used by the library of layouts and by the editor in which writers draw their own. Shares of the unit frame.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kitsumy_core.geometry import Rect, is_convex, signed_area
from kitsumy_core.plan.layout import Layout, LayoutPanel, Side

Pair = tuple[float, float]
Corners = tuple[Pair, ...]

FRAME: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_ROUND = 6
_SAME = 1e-6


def halves(polygon: Corners, a: Pair, b: Pair) -> tuple[Corners, Corners]:
    """Return the parts of a polygon on the left and on the right of the endless line from `a` to `b`.

    Left and right as one walks from a to b with y down; a part may be empty.
    """
    return _clipped(polygon, b, a), _clipped(polygon, a, b)


def _clipped(polygon: Corners, a: Pair, b: Pair) -> Corners:
    """Return the part of a polygon to the right of the line ab (y down)."""
    kept: list[Pair] = []
    for p, q in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        side_p, side_q = _side(a, b, p), _side(a, b, q)
        if side_p >= -_SAME:
            kept.append(p)
        if (side_p > _SAME and side_q < -_SAME) or (side_p < -_SAME and side_q > _SAME):
            t = side_p / (side_p - side_q)
            kept.append((p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t))
    return tidy(kept)


def _side(a: Pair, b: Pair, p: Pair) -> float:
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def tidy(points: Sequence[Pair]) -> Corners:
    """Return corners rounded, without doubles and without those that lie on a straight side."""
    rounded = [(round(x, _ROUND) + 0.0, round(y, _ROUND) + 0.0) for x, y in points]
    single = [
        p
        for i, p in enumerate(rounded)
        if max(abs(p[0] - rounded[i - 1][0]), abs(p[1] - rounded[i - 1][1])) > 1e-5
    ]
    corners = [
        p for i, p in enumerate(single) if abs(_side(single[i - 1], p, single[(i + 1) % len(single)])) > 1e-6
    ]
    return tuple(corners) if len(corners) >= 3 and signed_area(corners) > 1e-6 else ()


def joined(one: Corners, other: Corners) -> Corners | None:
    """Return the convex polygon that two polygons make together, or None where they make none."""
    hull = _hull((*one, *other))
    both = signed_area(one) + signed_area(other)
    return hull if hull and abs(signed_area(hull) - both) < 2e-3 else None


def _hull(points: Sequence[Pair]) -> Corners:
    ordered = sorted(set(points))
    sides: list[Pair] = []
    for line in (ordered, ordered[::-1]):
        part: list[Pair] = []
        for p in line:
            while len(part) >= 2 and _side(part[-2], part[-1], p) <= _SAME:
                part.pop()
            part.append(p)
        sides += part[:-1]
    return tidy(sides)


# --- layouts as text ------------------------------------------------------------------------------------

_SIDES: dict[str, Side] = {"l": "left", "t": "top", "r": "right", "b": "bottom"}
_ITEM = re.compile(r"\s*(\d+(?:\.\d+)?)?\s*(?:([/\\])(\d+(?:\.\d+)?))?\s*")
_PANEL = re.compile(r"\.([ltrbn]*)")
_INSET = re.compile(r"\+([\d.]+),([\d.]+),([\d.]+),([\d.]+)(?:@(\d+))?")


def layout_from(layout_id: str, text: str, tags: Sequence[str] = (), name: str = "") -> Layout:
    """Read a layout written as nested cuts.

    `=(...)` stacks its items, `|(...)` sets them side by side, `.` is a panel. An item may begin with its
    weight (default 1) and the slant of the border behind it: `/8` rises to the right by 8 % of the box on
    each half of it, `\\8` falls. Letters after a panel name the sides that bleed, `n` takes its border.
    Behind the tree `+x0,y0,x1,y1@2` lays an inset over it, at that place of the reading order.
    """
    tree, _, insets = text.partition("+")
    panels, end = _node(tree.strip(), 0, FRAME)
    assert end == len(tree.strip()), text
    made = list(panels)
    for number, match in enumerate(_INSET.finditer("+" + insets if insets else ""), 1):
        x0, y0, x1, y1 = (float(match[i]) for i in range(1, 5))
        box = LayoutPanel(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1)), z=number)
        made.insert(int(match[5]) if match[5] else len(made), box)
    return Layout(id=layout_id, name=name, panels=tuple(made), tags=tuple(tags), spread="spread" in tags)


def _node(text: str, at: int, area: Corners) -> tuple[list[LayoutPanel], int]:
    if match := _PANEL.match(text, at):
        flags = match[1]
        bleed = tuple(_SIDES[flag] for flag in flags if flag != "n")
        return [LayoutPanel(points=area, bleed=bleed, border="n" not in flags)], match.end()
    stacked = text[at] == "="
    items, end = _items(text, at + 2)
    box, total, done = Rect.around(area), sum(weight for weight, _, _ in items), 0.0
    panels: list[LayoutPanel] = []
    for weight, slant, start in items:
        done += weight / total
        part = area
        if done < 1 - 1e-9:
            area, part = _cut(area, box, done, slant, stacked)
        panels += _node(text, start, part)[0]
    return panels, end


def _items(text: str, at: int) -> tuple[list[tuple[float, float, int]], int]:
    """Return weight, slant and start of every item in a pair of brackets, and what comes behind it."""
    items: list[tuple[float, float, int]] = []
    while True:
        match = _ITEM.match(text, at)
        assert match
        slant = float(match[3] or 0) / 100 * (1 if match[2] == "/" else -1)
        items.append((float(match[1] or 1), slant, match.end()))
        at = _end_of(text, match.end())
        if text[at] == ")":
            return items, at + 1
        at += 1


def _end_of(text: str, at: int) -> int:
    """Return the index of the comma or bracket behind a node."""
    depth = 0
    while depth or text[at] not in ",)":
        depth += (text[at] == "(") - (text[at] == ")")
        at += 1
    return at


def _cut(area: Corners, box: Rect, share: float, slant: float, stacked: bool) -> tuple[Corners, Corners]:
    """Return the rest of an area and the part before a border at a share of the box."""
    if stacked:
        a, b = box.at((0, share + slant)), box.at((1, share - slant))
    else:
        a, b = box.at((share + slant, 0)), box.at((share - slant, 1))
        a, b = b, a
    before, rest = halves(area, a, b)
    return rest, before


def is_sound(panels: Sequence[LayoutPanel]) -> bool:
    """Tell whether panels are convex and the lowest of them cover the whole frame once."""
    ground = [panel.points for panel in panels if panel.z == 0]
    area = sum(signed_area(points) for points in ground)
    return all(is_convex(panel.points, 1e-6) for panel in panels) and abs(area - 1) < 5e-3
