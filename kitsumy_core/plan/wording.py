"""Compare words and tell scripts: what a check of writing needs to know of letters."""

from __future__ import annotations

import re
import unicodedata

CYRILLIC = frozenset({"uk", "ru", "be", "bg", "sr", "mk"})
LATIN = frozenset({"en", "pl", "de", "fr", "es", "it", "pt", "cs", "sk", "nl", "tr", "vi", "ro"})
_OWN = {"uk": "їєґ", "ru": "ыэъё"}
"""Letters that one language has and the other has not: certain even in a single word."""
_NOT = {"uk": _OWN["ru"], "ru": _OWN["uk"] + "і"}
OTHER_SHARE = 0.5
"""A larger share of letters of another script is another language, not a name or a quotation."""
ENGLISH_SHARE = 0.2
"""The same for a field that an image model reads, where every foreign word is lost."""
_STEM = 5


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text as small stems, so that cases and endings do not part them."""
    found = re.findall(r"\w[\w’'ʼ]*", text.casefold())
    return frozenset(word[:_STEM] for word in found if len(word) > 2)


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words that two texts have in common (Jaccard, 0..1)."""
    return len(one & other) / len(one | other) if one | other else 0.0


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return name.split(" ", 1)[0] if letter.isalpha() else ""


def is_wrong_script(text: str, language: str) -> bool:
    """Tell whether most of a text is written with letters that the language does not use."""
    wanted = "CYRILLIC" if language in CYRILLIC else "LATIN" if language in LATIN else ""
    scripts = [script for letter in text if (script := _script(letter))]
    if not wanted or len(scripts) < 3:
        return False
    others = sum(script != wanted for script in scripts) / len(scripts)
    return others > (ENGLISH_SHARE if language == "en" else OTHER_SHARE)


def foreign_letters(text: str, language: str) -> bool:
    """Tell whether a text has letters that its language lacks and its nearest neighbour has."""
    return any(letter in _NOT.get(language, "") for letter in text.casefold())


def mixed_words(text: str) -> list[str]:
    """Return the words that mix Cyrillic and Latin letters: they look right and break search and fonts."""
    return [
        word for word in re.findall(r"[^\W\d_]+", text) if {"CYRILLIC", "LATIN"} <= {_script(c) for c in word}
    ]
