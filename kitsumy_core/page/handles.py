"""Say where a lettering element can be taken hold of: its outline as an SVG path, its tail's tip."""

from __future__ import annotations

from math import cos, radians, sin
from typing import NamedTuple

from kitsumy_core.geometry import Point
from kitsumy_core.page.document import Lettering
from kitsumy_core.page.outline import Path, balloon_paths, tip_of


class Grip(NamedTuple):
    """Pixels of the page. `tail` is the tip of the first tail."""

    path: str
    tail: Point | None = None


def grip_of(entry: Lettering) -> Grip:
    """Return the outline of an element with its tails; for bare type the box around it, turned."""
    shape = entry.shape
    if shape.type == "none":
        c, s = cos(radians(shape.rotation)), sin(radians(shape.rotation))
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        halves = [(shape.rx * x, shape.ry * y) for x, y in corners]
        points = [(shape.cx + x * c - y * s, shape.cy + x * s + y * c) for x, y in halves]
        return Grip("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points) + "Z")
    path = "".join(svg_path(part) for part in balloon_paths(entry))
    return Grip(path, tip_of(shape, entry.tails[0]) if entry.tails else None)


def svg_path(path: Path, digits: int = 0) -> str:
    """Return a path as the `d` of an SVG path element."""
    return "".join(
        str(command[0]) + " ".join(f"{float(value):.{digits}f}" for value in command[1:]) for command in path
    )
