"""Say how busy a picture is under a part of its panel, from a coarse map of it (made in `page.importance`).

A map is bytes: rows of `COLUMNS` cells over the whole picture, each from 0, quiet, to 255; b"" = not known.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from kitsumy_core.geometry import Rect

COLUMNS = 48
_WIDE = COLUMNS + 1


class Busy(NamedTuple):
    """The map of a picture, and how it is shown: its part `window`, in shares, fills `box` of the page."""

    cells: bytes
    window: Rect
    box: Rect


def meter(busy: Busy | None) -> Callable[[float, float, float, float], float]:
    """Return what tells how busy, 0 to 1, the picture is on average under a box of the page."""
    if busy is None or len(busy.cells) < COLUMNS or busy.box.area <= 0:
        return lambda x0, y0, x1, y1: 0.0
    rows, sums = len(busy.cells) // COLUMNS, _sums(busy.cells)
    window, box = busy.window, busy.box
    across, down = COLUMNS * window.width / box.width, rows * window.height / box.height
    left, top = COLUMNS * window.x0 - across * box.x0, rows * window.y0 - down * box.y0

    def mean(x0: float, y0: float, x1: float, y1: float) -> float:
        a = min(max(0, round(left + across * x0)), COLUMNS - 1)
        b = min(max(a + 1, round(left + across * x1)), COLUMNS)
        c = min(max(0, round(top + down * y0)), rows - 1)
        d = min(max(c + 1, round(top + down * y1)), rows)
        above, below = c * _WIDE, d * _WIDE
        total = sums[below + b] - sums[below + a] - sums[above + b] + sums[above + a]
        return total / (255 * (b - a) * (d - c))

    return mean


@lru_cache(maxsize=256)
def _sums(cells: bytes) -> array[int]:
    """Return the sums of all cells above and left of each corner, so that a box is four look-ups."""
    sums, above = array("L", bytes(_WIDE * array("L").itemsize)), [0] * _WIDE
    for start in range(0, len(cells) - COLUMNS + 1, COLUMNS):
        row = accumulate(cells[start : start + COLUMNS], initial=0)
        above = [mine + over for mine, over in zip(row, above, strict=True)]
        sums.extend(above)
    return sums
