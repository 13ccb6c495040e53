"""Find the words of a page that cannot be painted last: a PDF holds all others in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import cos, radians, sin
from typing import cast

from kitsumy_core.geometry import Polygon, Rect, contains_point, polygon_of, segments_cross
from kitsumy_core.page.outline import flatten
from kitsumy_core.page.vector import Block, Letter, Shape


def covered(letters: Sequence[Letter]) -> set[str]:
    """Return the ids of the lettering, given from bottom to top, whose words something above reaches into."""
    found, above, words = set(), list[tuple[Rect, Shape]](), list[Rect]()
    for letter in reversed(letters):
        above += [(_around(shape), shape) for shape in letter.joints]
        space = Rect.around(_corners(letter.block))
        near = [shape for around, shape in above if around.intersection(space)]
        if any(map(space.intersection, words)) or any(_hits(shape, letter.block) for shape in near):
            found.add(letter.entry.id)
        above += [(_around(shape), shape) for shape in letter.shapes]
        words.append(space.inset(-max((coat.reach for coat in letter.block.coats), default=0.0)))
    return found


def _around(shape: Shape) -> Rect:
    """Return a box that a shape does not leave: that of all points its curves are made with."""
    numbers = cast("list[float]", [value for command in shape.path for value in command[1:]])
    xs, ys = numbers[::2], numbers[1::2]
    return Rect(min(xs), min(ys), max(xs), max(ys)).inset(-shape.width / 2)


def _corners(block: Block, margin: float = 0.0) -> Polygon:
    """Return the corners of a box that the words do not leave, turned like them."""
    runs = [run for line in block.lines for run in line]
    room = max((run.size for run in runs if run.degrees), default=0.0)
    x, y = block.about
    box = block.box.inset(-room - margin).moved(-x, -y)
    c, s = cos(radians(block.degrees)), sin(radians(block.degrees))
    level = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    return polygon_of([(x + c * dx - s * dy, y + s * dx + c * dy) for dx, dy in level])


def _hits(shape: Shape, block: Block) -> bool:
    """Tell whether a shape, its outline included, reaches into the words."""
    corners, points = _corners(block, shape.width / 2), flatten(shape.path)
    sides = [*pairwise([*corners, corners[0]])]
    return (
        contains_point(corners, points[0])
        or _inside(points, corners[0])
        or any(segments_cross(*edge, *side) for edge in pairwise([*points, points[0]]) for side in sides)
    )


def _inside(points: Sequence[tuple[float, float]], at: tuple[float, float]) -> bool:
    """Tell whether a point lies in a polygon of any form: a ray from it crosses an odd number of edges."""
    x, y = at
    crossed = (
        (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax)
        for (ax, ay), (bx, by) in pairwise([*points, points[0]])
    )
    return sum(crossed) % 2 == 1
