"""Write a document as PDF: for print with bleed and trim boxes, or for the screen; lettering stays text.

Colours are RGB: a profile for CMYK is the printer's, and most print services convert themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from kitsumy_core.export.ahead import ahead
from kitsumy_core.export.comic import UNWATCHED, Comic, Watch, border_of, watched
from kitsumy_core.export.missing import notes
from kitsumy_core.export.pdf_images import PdfImage, pdf_image
from kitsumy_core.geometry import Rect
from kitsumy_core.page.document import ComicDocument, PageBox, PanelBox
from kitsumy_core.page.outline import Path
from kitsumy_core.page.vector import Block, Letter, Run, Shape, letters, outline_of, panels

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

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
    faces, chapters = PdfFaces(), comic.chapters
    for drawn in _drawn(comic, watch, kind):
        if title := chapters.get(drawn.page.id):
            canvas.bookmarkPage(drawn.page.id)
            canvas.addOutlineEntry(title, drawn.page.id)
        _page(canvas, faces, drawn, document, kind)
        canvas.showPage()
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


def _page(canvas: Canvas, faces: PdfFaces, drawn: _Drawn, document: ComicDocument, kind: PdfKind) -> None:
    page, unit = drawn.page, POINTS / document.dpi
    bleed = page.bleed if kind.bleed else 0.0
    wide, high = (page.trim.width + 2 * bleed) * unit, (page.trim.height + 2 * bleed) * unit
    canvas.setPageSize((wide, high))
    edge = bleed * unit
    canvas.setTrimBox((edge, edge, wide - edge, high - edge))
    canvas.setBleedBox((0, 0, wide, high))
    canvas.setCropBox((0, 0, wide, high))
    box = Rect(-bleed, -bleed, page.trim.width + bleed, page.trim.height + bleed)
    operators = [
        f"q {unit:.5f} 0 0 {-unit:.5f} {edge:.4f} {high - edge:.4f} cm",
        f"{_rgb(page.background)} rg {_n(box.x0)} {_n(box.y0)} {_n(box.width)} {_n(box.height)} re f",
    ]
    for panel, image in zip(panels(page), drawn.images, strict=True):
        operators += _panel(canvas, panel, image)
    for letter in letters(page):
        operators += _letter(canvas, faces, letter)
    operators.append("Q")
    canvas.addLiteral("\n".join(operators))


def _panel(canvas: Canvas, panel: PanelBox, image: PdfImage) -> Iterator[str]:
    corners = outline_of(panel)
    first, *rest = corners
    path = " ".join([f"{_n(first.x)} {_n(first.y)} m", *(f"{_n(p.x)} {_n(p.y)} l" for p in rest), "h"])
    at = image.at
    yield f"q {path} W n {_n(at.width)} 0 0 {_n(-at.height)} {_n(at.x0)} {_n(at.y1)} cm"
    yield f"/{image.name_in(canvas)} Do Q"
    color, width = border_of(panel, image.state)
    if width > 0:
        yield f"q 0 j 10 M {_n(width)} w {_rgb(color)} RG {path} S Q"


def _letter(canvas: Canvas, faces: PdfFaces, letter: Letter) -> Iterator[str]:
    for shape in letter.shapes:
        yield _shape(shape)
    yield from _block(canvas, faces, letter.block, letter.entry.text.lang)
    for shape in letter.joints:
        yield _shape(shape)


def _shape(shape: Shape) -> str:
    parts = ["q 1 j 0 J"]
    if shape.fill:
        parts.append(f"{_rgb(shape.fill)} rg")
    stroked = shape.stroke is not None and shape.width > 0
    if stroked:
        parts.append(f"{_rgb(shape.stroke or '')} RG {_n(shape.width)} w")
        if shape.dash:
            parts.append(f"[{' '.join(_n(d) for d in shape.dash)}] 0 d")
    if not (shape.fill or stroked):
        return ""
    return " ".join(
        [*parts, _path(shape.path), "B" if shape.fill and stroked else "f" if shape.fill else "S", "Q"]
    )


_FORMS: dict[object, str] = {
    "M": "%.2f %.2f m",
    "L": "%.2f %.2f l",
    "Q": "%.2f %.2f %.2f %.2f %.2f %.2f c",
    "Z": "h",
}


def _path(path: Path) -> str:
    """Write a path; a quadratic curve becomes the equal cubic one."""
    forms: list[str] = []
    numbers: list[float] = []
    x = y = 0.0
    for command in path:
        name, values = command[0], cast("tuple[float, ...]", command[1:])
        forms.append(_FORMS[name])
        if name == "Q":
            cx, cy, x1, y1 = values
            values = (
                (x + 2 * cx) / 3, (y + 2 * cy) / 3, (x1 + 2 * cx) / 3, (y1 + 2 * cy) / 3, x1, y1,
            )  # fmt: skip
        if values:
            numbers += values
            x, y = values[-2:]
    return " ".join(forms) % tuple(numbers)


def _block(canvas: Canvas, faces: PdfFaces, block: Block, language: str) -> Iterator[str]:
    """Write the coats as outlines, then the letters; only these count as text."""
    from math import cos, radians, sin

    if not block.lines:
        return
    c, s = cos(radians(block.degrees)), sin(radians(block.degrees))
    x, y = block.about
    yield f"q {c:.6f} {s:.6f} {-s:.6f} {c:.6f} {_n(x - c * x + s * y)} {_n(y - s * x - c * y)} cm"
    runs = [run for line in block.lines for run in line]
    for coat in block.coats:
        yield f"/Artifact BMC q 1 j {_n(2 * coat.reach)} w {_rgb(coat.color)} RG {_rgb(coat.color)} rg"
        yield from (f"BT 2 Tr {_text(canvas, faces, run, language)} ET" for run in runs)
        yield "Q EMC"
    for run in runs:
        yield f"BT 0 Tr {_rgb(run.color)} rg {_text(canvas, faces, run, language)} ET"
    yield "Q"


def _text(canvas: Canvas, faces: PdfFaces, run: Run, language: str) -> str:
    from math import cos, radians, sin

    c, s = cos(radians(run.degrees)), sin(radians(run.degrees))
    matrix = f"{c:.5f} {s:.5f} {s:.5f} {-c:.5f} {_n(run.x)} {_n(run.y)} Tm"
    return f"{matrix} {faces.face(run.face).operators(run, language, canvas._doc)}"


def _n(value: float) -> str:
    return f"{value:.2f}"


@lru_cache(maxsize=256)
def _rgb(color: str) -> str:
    """Return "#rrggbb" as three shares."""
    from PIL import ImageColor

    return " ".join(f"{part / 255:.4g}" for part in ImageColor.getrgb(color)[:3])
