"""Turn a document into encoded page images, and into a zip of them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from io import BytesIO
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from kitsumy_core.export.archive import write_archive
from kitsumy_core.export.comic import Watch, each_page
from kitsumy_core.export.missing import notes
from kitsumy_core.page.document import ComicDocument, PageBox

if TYPE_CHECKING:
    from PIL.Image import Image

PageImageFormat = Literal["png", "jpg", "webp"]
Draw = Callable[[PageBox], "Image"]
PageReport = Callable[[int, int], None]
"""Called with the number of pages done and their total, first with 0."""

JPEG_QUALITY = 92
"""From 90 on colours keep their full resolution, which lettering over flat colour needs."""


class PageImage(NamedTuple):
    """An encoded page: the name "0001.png", the file's bytes, its size in pixels, the page's id."""

    name: str
    data: bytes
    width: int
    height: int
    page_id: str


def page_images(
    document: ComicDocument,
    draw: Draw,
    image_format: PageImageFormat = "png",
    *,
    report: PageReport = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Generator[PageImage]:
    """Yield the pages in reading order; the next few are drawn meanwhile, each in a thread of its own.

    `draw` gives the pixels of a page. Raises CancelledJobError before the next page once `cancelled` says so.
    """
    said = notes(document)

    def make(page: PageBox) -> tuple[bytes, int, int, str]:
        picture = draw(page)
        data = encode_page(picture, image_format, document.dpi, said)
        return data, picture.width, picture.height, page.id

    for number, made in each_page(document, Watch(report, cancelled), make):
        yield PageImage(page_file(number, image_format), *made)


def page_file(number: int, image_format: str) -> str:
    """Return the file name of the page at this place (from 1), which sorts in reading order."""
    return f"{number:04}.{image_format}"


def encode_page(picture: Image, image_format: PageImageFormat, dpi: float, comment: str = "") -> bytes:
    """Return a page as a file that names its resolution, and in JPEG and WebP how it came about."""
    from kitsumy_core.page.draw import encode

    quality = None if image_format == "png" else JPEG_QUALITY
    return encode(picture, image_format, quality, dpi, comment)


def write_pages_zip(
    target: IO[bytes],
    document: ComicDocument,
    draw: Draw,
    image_format: PageImageFormat = "png",
    *,
    report: PageReport = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write a zip of all pages to a seekable file. Raises CancelledJobError; the file is then void."""
    pages = page_images(document, draw, image_format, report=report, cancelled=cancelled)
    write_archive(target, ((page.name, page.data) for page in pages))


def pages_zip(
    document: ComicDocument,
    draw: Draw,
    image_format: PageImageFormat = "png",
    *,
    report: PageReport = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bytes:
    """Return the zip of `write_pages_zip` as bytes."""
    target = BytesIO()
    write_pages_zip(target, document, draw, image_format, report=report, cancelled=cancelled)
    return target.getvalue()
