"""Draw hair, hats and the back of a head.

Local units: the head is 1 high, its middle is (0, 0), it faces right.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

from kitsumy_core.render.sketching.ink import Colour, Pen, mix, oval
from kitsumy_core.render.sketching.looks import Look


@dataclass(frozen=True)
class Face:
    """What a head shows: `turn` 0 front to 1 profile, `tilt` + up, `pixels` its height on the panel."""

    look: Look
    skin: Colour
    colour: Colour
    mood: str = "neutral"
    turn: float = 0.45
    tilt: float = 0.0
    speaking: bool = False
    eyes_shut: bool = False
    tears: bool = False
    back: bool = False
    pixels: float = 60.0


def draw_hair_behind(pen: Pen, face: Face) -> None:
    look, hair = face.look, face.look.hair_colour
    if look.hat in ("scarf", "hood", "helmet"):
        return
    if look.hair == "long" or (look.hair == "short" and look.woman and look.age == "adult"):
        _locks(pen, mix(hair, pen.ink, 0.15), 0.78 if look.hair == "long" else 0.44)
    elif look.hair == "curly":
        for i in range(9):
            a = pi * (0.95 + i * 1.1 / 8)
            pen.shape(oval(0.46 * cos(a), -0.06 + 0.48 * sin(a), 0.17, 0.16), hair, 0.9)
    elif look.hair == "braids":
        for side in (-1, 1):
            pen.limb([(side * 0.33, 0.1), (side * 0.46, 0.38), (side * 0.42, 0.72)], [0.15 * face.pixels,
                0.14 * face.pixels, 0.07 * face.pixels],
                     pen.ink, pen.line * 0.55)  # fmt: skip
            pen.limb(
                [(side * 0.33, 0.1), (side * 0.46, 0.38), (side * 0.42, 0.72)],
                [0.15 * face.pixels, 0.14 * face.pixels, 0.07 * face.pixels],
                hair,
            )
            for k in range(3):
                v = 0.24 + 0.14 * k
                pen.stroke([(side * 0.36, v), (side * 0.47, v + 0.07)], 0.6)
    elif look.hair == "bun":
        pen.shape(oval(-0.22, -0.5, 0.16, 0.14), hair, 1.0)
    elif look.hair == "tail":
        pen.shape(
            [(-0.3, -0.3), (-0.52, -0.32), (-0.66, 0.0), (-0.6, 0.4), (-0.5, 0.2), (-0.42, -0.05)], hair, 1.0
        )


def _locks(pen: Pen, hair: Colour, low: float) -> None:
    """Let hair fall behind both cheeks, ending in points."""
    strand = mix(hair, pen.ink, 0.45) if sum(hair) > 240 else mix(hair, (255, 255, 255), 0.22)
    for side in (-1, 1):
        pen.shape([(side * 0.1, -0.46), (side * 0.36, -0.36), (side * 0.46, -0.02), (side * 0.44, low * 0.5),
            (side * 0.5, low - 0.08),
                   (side * 0.4, low), (side * 0.34, low - 0.1), (side * 0.26, low + 0.02), (side * 0.19,
                   low * 0.5), (side * 0.14, 0.0)],
                  hair, 1.0)  # fmt: skip
        for x in (0.28, 0.38):
            pen.stroke(
                [(side * x, 0.0), (side * (x + 0.02), low * 0.4), (side * (x - 0.01), low - 0.12)],
                0.6,
                ink=strand,
            )


def draw_hair(pen: Pen, face: Face) -> None:
    look, hair = face.look, face.look.hair_colour
    if look.hat == "helmet":
        return
    if look.hair == "bald":
        pen.shape([(-0.39, 0.06), (-0.41, -0.1), (-0.35, -0.18), (-0.31, -0.04), (-0.33, 0.1)], hair, 0.8)
        return
    if face.turn > 0.8:
        mass = [(0.31, -0.3), (0.2, -0.5), (-0.08, -0.57), (-0.34, -0.46), (-0.455, -0.18), (-0.42, 0.14),
            (-0.28, 0.3),
                (-0.18, 0.16), (-0.14, -0.04), (-0.02, -0.12), (0.1, -0.24), (0.22, -0.24)]  # fmt: skip
    else:
        side = 0.03 if look.age == "old" and not look.woman else 0.0
        mass = [(-0.39, 0.06), (-0.43, -0.2), (-0.31, -0.47), (0.0, -0.57 + side), (0.29, -0.48), (0.41,
            -0.24), (0.39, -0.03),
                (0.33, -0.17), (0.24, -0.3), (0.1, -0.25), (-0.04, -0.33), (-0.17, -0.24), (-0.28, -0.2),
                (-0.33, -0.04)]  # fmt: skip
        if look.hair == "fringe":
            mass[8:13] = [
                (0.27, -0.13),
                (0.18, -0.08),
                (0.1, -0.16),
                (-0.02, -0.08),
                (-0.13, -0.15),
                (-0.24, -0.07),
            ]
        elif look.hair == "bun":
            mass[8:13] = [(0.25, -0.33), (0.1, -0.38), (-0.05, -0.39), (-0.2, -0.33), (-0.29, -0.2)]
    pen.shape(mass, hair, 1.0)
    if face.pixels > 40 and not look.hat:
        strand = mix(hair, pen.ink, 0.45) if sum(hair) > 240 else mix(hair, (255, 255, 255), 0.25)
        for k in range(4):
            x = -0.3 + 0.11 * k
            pen.stroke([(x, -0.32 - 0.015 * k), (x + 0.06, -0.41), (x + 0.15, -0.47)], 0.6, ink=strand)


def draw_hat(pen: Pen, face: Face) -> None:
    """Draw what is worn on the head, if anything."""
    hat, cloth = face.look.hat, mix(face.colour, pen.ink, 0.42)
    if hat == "cap":
        _cap(pen, cloth)
    elif hat == "hat":
        _brimmed(pen, cloth)
    elif hat == "scarf":
        _scarf(pen, face)
    elif hat == "hood":
        outer, inner = oval(0.0, -0.02, 0.5, 0.58), oval(0.06, 0.02, 0.33, 0.42)
        pen.fill([*outer, (0.5, -0.02), *inner[::-1]], face.colour)
        pen.shape(outer, None, 1.0)
        pen.shape(inner, None, 0.9)
    elif hat == "helmet":
        pen.shape(oval(0.0, -0.02, 0.58, 0.6), None, 1.4)
        pen.stroke([(-0.36, -0.34), (-0.2, -0.48), (0.02, -0.53)], 1.6, ink=(250, 250, 245))
    elif hat == "crown":
        spikes = [(-0.38, -0.68), (-0.18, -0.5), (0.0, -0.74), (0.18, -0.5), (0.38, -0.68)]
        rim = [(-0.34, -0.36), *spikes, (0.34, -0.36)]
        pen.shape(rim, (232, 186, 76), 1.0, soft=False)
    elif hat == "wreath":
        for k in range(7):
            tone = ((206, 84, 84), (236, 196, 92), (120, 150, 88))[k % 3]
            pen.shape(oval(-0.36 + 0.12 * k, -0.36 - 0.1 * sin(pi * k / 6), 0.09, 0.08), tone, 0.7)


def _cap(pen: Pen, cloth: Colour) -> None:
    pen.shape([(-0.43, -0.22), (-0.42, -0.44), (-0.2, -0.63), (0.15, -0.62), (0.4, -0.42), (0.42, -0.22),
               (0.0, -0.27)], cloth, 1.0)  # fmt: skip
    peak = [(0.0, -0.27), (0.4, -0.25), (0.62, -0.17), (0.5, -0.13), (0.2, -0.17), (-0.1, -0.2)]
    pen.shape(peak, mix(cloth, pen.ink, 0.4), 0.9)


def _brimmed(pen: Pen, cloth: Colour) -> None:
    crown = [(-0.33, -0.3), (-0.3, -0.66), (-0.08, -0.74), (0.06, -0.68), (0.26, -0.7), (0.33, -0.32)]
    brim = [(-0.66, -0.2), (-0.35, -0.33), (0.35, -0.34), (0.68, -0.22), (0.35, -0.2), (-0.35, -0.18)]
    pen.shape(crown, cloth, 1.0)
    pen.shape(brim, cloth, 1.0)
    pen.stroke([(-0.32, -0.38), (0.0, -0.42), (0.32, -0.39)], 2.4, taper=False)


def _scarf(pen: Pen, face: Face) -> None:
    cloth = mix(face.colour, (255, 250, 240), 0.3)
    t = min(face.turn, 1.0)
    pen.shape([(0.26 + 0.05 * t, -0.32), (0.1, -0.56), (-0.2, -0.57), (-0.44, -0.34), (-0.47, 0.0), (-0.38,
        0.34), (-0.12, 0.56),
               (0.12 + 0.1 * t, 0.5), (-0.1, 0.4), (-0.27, 0.22), (-0.29, -0.02), (-0.17, -0.24), (0.05,
               -0.3)], cloth, 1.0)  # fmt: skip
    if t <= 0.8:
        pen.shape([(0.12, -0.56), (0.36, -0.4), (0.43, -0.05), (0.36, 0.28), (0.16, 0.54), (0.24, 0.38),
            (0.335, 0.2), (0.36, -0.05),
                   (0.29, -0.26), (0.05, -0.3)], cloth, 1.0)  # fmt: skip
    knot = (0.06 + 0.12 * t, 0.55)
    pen.shape([(knot[0], knot[1] - 0.05), (knot[0] + 0.16, knot[1] + 0.12), (knot[0] + 0.02, knot[1] + 0.07),
               (knot[0] - 0.12, knot[1] + 0.16)], cloth, 0.9)  # fmt: skip
    if face.pixels > 40:
        for x, y in ((-0.3, -0.35), (-0.12, -0.45), (-0.38, 0.0), (-0.3, 0.3), (0.12, -0.42), (-0.2, -0.28)):
            pen.dot(x, y, 0.028 * face.pixels, mix(face.colour, pen.ink, 0.15))


def draw_back_of_head(pen: Pen, face: Face) -> None:
    look, hair = face.look, face.look.hair_colour
    for side in (-1, 1):
        pen.shape(oval(side * 0.38, 0.04, 0.06, 0.1), face.skin, 0.9)
    covered = look.hat in ("scarf", "hood")
    mass = mix(face.colour, (255, 250, 240), 0.25) if covered else face.skin if look.hair == "bald" else hair
    long = (look.hair == "long" or (look.hair == "short" and look.woman)) and not covered
    low = (0.72 if look.hair == "long" else 0.46) if long else 0.34
    nape = 0.27 if long else 0.2
    pen.shape([(0.0, -0.56), (0.27, -0.49), (0.4, -0.24), (0.39, 0.02), (0.34, 0.16), (nape, low - 0.03),
        (0.08, low + 0.03), (-0.08, low),
               (-nape, low - 0.02), (-0.34, 0.16), (-0.39, 0.02), (-0.4, -0.24), (-0.27, -0.49)],
              mass, 1.1)  # fmt: skip
    strand = mix(mass, pen.ink, 0.4) if sum(mass) > 240 else mix(mass, (255, 255, 255), 0.22)
    if not covered:
        for x, top, end in (
            (-0.24, -0.3, 0.0),
            (-0.1, -0.42, -0.12),
            (0.08, -0.4, -0.05),
            (0.22, -0.3, 0.04),
            (0.0, 0.05, low - 0.1),
        ):
            pen.stroke([(x * 0.7, top), (x * 1.05, (top + end) / 2), (x, end)], 0.6, ink=strand)
    if look.hair == "bun" and not covered:
        pen.shape(oval(0.0, -0.34, 0.17, 0.16), hair, 1.0)
    if look.hair == "braids" and not covered:
        for side in (-1, 1):
            path = [(side * 0.25, 0.25), (side * 0.3, 0.55), (side * 0.28, 0.8)]
            pen.limb(path, [0.13 * face.pixels] * 3, pen.ink, pen.line * 0.55)
            pen.limb(path, [0.13 * face.pixels] * 3, hair)
    if look.hat == "cap":
        cloth = mix(face.colour, pen.ink, 0.42)
        pen.shape([(-0.43, -0.16), (-0.42, -0.42), (-0.2, -0.62), (0.18, -0.62), (0.41, -0.42), (0.43, -0.16),
                   (0.0, -0.1)], cloth, 1.1)  # fmt: skip
        pen.stroke([(-0.42, -0.22), (0.0, -0.16), (0.42, -0.22)], 0.8)
    elif look.hat in ("hat", "helmet", "crown"):
        draw_hat(pen, face)
