"""Draw a head: face and expression, from the front, three quarters, the side or behind.

Local units: the head is 1 high, its middle is (0, 0), it faces right.
"""

from __future__ import annotations

from math import cos, sin

from kitsumy_core.render.sketching.hair import Face, draw_back_of_head, draw_hair, draw_hair_behind, draw_hat
from kitsumy_core.render.sketching.ink import Pen, Place, mix, oval

# brow: inner and outer lift, mouth bend (+ smile), mouth opening, eye size
_MOODS: dict[str, tuple[float, float, float, float, float]] = {
    "neutral": (0.0, 0.0, 0.012, 0.0, 1.0),
    "calm": (0.012, 0.0, 0.03, 0.0, 0.9),
    "tender": (0.035, -0.01, 0.045, 0.0, 0.95),
    "joyful": (0.03, 0.03, 0.07, 0.05, 1.0),
    "hopeful": (0.04, 0.015, 0.05, 0.0, 1.1),
    "melancholic": (0.05, -0.03, -0.03, 0.0, 0.85),
    "tense": (0.03, -0.015, -0.02, 0.0, 1.15),
    "angry": (-0.06, 0.035, -0.04, 0.0, 0.9),
    "eerie": (0.055, 0.0, -0.02, 0.035, 1.3),
    "mysterious": (-0.01, 0.035, 0.012, 0.0, 0.9),
    "ominous": (-0.03, 0.01, -0.025, 0.0, 1.0),
    "surprised": (0.07, 0.06, 0.0, 0.07, 1.35),
}


def draw_head(pen: Pen, face: Face) -> None:
    """Draw a head at the origin of the pen's warp."""
    angle = -face.tilt * 0.45
    c, s = cos(angle), sin(angle)
    narrow = {"thin": 0.9, "big": 1.08}.get(face.look.build, 1.0) * (
        1.05 if face.look.age == "child" else 1.0
    )
    with pen.bent(lambda u, v: (u * narrow * c - v * s, u * narrow * s + v * c)):
        if face.back:
            draw_back_of_head(pen, face)
            return
        draw_hair_behind(pen, face)
        _skull(pen, face)
        if face.pixels > 11:
            _features(pen, face)
        draw_hair(pen, face)
        if face.pixels > 26 and face.look.glasses:
            _glasses(pen, face)
        draw_hat(pen, face)


def _ring(face: Face) -> list[Place]:
    if face.turn > 0.8:
        return [
            (0.0, -0.5), (0.2, -0.46), (0.325, -0.3), (0.345, -0.1), (0.335, -0.02), (0.41, 0.07), (0.455,
            0.125),
            (0.43, 0.165), (0.355, 0.18), (0.375, 0.235), (0.35, 0.275), (0.345, 0.34), (0.32, 0.43), (0.22,
            0.475),
            (0.05, 0.42), (-0.12, 0.33), (-0.3, 0.2), (-0.39, -0.05), (-0.37, -0.28), (-0.22, -0.45),
        ]  # fmt: skip
    t = face.turn
    jaw = {"big": 0.05, "thin": -0.02}.get(face.look.build, 0.0) - (0.01 if face.look.woman else 0.0)
    chin = 0.43 if face.look.age == "child" else 0.475
    return [
        (0.0, -0.5), (0.24, -0.45), (0.37, -0.24), (0.375, 0.02), (0.325 + 0.02 * t, 0.22 + jaw),
        (0.2 + jaw + 0.1 * t, chin - 0.07), (0.04 + 0.16 * t, chin), (-0.08 + 0.14 * t, chin - 0.005),
        (-0.22 - jaw + 0.1 * t, chin - 0.09), (-0.33, 0.2 + jaw), (-0.375, 0.0), (-0.37, -0.24), (-0.24,
        -0.45),
    ]  # fmt: skip


