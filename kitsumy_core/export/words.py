"""Say a page in words, to be read aloud: what is to be seen, and who says what, in reading order."""

from __future__ import annotations

from kitsumy_core.page.document import PageBox
from kitsumy_core.plan.models import ComicPlan

_SPOKEN = ("speech", "thought", "whisper", "shout", "radio", "weak", "off")


def page_words(page: PageBox, plan: ComicPlan) -> str:
    """Return one sentence or more a panel; "" for a page with nothing on it."""
    parts: list[str] = []
    for panel in sorted(page.panels, key=lambda box: box.order):
        said = sorted((e for e in page.lettering if e.panel == panel.id), key=lambda entry: entry.order)
        lines = [_line(plan, entry.kind, entry.speaker, " ".join(entry.text.lines)) for entry in said]
        parts += [text for text in (_sentence(panel.alt), *lines) if text]
    return " ".join(parts)


def speaker_name(plan: ComicPlan, speaker: str) -> str:
    """Return the name of whoever speaks: of the cast, or as it stands."""
    character = plan.character(speaker)
    return character.name if character and character.name else speaker


def _line(plan: ComicPlan, kind: str, speaker: str, text: str) -> str:
    name = speaker_name(plan, speaker) if kind in _SPOKEN else ""
    return _sentence(f"{name}: {text}" if name and text else text)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?…:;»”" else f"{text}."
