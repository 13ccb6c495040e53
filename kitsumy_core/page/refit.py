"""Say which placements made by hand no longer fit after a page was laid anew, and why. Nothing is moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from kitsumy_core.geometry import Point, Rect, contains_point, polygon_of
from kitsumy_core.page.document import Lettering, PageBox, PanelBox
from kitsumy_core.page.outline import point_at
from kitsumy_core.page.placing import Item, hides

Reason = Literal["outside", "overlap", "face"]
_LOOKS = tuple(i * 0.19634954 for i in range(32))
"""Angles at which an outline is looked at."""
_EDGE = 0.02


class Misfit(NamedTuple):
    """A text that was placed by hand and no longer fits there."""

    page: str
    number: int
    panel: str
    lettering: str
    text: str
    reason: Reason


def misfits(page: PageBox) -> Iterator[Misfit]:
    """Yield the texts placed by hand that leave their panel, lie over another text or over a marked face."""
    panels = {panel.id: panel for panel in page.panels}
    for entry in page.lettering:
        if not entry.locked or entry.kind == "sfx":
            continue
        reason = _reason(entry, panels[entry.panel], page)
        if reason:
            text = " ".join(entry.text.lines)
            yield Misfit(page.id, page.number, entry.panel, entry.id, text, reason)


def newly_unfit(before: PageBox, after: PageBox) -> list[Misfit]:
    """Return what fitted on a page and does not any more; what was so before was the author's wish."""
    known = {misfit.lettering for misfit in misfits(before)}
    return [misfit for misfit in misfits(after) if misfit.lettering not in known]


def _reason(entry: Lettering, panel: PanelBox, page: PageBox) -> Reason | None:
    outline = [_edge(entry, angle) for angle in _LOOKS]
    polygon = polygon_of(panel.shape.points)
    out = sum(not contains_point(polygon, point) for point in outline) / len(outline)
    paper = Rect(0, 0, page.trim.width, page.trim.height)
    if out > 0.25 or any(not paper.contains(point) for point in outline):
        return "outside"
    others = [e for e in page.lettering if e.panel == entry.panel and e.id != entry.id and e.kind != "sfx"]
    if any(_inside(other, point) for other in others for point in outline):
        return "overlap"
    item = Item(entry.shape.rx, entry.shape.ry)
    at = Point(entry.shape.cx, entry.shape.cy)
    faces = [Rect(x, y, x + w, y + h) for x, y, w, h in (s.bbox for s in panel.subjects if s.known)]
    return "face" if any(hides(face, at, item) > _EDGE for face in faces) else None


def _edge(entry: Lettering, angle: float) -> Point:
    shape = entry.shape
    at = point_at(shape, angle)
    if shape.type != "rect":
        return at
    u, v = (at.x - shape.cx) / shape.rx, (at.y - shape.cy) / shape.ry
    far = max(abs(u), abs(v)) or 1.0
    return Point(shape.cx + shape.rx * u / far, shape.cy + shape.ry * v / far)


def _inside(entry: Lettering, at: Point) -> bool:
    shape = entry.shape
    u, v = abs(at.x - shape.cx) / shape.rx, abs(at.y - shape.cy) / shape.ry
    return max(u, v) < 1 if shape.type == "rect" else bool(u**shape.n + v**shape.n < 1)