def _skull(pen: Pen, face: Face) -> None:
    if face.turn <= 0.8:
        ear_x = -0.37 + 0.06 * face.turn
        pen.shape(oval(ear_x, 0.04, 0.06, 0.095), face.skin, 0.8)
        if face.turn < 0.2:
            pen.shape(oval(0.37, 0.04, 0.06, 0.095), face.skin, 0.8)
    ring = _ring(face)
    pen.shape(ring, face.skin, 0.0)
    shade = mix(face.skin, pen.ink, 0.13)
    pen.shape(
        [(-0.36, -0.2), (-0.22, 0.0), (-0.18, 0.22), (0.0, 0.44), (-0.12, 0.45), (-0.3, 0.24)], shade, 0.0
    )
    pen.shape(ring, None, 1.0)
    if face.turn > 0.8:
        pen.stroke([(-0.06, -0.02), (-0.12, 0.0), (-0.11, 0.12), (-0.04, 0.13)], 0.8)


def _features(pen: Pen, face: Face) -> None:
    inner, outer, bend, opening, size = _MOODS.get(face.mood, _MOODS["neutral"])
    t = face.turn
    cx = 0.16 * t if t <= 0.8 else 0.24
    eye_y = 0.0 - 0.03 * face.tilt
    eyes = [(cx - 0.15, 1.0), (cx + 0.15 - 0.03 * t, 0.95)] if t <= 0.8 else [(cx, 1.0)]
    for x, part in eyes:
        _eye(pen, face, x, eye_y, size * part)
        side = 1.0 if x >= cx and t <= 0.8 else -1.0
        half = 0.075
        a, b = (x - side * half, eye_y - 0.13 - inner), (x + side * half, eye_y - 0.13 - outer)
        if t > 0.8:
            a, b = b, a
        heavy = 2.0 if face.look.age == "old" or face.look.beard else 1.35
        brow = (
            mix(face.look.hair_colour, pen.ink, 0.65)
            if face.look.age != "old"
            else mix(face.look.hair_colour, pen.ink, 0.4)
        )
        pen.stroke([a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - 0.02), b], heavy, ink=brow)
    if t <= 0.8:
        nose = cx + 0.02
        pen.stroke([(nose + 0.01, 0.02), (nose + 0.05 + 0.04 * t, 0.125), (nose - 0.01, 0.14)], 0.8)
    if face.mood in ("tender", "joyful") or face.look.age == "child":
        blush = mix(face.skin, (226, 104, 92), 0.3)
        for x in (cx - 0.22, cx + 0.2) if t <= 0.8 else (cx - 0.06,):
            pen.fill(oval(x, 0.13, 0.06, 0.035, corners=14), blush)
    if face.tears:
        for x in [x for x, _ in eyes]:
            pen.shape(
                [(x + 0.02, 0.07), (x + 0.06, 0.17), (x + 0.02, 0.21), (x - 0.02, 0.17)], (214, 234, 244), 0.6
            )
    _mouth(pen, face, cx, bend, opening)
    if face.pixels > 34:
        _marks(pen, face, cx)


def _eye(pen: Pen, face: Face, x: float, y: float, size: float) -> None:
    if face.eyes_shut:
        pen.stroke([(x - 0.06, y), (x, y + 0.03), (x + 0.06, y)], 1.1)
        return
    if face.pixels < 90:
        pen.fill(oval(x + 0.015, y, 0.032 * size, 0.05 * size, corners=12), pen.ink)
        return
    half, tall = 0.082, 0.052 * size
    pen.shape([(x - half, y + 0.012), (x - 0.03, y - tall), (x + 0.04, y - tall), (x + half, y + 0.005),
        (x + 0.02, y + tall)],
              (250, 247, 240), 0.5)  # fmt: skip
    gaze = 0.018 if face.turn > 0.2 else 0.0
    pen.fill(oval(x + gaze, y - 0.004, 0.036, 0.042, corners=16), mix((112, 92, 76), pen.ink, 0.3))
    pen.fill(oval(x + gaze, y - 0.004, 0.02, 0.024, corners=12), pen.ink)
    pen.fill(oval(x + gaze - 0.012, y - 0.018, 0.009, 0.011, corners=10), (255, 253, 248))
    pen.stroke([(x - half, y + 0.012), (x - 0.03, y - tall), (x + 0.04, y - tall), (x + half * 1.1, y)], 1.3)
    if face.look.woman:
        pen.stroke([(x + half * 0.9, y - 0.012), (x + half * 1.35, y - 0.045)], 0.9)
    if face.look.age == "old" or face.mood in ("melancholic", "tense"):
        pen.stroke([(x - 0.05, y + tall + 0.035), (x, y + tall + 0.05), (x + 0.05, y + tall + 0.035)], 0.45)


