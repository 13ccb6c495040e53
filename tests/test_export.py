"""File names, page images, zips of pages, and what an export says is missing."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise
from threading import Barrier, current_thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kitsumy_core.errors import CancelledJobError
from kitsumy_core.export.ahead import WORKERS
from kitsumy_core.export.images import page_images, pages_zip
from kitsumy_core.export.missing import PanelPlace, export_report
from kitsumy_core.export.names import file_title, safe_id
from kitsumy_core.page.compose import TakeImage, compose
from kitsumy_core.page.document import ComicDocument, PageBox
from kitsumy_core.page.draw import draw_page
from kitsumy_core.page.fonts import measure
from kitsumy_core.plan.book import Book
from tests.samples import a_book, a_page, a_panel, a_plan

SCALE = 0.1


def small(page: PageBox) -> Image.Image:
    return draw_page(page, lambda asset: None, SCALE)


def composed(book: Book, takes: dict[str, TakeImage] | None = None) -> ComicDocument:
    return compose(book, "main", takes or {}, measure)


def a_document(pages: int = 2, **takes: TakeImage) -> ComicDocument:
    return composed(a_book(pages), {key.replace("_", "-"): take for key, take in takes.items()})


# --- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("panel_id", ["ch1-p1-pan1", "a", "0f" * 16, "panel_2"])
def test_a_plain_id_is_its_own_name(panel_id: str) -> None:
    assert safe_id(panel_id) == panel_id


@pytest.mark.parametrize(
    "panel_id",
    ["", ".", "..", "../../etc/passwd", "/abs", "C:\\x", "a/b", "con", "nul", "com1", "CON", "lpt9", "a.",
     "a b", "-rf", "x" * 500,
     "панель", "a\x00b", "a\nb", "p:stream", "e\u0301", "\ud800", "COM¹", "~", "con.png"],
)  # fmt: skip
def test_a_hostile_id_becomes_a_harmless_name(panel_id: str) -> None:
    name = safe_id(panel_id)
    assert name != panel_id
    assert name.isascii()
    assert len(name) <= 60
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    assert name[0] not in "-_"


@given(st.lists(st.text(max_size=30), unique=True, max_size=30))
def test_two_ids_never_share_a_name_even_without_case(ids: list[str]) -> None:
    assert len({safe_id(one).casefold() for one in ids}) == len(ids)


def test_an_id_cannot_pretend_to_be_the_name_of_another() -> None:
    marked = safe_id("Panel")
    assert safe_id(marked) != marked
    assert len({safe_id("Panel"), safe_id("panel"), safe_id("PANEL"), safe_id(marked)}) == 4


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Дід тупає", "Дід тупає"),
        ("a/b\\c: d?", "a b c d"),
        ("..", "comic"),
        ("", "comic"),
        ("  \n ", "comic"),
        ("NUL", "comic"),
        ("con.txt", "comic"),
        ("Кінець...", "Кінець"),
        ("--help", "help"),
        ("a\u202eb", "ab"),
    ],
)
def test_a_title_becomes_a_file_name(title: str, name: str) -> None:
    assert file_title(title) == name


@given(st.text(max_size=300))
def test_any_title_gives_a_name_that_fits(title: str) -> None:
    name = file_title(title)
    assert 0 < len(name.encode()) <= 120
    assert not set(name) & set('<>:"/\\|?*\x00\n')
    assert name == name.strip(" .")


# --- pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("image_format", "kind"), [("png", "PNG"), ("jpg", "JPEG")])
def test_pages_come_as_images_of_the_trim_size(image_format: str, kind: str) -> None:
    document = a_document()
    pages = list(page_images(document, small, image_format))  # type: ignore[arg-type]
    assert [page.name for page in pages] == [f"0001.{image_format}", f"0002.{image_format}"]
    assert [page.page_id for page in pages] == ["ch1-p1", "ch1-p2"]
    for page in pages:
        picture = Image.open(io.BytesIO(page.data))
        assert (picture.format, picture.size) == (kind, (page.width, page.height))
        assert abs(page.width - document.pages[0].trim.width * SCALE) <= 1


def test_the_next_pages_are_drawn_in_threads_but_only_a_few_ahead() -> None:
    drawn: dict[int, str] = {}
    together = Barrier(2, timeout=20)

    def note(page: PageBox) -> Image.Image:
        drawn[page.number] = current_thread().name
        if page.number in (1, 2):
            together.wait()  # comes on only where two pages are drawn at once
        return small(page)

    pages = page_images(a_document(12), note)
    assert next(pages).page_id == "ch1-p1"
    assert current_thread().name not in drawn.values()
    assert 2 <= len(drawn) <= WORKERS + 1
    pages.close()
    assert len(drawn) <= WORKERS + 1, "what nobody takes is not drawn"


def test_the_zip_holds_the_pages_in_order_and_is_always_the_same() -> None:
    document = a_document(3)
    seen: list[tuple[int, int]] = []
    data = pages_zip(document, small, "jpg", report=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["0001.jpg", "0002.jpg", "0003.jpg"]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    assert data == pages_zip(document, small, "jpg")


def test_an_export_stops_before_the_next_page_when_it_is_cancelled() -> None:
    done: list[int] = []
    with pytest.raises(CancelledJobError) as caught:
        pages_zip(a_document(3), small, report=lambda n, _: done.append(n), cancelled=lambda: 1 in done)
    assert (caught.value.error_code, dict(caught.value.params)) == (
        "export-cancelled",
        {"page": 2, "pages": 3},
    )
    assert done == [0, 1]


def test_a_book_without_pages_gives_an_empty_zip() -> None:
    data = pages_zip(a_document(0), small)
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == []


# --- what is missing ------------------------------------------------------------------------------------


def test_the_report_names_what_is_missing_by_page_and_panel() -> None:
    sketch = TakeImage("a" * 64, 100, 160, "sketch")
    final = TakeImage("b" * 64, 100, 160, "comfyui")
    report = export_report(a_document(2, ch1_p1_pan1=sketch, ch1_p1_pan2=final))
    assert report.pages == 2
    assert report.sketches == (PanelPlace(1, 1, "ch1-p1-pan1"),)
    assert report.missing[:2] == (PanelPlace(1, 3, "ch1-p1-pan3"), PanelPlace(1, 4, "ch1-p1-pan4"))
    assert len(report.missing) == 6
    assert all(a < b for a, b in pairwise(report.missing))
    assert not report.complete


def test_a_finished_book_is_complete() -> None:
    plan = a_plan(1)
    takes = {panel.id: TakeImage(f"{n}" * 64, 900, 1444, "comfyui") for n, panel in enumerate(plan.panels())}
    assert export_report(composed(a_book(1), takes)).complete


def test_a_text_that_cannot_fit_is_reported() -> None:
    long = a_panel("long", narrative="Дуже довга розповідь. " * 400)
    page = a_page("ch1-p1", "grid-2x2", 4)
    plan = a_plan(1)
    chapter = plan.chapters[0].but(pages=(page.but(panels=(long, *page.panels[1:])),))
    report = export_report(composed(a_book(1).but(plan=plan.but(chapters=(chapter,)).numbered())))
    assert report.overflowing == (PanelPlace(1, 1, "long"),)
