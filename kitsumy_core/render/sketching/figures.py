"""Draw a person: a jointed body hung from the head by a pose, dressed, in the character's colour.

Local units: the head is 1 high, its middle is (0, 0), the figure faces right; `direction` mirrors it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin

from kitsumy_core.render.sketching.acting import POSES
from kitsumy_core.render.sketching.body import Actor, Body, Joints, body_of, joints_of
from kitsumy_core.render.sketching.hair import Face
from kitsumy_core.render.sketching.heads import draw_head
from kitsumy_core.render.sketching.ink import Colour, Pen, Place, mix, oval


def draw_figure(pen: Pen, actor: Actor) -> Joints:
    """Draw an actor and return the joints it was drawn with."""
    body = body_of(actor.look)
    joints = joints_of(body, actor.pose, 0.0 if actor.back else actor.turn)
    h, d = actor.head, actor.direction
    with pen.bent(lambda u, v: (actor.x + u * h * d, actor.y + v * h)):
        _limbs_behind(pen, actor, body, joints)
        _torso(pen, actor, body, joints)
        _neck(pen, actor, joints)
        face = Face(
            actor.look, actor.skin, actor.colour, actor.mood, actor.turn, actor.pose.look, actor.speaking,
            actor.pose.eyes_shut, actor.pose.tears, actor.back, h,
        )  # fmt: skip
        draw_head(pen, face)
        _arm(pen, actor, body, joints.near_arm, actor.colour)
    return joints


def _tube(pen: Pen, path: Sequence[Place], widths: Sequence[float], colour: Colour, unit: float) -> None:
    sizes = [w * unit for w in widths]
    pen.limb(path, sizes, pen.ink, pen.line * 0.55)
    pen.limb(path, sizes, colour)


def _arm(pen: Pen, actor: Actor, body: Body, arm: tuple[Place, Place, Place], colour: Colour) -> None:
    u, w = actor.head, body.sleeve
    hand = arm[2]
    dx, dy = hand[0] - arm[1][0], hand[1] - arm[1][1]
    size = (dx * dx + dy * dy) ** 0.5 or 1.0
    dx, dy = dx / size, dy / size
    _tube(pen, [hand, (hand[0] + dx * 0.1, hand[1] + dy * 0.1)], [0.21, 0.19], actor.skin, u)
    if u > 40:
        thumb = (hand[0] + dx * 0.07 - dy * 0.13, hand[1] + dy * 0.07 + dx * 0.13)
        _tube(pen, [hand, thumb], [0.1, 0.08], actor.skin, u)
        pen.limb([hand, (hand[0] + dx * 0.08, hand[1] + dy * 0.08)], [0.19 * u, 0.17 * u], actor.skin)
    wide = 1.25 if actor.look.garment in ("hoodie", "robe", "coat") else 1.0
    _tube(pen, arm, [w, w * 0.9, w * 0.72 * wide], colour, u)
    if u > 30:
        a, b = arm[1], arm[2]
        n = (-(b[1] - a[1]) * 0.1, (b[0] - a[0]) * 0.1)
        pen.stroke([(a[0] + n[0], a[1] + n[1]), ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)], 0.5)


def _limbs_behind(pen: Pen, actor: Actor, body: Body, joints: Joints) -> None:
    u, shade = actor.head, mix(actor.colour, pen.ink, 0.24)
    _arm(pen, actor, body, joints.far_arm, shade)
    bare = actor.look.garment in ("dress",)
    trousers = actor.skin if bare else mix(mix(actor.colour, (120, 116, 120), 0.45), pen.ink, 0.42)
    for leg, tone in ((joints.far_leg, mix(trousers, pen.ink, 0.22)), (joints.near_leg, trousers)):
        _shoe(pen, actor, leg)
        thin = 0.62 if bare else 0.72
        _tube(pen, leg, [body.leg, body.leg * 0.86, body.leg * thin], tone, u)


def _shoe(pen: Pen, actor: Actor, leg: tuple[Place, Place, Place]) -> None:
    knee, ankle = leg[1], leg[2]
    dx, dy = ankle[0] - knee[0], ankle[1] - knee[1]
    size = (dx * dx + dy * dy) ** 0.5 or 1.0
    dx, dy = dx / size, dy / size
    ahead = (dy, -dx)
    long = 0.3 if actor.turn > 0.2 else 0.16
    toe = (ankle[0] + ahead[0] * long + dx * 0.06, ankle[1] + ahead[1] * long + dy * 0.06)
    heel = (ankle[0] - ahead[0] * 0.04, ankle[1] - ahead[1] * 0.04)
    _tube(pen, [heel, toe], [0.26, 0.2], mix(pen.ink, (120, 100, 90), 0.25), actor.head)


def _torso(pen: Pen, actor: Actor, body: Body, joints: Joints) -> None:
    n, hips = joints.neck, joints.hips
    near, far = joints.near_arm[0], joints.far_arm[0]
    garment = actor.look.garment
    half = max(body.hip * (1.0 - 0.35 * actor.turn), abs(far[0] - near[0]) * 0.36, 0.24)
    lean = radians(actor.pose.torso)
    ax, ay = cos(lean) * half, sin(lean) * half
    belly = 1.18 if actor.look.build == "big" else 0.96
    mid = ((n[0] + hips[0] * 1.4) / 2.4, (n[1] + hips[1] * 1.4) / 2.4)
    if garment in ("coat", "dress", "robe"):
        _skirt(pen, actor, joints, half)
    ring = [
        (n[0] + ax * 0.35, n[1] + ay * 0.35 - 0.02), (far[0] + cos(lean) * 0.1, far[1] - 0.1 * cos(lean)),
        (far[0] + cos(lean) * 0.14, far[1] + 0.12),
        (mid[0] + ax * belly, mid[1] + ay * belly), (hips[0] + ax, hips[1] + ay + 0.1), (hips[0] - ax,
        hips[1] - ay + 0.1),
        (mid[0] - ax * belly, mid[1] - ay * belly), (near[0] - cos(lean) * 0.14, near[1] + 0.12),
        (near[0] - cos(lean) * 0.1, near[1] - 0.1 * cos(lean)),
        (n[0] - ax * 0.35, n[1] - ay * 0.35 - 0.02),
    ]  # fmt: skip
    pen.shape(ring, actor.colour, 0.0)
    shade = mix(actor.colour, pen.ink, 0.16)
    pen.shape(
        [
            ring[9],
            ring[8],
            ring[7],
            ring[6],
            ring[5],
            (hips[0] - ax * 0.3, hips[1] + 0.06),
            (mid[0] - ax * 0.45, mid[1]),
        ],
        shade,
        0.0,
    )
    pen.shape(ring, None, 1.0)
    if actor.head > 26 and not actor.back:
        _details(pen, actor, joints, half)


def _skirt(pen: Pen, actor: Actor, joints: Joints, half: float) -> None:
    hips, garment = joints.hips, actor.look.garment
    share = {"coat": 0.72, "dress": 1.08, "robe": 1.6}[garment]
    flare = {"coat": 1.2, "dress": 1.5, "robe": 1.5}[garment]

    def hem(leg: tuple[Place, Place, Place]) -> Place:
        a, b = (
            (leg[0], leg[1])
            if share <= 1.1
            else (leg[0], ((leg[1][0] + leg[2][0]) / 2, (leg[1][1] + leg[2][1]) / 2))
        )
        k = share if share <= 1.1 else 1.0
        return a[0] + (b[0] - a[0]) * k, a[1] + (b[1] - a[1]) * k

    low = (hem(joints.near_leg), hem(joints.far_leg))
    left, right = min(low, key=lambda p: p[0]), max(low, key=lambda p: p[0])
    wide = half * flare * (0.55 if actor.pose.seat == "seat" else 1.0)
    mid_x, mid_y = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    cloth = actor.colour if garment != "coat" else mix(actor.colour, pen.ink, 0.06)
    ring = [
        (hips[0] - half, hips[1] - 0.25), (hips[0] + half, hips[1] - 0.25), (max(right[0], mid_x + wide),
        right[1]),
        (mid_x, mid_y + 0.08), (min(left[0], mid_x - wide), left[1]),
    ]  # fmt: skip
    pen.shape(ring, cloth, 1.0, soft=False)
    pen.stroke([(hips[0] + 0.05, hips[1]), (mid_x + 0.08, mid_y)], 0.7)
    pen.stroke([(hips[0] - half * 0.5, hips[1]), (mid_x - wide * 0.55, mid_y - 0.05)], 0.5)


def _details(pen: Pen, actor: Actor, joints: Joints, half: float) -> None:
    if abs(actor.pose.torso) > 50:
        return
    hips, garment = joints.hips, actor.look.garment
    x, y = joints.neck[0] + 0.16 * actor.turn, joints.neck[1]
    light = mix(actor.colour, (255, 250, 240), 0.55)
    if garment in ("shirt", "suit", "coat"):
        _collar_and_buttons(pen, actor, joints, light)
    elif garment == "hoodie":
        hood = [
            (x - 0.3, y),
            (x, y + 0.16),
            (x + 0.3, y),
            (x + 0.26, y + 0.16),
            (x, y + 0.3),
            (x - 0.26, y + 0.16),
        ]
        pen.shape(hood, mix(actor.colour, pen.ink, 0.2), 0.8)
        for side in (-1, 1):
            pen.stroke([(x + side * 0.07, y + 0.26), (x + side * 0.08, y + 0.56)], 0.7, ink=light)
    elif garment == "sweater":
        roll = [
            (x - 0.2, y - 0.06),
            (x + 0.2, y - 0.06),
            (x + 0.22, y + 0.1),
            (x, y + 0.15),
            (x - 0.22, y + 0.1),
        ]
        pen.shape(roll, light, 0.8)
        for k in range(3):
            row = hips[1] - 0.1 - 0.12 * k
            pen.stroke(
                [(hips[0] - half * 0.8, row), (hips[0], row + 0.03), (hips[0] + half * 0.8, row)], 0.45
            )
    else:
        pen.stroke([(x - 0.2, y + 0.03), (x, y + 0.2), (x + 0.2, y + 0.03)], 0.9)
    if garment in ("coat", "dress", "robe"):
        left, right, belt = hips[0] - half * 0.95, hips[0] + half * 0.95, hips[1] - 0.28
        pen.stroke([(left, belt), (hips[0], belt + 0.05), (right, belt)], 2.2, taper=False)


def _collar_and_buttons(pen: Pen, actor: Actor, joints: Joints, light: Colour) -> None:
    hips, t = joints.hips, actor.turn
    x, y = joints.neck[0] + 0.16 * t, joints.neck[1]
    pen.shape([(x - 0.16, y + 0.02), (x, y + 0.2), (x + 0.16, y + 0.02), (x + 0.2, y + 0.14),
               (x + 0.05, y + 0.36), (x, y + 0.26), (x - 0.05, y + 0.36), (x - 0.2, y + 0.14)],
              light, 0.7, soft=False)  # fmt: skip
    seam = [(x, y + 0.3), ((x + hips[0]) / 2 + 0.05, (y + hips[1]) / 2), (hips[0] + 0.1 * t, hips[1])]
    pen.stroke(seam, 0.6)
    for k in range(3):
        s = 0.35 + 0.22 * k
        pen.dot(x + (hips[0] - x) * s + 0.05, y + (hips[1] - y) * s, 0.022 * actor.head)


def _neck(pen: Pen, actor: Actor, joints: Joints) -> None:
    n = joints.neck
    lean = radians(actor.pose.torso)
    low = (n[0] - sin(lean) * 0.1, n[1] + cos(lean) * 0.1)
    _tube(pen, [(0.0, 0.2), low], [0.26, 0.28], mix(actor.skin, pen.ink, 0.12), actor.head)


def ground_shadow(pen: Pen, actor: Actor, joints: Joints, colour: Colour) -> None:
    """Lay a soft flat shadow where the figure touches the ground."""
    legs = (joints.near_leg[2], joints.far_leg[2], joints.hips)
    xs = [p[0] for p in legs]
    cx, low = (min(xs) + max(xs)) / 2 * actor.direction, joints.lowest
    half = max(0.62, (max(xs) - min(xs)) / 2 + 0.4)
    pen.fill(
        oval(actor.x + cx * actor.head, actor.y + low * actor.head, half * actor.head, 0.13 * actor.head),
        colour,
    )


def stool(pen: Pen, actor: Actor, joints: Joints, colour: Colour) -> None:
    """Put a stool under somebody who sits."""
    u, d = actor.head, actor.direction
    x, y = actor.x + (joints.hips[0] + 0.12) * u * d, actor.y + (joints.hips[1] + 0.3) * u
    foot = actor.y + joints.lowest * u
    for dx in (-0.34, 0.34):
        pen.limb(
            [(x + dx * 0.8 * u, y), (x + dx * 1.2 * u, max(foot, y + 0.4 * u))],
            [0.1 * u, 0.08 * u],
            mix(colour, pen.ink, 0.35),
        )
    pen.shape([(x - 0.5 * u, y - 0.06 * u), (x + 0.5 * u, y - 0.06 * u), (x + 0.46 * u, y + 0.1 * u),
        (x - 0.46 * u, y + 0.1 * u)],
              colour, 1.0, soft=False)  # fmt: skip


_QUICK = {
    "run": (-1.0, 0.0),
    "fall": (0.3, -1.0),
    "jump": (-0.3, 1.0),
    "fight": (-1.0, 0.1),
    "kick": (-1.0, 0.2),
    "dance": (-0.8, 0.3),
}


def speed_lines(pen: Pen, actor: Actor, joints: Joints) -> None:
    """Draw a few strokes behind a quick movement."""
    way = next((way for name, way in _QUICK.items() if POSES[name] == actor.pose), None)
    if way is None or actor.head < 12:
        return
    u, d = actor.head, actor.direction
    for k in range(4):
        x, y = -0.75 + 0.5 * k * abs(way[1]), 0.5 + 0.62 * k * abs(way[0]) + (2.2 if way[1] > 0.5 else 0.0)
        x, y = (x + way[0] * 0.35, y) if abs(way[0]) > 0.5 else (x, y + way[1] * 0.9)
        long = 0.8 + 0.25 * (k % 2)
        a = (actor.x + x * u * d, actor.y + y * u)
        pen.stroke(
            [a, (a[0] + way[0] * long * u * d, a[1] + way[1] * long * u)],
            0.9,
            ink=mix(pen.ink, actor.colour, 0.2),
        )