def _mouth(pen: Pen, face: Face, cx: float, bend: float, opening: float) -> None:
    y, half = 0.275, 0.095
    cx = cx + (0.015 if face.turn <= 0.8 else 0.06)
    if face.turn > 0.8:
        half = 0.05
    if face.speaking:
        opening = max(opening, 0.05)
    if opening > 0.02 and face.pixels > 18:
        dark = mix(pen.ink, (120, 40, 40), 0.4)
        top = y - bend * 0.5
        pen.shape([(cx - half * 0.8, top - 0.01), (cx, top), (cx + half * 0.8, top - 0.01), (cx + half * 0.5,
            y + opening),
                   (cx, y + opening * 1.25), (cx - half * 0.5, y + opening)], dark, 0.7)  # fmt: skip
        if face.pixels > 70:
            pen.fill(oval(cx, y + opening * 0.75, half * 0.45, opening * 0.35, corners=12), (204, 108, 100))
        return
    pen.stroke([(cx - half, y - bend * 0.6), (cx, y + bend * 0.7), (cx + half, y - bend * 0.6)], 1.1)
    if face.pixels > 90:
        pen.stroke([(cx - 0.04, y + 0.06), (cx + 0.035, y + 0.06)], 0.6)


def _marks(pen: Pen, face: Face, cx: float) -> None:
    look = face.look
    if look.age == "old":
        for side in (-1, 1):
            pen.stroke([(cx + side * 0.1, 0.15), (cx + side * 0.17, 0.22), (cx + side * 0.165, 0.29)], 0.6)
        pen.stroke([(cx - 0.14, -0.27), (cx, -0.285), (cx + 0.13, -0.27)], 0.5)
    if look.freckles:
        for dx, dy in ((-0.17, 0.09), (-0.12, 0.12), (-0.2, 0.13), (0.12, 0.1), (0.17, 0.13), (0.09, 0.14)):
            pen.dot(cx + dx, 0.0 + dy, 0.006 * face.pixels, mix(face.skin, (150, 80, 50), 0.7))
    if look.beard:
        shape = [(cx - 0.3, 0.12), (cx - 0.17, 0.2), (cx, 0.19), (cx + 0.17, 0.2), (cx + 0.22, 0.12),
            (cx + 0.2, 0.42),
                 (cx + 0.04, 0.62), (cx - 0.14, 0.56), (cx - 0.28, 0.36)]  # fmt: skip
        pen.shape(shape, look.hair_colour, 0.9)
        pen.stroke([(cx - 0.07, 0.3), (cx, 0.29), (cx + 0.07, 0.3)], 1.1)
    if look.beard or look.moustache:
        pen.shape([(cx - 0.2, 0.3), (cx - 0.14, 0.2), (cx + 0.01, 0.17), (cx + 0.15, 0.2), (cx + 0.2, 0.3),
            (cx + 0.08, 0.27),
                   (cx + 0.01, 0.25), (cx - 0.08, 0.27)], look.hair_colour, 0.8)  # fmt: skip
    if look.pipe:
        pen.stroke([(cx + 0.08, 0.3), (cx + 0.22, 0.36), (cx + 0.3, 0.34)], 1.8, taper=False)
        pen.shape(
            [(cx + 0.26, 0.25), (cx + 0.36, 0.25), (cx + 0.35, 0.39), (cx + 0.28, 0.39)],
            mix(pen.ink, (140, 84, 50), 0.6),
            0.8,
        )


def _glasses(pen: Pen, face: Face) -> None:
    cx = 0.16 * face.turn
    if face.turn > 0.8:
        pen.shape(oval(0.27, 0.01, 0.075, 0.1), None, 0.9)
        pen.stroke([(0.2, -0.01), (-0.08, -0.03)], 0.8, taper=False)
        return
    for x in (cx - 0.15, cx + 0.14):
        pen.shape(oval(x, 0.01, 0.115, 0.11), None, 0.9)
    pen.stroke([(cx - 0.04, 0.0), (cx, -0.02), (cx + 0.03, 0.0)], 0.9, taper=False)
    pen.stroke([(cx - 0.26, 0.0), (-0.37, -0.02)], 0.8, taper=False)
