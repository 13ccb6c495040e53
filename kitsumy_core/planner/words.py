"""The closed lists a model chooses from, and their words in the plan's language.

Camera and mood are chosen in English and written in the plan's language with words that our own tables turn
back into English, so that no picture needs a translation of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kitsumy_core.messages import catalogue, languages

SHOTS = (
    "extreme wide shot",
    "wide shot",
    "full shot",
    "medium shot",
    "medium close-up",
    "close-up",
    "extreme close-up",
    "insert",
    "over the shoulder",
    "two shot",
)
ANGLES = (
    "eye level",
    "low angle",
    "high angle",
    "bird’s eye view",
    "point of view",
    "profile",
    "dutch angle",
    "silhouette",
)
MOODS = (
    "calm",
    "tense",
    "tender",
    "joyful",
    "melancholic",
    "eerie",
    "ominous",
    "playful",
    "hopeful",
    "angry",
    "mysterious",
)
KINDS = ("speech", "thought", "whisper", "shout", "radio", "weak", "off")


def language_name(code: str) -> str:
    """Return the English name of a language; an unknown code is its own name."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code.replace("-", "_")).get_display_name("en") or code
    except (UnknownLocaleError, ValueError, TypeError):
        return code


def said_in(language: str, word: str) -> str:
    """Return a word of these lists in a language we speak, else in English."""
    spoken = language.partition("-")[0].lower()
    return catalogue(spoken).gettext(word) if spoken in languages() else word


def choices() -> dict[str, str]:
    """Return the lists as prompts tell them: for servers that do not hold an answer to a schema."""
    lists = {"shots": SHOTS, "angles": ANGLES, "moods": MOODS, "kinds": KINDS}
    return {name: ", ".join(known) for name, known in lists.items()}


def camera(shot: str, angle: str, language: str) -> str:
    """Return the camera field of a panel."""
    parts = [shot, "" if angle == ANGLES[0] else angle]
    return ", ".join(said_in(language, part) for part in parts if part)


def chosen(value: object, known: Sequence[str], default: str) -> str:
    """Return the entry of a list that a model meant, in whatever spelling."""
    text = _plain(value)
    if not text:
        return default
    exact = next((word for word in known if _plain(word) == text), None)
    return exact or next((word for word in known if _plain(word) in text or text in _plain(word)), default)


def _plain(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return " ".join(re.sub(r"[^a-z ]+", " ", value.casefold().replace("’s", "s").replace("'s", "s")).split())
