"""Write the small words of a sketch: name tags, the place, and that it is a sketch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from kitsumy_core.page.fonts import font, measure, pieces
from kitsumy_core.render.sketching.ink import Colour, mix
from kitsumy_core.render.sketching.palette import Palette

FACE = "narration-plain"
_SKETCH_WORD = {"uk": "ескіз", "en": "sketch"}


@dataclass(frozen=True)
class Tag:
    """A character's name to be shown near a point of the panel, in pixels."""

    name: str
    colour: Colour
    x: float
    y: float
    figure: tuple[float, float, float, float] | None = None
    """A box of the panel (left, top, right, bottom) that tags should leave free."""


def shown(text: str, most: float, size: float) -> str:
    """Return text on one line, shortened with an ellipsis to at most `most` pixels."""
    line = "".join(piece.text for piece in pieces(" ".join(text[:200].split()), FACE))
    line = line.replace("?", "") if not any(c.isalnum() for c in line) else line
    if measure(line, FACE, size) <= most:
        return line
    while line and measure(f"{line}…", FACE, size) > most:
        line = line[: -max(1, len(line) // 12)]
    return f"{line.rstrip()}…" if line else ""


def _write(image: Image.Image, x: float, y: float, text: str, size: float, ink: Colour) -> None:
    """Write a line with its left middle at a point."""
    for piece in pieces(text, FACE):
        letters, left, top = _letters(piece.text, piece.face, size)
        image.paste(ink, (round(x) + left, round(y) + top), letters)
        x += measure(piece.text, piece.face, size)


@lru_cache(maxsize=256)
def _letters(text: str, face: str, size: float) -> tuple[Image.Image, int, int]:
    """Return a mask of the letters, and where its left top lies from the left middle of the line.

    The same names are written onto a sketch each time it is drawn, and setting letters is slow.
    """
    chosen = font(face, size)
    left, top, right, bottom = (round(side) for side in chosen.getbbox(text, anchor="lm"))
    mask = Image.new("L", (max(1, right - left + 2), max(1, bottom - top + 2)))
    ImageDraw.Draw(mask).text((1 - left, 1 - top), text, font=chosen, fill=255, anchor="lm")
    return mask, left - 1, top - 1


def write_words(image: Image.Image, tags: Sequence[Tag], place: str, language: str, palette: Palette) -> None:
    """Write all words onto a finished frame."""
    width, height = image.size
    size = max(7.0, min(22.0, 0.026 * (width * height) ** 0.5, width / 9, height / 9))
    ink, paper = (52, 48, 52), (250, 246, 236)
    low = height - size * 1.1
    word = _SKETCH_WORD.get(language.partition("-")[0], _SKETCH_WORD["en"])
    word_width = measure(word, FACE, size * 0.85)
    faint = mix(ink, paper, 0.25)
    _label(image, width - word_width - size * 1.5, low, word, size * 0.85, faint, paper, None)
    taken = [tag.figure for tag in tags if tag.figure]
    taken.append((width - word_width - size * 1.8, low - size, width, height))
    room = width - word_width - size * 3.2
    if place_line := shown(place, room - size * 1.4, size * 0.85):
        _label(image, size * 0.5, low, place_line, size * 0.85, faint, paper, None)
        taken.append((0.0, low - size, measure(place_line, FACE, size * 0.85) + size * 1.7, height))
    for tag in tags:
        _tag(image, tag, size, low, taken)


def _tag(
    image: Image.Image,
    tag: Tag,
    size: float,
    lowest: float,
    taken: list[tuple[float, float, float, float]],
) -> None:
    text = shown(tag.name, image.width * 0.5, size)
    wide = measure(text, FACE, size) + size * 2.1
    x = max(size * 0.4, min(image.width - wide - size * 0.4, tag.x - wide / 2))
    y = max(size, min(lowest, tag.y))
    rows = [y + size * 1.95 * k for k in range(8)] + [y - size * 1.95 * k for k in range(1, 8)]
    free = (
        row for row in rows
        if row <= lowest
        and not any(x < b[2] and b[0] < x + wide and row - size < b[3] and b[1] < row + size for b in taken)
    )  # fmt: skip
    y = next(free, y)
    taken.append((x, y - size * 0.9, x + wide, y + size * 0.9))
    _label(image, x, y, text, size, (44, 40, 46), (252, 249, 241), tag.colour)


def _label(
    image: Image.Image,
    x: float,
    y: float,
    text: str,
    size: float,
    ink: Colour,
    paper: Colour,
    chip: Colour | None,
) -> None:
    wide = measure(text, FACE, size) + size * (2.1 if chip else 1.0)
    box = (round(x), round(y - size * 0.82), round(x + wide), round(y + size * 0.82))
    if box[2] <= box[0] or box[3] <= box[1]:
        return
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(
        box,
        radius=size * 0.55,
        fill=paper,
        outline=mix(ink, paper, 0.35) if chip else None,
        width=max(1, round(size / 14)),
    )
    if chip:
        r = size * 0.36
        draw.ellipse(
            (x + size * 0.95 - r - size * 0.2, y - r, x + size * 0.95 + r - size * 0.2, y + r), fill=chip
        )
    _write(image, x + size * (1.45 if chip else 0.5), y, text, size, ink)
