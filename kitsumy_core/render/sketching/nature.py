"""Draw open places from a few tones: sea, river, mountains, forest, fields, space, a cave."""

from __future__ import annotations

from math import sin

from kitsumy_core.render.sketching.ink import Colour, mix
from kitsumy_core.render.sketching.scene import Scene, clouds, ground, moon_and_stars


def sky(s: Scene) -> None:
    if s.night:
        moon_and_stars(s)
    else:
        clouds(s)


def earth(s: Scene) -> Colour:
    if "snow" in s.weather:
        return (
            mix(s.palette.paper, (255, 255, 255), 0.45)
            if not s.night
            else mix(s.palette.far, s.palette.paper, 0.3)
        )
    return mix(s.palette.far, s.palette.mid, 0.4)


def _hills(s: Scene, height: float, tone: Colour, seed: int, step: float = 0.6, line: float = 0.5) -> None:
    top = [(x, -height * (0.35 + 0.65 * s.roll(seed + i * 7 % 997))) for i, x in s.spread(step)]
    s.shape([(top[0][0], 0.05), *top, (top[-1][0], 0.05)], tone, line, soft=True)


def horizon(s: Scene) -> None:
    """Draw an open place that no word describes: sky, a low far rise, ground."""
    sky(s)
    _hills(s, 0.1, mix(s.palette.sky, s.palette.far, 0.8), 300, 0.9)
    ground(s, earth(s))
    _tufts(s, 12)


def field(s: Scene) -> None:
    sky(s)
    _hills(s, 0.07, mix(s.palette.sky, s.palette.far, 0.9), 310, 1.1)
    ground(s, earth(s))
    for k in range(4):
        y = 0.03 + 0.05 * k * k
        s.stroke(*[(x, y + 0.012 * sin(i * 2.1 + k)) for i, x in s.spread(0.4)], width=0.4)
    _tufts(s, 46)


def _tufts(s: Scene, n: int) -> None:
    depth = max(0.1, (s.height - s.base) / s.unit)
    for k in range(n):
        near = s.roll(400 + k)
        x, y = (s.roll(460 + k) - 0.5) * 2 * s.half, 0.02 + depth * near * near
        size = 0.02 + 0.06 * near
        for lean in (-0.5, 0.1, 0.6):
            s.stroke(
                (x, y),
                (x + lean * size * 0.5, y - size * 0.7),
                (x + lean * size + 0.02, y - size),
                width=0.45,
            )


def _water(s: Scene) -> None:
    sky(s)
    ground(s, mix(s.palette.far, s.palette.mid, 0.7))
    depth = max(0.2, (s.height - s.base) / s.unit)
    pale = mix(s.palette.far, s.palette.paper, 0.7)
    for k in range(30):
        near = s.roll(500 + k)
        x, y = (s.roll(540 + k) - 0.5) * 2.2 * s.half, 0.02 + depth * 0.85 * near * near
        w = 0.05 + 0.25 * near
        s.pen.stroke(s.points((x - w, y), (x - w / 2, y - 0.03 * near), (x, y), (x + w / 2, y - 0.03 * near),
            (x + w, y)), 0.6 + near,
                     ink=pale if k % 3 else s.line)  # fmt: skip
    x = s.half * 0.45
    s.shape([(x - 0.09, -0.015), (x + 0.1, -0.015), (x + 0.07, 0.02), (x - 0.07, 0.02)], s.palette.near, 0.5)
    s.shape([(x, -0.17), (x + 0.075, -0.03), (x, -0.03)], s.palette.paper, 0.5)


def sea(s: Scene) -> None:
    """Draw the sea from its shore."""
    _water(s)
    w = s.half + 1
    sand = mix(earth(s), s.palette.paper, 0.35)
    edge = [(x, 0.2 + 0.03 * sin(i * 1.7) + 0.02 * sin(i * 0.6)) for i, x in s.spread(0.3)]
    s.shape([(-w, edge[0][1]), *edge, (w, edge[-1][1]), (w, 4.0), (-w, 4.0)], sand, 0.0)
    s.stroke(*[(x, y - 0.02) for x, y in edge], width=1.1)
    s.stroke(*edge, width=0.5)


