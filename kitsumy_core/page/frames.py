"""Draw panels' borders, and frames that have no picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, hypot
from typing import Literal

from PIL import Image, ImageDraw

from kitsumy_core.geometry import Point, Polygon, Rect, line_intersection
from kitsumy_core.page.art import Place, Tile, mask_of, place_of, sides_of
from kitsumy_core.page.document import PanelBox, SetText
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.ink import Canvas, draw_line

FrameState = Literal["drawn", "empty", "missing"]

_PAPER = {"empty": "#f5f5f2", "missing": "#fbeeec"}
_HATCH = {"empty": "#e6e6e1", "missing": "#f0d3cf"}
_PIECE, _STEEP = 120, 24
"""Pixels of a slanted edge that are drawn at a time, and the rise from which an edge counts as slanted."""
_HEIGHTS = (0.8, 0.62, 0.45, 0.9)
FRAME_INK = {"empty": "#8d8d86", "missing": "#b3392b"}


def draw_border(
    picture: Image.Image, panel: PanelBox, scale: float, offset: float, state: FrameState
) -> None:
    """Draw a panel's border, each edge as a strip with mitred ends."""
    width = panel.border.width * scale
    if width <= 0:
        return
    color = panel.border.color if state == "drawn" else FRAME_INK[state]
    place = place_of(panel, scale, offset)
    width = max(1.0, width)
    outer, inner = grown(place.polygon, width / 2), grown(place.polygon, -width / 2)
    for outside, inside in zip(sides_of(outer), sides_of(inner), strict=True):
        for a, b, c, d in _pieces(outside, inside):
            strip = Canvas(Rect.around((a, b, c, d)), 1.0, 0.0)
            strip.fill((a, b, c, d))
            layer = strip.layer(color)
            picture.paste(layer.color, layer.at, layer.mask)


def _pieces(
    outside: tuple[Point, Point], inside: tuple[Point, Point]
) -> Iterator[tuple[Point, Point, Point, Point]]:
    """Yield the quadrangles of an edge: a slanted one in short pieces, whose boxes are small.

    They are cut where the edge crosses whole pixel rows or columns, so that no seam is seen.
    """
    (a, b), (d, c) = outside, inside
    wide, high = abs(b.x - a.x), abs(b.y - a.y)
    if min(wide, high) < _STEEP:
        yield a, b, c, d
        return
    axis = 0 if wide >= high else 1
    low, top = sorted((a[axis], b[axis]))
    cuts = [float(at) for at in range(ceil(low) + _PIECE, floor(top) - _PIECE, _PIECE)]
    if a[axis] > b[axis]:
        cuts.reverse()
    ends = [(a, d), *((_at(a, b, axis, cut), _at(d, c, axis, cut)) for cut in cuts), (b, c)]
    for (p, q), (r, s) in pairwise(ends):
        yield p, r, s, q


def _at(a: Point, b: Point, axis: int, value: float) -> Point:
    """Return where the line through a and b has this x (axis 0) or y (axis 1)."""
    share = (value - a[axis]) / (b[axis] - a[axis])
    return Point(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)


def grown(polygon: Polygon, by: float) -> Polygon:
    """Return a convex clockwise polygon with every edge moved outwards (inwards if negative)."""
    moved = []
    for a, b in sides_of(polygon):
        length = hypot(b.x - a.x, b.y - a.y) or 1.0
        out = Point((b.y - a.y) / length * by, -(b.x - a.x) / length * by)
        moved.append((a + out, b + out))
    return tuple(
        line_intersection(*before, *edge) or edge[0]
        for before, edge in zip((moved[-1], *moved), moved, strict=False)
    )


def frame_tile(
    panel: PanelBox,
    scale: float,
    offset: float,
    state: FrameState,
    words: str = "",
    avoid: Sequence[Rect] = (),
) -> Tile:
    """Return a hatched frame with the panel's description; a cross marks an image that cannot be had.

    The description is written where it hides least behind `avoid` (boxes in page pixels).
    """
    place = place_of(panel, scale, offset)
    image = Image.new("RGB", place.size, _PAPER[state])
    draw = ImageDraw.Draw(image)
    step, width = max(6, round(34 * scale)), max(1, round(3 * scale))
    for x in range(-place.height, place.width, step):
        draw.line(((x, place.height), (x + place.height, 0)), fill=_HATCH[state], width=width)
    if state == "missing":
        for line in ((0, 0, place.width, place.height), (0, place.height, place.width, 0)):
            draw.line(line, fill=_HATCH[state], width=max(2, round(8 * scale)))
    taken = [box.moved(offset, offset).scaled(scale).moved(-place.x0, -place.y0) for box in avoid]
    _describe(image, panel, place, min(30 * scale, place.width / 14), state, words, taken)
    return Tile(image, (place.x0, place.y0), mask_of(place))


def _describe(
    image: Image.Image,
    panel: PanelBox,
    place: Place,
    size: float,
    state: FrameState,
    words: str,
    taken: Sequence[Rect],
) -> None:
    """Write what is to be seen into an empty frame, shortened where there is too much of it."""
    size = max(7.0, size)
    text = SetText(size=size, leading=size * 1.24, font="narration-plain", case="as-is")
    room = place.width * 0.72
    lines = [*_wrapped(words, room, size, 2), *_wrapped(panel.alt, room, size, 5)]
    if not lines:
        return
    high = len(lines) * text.leading / 2
    wide = max(measure(line, text.font, size) for line in lines) / 2 + size / 2
    middle = sum(p.x for p in place.polygon) / len(place.polygon) - place.x0
    blocks = [Rect.centred((middle, share * place.height), wide, high) for share in _HEIGHTS]
    block = min(blocks, key=lambda box: sum(box.overlap_share(other) for other in taken))
    ink = Image.new("L", image.size)
    draw = ImageDraw.Draw(ink)
    for i, line in enumerate(lines):
        width = measure(line, text.font, size)
        y = block.y0 + (i + 0.5) * text.leading + face_of(text.font).cap_height * size / 2
        draw_line(draw, (middle - width / 2, y), line, text, size)
    ImageDraw.Draw(image).rounded_rectangle(block, radius=size / 3, fill=_PAPER[state])
    image.paste(FRAME_INK[state], (0, 0), ink)


def _wrapped(text: str, room: float, size: float, most: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, "narration-plain", size) <= room:
            lines[-1] = longer
        elif len(lines) == most:
            lines[-1] = lines[-1].rstrip(" .,;:—-") + "…"
            break
        else:
            lines.append(_shortened(word, room, size))
    return lines


def _shortened(word: str, room: float, size: float) -> str:
    while len(word) > 2 and measure(word, "narration-plain", size) > room:
        word = word[:-2] + "…"
    return word
