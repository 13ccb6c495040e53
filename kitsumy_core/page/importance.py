"""Measure where a picture is busy: steep changes of tone count, against the steepest of the same picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitsumy_core.page.busy import COLUMNS

if TYPE_CHECKING:
    from PIL.Image import Image

_FINER = 3
"""Changes are looked for on a raster this much finer than the map: about an eighth of a panel's pixels."""
_MOST_ROWS = 4 * COLUMNS
_STEEP = 0.95
"""The share of places that are less steep than what counts as fully busy."""
_LEAST = 16
"""Changes of tone (of 255) below this are the grain of a quiet picture, however few steeper ones it has."""


def busy_cells(image: Image) -> bytes:
    """Return the map of a picture, as `page.busy` reads it. Raises OSError where the picture is damaged."""
    from PIL import ImageChops
    from PIL.Image import Resampling

    rows = min(max(1, round(COLUMNS * image.height / image.width)), _MOST_ROWS)
    wide, high = _FINER * COLUMNS, _FINER * rows
    grey = image.convert("L").resize((wide, high), Resampling.BOX)
    here = grey.crop((0, 0, wide - 1, high - 1))
    across = ImageChops.difference(here, grey.crop((1, 0, wide, high - 1)))
    down = ImageChops.difference(here, grey.crop((0, 1, wide - 1, high)))
    steep = ImageChops.add(across, down)
    full = max(_LEAST, _quantile(steep.histogram(), _STEEP))
    scaled = steep.point([min(255, round(255 * value / full)) for value in range(256)])
    return scaled.resize((COLUMNS, rows), Resampling.BOX).tobytes()


def _quantile(histogram: list[int], share: float) -> int:
    wanted, seen = share * sum(histogram), 0
    for value, count in enumerate(histogram):
        seen += count
        if seen >= wanted:
            return value
    return len(histogram) - 1
