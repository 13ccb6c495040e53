"""Turn the cast of a shot into actors: where they stand (by staging), how they look, pose, face and feel."""

from __future__ import annotations

from dataclasses import replace

from kitsumy_core.geometry import Rect
from kitsumy_core.page.staging import figure_places
from kitsumy_core.render.camera import Camera, speaks_of
from kitsumy_core.render.shot import CastMember, Shot
from kitsumy_core.render.sketching.acting import POSES, STAND, Pose, cast_poses, name_finder, pose_in
from kitsumy_core.render.sketching.body import Actor
from kitsumy_core.render.sketching.ink import Colour, dice, mix
from kitsumy_core.render.sketching.looks import Look, read_look
from kitsumy_core.render.sketching.palette import Palette, character_colour
from kitsumy_core.render.sketching.things import held_thing

MOST_CAST = 12
DISTANT = frozenset({"full", "wide", "extreme-wide"})
_RECEIVER = "receiver|telephone*|слухавк*"
_LOW_POSES = ("squat", "kneel")


def cast_of(
    shot: Shot, camera: Camera, mood: str, palette: Palette, night: bool, size: tuple[int, int]
) -> tuple[Actor, ...]:
    """Return the actors of a frame of `size` pixels, in the order of the cast; none in a detail shot."""
    if camera.framing == "insert":
        return ()
    cast = shot.cast[:MOST_CAST]
    boxes = figure_places(len(cast), camera.framing, size[0] / size[1])
    poses = cast_poses(shot.action.text, shot.action_en.text, tuple(member.name.text for member in cast))
    skin = skin_of(palette, night)
    made = []
    for i, (member, box, pose) in enumerate(zip(cast, boxes, poses, strict=True)):
        actor = _actor(member, camera, box, POSES.get(pose, STAND), size)
        made.append(
            replace(
                actor, skin=skin, mood=mood, direction=_facing(shot, i), speaking=member.id in shot.speakers
            )
        )
    if camera.framing == "over-shoulder":
        made = _over_shoulder(made, shot)
    words = f"{shot.action.text[:1200]} {shot.action_en.text[:1200]}"
    made = [replace(actor, holds=_held(actor, words)) for actor in made]
    if camera.silhouette:
        made = [_silhouette(actor, palette) for actor in made]
    return tuple(made)


def skin_of(palette: Palette, night: bool) -> Colour:
    """Return the one skin tone of a frame: paper warmed a little, cooler at night."""
    return mix((216, 186, 166), palette.paper, 0.15) if night else mix((240, 208, 180), palette.paper, 0.25)


def _actor(member: CastMember, camera: Camera, box: Rect, pose: Pose, size: tuple[int, int]) -> Actor:
    look = look_of(member)
    head = box.height * size[1] * (0.76 if camera.cowboy and camera.framing == "medium" else 1.0)
    if look.age == "child":
        head *= 0.94
    head *= {"low": 0.92, "high": 1.12}.get(camera.angle, 1.0) if camera.framing in DISTANT else 1.0
    if camera.framing in ("close", "extreme-close") and pose.seat != "ground":
        pose = _upright(pose)
    return Actor(
        id=member.id,
        name=member.name.text,
        x=box.centre.x * size[0],
        y=box.centre.y * size[1] + head * _drop(camera, look.age, look.kind, pose),
        head=head,
        colour=character_colour(member.id),
        skin=(240, 208, 180),
        look=look,
        pose=pose,
        turn=1.0 if camera.profile else 0.45,
        back=camera.behind,
    )


def look_of(member: CastMember) -> Look:
    """Return what can be seen of a member of the cast."""
    return read_look(member.name.text[:200], member.look.text[:2000], member.clothing.text[:1000])


def _held(actor: Actor, words: str) -> str:
    """Return what somebody has in hand by pose and words."""
    if not actor.pose.prop or actor.back or actor.look.kind != "human":
        return ""
    thing = held_thing(words) if actor.pose.prop == "thing" else actor.pose.prop
    return "handset" if thing == "phone" and speaks_of(_RECEIVER, words) else thing


def _upright(pose: Pose) -> Pose:
    """Keep bodies and arms from hiding a face seen close, except a hand held to the ear."""
    arms = (pose.near_arm, pose.far_arm) if pose.prop == "phone" else (STAND.near_arm, STAND.far_arm)
    return replace(pose, torso=max(-12.0, min(12.0, pose.torso)), near_arm=arms[0], far_arm=arms[1])


def _drop(camera: Camera, age: str, kind: str, pose: Pose) -> float:
    """Return by how many heads small and low ones are set below their place, so that all share one ground."""
    distant = camera.framing in DISTANT
    squeeze = 0.7 if camera.angle == "high" else 1.0
    if kind != "human":
        return 3.4 * squeeze if distant else 0.5 if camera.framing == "medium" else 0.0
    if camera.framing in ("close", "extreme-close"):
        return 0.0
    drop = (0.85 if distant else 0.22) if age == "child" else 0.0
    if distant and pose.seat == "ground":
        drop += 1.6
    elif distant and (pose.seat == "seat" or any(pose == POSES[name] for name in _LOW_POSES)):
        drop += 0.7
    return drop * squeeze


def _facing(shot: Shot, index: int) -> int:
    """Return 1 for right, -1 for left: towards who speaks, else towards the middle."""
    cast = shot.cast[:MOST_CAST]
    if len(cast) == 1:
        return 1 if dice(shot.panel_id)(1) < 0.6 else -1
    others = [i for i, member in enumerate(cast) if member.id in shot.speakers and i != index]
    if others:
        return 1 if min(others, key=lambda i: abs(i - index)) > index else -1
    return 1 if index < len(cast) / 2 else -1


def _over_shoulder(actors: list[Actor], shot: Shot) -> list[Actor]:
    """Turn the one in front round: the first of several; a lone one if the words name the shoulder."""
    if not actors:
        return actors
    finder = name_finder(actors[0].name)
    words = f"{shot.camera.text} {shot.action.text}".casefold()[:300]
    named = bool(finder and ("shoulder" in words or "плеч" in words) and finder.search(words))
    if len(actors) > 1 or named:
        calm = POSES["lie"] if pose_in(words) == "lie" and len(actors) == 1 else STAND
        actors[0] = replace(actors[0], back=True, pose=calm if len(actors) == 1 else STAND, direction=1)
    return actors


def _silhouette(actor: Actor, palette: Palette) -> Actor:
    dark = mix(palette.ink, palette.near, 0.12)
    return replace(
        actor,
        colour=mix(actor.colour, palette.ink, 0.88),
        skin=dark,
        look=replace(actor.look, hair_colour=dark),
    )
