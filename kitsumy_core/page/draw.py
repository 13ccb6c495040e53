"""Draw a composed page with Pillow: art, borders, lettering; and encode the picture.

Art is cut to its panel and resized once; with a `DrawCache` the edit of a balloon redraws that balloon only.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Literal
from xml.sax.saxutils import escape

from PIL import Image

from kitsumy_core.geometry import Rect
from kitsumy_core.page.art import Load, art_tiles
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.page.document import Lettering, PageBox, PanelBox
from kitsumy_core.page.frames import FrameState, draw_border, frame_tile
from kitsumy_core.page.ink import Layer, connector_stamp, stamp
from kitsumy_core.page.jpeg import jpeg_bytes
from kitsumy_core.page.outline import connector

EmptyText = Callable[[PanelBox, FrameState], str]
"""What to write into a frame without a picture, besides what is to be seen there."""
Encoding = Literal["png", "jpg", "webp"]


def draw_page(
    page: PageBox,
    load: Load,
    scale: float = 1.0,
    *,
    with_bleed: bool = False,
    empty_text: EmptyText | None = None,
    cache: DrawCache | None = None,
) -> Image.Image:
    """Return the page as an RGB picture of trim (or bleed) size x `scale`.

    A panel without an image is drawn as an empty frame with its description, one whose image cannot be
    loaded as a crossed frame; no panel is left out.
    """
    offset = page.bleed if with_bleed else 0.0
    width = max(1, round((page.trim.width + 2 * offset) * scale))
    height = max(1, round((page.trim.height + 2 * offset) * scale))
    painted = tuple((panel.z, panel.shape, panel.border, panel.image) for panel in page.panels)
    key = ("under", painted, page.background, (width, height), offset)
    known: Image.Image | None = cache.get(key) if cache else None
    picture = known.copy() if known else Image.new("RGB", (width, height), page.background)
    panels = [] if known else sorted(page.panels, key=lambda p: p.z)
    tiles = art_tiles(panels, load, scale, offset, cache)
    letters = lettering_layers(page, scale, offset, cache)  # while threads make the pictures
    complete = True
    for panel, art in zip(panels, tiles, strict=True):
        complete = complete and art is not None
        state: FrameState = "drawn" if art else "missing" if panel.image else "empty"
        words = empty_text(panel, state) if empty_text and panel.id and not art else ""
        tile = art or frame_tile(panel, scale, offset, state, words, lettered(page, panel.id))
        tile.paste(picture)
        draw_border(picture, panel, scale, offset, state)
    if cache and complete and not known:
        cache.put(key, picture.copy(), 3 * width * height)
    for layer in letters:
        picture.paste(layer.color, layer.at, layer.mask)
    return picture


def lettered(page: PageBox, panel_id: str) -> list[Rect]:
    """Return the boxes of a panel's lettering."""
    shapes = (entry.shape for entry in page.lettering if entry.panel == panel_id)
    return [Rect.centred((shape.cx, shape.cy), shape.rx, shape.ry) for shape in shapes]


def lettering_layers(
    page: PageBox, scale: float, offset: float, cache: DrawCache | None = None
) -> list[Layer]:
    """Return what is pasted over the art, from bottom to top."""
    layers: list[Layer] = []
    by_id = {entry.id: entry for entry in page.lettering}
    for entry in sorted(page.lettering, key=lambda e: (e.z, e.order)):
        layers += _stamped(entry, scale, offset, cache)
        if entry.connect_to in by_id:
            layers += connector_stamp(connector(by_id[entry.connect_to], entry), entry, scale, offset)
    return layers


def _stamped(entry: Lettering, scale: float, offset: float, cache: DrawCache | None) -> list[Layer]:
    if cache is None:
        return stamp(entry, scale, offset)
    key = ("stamp", entry.shape, entry.tails, entry.fill, entry.stroke, entry.text, scale, offset)
    layers: list[Layer] | None = cache.get(key)
    if layers is None:
        layers = stamp(entry, scale, offset, cache)
        cache.put(key, layers, sum(layer.mask.width * layer.mask.height for layer in layers))
    return layers


def draw_lettering(page: PageBox, size: tuple[int, int], scale: float, offset: float) -> Image.Image:
    """Return the lettering alone on a transparent (RGBA) picture."""
    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    for layer in lettering_layers(page, scale, offset):
        tinted = Image.new("RGBA", layer.mask.size, layer.color)
        tinted.putalpha(layer.mask)
        x, y = layer.at
        picture.alpha_composite(tinted, (max(0, x), max(0, y)), (max(0, -x), max(0, -y)))
    return picture


_QUALITY: dict[Encoding, int] = {"png": 1, "jpg": 88, "webp": 80}


def encode(
    image: Image.Image,
    encoding: Encoding,
    quality: int | None = None,
    dpi: float = 300,
    comment: str = "",
) -> bytes:
    """Return an image as a file. `quality` is 1-100, for PNG the level of compression (1 is quick).

    A comment goes into JPEG and WebP.
    """
    value = _QUALITY[encoding] if quality is None else quality
    if encoding == "jpg":
        sampling = "4:4:4" if value >= 90 else "4:2:0"
        said = {"comment": comment.encode()} if comment else {}
        return jpeg_bytes(image.convert("RGB"), quality=value, subsampling=sampling, dpi=(dpi, dpi), **said)
    target = BytesIO()
    if encoding == "png":
        image.save(target, "PNG", compress_level=value, dpi=(dpi, dpi))
    else:
        image.save(target, "WEBP", quality=value, method=2, xmp=_xmp(comment) if comment else b"")
    return target.getvalue()


def _xmp(comment: str) -> bytes:
    """Return metadata that holds a remark."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{escape(comment)}</rdf:li>'
        "</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
