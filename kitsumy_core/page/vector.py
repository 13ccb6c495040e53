"""Say what a composed page consists of, as shapes and set lines: for every export that is more than pixels.

PDF, SVG, PSD and editors all draw from this one description, so that none of them draws a balloon or places a
line by rules of its own. Lengths are pixels of the page from its trim corner, y down.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, cos, floor, radians, sin
from typing import NamedTuple

from kitsumy_core.geometry import Polygon, Rect, polygon_of
from kitsumy_core.page.arcs import letters_on_arc
from kitsumy_core.page.document import Lettering, PageBox, PanelBox
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.fonts import measure, pieces
from kitsumy_core.page.outline import Path, balloon_paths, bounds, connector

RIM = "#ffffff"
RIM_SHARE = 1.75
"""A sound effect's light rim reaches this many times as far as its stroke."""


class Shape(NamedTuple):
    """A path to fill, then to stroke along its middle with round joins. None or 0 = not."""

    path: Path
    fill: str | None = None
    stroke: str | None = None
    width: float = 0.0
    dash: tuple[float, ...] = ()


class Run(NamedTuple):
    """A part of a line that one face draws. `x, y` is its left end on the baseline, where it is turned."""

    text: str
    face: str
    size: float
    x: float
    y: float
    width: float
    color: str
    degrees: float = 0.0
    """Clockwise, within the turn of its block."""


class Coat(NamedTuple):
    """An outline under the letters that reaches `reach` pixels beyond them; the first lies lowest."""

    color: str
    reach: float


class Block(NamedTuple):
    """The set text of a lettering element: its lines, each of runs; turned clockwise about a point."""

    lines: tuple[tuple[Run, ...], ...]
    coats: tuple[Coat, ...] = ()
    degrees: float = 0.0
    about: tuple[float, float] = (0.0, 0.0)

    @property
    def text(self) -> str:
        """Return the lines as they are broken."""
        return "\n".join("".join(run.text for run in line) for line in self.lines)

    @property
    def box(self) -> Rect:
        """Return the box of the lines before they are turned, from above the letters to below them."""
        runs = [run for line in self.lines for run in line]
        if not runs:
            return Rect.centred(self.about, 0, 0)
        return Rect(
            min(run.x for run in runs),
            min(run.y - run.size for run in runs),
            max(run.x + run.width for run in runs),
            max(run.y + 0.32 * run.size for run in runs),
        )


class Letter(NamedTuple):
    """A balloon, caption or effect. `joints` connect it to the balloon before, over both outlines."""

    entry: Lettering
    shapes: tuple[Shape, ...]
    block: Block
    joints: tuple[Shape, ...] = ()

    @property
    def box(self) -> Rect:
        """Return the box that everything of it is drawn in."""
        paths = [shape.path for shape in (*self.shapes, *self.joints)]
        stroke = max((shape.width for shape in (*self.shapes, *self.joints)), default=0.0)
        boxes = [bounds(paths, stroke + 2)] if paths else []
        if self.block.lines:
            shape, reach = self.entry.shape, max((coat.reach for coat in self.block.coats), default=0.0)
            half = (shape.rx**2 + shape.ry**2) ** 0.5 if self.block.degrees else 0.0
            around = Rect.centred((shape.cx, shape.cy), half or shape.rx, half or shape.ry)
            boxes += [around.inset(-reach - 2), *([] if self.block.degrees else [self.block.box])]
        if not boxes:
            return Rect.centred((self.entry.shape.cx, self.entry.shape.cy), 1, 1)
        return Rect(
            min(b.x0 for b in boxes),
            min(b.y0 for b in boxes),
            max(b.x1 for b in boxes),
            max(b.y1 for b in boxes),
        )


class Cut(NamedTuple):
    """Whole pixels of a source image, and where they lie on the page; `mirrored` left to right."""

    pixels: tuple[int, int, int, int]
    at: Rect
    mirrored: bool = False


def letters(page: PageBox) -> tuple[Letter, ...]:
    """Return the lettering from bottom to top."""
    by_id = {entry.id: entry for entry in page.lettering}
    return tuple(
        _letter(entry, by_id.get(entry.connect_to))
        for entry in sorted(page.lettering, key=lambda e: (e.z, e.order))
    )


def panels(page: PageBox) -> tuple[PanelBox, ...]:
    """Return the panels from bottom to top."""
    return tuple(sorted(page.panels, key=lambda panel: panel.z))


def outline_of(panel: PanelBox) -> Polygon:
    return polygon_of(panel.shape.points)


