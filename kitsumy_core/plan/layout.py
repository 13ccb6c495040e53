"""A layout: the template of a page, as data. The program's own and those a writer draws have the same form.

Panels are convex polygons, clockwise, in a unit frame without gutters (x, y in 0..1, y down), authored
left-to-right. A plan holds the layouts drawn for it in `kitsumy.layouts`, and only where there are some.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kitsumy_core.geometry import is_convex
from kitsumy_core.plan.values import Lean, NoTruth, Text, Whole

Side = Literal["left", "top", "right", "bottom"]
Unit = Annotated[float, Field(ge=0, le=1), NoTruth]
Pair = tuple[Unit, Unit]


class LayoutPanel(Lean):
    """One panel of a layout; panels come in reading order. A higher `z` lies over a lower one."""

    points: tuple[Pair, ...] = Field(min_length=3, max_length=16)
    z: Whole = 0
    border: bool = True
    bleed: tuple[Side, ...] = ()

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        if not is_convex(self.points, tolerance=1e-6):
            raise ValueError("the corners of a panel must make a convex polygon, clockwise")
        return self


class Layout(Lean):
    """A template of a page. `spread` = it covers two facing pages."""

    id: str = ""
    name: Text = ""
    panels: tuple[LayoutPanel, ...] = Field(min_length=1)
    tags: tuple[str, ...] = ()
    spread: bool = False
