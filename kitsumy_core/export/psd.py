"""Write a page for Photoshop and its like: paper, panels, balloons, and texts that stay texts."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from xml.sax.saxutils import escape

from kitsumy_core.export.archive import Entry
from kitsumy_core.export.comic import UNWATCHED, Comic, Watch, page_files
from kitsumy_core.export.faces import font_files
from kitsumy_core.export.layers import PAPER, Layer, page_layers
from kitsumy_core.export.missing import notes
from kitsumy_core.export.psd_file import PsdGroup, PsdLayer, write_psd
from kitsumy_core.export.psd_text import type_block
from kitsumy_core.export.xml import xml_text
from kitsumy_core.page.document import ComicDocument, PageBox
from kitsumy_core.page.draw import draw_page


def psd_files(comic: Comic, watch: Watch = UNWATCHED) -> Iterator[Entry]:
    """Yield 0001.psd and so on, and the fonts. Raises CancelledJobError."""
    for number, data in page_files(comic, watch, page_psd):
        yield f"{number:04}.psd", data
    yield from font_files(comic.document)


def page_psd(comic: Comic, page: PageBox) -> bytes:
    """Return a page with its bleed as a Photoshop file."""
    content: list[PsdLayer | PsdGroup] = []
    for group, layers in groupby(page_layers(comic, page), key=lambda layer: layer.group):
        made = tuple(_layer(layer, page.bleed) for layer in layers)
        content += made if group == PAPER else (PsdGroup(group, made),)
    merged = draw_page(page, comic.load, with_bleed=True)
    target = BytesIO()
    write_psd(target, merged, content, dpi=comic.document.dpi, xmp=_xmp(comic.document))
    return target.getvalue()


def _layer(layer: Layer, bleed: float) -> PsdLayer:
    blocks: tuple[tuple[bytes, bytes], ...] = ()
    if layer.block and layer.entry and layer.block.lines and all(layer.block.lines):
        blocks = ((b"TySh", type_block(layer.block, layer.entry, bleed)),)
    return PsdLayer(layer.name, layer.image, layer.at, blocks)


def _xmp(document: ComicDocument) -> str:
    """Return the file's metadata: title, the program, how plan and pictures came about."""
    said = {
        "xmp:CreatorTool": document.meta.generator,
        "kitsumy:madeBy": document.meta.made_by,
        "kitsumy:notes": notes(document),
    }
    parts = "".join(f"<{tag}>{escape(xml_text(text))}</{tag}>" for tag, text in said.items())
    title = escape(xml_text(document.meta.title))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:kitsumy="https://kitsumy.studio/ns/comic">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>{parts}'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
