"""Set a sound effect: large, slanted type without a balloon, where it hides least."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin
from typing import Protocol

from kitsumy_core.geometry import Point, Polygon, Rect, contains_point
from kitsumy_core.page.document import BalloonShape, Lettering, Run, SetText, Stroke
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.fitting import Measure
from kitsumy_core.page.looks import LOOKS
from kitsumy_core.plan.book import Placement

_ROTATION = -8.0
_STEPS = 8
_LINE_EM = 5.5
"""A sound effect of several words is broken where its line would be longer than this many times its size."""


class Panel(Protocol):
    """What a sound effect needs to know of its panel's setting."""

    @property
    def polygon(self) -> Polygon: ...
    @property
    def area(self) -> Polygon: ...
    @property
    def faces(self) -> Sequence[Rect]: ...
    @property
    def size(self) -> float: ...
    @property
    def language(self) -> str: ...


def set_sfx(
    lettering_id: str,
    panel_id: str,
    text: str,
    face: str,
    panel: Panel,
    avoid: Sequence[Rect],
    measure: Measure,
    hand: Placement | None,
) -> Lettering:
    """Return a sound effect as large as the panel allows, below the balloons; never smaller than dialogue.

    Where the author turned, scaled or bent it by hand, that holds.
    """
    look, box, type_size, language = LOOKS["sfx"], Rect.around(panel.area), panel.size, panel.language
    lines = _broken(text.split(), face, measure)
    rotation = hand.rotation if hand and hand.rotation is not None else _ROTATION
    size = _largest(lines, face, box, type_size, measure)
    size *= hand.scale if hand and hand.scale else 1.0
    while True:
        turned = _turned(_half(lines, face, size, measure, language), rotation)
        if hand:
            at = Rect.around(panel.polygon).at((hand.x, hand.y))
            break
        cost, at = _spot(turned, panel.area, panel.faces, avoid)
        if cost < 3 or size <= 1.3 * type_size:
            break
        size *= 0.86
    half = _half(lines, face, size, measure, language)
    return Lettering(
        id=lettering_id,
        kind="sfx",
        order=1,
        z=look.z,
        panel=panel_id,
        shape=BalloonShape(type="none", cx=at.x, cy=at.y, rx=half.x, ry=half.y, rotation=rotation),
        fill=None,
        stroke=Stroke(width=look.stroke * size),
        text=SetText(
            lang=language, font=face, size=round(size, 2),
            leading=round(size * face_of(face).leading_for(language, True), 2), color=look.color,
            runs=(Run(text=" ".join(lines)),), lines=tuple(lines), arc=(hand.arc or 0.0) if hand else 0.0,
        ),
        locked=hand is not None,
        overflow=hand is None and (turned.x * 2 > box.width or turned.y * 2 > box.height),
    )  # fmt: skip


def _body(face: Rect) -> Rect:
    """Return about where the body under a face is."""
    x, wide, high = face.centre.x, face.width, face.height
    return Rect(x - wide, face.y1, x + wide, face.y1 + 3 * high)


def _broken(words: list[str], face: str, measure: Measure) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and measure(f"{lines[-1]} {word}", face, 1.0) <= _LINE_EM:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _largest(lines: Sequence[str], face: str, box: Rect, type_size: float, measure: Measure) -> float:
    longest = max(measure(line, face, 1.0) for line in lines)
    by_width = 0.6 * box.width / max(longest, 0.1)
    by_height = 0.26 * box.height / len(lines)
    return max(1.2 * type_size, min(by_width, by_height, 6.5 * type_size))


def _half(lines: Sequence[str], face: str, size: float, measure: Measure, language: str) -> Point:
    wide = max(measure(line, face, size) for line in lines)
    leading = size * face_of(face).leading_for(language, True)
    return Point(wide / 2 + 0.12 * size, len(lines) * leading / 2 + 0.06 * size)


def _turned(half: Point, rotation: float) -> Point:
    """Return the half extents of the box around the rotated type."""
    c, s = abs(cos(radians(rotation))), abs(sin(radians(rotation)))
    return Point(half.x * c + half.y * s, half.x * s + half.y * c)


def _spot(half: Point, polygon: Polygon, faces: Sequence[Rect], avoid: Sequence[Rect]) -> tuple[float, Point]:
    """Return the cost of the best place, and the place: free of faces and words, rather low than high."""
    box = Rect.around(polygon)
    best: tuple[float, Point] | None = None
    for row in range(_STEPS + 1):
        for column in range(_STEPS + 1):
            x = box.x0 + half.x + (box.width - 2 * half.x) * column / _STEPS
            y = box.y0 + half.y + (box.height - 2 * half.y) * row / _STEPS
            area = Rect.centred((x, y), *half)
            corners = ((area.x0, area.y0), (area.x1, area.y0), (area.x1, area.y1), (area.x0, area.y1))
            out = sum(not contains_point(polygon, corner) for corner in corners)
            hidden = sum(face.overlap_share(area) for face in faces)
            over = sum(0.1 + other.overlap_share(area) for other in avoid if other.intersection(area))
            covered = sum(_body(face).overlap_share(area) for face in faces)
            share = box.share_of((x, y))
            cost = (
                4 * out
                + 25 * hidden
                + 40 * over
                + 2 * covered
                + abs(share.y - 0.74)
                + 0.4 * abs(share.x - 0.62)
            )
            if best is None or cost < best[0]:
                best = cost, Point(x, y)
    assert best is not None
    return best
