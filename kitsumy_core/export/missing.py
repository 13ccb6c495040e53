"""Say what an export of a document will lack: panels without a picture, and those that are only sketched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kitsumy_core.page.document import ComicDocument, PageBox, PanelBox

SKETCH = "sketch"
MADE_WITHOUT_AI = "Plan made without AI (beats)."
HAS_SKETCHES = "Contains storyboard sketches."


class PanelPlace(NamedTuple):
    """A panel by its page's number and its place on the page (from 1)."""

    page: int
    panel: int
    panel_id: str


class ExportReport(NamedTuple):
    """What a reader will meet that is not finished. `overflowing` are texts that do not fit their panel."""

    pages: int
    missing: tuple[PanelPlace, ...] = ()
    sketches: tuple[PanelPlace, ...] = ()
    overflowing: tuple[PanelPlace, ...] = ()

    @property
    def complete(self) -> bool:
        return not (self.missing or self.sketches or self.overflowing)


def export_report(document: ComicDocument) -> ExportReport:
    """Return what is missing, in reading order. Empty slots of a layout (no panel id) are not counted."""
    sketched = {asset.id for asset in document.assets if asset.made_by == SKETCH}
    full = {entry.panel for page in document.pages for entry in page.lettering if entry.overflow}
    panels = [(PanelPlace(page.number, panel.order, panel.id), panel) for page, panel in _panels(document)]
    return ExportReport(
        pages=len(document.pages),
        missing=tuple(place for place, panel in panels if panel.image is None),
        sketches=tuple(place for place, panel in panels if panel.image and panel.image.asset in sketched),
        overflowing=tuple(place for place, panel in panels if panel.id in full),
    )


def has_sketches(document: ComicDocument) -> bool:
    """Tell whether any picture is a storyboard sketch."""
    return any(asset.made_by == SKETCH for asset in document.assets)


def notes(document: ComicDocument) -> str:
    """Return which tool made the file, and plainly what in it is no finished work of a person or a model."""
    said = [f"Made with {document.meta.generator}."]
    said += [MADE_WITHOUT_AI] if document.meta.made_by == "beats" else []
    said += [HAS_SKETCHES] if has_sketches(document) else []
    return " ".join(said)


def _panels(document: ComicDocument) -> Iterator[tuple[PageBox, PanelBox]]:
    for page in document.pages:
        for panel in sorted(page.panels, key=lambda box: box.order):
            if panel.id:
                yield page, panel
