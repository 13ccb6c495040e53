"""Turn a layout's name into the panels' polygons on a page.

A layout is authored left-to-right in a unit frame without gutters (x, y in 0..1, y down), each panel a convex
polygon, clockwise. Edges inside the frame move inwards by half a gutter; outer edges stay flush with the
frame, or run to the bleed box where the panel bleeds. So one layout serves every format and direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, hypot
from types import MappingProxyType

from kitsumy_core.geometry import Point, Polygon, Rect, line_intersection, polygon_of
from kitsumy_core.page.library import GROUPS, LIBRARY
from kitsumy_core.plan.layout import Layout, LayoutPanel, Side
from kitsumy_core.plan.models import ReadingDirection

__all__ = ["GROUPS", "LAYOUTS", "LIBRARY", "Layout", "LayoutPanel", "Side"]

Pair = tuple[float, float]


def _box(x0: float, y0: float, x1: float, y1: float) -> tuple[Pair, ...]:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def _layout(layout_id: str, *shapes: tuple[Pair, ...]) -> Layout:
    tags = _TAGS.get(layout_id, "rows").split()
    panels = tuple(LayoutPanel(points=points) for points in shapes)
    return Layout(id=layout_id, panels=panels, tags=tuple(tags))


_TAGS = {
    "single": "grid splash", "grid-2x2": "grid", "two-vertical": "grid", "strip-3": "grid",
    "big-left": "large", "big-right": "large", "big-top": "large", "big-bottom": "large",
    "manga-3": "manga", "action": "action",
}  # fmt: skip


_A, _B = 1 / 3, 2 / 3

_ALL = (
    _layout("single", _box(0, 0, 1, 1)),
    _layout("two-horizontal", _box(0, 0, 1, 0.5), _box(0, 0.5, 1, 1)),
    _layout("two-vertical", _box(0, 0, 0.5, 1), _box(0.5, 0, 1, 1)),
    _layout("three-rows", _box(0, 0, 1, _A), _box(0, _A, 1, _B), _box(0, _B, 1, 1)),
    _layout(
        "grid-2x2", _box(0, 0, 0.5, 0.5), _box(0.5, 0, 1, 0.5), _box(0, 0.5, 0.5, 1), _box(0.5, 0.5, 1, 1)
    ),
    _layout("big-left", _box(0, 0, 0.62, 1), _box(0.62, 0, 1, 0.5), _box(0.62, 0.5, 1, 1)),
    _layout("big-right", _box(0, 0, 0.38, 0.5), _box(0, 0.5, 0.38, 1), _box(0.38, 0, 1, 1)),
    _layout("big-top", _box(0, 0, 1, 0.62), _box(0, 0.62, 0.5, 1), _box(0.5, 0.62, 1, 1)),
    _layout("big-bottom", _box(0, 0, 0.5, 0.38), _box(0.5, 0, 1, 0.38), _box(0, 0.38, 1, 1)),
    _layout("strip-3", _box(0, 0, _A, 1), _box(_A, 0, _B, 1), _box(_B, 0, 1, 1)),
    _layout(
        "manga-3",
        ((0, 0), (1, 0), (1, 0.38), (0, 0.44)),
        ((0, 0.44), (0.455, 0.4127), (0.545, 1), (0, 1)),
        ((0.455, 0.4127), (1, 0.38), (1, 1), (0.545, 1)),
    ),
    _layout(
        "action",
        ((0, 0), (0.6, 0), (0.48, 0.2972), (0, 0.33)),
        ((0.6, 0), (1, 0), (1, 0.2617), (0.48, 0.2972)),
        ((0, 0.33), (1, 0.2617), (1, 0.62), (0, 0.68)),
        ((0, 0.68), (0.4, 0.656), (0.52, 1), (0, 1)),
        ((0.4, 0.656), (1, 0.62), (1, 1), (0.52, 1)),
    ),
)

LAYOUTS: Mapping[str, Layout] = {layout.id: layout for layout in _ALL}
"""The twelve layouts every plan may name."""


ALL_LAYOUTS: Mapping[str, Layout] = {**LAYOUTS, **LIBRARY}
"""The twelve and the library, by id."""

Own = Mapping[str, Layout]
"""Layouts drawn for a comic: `plan.kitsumy.layouts`."""
_NONE: Own = MappingProxyType({})
_OFFERED = 6


def layout_of(layout_id: str, own: Own = _NONE) -> Layout | None:
    """Return a layout of the program, or one of `own`."""
    found = ALL_LAYOUTS.get(layout_id)
    if found is None and layout_id in own:
        found = own[layout_id].but(id=layout_id)
    return found


def panel_count(layout_id: str, own: Own = _NONE) -> int | None:
    """Return how many panels a layout has, or None if it is unknown."""
    layout = layout_of(layout_id, own)
    return len(layout.panels) if layout else None


def layouts_with(count: int) -> list[str]:
    """Return the ids of layouts with exactly `count` panels to offer: the named ones, else a few others.

    Spreads are not among them: they change what a page is.
    """
    named = [layout.id for layout in _ALL if len(layout.panels) == count]
    others = [x.id for x in LIBRARY.values() if len(x.panels) == count and not x.spread]
    return named or others[:_OFFERED]


def fallback_layout(count: int) -> Layout:
    """Return a plain layout of even rows for any number of panels (at least one is drawn)."""
    count = max(1, count)
    columns = 1 if count <= 3 else 2 if count <= 8 else 3 if count <= 18 else 4
    rows = ceil(count / columns)
    shapes: list[tuple[Pair, ...]] = []
    for row in range(rows):
        across = count // rows + (1 if row >= rows - count % rows else 0)
        shapes += [_box(i / across, row / rows, (i + 1) / across, (row + 1) / rows) for i in range(across)]
    return _layout(f"rows-{count}", *shapes)


def mirrored(layout: Layout) -> Layout:
    """Return a layout flipped for right-to-left reading; the order of the panels stays."""
    swap: dict[Side, Side] = {"left": "right", "right": "left"}
    panels = tuple(
        panel.but(
            points=tuple((1 - x, y) for x, y in reversed(panel.points)),
            bleed=tuple(swap.get(side, side) for side in panel.bleed),
        )
        for panel in layout.panels
    )
    return layout.but(panels=panels)


def panel_polygons(
    layout: Layout,
    frame: Rect,
    gutter: tuple[float, float],
    direction: ReadingDirection = "ltr",
    bleed_box: Rect | None = None,
) -> list[Polygon]:
    """Return the panels' polygons in the unit of `frame`, clockwise, in reading order.

    `gutter` is the gap between columns and between tiers. Bleeding sides run to `bleed_box` if it is given.
    """
    shown = mirrored(layout) if direction == "rtl" else layout
    return [_inset(panel, frame, gutter, bleed_box) for panel in shown.panels]


def _inset(panel: LayoutPanel, frame: Rect, gutter: tuple[float, float], bleed_box: Rect | None) -> Polygon:
    points = panel.points
    edges: list[tuple[Point, Point]] = []
    for a, b in zip(points, (*points[1:], points[0]), strict=True):
        start, end, side = frame.at(a), frame.at(b), _outer_side(a, b)
        dx, dy = end.x - start.x, end.y - start.y
        length = hypot(dx, dy)
        normal = Point(-dy / length, dx / length)
        if side is None:
            inset = (abs(normal.x) * gutter[0] + abs(normal.y) * gutter[1]) / 2
        else:
            inset = -_to_bleed(side, frame, bleed_box) if side in panel.bleed else 0.0
        edges.append((start + normal.scaled(inset), end + normal.scaled(inset)))
    return polygon_of(
        [_corner(before, edge) for before, edge in zip((edges[-1], *edges), edges, strict=False)]
    )


def _corner(before: tuple[Point, Point], after: tuple[Point, Point]) -> Point:
    return line_intersection(*before, *after) or after[0]


def _outer_side(a: Pair, b: Pair, tolerance: float = 1e-6) -> Side | None:
    """Return the side of the unit frame an edge lies on, or None for an edge inside."""
    sides: Sequence[tuple[Side, int, float]] = (
        ("left", 0, 0.0), ("right", 0, 1.0), ("top", 1, 0.0), ("bottom", 1, 1.0)
    )  # fmt: skip
    for side, axis, value in sides:
        if abs(a[axis] - value) < tolerance and abs(b[axis] - value) < tolerance:
            return side
    return None


def _to_bleed(side: Side, frame: Rect, bleed_box: Rect | None) -> float:
    if bleed_box is None:
        return 0.0
    distances: dict[Side, float] = {
        "left": frame.x0 - bleed_box.x0,
        "top": frame.y0 - bleed_box.y0,
        "right": bleed_box.x1 - frame.x1,
        "bottom": bleed_box.y1 - frame.y1,
    }
    return distances[side]
