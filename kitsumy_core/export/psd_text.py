"""Describe the text of a layer so that Photoshop and its like let it be edited: the block "TySh".

It holds a transformation, a descriptor, and in that the type engine's own data, a text of names and values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians, sin
from struct import pack

from kitsumy_core.export.psd_file import unicode_text
from kitsumy_core.page.document import Lettering
from kitsumy_core.page.faces import face_of
from kitsumy_core.page.vector import Block, Run

Value = str | bool | int | float | Sequence["Value"] | Mapping[str, "Value"]

_INVISIBLE = "AdobeInvisFont"
_DESCRIPTOR = 16


def type_block(block: Block, entry: Lettering, offset: float) -> bytes:
    """Return the text of a lettering element as point text; `offset` is the bleed, in pixels."""
    c, s = cos(radians(block.degrees)), sin(radians(block.degrees))
    centred = entry.text.align == "center"
    first = block.lines[0][0]
    x, y = (entry.shape.cx if centred else first.x), first.y
    ax, ay = block.about
    turned = (ax + c * (x - ax) - s * (y - ay) + offset, ay + s * (x - ax) + c * (y - ay) + offset)
    text = block.text.replace("\n", "\r")
    described = _descriptor(
        b"TxLr",
        (
            (b"Txt ", b"TEXT" + unicode_text(text + "\0")),
            (b"textGridding", b"enum" + _key(b"textGridding") + _key(b"None")),
            (b"Ornt", b"enum" + _key(b"Ornt") + _key(b"Hrzn")),
            (b"AntA", b"enum" + _key(b"Annt") + _key(b"AnSm")),
            (b"TextIndex", b"long" + pack(">i", 0)),
            (b"EngineData", _data(_engine(engine_data(block, entry)))),
        ),
    )
    return (
        pack(">h6dhi", 1, c, s, -s, c, *turned, 50, _DESCRIPTOR)
        + described
        + pack(">hi", 1, _DESCRIPTOR)
        + _no_warp()
        + pack(">4i", 0, 0, 0, 0)
    )


def _no_warp() -> bytes:
    return _descriptor(
        b"warp",
        (
            (b"warpStyle", b"enum" + _key(b"warpStyle") + _key(b"warpNone")),
            (b"warpValue", b"doub" + pack(">d", 0)),
            (b"warpPerspective", b"doub" + pack(">d", 0)),
            (b"warpPerspectiveOther", b"doub" + pack(">d", 0)),
            (b"warpRotate", b"enum" + _key(b"Ornt") + _key(b"Hrzn")),
        ),
    )


def _descriptor(kind: bytes, items: Sequence[tuple[bytes, bytes]]) -> bytes:
    body = b"".join(_key(key) + value for key, value in items)
    return unicode_text("\0") + _key(kind) + pack(">I", len(items)) + body


def _key(key: bytes) -> bytes:
    """Return a name; those of four letters go without a length."""
    return pack(">I", 0 if len(key) == 4 else len(key)) + key


def _data(data: bytes) -> bytes:
    return b"tdta" + pack(">I", len(data)) + data


def engine_data(block: Block, entry: Lettering) -> dict[str, Value]:
    """Return what the type engine is told: the text, its paragraphs (a line each), the style of every run."""
    lines = block.lines
    faces = list(dict.fromkeys(face_of(run.face) for line in lines for run in line))
    fonts = {face.id: n for n, face in enumerate(faces, 1)}
    runs: list[tuple[int, Value]] = []
    for line in lines:
        for run in line:
            length = _units(run.text) + (1 if run is line[-1] else 0)
            runs.append((length, {"StyleSheet": {"StyleSheetData": _style(run, fonts, entry)}}))
    lengths = [sum(_units(run.text) for run in line) + 1 for line in lines]
    sheet: dict[str, Value] = {"DefaultStyleSheet": 0, "Properties": _paragraph(entry)}
    paragraph: Value = {"ParagraphSheet": sheet, "Adjustments": {"Axis": [1.0, 0.0, 1.0], "XY": [0.0, 0.0]}}
    names = [_INVISIBLE, *(face.file.removesuffix(".ttf") for face in faces)]
    resources: Value = {
        "TheNormalStyleSheet": 0,
        "TheNormalParagraphSheet": 0,
        "ParagraphSheetSet": [{"Name": "Normal RGB", **sheet}],
        "StyleSheetSet": [{"Name": "Normal RGB", "StyleSheetData": _style(lines[0][0], fonts, entry)}],
        "FontSet": [{"Name": name, "Script": 0, "FontType": 0, "Synthetic": 0} for name in names],
        "SuperscriptSize": 0.583, "SuperscriptPosition": 0.333, "SubscriptSize": 0.583,
        "SubscriptPosition": 0.333, "SmallCapSize": 0.7,
    }  # fmt: skip
    return {
        "EngineDict": {
            "Editor": {"Text": block.text.replace("\n", "\r") + "\r"},
            "ParagraphRun": {
                "DefaultRunData": paragraph,
                "RunArray": [paragraph for _ in lines],
                "RunLengthArray": lengths,
                "IsJoinable": 1,
            },
            "StyleRun": {
                "DefaultRunData": {"StyleSheet": {"StyleSheetData": {}}},
                "RunArray": [style for _, style in runs],
                "RunLengthArray": [length for length, _ in runs],
                "IsJoinable": 2,
            },
            "GridInfo": _grid(),
            "AntiAlias": 3,
            "UseFractionalGlyphWidths": True,
            "Rendered": {"Version": 1, "Shapes": {"WritingDirection": 0, "Children": [_point_shape()]}},
        },
        "ResourceDict": resources,
        "DocumentResources": resources,
    }


def _style(run: Run, fonts: Mapping[str, int], entry: Lettering) -> dict[str, Value]:
    from PIL import ImageColor

    red, green, blue = (part / 255 for part in ImageColor.getrgb(run.color)[:3])
    return {
        "Font": fonts[face_of(run.face).id], "FontSize": float(run.size),
        "FauxBold": False, "FauxItalic": False,
        "AutoLeading": False, "Leading": float(entry.text.leading),
        "HorizontalScale": 1.0, "VerticalScale": 1.0, "Tracking": 0, "AutoKerning": True, "Kerning": 0,
        "BaselineShift": 0.0, "FontCaps": 0, "FontBaseline": 0, "Underline": False, "Strikethrough": False,
        "Ligatures": True, "DLigatures": False, "BaselineDirection": 2, "NoBreak": False,
        "FillColor": {"Type": 1, "Values": [1.0, red, green, blue]},
        "FillFlag": True, "StrokeFlag": False,
    }  # fmt: skip


def _paragraph(entry: Lettering) -> dict[str, Value]:
    return {
        "Justification": 2 if entry.text.align == "center" else 0,
        "FirstLineIndent": 0.0, "StartIndent": 0.0, "EndIndent": 0.0, "SpaceBefore": 0.0, "SpaceAfter": 0.0,
        "AutoHyphenate": False, "HyphenatedWordSize": 6, "PreHyphen": 2, "PostHyphen": 2,
        "ConsecutiveHyphens": 8, "Zone": 36.0, "WordSpacing": [0.8, 1.0, 1.33],
        "LetterSpacing": [0.0, 0.0, 0.0], "GlyphSpacing": [1.0, 1.0, 1.0], "AutoLeading": 1.2,
        "LeadingType": 0, "Hanging": False, "Burasagari": False, "KinsokuOrder": 0,
        "EveryLineComposer": False,
    }  # fmt: skip


def _grid() -> dict[str, Value]:
    black: Value = {"Type": 1, "Values": [1.0, 0.0, 0.0, 0.0]}
    return {
        "GridIsOn": False, "ShowGrid": False, "GridSize": 18.0, "GridLeading": 22.0, "GridColor": black,
        "GridLeadingFillColor": black, "AlignLineHeightToGridFlags": False,
    }  # fmt: skip


def _point_shape() -> dict[str, Value]:
    """Return the shape of text without a frame."""
    base: Value = {
        "ShapeType": 0, "TransformPoint0": [1.0, 0.0], "TransformPoint1": [0.0, 1.0],
        "TransformPoint2": [0.0, 0.0],
    }  # fmt: skip
    photoshop: Value = {"ShapeType": 0, "PointBase": [0.0, 0.0], "Base": base}
    return {
        "ShapeType": 0,
        "Procession": 0,
        "Lines": {"WritingDirection": 0, "Children": []},
        "Cookie": {"Photoshop": photoshop},
    }


def _units(text: str) -> int:
    return len(text.encode("utf-16-be")) // 2


def _engine(value: Mapping[str, Value]) -> bytes:
    return b"\n\n" + _written(value, 0)


def _written(value: Value, depth: int) -> bytes:
    """Write a value in the type engine's notation."""
    tabs = b"\t" * depth
    if isinstance(value, Mapping):
        inner = b"".join(
            tabs + b"\t/" + key.encode() + (b"\n" + tabs + b"\t" if isinstance(part, Mapping) else b" ")
            + _written(part, depth + 1) + b"\n"
            for key, part in value.items()
        )  # fmt: skip
        return b"<<\n" + inner + tabs + b">>"
    if isinstance(value, str):
        data = b"\xfe\xff" + value.encode("utf-16-be", "replace")
        for sign in (b"\\", b"(", b")"):
            data = data.replace(sign, b"\\" + sign)
        return b"(" + data + b")"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int):
        return str(value).encode()
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").replace("-0.", "-.").encode() + (
            b"0" if value == int(value) else b""
        )
    if value and isinstance(value[0], Mapping):
        parts = b"".join(b"\n" + tabs + _written(part, depth) for part in value)
        return b"[" + parts + b"\n" + tabs + b"]"
    return b"[ " + b" ".join(_written(part, depth) for part in value) + b" ]"
