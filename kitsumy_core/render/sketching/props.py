"""Draw what people hold, the hand of a detail shot, a laid table, and lines that lead the eye."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin

from kitsumy_core.render.sketching.ink import Colour, Pen, Place, mix, oval
from kitsumy_core.render.sketching.objects import CREAM, STEEL, WOOD
from kitsumy_core.render.sketching.palette import Palette
from kitsumy_core.render.sketching.things import THINGS, draw_thing


def draw_big_hand(pen: Pen, x: float, y: float, size: float, sleeve: Colour, skin: Colour) -> None:
    """Draw a hand reaching in from the right below, its fingertips near (x, y)."""
    with pen.bent(lambda u, v: (x + u * size, y + v * size), size):
        unit = size
        arm: list[Place] = [(0.52, 0.5), (1.3, 1.2)]
        pen.limb(arm, [0.52 * unit, 0.7 * unit], pen.ink, pen.line * 0.7)
        pen.limb(arm, [0.52 * unit, 0.7 * unit], sleeve)
        pen.stroke([(0.34, 0.74), (0.48, 0.58), (0.74, 0.34)], 1.6)
        fingers: list[list[Place]] = [
            [(0.38, 0.3), (0.2, 0.06), (-0.04, -0.02)], [(0.34, 0.36), (0.12, 0.17), (-0.1, 0.12)],
            [(0.3, 0.44), (0.1, 0.3), (-0.08, 0.26)], [(0.28, 0.52), (0.12, 0.44), (-0.02, 0.4)],
        ]  # fmt: skip
        palm = [(0.24, 0.3), (0.44, 0.24), (0.56, 0.4), (0.48, 0.58), (0.3, 0.6), (0.2, 0.46)]
        pen.shape(palm, skin, 1.2)
        for finger in fingers:
            pen.limb(finger, [0.16 * unit, 0.145 * unit, 0.115 * unit], pen.ink, pen.line * 0.6)
            pen.limb(finger, [0.16 * unit, 0.145 * unit, 0.115 * unit], skin)
        pen.shape(palm, skin, 0.0)
        thumb: list[Place] = [(0.44, 0.3), (0.3, 0.02), (0.08, -0.16)]
        pen.limb(thumb, [0.18 * unit, 0.16 * unit, 0.12 * unit], pen.ink, pen.line * 0.6)
        pen.limb(thumb, [0.18 * unit, 0.16 * unit, 0.12 * unit], skin)


def focus_lines(pen: Pen, width: float, height: float, ink: Colour, roll: Callable[[int], float]) -> None:
    """Draw lines from all edges towards the thing in the middle."""
    n = 44
    for k in range(n):
        a = 2 * pi * (k + 0.6 * roll(k)) / n
        start, end = 0.64 + 0.12 * roll(k + 50), 1.2
        cx, cy = width / 2, height * 0.57
        pen.stroke(
            [(cx + cos(a) * width * end, cy + sin(a) * height * end), (cx + cos(a) * width * start * 0.8,
            cy + sin(a) * height * start * 0.8)],
            0.8, ink=ink,
        )  # fmt: skip


def draw_held(pen: Pen, prop: str, x: float, y: float, unit: float, palette: Palette) -> None:
    """Draw what somebody holds, around the hand at a pixel; `unit` is the height of the head in pixels."""
    if prop == "needles":
        for dx in (-0.25, 0.2):
            pen.stroke([(x - dx * unit, y + 0.1 * unit), (x + dx * unit, y - 0.35 * unit)], 1.0)
        pen.shape(oval(x, y + 0.25 * unit, 0.16 * unit, 0.24 * unit), mix(palette.far, CREAM, 0.3), 0.8)
        return
    if prop == "spoon":
        pen.stroke([(x, y), (x + 0.2 * unit, y - 0.16 * unit)], 1.6)
        pen.shape(oval(x + 0.25 * unit, y - 0.2 * unit, 0.09 * unit, 0.06 * unit), STEEL, 0.7)
        return
    if prop == "handset":
        pen.limb([(x - 0.12 * unit, y - 0.3 * unit), (x + 0.04 * unit, y - 0.1 * unit), (x - 0.02 * unit,
            y + 0.2 * unit)],
                 [0.26 * unit, 0.13 * unit, 0.22 * unit], mix(pen.ink, palette.near, 0.3))  # fmt: skip
        return
    if prop == "pen":
        pen.stroke([(x, y + 0.12 * unit), (x + 0.14 * unit, y - 0.22 * unit)], 1.6)
        return
    name, size = {
        "phone": ("phone", 0.42),
        "book": ("book", 0.62),
        "lamp": ("lamp", 0.6),
        "kettle": ("cup", 0.42),
    }.get(prop, (prop, 0.5))
    if name in THINGS:
        draw_thing(pen, name, palette, x, y - 0.05 * unit, size * unit)


def lay_table(
    pen: Pen, palette: Palette, reach: tuple[float, float], top: float, unit: float, things: Sequence[str]
) -> None:
    """Draw a table before those who sit at it, with things (or a cup) on it; `unit` is a head in pixels."""
    x0, x1 = reach
    wood = mix(mix(palette.mid, WOOD, 0.55), palette.far, 0.15)
    for x in (x0 + 0.5 * unit, x1 - 0.5 * unit):
        pen.limb(
            [(x, top + 0.3 * unit), (x, top + 2.0 * unit)], [0.2 * unit, 0.16 * unit], mix(wood, pen.ink, 0.4)
        )
    board = [
        (x0 + 0.35 * unit, top - 0.16 * unit),
        (x1 - 0.35 * unit, top - 0.16 * unit),
        (x1, top + 0.16 * unit),
        (x0, top + 0.16 * unit),
    ]
    pen.shape(board, mix(wood, palette.paper, 0.25), 1.1, soft=False)
    pen.shape(
        [(x0, top + 0.16 * unit), (x1, top + 0.16 * unit), (x1, top + 0.32 * unit), (x0, top + 0.32 * unit)],
        wood,
        1.0,
        soft=False,
    )
    laid = things or ("cup",)
    for k, name in enumerate(laid):
        share = (k + 1) / (len(laid) + 1)
        draw_thing(pen, name, palette, x0 + (x1 - x0) * share, top - 0.12 * unit, unit * 0.46)
