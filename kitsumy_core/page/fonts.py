"""Measure and open the bundled faces, and find for every character a face that draws it.

No character is ever drawn as an empty box: what the wished face lacks is drawn by the next of `FALLBACKS`
that has it, else by an equal sign (a hyphen for U+2011), else without its accent, else as `REPLACEMENT`.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from importlib import resources
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from kitsumy_core.page.faces import FALLBACKS, Face, face_of

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

REPLACEMENT = "?"
EM = 200
"""Size in pixels at which widths are measured; they scale without steps because the faces are not hinted."""

_EQUAL = {
    "\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2015": "—", "\u2043": "-", "\u2212": "-",
    "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
    "\ufe0e": "", "\ufe0f": "", "\u2009": " ", "\u202f": "\u00a0", "\u2007": "\u00a0", "\u3000": " ",
    "\u201b": "’", "\u201f": "“", "\u02bc": "’", "\u2032": "’", "\u2033": "”",
    "\u266b": "♪", "\u2764": "♥", "\u2605": "*",
}  # fmt: skip


class Piece(NamedTuple):
    """A part of a line that one face draws."""

    face: str
    text: str


@lru_cache(maxsize=1)
def _coverage() -> dict[str, tuple[list[int], list[int]]]:
    text = (resources.files(__package__) / "fonts" / "coverage.json").read_text(encoding="utf-8")
    return {
        name: ([r[0] for r in ranges], [r[1] for r in ranges]) for name, ranges in json.loads(text).items()
    }


def has_glyph(face_id: str, character: str) -> bool:
    """Tell whether a face itself draws a character."""
    firsts, lasts = _coverage()[face_of(face_id).file]
    at = bisect_right(firsts, ord(character)) - 1
    return at >= 0 and ord(character) <= lasts[at]


@lru_cache(maxsize=4096)
def _drawn_by(face_id: str, character: str) -> Piece:
    """Return the face and the sign that stand for a character; the sign may be empty."""
    if _EQUAL.get(character) == "":
        return Piece(face_id, "")
    for sign in (character, _EQUAL.get(character), _without_accent(character)):
        if sign is None:
            continue
        for candidate in (face_id, *FALLBACKS):
            if all(has_glyph(candidate, part) for part in sign):
                return Piece(candidate if sign else face_id, sign)
    if unicodedata.category(character) in ("Cf", "Cc", "Mn", "Me"):
        return Piece(face_id, "")
    return Piece(face_id, REPLACEMENT)


def _without_accent(character: str) -> str | None:
    plain = unicodedata.normalize("NFKD", character)
    base = "".join(part for part in plain if not unicodedata.combining(part))
    return base if base and base != character else None


def missing(text: str, face_id: str = "dialogue") -> list[str]:
    """Return the characters that no bundled face can draw, each once, in order."""
    return [c for c in dict.fromkeys(text) if c != REPLACEMENT and _drawn_by(face_id, c).text == REPLACEMENT]


@lru_cache(maxsize=4096)
def pieces(text: str, face_id: str) -> tuple[Piece, ...]:
    """Split a line into the parts that one face each can draw; joined they are what is shown."""
    signs = [_drawn_by(face_id, character) for character in text]
    return tuple(
        Piece(face, "".join(sign.text for sign in group))
        for face, group in groupby(signs, key=lambda sign: sign.face)
    )


@lru_cache(maxsize=16)
def _file(name: str) -> bytes:
    return (resources.files(__package__) / "fonts" / name).read_bytes()


@lru_cache(maxsize=128)
def _opened(name: str, size: float) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(BytesIO(_file(name)), size, layout_engine=ImageFont.Layout.RAQM)


def font(face: Face | str, size_px: float) -> FreeTypeFont:
    """Return a face opened at a size in pixels (rounded to 1/4 px, so that few are kept open)."""
    face = face_of(face) if isinstance(face, str) else face
    return _opened(face.file, max(1.0, round(size_px * 4) / 4))


@lru_cache(maxsize=20000)
def _width_in_em(text: str, face_id: str) -> float:
    return sum(font(piece.face, EM).getlength(piece.text) for piece in pieces(text, face_id)) / EM


def measure(text: str, face_id: str, size_px: float) -> float:
    """Return the width of a line in pixels, with kerning and with the faces that draw it."""
    return _width_in_em(text, face_id) * size_px
