"""Draw lettering as PDF operators: from bottom to top, but its words in reading order where that can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from math import cos, radians, sin
from typing import TYPE_CHECKING, cast

from kitsumy_core.export.pdf_order import covered
from kitsumy_core.page.outline import Path
from kitsumy_core.page.vector import Letter, Run, Shape

if TYPE_CHECKING:
    from kitsumy_core.export.pdf_text import PdfFaces


def lettering(letters: Sequence[Letter], faces: PdfFaces) -> Iterator[str]:
    """Yield the operators of a page's lettering, given from bottom to top.

    Balloons come first and words last, in reading order; words that something above lies on stay under it.
    """
    words = {letter.entry.id: _words(letter, faces) for letter in letters}
    early = covered(letters)
    for letter in letters:
        yield from map(_shape, letter.shapes)
        yield _coats(letter, faces)
        if letter.entry.id in early:
            yield words[letter.entry.id]
        yield from map(_shape, letter.joints)
    for letter in sorted(letters, key=lambda letter: letter.entry.order):
        if letter.entry.id not in early:
            yield words[letter.entry.id]


def _words(letter: Letter, faces: PdfFaces) -> str:
    """Return the letters, in one text object."""
    shown = [f"{rgb(run.color)} rg {_place(run)} Tm {_shown(letter, run, faces)}" for run in _runs(letter)]
    return f"q {_turn(letter)} cm BT {' '.join(shown)} ET Q" if shown else ""


def _shown(letter: Letter, run: Run, faces: PdfFaces) -> str:
    return faces.face(run.face).operators(run, letter.entry.text.lang, faces.document)


def _coats(letter: Letter, faces: PdfFaces) -> str:
    """Return the coats under the letters, drawn as paths: only the letters are to be read."""
    if not letter.block.coats:
        return ""
    outlines = [
        f"q {_place(run)} cm {_path(faces.face(run.face).outline(run, letter.entry.text.lang))} B Q"
        for run in _runs(letter)
    ]
    parts = ["/Artifact BMC q 1 j", f"{_turn(letter)} cm"]
    for coat in letter.block.coats:
        parts += [f"{num(2 * coat.reach)} w {rgb(coat.color)} RG {rgb(coat.color)} rg", *outlines]
    return " ".join([*parts, "Q EMC"])


def _runs(letter: Letter) -> list[Run]:
    return [run for line in letter.block.lines for run in line]


def _turn(letter: Letter) -> str:
    """Return the matrix that turns the words of a block about its middle."""
    c, s = cos(radians(letter.block.degrees)), sin(radians(letter.block.degrees))
    x, y = letter.block.about
    return f"{c:.6f} {s:.6f} {-s:.6f} {c:.6f} {num(x - c * x + s * y)} {num(y - s * x - c * y)}"


def _place(run: Run) -> str:
    """Return the matrix that puts a run where it begins; its letters are drawn with y up."""
    c, s = cos(radians(run.degrees)), sin(radians(run.degrees))
    return f"{c:.5f} {s:.5f} {s:.5f} {-c:.5f} {num(run.x)} {num(run.y)}"


def _shape(shape: Shape) -> str:
    """Return how a shape is filled and stroked; "" where neither."""
    parts = ["q 1 j 0 J"]
    if shape.fill:
        parts.append(f"{rgb(shape.fill)} rg")
    stroked = shape.stroke is not None and shape.width > 0
    if stroked:
        parts.append(f"{rgb(shape.stroke or '')} RG {num(shape.width)} w")
        if shape.dash:
            parts.append(f"[{' '.join(num(d) for d in shape.dash)}] 0 d")
    if not (shape.fill or stroked):
        return ""
    painted = "B" if shape.fill and stroked else "f" if shape.fill else "S"
    return " ".join([*parts, _path(shape.path), painted, "Q"])


def _path(path: Path) -> str:
    """Write a path; a quadratic curve becomes the equal cubic one."""
    forms = {"M": "%.2f %.2f m", "L": "%.2f %.2f l", "Q": "%.2f %.2f %.2f %.2f %.2f %.2f c", "Z": "h"}
    numbers: list[float] = []
    for name, *values in cast("Iterable[tuple[str, float, float, float, float]]", path):
        if name == "Q":
            (x, y), (cx, cy, x1, y1) = numbers[-2:], values
            numbers += (x + 2 * cx) / 3, (y + 2 * cy) / 3, (x1 + 2 * cx) / 3, (y1 + 2 * cy) / 3, x1, y1
        else:
            numbers += values
    return " ".join([forms[str(command[0])] for command in path]) % tuple(numbers)


def num(value: float) -> str:
    return f"{value:.2f}"


@lru_cache(maxsize=256)
def rgb(color: str) -> str:
    """Return "#rrggbb" as three shares."""
    from PIL import ImageColor

    return " ".join(f"{part / 255:.4g}" for part in ImageColor.getrgb(color)[:3])
