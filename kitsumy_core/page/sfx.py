"""Set a sound effect: large, slanted type without a balloon, where it hides least."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians, sin

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


def set_sfx(
    lettering_id: str,
    panel_id: str,
    text: str,
    polygon: Polygon,
    faces: Sequence[Rect],
    avoid: Sequence[Rect],
    type_size: float,
    language: str,
    measure: Measure,
    hand: Placement | None,
) -> Lettering:
    """Return a sound effect as large as the panel allows, below the balloons; never smaller than dialogue."""
    look, box = LOOKS["sfx"], Rect.around(polygon)
    lines = _broken(text.split(), measure)
    size = _largest(lines, box, type_size, measure)
    best: tuple[float, Point] | None = None
    while True:
        half = _half(lines, size, measure, language)
        at = (0.0, box.at((hand.x, hand.y))) if hand else _spot(_turned(half), polygon, faces, avoid)
        best = at
        if hand or at[0] < 3 or size <= 1.3 * type_size:
            break
        size *= 0.86
    half = _half(lines, size, measure, language)
    turned = _turned(half)
    return Lettering(
        id=lettering_id,
        kind="sfx",
        order=1,
        z=look.z,
        panel=panel_id,
        shape=BalloonShape(
            type="none", cx=best[1].x, cy=best[1].y, rx=half.x, ry=half.y, rotation=_ROTATION
        ),
        fill=None,
        stroke=Stroke(width=look.stroke * size),
        text=SetText(
            lang=language, font=look.face, size=round(size, 2),
            leading=round(size * face_of(look.face).leading_for(language, True), 2), color=look.color,
            runs=(Run(text=" ".join(lines)),), lines=tuple(lines),
        ),
        locked=hand is not None,
        overflow=turned.x * 2 > box.width or turned.y * 2 > box.height,
    )  # fmt: skip


def _broken(words: list[str], measure: Measure) -> list[str]:
    face = LOOKS["sfx"].face
    lines: list[str] = []
    for word in words:
        if lines and measure(f"{lines[-1]} {word}", face, 1.0) <= _LINE_EM:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _largest(lines: Sequence[str], box: Rect, type_size: float, measure: Measure) -> float:
    longest = max(measure(line, LOOKS["sfx"].face, 1.0) for line in lines)
    by_width = 0.6 * box.width / max(longest, 0.1)
    by_height = 0.26 * box.height / len(lines)
    return max(1.2 * type_size, min(by_width, by_height, 6.5 * type_size))


def _half(lines: Sequence[str], size: float, measure: Measure, language: str) -> Point:
    face = face_of(LOOKS["sfx"].face)
    wide = max(measure(line, face.id, size) for line in lines)
    return Point(
        wide / 2 + 0.12 * size, len(lines) * size * face.leading_for(language, True) / 2 + 0.06 * size
    )


def _turned(half: Point) -> Point:
    """Return the half extents of the box around the rotated type."""
    c, s = abs(cos(radians(_ROTATION))), abs(sin(radians(_ROTATION)))
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
            share = box.share_of((x, y))
            cost = 4 * out + 25 * hidden + 40 * over + abs(share.y - 0.74) + 0.4 * abs(share.x - 0.62)
            if best is None or cost < best[0]:
                best = cost, Point(x, y)
    assert best is not None
    return best
