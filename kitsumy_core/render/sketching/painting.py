"""Paint a frame: place, figures where staging puts them, weather, light. No word of the shot is read here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from math import cos, radians, sin

from PIL import Image

from kitsumy_core.page.cache import DrawCache
from kitsumy_core.render.sketching.animals import draw_animal
from kitsumy_core.render.sketching.body import Actor, Joints, body_of, joints_of
from kitsumy_core.render.sketching.casting import DISTANT
from kitsumy_core.render.sketching.closeups import paint_detail, paint_from_above
from kitsumy_core.render.sketching.figures import (
    draw_figure,
    ground_shadow,
    speed_lines,
    stool,
)
from kitsumy_core.render.sketching.frame import Frame, diners_of
from kitsumy_core.render.sketching.ink import Pen, Warp, dice, mix, oval
from kitsumy_core.render.sketching.inside import INSIDE, plain
from kitsumy_core.render.sketching.light import finished, graded
from kitsumy_core.render.sketching.nature import horizon
from kitsumy_core.render.sketching.outside import OUTSIDE, tower
from kitsumy_core.render.sketching.palette import character_colour
from kitsumy_core.render.sketching.props import draw_held, lay_table
from kitsumy_core.render.sketching.scene import Scene, weather_over
from kitsumy_core.render.sketching.tags import Tag
from kitsumy_core.render.sketching.things import draw_thing

_BASES = {"extreme-wide": 0.74, "wide": 0.6, "full": 0.6, "medium": 0.7, "medium-close": 0.74, "close": 0.8,
          "extreme-close": 0.84, "over-shoulder": 0.7, "insert": 0.62}  # fmt: skip
_LOW_BASES = {"extreme-wide": 0.845, "wide": 0.8, "full": 0.84}
_UNITS = {"extreme-wide": 0.42, "wide": 0.5, "full": 0.74, "medium": 1.1, "medium-close": 1.35, "close": 1.7,
          "extreme-close": 2.4, "over-shoulder": 1.15, "insert": 1.4}  # fmt: skip


_places = DrawCache(48 << 20)
"""Places with nobody there: what is written of a panel mostly changes what is done there, and by whom."""


def paint(frame: Frame) -> tuple[Image.Image, list[Tag]]:
    """Return the drawn frame without its words, and the name tags to write onto it."""
    empty = replace(frame, actors=(), seen=None, table=None, detail=None)
    if frame.detail or frame.camera.angle == "bird":
        image = _sky(frame)
    else:
        image = _places.once(empty, lambda: _place(empty), lambda i: 4 * i.width * i.height).copy()
    with _scene(frame, image) as scene:
        tags = _painted(frame, scene)
    scale = _scale(frame)
    return finished(image.reduce(scale) if scale > 1 else image, frame.palette), tags


def _scale(frame: Frame) -> int:
    """Return how many times larger than the frame it is drawn."""
    return 2 if frame.size[0] * frame.size[1] < 1_300_000 else 1


def _sky(frame: Frame) -> Image.Image:
    (width, height), scale, p = frame.size, _scale(frame), frame.palette
    return graded((width * scale, height * scale), p.sky, mix(p.sky, p.paper, 0.75))


def _place(empty: Frame) -> Image.Image:
    image = _sky(empty)
    with _scene(empty, image) as scene:
        _background(empty, scene)
    return image


def _painted(frame: Frame, scene: Scene) -> list[Tag]:
    """Draw onto the place what is seen there."""
    if frame.detail:
        return paint_detail(frame.detail, scene)
    if frame.camera.angle == "bird":
        tags = paint_from_above(scene, frame.actors, frame.inside, frame.place)
    else:
        tags = _people(frame, scene)
    if not frame.inside and frame.place not in ("cave", "space"):
        weather_over(scene)
    return tags


def _tilt(frame: Frame) -> Warp:
    """Return what turns the whole frame a little for a dutch angle."""
    c, s = cos(radians(-9)), sin(radians(-9))
    cx, cy = frame.size[0] / 2, frame.size[1] / 2
    return lambda x, y: (cx + (x - cx) * c - (y - cy) * s, cy + (x - cx) * s + (y - cy) * c)


@contextmanager
def _scene(frame: Frame, image: Image.Image) -> Iterator[Scene]:
    """Set up the drawing of a frame on an image."""
    width, height = frame.size
    camera, p = frame.camera, frame.palette
    pen = Pen(image, _scale(frame), max(0.9, 0.0036 * (width * height) ** 0.5), p.ink)
    base = _BASES[camera.framing] + (-0.28 if camera.angle == "high" else 0.0)
    if camera.angle == "low":
        base = _LOW_BASES.get(camera.framing, 0.95)
    unit = _UNITS[camera.framing] * min(height, width * 1.5) * (1.2 if camera.angle == "low" else 1.0)
    with pen.bent(_tilt(frame)) if camera.dutch else nullcontext():
        yield Scene(
            pen=pen, width=width, height=height, base=base * height, unit=unit, palette=p,
            roll=dice("place", frame.place, frame.where), angle=camera.angle, night=frame.night,
            weather=frame.weather, far=camera.framing in ("wide", "extreme-wide"),
        )  # fmt: skip


def _background(frame: Frame, scene: Scene) -> None:
    if frame.inside:
        INSIDE.get(frame.place, plain)(scene)
        return
    most = 0.95 * min(scene.height, scene.width * 1.5)
    scene = replace(scene, unit=min(scene.unit, most * (0.75 if frame.place == "cave" else 1.0)))
    OUTSIDE.get(frame.place, horizon)(scene)
    if frame.tower:
        tower(scene, min(0.55, scene.half * 0.45), 1.35 if scene.far else 1.0)


def _people(frame: Frame, scene: Scene) -> list[Tag]:
    """Draw everybody, the farther first, and lay the table before those who sit at one."""
    over = frame.camera.framing == "over-shoulder"
    tags = []
    for actor in sorted(frame.actors, key=lambda a: (over and a.back, a.y + a.head)):
        low = _draw_actor(frame, scene, actor)
        tags.append(_tag(frame, actor, low))
    if frame.seen is not None:
        size = min(scene.width * 0.34, scene.height * 0.4)
        draw_thing(scene.pen, frame.seen, frame.palette, scene.width * 0.26, scene.height * 0.62, size)
    if frame.table is not None:
        diners = diners_of(frame.actors)
        head = max(actor.head for actor in diners)
        top = max(actor.y for actor in diners) + head * 2.05
        xs = [actor.x for actor in diners]
        lay_table(
            scene.pen, frame.palette, (min(xs) - head * 1.5, max(xs) + head * 1.5), top, head, frame.table
        )
    return tags


def _tag(frame: Frame, actor: Actor, low: float) -> Tag:
    half = actor.head * 0.6
    figure = (
        (actor.x - half, actor.y - half, actor.x + half, low) if frame.camera.framing in DISTANT else None
    )
    return Tag(actor.name, character_colour(actor.id), actor.x, low + 0.035 * frame.size[1], figure)


@contextmanager
def _perspective(frame: Frame, pen: Pen, actor: Actor) -> Iterator[float]:
    """Make a body loom (low camera) or shrink downwards (high camera); yield how its height is squeezed."""
    angle = frame.camera.angle if frame.camera.framing not in ("close", "extreme-close") else "eye"
    grow, squeeze = {"low": (0.13, 1.0), "high": (-0.075, 0.72)}.get(angle, (0.0, 1.0))
    if not grow:
        yield 1.0
        return

    def wider(row: float) -> float:
        return max(0.4, min(1.9, 1.0 + grow * (row - actor.y) / actor.head))

    def warp(x: float, y: float) -> tuple[float, float]:
        below = max(0.0, y - actor.y - 0.4 * actor.head)
        return actor.x + (x - actor.x) * wider(y), y - below * (1.0 - squeeze)

    pen.girth = wider
    try:
        with pen.bent(warp):
            yield squeeze
    finally:
        pen.girth = None


def _draw_actor(frame: Frame, scene: Scene, actor: Actor) -> float:
    """Draw somebody; return the pixel row of the feet."""
    pen, p = scene.pen, frame.palette
    if actor.look.kind != "human":
        if frame.camera.framing in DISTANT:
            actor = replace(actor, head=actor.head * 1.6)
        shadow = oval(actor.x, actor.y + actor.head * 0.5, actor.head * 0.8, actor.head * 0.1)
        pen.fill(shadow, mix(p.mid, p.near, 0.5))
        draw_animal(pen, actor)
        return actor.y + actor.head * 0.6
    joints = joints_of(body_of(actor.look), actor.pose, actor.turn)
    with _perspective(frame, pen, actor) as squeeze:
        if frame.camera.framing in DISTANT:
            ground_shadow(pen, actor, joints, mix(p.mid, p.near, 0.5))
        if actor.pose.seat == "seat":
            stool(pen, actor, joints, mix(p.mid, p.near, 0.5))
        speed_lines(pen, actor, joints)
        draw_figure(pen, actor)
        _hold(frame, pen, actor, joints)
    return actor.y + joints.lowest * actor.head * squeeze


def _hold(frame: Frame, pen: Pen, actor: Actor, joints: Joints) -> None:
    if not actor.holds:
        return
    x, y = joints.far_arm[2]
    draw_held(
        pen,
        actor.holds,
        actor.x + x * actor.head * actor.direction,
        actor.y + y * actor.head,
        actor.head,
        frame.palette,
    )
