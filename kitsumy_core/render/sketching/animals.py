"""Draw animals and a robot as simple characters. Local units: about one high, feet at 0.5, facing right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi, sin

from kitsumy_core.render.sketching.body import Actor
from kitsumy_core.render.sketching.ink import Colour, Pen, Place, mix, oval, smooth


def draw_animal(pen: Pen, actor: Actor) -> None:
    """Draw an actor that is no human; the middle of its body is where a human's face would be."""
    h, d = actor.head, actor.direction
    with pen.bent(lambda u, v: (actor.x + u * h * d, actor.y + v * h)):
        _ANIMALS.get(actor.look.kind, _four_legs)(pen, actor)


def _eye(pen: Pen, actor: Actor, x: float, y: float, size: float = 0.035) -> None:
    if actor.pose.eyes_shut:
        pen.stroke([(x - 0.05, y), (x, y + 0.025), (x + 0.05, y)], 0.9)
        return
    pen.dot(x, y, size * actor.head)
    pen.dot(x - 0.012, y - 0.014, size * 0.35 * actor.head, (255, 252, 244))


def _hedgehog(pen: Pen, actor: Actor) -> None:
    spikes: list[Place] = []
    rim = [
        (0.16, -0.26),
        (0.06, -0.4),
        (-0.1, -0.48),
        (-0.28, -0.46),
        (-0.44, -0.36),
        (-0.55, -0.18),
        (-0.6, 0.02),
        (-0.58, 0.22),
        (-0.5, 0.38),
    ]
    for i, (x, y) in enumerate(rim):
        out = 1.2 if i % 2 else 1.26
        spikes.append((x, y))
        if i + 1 < len(rim):
            nx, ny = (x + rim[i + 1][0]) / 2, (y + rim[i + 1][1]) / 2
            spikes.append(((nx + 0.08) * out - 0.1, ny * out))
    coat = mix((112, 84, 66), actor.colour, 0.3)
    for x in (-0.34, -0.16, 0.08, 0.26):
        pen.shape(oval(x + 0.03, 0.46, 0.08, 0.05), mix((222, 190, 154), pen.ink, 0.15), 0.8)
    pen.shape([(0.0, -0.2), (0.22, -0.18), (0.4, 0.02), (0.66, 0.16), (0.68, 0.22), (0.5, 0.32), (0.3, 0.44),
        (-0.1, 0.46), (-0.3, 0.3)],
              (228, 200, 164), 1.0)  # fmt: skip
    pen.shape([*spikes, (-0.2, 0.44), (0.1, 0.4), (0.02, 0.2), (0.14, 0.02)], coat, 1.0, soft=False)
    for k in range(16):
        x, y = -0.48 + 0.15 * (k % 4) + 0.04 * (k // 4 % 2), -0.3 + 0.17 * (k // 4)
        pen.stroke([(x, y), (x - 0.09, y - 0.05)], 0.7, ink=mix(coat, (250, 236, 214), 0.55))
    pen.shape(oval(0.14, -0.12, 0.085, 0.085), (214, 178, 144), 0.8)
    pen.dot(0.68, 0.185, 0.05 * actor.head)
    _eye(pen, actor, 0.37, 0.09, 0.045)
    pen.stroke([(0.56, 0.27), (0.48, 0.31), (0.42, 0.29)], 0.8)


def _four_legs(pen: Pen, actor: Actor) -> None:
    kind = actor.look.kind
    fur = _FUR.get(kind, (150, 130, 112))
    fur = mix(fur, actor.colour, 0.25)
    dark = mix(fur, pen.ink, 0.25)
    unit = actor.head
    legs = 0.62 if kind == "horse" else 0.5
    tail = _TAILS.get(kind)
    if tail:
        width = {"fox": 0.24, "horse": 0.14}.get(kind, 0.1) * unit
        path = smooth(tail, steps=5)
        sizes = [
            width * (0.55 + 0.45 * sin(pi * (0.25 + 0.7 * k / (len(path) - 1)))) for k in range(len(path))
        ]
        pen.limb(path, sizes, pen.ink, pen.line * 0.55)
        pen.limb(path, sizes, fur)
        if kind == "fox":
            pen.limb(path[-3:], [size * 0.9 for size in sizes[-3:]], (244, 232, 214))
    for x, tone in ((-0.3, dark), (0.16, dark), (-0.42, fur), (0.06, fur)):
        path = [(x, 0.12), (x + 0.02, legs - 0.04)]
        pen.limb(path, [0.17 * unit, 0.12 * unit], pen.ink, pen.line * 0.55)
        pen.limb(path, [0.17 * unit, 0.12 * unit], tone)
    pen.shape(
        [(-0.56, 0.0), (-0.42, -0.2), (-0.05, -0.2), (0.2, -0.22), (0.28, 0.06), (0.1, 0.24), (-0.36, 0.26)],
        fur,
        1.0,
    )
    pen.shape([(0.06, -0.2), (0.2, -0.12), (0.26, 0.04), (0.12, 0.02)], actor.colour, 0.8)
    _animal_head(pen, actor, fur)


def _animal_head(pen: Pen, actor: Actor, fur: Colour) -> None:
    kind = actor.look.kind
    for ear in _EARS.get(kind, _EARS["dog"]):
        pen.shape(list(ear), mix(fur, pen.ink, 0.12), 0.9, soft=kind not in ("cat", "fox"))
    pen.shape(
        [
            (0.08, -0.3),
            (0.16, -0.52),
            (0.36, -0.56),
            (0.54, -0.42),
            (0.56, -0.22),
            (0.4, -0.1),
            (0.18, -0.12),
        ],
        fur,
        1.0,
    )
    snout = mix(fur, (255, 246, 232), 0.5)
    far = 0.74 if kind in ("horse", "dog", "fox") else 0.62
    pen.shape(
        [(0.4, -0.3), (far - 0.08, -0.29), (far, -0.22), (far - 0.06, -0.13), (0.44, -0.12), (0.36, -0.2)],
        snout,
        0.9,
    )
    pen.dot(far - 0.03, -0.245, 0.04 * actor.head)
    _eye(pen, actor, 0.38, -0.36, 0.04)
    if kind in ("cat", "mouse", "rabbit"):
        for k in (-0.04, 0.02, 0.08):
            pen.stroke([(0.5, -0.19), (0.76, -0.2 + k)], 0.45)
    pen.stroke([(far - 0.04, -0.17), (0.52, -0.15), (0.47, -0.17)], 0.7)


def _bird(pen: Pen, actor: Actor) -> None:
    coat = mix((84, 84, 96), actor.colour, 0.45)
    for x in (-0.02, 0.12):
        pen.stroke([(x, 0.28), (x + 0.01, 0.48), (x + 0.12, 0.5)], 1.3, soft=False)
    pen.shape([(-0.62, 0.34), (-0.36, 0.06), (-0.1, -0.16), (0.1, -0.42), (0.32, -0.48), (0.46, -0.34),
        (0.42, -0.1), (0.32, 0.16), (0.08, 0.34), (-0.26, 0.3)],
              coat, 1.0)  # fmt: skip
    pen.shape(
        [(-0.5, 0.26), (-0.2, -0.06), (0.08, -0.06), (0.1, 0.14), (-0.14, 0.24)],
        mix(coat, pen.ink, 0.25),
        0.9,
    )
    pen.shape([(0.42, -0.38), (0.68, -0.28), (0.43, -0.24)], (226, 168, 72), 0.9, soft=False)
    _eye(pen, actor, 0.31, -0.34, 0.04)


def _robot(pen: Pen, actor: Actor) -> None:
    steel = mix((176, 184, 190), actor.colour, 0.35)
    unit = actor.head
    for side in (-1, 1):
        for path in (
            [(side * 0.16, 0.3), (side * 0.18, 0.5)],
            [(side * 0.3, 0.0), (side * 0.46, 0.2), (side * 0.4, 0.34)],
        ):
            pen.limb(path, [0.11 * unit] * len(path), pen.ink, pen.line * 0.55)
            pen.limb(path, [0.11 * unit] * len(path), mix(steel, pen.ink, 0.2))
    pen.shape([(-0.3, -0.1), (0.3, -0.1), (0.26, 0.34), (-0.26, 0.34)], actor.colour, 1.0, soft=False)
    pen.shape([(-0.34, -0.52), (0.34, -0.52), (0.34, -0.12), (-0.34, -0.12)], steel, 1.0, soft=False)
    pen.shape(
        [(-0.26, -0.44), (0.28, -0.44), (0.28, -0.22), (-0.26, -0.22)],
        mix(pen.ink, steel, 0.2),
        0.8,
        soft=False,
    )
    for x in (-0.08, 0.14):
        pen.dot(x, -0.33, 0.05 * unit, (250, 226, 140))
    pen.stroke([(0.0, -0.52), (0.0, -0.66)], 1.0)
    pen.dot(0.0, -0.68, 0.04 * unit, (226, 110, 80))


_FUR: Mapping[str, Colour] = {
    "cat": (168, 146, 124), "dog": (176, 136, 96), "fox": (206, 116, 60), "bear": (122, 88, 68),
    "rabbit": (206, 198, 188),
    "mouse": (158, 152, 154), "horse": (140, 98, 70),
}  # fmt: skip
_TAILS: Mapping[str, list[Place]] = {
    "cat": [(-0.5, 0.0), (-0.78, -0.2), (-0.66, -0.5)],
    "dog": [(-0.52, -0.06), (-0.7, -0.22), (-0.72, -0.4)],
    "fox": [(-0.5, 0.02), (-0.82, 0.14), (-1.04, 0.0)],
    "mouse": [(-0.5, 0.12), (-0.8, 0.2), (-1.0, 0.06)],
    "horse": [(-0.54, -0.06), (-0.68, 0.1), (-0.66, 0.36)],
}
_EARS: Mapping[str, tuple[tuple[Place, ...], ...]] = {
    "cat": (((0.12, -0.44), (0.14, -0.74), (0.3, -0.54)), ((0.3, -0.54), (0.46, -0.74), (0.5, -0.46))),
    "fox": (((0.1, -0.44), (0.12, -0.8), (0.3, -0.54)), ((0.3, -0.54), (0.44, -0.8), (0.5, -0.46))),
    "dog": (((0.12, -0.48), (0.02, -0.3), (0.06, -0.08), (0.2, -0.14), (0.24, -0.44)),),
    "bear": (tuple(oval(0.14, -0.54, 0.1, 0.1, corners=10)), tuple(oval(0.46, -0.56, 0.1, 0.1, corners=10))),
    "rabbit": (((0.14, -0.46), (0.04, -0.9), (0.16, -1.02), (0.28, -0.52)), ((0.3, -0.52), (0.32, -0.98),
    (0.46, -0.98), (0.44, -0.5))),
    "mouse": (tuple(oval(0.1, -0.52, 0.17, 0.18, corners=12)), tuple(oval(0.46, -0.6, 0.14, 0.15,
    corners=12))),
    "horse": (((0.16, -0.48), (0.16, -0.74), (0.28, -0.54)), ((0.02, -0.5), (-0.08, -0.2), (0.06, -0.1),
    (0.14, -0.4))),
}  # fmt: skip
_ANIMALS: Mapping[str, Callable[[Pen, Actor], None]] = {"hedgehog": _hedgehog, "bird": _bird, "robot": _robot}