def ship(s: Scene) -> None:
    """Draw a deck with its railing, and the open sea beyond."""
    _water(s)
    w, p = s.half + 1, s.palette
    deck = mix(mix(p.mid, (160, 122, 86), 0.35), p.paper, 0.2)
    s.box(-w, 0.16, w, 4.0, deck, 0.8)
    for _, x in s.spread(0.22):
        s.pen.stroke(s.points((x, 0.17), (x * 3.2, 2.4)), 0.5, ink=mix(s.line, deck, 0.4))
    for _, x in s.spread(0.28, 0.5):
        s.stroke((x, 0.17), (x, -0.1), width=1.0)
    for y in (-0.11, 0.02):
        s.stroke((-w, y), (w, y), width=1.3 if y < 0 else 0.7)
    mast = -min(0.5, s.half * 0.55)
    s.box(mast - 0.025, -2.2, mast + 0.025, 0.3, mix(p.near, p.mid, 0.3), 0.8)
    s.shape([(mast + 0.03, -1.5), (mast + 0.03, -0.34), (mast + 0.5, -0.4)], p.paper, 0.8)
    s.stroke((mast, -1.4), (mast - 0.6, 0.16), width=0.5, soft=False)


def river(s: Scene) -> None:
    sky(s)
    _hills(s, 0.16, mix(s.palette.sky, s.palette.far, 0.9), 320)
    ground(s, earth(s))
    water = mix(s.palette.sky, s.palette.paper, 0.4)
    s.shape([(0.1, 0.0), (0.2, 0.0), (0.15, 0.08), (0.5, 0.2), (0.9, 0.6), (1.6, 1.6), (-1.4, 1.6), (-0.7,
        0.6), (-0.3, 0.22), (0.0, 0.09)],
            water, 0.7, soft=True)  # fmt: skip
    for k in range(8):
        y = 0.1 + 0.07 * k
        s.stroke((-0.08 * k, y), (0.1, y + 0.008), (0.05 + 0.09 * k, y), width=0.4)
    _tufts(s, 18)


def mountain(s: Scene) -> None:
    sky(s)
    for layer, (height, tone) in enumerate(
        ((0.62, mix(s.palette.sky, s.palette.far, 0.7)), (0.4, s.palette.far))
    ):
        for i, x in s.spread(0.62 + 0.1 * layer, 0.3 * layer):
            top = height * (0.6 + 0.5 * s.roll(330 + layer * 50 + i % 37))
            w = 0.5 + 0.2 * s.roll(i % 41)
            s.shape(
                [
                    (x - w, 0.05),
                    (x - w * 0.4, -top * 0.55),
                    (x, -top),
                    (x + w * 0.3, -top * 0.62),
                    (x + w, 0.05),
                ],
                tone,
                0.6,
            )
            s.shape([(x, -top), (x + w * 0.3, -top * 0.62), (x + w, 0.05), (x + w * 0.25, 0.05),
                (x + w * 0.02, -top * 0.5)],
                    mix(tone, s.palette.mid, 0.5), 0.0)  # fmt: skip
            cap = [
                (x - w * 0.16, -top * 0.82),
                (x, -top),
                (x + w * 0.13, -top * 0.83),
                (x + w * 0.04, -top * 0.78),
                (x - w * 0.05, -top * 0.84),
            ]
            s.shape(cap, mix(s.palette.paper, (255, 255, 255), 0.4), 0.4)
    ground(s, earth(s))
    _tufts(s, 14)


