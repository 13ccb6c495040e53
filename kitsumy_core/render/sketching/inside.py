"""Draw rooms from a few tones: kitchen, school, café, office, workshop, library, ward, stair and others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kitsumy_core.render.sketching.ink import mix
from kitsumy_core.render.sketching.scene import Scene, door, room, window


def plain(s: Scene) -> None:
    """Draw a lived-in room: window, picture, cupboard, lamp."""
    room(s)
    p = s.palette
    side = _side(s)
    window(s, -side, -0.86, 0.42, 0.46)
    s.box(side - 0.02, -0.88, side + 0.26, -0.68, mix(p.paper, p.far, 0.4), 0.8)
    s.shape([(side + 0.02, -0.7), (side + 0.1, -0.8), (side + 0.16, -0.74), (side + 0.22, -0.7)], p.mid, 0.5)
    _cupboard(s, side + 0.12)
    hanging_lamp(s, 0.0)


def kitchen(s: Scene) -> None:
    room(s)
    p = s.palette
    side = _side(s)
    window(s, -side * 0.35, -0.88, 0.4, 0.44)
    _stove(s, side)
    door(s, -side - 0.12 if s.half > 1.1 else side * 0.35 + 0.2)
    s.box(side - 0.28, -0.92, side + 0.3, -0.9, mix(p.mid, p.near, 0.4), 0.7)
    for k in range(4):
        x = side - 0.22 + 0.15 * k
        s.shape(
            [(x - 0.045, -0.92), (x - 0.05, -0.99), (x + 0.05, -0.99), (x + 0.045, -0.92)],
            mix(p.paper, p.accent, 0.12 * k),
            0.6,
        )
    hanging_lamp(s, 0.08)


def _stove(s: Scene, x: float) -> None:
    p = s.palette
    s.box(x - 0.24, -0.44, x + 0.24, 0.02, mix(p.mid, p.near, 0.55), 0.9)
    s.box(x - 0.27, -0.47, x + 0.27, -0.43, mix(p.near, p.ink, 0.25), 0.8)
    s.box(x - 0.13, -0.32, x + 0.13, -0.12, mix(p.accent, p.near, 0.35), 0.8)
    s.box(x + 0.1, -1.5, x + 0.17, -0.47, mix(p.mid, p.near, 0.7), 0.7)
    s.shape([(x - 0.2, -0.47), (x - 0.21, -0.58), (x - 0.02, -0.58), (x - 0.03, -0.47)], p.far, 0.8)
    s.stroke((x - 0.12, -0.61), (x - 0.09, -0.68), (x - 0.13, -0.74), (x - 0.1, -0.8), width=0.6)


def hanging_lamp(s: Scene, x: float) -> None:
    """Hang a lamp from above with its cone of light."""
    p = s.palette
    if s.night:
        s.disc(x, -0.95, 0.2, mix(p.far, p.accent, 0.3), 0.0)
        s.disc(x, -0.95, 0.12, mix(p.far, p.accent, 0.6), 0.0)
    s.stroke((x, -2.0), (x, -1.06), width=0.7)
    s.shape(
        [(x - 0.15, -0.97), (x - 0.05, -1.07), (x + 0.05, -1.07), (x + 0.15, -0.97)],
        mix(p.near, p.mid, 0.3),
        0.8,
    )
    s.disc(x, -0.965, 0.04, s.lit, 0.5)


def _cupboard(s: Scene, x: float) -> None:
    p = s.palette
    wood = mix(p.mid, p.far, 0.3)
    s.box(x - 0.24, -0.42, x + 0.24, 0.03, wood, 0.8)
    s.stroke((x, -0.42), (x, 0.02), width=0.6)
    for k in (-0.05, 0.05):
        s.disc(x + k, -0.2, 0.012, p.near, 0.4)
    s.shape(
        [(x - 0.12, -0.42), (x - 0.15, -0.53), (x - 0.05, -0.53), (x - 0.08, -0.42)],
        mix(p.paper, p.far, 0.5),
        0.7,
    )
    for lean in (-0.07, 0.0, 0.06):
        s.stroke((x - 0.1, -0.53), (x - 0.1 + lean, -0.65), width=0.6)
        s.disc(x - 0.1 + lean, -0.66, 0.025, mix(p.accent, p.mid, 0.2), 0.4)


def school(s: Scene) -> None:
    room(s)
    p = s.palette
    s.box(-0.56, -0.92, 0.56, -0.36, mix(p.near, (52, 74, 66), 0.5), 1.0)
    for k in range(4):
        y = -0.8 + 0.1 * k
        s.pen.stroke(
            s.points((-0.42, y), (-0.1, y + 0.01), (0.1 + 0.2 * s.roll(k), y)),
            0.6,
            ink=mix(p.paper, p.mid, 0.3),
        )
    s.box(-0.56, -0.36, 0.56, -0.33, mix(p.far, p.paper, 0.4), 0.6)
    for _, x in s.spread(0.7, 0.5):
        if abs(x) > 0.7:
            window(s, x, -0.9, 0.36, 0.46)
    for _, x in s.spread(0.56, 0.5):
        s.shape(
            [(x - 0.22, -0.02), (x + 0.22, -0.02), (x + 0.25, 0.05), (x - 0.25, 0.05)],
            mix(p.mid, p.paper, 0.3),
            0.7,
        )
        for leg in (-0.2, 0.2):
            s.stroke((x + leg, 0.05), (x + leg * 1.05, 0.24), width=0.9)


def cafe(s: Scene) -> None:
    room(s)
    p = s.palette
    side = _side(s)
    window(s, -side * 0.6, -0.92, 0.72, 0.56, 2)
    s.box(side - 0.36, -0.3, side + 0.5, 0.04, mix(p.mid, p.near, 0.4), 0.9)
    s.box(side - 0.4, -0.34, side + 0.54, -0.3, mix(p.far, p.paper, 0.3), 0.8)
    s.box(side - 0.1, -0.5, side + 0.16, -0.34, mix(p.near, p.mid, 0.2), 0.8)
    for row in range(2):
        s.box(side - 0.3, -0.72 - 0.2 * row, side + 0.44, -0.7 - 0.2 * row, p.near, 0.5)
        for k in range(5):
            x = side - 0.24 + 0.14 * k
            s.box(
                x - 0.025,
                -0.82 - 0.2 * row,
                x + 0.025,
                -0.72 - 0.2 * row,
                mix(p.far, p.accent, 0.3 * s.roll(k + row * 9)),
                0.5,
            )
    for x in (-0.5, 0.0, 0.5):
        hanging_lamp(s, x)


def office(s: Scene) -> None:
    room(s)
    p = s.palette
    side = _side(s)
    window(s, -side * 0.7, -0.92, 0.6, 0.54, 3)
    for k in range(7):
        s.stroke((-side * 0.7 - 0.3, -0.9 + 0.04 * k), (-side * 0.7 + 0.3, -0.9 + 0.04 * k), width=0.4)
    _shelf(s, side + 0.1)
    s.box(-0.3, -0.24, 0.42, -0.2, mix(p.mid, p.near, 0.4), 0.8)
    s.box(-0.26, -0.2, -0.06, 0.04, mix(p.mid, p.near, 0.2), 0.7)
    s.box(0.18, -0.2, 0.38, 0.04, mix(p.mid, p.near, 0.2), 0.7)
    s.box(0.0, -0.43, 0.26, -0.26, p.near, 0.8)


def _shelf(s: Scene, x: float, w: float = 0.3, rows: int = 4) -> None:
    p = s.palette
    s.box(x - w, -0.2 * rows - 0.14, x + w, 0.03, mix(p.mid, p.near, 0.35), 0.8)
    for row in range(rows):
        low = -0.06 - 0.2 * row
        s.box(x - w + 0.03, low - 0.16, x + w - 0.03, low, mix(p.near, p.mid, 0.15), 0.5)
        at, k = x - w + 0.04, row * 31 + round(abs(x) * 10)
        while at < x + w - 0.07:
            k += 1
            thick, tall = 0.022 + 0.03 * s.roll(800 + k), 0.09 + 0.06 * s.roll(850 + k)
            tone = (p.far, p.paper, mix(p.accent, p.mid, 0.4), p.mid)[k % 4]
            s.box(at, low - tall, at + thick, low, tone, 0.35)
            at = at + thick + (0.04 if s.roll(880 + k) > 0.8 else 0.002)


def library(s: Scene) -> None:
    room(s)
    for i, x in s.spread(0.68):
        if i != 0 or s.half < 0.8:
            _shelf(s, x, 0.3, 5)
    if s.half >= 0.8:
        window(s, 0.0, -1.0, 0.36, 0.6)


def workshop(s: Scene) -> None:
    room(s, mix(s.palette.far, s.palette.mid, 0.4))
    p = s.palette
    side = _side(s)
    window(s, -side * 0.55, -0.9, 0.38, 0.4)
    s.box(side - 0.46, -0.36, side + 0.5, -0.3, mix(p.mid, p.near, 0.6), 0.9)
    for x in (side - 0.4, side + 0.44):
        s.box(x - 0.03, -0.3, x + 0.03, 0.05, mix(p.mid, p.near, 0.75), 0.7)
    for k in range(5):
        x = side - 0.34 + 0.17 * k
        s.stroke((x, -0.88), (x, -0.66), width=1.2)
        if k % 2:
            s.box(x - 0.05, -0.7, x + 0.05, -0.64, p.near, 0.6)
        else:
            s.shape([(x - 0.02, -0.72), (x + 0.02, -0.72), (x + 0.045, -0.5), (x - 0.02, -0.5)], p.far, 0.6)
    s.box(side - 0.3, -0.44, side - 0.06, -0.36, p.far, 0.7)
    door(s, -side - 0.1 if s.half > 1.15 else 0.15)
    for k in range(16):
        x, y = (s.roll(900 + k) - 0.5) * 2 * s.half, 0.06 + 0.25 * s.roll(930 + k)
        s.stroke((x, y), (x + 0.02, y - 0.025), (x + 0.045, y), (x + 0.03, y + 0.015), width=0.5)


def hospital(s: Scene) -> None:
    room(s, mix(s.palette.paper, s.palette.sky, 0.6))
    p = s.palette
    side = _side(s)
    window(s, -side * 0.5, -0.9, 0.5, 0.46)
    s.box(side - 0.5, -0.2, side + 0.42, -0.06, p.paper, 0.8)
    s.box(side + 0.4, -0.42, side + 0.45, 0.06, p.near, 0.7)
    s.shape(
        [(side + 0.12, -0.2), (side + 0.16, -0.28), (side + 0.38, -0.28), (side + 0.4, -0.2)],
        (250, 249, 244),
        0.7,
        soft=True,
    )
    s.stroke((side - 0.48, -0.06), (side - 0.48, 0.06), width=1.2)
    s.stroke((side + 0.56, 0.04), (side + 0.56, -0.8), width=0.9)
    s.box(side + 0.5, -0.8, side + 0.62, -0.62, mix(p.sky, p.paper, 0.5), 0.6)


def stair(s: Scene) -> None:
    room(s, mix(s.palette.far, s.palette.mid, 0.3))
    p = s.palette
    for k in range(9):
        y, x = -0.12 * k, -0.1 + 0.13 * k
        s.box(x, y - 0.12, s.half + 1.2, y + 0.02, mix(p.far, p.mid, 0.25 + 0.06 * k), 0.7)
    s.stroke((-0.1, -0.5), (0.4, -0.96), (1.07, -1.6), width=1.6)
    for k in range(5):
        x = -0.05 + 0.2 * k
        s.stroke((x, -0.54 - 0.18 * k), (x, -0.1 - 0.18 * k), width=0.7)
    window(s, -min(0.6, s.half * 0.6), -0.95, 0.26, 0.5, 0)


def lantern(s: Scene) -> None:
    """Draw the top of a lighthouse: great glass prisms, iron ribs, sky all round."""
    p = s.palette
    s.box(-s.half - 1, -3, s.half + 1, 0, mix(p.sky, (34, 40, 64), 0.45), 0.0)
    s.box(-s.half - 1, 0, s.half + 1, 3, mix(p.mid, p.near, 0.5), 0.8)
    for i, x in s.spread(0.36, 0.5):
        s.stroke((x, -2.4), (x, 0), width=1.5, soft=False)
        s.stroke((x, -0.55), (x + (0.36 if i % 2 else -0.36), -1.3), width=0.7, soft=False)
    s.stroke((-s.half - 1, -0.55), (s.half + 1, -0.55), width=0.9)
    for k in range(6):
        r = 0.42 - 0.06 * k
        s.disc(0.0, -0.55, r * 0.8, mix(mix(p.sky, p.paper, 0.5), p.accent, 0.16 * k), 0.7, r)
    s.box(-0.2, -0.12, 0.2, 0.04, mix(p.near, p.ink, 0.2), 0.8)
    s.box(-0.12, -0.14, 0.12, -0.1, p.mid, 0.6)


def carriage(s: Scene) -> None:
    """Draw the inside of a train or tram: windows in a row and seats."""
    room(s)
    p = s.palette
    for _, x in s.spread(0.62, 0.5):
        window(s, x, -0.86, 0.46, 0.38, 0)
        s.box(x - 0.24, -0.36, x + 0.24, 0.04, mix(p.accent, p.near, 0.6), 0.8)
    s.stroke((-s.half - 1, -1.0), (s.half + 1, -1.0), width=1.4)


def _side(s: Scene) -> float:
    """Return where furniture at the side stands: well out, but in sight."""
    return max(0.28, min(0.85, s.half - 0.35 - 0.3))


INSIDE: Mapping[str, Callable[[Scene], None]] = {
    "room": plain, "kitchen": kitchen, "school": school, "cafe": cafe, "office": office, "library": library,
    "workshop": workshop, "hospital": hospital, "stair": stair, "lantern": lantern, "train-in": carriage,
}  # fmt: skip
