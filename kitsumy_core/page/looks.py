"""Say how each kind of lettering looks; lengths are shares of the size of the type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from kitsumy_core.page.document import LetteringKind, ShapeType

KEPT_AWAY = 0.45
"""How far automatic lettering keeps from the border of a panel, as a share of the size of dialogue."""


class Look(NamedTuple):
    """The style of one kind of lettering."""

    shape: ShapeType
    face: str = "dialogue"
    scale: float = 1.0
    upper: bool = True
    align: Literal["center", "left"] = "center"
    fill: str | None = "#ffffff"
    color: str = "#000000"
    stroke: float = 0.125
    dash: tuple[float, ...] = ()
    z: int = 100


LOOKS: Mapping[LetteringKind, Look] = {
    "speech": Look("superellipse"),
    "off": Look("superellipse"),
    "thought": Look("cloud"),
    "whisper": Look("superellipse", scale=0.94, upper=False, dash=(0.42, 0.3), color="#333333"),
    "shout": Look("burst", face="shout", scale=1.2, stroke=0.16),
    "radio": Look("jagged"),
    "weak": Look("wavy", scale=0.94, upper=False, stroke=0.1),
    "narration": Look("rect", face="narration", upper=False, align="left", fill="#fdf5d9", stroke=0.1, z=110),
    "place": Look("rect", face="narration", upper=True, align="left", fill="#ffffff", stroke=0.1, z=110),
    "spokenOff": Look(
        "rect", face="narration-plain", upper=False, align="left", fill="#eef3fa", stroke=0.1, z=110
    ),
    "sfx": Look("none", face="sfx", fill=None, color="#ffffff", stroke=0.1, z=90),
}
"""The look of every kind; `stroke` of sfx is a share of its own size."""
