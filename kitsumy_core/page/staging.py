"""Say where the faces of a panel's characters are expected, in shares of the picture.

Characters stand evenly from left to right in the order of `panel.characters`, whatever the reading direction
is: the picture does not know in which edition it is shown. The storyboard sketch draws its figures by this
rule and the balloons' tails point by it, so both agree; focus points set by the author come before it.
"""

from __future__ import annotations

from typing import Literal

from kitsumy_core.geometry import Point, Rect

Scale = Literal["close", "medium", "wide"]

_CLOSE = ("close", "крупн", "детал", "великий план", "портрет", "face", "обличч")
_WIDE = ("wide", "long shot", "full shot", "establish", "extreme long", "aerial", "bird", "drone",
         "загальн", "дальн", "далек", "панорам", "повний зріст", "на повен зріст", "висот")  # fmt: skip

_FACE_HEIGHT: dict[Scale, float] = {"close": 0.42, "medium": 0.2, "wide": 0.1}
_FACE_CENTRE: dict[Scale, float] = {"close": 0.56, "medium": 0.5, "wide": 0.58}
_FACE_ASPECT = 0.8
_MOUTH = 0.74


def shot_scale(camera: str) -> Scale:
    """Return how near the camera is, read from the writer's words (English or Ukrainian)."""
    words = camera.casefold()
    if any(word in words for word in _WIDE):
        return "wide"
    return "close" if any(word in words for word in _CLOSE) else "medium"


def figure_places(count: int, camera: str = "", aspect: float = 1.0) -> list[Rect]:
    """Return the face boxes of `count` characters from left to right, in shares of the picture.

    `aspect` is the picture's width / height: it keeps the faces from being squashed.
    """
    if count <= 0:
        return []
    scale = shot_scale(camera)
    slot = 1 / count
    height = _FACE_HEIGHT[scale]
    width = height * _FACE_ASPECT / aspect
    if width > 0.78 * slot:
        height, width = height * 0.78 * slot / width, 0.78 * slot
    places = []
    for i in range(count):
        x = 0.5 + (i + 0.5 - count / 2) * slot * (0.94 if count > 1 else 1)
        y = _FACE_CENTRE[scale] + (0.03 if i % 2 and count > 1 else 0.0)
        places.append(Rect.centred((x, y), width / 2, height / 2))
    return places


def mouth_of(face: Rect) -> Point:
    """Return where a tail aims at in a face box."""
    return face.at((0.5, _MOUTH))


def face_around(focus: tuple[float, float], camera: str = "", aspect: float = 1.0) -> Rect:
    """Return the face box of a character whose face the author marked at `focus`."""
    place = figure_places(1, camera, aspect)[0]
    return Rect.centred(focus, place.width / 2, place.height / 2)
