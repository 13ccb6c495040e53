"""Compose the English prompt of a shot: style, camera, place, each character verbatim, action, mood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import Field

from kitsumy_core.plan.models import Frozen
from kitsumy_core.render.prompt_words import camera_in_english, mood_in_english, name_in_latin
from kitsumy_core.render.shot import CastMember, Part, Shot
from kitsumy_core.render.styles import Style

NO_TEXT = "no text, no speech bubbles"
NEGATIVE = (
    "text, letters, speech bubble, caption, watermark, signature, blurry, deformed hands, extra fingers"
)

_ENGLISH_FIELDS = (
    *("kitsumy.look", "look", "kitsumy.wording"),
    *("kitsumy.actionEn", "kitsumy.prompt", "kitsumy.negative"),
)
"""Fields that are English by definition, whatever the plan's language is."""
_OTHER_SCRIPTS = ("uk", "be", "ru", "bg", "sr", "mk", "ja", "zh", "ko", "el", "ka", "hy", "he", "ar", "hi")
"""Languages that Latin letters are foreign to: what is written in these is taken for English."""


_PLACEHOLDERS = re.compile(r"\{(?:name|look|clothing)\}")


class PromptWarning(Frozen):
    """Something the writer should know before a picture is made: by default, a text the image model will
    not understand, with the node and field it stands in."""

    code: str = "prompt-not-english"
    source_id: str = ""
    field: str = ""
    text: str = ""
    params: Mapping[str, Any] = Field(default_factory=dict)
    """What the words of another code than the first need."""


class Prompt(Frozen):
    """What to draw and what to avoid."""

    text: str
    negative: str = ""
    warnings: tuple[PromptWarning, ...] = ()


def compose_prompt(
    shot: Shot,
    style: Style | None = None,
    translations: Mapping[str, str] = MappingProxyType({}),
    quiet: str = "",
) -> Prompt:
    """Return the prompt of a shot. A prompt written by hand is taken as it is.

    `translations` maps texts as they stand in the plan to English. What has no English goes in as it is,
    with a warning. `quiet` says where room is kept for words (`page.quiet`); not for a prompt by hand.
    """
    reader = _Reader(shot.language, translations)
    words = reader.english(shot.prompt) if shot.prompt.text.strip() else _composed(shot, style, reader, quiet)
    avoided = (NEGATIVE, style.negative if style else "", reader.english(shot.negative))
    return Prompt(
        text=words,
        negative=", ".join(dict.fromkeys(part.strip(" ,") for part in avoided if part.strip(" ,"))),
        warnings=tuple(reader.warnings),
    )


def is_english(text: str, language: str = "uk", field: str = "") -> bool:
    """Say whether a text may pass for English: Latin letters, in a place where those mean English."""
    latin = all(unicodedata.name(c, "LATIN").startswith("LATIN") for c in text if c.isalpha())
    expected = field in _ENGLISH_FIELDS or language == "en" or language in _OTHER_SCRIPTS
    return latin and (expected or not any(c.isalpha() for c in text))


def _composed(shot: Shot, style: Style | None, reader: _Reader, quiet: str) -> str:
    sentences = (
        _style_words(shot, style, reader),
        reader.english(shot.camera, camera_in_english),
        _place(shot, reader),
        *(_member(member, reader) for member in shot.cast),
        reader.english(shot.action_en if shot.action_en.text.strip() else shot.action),
        _mood(reader.english(shot.mood, mood_in_english)),
        quiet,
    )
    said = [_sentence(s) for s in sentences if s.strip(" .,")]
    return " ".join([*said, NO_TEXT])


def _style_words(shot: Shot, style: Style | None, reader: _Reader) -> str:
    if style is None:
        return reader.english(shot.style)
    own = shot.style.text.strip()
    if not own or style.is_called(own):
        return style.prompt
    return f"{style.prompt}, {reader.english(shot.style)}"


def _place(shot: Shot, reader: _Reader) -> str:
    """Return place and look; a name in other letters is left out where the look says it in English."""
    look = reader.english(shot.place_look)
    if (
        look
        and not is_english(shot.place.text, shot.language)
        and shot.place.text.strip() not in reader.known
    ):
        return look
    return ": ".join(part for part in (reader.english(shot.place), look) if part)


def _member(member: CastMember, reader: _Reader) -> str:
    name = name_in_latin(reader.known.get(member.name.text.strip(), member.name.text.strip()))
    look, clothing = reader.english(member.look), reader.english(member.clothing)
    if wording := reader.english(member.wording):
        return _worded(wording, name, look, clothing)
    worn = f"wearing {clothing}" if clothing else ""
    seen = ", ".join(part.strip(" .,") for part in (look, worn) if part)
    return f"{name}: {seen}" if seen else name


def _worded(wording: str, name: str, look: str, clothing: str) -> str:
    """Fill a wording in; the clothing in force is said even where the wording forgets it."""
    if "{clothing}" not in wording and clothing:
        wording = wording.rstrip(" .,") + ", wearing {clothing}"
    facts = {"{name}": name, "{look}": look.strip(" .,"), "{clothing}": clothing.strip(" .,")}
    written = _PLACEHOLDERS.sub(lambda found: facts[found[0]], wording)
    return ", ".join(part for part in (piece.strip() for piece in written.split(",")) if part)


def _mood(mood: str) -> str:
    return f"{mood} mood" if mood and not mood.endswith(("mood", "atmosphere")) else mood


def _sentence(text: str) -> str:
    text = text.strip(" .,")
    return text[:1].upper() + text[1:] + ("" if text.endswith(("!", "?", "…")) else ".")


class _Reader:
    """Reads parts as English and remembers those that are not."""

    def __init__(self, language: str, known: Mapping[str, str]) -> None:
        self.language, self.known = language, known
        self.warnings: list[PromptWarning] = []

    def english(self, part: Part, table: Callable[[str], tuple[str, bool]] | None = None) -> str:
        text = part.text.strip()
        if text in self.known:
            return self.known[text].strip()
        if not text or is_english(text, self.language, part.field):
            return text
        found, complete = table(text) if table else ("", False)
        if complete:
            return found
        self.warnings.append(PromptWarning(source_id=part.source_id, field=part.field, text=text))
        return f"{found}, {text}" if found else text
