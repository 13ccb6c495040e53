"""Suggest words for camera, mood and the like; the writer may always type others."""

from __future__ import annotations

from kitsumy_core.messages import N_
from studio.texts import _

CAMERAS = (
    N_("extreme wide shot"),
    N_("wide shot"),
    N_("full shot"),
    N_("medium shot"),
    N_("medium close-up"),
    N_("close-up"),
    N_("extreme close-up"),
    N_("insert"),
    N_("over the shoulder"),
    N_("two shot"),
    N_("low angle"),
    N_("high angle"),
    N_("bird’s eye view"),
    N_("point of view"),
    N_("profile"),
    N_("dutch angle"),
    N_("silhouette"),
)
MOODS = (
    N_("calm"),
    N_("tense"),
    N_("tender"),
    N_("joyful"),
    N_("melancholic"),
    N_("eerie"),
    N_("ominous"),
    N_("playful"),
    N_("hopeful"),
    N_("angry"),
    N_("mysterious"),
    N_("night"),
)
KINDS = {
    "speech": N_("speech"),
    "thought": N_("thought"),
    "whisper": N_("whisper"),
    "shout": N_("shout"),
    "radio": N_("radio"),
    "weak": N_("weak voice"),
    "off": N_("off-panel"),
}
NARRATIONS = {"narration": N_("narration"), "place": N_("time and place"), "spokenOff": N_("spoken off")}


def suggestions(words: tuple[str, ...], *, used: list[str], language: str, studio_language: str) -> list[str]:
    """Return what the book already uses, then the usual words, in the plan's language where we speak it."""
    from kitsumy_core.messages import catalogue, languages

    speak = language if language in languages() else studio_language
    usual = [catalogue(speak).gettext(word) for word in words]
    return list(dict.fromkeys([*(word for word in used if word), *usual]))


def kind_label(kind: str) -> str:
    """Return the name of a kind of lettering: of balloons, captions, and sound effects."""
    names = KINDS | NARRATIONS | {"sfx": N_("Sound effect")}
    return _(names.get(kind, kind))


def narration_label(kind: str) -> str:
    return _(NARRATIONS.get(kind, kind))
