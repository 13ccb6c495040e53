"""Cut pictures to their panels, draw frames without a picture, and the panels' borders."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, hypot
from typing import Literal, NamedTuple

from PIL import Image, ImageDraw

from kitsumy_core.geometry import Point, Polygon, Rect, line_intersection, polygon_of
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.page.document import PanelBox, SetText
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.ink import Canvas, draw_line, line_width

FrameState = Literal["drawn", "empty", "missing"]

_PAPER = {"empty": "#f5f5f2", "missing": "#fbeeec"}
_HATCH = {"empty": "#e6e6e1", "missing": "#f0d3cf"}
_INK = {"empty": "#8d8d86", "missing": "#b3392b"}
_PREVIEW = 0.6


class Tile(NamedTuple):
    """A picture pasted at a pixel, through a mask unless the panel is a plain box."""

    image: Image.Image
    at: tuple[int, int]
    mask: Image.Image | None


class _Place(NamedTuple):
    """A panel's polygon and whole-pixel box on the picture."""

    polygon: Polygon
    x0: int
    y0: int
    width: int
    height: int


def _place(panel: PanelBox, scale: float, offset: float) -> _Place:
    polygon = polygon_of([((x + offset) * scale, (y + offset) * scale) for x, y in panel.shape.points])
    box = Rect.around(polygon)
    x0, y0 = floor(box.x0 + 0.25), floor(box.y0 + 0.25)
    return _Place(polygon, x0, y0, max(1, ceil(box.x1 - 0.25) - x0), max(1, ceil(box.y1 - 0.25) - y0))


def art_tile(
    panel: PanelBox,
    load: Callable[[str], Image.Image | None],
    scale: float,
    offset: float,
    cache: DrawCache | None = None,
) -> Tile | None:
    """Return a panel's picture at its size, or None where it cannot be loaded."""
    use = panel.image
    if use is None:
        return None
    place = _place(panel, scale, offset)
    size = (place.width, place.height)
    key = ("art", use.asset, use.crop, use.rotation, use.flip_x, size)
    shown: Image.Image | None = cache.get(key) if cache else None
    if shown is None:
        source = _loaded(use.asset, load, cache)
        if source is None:
            return None
        shown = _resized(source, use.crop.x, use.crop.y, use.crop.width, use.crop.height, size, scale)
        if use.flip_x:
            shown = shown.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if cache and scale < _PREVIEW:
            cache.put(key, shown, 3 * size[0] * size[1])
    return Tile(shown, (place.x0, place.y0), _mask(place))


def _loaded(
    asset: str, load: Callable[[str], Image.Image | None], cache: DrawCache | None
) -> Image.Image | None:
    kept: Image.Image | None = cache.get(("image", asset)) if cache else None
    if kept is not None:
        return kept
    image = load(asset)
    if image is None:
        return None
    image = _as_rgb(image)
    if cache:
        cache.put(("image", asset), image, 3 * image.width * image.height)
    return image


def _as_rgb(image: Image.Image) -> Image.Image:
    """Return an image as RGB; what is transparent becomes white paper."""
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "#ffffff")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")


def _resized(
    source: Image.Image, x: float, y: float, width: float, height: float, size: tuple[int, int], scale: float
) -> Image.Image:
    x, y = min(max(0.0, x), source.width - 1), min(max(0.0, y), source.height - 1)
    box = (x, y, min(source.width, x + max(1.0, width)), min(source.height, y + max(1.0, height)))
    if scale < _PREVIEW:
        return source.resize(size, Image.Resampling.BICUBIC, box, reducing_gap=2.0)
    return source.resize(size, Image.Resampling.LANCZOS, box)


def _mask(place: _Place) -> Image.Image | None:
    """Return the mask of a slanted panel; its steps lie under the border, so they need no smoothing."""
    if all(a.x == b.x or a.y == b.y for a, b in _edges(place.polygon)):
        return None
    mask = Image.new("L", (place.width, place.height))
    ImageDraw.Draw(mask).polygon([(p.x - place.x0, p.y - place.y0) for p in place.polygon], fill=255)
    return mask


def _edges(polygon: Polygon) -> list[tuple[Point, Point]]:
    return list(zip(polygon, (*polygon[1:], polygon[0]), strict=True))


