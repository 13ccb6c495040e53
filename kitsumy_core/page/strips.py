"""Lay the panels of a page one under the other for vertical scroll, each as wide as a phone shows it best."""

from __future__ import annotations

from typing import NamedTuple

from kitsumy_core.geometry import Polygon, Rect, Size, polygon_of
from kitsumy_core.page.layouts import Layout, mirrored
from kitsumy_core.plan.models import ReadingDirection

_PAGE = 2 / 3
"""Width / height of the page on which a layout's panels have the form they are meant to have."""
_NARROW, _NARROW_WIDTH = 0.6, 0.8
"""Panels narrower than this share of the page stay narrower than the strip, at the side they stood."""
_TALLEST, _FLATTEST = 0.62, 2.1


class Strip(NamedTuple):
    """The panels' polygons and the size of the whole strip, in pixels."""

    size: Size
    polygons: list[Polygon]


def strip_of(layout: Layout, width: float, gap: float, margin: float, direction: ReadingDirection) -> Strip:
    """Return a layout's panels stacked in reading order with `gap` between them and half of it at both ends.

    A panel that bleeds to a side runs to the edge of the strip; all others keep `margin`.
    """
    shown = mirrored(layout) if direction == "rtl" else layout
    polygons: list[Polygon] = []
    y = gap / 2
    for panel in shown.panels:
        form = Rect.around(panel.points)
        left, right = (0.0 if side in panel.bleed else margin for side in ("left", "right"))
        room = width - left - right
        wide = room * _NARROW_WIDTH if form.width < _NARROW else room
        x = left if form.centre.x <= 0.5 else width - right - wide
        if form.width >= _NARROW:
            x = left
        aspect = form.width * _PAGE / form.height
        high = wide / min(max(aspect, _TALLEST), _FLATTEST)
        box = Rect(x, y, x + wide, y + high)
        polygons.append(polygon_of([box.at(form.share_of(point)) for point in panel.points]))
        y += high + gap
    return Strip(Size(int(width), int(y - gap / 2 + 0.5)), polygons)
