"""Bend a sound effect along an arc: where each letter stands and how far it is turned. For every renderer."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, degrees, pi, radians, sin
from typing import NamedTuple

from kitsumy_core.page.document import Lettering
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.fitting import Measure


class Letter(NamedTuple):
    """One letter: the middle of its baseline in pixels from the shape's centre, its angle (clockwise)."""

    text: str
    dx: float
    dy: float
    angle: float


def letters_on_arc(entry: Lettering, measure: Measure) -> Iterator[Letter]:
    """Yield the letters of a bent effect, its rotation included.

    The widest line takes `text.arc` degrees of a circle whose middle lies below it (above it if negative);
    the other lines run on circles round the same middle.
    """
    text = entry.text
    arc = radians(min(abs(text.arc), 175)) * (1 if text.arc >= 0 else -1)
    turn = radians(entry.shape.rotation)
    cap = face_of(text.font).cap_height * text.size
    widest = max((measure(line, text.font, text.size) for line in text.lines), default=1.0)
    radius = max(widest, 1.0) / abs(arc) if arc else 1e6
    bend = 1 if arc >= 0 else -1
    sag = radius * (1 - cos(abs(arc) / 2)) / 2
    for index, line in enumerate(text.lines):
        base = (index - (len(text.lines) - 1) / 2) * text.leading + cap / 2
        own = max(radius - bend * base, text.size / 2)
        width = measure(line, text.font, text.size)
        for at, letter in enumerate(line):
            before = measure(line[:at], text.font, text.size)
            after = measure(line[: at + 1], text.font, text.size)
            if letter.isspace():
                continue
            tightest = own if bend > 0 else max(own - 0.6 * cap, text.size / 2)
            angle = ((before + after) / 2 - width / 2) / tightest
            x, y = own * sin(angle), bend * (radius - own * cos(angle) - sag)
            yield Letter(
                letter,
                x * cos(turn) - y * sin(turn),
                x * sin(turn) + y * cos(turn),
                degrees(turn + bend * angle) % 360 if abs(angle) < pi else 0.0,
            )
