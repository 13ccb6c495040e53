"""Set up a frame from a shot and paint it: place, figures where staging puts them, weather, light."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PIL import Image

from kitsumy_core.geometry import Rect
from kitsumy_core.page.staging import figure_places
from kitsumy_core.render.camera import (
    INDOORS,
    MONOCHROME,
    MORNING,
    NIGHT,
    Camera,
    read_camera,
    read_mood,
    read_place,
    read_weather,
    speaks_of,
)
from kitsumy_core.render.shot import CastMember, Shot
from kitsumy_core.render.sketching.acting import POSES, STAND, Pose, cast_poses
from kitsumy_core.render.sketching.animals import draw_animal
from kitsumy_core.render.sketching.figures import Actor, body_of, draw_figure, ground_shadow, joints_of
from kitsumy_core.render.sketching.ink import Colour, Pen, dice, mix, oval
from kitsumy_core.render.sketching.inside import INSIDE
from kitsumy_core.render.sketching.light import finished, graded
from kitsumy_core.render.sketching.looks import read_look
from kitsumy_core.render.sketching.outside import OUTSIDE, horizon
from kitsumy_core.render.sketching.palette import Palette, character_colour, palette_of
from kitsumy_core.render.sketching.props import (
    draw_big_hand,
    draw_held,
    draw_thing,
    focus_lines,
    has_hand,
    thing_in,
)
from kitsumy_core.render.sketching.scene import Scene, weather_over
from kitsumy_core.render.sketching.tags import Tag

_MOST_CAST = 12
_BASES = {"extreme-wide": 0.73, "wide": 0.6, "full": 0.58, "medium": 0.68, "medium-close": 0.72, "close": 0.78,
          "extreme-close": 0.82, "over-shoulder": 0.68, "insert": 0.62}  # fmt: skip
_UNITS = {"extreme-wide": 0.6, "wide": 0.62, "full": 0.74, "medium": 1.1, "medium-close": 1.35, "close": 1.7,
          "extreme-close": 2.4, "over-shoulder": 1.15, "insert": 1.4}  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """Everything read from a shot that its drawing needs."""

    shot: Shot
    size: tuple[int, int]
    camera: Camera
    mood: str
    place: str
    night: bool
    weather: frozenset[str]
    palette: Palette
    actors: tuple[Actor, ...]


def frame_of(shot: Shot, size: tuple[int, int]) -> Frame:
    """Read a shot's words into a frame of `size` pixels."""
    action = f"{shot.action.text[:1200]} {shot.action_en.text[:1200]}"
    camera = read_camera(shot.camera.text)
    mood = read_mood(shot.mood.text)
    place = _place(shot, action)
    night = speaks_of(NIGHT, action, shot.place.text, shot.mood.text) and not place == "space"
    weather = read_weather(action, shot.place.text, shot.mood.text)
    palette = palette_of(
        mood,
        night=night,
        morning=speaks_of(MORNING, action, shot.place.text),
        monochrome=speaks_of(MONOCHROME, shot.style.text),
    )
    frame = Frame(shot, size, camera, mood, place, night, weather, palette, ())
    return replace(frame, actors=_actors(frame))


def _place(shot: Shot, action: str) -> str:
    place = read_place(shot.place.text, shot.place_look.text, action)
    words = f"{shot.place.text} {shot.place_look.text}"
    if place == "lighthouse" and speaks_of(
        "lantern room|lamp room|kitchen|stair*|room|ліхтарн*|кухн*|кімнат*|сход*|всередині", shot.place.text
    ):
        return "lantern" if not speaks_of("kitchen|кухн*", shot.place.text) else "kitchen"
    if place == "train" and speaks_of(
        "inside|carriage|compartment|вагон*|купе|салон*|у потязі|в поїзді", words
    ):
        return "train-in"
    return place


def _actors(frame: Frame) -> tuple[Actor, ...]:
    shot, camera = frame.shot, frame.camera
    if camera.framing == "insert":
        return ()
    cast = shot.cast[:_MOST_CAST]
    width, height = frame.size
    boxes = figure_places(len(cast), camera.framing, width / height)
    names = tuple(member.name.text for member in cast)
    poses = cast_poses(shot.action.text, shot.action_en.text, names)
    return tuple(_actor(frame, i, member, boxes[i], poses[i]) for i, member in enumerate(cast))


