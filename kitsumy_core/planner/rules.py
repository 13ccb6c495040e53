"""How many chapters, pages and panels a plan may have: rules for planning, not for books."""

from __future__ import annotations

from collections.abc import Sequence

from kitsumy_core.page.layouts import LAYOUTS, panel_count

LEAST_PAGES, MOST_PAGES, DEFAULT_PAGES = 1, 20, 5
MOST_PANELS_OF_ONE_PAGE = 4


def chapter_range(max_pages: int) -> tuple[int, int]:
    """Return the least and the most chapters of a plan with this many pages."""
    if max_pages <= 3:
        return 1, 1
    return (1, 2) if max_pages <= 10 else (2, 4)


def allowed_layouts(max_pages: int) -> list[str]:
    """Return the layouts a plan may use: a book of a single page has at most four panels."""
    most = MOST_PANELS_OF_ONE_PAGE if max_pages == 1 else 99
    return [name for name in LAYOUTS if (panel_count(name) or 0) <= most]


def layout_for(panels: int, max_pages: int, wanted: str = "") -> str:
    """Return a layout with this many panels, the wanted one if it has them; the nearest if none has."""
    names = allowed_layouts(max_pages)
    fits = [name for name in names if panel_count(name) == panels]
    if wanted in fits:
        return wanted
    if fits:
        return fits[0]
    return min(names, key=lambda name: (abs((panel_count(name) or 0) - panels), name))


def spread_chapters(numbers: Sequence[int], max_pages: int) -> list[int]:
    """Return the chapter of each page, counted from 0 without gaps, for whatever numbers a model gave.

    Runs of equal numbers are chapters. Too many are joined from the end, too few are cut in the middle of the
    longest, as far as there are pages.
    """
    least, most = chapter_range(max_pages)
    runs: list[int] = []
    highest: int | None = None
    for number in numbers:
        if highest is None or number > highest:
            runs.append(0)
            highest = number
        runs[-1] += 1
    while len(runs) > most:
        shortest = min(range(len(runs) - 1), key=lambda i: runs[i] + runs[i + 1])
        runs[shortest : shortest + 2] = [runs[shortest] + runs[shortest + 1]]
    while len(runs) < least and max(runs) > 1:
        longest = max(range(len(runs)), key=lambda i: runs[i])
        half = (runs[longest] + 1) // 2
        runs[longest : longest + 1] = [half, runs[longest] - half]
    return [chapter for chapter, length in enumerate(runs) for _ in range(length)]