def draw_border(
    picture: Image.Image, panel: PanelBox, scale: float, offset: float, state: FrameState
) -> None:
    """Draw a panel's border, each edge as a strip with mitred ends."""
    width = panel.border.width * scale
    if width <= 0:
        return
    color = panel.border.color if state == "drawn" else _INK[state]
    place = _place(panel, scale, offset)
    width = max(1.0, width)
    outer, inner = grown(place.polygon, width / 2), grown(place.polygon, -width / 2)
    for (a, b), (c, d) in zip(_edges(outer), _edges(inner), strict=True):
        strip = Canvas(Rect.around((a, b, c, d)), 1.0, 0.0)
        strip.fill((a, b, d, c))
        layer = strip.layer(color)
        picture.paste(layer.color, layer.at, layer.mask)


def grown(polygon: Polygon, by: float) -> Polygon:
    """Return a convex clockwise polygon with every edge moved outwards (inwards if negative)."""
    moved = []
    for a, b in _edges(polygon):
        length = hypot(b.x - a.x, b.y - a.y) or 1.0
        out = Point((b.y - a.y) / length * by, -(b.x - a.x) / length * by)
        moved.append((a + out, b + out))
    return tuple(
        line_intersection(*before, *edge) or edge[0]
        for before, edge in zip((moved[-1], *moved), moved, strict=False)
    )


def frame_tile(panel: PanelBox, scale: float, offset: float, state: FrameState, words: str = "") -> Tile:
    """Return a hatched frame with the panel's description; a cross marks an image that cannot be had."""
    place = _place(panel, scale, offset)
    image = Image.new("RGB", (place.width, place.height), _PAPER[state])
    draw = ImageDraw.Draw(image)
    step, width = max(6, round(34 * scale)), max(1, round(3 * scale))
    for x in range(-place.height, place.width, step):
        draw.line(((x, place.height), (x + place.height, 0)), fill=_HATCH[state], width=width)
    if state == "missing":
        edge = (0, 0, place.width, place.height)
        for line in ((edge[0], edge[1], edge[2], edge[3]), (edge[0], edge[3], edge[2], edge[1])):
            draw.line(line, fill=_HATCH[state], width=max(2, round(8 * scale)))
    _describe(image, panel, place, scale, state, words)
    return Tile(image, (place.x0, place.y0), _mask(place))


def _describe(
    image: Image.Image, panel: PanelBox, place: _Place, scale: float, state: FrameState, words: str
) -> None:
    """Write what is to be seen into an empty frame, shortened where there is too much of it."""
    size = max(7.0, min(30 * scale, place.width / 14))
    text = SetText(size=size, leading=size * 1.24, font="narration-plain", case="as-is")
    room = place.width * 0.72
    lines = [*_wrapped(words, room, size, 2), *_wrapped(panel.alt, room, size, 5)]
    if not lines:
        return
    ink = Image.new("L", image.size)
    paper = Image.new("L", image.size)
    draw, back = ImageDraw.Draw(ink), ImageDraw.Draw(paper)
    centre = Point(sum(p.x for p in place.polygon) / len(place.polygon) - place.x0, 0.8 * place.height)
    top = centre.y - len(lines) * text.leading / 2
    cap = face_of(text.font).cap_height * size
    for i, line in enumerate(lines):
        width = line_width(line, text.font, size)
        y = top + (i + 0.5) * text.leading
        back.rectangle(
            (
                centre.x - width / 2 - size / 2,
                y - text.leading / 2,
                centre.x + width / 2 + size / 2,
                y + text.leading / 2,
            ),
            fill=255,
        )
        draw_line(draw, (centre.x - width / 2, y + cap / 2), line, text, size)
    image.paste(_PAPER[state], (0, 0), paper)
    image.paste(_INK[state], (0, 0), ink)


def _wrapped(text: str, room: float, size: float, most: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and line_width(longer, "narration-plain", size) <= room:
            lines[-1] = longer
        elif len(lines) == most:
            lines[-1] = lines[-1].rstrip(" .,;:—-") + "…"
            break
        else:
            lines.append(_shortened(word, room, size))
    return lines


def _shortened(word: str, room: float, size: float) -> str:
    while len(word) > 2 and line_width(word, "narration-plain", size) > room:
        word = word[:-2] + "…"
    return word