def forest(s: Scene) -> None:
    sky(s)
    p = s.palette
    _hills(s, 0.34, mix(p.sky, p.far, 0.9), 340, 0.16, 0.3)
    ground(s, earth(s))
    for layer, (step, width, tone) in enumerate(
        ((0.2, 0.035, mix(p.far, p.mid, 0.5)), (0.46, 0.07, mix(p.mid, p.near, 0.5)))
    ):
        for i, middle in s.spread(step):
            x = middle + (s.roll(350 + i % 83 + 100 * layer) - 0.5) * step * 0.8
            foot, w = 0.02 + 0.1 * layer * s.roll(380 + i % 71), width * (0.7 + 0.6 * s.roll(i % 53))
            s.shape([(x - w * 0.5, -9.0), (x + w * 0.5, -9.0), (x + w * 0.55, foot - 0.1), (x + w * 1.1,
                foot), (x - w * 1.1, foot), (x - w * 0.55, foot - 0.1)],
                    tone, 0.5)  # fmt: skip
            if layer:
                for k in range(3):
                    y, side = -0.45 - 0.25 * k, 1 if (i + k) % 2 else -1
                    s.stroke((x, y), (x + side * 0.14, y - 0.1), (x + side * 0.3, y - 0.13), width=1.0)
    crown = mix(p.mid, p.near, 0.25)
    top = max(1.15, s.base / s.unit - 0.1)
    for i, x in s.spread(0.3):
        s.disc(x, -top - 0.12 * s.roll(i % 59), 0.26, crown, 0.5, 0.2)
    _tufts(s, 26)


def space(s: Scene) -> None:
    p = s.palette
    deep = mix((24, 26, 48), p.near, 0.18)
    s.box(-s.half - 2, -5, s.half + 2, 5, deep, 0.0)
    for k in range(90):
        x, y = s.roll(600 + k) * s.width, s.roll(700 + k) * s.height
        s.pen.dot(
            x,
            y,
            min(s.width, s.height) * (0.001 + 0.0022 * s.roll(800 + k) ** 3),
            mix(deep, (255, 250, 235), 0.8),
        )
    x = -min(0.5, s.half * 0.5)
    s.disc(x, -0.5, 0.24, mix(p.accent, p.mid, 0.45), 0.6)
    s.disc(x + 0.06, -0.47, 0.19, mix(p.accent, p.near, 0.55), 0.0)
    s.shape(
        [(x - 0.42, -0.44), (x, -0.4), (x + 0.42, -0.58), (x, -0.46)],
        mix(p.paper, p.accent, 0.4),
        0.5,
        soft=True,
    )
    s.disc(0.3, 2.35, 2.3, mix(p.far, p.mid, 0.6), 0.8)
    for k in range(5):
        s.disc(
            -0.7 + 0.4 * k,
            0.28 + 0.1 * s.roll(k),
            0.08 + 0.06 * s.roll(9 + k),
            mix(p.mid, p.near, 0.3),
            0.4,
            0.03,
        )


def cave(s: Scene) -> None:
    p = s.palette
    dark = mix(p.near, p.ink, 0.45)
    s.box(-s.half - 2, -4, s.half + 2, 4, dark, 0.0)
    s.shape(
        [(-0.7, 0.25), (-0.85, -0.3), (-0.6, -0.85), (-0.1, -1.02), (0.45, -0.9), (0.8, -0.4), (0.72, 0.25)],
        mix(p.sky, p.accent, 0.2),
        0.8,
        soft=True,
    )
    s.shape(
        [
            (-0.6, 0.25),
            (-0.66, -0.25),
            (-0.42, -0.66),
            (0.0, -0.78),
            (0.4, -0.66),
            (0.6, -0.25),
            (0.58, 0.25),
        ],
        mix(p.paper, p.accent, 0.15),
        0.0,
        soft=True,
    )
    s.box(-s.half - 2, 0.12, s.half + 2, 4, mix(p.mid, p.near, 0.6), 0.0)
    roof = max(1.0, s.base / s.unit - 0.12)
    for i, x in s.spread(0.17):
        long = 0.1 + 0.3 * s.roll(450 + i % 57)
        s.shape([(x - 0.06, -9.0), (x + 0.06, -9.0), (x + 0.01, long - roof)], mix(p.near, p.ink, 0.25), 0.6)
    for k in range(9):
        x = (s.roll(470 + k) - 0.5) * 2 * s.half
        s.shape(
            [(x - 0.14, 0.2), (x - 0.05, 0.04), (x + 0.06, 0.08), (x + 0.15, 0.2)],
            mix(p.mid, p.near, 0.85),
            0.6,
        )
