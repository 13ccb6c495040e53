"""Read a shot into a frame: all that its drawing shows, so that equal frames are equal pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
from kitsumy_core.render.shot import Shot
from kitsumy_core.render.sketching.acting import POSES
from kitsumy_core.render.sketching.body import Actor
from kitsumy_core.render.sketching.casting import cast_of
from kitsumy_core.render.sketching.detail import Detail, detail_of
from kitsumy_core.render.sketching.ink import mix
from kitsumy_core.render.sketching.palette import Palette, palette_of
from kitsumy_core.render.sketching.things import laid_things, thing_in

_AT_TABLE = frozenset(POSES[name] for name in ("eat", "knit", "write", "pour", "sit"))
_TOWER = "lighthouse*|маяк*|маяц*|the tower|light tower"
_UPPER_ROOM = "lantern room|lamp room|ліхтарн*|світлова кімната"
_TABLE = "tables?|desk|counter|dough|стіл|столу|столом|столі|столик*|парт*|тіст*|варен*"
_WEATHER = frozenset({"rain", "snow", "wind", "fire"})
_INDOOR_WEATHER = frozenset({"snow"})
"""What a sketch shows of the weather, outside and through windows."""


@dataclass(frozen=True)
class Frame:
    """Everything that is seen in a sketch: what was read from its shot, and the words written onto it."""

    size: tuple[int, int]
    camera: Camera
    place: str
    where: str
    """The place in the writer's words: written onto the sketch, and the seed of what is scattered about."""
    language: str
    night: bool
    palette: Palette
    weather: tuple[str, ...] = ()
    actors: tuple[Actor, ...] = ()
    tower: bool = False
    """A lighthouse stands in the background."""
    seen: str | None = None
    """The thing that somebody seen from behind looks at ("" = one not known); None if there is none."""
    table: tuple[str, ...] | None = None
    """What lies on the table before those who sit at it; None if there is no table."""
    detail: Detail | None = None
    """What an insert shows, instead of a place with people."""

    @property
    def inside(self) -> bool:
        return self.place in INDOORS


def frame_of(shot: Shot, size: tuple[int, int]) -> Frame:
    """Read a shot's words into a frame of `size` pixels."""
    action, action_en = shot.action.text[:1200], shot.action_en.text[:1200]
    words = f"{action} {action_en}"
    camera = read_camera(shot.camera.text[:400])
    mood = read_mood(shot.mood.text[:400])
    where, feel = shot.place.text[:400], shot.mood.text[:400]
    place = _place(where, shot.place_look.text[:400], words)
    night = speaks_of(NIGHT, words, where, feel) and place != "space"
    palette = palette_of(
        mood,
        night=night,
        morning=speaks_of(MORNING, words, where),
        monochrome=speaks_of(MONOCHROME, shot.style.text[:400]),
    )
    if camera.silhouette:
        palette = replace(palette, sky=mix(palette.sky, palette.accent, 0.35), glow=0.8)
    frame = Frame(size, camera, place, shot.place.text, shot.language, night, palette)
    if camera.framing == "insert":
        return replace(frame, detail=detail_of(shot))
    actors = cast_of(shot, camera, mood, palette, night, size)
    weather = read_weather(words, where, feel) & (_INDOOR_WEATHER if frame.inside else _WEATHER)
    frame = replace(frame, actors=actors, weather=tuple(sorted(weather)))
    return frame if camera.angle == "bird" else _furnished(frame, action, action_en)


def _furnished(frame: Frame, action: str, action_en: str) -> Frame:
    """Return the frame with the things around its people."""
    words, actors = f"{action} {action_en}", frame.actors
    from_behind = frame.camera.framing == "over-shoulder" and len(actors) == 1 and actors[0].back
    at_table = frame.camera.angle == "eye" and diners_of(actors) and speaks_of(_TABLE, words)
    return replace(
        frame,
        tower=not frame.inside and frame.place != "lighthouse" and speaks_of(_TOWER, words),
        seen=thing_in(action, action_en) if from_behind else None,
        table=laid_things(words) if at_table else None,
    )


def diners_of(actors: tuple[Actor, ...]) -> list[Actor]:
    """Return those who would sit at a table, if there were one."""
    return [a for a in actors if a.look.kind == "human" and a.pose in _AT_TABLE and not a.back]


def _place(where: str, look: str, action: str) -> str:
    if speaks_of(_UPPER_ROOM, where):
        return "lantern"
    named = read_place(where)
    if named == "lighthouse" and (indoors := _room_in(where)):
        return indoors
    if named == "train" and speaks_of(
        "inside|carriage|compartment|вагон*|купе|салон*|у потязі|в поїзді", f"{where} {look}"
    ):
        return "train-in"
    return named or read_place(look, action)


def _room_in(where: str) -> str:
    """Return which room of a lighthouse is meant, or "" for the whole of it."""
    rooms = {
        "kitchen": "kitchen|кухн*",
        "stair": "stair*|сход*",
        "room": "room|inside|кімнат*|всередині|у маяку",
    }
    return next((room for room, stems in rooms.items() if speaks_of(stems, where)), "")
