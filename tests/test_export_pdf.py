"""PDF: what printers check, by qpdf's and PDFium's own eyes."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from kitsumy_core.export.comic import Watch
from kitsumy_core.export.pdf import PRINT, SCREEN, PdfKind, write_pdf
from kitsumy_core.export.pdf_order import covered
from kitsumy_core.page.draw import draw_page
from kitsumy_core.page.vector import letters
from tests.export_samples import TITLE, a_comic

UNIT = 72 / 300


@lru_cache(maxsize=4)
def made(kind: PdfKind = PRINT, direction: str = "ltr") -> bytes:
    target = BytesIO()
    write_pdf(target, a_comic(direction), kind=kind)
    return target.getvalue()


def opened(kind: PdfKind = PRINT, direction: str = "ltr") -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(made(kind, direction)))


def texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


def difference(first: Image.Image, second: Image.Image) -> float:
    """Return the mean difference, 0..255, of two pictures at the same small size, edges softened."""
    size, soft = (480, round(480 * first.height / first.width)), ImageFilter.GaussianBlur(1.5)
    small = [
        image.convert("RGB").resize(size, Image.Resampling.BOX).filter(soft) for image in (first, second)
    ]
    return sum(ImageStat.Stat(ImageChops.difference(*small)).mean) / 3


@pytest.mark.parametrize("kind", [PRINT, SCREEN], ids=["print", "screen"])
def test_qpdf_finds_nothing_wrong(kind: PdfKind) -> None:
    with opened(kind) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert len(pdf.pages) == 2


def test_a_printer_finds_trim_and_bleed() -> None:
    page = a_comic().document.pages[0]
    with opened() as pdf:
        for sheet in pdf.pages:
            media, bleed, trim = ([float(v) for v in sheet[f"/{b}Box"]] for b in ("Media", "Bleed", "Trim"))
            assert media == bleed
            edge = page.bleed * UNIT
            assert trim[:2] == pytest.approx([edge, edge], abs=0.01)
            size = (trim[2] - trim[0], trim[3] - trim[1])
            assert size == pytest.approx((page.trim.width * UNIT, page.trim.height * UNIT), abs=0.02)
            assert media[2] - trim[2] == pytest.approx(edge, abs=0.01)


def fonts_of(pdf: pikepdf.Pdf) -> list[Any]:
    return [
        item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
    ]


@pytest.mark.parametrize("kind", [PRINT, SCREEN], ids=["print", "screen"])
def test_every_face_is_embedded_as_a_subset_and_no_other_is_named(kind: PdfKind) -> None:
    with opened(kind) as pdf:
        fonts = fonts_of(pdf)
        assert len(fonts) >= 4
        for font in fonts:
            assert str(font.BaseFont)[7] == "+", font.BaseFont
            assert len(bytes(font.FontDescriptor.FontFile2.read_bytes())) > 500
            assert "/ToUnicode" in font


def test_words_can_be_searched_and_copied() -> None:
    first = " ".join(texts(made())[0].split())
    for line in ("ЩО ЗА МАРА?", "ПРИГАСИ СВІТЛО!", "Ніч. Маяк", "Тихо…", "ХТОСЬ ХОДИТЬ НАГОРІ."):
        assert line in first
    assert "ЦІНА 5 ₴" in first
    assert "№ 7" in first
    assert not any(0xE000 <= ord(sign) < 0xF900 for sign in first), "a private code point leaked"


def test_words_come_in_reading_order_and_once() -> None:
    page = a_comic().document.pages[0]
    wanted = [" ".join(e.text.lines) for e in sorted(page.lettering, key=lambda entry: entry.order)]
    assert page.lettering[-1].kind != "sfx", "the effect is read before the last balloons but drawn first"
    assert " ".join(texts(made())[0].split()) == " ".join(wanted)


def test_a_word_under_a_balloon_stays_under_it() -> None:
    comic = a_comic()
    page = comic.document.pages[0]
    effect, balloon = (next(e for e in page.lettering if e.kind == kind) for kind in ("sfx", "shout"))
    half = balloon.shape.but(cx=effect.shape.cx, cy=effect.shape.cy)
    others = [e.but(shape=half) if e is balloon else e for e in page.lettering if e.kind != "narration"]
    piled = page.but(lettering=tuple(others))
    assert covered(letters(piled)) == {effect.id}
    assert covered(letters(page)) == set()
    document = comic.document.model_copy(update={"pages": (piled,)})
    target = BytesIO()
    write_pdf(target, comic._replace(document=document))
    seen = pypdfium2.PdfDocument(target.getvalue())[0].render(scale=150 / 72).to_pil()
    assert difference(draw_page(piled, comic.load, 0.5, with_bleed=True), seen) < 2.0


def test_pictures_say_what_they_show() -> None:
    panel = a_comic().document.pages[0].panels[0]
    assert panel.alt
    with opened() as pdf:
        content = pdf.pages[0].Contents.read_bytes()
    assert f"/Alt <feff{panel.alt.encode('utf-16-be').hex()}>".encode() in content


def test_type_stays_type_and_is_not_a_picture() -> None:
    with opened() as pdf:
        content = pdf.pages[0].Contents.read_bytes()
        assert content.count(b" TJ") >= 10
        images = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
        assert all(int(image.Width) < 1512 for image in images), "no picture is as wide as the page"


@pytest.mark.parametrize("kind", [PRINT, SCREEN], ids=["print", "screen"])
def test_the_pages_look_like_the_drawn_ones(kind: PdfKind) -> None:
    comic = a_comic()
    document = pypdfium2.PdfDocument(made(kind))
    for number, page in enumerate(comic.document.pages):
        seen = document[number].render(scale=150 / 72).to_pil()
        drawn = draw_page(page, comic.load, 0.5, with_bleed=kind.bleed)
        assert difference(drawn, seen) < 2.0


def test_the_comparison_would_notice_a_missing_balloon() -> None:
    comic = a_comic()
    page = comic.document.pages[0]
    drawn = draw_page(page, comic.load, 0.5, with_bleed=True)
    bare = draw_page(page.but(lettering=page.lettering[:-1]), comic.load, 0.5, with_bleed=True)
    assert difference(drawn, bare) > 0.5
    seen = pypdfium2.PdfDocument(made())[0].render(scale=150 / 72).to_pil()
    assert difference(bare, seen) > difference(drawn, seen) + 0.3


def test_the_file_says_what_it_is_and_that_it_has_sketches() -> None:
    with opened() as pdf:
        assert str(pdf.docinfo.Title) == TITLE
        assert "storyboard sketches" in str(pdf.docinfo.Subject)
        assert str(pdf.docinfo.Keywords) == "madeBy=hand"
        assert str(pdf.Root.Lang) == "uk"
        outline = pdf.Root.Outlines.First
        assert [str(outline.Title), str(outline.Next.Title)] == ["Перший", "Другий"]


def test_a_book_from_right_to_left_opens_so() -> None:
    with opened(direction="rtl") as pdf:
        assert pdf.Root.ViewerPreferences.Direction == "/R2L"


def test_the_same_comic_gives_the_same_bytes_page_by_page() -> None:
    target, sizes = BytesIO(), list[int]()
    write_pdf(target, a_comic(), Watch(lambda done, total: sizes.append(target.tell())))
    assert target.getvalue() == made()
    assert sizes[0] < 1000 < 20_000 < sizes[1] < sizes[2], "a page is in the file when it is done"
