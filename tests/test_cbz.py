"""Comic book archives: what readers rely on, checked against the published draft schema of ComicInfo 2.1."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kitsumy_core.export.cbz import (
    Description,
    PageFacts,
    cbz,
    comic_info,
    described,
)
from kitsumy_core.export.missing import HAS_SKETCHES, MADE_WITHOUT_AI
from kitsumy_core.page.compose import TakeImage, compose
from kitsumy_core.page.document import ComicDocument, Meta, PageBox
from kitsumy_core.page.draw import draw_page
from kitsumy_core.page.fonts import measure
from kitsumy_core.plan.book import Book
from kitsumy_core.planner.beats import beats_plan
from tests.samples import a_book, a_page, a_plan

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "data" / "comicinfo" / "ComicInfo.xsd"))
ONE = [PageFacts("p", 1000, 20, 30)]


def small(page: PageBox) -> Image.Image:
    return draw_page(page, lambda asset: None, 0.05)


def packed(book: Book, **takes: TakeImage) -> tuple[zipfile.ZipFile, ElementTree.Element]:
    found = {key.replace("_", "-"): take for key, take in takes.items()}
    data = cbz(compose(book, "main", found, measure), small, described(book.plan))
    archive = zipfile.ZipFile(io.BytesIO(data))
    info = archive.read("ComicInfo.xml")
    SCHEMA.validate(io.BytesIO(info))
    return archive, ElementTree.fromstring(info)


def text(info: ElementTree.Element, name: str) -> str:
    return info.findtext(name) or ""


def test_the_archive_holds_stored_pages_and_one_description_at_its_root() -> None:
    archive, _ = packed(a_book(3))
    assert archive.testzip() is None
    assert archive.namelist() == ["0001.jpg", "0002.jpg", "0003.jpg", "ComicInfo.xml"]
    assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
    assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_the_description_tells_title_language_direction_and_pages() -> None:
    archive, info = packed(a_book(2))
    assert text(info, "Title") == "Маяк"
    assert text(info, "LanguageISO") == "uk"
    assert text(info, "Manga") == "No"
    assert text(info, "PageCount") == "2"
    assert text(info, "Characters") == "Марко, Зоя"
    for number, page in enumerate(info.findall("Pages/Page")):
        data = archive.read(f"{number + 1:04}.jpg")
        picture = Image.open(io.BytesIO(data))
        assert page.get("Image") == str(number)
        assert page.get("ImageSize") == str(len(data))
        assert (page.get("ImageWidth"), page.get("ImageHeight")) == (str(picture.width), str(picture.height))


def test_a_book_read_right_to_left_is_manga() -> None:
    plan = a_plan(1)
    book = Book(plan=plan.but(kitsumy=plan.kitsumy.but(reading_direction="rtl", language="ja")))
    _, info = packed(book)
    assert (text(info, "Manga"), text(info, "LanguageISO")) == ("YesAndRightToLeft", "ja")


def test_a_beat_sheet_with_sketches_does_not_pass_for_finished_work() -> None:
    book = Book(plan=beats_plan("Кіт на Місяці", max_pages=11))
    _, info = packed(book, ch1_p1_pan1=TakeImage("a" * 64, 90, 50, "sketch"))
    assert MADE_WITHOUT_AI in text(info, "Notes")
    assert HAS_SKETCHES in text(info, "Notes")
    assert text(info, "Summary") == "Кіт на Місяці"
    marks = [page.get("Bookmark") for page in info.findall("Pages/Page") if page.get("Bookmark")]
    assert marks == ["Виклик", "Дорога", "Розв’язка"]


def test_a_book_by_hand_with_renders_bears_no_such_note() -> None:
    _, info = packed(a_book(1), ch1_p1_pan1=TakeImage("a" * 64, 90, 50, "comfyui"))
    assert text(info, "Notes") == "Made with Kitsumy Studio."


def test_a_double_page_is_said_to_be_one() -> None:
    plan = a_plan(1)
    (chapter,) = plan.chapters
    spread = a_page("wide", layout="spread-splash", panels=1)
    book = Book(plan=plan.but(chapters=(chapter.but(pages=(*chapter.pages, spread)),)).numbered())
    _, info = packed(book)
    assert [page.get("DoublePage") for page in info.findall("Pages/Page")] == [None, "true"]


def test_the_same_book_gives_the_same_bytes() -> None:
    document = compose(a_book(2), "main", {}, measure)
    assert cbz(document, small) == cbz(document, small)


def test_the_schema_would_notice_a_wrong_description() -> None:
    good = comic_info(ComicDocument(), ONE, Description("x"))
    SCHEMA.validate(io.BytesIO(good))
    assert not SCHEMA.is_valid(io.BytesIO(good.replace(b"<Manga>No<", b"<Manga>RTL<")))
    swapped = (
        good.replace(b"Summary>", b"Tmp>").replace(b"PageCount>", b"Summary>").replace(b"Tmp>", b"PageCount>")
    )
    assert not SCHEMA.is_valid(io.BytesIO(swapped))


@given(st.text(), st.text(), st.lists(st.text(), max_size=4), st.text())
def test_any_text_gives_a_valid_description(title: str, idea: str, names: list[str], mark: str) -> None:
    document = ComicDocument(meta=Meta(title=title))
    data = comic_info(document, ONE, Description(idea, tuple(names), {"p": mark}))
    SCHEMA.validate(io.BytesIO(data))
    assert (ElementTree.fromstring(data).findtext("PageCount")) == "1"


def test_markup_in_texts_stays_text() -> None:
    data = comic_info(ComicDocument(meta=Meta(title="<b>&amp;</b>]]>")), ONE, Description("<!-- x"))
    root = ElementTree.fromstring(data)
    assert (root.findtext("Title"), root.findtext("Summary")) == ("<b>&amp;</b>]]>", "<!-- x")


@pytest.mark.parametrize("pages", [0, 1])
def test_few_pages_are_no_trouble(pages: int) -> None:
    archive, info = packed(a_book(pages))
    assert len(archive.namelist()) == pages + 1
    assert text(info, "PageCount") == str(pages)
