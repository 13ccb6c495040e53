"""Say which part of a panel may hold words: inside the safe area, off the fold, not under an inset."""

from __future__ import annotations

from kitsumy_core.geometry import Polygon, Rect, polygon_of
from kitsumy_core.page.cutting import halves
from kitsumy_core.page.sizes import PageFrames


def room_for_words(frames: PageFrames, polygon: Polygon) -> Polygon:
    """Return the part of a panel inside the page's safe area; the whole panel where nothing would be left."""
    safe = frames.format.px(frames.format.safe) if not frames.format.scroll else 0.0
    area = Rect(0, 0, *frames.trim).inset(safe)
    box = Rect.around(polygon)
    if area.intersection(box) == box:
        return polygon
    x0, y0, x1, y1 = area
    kept = tuple((p.x, p.y) for p in polygon)
    for a, b in (((x0, y0), (x1, y0)), ((x1, y0), (x1, y1)), ((x1, y1), (x0, y1)), ((x0, y1), (x0, y0))):
        if kept:
            _, kept = halves(kept, a, b)
    return polygon_of(kept) if kept else polygon


def kept_free(frames: PageFrames, index: int) -> list[Rect]:
    """Return the boxes of a panel that hold no words of it: insets over it, the fold of a spread."""
    mine, box = frames.panels[index], Rect.around(frames.polygons[index])
    over = [
        Rect.around(polygon)
        for polygon, slot in zip(frames.polygons, frames.panels, strict=True)
        if slot.z > mine.z and Rect.around(polygon).intersection(box)
    ]
    if frames.spread:
        middle, half = frames.trim.width / 2, frames.format.px(frames.format.safe)
        fold = Rect(middle - half, box.y0, middle + half, box.y1)
        over += [fold] if fold.intersection(box) else []
    return over
