"""Hold what every format is made from, and what watches over the making: progress and cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from kitsumy_core.errors import CancelledJobError, KitsumyError
from kitsumy_core.export.ahead import WORKERS, ahead
from kitsumy_core.export.missing import notes
from kitsumy_core.geometry import Rect
from kitsumy_core.page.art import as_rgb
from kitsumy_core.page.compose import TakeImage
from kitsumy_core.page.document import ComicDocument, PageBox, PanelBox
from kitsumy_core.page.draw import lettered
from kitsumy_core.page.frames import FRAME_INK, FrameState, frame_tile
from kitsumy_core.page.jpeg import jpeg_bytes
from kitsumy_core.page.vector import cut_of
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import ComicPlan

if TYPE_CHECKING:
    from PIL.Image import Image

R = TypeVar("R")
Read = Callable[[str], bytes]
"""Asset id -> the bytes of its file; raises a KitsumyError where it cannot be had."""


class Comic(NamedTuple):
    """A composed comic, what it was composed from, and its pictures. `load` gives None for a lost one.

    For another edition than the main one `book` is the book as in that edition (`in_edition`), so that every
    format finds its words, language and direction in the plan.
    """

    document: ComicDocument
    book: Book
    takes: Mapping[str, TakeImage]
    load: Callable[[str], Image | None]
    read: Read | None = None
    metadata: bool = True
    """Whether page images in PNG tell title, page and how they were made."""
    prompts: Mapping[str, str] = MappingProxyType({})
    """Prompts by panel, told there as well."""

    @property
    def plan(self) -> ComicPlan:
        return self.book.plan

    @property
    def chapters(self) -> Mapping[str, str]:
        """Return chapter titles by the id of the page each begins with; nothing for a single chapter."""
        starts = {c.pages[0].id: c.title for c in self.plan.chapters if c.pages}
        return starts if len(starts) > 1 else {}


class Watch(NamedTuple):
    """`report` hears the pages done and their total, first with 0; `cancelled` is asked before each page."""

    report: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False


UNWATCHED = Watch()


class Placed(NamedTuple):
    """The picture of a panel, and the box of page pixels it fills; to be clipped to the panel's outline."""

    image: Image
    at: Rect
    state: FrameState
    made_by: str = ""


def watched(document: ComicDocument, watch: Watch) -> Iterator[tuple[int, PageBox]]:
    """Yield the pages with their numbers from 1, reporting each when it is done. Raises CancelledJobError."""
    total = len(document.pages)
    watch.report(0, total)
    for number, page in enumerate(document.pages, 1):
        if watch.cancelled():
            raise CancelledJobError("export-cancelled", page=number, pages=total)
        yield number, page
        watch.report(number, total)


def page_files(comic: Comic, watch: Watch, make: Callable[[Comic, PageBox], R]) -> Iterator[tuple[int, R]]:
    """Yield what is made of each page with its number; see `each_page`."""
    return each_page(comic.document, watch, lambda page: make(comic, page))


def each_page(document: ComicDocument, watch: Watch, make: Callable[[PageBox], R]) -> Iterator[tuple[int, R]]:
    """Yield what is made of each page with its number, in order, while threads make the next few.

    Reports a page when what was made of it has been used. Raises CancelledJobError.
    """
    made = ahead(make, document.pages, most=WORKERS + 1)
    with closing(made):
        for number, _page in watched(document, watch):
            yield number, next(made)


def placed(comic: Comic, page: PageBox, panel: PanelBox) -> Placed:
    """Return what a panel shows, as fine as its source is: its picture, or a frame that says why not."""
    image = opened(comic, panel)
    cut = cut_of(panel, image.size) if image else None
    if image is None or cut is None:
        return _frame(page, panel)
    try:
        shown = as_rgb(image.crop(cut.pixels))
    except (OSError, SyntaxError, ValueError):
        return _frame(page, panel)
    if cut.mirrored:
        from PIL import Image

        shown = shown.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    asset = comic.document.asset(panel.image.asset) if panel.image else None
    return Placed(shown, cut.at, "drawn", asset.made_by if asset else "")


def opened(comic: Comic, panel: PanelBox) -> Image | None:
    """Return a panel's picture, not yet decoded where its file can be read; None where there is none."""
    if panel.image is None:
        return None
    if comic.read is None:
        return comic.load(panel.image.asset)
    from PIL import Image

    try:
        return Image.open(BytesIO(comic.read(panel.image.asset)))
    except (KitsumyError, OSError, SyntaxError, ValueError):
        return None


def _frame(page: PageBox, panel: PanelBox) -> Placed:
    state: FrameState = "missing" if panel.image else "empty"
    tile = frame_tile(panel, 1.0, 0.0, state, avoid=lettered(page, panel.id))
    x, y = tile.at
    return Placed(tile.image, Rect(x, y, x + tile.image.width, y + tile.image.height), state)


def border_of(panel: PanelBox, state: FrameState) -> tuple[str, float]:
    """Return colour and width of a panel's border."""
    color = panel.border.color if state == "drawn" else FRAME_INK[state]
    return color, panel.border.width


def encoded(shown: Placed, quality: int = 95) -> tuple[str, bytes]:
    """Return mime type and file of a panel's picture: JPEG, but PNG for a frame with its flat colours."""
    if shown.state != "drawn":
        target = BytesIO()
        shown.image.save(target, "PNG", compress_level=6)
        return "image/png", target.getvalue()
    sampling = "4:4:4" if quality >= 90 else "4:2:0"
    return "image/jpeg", jpeg_bytes(shown.image, quality=quality, subsampling=sampling)


def screen_jpeg(comic: Comic, page: PageBox, width: int, quality: int = 90) -> bytes:
    """Return a page of at most this width in pixels as JPEG."""
    from kitsumy_core.page.draw import draw_page, encode

    picture = draw_page(page, comic.load, min(1.0, width / page.trim.width))
    return encode(picture, "jpg", quality, comic.document.dpi, notes(comic.document))
