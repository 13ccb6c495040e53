"""Draw one balloon, caption or sound effect as masks that are pasted onto a page.

A stamp is a list of layers, each a colour and an 8-bit mask at a place; the same stamp is pasted again as
long as its balloon does not change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, hypot
from typing import NamedTuple

from PIL import Image, ImageDraw, features

from kitsumy_core.geometry import Rect
from kitsumy_core.page.arcs import letters_on_arc
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.page.document import Lettering, SetText
from kitsumy_core.page.fonts import font, measure, pieces
from kitsumy_core.page.outline import Connector, Path, balloon_paths, bounds, flatten
from kitsumy_core.page.vector import set_lines

SUPERSAMPLE = 3
_HALO = 0.75
_TURN = 0.1
"""Tangent of the angle up to which a line is taken for smooth."""
_RIM = "#ffffff"

Points = list[tuple[float, float]]


class Layer(NamedTuple):
    """Paste `color` through `mask` at a pixel."""

    color: str
    mask: Image.Image
    at: tuple[int, int]


class Canvas:
    """A mask for drawing at `SUPERSAMPLE` times the size, for a box of page pixels at a scale."""

    def __init__(self, box: Rect, scale: float, offset: float, sharpness: int = SUPERSAMPLE) -> None:
        self.x0, self.y0 = floor((box.x0 + offset) * scale) - 1, floor((box.y0 + offset) * scale) - 1
        width = max(1, ceil((box.x1 + offset) * scale) + 1 - self.x0)
        height = max(1, ceil((box.y1 + offset) * scale) + 1 - self.y0)
        self._factor, self._offset, self._sharp = scale * sharpness, offset, sharpness
        self.image = Image.new("L", (width * sharpness, height * sharpness))
        self.draw = ImageDraw.Draw(self.image)

    def points(self, points: Sequence[tuple[float, float]]) -> Points:
        dx, dy = self.x0 * self._sharp, self.y0 * self._sharp
        f, o = self._factor, self._offset
        return [((x + o) * f - dx, (y + o) * f - dy) for x, y in points]

    def fill(self, points: Sequence[tuple[float, float]]) -> None:
        self.draw.polygon(self.points(points), fill=255)

    def line(self, points: Sequence[tuple[float, float]], width: float) -> None:
        placed, thick = self.points(points), max(1, round(width * self._factor))
        self.draw.line(placed, fill=255, width=thick)
        r = thick / 2
        for x, y in _corners(placed):
            self.draw.ellipse((x - r, y - r, x + r, y + r), fill=255)

    def layer(self, color: str) -> Layer:
        mask = self.image.reduce(self._sharp) if self._sharp > 1 else self.image
        return Layer(color, mask, (self.x0, self.y0))


def _corners(points: Points) -> Iterator[tuple[float, float]]:
    """Yield the points where a line turns so much that its two pieces leave a gap outside."""
    for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False):
        ux, uy, vx, vy = bx - ax, by - ay, cx - bx, cy - by
        if abs(ux * vy - uy * vx) > _TURN * abs(ux * vx + uy * vy) or ux * vx + uy * vy < 0:
            yield bx, by


def stamp(entry: Lettering, scale: float, offset: float, cache: DrawCache | None = None) -> list[Layer]:
    """Return the layers of a lettering element; `offset` is the bleed drawn, in page pixels.

    With a cache the words of a balloon that only moved are not set again: they move by whole pixels.
    """
    if entry.shape.type == "none":
        return _effect(entry, scale, offset)
    paths = balloon_paths(entry)
    stroke = entry.stroke.width if entry.stroke else 0.0
    box = bounds(paths, stroke + 2)
    layers = []
    if entry.fill:
        canvas = Canvas(box, scale, offset)
        for path in paths:
            canvas.fill(flatten(path))
        layers.append(canvas.layer(entry.fill))
    if entry.stroke and stroke > 0:
        canvas = Canvas(box, scale, offset)
        for path in paths:
            for part in _strokes(path, entry.stroke.dash):
                canvas.line(part, stroke)
        layers.append(canvas.layer(entry.stroke.color))
    return [*layers, *_words_at(entry, scale, offset, cache)]


def connector_stamp(joint: Connector, entry: Lettering, scale: float, offset: float) -> list[Layer]:
    """Return the layers that join two balloons; pasted after both outlines."""
    stroke = entry.stroke.width if entry.stroke else 0.0
    box = bounds([joint.band, *joint.sides], stroke + 2)
    inside = Canvas(box, scale, offset)
    inside.fill(flatten(joint.band))
    sides = Canvas(box, scale, offset)
    for side in joint.sides:
        sides.line(flatten(side), stroke)
    color = entry.stroke.color if entry.stroke else "#000000"
    return [inside.layer(entry.fill or "#ffffff"), sides.layer(color)]


def _strokes(path: Path, dash: Sequence[float]) -> Iterator[Points]:
    """Yield the lines of an outline: itself, closed, or its dashes."""
    points = flatten(path)
    if path[-1][0] == "Z":
        points += points[:2]
    if not dash or sum(dash) <= 0:
        yield points
        return
    yield from _dashes(points[:-1], dash)


def _dashes(points: Points, dash: Sequence[float]) -> Iterator[Points]:
    turn, left, part = 0, dash[0], [points[0]]
    for (ax, ay), (bx, by) in pairwise(points):
        length = hypot(bx - ax, by - ay)
        done = 0.0
        while length - done > left:
            done += left
            at = (ax + (bx - ax) * done / length, ay + (by - ay) * done / length)
            if turn % 2 == 0:
                yield [*part, at]
            turn, part = turn + 1, [at]
            left = max(0.5, dash[turn % len(dash)])
        left -= length - done
        part.append((bx, by))
    if turn % 2 == 0 and len(part) > 1:
        yield part


def _words_at(entry: Lettering, scale: float, offset: float, cache: DrawCache | None) -> list[Layer]:
    """Return the words of a balloon at the nearest whole pixel: set once, wherever it is moved to."""
    shape = entry.shape
    key = ("words", entry.text, shape.rx, shape.ry, scale)
    layers: list[Layer] | None = cache.get(key) if cache else None
    if layers is None:
        layers = _words(entry.but(shape=shape.but(cx=0.0, cy=0.0)), scale, 0.0)
        if cache:
            cache.put(key, layers, sum(layer.mask.width * layer.mask.height for layer in layers))
    x, y = round((shape.cx + offset) * scale), round((shape.cy + offset) * scale)
    return [layer._replace(at=(layer.at[0] + x, layer.at[1] + y)) for layer in layers]


def _words(entry: Lettering, scale: float, offset: float) -> list[Layer]:
    """Draw the lines of a text centred by their capitals, or from the left edge of the block."""
    text, shape = entry.text, entry.shape
    if not text.lines:
        return []
    box = Rect.centred((shape.cx, shape.cy), shape.rx, shape.ry)
    top_left = (floor((box.x0 + offset) * scale) - 2, floor((box.y0 + offset) * scale) - 2)
    mask = Image.new("L", (ceil(box.width * scale) + 4, ceil(box.height * scale) + 4))
    _draw_lines(mask, entry, scale, (offset * scale - top_left[0], offset * scale - top_left[1]))
    return [Layer(text.color, mask, top_left)]


def _draw_lines(
    mask: Image.Image, entry: Lettering, scale: float, by: tuple[float, float], stroke: float = 0.0
) -> None:
    """Draw the lines of a text where they stand on the page at a scale, moved by some pixels."""
    draw = ImageDraw.Draw(mask)
    for run in (run for line in set_lines(entry).lines for run in line):
        at = (run.x * scale + by[0], run.y * scale + by[1])
        draw_line(draw, at, run.text, entry.text, run.size * scale, stroke=stroke, face_id=run.face)


def draw_line(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    line: str,
    text: SetText,
    size: float,
    *,
    stroke: float = 0.0,
    face_id: str = "",
) -> None:
    """Draw a line from its left end on its baseline, each part in a face that has its signs."""
    x, y = at
    language = text.lang or None if features.check("raqm") else None
    for piece in pieces(line, face_id or text.font):
        face = font(piece.face, size)
        draw.text(
            (x, y),
            piece.text,
            fill=255,
            font=face,
            anchor="ls",
            language=language,
            stroke_width=stroke,
        )
        x += measure(piece.text, piece.face, size)


def _effect(entry: Lettering, scale: float, offset: float) -> list[Layer]:
    """Draw a sound effect: type with an outline and a light rim, rotated as a whole."""
    text, shape = entry.text, entry.shape
    stroke = entry.stroke.width * scale if entry.stroke else 0.0
    rim = stroke * (1 + _HALO)
    wide = ceil(2 * (shape.rx * scale + rim)) + 8
    high = ceil(2 * (shape.ry * scale + rim) + 0.3 * text.size * scale) + 8
    cx, cy = (shape.cx + offset) * scale, (shape.cy + offset) * scale
    coats = [(text.color, 0.0)]
    if entry.stroke and stroke > 0:
        coats = [(_RIM, rim), (entry.stroke.color, stroke), *coats]
    layers = []
    for color, width in coats:
        mask = _effect_mask(entry, scale, (wide, high), width)
        layers.append(Layer(color, mask, (round(cx - mask.width / 2), round(cy - mask.height / 2))))
    return layers


def _effect_mask(entry: Lettering, scale: float, extent: tuple[int, int], stroke: float) -> Image.Image:
    text, sharp = entry.text, 2
    mask = Image.new("L", (extent[0] * sharp, extent[1] * sharp))
    if text.arc:
        return _bent_mask(entry, scale, mask, stroke).reduce(sharp)
    middle = (
        mask.width / 2 - entry.shape.cx * scale * sharp,
        mask.height / 2 - entry.shape.cy * scale * sharp,
    )
    _draw_lines(mask, entry, scale * sharp, middle, stroke * sharp)
    turned = mask.rotate(-entry.shape.rotation, Image.Resampling.BICUBIC, expand=True)
    return turned.reduce(sharp)


def _bent_mask(entry: Lettering, scale: float, mask: Image.Image, stroke: float) -> Image.Image:
    """Draw bent type letter by letter into a mask large enough for it; see `arcs.letters_on_arc`."""
    text, sharp = entry.text, 2
    size = text.size * scale * sharp
    room = ceil(mask.width + mask.height + 4 * size)
    bent = Image.new("L", (room, room))
    for letter in letters_on_arc(entry, measure):
        one = Image.new("L", (ceil(3 * size + 8), ceil(3 * size + 8)))
        width = measure(letter.text, text.font, size)
        start = (one.width / 2 - width / 2, one.height / 2)
        draw_line(ImageDraw.Draw(one), start, letter.text, text, size, stroke=stroke * sharp)
        one = one.rotate(-letter.angle, Image.Resampling.BICUBIC)
        x = room / 2 + letter.dx * scale * sharp - one.width / 2
        y = room / 2 + letter.dy * scale * sharp - one.height / 2
        bent.paste(255, (round(x), round(y)), one)
    return bent
