"""Describe a person in the frame: an actor, the proportions of a build, and where a pose puts the joints.

Units: heads, from the middle of the head, facing right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, radians, sin

from kitsumy_core.render.sketching.acting import STAND, Angles, Pose
from kitsumy_core.render.sketching.ink import Colour, Place
from kitsumy_core.render.sketching.looks import Look


@dataclass(frozen=True)
class Actor:
    """Somebody in the frame: middle and height of the head in panel pixels, and all that is drawn."""

    id: str
    name: str
    x: float
    y: float
    head: float
    colour: Colour
    skin: Colour
    look: Look = field(default_factory=Look)
    pose: Pose = STAND
    direction: int = 1
    turn: float = 0.45
    mood: str = "neutral"
    speaking: bool = False
    back: bool = False
    holds: str = ""
    """What is in the hand that a pose holds out: a key of THINGS or a prop of poses; "" = nothing."""


@dataclass(frozen=True)
class Body:
    """Lengths and half widths of a build, in heads."""

    shoulder: float
    hip: float
    torso: float
    thigh: float
    shin: float
    arm: float
    fore: float
    sleeve: float
    leg: float


@dataclass(frozen=True)
class Joints:
    """Where the joints of a posed body are, in heads from the middle of the head."""

    neck: Place
    near_arm: tuple[Place, Place, Place]
    far_arm: tuple[Place, Place, Place]
    hips: Place
    near_leg: tuple[Place, Place, Place]
    far_leg: tuple[Place, Place, Place]

    @property
    def lowest(self) -> float:
        legs = (*self.near_leg, *self.far_leg, self.hips)
        return max(p[1] for p in legs) + 0.12


_AGES = {
    "adult": Body(0.56, 0.36, 1.5, 1.15, 1.1, 0.82, 0.76, 0.34, 0.42),
    "old": Body(0.54, 0.4, 1.4, 1.0, 0.95, 0.76, 0.7, 0.36, 0.42),
    "child": Body(0.42, 0.3, 1.08, 0.72, 0.68, 0.58, 0.52, 0.29, 0.35),
}


def body_of(look: Look) -> Body:
    """Return the proportions of a look."""
    b = _AGES[look.age]
    wide = {"big": 1.3, "thin": 0.82}.get(look.build, 1.0) * (0.92 if look.woman else 1.0)
    long = 1.1 if look.tall else 1.0
    return Body(
        b.shoulder * wide, b.hip * wide * (1.12 if look.woman else 1.0), b.torso * (long + 1) / 2,
        b.thigh * long, b.shin * long,
        b.arm * (long + 1) / 2, b.fore * (long + 1) / 2, b.sleeve * (wide + 1) / 2, b.leg * (wide + 1) / 2,
    )  # fmt: skip


def joints_of(body: Body, pose: Pose, turn: float) -> Joints:
    """Return the joints of a body in a pose; `turn` 0 shows it from the front, 1 from the side."""
    lean = radians(pose.torso)
    along, across = (-sin(lean), cos(lean)), (cos(lean), sin(lean))
    neck = (0.0 + 0.3 * sin(-lean) * 0.4, 0.44 if abs(pose.torso) < 60 else 0.2)
    open_ = 1.0 - 0.72 * turn

    def on(start: Place, a: float, b: float) -> Place:
        return start[0] + along[0] * a + across[0] * b, start[1] + along[1] * a + across[1] * b

    hips = on(neck, body.torso, 0.0)
    shoulders = on(neck, 0.2, -body.shoulder * open_), on(neck, 0.2, body.shoulder * open_)
    sides = (hips[0] - body.hip * 0.62 * open_, hips[1]), (hips[0] + body.hip * 0.62 * open_, hips[1])
    return Joints(
        neck,
        _chain(shoulders[0], pose.near_arm, body.arm, body.fore),
        _chain(shoulders[1], pose.far_arm, body.arm, body.fore),
        hips,
        _chain(sides[0], pose.near_leg, body.thigh, body.shin),
        _chain(sides[1], pose.far_leg, body.thigh, body.shin),
    )


def _chain(start: Place, angles: Angles, upper: float, lower: float) -> tuple[Place, Place, Place]:
    a, b = radians(angles[0]), radians(angles[1])
    joint = (start[0] + upper * sin(a), start[1] + upper * cos(a))
    return start, joint, (joint[0] + lower * sin(b), joint[1] + lower * cos(b))
