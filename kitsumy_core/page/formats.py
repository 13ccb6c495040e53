"""Say how large the pages of each format are: trim, bleed, frame of the panels, gutters, lettering size.

Lengths are millimetres, sizes of type are points; the `*_px` properties give pixels at the format's `dpi`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kitsumy_core.geometry import Rect, Size

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72


class PageFormat(NamedTuple):
    """One format of a page. `live` is the size of the frame of the panels, centred on the trim."""

    id: str
    trim: Size
    bleed: float
    live: Size
    gutter: tuple[float, float]
    """Gap between columns and gap between tiers."""
    safe: float
    """No lettering nearer to the trim than this."""
    type_points: float = 7.5
    """Size of dialogue, and the size it may shrink to where there is no room."""
    type_points_min: float = 6.5
    dpi: int = 300
    scroll: bool = False
    """True where panels follow each other down one strip, as long as they need; `trim` is its usual piece."""

    def px(self, millimetres: float) -> float:
        return millimetres * self.dpi / MM_PER_INCH

    def points_px(self, points: float) -> float:
        return points * self.dpi / POINTS_PER_INCH

    @property
    def trim_px(self) -> Size:
        """Return the trim size in whole pixels."""
        return Size(int(self.px(self.trim.width) + 0.5), int(self.px(self.trim.height) + 0.5))

    @property
    def frame_px(self) -> Rect:
        """Return the frame of the panels in pixels from the trim corner."""
        left = self.px((self.trim.width - self.live.width) / 2)
        top = self.px((self.trim.height - self.live.height) / 2)
        return Rect(left, top, left + self.px(self.live.width), top + self.px(self.live.height))

    def gutter_px(self, gutter: tuple[float, float] | None = None) -> tuple[float, float]:
        """Return the gaps in pixels; `gutter` (mm) replaces the format's own."""
        column, tier = gutter or self.gutter
        return self.px(column), self.px(tier)


_ALL = (
    PageFormat("us-comic", Size(168.275, 260.35), 3.175, Size(155.575, 247.65), (3.2, 3.2), 6.35),
    PageFormat("manga-b5", Size(182, 257), 3, Size(150, 220), (2.5, 6), 10),
    PageFormat("b6", Size(128, 182), 3, Size(106, 156), (2, 4.5), 7),
    PageFormat("tankobon", Size(105, 175), 3, Size(87, 150), (2, 4.5), 6),
    PageFormat("a5", Size(148, 210), 3, Size(132, 194), (3, 3), 6),
    PageFormat("a4", Size(210, 297), 3, Size(190, 277), (4, 4), 8, 8.5, 7),
    PageFormat("album", Size(240, 320), 5, Size(216, 296), (4, 4), 9, 9, 7),
    PageFormat("square", Size(182.88, 182.88), 0, Size(174, 174), (3.2, 3.2), 3, 11, 9),
    PageFormat(
        "webtoon", Size(135.4667, 216.7467), 0, Size(135.4667, 216.7467), (3.2, 12), 4, 12, 10, scroll=True
    ),
)

FORMATS: Mapping[str, PageFormat] = {page_format.id: page_format for page_format in _ALL}
"""All formats by id. `square` is 2160 px and `webtoon` 1600 px wide, twice what is published."""

DEFAULT_FORMAT = "us-comic"


def format_of(format_id: str) -> PageFormat:
    """Return a format by its id, or us-comic if there is no such format."""
    return FORMATS.get(format_id) or FORMATS[DEFAULT_FORMAT]
