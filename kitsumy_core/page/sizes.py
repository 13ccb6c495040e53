"""Measure the panels of a page in pixels, and choose the size in which a model should make their pictures."""

from __future__ import annotations

from collections.abc import Iterable
from math import log, sqrt
from typing import Literal, NamedTuple

from kitsumy_core.geometry import Polygon, Rect, Size
from kitsumy_core.page.formats import PageFormat, format_of
from kitsumy_core.page.layouts import Layout, LayoutPanel, Own, fallback_layout, layout_of, panel_polygons
from kitsumy_core.page.strips import strip_of
from kitsumy_core.plan.book import MAIN, Book, find_panel
from kitsumy_core.plan.models import Page

Family = Literal["flux", "sdxl", "kontext", "sketch"]

NOTE_COUNT = "layout-count"
NOTE_UNKNOWN = "layout-unknown"


class PageFrames(NamedTuple):
    """The empty frames of a page in pixels from the trim corner, in reading order.

    `whole` is the page's size in whole pixels where it is not that of the format: both pages of a spread, the
    strip of a webtoon.
    """

    format: PageFormat
    gutter: tuple[float, float]
    layout: Layout
    polygons: list[Polygon]
    notes: tuple[str, ...]
    whole: Size | None = None

    @property
    def trim(self) -> Size:
        return self.whole or self.format.trim_px

    @property
    def panels(self) -> tuple[LayoutPanel, ...]:
        return self.layout.panels

    @property
    def spread(self) -> bool:
        return self.layout.spread and not self.format.scroll


def page_frames(book: Book, edition_id: str, page: Page) -> PageFrames:
    """Return the frames of a page: those of its layout, or plain rows if the layout has too few."""
    page_format = format_of(book.format(edition_id))
    gutter = page_format.gutter_px(book.plan.kitsumy.gutter)
    layout, notes = _layout_for(page, book.plan.kitsumy.layouts)
    direction = book.direction(edition_id)
    if page_format.scroll:
        strip = strip_of(
            layout, page_format.trim_px.width, gutter[1], page_format.px(page_format.safe), direction
        )
        return PageFrames(page_format, gutter, layout, strip.polygons, notes, strip.size)
    trim, frame, bleed = page_format.trim_px, page_format.frame_px, page_format.px(page_format.bleed)
    if layout.spread:
        trim = Size(2 * trim.width, trim.height)
        frame = Rect(frame.x0, frame.y0, trim.width - frame.x0, frame.y1)
    bleed_box = Rect(-bleed, -bleed, trim.width + bleed, trim.height + bleed)
    polygons = panel_polygons(layout, frame, gutter, direction, bleed_box)
    return PageFrames(page_format, gutter, layout, polygons, notes, trim)


def _layout_for(page: Page, own: Own) -> tuple[Layout, tuple[str, ...]]:
    layout, count = layout_of(page.layout, own), len(page.panels)
    if layout is None:
        return fallback_layout(count), (NOTE_UNKNOWN,)
    if count == len(layout.panels):
        return layout, ()
    return (fallback_layout(count) if count > len(layout.panels) else layout), (NOTE_COUNT,)


def panel_box(book: Book, panel_id: str, edition_id: str = MAIN) -> Size | None:
    """Return the size in pixels of a panel's bounding box in print, or None if there is no such panel."""
    found = find_panel(book.plan, panel_id)
    if found is None:
        return None
    _, page, panel = found
    return Rect.around(page_frames(book, edition_id, page).polygons[page.panels.index(panel)]).size


MEGAPIXEL = 1 << 20

_KONTEXT_TALL = ((672, 1568), (688, 1504), (720, 1456), (752, 1392), (800, 1328), (832, 1248), (880, 1184),
                 (944, 1104), (1024, 1024))  # fmt: skip
_UNSEEN_LOSS = 0.005
"""A loss up to this counts as none, so that the size nearest to the wished area is taken."""
_SDXL_WIDE = ((1024, 1024), (1152, 896), (1216, 832), (1344, 768), (1536, 640))


def crop_loss(size: tuple[float, float], box: Size) -> float:
    """Return which share (0..1) of an image is cut away when it covers a box."""
    ratio = size[0] / size[1] / box.aspect
    return 1 - min(ratio, 1 / ratio)


def render_size(box: Size, family: Family, megapixels: float = 1.0) -> tuple[int, int]:
    """Return the width and height a model family should render for a panel's box.

    Of the sizes the family likes, the one that loses least by cropping. `megapixels` (of 2^20) scales it.
    """
    if family == "sketch":
        height = sqrt(megapixels * MEGAPIXEL / box.aspect)
        return max(16, round(height * box.aspect)), max(16, round(height))
    if family == "flux":
        sizes = _flux_sizes(megapixels)
        return min(sizes, key=lambda s: (max(_UNSEEN_LOSS, crop_loss(s, box)), _far(s, megapixels)))
    pairs = _KONTEXT_TALL if family == "kontext" else _SDXL_WIDE
    step = 8 if family == "kontext" else 64
    scale = sqrt(megapixels)
    chosen = min({*pairs, *((h, w) for w, h in pairs)}, key=lambda s: (crop_loss(s, box), s))
    return _to_step(chosen[0] * scale, step), _to_step(chosen[1] * scale, step)


def _to_step(value: float, step: int) -> int:
    return max(step, round(value / step) * step)


def _far(size: tuple[int, int], megapixels: float) -> float:
    return abs(log(size[0] * size[1] / (MEGAPIXEL * megapixels)))


def _flux_sizes(megapixels: float) -> Iterable[tuple[int, int]]:
    """Return sizes in steps of 16 near the wished area; sides 512..1792 at one megapixel."""
    scale = sqrt(megapixels)
    least, most = _to_step(512 * scale, 16), _to_step(1792 * scale, 16)
    area = megapixels * MEGAPIXEL
    sides = range(least, most + 1, 16)
    return [(w, h) for w in sides for h in sides if 0.85 * area <= w * h <= 1.15 * area]
