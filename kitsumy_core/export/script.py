"""Set the plan as a script on paper: pages, panels, numbered lines, for an artist or a letterer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from kitsumy_core.export.words import speaker_name
from kitsumy_core.plan.models import ComicPlan, Page, Panel
from kitsumy_core.plan.script_words import UK, Wording, wording

LineKind = Literal["title", "note", "cast", "chapter", "page", "panel", "action", "line"]


class Line(NamedTuple):
    """A line of a script; `label` is what stands before the text of a spoken line."""

    kind: LineKind
    text: str
    label: str = ""


_ORDINALS = {
    "uk": (
        *("ПЕРША", "ДРУГА", "ТРЕТЯ", "ЧЕТВЕРТА", "П’ЯТА", "ШОСТА", "СЬОМА", "ВОСЬМА", "ДЕВ’ЯТА", "ДЕСЯТА"),
        *("ОДИНАДЦЯТА", "ДВАНАДЦЯТА", "ТРИНАДЦЯТА", "ЧОТИРНАДЦЯТА", "П’ЯТНАДЦЯТА", "ШІСТНАДЦЯТА"),
        *("СІМНАДЦЯТА", "ВІСІМНАДЦЯТА", "ДЕВ’ЯТНАДЦЯТА", "ДВАДЦЯТА"),
    ),
    "en": (
        *("ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE", "TEN", "ELEVEN", "TWELVE"),
        *("THIRTEEN", "FOURTEEN", "FIFTEEN", "SIXTEEN", "SEVENTEEN", "EIGHTEEN", "NINETEEN", "TWENTY"),
    ),
}
_NUMBERS = {
    "uk": ("ОДНА", "ДВІ", "ТРИ", "ЧОТИРИ", "П’ЯТЬ", "ШІСТЬ", "СІМ", "ВІСІМ", "ДЕВ’ЯТЬ"),
    "en": _ORDINALS["en"][:9],
}


def script_lines(plan: ComicPlan) -> Iterator[Line]:
    """Yield a plan's script line by line, in its language (Ukrainian, else English)."""
    words = wording(plan.kitsumy.language)
    yield Line("title", plan.title)
    if plan.kitsumy.made_by and plan.kitsumy.made_by.kind == "beats":
        yield Line("note", words.without_ai)
    if plan.kitsumy.idea:
        yield Line("note", plan.kitsumy.idea)
    if plan.characters:
        yield Line("chapter", words.cast)
    for character in plan.characters:
        facts = (character.role, character.appearance, character.clothing)
        yield Line("cast", "; ".join(fact.strip() for fact in facts if fact.strip()), character.name)
    number = 0
    for index, chapter in enumerate(plan.chapters, 1):
        if chapter.title or len(plan.chapters) > 1:
            yield Line("chapter", f"{words.chapter} {index}. {chapter.title}".rstrip(". "))
        for page in chapter.pages:
            number += 1
            yield Line("page", _heading(page, number, words))
            if page.kitsumy.beat:
                yield Line("action", page.kitsumy.beat)
            yield from _panels(plan, page, words)


def _heading(page: Page, number: int, words: Wording) -> str:
    count, language = len(page.panels), "uk" if words is UK else "en"
    ordinals, numbers = _ORDINALS[language], _NUMBERS[language]
    named = ordinals[number - 1] if number <= len(ordinals) else str(number)
    counted = numbers[count - 1] if 1 <= count <= len(numbers) else str(count)
    return f"{words.page} {named} ({counted} {words.panels_of(count).upper()})"


def _panels(plan: ComicPlan, page: Page, words: Wording) -> Iterator[Line]:
    spoken = 0
    for index, panel in enumerate(page.panels, 1):
        yield Line("panel", f"{words.panel} {index}")
        facts = (panel.camera, panel.location, panel.action, panel.mood)
        seen = " ".join(_sentence(fact) for fact in facts if fact.strip())
        if seen:
            yield Line("action", seen)
        for label, text in _lines(plan, panel, words):
            spoken += 1
            yield Line("line", text, f"{spoken}. {label}")


def _lines(plan: ComicPlan, panel: Panel, words: Wording) -> Iterator[tuple[str, str]]:
    if panel.narrative:
        yield words.captions[panel.kitsumy.narrative_kind], panel.narrative
    for line in panel.dialogue:
        name = (speaker_name(plan, line.character) or "?").upper()
        how = words.kinds.get(line.kitsumy.kind, "").upper()
        yield f"{name} ({how})" if how else name, line.text
    if panel.sfx:
        yield words.sfx, panel.sfx


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    text = text[:1].upper() + text[1:]
    return text if text[-1] in ".!?…" else f"{text}."