def _actor(frame: Frame, index: int, member: CastMember, box: Rect, pose_name: str) -> Actor:
    width, height = frame.size
    camera, shot = frame.camera, frame.shot
    look = read_look(member.name.text, member.look.text, member.clothing.text)
    pose = POSES.get(pose_name, STAND)
    head = box.height * height * (0.76 if camera.cowboy and camera.framing == "medium" else 1.0)
    head *= {"child": 0.94}.get(look.age, 1.0)
    x, y = box.centre.x * width, box.centre.y * height
    y += head * _drop(frame, look.age, look.kind, pose)
    front = camera.framing == "over-shoulder" and index == 0 and len(shot.cast) > 1
    skin = (
        mix((240, 208, 180), frame.palette.paper, 0.25)
        if not frame.night
        else mix((214, 182, 160), frame.palette.paper, 0.2)
    )
    colour = character_colour(member.id)
    if camera.silhouette:
        dark = mix(frame.palette.ink, frame.palette.near, 0.15)
        skin, look = dark, replace(look, hair_colour=dark)
    return Actor(
        id=member.id,
        name=member.name.text,
        x=x,
        y=y,
        head=head,
        colour=mix(colour, frame.palette.ink, 0.86) if camera.silhouette else colour,
        skin=skin,
        look=look,
        pose=STAND if front else _fitting(pose, camera),
        direction=1 if front else _facing(frame, index, box.centre.x),
        turn=1.0 if camera.profile else 0.45,
        mood=frame.mood,
        speaking=member.id in shot.speakers,
        back=front or (camera.behind and camera.framing != "over-shoulder"),
    )


def _fitting(pose: Pose, camera: Camera) -> Pose:
    """Keep bodies upright where only faces are seen: a lying body would hide them."""
    if camera.framing in ("close", "extreme-close") and pose.seat != "ground":
        return replace(pose, torso=max(-15.0, min(15.0, pose.torso)))
    return pose


def _drop(frame: Frame, age: str, kind: str, pose: Pose) -> float:
    """Return by how many heads small and low people are set below their place; their faces stay beside it."""
    framing = frame.camera.framing
    distant = framing in ("full", "wide", "extreme-wide")
    if kind != "human":
        return 3.2 if distant else 0.5 if framing == "medium" else 0.0
    drop = (
        {"child": 0.85 if distant else 0.22}.get(age, 0.0)
        if framing not in ("close", "extreme-close")
        else 0.0
    )
    if pose.seat == "ground" and distant:
        drop += 1.4
    elif (pose.seat == "seat" or pose in (POSES["squat"], POSES["kneel"])) and distant:
        drop += 0.6
    return drop


def _facing(frame: Frame, index: int, x: float) -> int:
    cast, speakers = frame.shot.cast[:_MOST_CAST], frame.shot.speakers
    others = [i for i, member in enumerate(cast) if member.id in speakers and i != index]
    if len(cast) > 1 and others:
        nearest = min(others, key=lambda i: abs(i - index))
        return 1 if nearest > index else -1
    if len(cast) > 1:
        return 1 if index < len(cast) / 2 else -1
    return 1 if dice(frame.shot.panel_id)(1) < 0.6 else -1


def paint(frame: Frame) -> tuple[Image.Image, list[Tag]]:
    """Return the drawn frame without its words, and the name tags to write onto it."""
    width, height = frame.size
    scale = 2 if width * height < 1_500_000 else 1
    p = frame.palette
    image = graded((width * scale, height * scale), p.sky, mix(p.sky, p.paper, 0.75))
    line = max(0.9, 0.0036 * (width * height) ** 0.5)
    pen = Pen(image, scale, line, p.ink)
    scene = _scene(frame, pen)
    with pen.bent(_tilt(frame)):
        _background(frame, scene)
        tags = _detail(frame, scene) if frame.camera.framing == "insert" else _cast(frame, scene)
        if frame.place not in INDOORS:
            weather_over(scene)
    small = image.reduce(scale) if scale > 1 else image
    return finished(small, p), tags


