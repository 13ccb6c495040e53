"""Turn a document into a comic book archive: page images and a ComicInfo 2.1 description, stored in a zip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from types import MappingProxyType
from typing import IO, NamedTuple
from xml.etree import ElementTree

from kitsumy_core.export.archive import Entry, write_archive
from kitsumy_core.export.images import Draw, PageReport, page_images
from kitsumy_core.export.missing import notes
from kitsumy_core.export.xml import xml_text
from kitsumy_core.page.document import ComicDocument
from kitsumy_core.plan.models import ComicPlan

COMIC_INFO = "ComicInfo.xml"


class PageFacts(NamedTuple):
    """A page's image: the page's id, the size of its file in bytes, of its picture in pixels."""

    page_id: str
    size: int
    width: int
    height: int


class Description(NamedTuple):
    """What a reader's library shows besides the document's own facts. `bookmarks` are titles by page id."""

    summary: str = ""
    characters: tuple[str, ...] = ()
    bookmarks: Mapping[str, str] = MappingProxyType({})


def described(plan: ComicPlan) -> Description:
    """Return the description of a plan: its idea, its cast, its chapters as bookmarks."""
    starts = {chapter.pages[0].id: chapter.title for chapter in plan.chapters if chapter.pages}
    names = tuple(dict.fromkeys(c.name.strip() for c in plan.characters if c.name.strip()))
    return Description(plan.kitsumy.idea, names, starts if len(starts) > 1 else {})


def write_cbz(
    target: IO[bytes],
    document: ComicDocument,
    draw: Draw,
    description: Description | None = None,
    *,
    report: PageReport = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write 0001.jpg... and ComicInfo.xml at the root of a seekable file. Raises CancelledJobError."""

    def entries() -> Iterator[Entry]:
        facts: list[PageFacts] = []
        for page in page_images(document, draw, "jpg", report=report, cancelled=cancelled):
            facts.append(PageFacts(page.page_id, len(page.data), page.width, page.height))
            yield page.name, page.data
        yield COMIC_INFO, comic_info(document, facts, description or Description())

    write_archive(target, entries())


def cbz(document: ComicDocument, draw: Draw, description: Description | None = None) -> bytes:
    """Return the archive of `write_cbz` as bytes."""
    target = BytesIO()
    write_cbz(target, document, draw, description)
    return target.getvalue()


def comic_info(document: ComicDocument, pages: Sequence[PageFacts], description: Description) -> bytes:
    """Return ComicInfo.xml (version 2.1 of its draft schema); elements come in the order the schema wants."""
    meta = document.meta
    texts = (
        ("Title", meta.title),
        ("Summary", description.summary),
        ("Notes", notes(document)),
        ("PageCount", str(len(pages))),
        ("LanguageISO", meta.language),
        ("Manga", "YesAndRightToLeft" if meta.reading_direction == "rtl" else "No"),
        ("Characters", ", ".join(name.replace(",", " ") for name in description.characters)),
    )
    root = ElementTree.Element("ComicInfo")
    for name, text in texts:
        if text:
            ElementTree.SubElement(root, name).text = xml_text(text)
    listed = ElementTree.SubElement(root, "Pages")
    spreads = {page.id for page in document.pages if page.spread}
    for number, page in enumerate(pages):
        attributes = {
            "Image": str(number),
            "ImageSize": str(page.size),
            "ImageWidth": str(page.width),
            "ImageHeight": str(page.height),
        }
        if page.page_id in spreads:
            attributes["DoublePage"] = "true"
        if bookmark := xml_text(description.bookmarks.get(page.page_id, "")):
            attributes["Bookmark"] = bookmark
        ElementTree.SubElement(listed, "Page", attributes)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