def cut_of(panel: PanelBox, size: tuple[int, int]) -> Cut | None:
    """Return the pixels of an image of this size that a panel shows, rounded outwards, and their place."""
    if panel.image is None:
        return None
    crop, box = panel.image.crop, Rect.around(outline_of(panel))
    x = min(max(0.0, crop.x), size[0] - 1)
    y = min(max(0.0, crop.y), size[1] - 1)
    right, bottom = min(size[0], x + max(1.0, crop.width)), min(size[1], y + max(1.0, crop.height))
    left, top, wide, high = floor(x), floor(y), right - x, bottom - y
    pixels = (left, top, ceil(right), ceil(bottom))
    fx, fy = box.width / wide, box.height / high
    at = Rect(
        box.x0 + (pixels[0] - x) * fx,
        box.y0 + (pixels[1] - y) * fy,
        box.x0 + (pixels[2] - x) * fx,
        box.y0 + (pixels[3] - y) * fy,
    )
    if panel.image.flip_x:
        at = Rect(box.x0 + box.x1 - at.x1, at.y0, box.x0 + box.x1 - at.x0, at.y1)
    return Cut(pixels, at, panel.image.flip_x)


def set_lines(entry: Lettering) -> Block:
    """Return where each part of each line of a text stands: lines centred by their capitals on the shape."""
    text, shape = entry.text, entry.shape
    widths = [
        sum(measure(run.text, run.font, text.size) for run in text.line_runs(index))
        for index in range(len(text.lines))
    ]
    wide, cap = max(widths, default=0.0), face_of(text.font).cap_height * text.size
    lines = []
    for i, width in enumerate(widths):
        x = shape.cx - (wide if text.align == "left" else width) / 2
        y = shape.cy + (i - (len(widths) - 1) / 2) * text.leading + cap / 2
        lines.append(_runs(entry, i, x, y))
    if text.arc and shape.type == "none":
        lines = [_bent(entry)]
    coats: tuple[Coat, ...] = ()
    if shape.type == "none" and entry.stroke and entry.stroke.width > 0:
        reach = entry.stroke.width
        coats = (Coat(RIM, RIM_SHARE * reach), Coat(entry.stroke.color, reach))
    turn = shape.rotation if shape.type == "none" else 0.0
    return Block(tuple(lines), coats, turn, (shape.cx, shape.cy))


def _runs(entry: Lettering, index: int, x: float, y: float) -> tuple[Run, ...]:
    text, runs = entry.text, []
    for part in text.line_runs(index):
        for piece in pieces(part.text, part.font):
            width = measure(piece.text, piece.face, text.size)
            if piece.text:
                runs.append(Run(piece.text, piece.face, text.size, x, y, width, part.color or text.color))
            x += width
    return tuple(runs)


def _bent(entry: Lettering) -> tuple[Run, ...]:
    """Return the letters of a bent effect, each turned within the turn of its block."""
    text, level = entry.text, entry.but(shape=entry.shape.but(rotation=0))
    runs = []
    for letter in letters_on_arc(level, measure):
        x, y = entry.shape.cx + letter.dx, entry.shape.cy + letter.dy
        for piece in pieces(letter.text, text.font):
            width, turn = measure(piece.text, piece.face, text.size), radians(letter.angle)
            left, base = x - width / 2 * cos(turn), y - width / 2 * sin(turn)
            angle = (letter.angle + 180) % 360 - 180
            runs.append(Run(piece.text, piece.face, text.size, left, base, width, text.color, angle))
    return tuple(runs)


def _letter(entry: Lettering, previous: Lettering | None) -> Letter:
    shapes: tuple[Shape, ...] = ()
    stroke = entry.stroke if entry.stroke and entry.stroke.width > 0 else None
    if path := _joined(balloon_paths(entry)):
        shapes = (
            Shape(
                path,
                entry.fill,
                stroke.color if stroke else None,
                stroke.width if stroke else 0.0,
                stroke.dash if stroke else (),
            ),
        )
    joints: tuple[Shape, ...] = ()
    if previous is not None:
        joint = connector(previous, entry)
        color, width = (stroke.color, stroke.width) if stroke else ("#000000", 0.0)
        sides = (Shape(side, None, color, width) for side in joint.sides)
        joints = (Shape(joint.band, entry.fill or "#ffffff"), *sides)
    return Letter(entry, shapes, set_lines(entry), joints)


def _joined(paths: Sequence[Path]) -> Path:
    """Return one path of several closed ones."""
    return tuple(command for path in paths for command in path)
