"""Make the pictures of a PDF: JPEG data, each written once, and flat colours for empty frames."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from kitsumy_core.export.comic import Comic, Placed, encoded, placed
from kitsumy_core.geometry import Rect
from kitsumy_core.page.document import PageBox, PanelBox
from kitsumy_core.page.frames import FrameState

if TYPE_CHECKING:
    from PIL.Image import Image


class PdfImage(NamedTuple):
    """A picture of a panel and the box of page pixels it fills. `filters` say how `data` is packed."""

    data: bytes
    width: int
    height: int
    filters: str
    at: Rect
    state: FrameState
    name: str

    @property
    def entries(self) -> str:
        """Return what a PDF says of the picture."""
        return (
            f"/Width {self.width} /Height {self.height} /BitsPerComponent 8 /ColorSpace /DeviceRGB "
            f"/Filter /{self.filters}"
        )


def pdf_image(comic: Comic, page: PageBox, panel: PanelBox, *, quality: int, dpi: int | None) -> PdfImage:
    """Return what a panel shows, cut to what is visible, as JPEG; finer than `dpi` it is scaled down."""
    shown = placed(comic, page, panel)
    if shown.state != "drawn":
        return _flat(shown)
    use = panel.image
    assert use is not None
    image = _at_most(shown.image, shown.at, dpi / comic.document.dpi) if dpi else shown.image
    name = _name(repr((use.asset, use.crop, use.flip_x, image.size)).encode())
    _, data = encoded(shown._replace(image=image), quality)
    return PdfImage(data, image.width, image.height, "DCTDecode", shown.at, shown.state, name)


def _flat(shown: Placed) -> PdfImage:
    import zlib

    data = zlib.compress(shown.image.tobytes(), 6)
    return PdfImage(data, *shown.image.size, "FlateDecode", shown.at, shown.state, _name(data))


def _name(data: bytes) -> str:
    """Return a name for a picture that is written once, from what makes it what it is."""
    return hashlib.sha256(data).hexdigest()[:24]


def _at_most(image: Image, at: Rect, scale: float) -> Image:
    """Return an image no larger than its box at a scale."""
    from PIL import Image as Pillow

    size = (max(1, round(at.width * scale)), max(1, round(at.height * scale)))
    if size[0] >= image.width:
        return image
    return image.resize(size, Pillow.Resampling.LANCZOS, reducing_gap=3.0)
