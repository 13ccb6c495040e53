"""Turn a page into the objects of a Fabric.js canvas, which most comic editors in the browser build on.

Every object names its origin, because versions differ in the default, and carries `kitsumy` with its role and
id. Fabric sets the first baseline 0.879 of the size below the top of a text and its line distance in units of
1.13 of the size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import cos, radians, sin
from typing import Any, Literal

from kitsumy_core.export.comic import Comic, Placed, border_of, placed
from kitsumy_core.geometry import Polygon, Rect
from kitsumy_core.page.document import PageBox, PanelBox
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.outline import bounds
from kitsumy_core.page.vector import Block, Letter, Shape, letters, outline_of, panels

Version = Literal["5.3.0", "7.0.0"]
Json = dict[str, Any]
Source = Callable[[Placed], str]
"""Return the address of a panel's picture."""

LINE = 1.13
BASELINE = 0.879


def fabric_page(comic: Comic, page: PageBox, source: Source, version: Version = "5.3.0") -> Json:
    """Return the canvas of a page at trim size: paper, panels with their art, borders, balloons, texts."""
    objects = [_paper(page, version)]
    for panel in panels(page):
        objects += _panel(panel, placed(comic, page, panel), source, version)
    for letter in letters(page):
        objects += _letter(letter, version)
    return {"version": version, "objects": objects, "background": page.background}


def _object(kind: str, at: tuple[float, float], version: Version, role: Json, **fields: Any) -> Json:
    name = kind if version == "5.3.0" else {"textbox": "Textbox"}.get(kind, kind.capitalize())
    return {
        "type": name, "version": version, "originX": "left", "originY": "top",
        "left": round(at[0], 2), "top": round(at[1], 2), "opacity": 1, "visible": True,
        **fields, "kitsumy": role,
    }  # fmt: skip


def _paper(page: PageBox, version: Version) -> Json:
    role = {"role": "page", "id": page.id}
    size = {"width": page.trim.width, "height": page.trim.height}
    return _object("rect", (0, 0), version, role, **size, fill=page.background, strokeWidth=0)


def _polygon(outline: Polygon, version: Version, role: Json, border: float, **fields: Any) -> Json:
    box = Rect.around(outline)
    points = [{"x": round(p.x, 2), "y": round(p.y, 2)} for p in outline]
    at = (box.x0 - border / 2, box.y0 - border / 2)
    return _object(
        "polygon", at, version, role,
        width=round(box.width, 2), height=round(box.height, 2), points=points, strokeWidth=border, **fields,
    )  # fmt: skip


def _panel(panel: PanelBox, shown: Placed, source: Source, version: Version) -> Iterator[Json]:
    outline, name = outline_of(panel), panel.id or f"empty-{panel.order}"
    role = {"id": name, "order": panel.order}
    yield _polygon(outline, version, role | {"role": "panel", "alt": panel.alt}, 0, fill="#ffffff")
    clip = _polygon(outline, version, {"role": "clip", "id": name}, 0, fill="#000000")
    wide, high = shown.image.size
    yield _object(
        "image", (shown.at.x0, shown.at.y0), version,
        role | {"role": "art", "state": shown.state, "madeBy": shown.made_by},
        width=wide, height=high, scaleX=shown.at.width / wide, scaleY=shown.at.height / high,
        cropX=0, cropY=0, src=source(shown), crossOrigin=None, filters=[],
        clipPath=clip | {"absolutePositioned": True, "inverted": False},
    )  # fmt: skip
    color, width = border_of(panel, shown.state)
    if width > 0:
        style = {"fill": "transparent", "stroke": color, "strokeLineJoin": "miter"}
        yield _polygon(outline, version, role | {"role": "border"}, width, **style)


def _letter(letter: Letter, version: Version) -> Iterator[Json]:
    entry = letter.entry
    role = {"id": entry.id, "kind": entry.kind, "panel": entry.panel, "speaker": entry.speaker}
    for shape in letter.shapes:
        yield _path(shape, version, role | {"role": "balloon"})
    for shape in letter.joints:
        yield _path(shape, version, role | {"role": "connector"})
    if letter.block.lines:
        yield _text(letter, letter.block, version, role | {"role": "text"})


def _path(shape: Shape, version: Version, role: Json) -> Json:
    box = bounds([shape.path], 0)
    commands = [[c[0], *(round(float(v), 2) for v in c[1:])] for c in shape.path]
    at = (box.x0 - shape.width / 2, box.y0 - shape.width / 2)
    return _object(
        "path", at, version, role,
        path=commands, width=round(box.width, 2), height=round(box.height, 2),
        fill=shape.fill or "transparent", stroke=shape.stroke, strokeWidth=round(shape.width, 2),
        strokeLineJoin="round", strokeDashArray=list(shape.dash) or None,
    )  # fmt: skip


def _text(letter: Letter, block: Block, version: Version, role: Json) -> Json:
    text, face = letter.entry.text, face_of(letter.entry.text.font)
    stroke = 2 * block.coats[-1].reach if block.coats else 0.0
    box, first = block.box, block.lines[0][0]
    wide, high = box.width + 0.5 * text.size, (len(block.lines) - 1) * text.leading + LINE * text.size
    left = letter.entry.shape.cx - wide / 2 if text.align == "center" else first.x
    corner = (left - stroke / 2, first.y - BASELINE * text.size - stroke / 2)
    middle = (corner[0] + (wide + stroke) / 2, corner[1] + (high + stroke) / 2)
    coat: Json = {}
    if block.coats:
        rim = block.coats[0]
        halo = {"color": rim.color, "blur": round(2 * (rim.reach - block.coats[-1].reach), 2)}
        coat = {
            "stroke": block.coats[-1].color, "paintFirst": "stroke", "strokeLineJoin": "round",
            "shadow": halo | {"offsetX": 0, "offsetY": 0, "affectStroke": True, "nonScaling": False},
        }  # fmt: skip
    return _object(
        "textbox", _turned(corner, middle, block), version, role, **coat,
        angle=block.degrees, width=round(wide, 2), height=round(high, 2), text=block.text,
        strokeWidth=round(stroke, 2), fill=text.color, fontFamily=face.family, fontWeight=face.weight,
        fontStyle=face.style, fontSize=text.size, lineHeight=round(text.leading / text.size / LINE, 4),
        textAlign=text.align, charSpacing=0, splitByGrapheme=False, styles={} if version == "5.3.0" else [],
    )  # fmt: skip


def _turned(corner: tuple[float, float], middle: tuple[float, float], block: Block) -> tuple[float, float]:
    """Return where the corner of a text comes to lie when all of it is turned about the block's point."""
    c, s = cos(radians(block.degrees)), sin(radians(block.degrees))
    ax, ay = block.about

    def turned(x: float, y: float, about: tuple[float, float]) -> tuple[float, float]:
        dx, dy = x - about[0], y - about[1]
        return about[0] + c * dx - s * dy, about[1] + s * dx + c * dy

    mx, my = turned(*middle, (ax, ay))
    return turned(corner[0] + mx - middle[0], corner[1] + my - middle[1], (mx, my))
