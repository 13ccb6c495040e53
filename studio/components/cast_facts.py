"""Find where characters and places of a plan are used: what cards count and deletion has to say."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from kitsumy_core.plan.models import ComicPlan, Location, Page, Panel


class Use(NamedTuple):
    """A panel that uses something; not `main` where a character only speaks, or a place is only named."""

    page: Page
    panel: Panel
    main: bool


def uses_of_character(plan: ComicPlan, character_id: str) -> list[Use]:
    """Return the panels where a character is seen or speaks, in reading order."""
    return [
        Use(page, panel, character_id in panel.characters)
        for page in plan.pages()
        for panel in page.panels
        if character_id in _people(panel)
    ]


def panels_by_character(plan: ComicPlan) -> Counter[str]:
    """Return in how many panels each id is seen or speaks."""
    return Counter(person for panel in plan.panels() for person in _people(panel))


def _people(panel: Panel) -> set[str]:
    return {*panel.characters, *(line.character for line in panel.dialogue)}


def uses_of_place(plan: ComicPlan, place: Location) -> list[Use]:
    """Return the panels that are linked to a place or, unlinked, name it in words."""
    wanted = _folded(place.name)
    uses = []
    for page in plan.pages():
        for panel in page.panels:
            linked = panel.kitsumy.location_id == place.id
            named = bool(wanted) and not panel.kitsumy.location_id and _folded(panel.location) == wanted
            if linked or named:
                uses.append(Use(page, panel, linked))
    return uses


def panels_by_place(plan: ComicPlan) -> Counter[str]:
    """Return in how many panels each place is used, by its id."""
    ids = {_folded(place.name): place.id for place in reversed(plan.kitsumy.locations) if place.name.strip()}
    used = (p.kitsumy.location_id or ids.get(_folded(p.location), "") for p in plan.panels())
    return Counter(place_id for place_id in used if place_id)


def unlisted_places(plan: ComicPlan) -> list[str]:
    """Return the places that panels name and the list of places lacks, the most used first."""
    known = {_folded(place.name) for place in plan.kitsumy.locations}
    free = [p.location for p in plan.panels() if p.location.strip() and not p.kitsumy.location_id]
    count = Counter(_folded(text) for text in free)
    spelt = {_folded(text): " ".join(text.split()) for text in reversed(free)}
    return [spelt[folded] for folded, _n in count.most_common() if folded not in known]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