def _tilt(frame: Frame):  # type: ignore[no-untyped-def]
    from math import cos, radians, sin

    angle = radians(-8.0) if frame.camera.dutch else 0.0
    c, s = cos(angle), sin(angle)
    cx, cy = frame.size[0] / 2, frame.size[1] / 2
    return lambda x, y: (cx + (x - cx) * c - (y - cy) * s, cy + (x - cx) * s + (y - cy) * c)


def _scene(frame: Frame, pen: Pen) -> Scene:
    width, height = frame.size
    camera = frame.camera
    base = _BASES[camera.framing] + {"low": 0.2, "high": -0.3}.get(camera.angle, 0.0)
    unit = _UNITS[camera.framing] * min(height, width * 1.5)
    return Scene(
        pen=pen, width=width, height=height, base=min(0.94, base) * height, unit=unit, palette=frame.palette,
        roll=dice("place", frame.place, frame.shot.place.text), angle=camera.angle, night=frame.night,
        weather=frame.weather, far=camera.framing in ("wide", "extreme-wide"),
    )  # fmt: skip


def _background(frame: Frame, scene: Scene) -> None:
    drawer = INSIDE.get(frame.place) or OUTSIDE.get(frame.place) or horizon
    drawer(scene)


def _cast(frame: Frame, scene: Scene) -> list[Tag]:
    tags = []
    for actor in sorted(
        frame.actors, key=lambda a: (a.back and frame.camera.framing == "over-shoulder", a.y + a.head)
    ):
        low = _draw_actor(frame, scene, actor)
        tags.append(
            Tag(actor.name, character_colour(actor.id), actor.x, min(low + actor.head * 0.2, frame.size[1]))
        )
    return tags


def _draw_actor(frame: Frame, scene: Scene, actor: Actor) -> float:
    pen, p = scene.pen, frame.palette
    if actor.look.kind != "human":
        if frame.camera.framing in ("full", "wide", "extreme-wide"):
            actor = replace(actor, head=actor.head * 1.5)
        draw_animal(pen, actor)
        return actor.y + actor.head * 0.6
    joints = joints_of(body_of(actor.look), actor.pose, actor.turn)
    if frame.camera.framing in ("full", "wide", "extreme-wide"):
        ground_shadow(pen, actor, joints, mix(p.mid, p.near, 0.5))
    draw_figure(pen, actor)
    if actor.pose.prop:
        hand = joints.far_arm[2]
        thing = actor.pose.prop
        if thing == "thing":
            thing = thing_in(frame.shot.action.text, frame.shot.action_en.text)
        draw_held(
            pen,
            thing,
            actor.x + hand[0] * actor.head * actor.direction,
            actor.y + hand[1] * actor.head,
            actor.head,
            p,
        )
    return actor.y + joints.lowest * actor.head


def _detail(frame: Frame, scene: Scene) -> list[Tag]:
    pen, p, shot = scene.pen, frame.palette, frame.shot
    width, height = frame.size
    size = min(width * 0.6, height * 0.62)
    x, y = width / 2, height * 0.57
    pen.fill(oval(x, y, width * 0.62, height * 0.5, corners=40), mix(p.paper, p.sky, 0.35))
    focus_lines(pen, width, height, mix(p.ink, p.sky, 0.55), scene.roll)
    thing = thing_in(shot.action.text, shot.action_en.text, shot.camera.text)
    pen.fill(oval(x, y + size * 0.5, size * 0.6, size * 0.09), mix(p.far, p.mid, 0.5))
    draw_thing(pen, thing, p, x, y, size)
    if has_hand(shot.action.text, shot.action_en.text, shot.camera.text) and shot.cast:
        member = shot.cast[0]
        draw_big_hand(
            pen, x + size * 0.1, y + size * 0.02, size * 0.75, character_colour(member.id), _skin(frame)
        )
        return [Tag(member.name.text, character_colour(member.id), width * 0.8, height * 0.84)]
    return []


def _skin(frame: Frame) -> Colour:
    return mix((240, 208, 180), frame.palette.paper, 0.25)
