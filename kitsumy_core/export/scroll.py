"""Compose a book for reading by scrolling: every panel a page of its own, lettered for a narrow screen.

The panel keeps the shape of its picture, so nothing is cropped; words are fitted again at the size that
scrolling formats use. Placements made by hand are shares of the panel and hold here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kitsumy_core.geometry import Rect, Size, polygon_of
from kitsumy_core.page.compose import TakeImage, composed_in
from kitsumy_core.page.document import PageBox
from kitsumy_core.page.fitting import Measure
from kitsumy_core.page.formats import FORMATS, MM_PER_INCH
from kitsumy_core.page.layouts import Layout, LayoutPanel
from kitsumy_core.page.sizes import PageFrames, page_frames
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import Page

SIDE_SHARE = 0.03
"""Free space beside a panel, in shares of the width."""
HIGHEST = 1.4
"""A panel is at most this many widths high, so that it fits one slice; a taller one is made narrower."""
_ASPECTS = (0.42, 2.2)


def scroll_pages(
    book: Book, edition_id: str, takes: Mapping[str, TakeImage], measure: Measure, page: Page
) -> Iterator[PageBox]:
    """Yield a box for each panel of a page, as high as the panel."""
    boxes = page_frames(book, edition_id, page)
    for index, panel in enumerate(page.panels):
        take = takes.get(panel.id)
        printed = Rect.around(boxes.polygons[index]).size
        wish = take.width / take.height if take and take.width > 0 and take.height > 0 else printed.aspect
        aspect = min(max(wish, _ASPECTS[0]), _ASPECTS[1])
        alone = page.but(id=f"{page.id}/{index + 1}", layout="single", panels=(panel,))
        yield composed_in(book, edition_id, alone, index + 1, _frames(aspect), takes, measure)


def _frames(aspect: float) -> PageFrames:
    scroll = FORMATS["webtoon"]
    whole, line = scroll.trim_px.width, scroll.px(0.5)
    wide = round(min((1 - 2 * SIDE_SHARE) * whole, HIGHEST * whole * aspect))
    high, left = round(wide / aspect), (whole - wide) / 2
    per_mm = scroll.dpi / MM_PER_INCH
    size = Size(whole / per_mm, (high + 2 * line) / per_mm)
    box = Rect(left, line, left + wide, line + high)
    corners = polygon_of([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)])
    layout = Layout(id="single", panels=(LayoutPanel(points=((0, 0), (1, 0), (1, 1), (0, 1))),))
    form = scroll._replace(trim=size, live=size)
    return PageFrames(form, (0.0, 0.0), layout, [corners], ())
