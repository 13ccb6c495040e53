"""Keep where pictures are busy, by their SHA-256: each is measured once, in whatever project it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from kitsumy_core.errors import StoreError
from kitsumy_core.page.importance import busy_cells
from kitsumy_core.store.change import Part
from kitsumy_core.store.tables import busyness

if TYPE_CHECKING:
    from PIL.Image import Image

_AT_ONCE = 400


class Busyness(Part):
    """A cache: what is lost is measured anew."""

    def busyness(self, images: Iterable[str], load: Callable[[str], Image | None]) -> dict[str, bytes]:
        """Return the maps of pictures (see `page.busy`), measured and kept now where they are not yet known.

        `load` opens a picture; one that it cannot open has no map.
        """
        wanted = list(images)
        found = self._known(wanted)
        measured = {}
        for image in wanted:
            picture = load(image) if image not in found else None
            if picture is not None:
                measured[image] = busy_cells(picture)
        if measured:
            with suppress(StoreError):  # a full disk hinders nobody from reading the comic
                self._keep(measured)
        return found | measured

    def _known(self, images: list[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        if not images:
            return found
        with self.database.read() as connection:
            for start in range(0, len(images), _AT_ONCE):
                some = busyness.c.image.in_(images[start : start + _AT_ONCE])
                rows = connection.execute(select(busyness).where(some))
                found |= {row.image: bytes(row.cells) for row in rows}
        return found

    def _keep(self, measured: Mapping[str, bytes]) -> None:
        with self.database.write() as connection:
            for image, cells in measured.items():
                connection.execute(delete(busyness).where(busyness.c.image == image))
                connection.execute(insert(busyness).values(image=image, cells=cells))
