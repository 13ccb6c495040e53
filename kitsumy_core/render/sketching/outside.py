"""Draw built places under the sky from a few tones, and list every place outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kitsumy_core.render.sketching.ink import mix
from kitsumy_core.render.sketching.nature import (
    cave,
    field,
    forest,
    mountain,
    river,
    sea,
    ship,
    sky,
    space,
)
from kitsumy_core.render.sketching.scene import Scene, floor_lines, ground


def street(s: Scene) -> None:
    sky(s)
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
    sky(s)
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
    for _, x in s.spread(0.2):
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


def station(s: Scene) -> None:
    sky(s)
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
    s.shape([(x - 0.46, y), (x - 0.46, y - 0.13), (x - 0.3, y - 0.17), (x - 0.2, y - 0.32), (x + 0.14,
        y - 0.32), (x + 0.27, y - 0.17), (x + 0.47, y - 0.13), (x + 0.48, y)],
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
    "field": field, "sea": sea, "ship": ship, "river": river, "mountain": mountain, "forest": forest,
    "street": street, "roofs": roofs,
    "lighthouse": lighthouse, "bridge": bridge, "space": space, "cave": cave, "train": station, "car": car,
}  # fmt: skip
