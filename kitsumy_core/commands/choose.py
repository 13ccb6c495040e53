"""Read which pages and panels a command is for."""

from __future__ import annotations

import re

from kitsumy_core.errors import UsageError
from kitsumy_core.plan.models import ComicPlan

_RANGE = re.compile(r"([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?\Z")


def chosen_panels(plan: ComicPlan, pages: str = "", panels: str = "") -> list[str]:
    """Return the ids of the panels on these pages ("1,3-5", book page numbers) and of those named, in order.

    Nothing given means all. Raises UsageError naming what is not in the book.
    """
    known = [panel.id for panel in plan.panels()]
    if not pages.strip() and not panels.strip():
        return known
    wanted = _named(panels, known)
    if pages.strip():
        numbers = page_numbers(pages, sum(1 for _ in plan.pages()))
        for number, page in enumerate(plan.pages(), 1):
            if number in numbers:
                wanted |= {panel.id for panel in page.panels}
    return [panel_id for panel_id in known if panel_id in wanted]


def page_numbers(text: str, most: int) -> set[int]:
    """Return the numbers that "1,3-5" names. Raises UsageError for anything else, or a page there is not."""
    numbers: set[int] = set()
    for part in text.split(","):
        found = _RANGE.match(part.strip())
        if found is None:
            raise UsageError("pages-invalid", given=text)
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last:
            raise UsageError("pages-invalid", given=text)
        if first < 1 or last > most:
            raise UsageError("pages-unknown", given=part.strip(), pages=most)
        numbers |= set(range(first, last + 1))
    return numbers


def _named(panels: str, known: list[str]) -> set[str]:
    if panels in known:  # an id may hold a comma
        return {panels}
    wanted = {part.strip() for part in panels.split(",") if part.strip()}
    if unknown := sorted(wanted - set(known)):
        raise UsageError("panels-unknown", panels=unknown)
    return wanted
