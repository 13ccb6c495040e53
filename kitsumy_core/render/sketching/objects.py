"""Draw small things the way a detail shot shows them.

Local units: a thing is about one high around (0, 0).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import cos, pi, sin

from kitsumy_core.render.sketching.ink import Colour, Pen, Place, mix, oval
from kitsumy_core.render.sketching.palette import Palette

Drawer = Callable[[Pen, Palette], None]
_BRASS: Colour = (206, 164, 84)
WOOD: Colour = (150, 112, 80)
STEEL: Colour = (176, 182, 188)
CREAM: Colour = (250, 245, 232)


def draw_key(pen: Pen, p: Palette) -> None:
    pen.shape(oval(-0.28, -0.12, 0.2, 0.2), _BRASS, 1.2)
    pen.shape(oval(-0.28, -0.12, 0.1, 0.1), p.far, 0.9)
    pen.shape([(-0.09, -0.16), (0.5, -0.16), (0.5, 0.1), (0.42, 0.1), (0.42, -0.02), (0.36, -0.02), (0.36,
        0.06), (0.28, 0.06), (0.28, -0.07), (-0.09, -0.07)],
              _BRASS, 1.2, soft=False)  # fmt: skip


def draw_paper(pen: Pen, p: Palette) -> None:
    pen.shape([(-0.36, -0.44), (0.3, -0.5), (0.42, 0.4), (-0.26, 0.48)], CREAM, 1.2, soft=False)
    for k in range(6):
        y = -0.3 + 0.11 * k
        pen.stroke([(-0.25 + 0.015 * k, y + 0.02), (0.05, y), (0.24 - 0.06 * (k % 3), y - 0.02)], 0.7)


def draw_book(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.66, -0.2), (-0.64, 0.32), (0.0, 0.42), (0.64, 0.32), (0.66, -0.2), (0.0, -0.1)],
        mix(p.near, WOOD, 0.5),
        1.2,
        soft=False,
    )
    for side in (-1, 1):
        pen.shape(
            [
                (0.0, -0.14),
                (side * 0.3, -0.26),
                (side * 0.61, -0.22),
                (side * 0.59, 0.26),
                (side * 0.3, 0.24),
                (0.0, 0.36),
            ],
            CREAM,
            1.0,
            soft=False,
        )
        for k in range(6):
            y = -0.12 + 0.065 * k
            pen.stroke([(side * 0.08, y + 0.03), (side * 0.3, y - 0.03), (side * 0.52, y)], 0.6)


def draw_phone(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.24, -0.46), (0.24, -0.46), (0.24, 0.46), (-0.24, 0.46)], mix(p.ink, p.near, 0.3), 1.2, soft=False
    )
    pen.shape(
        [(-0.2, -0.38), (0.2, -0.38), (0.2, 0.36), (-0.2, 0.36)], mix(p.accent, CREAM, 0.6), 0.8, soft=False
    )
    for k, w in enumerate((0.22, 0.3, 0.16)):
        pen.shape(
            [
                (-0.15, -0.28 + 0.16 * k),
                (-0.15 + w, -0.28 + 0.16 * k),
                (-0.15 + w, -0.18 + 0.16 * k),
                (-0.15, -0.18 + 0.16 * k),
            ],
            p.far,
            0.5,
        )


def draw_receiver(pen: Pen, p: Palette) -> None:
    pen.shape([(-0.46, 0.42), (0.46, 0.42), (0.36, 0.04), (-0.36, 0.04)], mix(p.ink, p.near, 0.4), 1.2)
    pen.shape(oval(0.0, 0.22, 0.16, 0.14), CREAM, 1.0)
    pen.limb(
        [(-0.42, -0.12), (-0.2, -0.26), (0.2, -0.26), (0.42, -0.12)],
        [0.2 * pen.unit, 0.12 * pen.unit, 0.12 * pen.unit, 0.2 * pen.unit],
        pen.ink,
    )


def draw_cup(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.4, 0.02, 0.16, 0.18), None, 2.4)
    pen.shape(
        [(-0.36, -0.26), (0.36, -0.26), (0.3, 0.36), (0.2, 0.44), (-0.2, 0.44), (-0.3, 0.36)],
        CREAM,
        1.2,
        soft=False,
    )
    pen.shape(oval(0.0, -0.26, 0.36, 0.09), mix(WOOD, p.ink, 0.4), 1.0)
    pen.stroke([(0.0, 0.0), (0.0, 0.24)], 1.0)
    pen.stroke([(-0.12, 0.14), (0.0, 0.26), (0.12, 0.14)], 1.0)
    for x in (-0.12, 0.1):
        pen.stroke([(x, -0.4), (x + 0.06, -0.52), (x - 0.03, -0.62), (x + 0.04, -0.74)], 0.9)


def draw_bowl(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, 0.34, 0.62, 0.1), mix(p.mid, p.near, 0.3), 0.0)
    pen.shape(
        [(-0.56, -0.02), (0.56, -0.02), (0.36, 0.32), (0.2, 0.38), (-0.2, 0.38), (-0.36, 0.32)], CREAM, 1.2
    )
    pen.shape(oval(0.0, -0.02, 0.56, 0.15), mix(p.accent, WOOD, 0.35), 1.0)
    pen.shape(oval(0.0, -0.06, 0.22, 0.09), mix(WOOD, (90, 50, 30), 0.4), 0.9)


def draw_knife(pen: Pen, p: Palette) -> None:
    pen.shape([(-0.1, -0.1), (0.56, -0.32), (0.64, -0.3), (0.5, -0.1), (-0.06, 0.06)], STEEL, 1.2, soft=False)
    pen.limb([(-0.1, -0.02), (-0.5, 0.16)], [0.12 * pen.unit, 0.13 * pen.unit], mix(WOOD, p.ink, 0.3))
    pen.stroke([(-0.14, -0.14), (-0.04, 0.12)], 2.5)


def draw_pistol(pen: Pen, p: Palette) -> None:
    pen.shape([(-0.3, -0.22), (0.56, -0.22), (0.56, -0.04), (0.06, -0.02), (0.0, 0.12), (-0.1, 0.12), (-0.16,
        0.42), (-0.38, 0.38), (-0.28, -0.02)],
              mix(p.ink, STEEL, 0.35), 1.2, soft=False)  # fmt: skip


def draw_eye(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.74, 0.04), (-0.4, -0.28), (0.05, -0.38), (0.48, -0.22), (0.72, 0.06), (0.3, 0.28), (-0.3, 0.28)],
        CREAM,
        1.6,
    )
    pen.shape(oval(0.02, -0.03, 0.28, 0.3), mix(p.accent, (92, 110, 110), 0.55), 1.4)
    pen.fill(oval(0.02, -0.03, 0.14, 0.15), p.ink)
    pen.fill(oval(-0.07, -0.13, 0.06, 0.06), (255, 254, 250))
    pen.stroke([(-0.78, 0.02), (-0.42, -0.34), (0.05, -0.45), (0.52, -0.28), (0.78, 0.04)], 3.0)
    pen.stroke([(-0.7, -0.46), (-0.3, -0.66), (0.2, -0.68), (0.66, -0.5)], 4.2)


def draw_keyhole(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, 0.0, 0.62, 0.78), mix(_BRASS, p.near, 0.5), 1.4)
    hole = [
        *[(0.26 * cos(a), -0.16 + 0.26 * sin(a)) for a in [pi * (0.8 + 1.4 * k / 10) for k in range(11)]],
        (0.3, 0.5),
        (-0.3, 0.5),
    ]
    pen.shape(hole, mix(p.accent, CREAM, 0.6), 1.4, soft=False)
    with pen.bent(lambda u, v: (u * 0.28, -0.14 + v * 0.28)):
        draw_eye(pen, p)


def draw_handle(pen: Pen, p: Palette) -> None:
    pen.shape([(-0.46, -0.8), (0.5, -0.8), (0.5, 0.8), (-0.46, 0.8)], mix(p.mid, WOOD, 0.5), 1.2, soft=False)
    pen.shape([(-0.16, -0.42), (0.1, -0.42), (0.1, 0.44), (-0.16, 0.44)], mix(_BRASS, p.near, 0.2), 1.2)
    pen.shape(oval(-0.03, -0.1, 0.19, 0.19), _BRASS, 1.3)
    pen.shape([(-0.06, 0.16), (0.0, 0.16), (0.03, 0.34), (-0.09, 0.34)], p.ink, 0.8)


def draw_clock(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, 0.0, 0.52, 0.52, corners=32), mix(_BRASS, p.near, 0.25), 1.4)
    pen.shape(oval(0.0, 0.0, 0.43, 0.43, corners=32), CREAM, 1.0)
    for k in range(12):
        a = 2 * pi * k / 12
        pen.stroke([(0.35 * cos(a), 0.35 * sin(a)), (0.4 * cos(a), 0.4 * sin(a))], 1.4)
    pen.stroke([(0.0, 0.0), (0.06, -0.32)], 2.2)
    pen.stroke([(0.0, 0.0), (-0.2, -0.1)], 2.8)


def draw_portrait(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.46, -0.52), (0.46, -0.56), (0.5, 0.5), (-0.42, 0.54)], mix(WOOD, p.near, 0.3), 1.4, soft=False
    )
    pen.shape(
        [(-0.36, -0.42), (0.37, -0.45), (0.4, 0.4), (-0.33, 0.43)],
        mix(p.paper, p.accent, 0.2),
        1.0,
        soft=False,
    )
    pen.shape([(-0.3, 0.42), (-0.2, 0.16), (0.02, 0.1), (0.26, 0.16), (0.36, 0.4)], p.near, 1.0)
    pen.shape(oval(0.02, -0.08, 0.17, 0.22), (232, 204, 176), 1.0)
    pen.shape(
        [
            (-0.15, 0.0),
            (-0.05, -0.03),
            (0.02, -0.01),
            (0.1, -0.03),
            (0.2, 0.0),
            (0.12, 0.07),
            (0.02, 0.03),
            (-0.08, 0.07),
        ],
        (96, 78, 70),
        0.7,
    )
    for x in (-0.05, 0.1):
        pen.stroke([(x - 0.035, -0.11), (x + 0.035, -0.1)], 1.2)
    pen.shape(
        [(-0.16, -0.14), (-0.1, -0.3), (0.04, -0.33), (0.16, -0.28), (0.2, -0.14), (0.08, -0.22)],
        (96, 78, 70),
        0.7,
    )


def draw_candle(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, -0.46, 0.34, 0.36), mix(p.accent, p.paper, 0.55), 0.0)
    pen.shape([(0.0, -0.66), (0.09, -0.46), (0.05, -0.34), (-0.05, -0.34), (-0.09, -0.46)], p.accent, 1.0)
    pen.shape([(-0.1, -0.3), (0.1, -0.3), (0.11, 0.36), (-0.11, 0.36)], CREAM, 1.1, soft=False)
    pen.shape(oval(0.0, 0.38, 0.34, 0.09), _BRASS, 1.1)


def draw_lamp(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, -0.02, 0.62, 0.6), mix(p.accent, p.paper, 0.6), 0.0)
    pen.stroke([(-0.22, -0.34), (-0.2, -0.62), (0.0, -0.72), (0.2, -0.62), (0.22, -0.34)], 1.4)
    pen.shape(
        [(-0.22, -0.36), (0.22, -0.36), (0.26, 0.26), (-0.26, 0.26)],
        mix(p.accent, CREAM, 0.4),
        1.2,
        soft=False,
    )
    pen.shape([(0.0, -0.18), (0.1, 0.06), (0.0, 0.2), (-0.1, 0.06)], p.accent, 1.0)
    for y in (-0.42, 0.26):
        pen.shape(
            [(-0.3, y), (0.3, y), (0.3, y + 0.1), (-0.3, y + 0.1)], mix(p.near, _BRASS, 0.35), 1.1, soft=False
        )


def draw_rope(pen: Pen, p: Palette) -> None:
    straw: Colour = (206, 180, 132)
    loops: list[list[Place]] = [
        [
            (-1.6, 0.06),
            (-0.6, 0.0),
            (-0.2, 0.06),
            (0.08, 0.26),
            (0.3, 0.08),
            (0.14, -0.2),
            (-0.12, -0.06),
            (-0.06, 0.3),
        ],
        [
            (1.6, -0.1),
            (0.6, 0.0),
            (0.16, 0.02),
            (-0.14, -0.14),
            (-0.3, 0.08),
            (-0.1, 0.2),
            (0.2, 0.14),
            (0.36, 0.44),
        ],
    ]
    for loop in loops:
        for width, tone in ((0.155, pen.ink), (0.13, straw)):
            pen.limb(loop, [width * pen.unit] * len(loop), tone)
        for (ax, ay), (bx, by) in pairwise(loop):
            for k in range(4):
                x, y = ax + (bx - ax) * (k + 0.5) / 4, ay + (by - ay) * (k + 0.5) / 4
                pen.stroke([(x - 0.03, y + 0.05), (x + 0.03, y - 0.05)], 0.7, ink=mix(straw, pen.ink, 0.5))


def draw_boot(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.34, -0.6), (0.14, -0.62), (0.12, 0.1), (0.5, 0.22), (0.6, 0.42), (-0.36, 0.42), (-0.3, 0.0)],
        mix(WOOD, p.ink, 0.45),
        1.3,
    )
    pen.shape([(-0.38, 0.4), (0.62, 0.4), (0.6, 0.5), (-0.38, 0.5)], p.ink, 1.0, soft=False)
    pen.shape(oval(-0.1, -0.6, 0.25, 0.09), mix(p.far, CREAM, 0.5), 1.1)
    for k in range(3):
        pen.stroke([(0.02, -0.1 + 0.12 * k), (0.16, -0.04 + 0.12 * k)], 1.2)


def draw_box(pen: Pen, p: Palette) -> None:
    wood = mix(WOOD, p.mid, 0.35)
    pen.shape([(-0.56, -0.14), (0.56, -0.14), (0.56, 0.42), (-0.56, 0.42)], wood, 1.3, soft=False)
    pen.shape(
        [(-0.56, -0.14), (-0.5, -0.36), (0.5, -0.36), (0.56, -0.14)], mix(wood, CREAM, 0.25), 1.2, soft=False
    )
    pen.shape([(-0.1, -0.2), (0.1, -0.2), (0.1, 0.06), (-0.1, 0.06)], _BRASS, 1.1, soft=False)
    pen.stroke([(-0.2, -0.36), (-0.14, -0.5), (0.14, -0.5), (0.2, -0.36)], 2.2)


def draw_flower(pen: Pen, p: Palette) -> None:
    pen.stroke([(0.0, 0.6), (0.05, 0.2), (0.0, -0.1)], 2.4, ink=mix((96, 124, 80), p.ink, 0.2))
    pen.shape([(0.04, 0.26), (0.26, 0.1), (0.36, 0.16), (0.2, 0.3)], (126, 150, 96), 1.0)
    for k in range(7):
        a = 2 * pi * k / 7
        pen.shape(
            oval(0.2 * cos(a), -0.2 + 0.2 * sin(a), 0.15, 0.09, a), mix(p.accent, (226, 110, 110), 0.5), 1.0
        )
    pen.shape(oval(0.0, -0.2, 0.1, 0.1), _BRASS, 1.0)


def draw_pen_on_paper(pen: Pen, p: Palette) -> None:
    with pen.bent(lambda u, v: (u * 1.5 - v * 0.25, v * 0.8 + u * 0.2 + 0.16)):
        draw_paper(pen, p)
    pen.shape(
        [(0.05, 0.2), (0.1, 0.05), (0.62, -0.62), (0.74, -0.53), (0.2, 0.13)],
        mix(p.near, p.ink, 0.5),
        1.2,
        soft=False,
    )
    pen.shape([(0.05, 0.2), (0.1, 0.05), (0.2, 0.13)], _BRASS, 1.0, soft=False)


def draw_ring(pen: Pen, p: Palette) -> None:
    pen.shape(oval(0.0, 0.06, 0.4, 0.4, corners=30), None, 4.5)
    pen.shape(oval(0.0, 0.06, 0.34, 0.34, corners=30), None, 1.0)
    pen.shape(
        [(-0.16, -0.4), (0.0, -0.62), (0.16, -0.4), (0.0, -0.26)],
        mix(p.accent, (150, 200, 220), 0.6),
        1.2,
        soft=False,
    )


def draw_window(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.5, -0.62), (0.5, -0.62), (0.5, 0.58), (-0.5, 0.58)], mix(WOOD, p.mid, 0.4), 1.3, soft=False
    )
    for x in (-0.44, 0.03):
        for y in (-0.56, 0.01):
            pen.shape(
                [(x, y), (x + 0.41, y), (x + 0.41, y + 0.5), (x, y + 0.5)],
                mix(p.sky, p.paper, 0.5),
                0.9,
                soft=False,
            )
            pen.stroke([(x + 0.08, y + 0.3), (x + 0.26, y + 0.08)], 0.7, ink=CREAM)


def draw_prints(pen: Pen, p: Palette) -> None:
    for k in range(4):
        x, y, s = -0.5 + 0.32 * k, 0.42 - 0.28 * k, 1.0 - 0.13 * k
        side = 0.12 if k % 2 else -0.12
        pen.shape(oval(x + side, y, 0.1 * s, 0.17 * s, 0.5), mix(p.near, p.mid, 0.3), 0.8)
        pen.shape(oval(x + side - 0.08, y + 0.2 * s, 0.07 * s, 0.08 * s, 0.5), mix(p.near, p.mid, 0.3), 0.8)


def draw_mystery(pen: Pen, p: Palette) -> None:
    pen.shape(
        [(-0.36, -0.3), (0.06, -0.48), (0.42, -0.26), (0.38, 0.24), (0.0, 0.46), (-0.4, 0.22)],
        mix(p.mid, p.accent, 0.35),
        1.3,
        soft=False,
    )
    pen.shape(
        [(-0.36, -0.3), (0.06, -0.48), (0.42, -0.26), (0.0, -0.08)],
        mix(p.paper, p.accent, 0.3),
        1.0,
        soft=False,
    )
    pen.stroke([(0.0, -0.08), (0.0, 0.46)], 1.1)
    pen.hatch((-0.36, -0.08, -0.04, 0.34), 0.07, mix(p.ink, p.mid, 0.3), lambda n: (n * 7919 % 97) / 97)
