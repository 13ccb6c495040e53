"""Set the plan as a script on paper: pages, panels, numbered lines, for an artist or a letterer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from kitsumy_core.export.words import speaker_name
from kitsumy_core.plan.models import ComicPlan, Page, Panel

LineKind = Literal["title", "note", "cast", "chapter", "page", "panel", "action", "line"]


class Line(NamedTuple):
    """A line of a script; `label` is what stands before the text of a spoken line."""

    kind: LineKind
    text: str
    label: str = ""


class _Terms(NamedTuple):
    page: str
    panel: str
    panels: tuple[str, str, str]
    """One, two to four, five and more."""
    chapter: str
    cast: str
    caption: str
    place: str
    spoken_off: str
    sfx: str
    made_by: str
    kinds: dict[str, str]
    ordinals: tuple[str, ...]
    numbers: tuple[str, ...]


_UK = _Terms(
    "СТОРІНКА", "Панель", ("ПАНЕЛЬ", "ПАНЕЛІ", "ПАНЕЛЕЙ"), "Розділ", "Дійові особи", "НАПИС", "МІСЦЕ",
    "ЗАКАДР.", "ЗВУК", "План складено без ШІ: це запитання до автора, а не готовий сценарій.",
    {"thought": "ДУМАЄ", "whisper": "ПОШЕПКИ", "shout": "КРИЧИТЬ", "radio": "РАЦІЯ", "weak": "ТИХО",
     "off": "ЗА КАДРОМ"},
    ("ПЕРША", "ДРУГА", "ТРЕТЯ", "ЧЕТВЕРТА", "П’ЯТА", "ШОСТА", "СЬОМА", "ВОСЬМА", "ДЕВ’ЯТА", "ДЕСЯТА",
     "ОДИНАДЦЯТА", "ДВАНАДЦЯТА", "ТРИНАДЦЯТА", "ЧОТИРНАДЦЯТА", "П’ЯТНАДЦЯТА", "ШІСТНАДЦЯТА", "СІМНАДЦЯТА",
     "ВІСІМНАДЦЯТА", "ДЕВ’ЯТНАДЦЯТА", "ДВАДЦЯТА"),
    ("ОДНА", "ДВІ", "ТРИ", "ЧОТИРИ", "П’ЯТЬ", "ШІСТЬ", "СІМ", "ВІСІМ", "ДЕВ’ЯТЬ"),
)  # fmt: skip
_EN = _Terms(
    "PAGE", "Panel", ("PANEL", "PANELS", "PANELS"), "Chapter", "Cast", "CAPTION", "PLACE", "VOICE-OVER",
    "SFX",
    "The plan was made without AI: it holds questions to the writer, not a finished script.",
    {"thought": "THINKS", "whisper": "WHISPERS", "shout": "SHOUTS", "radio": "RADIO", "weak": "WEAK",
     "off": "OFF"},
    ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE",
     "THIRTEEN",     "FOURTEEN", "FIFTEEN", "SIXTEEN", "SEVENTEEN", "EIGHTEEN", "NINETEEN", "TWENTY"),
    ("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"),
)  # fmt: skip


def script_lines(plan: ComicPlan) -> Iterator[Line]:
    """Yield a plan's script line by line, in its language (Ukrainian, else English)."""
    terms = _UK if plan.kitsumy.language.startswith("uk") else _EN
    yield Line("title", plan.title)
    if plan.kitsumy.made_by and plan.kitsumy.made_by.kind == "beats":
        yield Line("note", terms.made_by)
    if plan.kitsumy.idea:
        yield Line("note", plan.kitsumy.idea)
    if plan.characters:
        yield Line("chapter", terms.cast)
    for character in plan.characters:
        facts = (character.role, character.appearance, character.clothing)
        yield Line("cast", "; ".join(fact.strip() for fact in facts if fact.strip()), character.name)
    number = 0
    for index, chapter in enumerate(plan.chapters, 1):
        if chapter.title or len(plan.chapters) > 1:
            yield Line("chapter", f"{terms.chapter} {index}. {chapter.title}".rstrip(". "))
        for page in chapter.pages:
            number += 1
            yield Line("page", _heading(page, number, terms))
            if page.kitsumy.beat:
                yield Line("action", page.kitsumy.beat)
            yield from _panels(plan, page, terms)


def _heading(page: Page, number: int, terms: _Terms) -> str:
    count = len(page.panels)
    named = terms.ordinals[number - 1] if number <= len(terms.ordinals) else str(number)
    counted = terms.numbers[count - 1] if 1 <= count <= len(terms.numbers) else str(count)
    return f"{terms.page} {named} ({counted} {terms.panels[_form(count)]})"


def _form(count: int) -> int:
    """Return which of three plural forms a number takes."""
    if count % 10 == 1 and count % 100 != 11:
        return 0
    return 1 if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14 else 2


def _panels(plan: ComicPlan, page: Page, terms: _Terms) -> Iterator[Line]:
    spoken = 0
    for index, panel in enumerate(page.panels, 1):
        yield Line("panel", f"{terms.panel} {index}")
        facts = (panel.camera, panel.location, panel.action, panel.mood)
        seen = " ".join(_sentence(fact) for fact in facts if fact.strip())
        if seen:
            yield Line("action", seen)
        for label, text in _lines(plan, panel, terms):
            spoken += 1
            yield Line("line", text, f"{spoken}. {label}")


def _lines(plan: ComicPlan, panel: Panel, terms: _Terms) -> Iterator[tuple[str, str]]:
    if panel.narrative:
        kinds = {"place": terms.place, "spokenOff": terms.spoken_off}
        yield kinds.get(panel.kitsumy.narrative_kind, terms.caption), panel.narrative
    for line in panel.dialogue:
        name = (speaker_name(plan, line.character) or "?").upper()
        how = terms.kinds.get(line.kitsumy.kind, "")
        yield f"{name} ({how})" if how else name, line.text
    if panel.sfx:
        yield terms.sfx, panel.sfx


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    text = text[:1].upper() + text[1:]
    return text if text[-1] in ".!?…" else f"{text}."
