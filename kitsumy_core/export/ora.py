"""Write a page as OpenRaster: the layers of a page for Krita, MyPaint and others that paint."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from kitsumy_core.export.archive import Entry, write_archive
from kitsumy_core.export.comic import UNWATCHED, Comic, Watch, page_files
from kitsumy_core.export.layers import PAPER, Layer, canvas_size, page_layers
from kitsumy_core.export.missing import notes
from kitsumy_core.export.xml import xml_bytes, xml_text
from kitsumy_core.page.document import PageBox
from kitsumy_core.page.draw import draw_page

if TYPE_CHECKING:
    from PIL.Image import Image

MIME = b"image/openraster"
THUMBNAIL = 256


def ora_files(comic: Comic, watch: Watch = UNWATCHED) -> Iterator[Entry]:
    """Yield 0001.ora and so on. Raises CancelledJobError."""
    for number, data in page_files(comic, watch, page_ora):
        yield f"{number:04}.ora", data


def page_ora(comic: Comic, page: PageBox) -> bytes:
    """Return a page with its bleed as an OpenRaster file."""
    layers = list(page_layers(comic, page))
    merged = draw_page(page, comic.load, with_bleed=True)
    small = merged.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    entries: list[Entry] = [("mimetype", MIME), ("stack.xml", _stack(comic, page, layers))]
    entries += [(_file(n), _png(layer.image)) for n, layer in enumerate(layers)]
    entries += [("mergedimage.png", _png(merged)), ("Thumbnails/thumbnail.png", _png(small))]
    target = BytesIO()
    write_archive(target, entries)
    return target.getvalue()


def _stack(comic: Comic, page: PageBox, layers: list[Layer]) -> bytes:
    """Return the list of layers; the format wants the topmost first."""
    width, height = canvas_size(page)
    dpi = str(comic.document.dpi)
    root = Element("image", {"version": "0.0.3", "w": str(width), "h": str(height), "xres": dpi, "yres": dpi})
    root.set("name", xml_text(f"{comic.document.meta.title} {page.number}"))
    root.set("kitsumy-made-by", comic.document.meta.made_by)
    root.set("kitsumy-notes", notes(comic.document))
    stack = SubElement(root, "stack")
    group, name = stack, ""
    for n, layer in reversed(list(enumerate(layers))):
        if layer.group != name:
            name = layer.group
            group = stack if name == PAPER else SubElement(stack, "stack", {"name": name})
        facts = {"name": xml_text(layer.name), "src": _file(n), "x": str(layer.at[0]), "y": str(layer.at[1])}
        if layer.made_by:
            facts["kitsumy-made-by"] = xml_text(layer.made_by)
        SubElement(group, "layer", facts | {"opacity": "1.0", "visibility": "visible"})
    return xml_bytes(root)


def _file(n: int) -> str:
    return f"data/layer{n:03}.png"


def _png(image: Image) -> bytes:
    target = BytesIO()
    image.save(target, "PNG", compress_level=2)
    return target.getvalue()
