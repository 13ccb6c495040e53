"""Tell where faces are in a frame before there is a picture: sketches draw them there, tails point there.

Boxes are shares of the panel's box. The upper third is kept free for balloons wherever the framing allows.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

from kitsumy_core.geometry import Point, Rect
from kitsumy_core.plan.models import Panel

FRAMINGS = (
    "extreme-close",
    "close",
    "medium-close",
    "medium",
    "full",
    "wide",
    "extreme-wide",
    "insert",
    "over-shoulder",
)


Scale = Literal["close", "medium", "wide"]


class _Stage(NamedTuple):
    """How a framing sets its people: height of a lone face, its middle, the room they share sideways."""

    face: float
    middle: float
    span: float
    lone_x: float = 0.5


_STAGES = {
    "extreme-close": _Stage(0.84, 0.57, 1.0),
    "close": _Stage(0.48, 0.53, 0.92),
    "medium-close": _Stage(0.31, 0.48, 0.88),
    "medium": _Stage(0.21, 0.44, 0.84),
    "full": _Stage(0.105, 0.385, 0.74, 0.47),
    "wide": _Stage(0.074, 0.5, 0.62, 0.44),
    "extreme-wide": _Stage(0.036, 0.7, 0.36, 0.42),
}
_FACE_ASPECT = 0.8
_BACK_ROW_FROM = 5
"""With so many people every second one stands a little behind."""
_MOUTH = 0.75


def figure_places(count: int, framing: str = "medium", aspect: float = 1.0) -> tuple[Rect, ...]:
    """Return a face box for each of `count` people, left to right in the order they were named.

    `framing` is one of `FRAMINGS`, or the writer's camera words; `aspect` is the picture's width / height, by
    which faces keep their form. An insert shows nobody: its boxes lie flat on the lower edge, where voices
    come from. In "over-shoulder" the first of two or more is the one in front, seen from behind.
    """
    if count <= 0:
        return ()
    framing = framing if framing in FRAMINGS else framing_of(framing)
    if framing == "insert":
        return tuple(Rect.centred(((i + 0.5) / count, 0.98), 0.4 / count, 0.02) for i in range(count))
    if framing == "over-shoulder":
        return _over_shoulder(count, aspect)
    stage = _STAGES[framing]
    if count == 1:
        return (_face(stage.lone_x, stage.middle, stage.face, 0.96, aspect),)
    step = stage.span / count
    left = 0.5 - stage.span / 2
    return tuple(_in_row(i, count, left + (i + 0.5) * step, step, stage, aspect) for i in range(count))


def mouth_of(face: Rect) -> Point:
    """Return where a tail aims at in a face box."""
    return face.at((0.5, _MOUTH))


def face_around(focus: tuple[float, float], framing: str = "medium", aspect: float = 1.0) -> Rect:
    """Return the face box of a character whose face the author marked at `focus`."""
    place = figure_places(1, framing, aspect)[0]
    return Rect.centred(focus, place.width / 2, place.height / 2)


def _in_row(index: int, count: int, x: float, step: float, stage: _Stage, aspect: float) -> Rect:
    crowding = {2: 0.94, 3: 0.84, 4: 0.76}.get(count, 0.7 if count < 8 else 0.56)
    height = stage.face * crowding
    behind = count >= _BACK_ROW_FROM and index % 2 == 1
    lift = -0.5 * height if behind else 0.12 * height
    return _face(x, stage.middle + lift, height * (0.86 if behind else 1.0), step * 0.92, aspect)


def _over_shoulder(count: int, aspect: float) -> tuple[Rect, ...]:
    if count == 1:
        return (_face(0.63, 0.47, 0.27, 0.5, aspect),)
    seen = count - 1
    step = 0.56 / seen
    tall = 0.27 if seen == 1 else 0.21
    faces = (_face(0.4 + (i + 0.5) * step, 0.47, tall, step * 0.96, aspect) for i in range(seen))
    return (_face(0.17, 0.56, 0.5, 0.32, aspect), *faces)


def _face(x: float, y: float, height: float, most_width: float, aspect: float) -> Rect:
    width = height * _FACE_ASPECT / aspect
    if width > most_width:
        height, width = height * most_width / width, most_width
    box = Rect.centred((x, y), width / 2, height / 2)
    return Rect(max(0.0, box.x0), max(0.0, box.y0), min(1.0, box.x1), min(1.0, box.y1))


_CLOSE = (
    r"close ?ups?|closeups?|close|cu|велик\w* план\w*|план\w* велик\w*|крупн\w*|ближн\w*|портрет\w*|portrait"
)
_FAR = r"wide|long shot|ws|ls|загальн\w*|широк\w*"
_EXTREME = r"(?:extreme\w*|very|дуже|екстремал\w*|над)"

_RULES: tuple[tuple[str, str], ...] = (
    ("over-shoulder", r"\bover (?:\w+ ){0,2}shoulders?\b|\bots\b|через плеч\w*|(?:з за|за) плеч\w*"),
    (
        "insert",
        r"\binserts?\b|\bdetails?\b|\bmacro\w*|\bcutaway|\bдетал\w*|\bмакро\w*|\bвставк\w*"
        r"|\bпредметн\w* план|(?:close\w*|крупн\w*|велик\w* план\w*).*"
        r"\b(?:hands?|fingers?|feet|object|рук[аиу]?|руки|долон\w*|пальц\w*|предмет\w*)\b",
    ),
    ("extreme-close", rf"\b{_EXTREME} ?(?:{_CLOSE})\b|\b(?:ecu|xcu)\b|\bнад(?:велик|крупн)\w*"),
    (
        "extreme-wide",
        rf"\b{_EXTREME} ?(?:{_FAR})|\bestablish\w*|\bpanoram\w*|\baerial\b|\b(?:ews|els|xws)\b|\bвстановл\w*"
        r"|\bдальн\w*|\bдалек\w*|\bпанорам\w*|\bадресн\w*|\bвелик\w* загальн\w*|\bdistant\b",
    ),
    (
        "medium-close",
        r"\b(?:medium|mid) close\w*|\bmcu\b|\bпогрудн\w*|\b(?:напів|середньо) ?(?:крупн|велик)\w*|\bbust\b"
        r"|\bсередн\w* (?:крупн|велик)\w*|\bпрофіл\w*|\bprofile\b",
    ),
    ("close", rf"\b(?:{_CLOSE})\b"),
    (
        "medium",
        r"\bcowboy\b|\bamerican\b|\bковбойськ\w*|\bамериканськ\w*|\bпо коліна"
        r"|\b(?:medium|mid) (?:full|long|wide)\b",
    ),
    (
        "full",
        r"\bfull\b|\bна весь зріст|\bповн\w*|\bhead to toe\b"
        r"|\bсилует\w*|\bsilhouett\w*",
    ),
    (
        "medium",
        r"\bmedium\b|\bmid ?shot\b|\bms\b|\bwaist\b|\bсередн\w*|\bпоясн\w*|\btwo ?shot\b|\bдвоплан\w*",
    ),
    (
        "wide",
        rf"\b(?:{_FAR})\b|\bbirds? eye|\boverhead\b|\btop ?down\b|\bпташин\w*"
        r"|\bзверху вниз|\bвид зверху|\bзгори\b",
    ),
    ("full", r"\b(?:low|high) angle\b|\b(?:нижн|верхн|низьк|висок)\w* (?:ракурс|точк|кут)\w*|\bзнизу\b"),
)
_FINDERS = tuple((framing, re.compile(pattern)) for framing, pattern in _RULES)
_LONGEST = 400
_NOT_THE_SIZE = re.compile(
    r"\b(?:extreme\w*|very|дуже) (?=(?:low|high|низьк|висок|нижн|верхн|dutch))|\bwide angle lens\b"
)


def camera_words(text: str) -> str:
    """Return text ready for keyword lookup: lower case, no signs, single spaces; at most 400 letters."""
    small = unicodedata.normalize("NFC", text[: 4 * _LONGEST]).casefold()
    joined = re.sub(r"['’ʼ`´]", "", small)
    return re.sub(r"[\W_]+", " ", joined).strip()[:_LONGEST]


def framing_of(camera: str) -> str:
    """Return the framing (one of `FRAMINGS`) that words in Ukrainian or English ask for, else "medium"."""
    words = _NOT_THE_SIZE.sub(" ", camera_words(camera))
    return next((framing for framing, finder in _FINDERS if finder.search(words)), "medium")


def shot_scale(camera: str) -> Scale:
    """Return roughly how near the camera is, from the writer's words."""
    framing = framing_of(camera)
    if framing in ("full", "wide", "extreme-wide"):
        return "wide"
    return "close" if framing in ("close", "extreme-close", "insert") else "medium"


def subject_boxes(panel: Panel, aspect: float = 1.0) -> list[Rect]:
    """Return the boxes lettering should leave free, in shares of the picture.

    The first ones are the faces of `panel.characters` in order, by the rule of `figure_places` or where the
    author marked a focus point: as many points as characters (or more) are their faces in order; fewer are
    each the face of the nearest character; what is left over are further things not to be covered. `aspect`
    is the picture's width / height.
    """
    places = list(figure_places(len(panel.characters), panel.camera, aspect))
    points = [Point(*point) for point in panel.kitsumy.focus]
    free = list(range(len(places)))
    more = []
    for index, point in enumerate(points):
        face = face_around(point, panel.camera, aspect)
        if not free:
            more.append(face)
            continue
        nearest = min(free, key=lambda i: places[i].centre.distance(point))
        figure = index if len(points) >= len(places) else nearest
        free.remove(figure)
        places[figure] = face
    return [*places, *more]
