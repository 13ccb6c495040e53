"""Turn a writer's text into words ready to be set: orthography of the language, case, what stays together.

Words are separated by plain spaces afterwards; a no-break space inside a word holds two words on one line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from kitsumy_core.page.emphasis import OFF, ON, plain

NO_BREAK = "\u00a0"
SOFT_HYPHEN = "\u00ad"
"""Ends a part of a split word: a hyphen at the end of a line, nothing inside one."""
SOFT_BREAK = "\u200b"
"""Ends a part of a split word that needs no hyphen."""

_GLUED_UK = frozenset(
    ("а", "в", "е", "є", "з", "і", "й", "о", "у", "я", "та", "на", "до", "за", "із", "зі", "не", "ні", "що",
     "це", "ви", "ти", "ми", "як", "бо", "чи", "по", "від")
)  # fmt: skip
_LEANING_UK = frozenset(("б", "ж", "би", "же"))
"""These lean on the word before them."""
_GLUED_EN = frozenset(("the", "a", "an", "i", "of", "to", "in"))
_GLUED_MOST = 16
"""Words are not held together beyond this many characters, so that narrow balloons stay possible."""
_DASHES = ("—", "–", "--", "-")
_VOWELS = frozenset("аеєиіїоуюяыэёaeiouyåäöøæœąęóéèêëáíúýàâîïôûùűőüůěãõ")


def normalise(text: str, language: str, *, balloon: bool = True) -> str:
    """Return a text in one line with the signs its language's orthography asks for; no word is changed.

    `balloon` drops the dash that opens direct speech in prose: the balloon stands for it.
    """
    text = re.sub(f"[{SOFT_HYPHEN}{SOFT_BREAK}{ON}{OFF}]", "", unicodedata.normalize("NFC", text))
    text = " ".join(text.split())
    code = language.partition("-")[0]
    if code == "uk":
        text = _ukrainian(text)
    elif code == "en":
        text = _english(text)
    if balloon and code != "en":
        text = re.sub(r"^[—–-]+ (?=\S)", "", text)
    return text


def _ukrainian(text: str) -> str:
    text = re.sub(r"(?<=\w)['`´ʼ](?=\w)", "’", text)
    text = re.sub(r"\.{3,}", "…", text)
    text = re.sub(r"(?<=\S)\s*--\s*(?=\S)", " — ", text)
    text = re.sub(r"(?<=\S)--", " —", text)
    text = re.sub(r" [-–] ", " — ", text)
    return re.sub(r'"([^"]*)"', r"«\1»", text)


def _english(text: str) -> str:
    text = text.replace("…", "...")
    return re.sub(r"\s*[—–]\s*", "--", text) if not re.search(r"\d[–]\d", text) else text.replace("—", "--")


def cased(text: str, upper: bool) -> str:
    """Return a text in capitals, or as it is."""
    return text.upper() if upper else text


def words_of(text: str, language: str) -> list[str]:
    """Split a normalised text into what may stand on lines of its own.

    One-letter words and the like are held with the next word, a dash with the word before it.
    """
    code = language.partition("-")[0]
    glued = _GLUED_UK if code == "uk" else _GLUED_EN if code == "en" else frozenset[str]()
    words: list[str] = []
    hold = False
    for word in text.split(" "):
        if not word:
            continue
        fits = bool(words) and len(plain(words[-1] + word)) + 1 <= _GLUED_MOST
        bare = plain(word)
        leans = code == "uk" and bare.strip(".,!?…").casefold() in _LEANING_UK
        if words and (bare in _DASHES or ((hold or leans) and fits)):
            words[-1] += NO_BREAK + word
        else:
            words.append(word)
        hold = bare.strip("«»„“”\"'(…").casefold() in glued
    return words


def line_of(words: Sequence[str]) -> str:
    """Return the line that words (or parts of words) make, as it is shown."""
    line = " ".join(words)
    if ON in line:
        line = line.replace(SOFT_HYPHEN + OFF + " " + ON, "").replace(SOFT_BREAK + OFF + " " + ON, "")
    line = line.replace(SOFT_HYPHEN + " ", "").replace(SOFT_BREAK + " ", "")
    return line.replace(SOFT_HYPHEN, "-").replace(SOFT_BREAK, "").replace(NO_BREAK, " ")


_PYPHEN = {"uk": "uk_UA", "en": "en_US", "de": "de_DE", "pl": "pl_PL", "fr": "fr", "es": "es", "it": "it_IT"}


@lru_cache(maxsize=2000)
def syllable_breaks(word: str, language: str) -> tuple[int, ...]:
    """Return the places where a word may be hyphenated: 3 letters and a vowel on both sides."""
    import pyphen

    code = language.replace("-", "_")
    name = _PYPHEN.get(code.partition("_")[0], code)
    if name not in pyphen.LANGUAGES:
        return ()
    plain = word.replace("’", "'").replace("ʼ", "'").lower()
    if len(plain) != len(word):
        return ()
    places = pyphen.Pyphen(lang=name, left=3, right=3).positions(plain)
    return tuple(p for p in places if _sound(plain[:p]) and _sound(plain[p:]))


def _sound(part: str) -> bool:
    letters = [c for c in part if c.isalpha()]
    return len(letters) >= 3 and any(c in _VOWELS for c in letters)


def split_word(word: str, language: str, fits: int) -> list[str]:
    """Split a word into parts of at most `fits` characters, at syllables where possible.

    Parts end in SOFT_HYPHEN or SOFT_BREAK, which `line_of` turns into a hyphen or nothing.
    `fits` below 2 counts as 2. Where a word has its own hyphen or no-break space it is split there first.
    """
    fits = max(2, fits)
    if len(plain(word)) <= fits:
        return [word]
    if ON in word and NO_BREAK not in word:
        pieces = split_word(plain(word), language, fits)
        return [f"{ON}{piece}{OFF}" for piece in pieces]
    if NO_BREAK in word:
        parts = word.split(NO_BREAK)
        return [piece for part in parts for piece in split_word(part, language, fits)]
    own = [i + 1 for i, c in enumerate(word) if c in "-–—/" and 0 < i < len(word) - 1 and i + 1 <= fits]
    if own:
        return [word[: own[-1]] + SOFT_BREAK, *split_word(word[own[-1] :], language, fits)]
    places = [p for p in syllable_breaks(word, language) if p < fits]
    place = places[-1] if places else fits - 1
    while place > 1 and not places and unicodedata.combining(word[place]):
        place -= 1
    mark = SOFT_HYPHEN if word[place - 1].isalpha() and word[place].isalpha() else SOFT_BREAK
    return [word[:place] + mark, *split_word(word[place:], language, fits)]


_QUOTES = {"uk": "«»", "en": "“”", "ru": "«»", "fr": "«»", "de": "„“", "pl": "„”"}


def quoted(text: str, language: str) -> str:
    """Return a text in the quotation marks of its language, unless it has some."""
    if not text or plain(text)[:1] in "«“„\"'‘":
        return text
    marks = _QUOTES.get(language.partition("-")[0], "“”")
    return f"{marks[0]}{text}{marks[1]}"
