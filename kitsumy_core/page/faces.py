"""List the bundled type faces and which one sets what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from kitsumy_core.page.document import Font


class Face(NamedTuple):
    """A bundled face. Leading and cap height are shares of the size of the type."""

    id: str
    family: str
    file: str
    weight: int
    style: Literal["normal", "italic"]
    cap_height: float
    leading: float
    """Line distance for capitals without marks above and below (English)."""
    leading_marks: float
    """Line distance for capitals with them (Ukrainian Ї, Й, Щ and most other languages)."""

    def leading_for(self, language: str, upper: bool) -> float:
        """Return the line distance for texts of a language; lower case needs its own."""
        if not upper:
            return max(self.leading, self.leading_marks, 1.16)
        return self.leading if language.partition("-")[0] == "en" else self.leading_marks

    @property
    def font(self) -> Font:
        return Font(id=self.id, family=self.family, weight=self.weight, style=self.style, file=self.file)


_ALL = (
    Face("dialogue", "Shantell Sans", "ShantellSans-Medium.ttf", 500, "normal", 0.7, 1.08, 1.18),
    Face("shout", "Shantell Sans", "ShantellSans-ExtraBoldItalic.ttf", 800, "italic", 0.7, 1.1, 1.2),
    Face("narration", "Balsamiq Sans", "BalsamiqSans-Italic.ttf", 400, "italic", 0.715, 1.05, 1.08),
    Face("narration-plain", "Balsamiq Sans", "BalsamiqSans-Regular.ttf", 400, "normal", 0.715, 1.05, 1.08),
    Face("sfx", "Dela Gothic One", "DelaGothicOne-Regular.ttf", 400, "normal", 0.726, 1.05, 1.15),
    Face("sfx-slanted", "Rubik", "Rubik-ExtraBoldItalic.ttf", 800, "italic", 0.7, 1.05, 1.1),
    Face("dialogue-strong", "Shantell Sans", "ShantellSans-BoldItalic.ttf", 700, "italic", 0.7, 1.1, 1.2),
    Face(
        "narration-strong", "Balsamiq Sans", "BalsamiqSans-BoldItalic.ttf", 700, "italic", 0.715, 1.05, 1.08
    ),
    Face("narrow", "Neucha", "Neucha-Regular.ttf", 400, "normal", 0.71, 1.02, 1.05),
    Face("round", "Pangolin", "Pangolin-Regular.ttf", 400, "normal", 0.72, 1.04, 1.08),
    Face("diary", "Caveat", "Caveat-Bold.ttf", 700, "normal", 0.61, 1.0, 1.12),
    Face("sfx-paint", "Rubik Wet Paint", "RubikWetPaint-Regular.ttf", 400, "normal", 0.7, 1.15, 1.3),
)

FACES: Mapping[str, Face] = {face.id: face for face in _ALL}
DEFAULT_FACE = "dialogue"
DIALOGUE_FACES = ("dialogue", "narration-plain", "narrow", "round", "diary", "shout")
CAPTION_FACES = ("narration", "narration-plain", "diary", "dialogue", "narrow", "round")
SFX_FACES = ("sfx", "sfx-slanted", "sfx-paint", "shout")
"""Faces to choose from for what is said, for captions, for sound effects; the usual one first."""

_STRONG = {"narration": "narration-strong", "narration-plain": "narration-strong", "shout": "sfx-slanted"}
FALLBACKS = ("narration-plain", "dialogue", "sfx-slanted", "sfx")
"""Tried in this order for a character the wished face does not have."""


def face_of(face_id: str) -> Face:
    """Return a face by its id, or the dialogue face if there is no such face."""
    return FACES.get(face_id) or FACES[DEFAULT_FACE]


def strong_face(face_id: str) -> str:
    """Return the face that sets emphasised words among words of a face: bold and italic."""
    return _STRONG.get(face_id, "dialogue-strong")
