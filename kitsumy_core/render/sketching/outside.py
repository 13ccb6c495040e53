"""Draw places under the sky from a few tones: sea, forest, mountains, streets, roofs, fields and others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sin

from kitsumy_core.render.sketching.ink import Colour, mix
from kitsumy_core.render.sketching.scene import Scene, clouds, floor_lines, ground, moon_and_stars


def _sky(s: Scene) -> None:
    if s.night:
        moon_and_stars(s)
    else:
        clouds(s)


def _earth(s: Scene) -> Colour:
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
    _sky(s)
    _hills(s, 0.1, mix(s.palette.sky, s.palette.far, 0.8), 300, 0.9)
    ground(s, _earth(s))
    _tufts(s, 12)


def field(s: Scene) -> None:
    _sky(s)
    _hills(s, 0.07, mix(s.palette.sky, s.palette.far, 0.9), 310, 1.1)
    ground(s, _earth(s))
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


def sea(s: Scene) -> None:
    _sky(s)
    ground(s, mix(s.palette.far, s.palette.mid, 0.7))
    depth = max(0.2, (s.height - s.base) / s.unit)
    pale = mix(s.palette.far, s.palette.paper, 0.7)
    for k in range(30):
        near = s.roll(500 + k)
        x, y = (s.roll(540 + k) - 0.5) * 2.2 * s.half, 0.02 + depth * 0.85 * near * near
        w = 0.05 + 0.25 * near
        s.pen.stroke(s.points((x - w, y), (x - w / 2, y - 0.03 * near), (x, y), (x + w / 2, y - 0.03 * near), (x + w, y)), 0.6 + near,
                     ink=pale if k % 3 else s.line)  # fmt: skip
    x = s.half * 0.45
    s.shape([(x - 0.09, -0.015), (x + 0.1, -0.015), (x + 0.07, 0.02), (x - 0.07, 0.02)], s.palette.near, 0.5)
    s.shape([(x, -0.17), (x + 0.075, -0.03), (x, -0.03)], s.palette.paper, 0.5)


def river(s: Scene) -> None:
    _sky(s)
    _hills(s, 0.16, mix(s.palette.sky, s.palette.far, 0.9), 320)
    ground(s, _earth(s))
    water = mix(s.palette.sky, s.palette.paper, 0.4)
    s.shape([(0.1, 0.0), (0.2, 0.0), (0.15, 0.08), (0.5, 0.2), (0.9, 0.6), (1.6, 1.6), (-1.4, 1.6), (-0.7, 0.6), (-0.3, 0.22), (0.0, 0.09)],
            water, 0.7, soft=True)  # fmt: skip
    for k in range(8):
        y = 0.1 + 0.07 * k
        s.stroke((-0.08 * k, y), (0.1, y + 0.008), (0.05 + 0.09 * k, y), width=0.4)
    _tufts(s, 18)


def mountain(s: Scene) -> None:
    _sky(s)
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
            s.shape([(x, -top), (x + w * 0.3, -top * 0.62), (x + w, 0.05), (x + w * 0.25, 0.05), (x + w * 0.02, -top * 0.5)],
                    mix(tone, s.palette.mid, 0.5), 0.0)  # fmt: skip
            cap = [
                (x - w * 0.16, -top * 0.82),
                (x, -top),
                (x + w * 0.13, -top * 0.83),
                (x + w * 0.04, -top * 0.78),
                (x - w * 0.05, -top * 0.84),
            ]
            s.shape(cap, mix(s.palette.paper, (255, 255, 255), 0.4), 0.4)
    ground(s, _earth(s))
    _tufts(s, 14)


def forest(s: Scene) -> None:
    _sky(s)
    p = s.palette
    _hills(s, 0.34, mix(p.sky, p.far, 0.9), 340, 0.16, 0.3)
    ground(s, _earth(s))
    for layer, (step, width, tone) in enumerate(
        ((0.2, 0.035, mix(p.far, p.mid, 0.5)), (0.46, 0.07, mix(p.mid, p.near, 0.5)))
    ):
        for i, x in s.spread(step):
            x += (s.roll(350 + i % 83 + 100 * layer) - 0.5) * step * 0.8
            foot, w = 0.02 + 0.1 * layer * s.roll(380 + i % 71), width * (0.7 + 0.6 * s.roll(i % 53))
            s.shape([(x - w * 0.5, -2.6), (x + w * 0.5, -2.6), (x + w * 0.55, foot - 0.1), (x + w * 1.1, foot), (x - w * 1.1, foot), (x - w * 0.55, foot - 0.1)],
                    tone, 0.5)  # fmt: skip
            if layer:
                for k in range(3):
                    y, side = -0.45 - 0.25 * k, 1 if (i + k) % 2 else -1
                    s.stroke((x, y), (x + side * 0.14, y - 0.1), (x + side * 0.3, y - 0.13), width=1.0)
    crown = mix(p.mid, p.near, 0.25)
    for i, x in s.spread(0.3):
        s.disc(x, -1.15 - 0.12 * s.roll(i % 59), 0.26, crown, 0.5, 0.2)
    _tufts(s, 26)


def street(s: Scene) -> None:
    _sky(s)
    p = s.palette
    ground(s, mix(p.far, p.mid, 0.25))
    for i, x in s.spread(0.42):
        h = 0.55 + 0.5 * s.roll(360 + i % 61)
        tone = mix(p.far, p.mid, 0.15 + 0.6 * s.roll(390 + i % 67))
        s.box(x - 0.21, -h, x + 0.21, 0.01, tone, 0.7)
        if s.roll(i % 43) > 0.5:
            s.shape([(x - 0.24, -h), (x, -h - 0.14), (x + 0.24, -h)], mix(tone, p.near, 0.5), 0.7)
        for row in range(int(h / 0.2)):
            for col in (-0.1, 0.1):
                lit = s.roll(420 + row * 7 + i % 31 * 3 + int(col * 10)) > (0.45 if s.night else 0.85)
                y = -h + 0.08 + row * 0.2
                s.box(
                    x + col - 0.04, y, x + col + 0.04, y + 0.1, s.lit if lit else mix(tone, p.near, 0.4), 0.45
                )
    depth = max(0.3, (s.height - s.base) / s.unit)
    s.shape(
        [(-0.2, 0.06), (0.2, 0.06), (1.9, depth + 0.4), (-1.9, depth + 0.4)], mix(p.far, p.paper, 0.3), 0.6
    )
    for k in range(4):
        y0, y1 = depth * (k / 4) ** 1.6 + 0.09, depth * ((k + 0.5) / 4) ** 1.6 + 0.09
        s.stroke((0.0, y0), (0.0, y1), width=1.2)
    _street_lamp(s, -min(0.62, s.half * 0.6))


def _street_lamp(s: Scene, x: float) -> None:
    s.box(x - 0.012, -0.72, x + 0.012, 0.07, s.palette.near, 0.4)
    if s.night:
        s.disc(x, -0.76, 0.13, mix(s.palette.sky, s.palette.accent, 0.35), 0.0)
    s.shape([(x - 0.05, -0.72), (x + 0.05, -0.72), (x + 0.035, -0.82), (x - 0.035, -0.82)], s.lit, 0.6)


def roofs(s: Scene) -> None:
    _sky(s)
    p = s.palette
    for layer in range(3):
        tone = mix(p.far, p.near, 0.15 + 0.3 * layer)
        for i, x in s.spread(0.5 - 0.04 * layer, 0.4 * layer):
            h = 0.3 - 0.26 * layer + 0.2 * s.roll(430 + i % 47 + 60 * layer)
            s.shape(
                [(x - 0.27, 1.6), (x - 0.27, -h), (x, -h - 0.17), (x + 0.27, -h), (x + 0.27, 1.6)], tone, 0.7
            )
            if s.roll(i % 29 + layer) > 0.5:
                s.box(x + 0.1, -h - 0.2, x + 0.16, -h - 0.05, mix(tone, p.near, 0.5), 0.5)
            s.box(
                x - 0.05,
                -h + 0.04,
                x + 0.05,
                -h + 0.14,
                s.lit if s.night or i % 3 == 0 else mix(tone, p.near, 0.4),
                0.5,
            )
    y = max(0.25, (s.height - s.base) / s.unit * 0.45)
    s.box(-s.half - 1, y, s.half + 1, y + 3, mix(p.mid, p.near, 0.3), 0.8)
    for i, x in s.spread(0.2):
        for row in range(4):
            s.stroke(
                (x + row % 2 * 0.1, y + 0.06 + row * 0.1),
                (x + 0.05 + row % 2 * 0.1, y + 0.11 + row * 0.1),
                (x + 0.1 + row % 2 * 0.1, y + 0.06 + row * 0.1),
                width=0.4,
            )


def lighthouse(s: Scene) -> None:
    (sea if "field" not in s.weather else field)(s)
    p = s.palette
    x = min(0.45, s.half * 0.42)
    if s.half > 0.5:
        rock = mix(p.mid, p.near, 0.45)
        s.shape(
            [
                (x - 0.6, 0.12),
                (x - 0.35, -0.02),
                (x - 0.1, -0.05),
                (x + 0.2, -0.03),
                (x + 0.5, 0.04),
                (x + 0.8, 0.16),
            ],
            rock,
            0.7,
            soft=True,
        )
    tower(s, x, 1.0 if s.far else 1.15)


def tower(s: Scene, x: float, tall: float) -> None:
    """Draw a banded lighthouse with its beam."""
    p = s.palette
    foot, top = 0.13, 0.075
    ray = mix(p.sky, mix(p.accent, (255, 250, 225), 0.5), 0.5 if s.night or s.palette.dim > 0.2 else 0.3)
    s.shape([(x, -tall - 0.06), (x - 3.2, -tall - 0.5), (x - 3.2, -tall + 0.2)], ray, 0.0)
    s.shape(
        [(x - foot, 0.0), (x - top, -tall), (x + top, -tall), (x + foot, 0.0)], mix(p.paper, p.far, 0.2), 0.9
    )
    for k in range(3):
        a, b = 0.16 + 0.27 * k, 0.28 + 0.27 * k
        wa, wb = foot + (top - foot) * a, foot + (top - foot) * b
        s.shape(
            [(x - wa, -tall * a), (x + wa, -tall * a), (x + wb, -tall * b), (x - wb, -tall * b)], p.near, 0.5
        )
    s.shape([(x + 0.02, 0.0), (x + 0.02, -tall), (x + top, -tall), (x + foot, 0.0)], None, 0.0)
    s.box(x - 0.115, -tall - 0.025, x + 0.115, -tall, p.near, 0.7)
    s.box(x - 0.055, -tall - 0.13, x + 0.055, -tall - 0.025, s.lit, 0.7)
    s.shape([(x - 0.075, -tall - 0.13), (x, -tall - 0.22), (x + 0.075, -tall - 0.13)], p.near, 0.7)
    s.shape([(x - 0.03, 0.0), (x - 0.03, -0.1), (x + 0.03, -0.1), (x + 0.03, 0.0)], p.ink, 0.5)


def bridge(s: Scene) -> None:
    river(s)
    p = s.palette
    deck = 0.16
    for side in (-1, 1):
        x = side * 0.72
        s.box(x - 0.05, -0.75, x + 0.05, deck + 0.3, mix(p.mid, p.near, 0.4), 0.8)
        for k in range(1, 6):
            s.stroke((x, -0.72), (x + 0.16 * k, deck), width=0.45, soft=False)
            s.stroke((x, -0.72), (x - 0.16 * k, deck), width=0.45, soft=False)
    s.box(-s.half - 1, deck, s.half + 1, deck + 0.08, mix(p.mid, p.near, 0.6), 0.8)
    s.stroke((-s.half - 1, deck - 0.12), (s.half + 1, deck - 0.12), width=0.8)
    for _, x in s.spread(0.14):
        s.stroke((x, deck - 0.12), (x, deck), width=0.5)


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
    for i, x in s.spread(0.17):
        long = 0.1 + 0.3 * s.roll(450 + i % 57)
        s.shape([(x - 0.06, -1.3), (x + 0.06, -1.3), (x + 0.01, -1.0 + long)], mix(p.near, p.ink, 0.25), 0.6)
    for k in range(9):
        x = (s.roll(470 + k) - 0.5) * 2 * s.half
        s.shape(
            [(x - 0.14, 0.2), (x - 0.05, 0.04), (x + 0.06, 0.08), (x + 0.15, 0.2)],
            mix(p.mid, p.near, 0.85),
            0.6,
        )


def station(s: Scene) -> None:
    _sky(s)
    p = s.palette
    ground(s, mix(p.far, p.paper, 0.2))
    w = s.half + 1
    s.box(-w, -0.62, w, -0.04, mix(p.mid, p.near, 0.25), 0.9)
    s.box(-w, -0.2, w, -0.14, mix(p.accent, p.mid, 0.45), 0.5)
    for i, x in s.spread(0.42):
        if i % 4:
            s.box(
                x - 0.13, -0.53, x + 0.13, -0.28, s.lit if s.night else mix(p.sky, (255, 255, 255), 0.4), 0.7
            )
        else:
            s.box(x - 0.1, -0.56, x + 0.1, -0.05, mix(p.mid, p.near, 0.6), 0.7)
    s.box(-w, -0.98, w, -0.9, mix(p.mid, p.near, 0.5), 0.7)
    for _, x in s.spread(0.9, 0.5):
        s.box(x - 0.02, -0.9, x + 0.02, 0.08, p.near, 0.5)
    s.stroke((-w, 0.12), (w, 0.12), width=1.6)
    floor_lines(s, fan=False)


def car(s: Scene) -> None:
    street(s)
    p = s.palette
    x, y = -min(0.35, s.half * 0.4), 0.17
    body = mix(p.near, p.mid, 0.35)
    s.shape([(x - 0.46, y), (x - 0.46, y - 0.13), (x - 0.3, y - 0.17), (x - 0.2, y - 0.32), (x + 0.14, y - 0.32), (x + 0.27, y - 0.17), (x + 0.47, y - 0.13), (x + 0.48, y)],
            body, 1.0)  # fmt: skip
    s.shape(
        [(x - 0.23, y - 0.17), (x - 0.16, y - 0.29), (x - 0.03, y - 0.29), (x - 0.03, y - 0.17)],
        mix(p.sky, p.paper, 0.5),
        0.6,
    )
    s.shape(
        [(x + 0.0, y - 0.17), (x + 0.0, y - 0.29), (x + 0.12, y - 0.29), (x + 0.21, y - 0.17)],
        mix(p.sky, p.paper, 0.5),
        0.6,
    )
    for wx in (x - 0.27, x + 0.28):
        s.disc(wx, y, 0.085, p.ink, 0.7)
        s.disc(wx, y, 0.04, p.far, 0.5)
    s.disc(x + 0.46, y - 0.08, 0.025, s.lit, 0.5)


OUTSIDE: Mapping[str, Callable[[Scene], None]] = {
    "field": field, "sea": sea, "river": river, "mountain": mountain, "forest": forest, "street": street, "roofs": roofs,
    "lighthouse": lighthouse, "bridge": bridge, "space": space, "cave": cave, "train": station, "car": car,
}  # fmt: skip
