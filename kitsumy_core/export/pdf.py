"""Write a document as PDF: for print with bleed and trim boxes, or for the screen; lettering stays text.

Colours are RGB: a profile for CMYK is the printer's, and most print services convert themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import IO, TYPE_CHECKING, NamedTuple

from kitsumy_core.export.ahead import ahead
from kitsumy_core.export.comic import UNWATCHED, Comic, Watch, border_of, watched
from kitsumy_core.export.missing import notes
from kitsumy_core.export.pdf_images import PdfImage, pdf_image
from kitsumy_core.export.pdf_letters import lettering, num, rgb
from kitsumy_core.geometry import Rect
from kitsumy_core.page.document import ComicDocument, PageBox, PanelBox
from kitsumy_core.page.vector import letters, outline_of, panels

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

    from kitsumy_core.export.pdf_file import PdfFile
    from kitsumy_core.export.pdf_text import PdfFaces

POINTS = 72


class PdfKind(NamedTuple):
    """What a PDF is for. Pictures finer than `dpi` are scaled down to it; None = left as they are."""

    bleed: bool
    quality: int
    dpi: int | None = None


PRINT = PdfKind(bleed=True, quality=92)
SCREEN = PdfKind(bleed=False, quality=85, dpi=160)


class _Drawn(NamedTuple):
    """A page with the pictures of its panels, ready to be written."""

    number: int
    page: PageBox
    images: tuple[PdfImage, ...]


def write_pdf(target: IO[bytes], comic: Comic, watch: Watch = UNWATCHED, kind: PdfKind = PRINT) -> None:
    """Write the comic to a file. Raises CancelledJobError, OSError of the file."""
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    from kitsumy_core.export.pdf_file import PdfFile
    from kitsumy_core.export.pdf_text import PdfFaces, plain_font

    rl_config.useA85 = 0  # streams as bytes: a quarter smaller, and quicker
    document = comic.document
    canvas = Canvas(
        target,
        pageCompression=1,
        invariant=1,
        initialFontName=plain_font(),
        lang=document.meta.language or None,
        pdfVersion=(1, 6),
    )
    _describe(canvas, document)
    file, faces, chapters = PdfFile(target, canvas), PdfFaces(canvas._doc), comic.chapters
    for drawn in _drawn(comic, watch, kind):
        if title := chapters.get(drawn.page.id):
            canvas.bookmarkPage(drawn.page.id)
            canvas.addOutlineEntry(title, drawn.page.id)
        _sheet(canvas, drawn.page, document, kind)
        canvas.addLiteral("\n".join(_page(file, faces, drawn, document, kind)))
        file.end_page()
    canvas.save()


def _drawn(comic: Comic, watch: Watch, kind: PdfKind) -> Iterator[_Drawn]:
    """Yield the pages; the pictures of the next ones are made in other threads meanwhile."""
    wishes = [(page, panel) for page in comic.document.pages for panel in panels(page)]
    images = ahead(lambda wish: pdf_image(comic, *wish, quality=kind.quality, dpi=kind.dpi), wishes, most=24)
    with closing(images):
        for number, page in watched(comic.document, watch):
            yield _Drawn(number, page, tuple(next(images) for _panel in page.panels))


def _describe(canvas: Canvas, document: ComicDocument) -> None:
    meta = document.meta
    canvas.setTitle(meta.title or "Comic")
    canvas.setAuthor("")
    canvas.setSubject(notes(document))
    canvas.setKeywords(f"madeBy={meta.made_by}")
    canvas.setCreator(meta.generator)
    canvas.setViewerPreference("DisplayDocTitle", "true")
    if meta.reading_direction == "rtl":
        canvas.setViewerPreference("Direction", "R2L")


def _sheet(canvas: Canvas, page: PageBox, document: ComicDocument, kind: PdfKind) -> None:
    """Set the sizes that printers look for."""
    wide, high, edge = _measures(page, document, kind)
    canvas.setPageSize((wide, high))
    canvas.setTrimBox((edge, edge, wide - edge, high - edge))
    canvas.setBleedBox((0, 0, wide, high))
    canvas.setCropBox((0, 0, wide, high))


def _measures(page: PageBox, document: ComicDocument, kind: PdfKind) -> tuple[float, float, float]:
    """Return width and height of a sheet, and how far the trimmed page lies inside it."""
    unit, bleed = POINTS / document.dpi, page.bleed if kind.bleed else 0.0
    return (page.trim.width + 2 * bleed) * unit, (page.trim.height + 2 * bleed) * unit, bleed * unit


def _page(
    file: PdfFile, faces: PdfFaces, drawn: _Drawn, document: ComicDocument, kind: PdfKind
) -> Iterator[str]:
    page, unit, bleed = drawn.page, POINTS / document.dpi, drawn.page.bleed if kind.bleed else 0.0
    _wide, high, edge = _measures(page, document, kind)
    box = Rect(-bleed, -bleed, page.trim.width + bleed, page.trim.height + bleed)
    yield f"q {unit:.5f} 0 0 {-unit:.5f} {edge:.4f} {high - edge:.4f} cm"
    yield f"{rgb(page.background)} rg {' '.join(map(num, (box.x0, box.y0, box.width, box.height)))} re f"
    for panel, image in zip(panels(page), drawn.images, strict=True):
        yield from _panel(file, panel, image)
    yield from lettering(letters(page), faces)
    yield "Q"


def _panel(file: PdfFile, panel: PanelBox, image: PdfImage) -> Iterator[str]:
    """Show a picture within its panel, with its words for whoever cannot see it."""
    corners = outline_of(panel)
    first, *rest = corners
    path = " ".join([f"{num(first.x)} {num(first.y)} m", *(f"{num(p.x)} {num(p.y)} l" for p in rest), "h"])
    at = image.at
    yield f"q {path} W n {num(at.width)} 0 0 {num(-at.height)} {num(at.x0)} {num(at.y1)} cm"
    shown = f"/{file.picture(image.name, image.entries, image.data)} Do"
    said = b"\xfe\xff" + panel.alt.encode("utf-16-be", "replace")
    yield f"/Span << /Alt <{said.hex()}> >> BDC {shown} EMC Q" if panel.alt else f"{shown} Q"
    color, width = border_of(panel, image.state)
    if width > 0:
        yield f"q 0 j 10 M {num(width)} w {rgb(color)} RG {path} S Q"
