"""Write a document as an EPUB 3 with fixed layout: a page a picture, described in words, in spreads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from typing import IO, NamedTuple
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement

from kitsumy_core.export.archive import Entry, write_archive
from kitsumy_core.export.comic import UNWATCHED, Comic, Watch, page_files, screen_jpeg
from kitsumy_core.export.missing import notes
from kitsumy_core.export.words import page_words
from kitsumy_core.export.xml import xml_bytes, xml_text
from kitsumy_core.page.document import ComicDocument

_NAMESPACE = UUID("5b1f0f3c-6f0e-4b5e-9d0a-2c3f6d0b7e11")
_WIDTH = 1600
_CONTAINER = b"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles><rootfile full-path="OEBPS/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_STYLE = "html,body{margin:0;padding:0;background:#fff}img{display:block;width:100vw;height:100vh}"


class _Leaf(NamedTuple):
    """A page in the book: its number, its picture's size in pixels, its words and chapter."""

    number: int
    width: int
    height: int
    words: str
    chapter: str
    spread: bool = False

    @property
    def name(self) -> str:
        return f"p{self.number:04}"


def write_epub(
    target: IO[bytes], comic: Comic, watch: Watch = UNWATCHED, *, modified: datetime | None = None
) -> None:
    """Write the book to a seekable file. Raises CancelledJobError."""
    write_archive(target, _entries(comic, watch, modified or datetime.now(UTC)))


def _entries(comic: Comic, watch: Watch, modified: datetime) -> Iterator[Entry]:
    yield "mimetype", b"application/epub+zip"
    yield "META-INF/container.xml", _CONTAINER
    leaves: list[_Leaf] = []
    digest = sha256()
    pages = dict(enumerate(comic.document.pages, 1))
    for number, data in page_files(comic, watch, lambda whole, page: screen_jpeg(whole, page, _WIDTH)):
        digest.update(data)
        page = pages[number]
        scale = min(1.0, _WIDTH / page.trim.width)
        leaf = _Leaf(
            number,
            max(1, round(page.trim.width * scale)),
            max(1, round(page.trim.height * scale)),
            xml_text(page_words(page, comic.plan)),
            xml_text(comic.chapters.get(page.id, "")),
            page.spread,
        )
        leaves.append(leaf)
        yield f"OEBPS/images/{leaf.name}.jpg", data
        yield f"OEBPS/{leaf.name}.xhtml", _page(comic.document, leaf)
    yield "OEBPS/nav.xhtml", _contents(comic.document, leaves)
    yield "OEBPS/package.opf", _package(comic, leaves, digest.hexdigest(), modified)


def _page(document: ComicDocument, leaf: _Leaf) -> bytes:
    said = escape(leaf.words or f"{document.meta.title} {leaf.number}")
    head = (
        f'<meta name="viewport" content="width={leaf.width}, height={leaf.height}"/><style>{_STYLE}</style>'
    )
    image = f'<img src="images/{leaf.name}.jpg" width="{leaf.width}" height="{leaf.height}" alt="{said}"/>'
    return _xhtml(document, str(leaf.number), head, f"<div>{image}</div>")


def _contents(document: ComicDocument, leaves: list[_Leaf]) -> bytes:
    starts = [leaf for leaf in leaves if leaf.chapter] or leaves[:1]
    title = xml_text(document.meta.title) or "1"
    items = "".join(
        f'<li><a href="{leaf.name}.xhtml">{escape(leaf.chapter or title)}</a></li>' for leaf in starts
    )
    pages = "".join(f'<li><a href="{leaf.name}.xhtml">{leaf.number}</a></li>' for leaf in leaves)
    body = f'<nav epub:type="toc" id="toc"><ol>{items}</ol></nav>'
    body += f'<nav epub:type="page-list" hidden=""><ol>{pages}</ol></nav>'
    return _xhtml(document, title, "", body)


def _xhtml(document: ComicDocument, title: str, head: str, body: str) -> bytes:
    language = escape(document.meta.language or "und")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{language}" xml:lang="{language}"><head><meta charset="UTF-8"/>'
        f"<title>{escape(title)}</title>{head}</head><body>{body}</body></html>\n"
    ).encode()


def _package(comic: Comic, leaves: list[_Leaf], digest: str, modified: datetime) -> bytes:
    meta = comic.document.meta
    root = Element(
        "package",
        {
            "xmlns": "http://www.idpf.org/2007/opf",
            "version": "3.0",
            "unique-identifier": "id",
            "prefix": "kitsumy: https://kitsumy.studio/ns/comic#",
        },
    )
    root.append(_metadata(comic, digest, modified))
    manifest = SubElement(root, "manifest")
    kinds = {"id": "nav", "href": "nav.xhtml", "media-type": "application/xhtml+xml", "properties": "nav"}
    SubElement(manifest, "item", kinds)
    for leaf in leaves:
        page = {"id": leaf.name, "href": f"{leaf.name}.xhtml", "media-type": "application/xhtml+xml"}
        SubElement(manifest, "item", page)
        image = {"id": f"i{leaf.name}", "href": f"images/{leaf.name}.jpg", "media-type": "image/jpeg"}
        SubElement(manifest, "item", image | ({"properties": "cover-image"} if leaf.number == 1 else {}))
    from_right = meta.reading_direction == "rtl"
    spine = SubElement(root, "spine", {"page-progression-direction": "rtl" if from_right else "ltr"})
    for leaf, side in zip(leaves, _sides(leaves, from_right), strict=True):
        SubElement(spine, "itemref", {"idref": leaf.name, "properties": side})
    return xml_bytes(root)


def _sides(leaves: list[_Leaf], from_right: bool) -> Iterator[str]:
    """Yield where each page lies in the open book: the cover alone, then pairs; a spread takes both sides."""
    first, second = ("right", "left") if from_right else ("left", "right")
    side = second
    for leaf in leaves:
        yield "rendition:page-spread-center" if leaf.spread else f"page-spread-{side}"
        side = first if leaf.spread or side == second else second


def _metadata(comic: Comic, digest: str, modified: datetime) -> Element:
    meta, idea = comic.document.meta, xml_text(comic.plan.kitsumy.idea)
    root = Element("metadata", {"xmlns:dc": "http://purl.org/dc/elements/1.1/"})
    identity = uuid5(_NAMESPACE, digest)
    said = (
        ("dc:identifier", f"urn:uuid:{identity}"),
        ("dc:title", xml_text(meta.title).strip() or "—"),
        ("dc:language", meta.language or "und"),
        ("dc:description", " ".join(part for part in (idea, notes(comic.document)) if part)),
    )
    for tag, text in said:
        SubElement(root, tag, {"id": "id"} if tag == "dc:identifier" else {}).text = text
    properties = (
        ("dcterms:modified", modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("rendition:layout", "pre-paginated"),
        ("rendition:orientation", "auto"),
        ("rendition:spread", "landscape"),
        ("schema:accessMode", "visual"),
        ("schema:accessMode", "textual"),
        ("schema:accessibilityFeature", "alternativeText"),
        ("schema:accessibilityHazard", "none"),
        ("kitsumy:madeBy", meta.made_by),
    )
    for name, text in properties:
        SubElement(root, "meta", {"property": name}).text = text
    return root
