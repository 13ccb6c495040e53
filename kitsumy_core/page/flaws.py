"""What the proof of a composed page finds: an issue, and the places on the page where it is to be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from kitsumy_core.geometry import Point, Polygon, Rect
from kitsumy_core.page.document import BalloonShape, Lettering, PageBox, PanelBox
from kitsumy_core.page.formats import MM_PER_INCH, PageFormat
from kitsumy_core.page.outline import balloon_paths, flatten
from kitsumy_core.plan.book import MAIN
from kitsumy_core.plan.check import Fix, Issue, Severity
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.flat import key_of

HasGlyph = Callable[[str, str], bool]
"""Tells whether a face (by id) draws a character."""


class Flaw(NamedTuple):
    """An issue of a composed page; `areas` are polygons in pixels from the trim corner."""

    issue: Issue
    areas: tuple[Polygon, ...] = ()


class Terms(NamedTuple):
    """What a page is proofed by: the format it is for, who draws which letter, the edition it belongs to."""

    format: PageFormat
    has_glyph: HasGlyph
    edition_id: str = MAIN
    mirrored: bool = False
    """Read from right to left."""

    @property
    def printed(self) -> bool:
        return self.format.bleed > 0

    def px(self, millimetres: float) -> float:
        return millimetres * self.format.dpi / MM_PER_INCH


class Sighted(NamedTuple):
    """A page with what several checks ask of it: each balloon's body without its tail, each panel by id."""

    page: PageBox
    terms: Terms
    bodies: dict[str, Polygon]
    panels: dict[str, PanelBox]

    def polygon(self, panel_id: str) -> Polygon:
        return tuple(Point(*point) for point in self.panels[panel_id].shape.points)

    def of_panel(self, panel_id: str) -> list[tuple[int, Lettering]]:
        """Return the lettering of a panel in reading order, each with its index on the page."""
        return [(n, entry) for n, entry in enumerate(self.page.lettering) if entry.panel == panel_id]


def sighted(page: PageBox, terms: Terms) -> Sighted:
    bodies = {entry.id: body_of(entry) for entry in page.lettering}
    return Sighted(page, terms, bodies, {panel.id: panel for panel in page.panels if panel.id})


def body_of(entry: Lettering) -> Polygon:
    """Return the outline of a balloon, caption or effect without its tail."""
    shape = entry.shape
    if shape.type == "none":
        return corners(box_of(shape))
    path = max((flatten(path) for path in balloon_paths(entry.but(tails=()))), key=len)
    return tuple(Point(*point) for point in path)


def box_of(shape: BalloonShape) -> Rect:
    return Rect.centred((shape.cx, shape.cy), shape.rx, shape.ry)


def corners(box: Rect) -> Polygon:
    return (Point(box.x0, box.y0), Point(box.x1, box.y0), Point(box.x1, box.y1), Point(box.x0, box.y1))


def flaw(
    seen: Sighted,
    code: str,
    severity: Severity,
    entry: tuple[int, Lettering] | PanelBox | None = None,
    areas: Iterable[Polygon] = (),
    fixes: Iterable[Fix] = (),
    **params: object,
) -> Flaw:
    """Return a flaw of a text (with its index), of a panel, or of the whole page."""
    page = seen.page
    ids: tuple[str, ...] = (page.id,)
    path = f"/pages/{page.number - 1}"
    place: dict[str, object] = {"page": page.number}
    own: tuple[Fix, ...] = ()
    if isinstance(entry, PanelBox):
        ids, path = (entry.id, page.id), f"{path}/panels/{page.panels.index(entry)}"
        place["panel"] = entry.order
    elif entry is not None:
        index, text = entry
        ids, path = (text.id, text.panel, page.id), f"{path}/lettering/{index}"
        place["panel"] = seen.panels[text.panel].order if text.panel in seen.panels else 0
        own = (_automatic(text, seen.terms.edition_id),) if text.locked else ()
    issue = Issue(
        code=code, severity=severity, path=path, ids=ids, params=place | params, fixes=(*fixes, *own)
    )
    return Flaw(issue, tuple(areas))


def _automatic(entry: Lettering, edition_id: str) -> Fix:
    wanted = edit("place_balloon", lettering_id=entry.id, placement=None, edition_id=edition_id)
    return Fix(code="place-automatically", edit=wanted)


def crop_again(panel_id: str, edition_id: str) -> Fix:
    """Return the way out of a crop made by hand."""
    wanted = edit("set_field", node=key_of("edition", edition_id), field=f"crops.{panel_id}", value=None)
    return Fix(code="crop-automatically", edit=wanted)
