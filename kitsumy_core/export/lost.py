"""Notice which pictures could not be read while a comic was exported."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kitsumy_core.errors import KitsumyError
from kitsumy_core.export.comic import Comic
from kitsumy_core.export.missing import PanelPlace

if TYPE_CHECKING:
    from PIL.Image import Image


class LostPictures:
    """Wraps a comic; afterwards `places` tells whose pictures were wanted in vain."""

    def __init__(self, comic: Comic) -> None:
        self._assets: set[str] = set()
        self._document = comic.document
        read = self._reading(comic.read) if comic.read else None
        self.comic = comic._replace(load=self._loading(comic.load), read=read)

    @property
    def places(self) -> tuple[PanelPlace, ...]:
        """Return the panels in reading order, by page and place."""
        return tuple(
            PanelPlace(page.number, panel.order, panel.id)
            for page in self._document.pages
            for panel in sorted(page.panels, key=lambda box: box.order)
            if panel.image and panel.image.asset in self._assets
        )

    def _loading(self, load: Callable[[str], Image | None]) -> Callable[[str], Image | None]:
        def noted(asset: str) -> Image | None:
            image = load(asset)
            if image is None:
                self._assets.add(asset)
            return image

        return noted

    def _reading(self, read: Callable[[str], bytes]) -> Callable[[str], bytes]:
        def noted(asset: str) -> bytes:
            try:
                return read(asset)
            except KitsumyError:
                self._assets.add(asset)
                raise

        return noted


def named(places: tuple[PanelPlace, ...], most: int = 12) -> str:
    """Return "1/2, 3/1, …": page and panel of each place."""
    shown = ", ".join(f"{place.page}/{place.panel}" for place in places[:most])
    return shown + (", …" if len(places) > most else "")
