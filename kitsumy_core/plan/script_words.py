"""Know the words of comic scripts, in Ukrainian and English: headings, numbers, labels, kinds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

from kitsumy_core.plan.models import DialogueKind, NarrativeKind

K = TypeVar("K", bound=str)


class Wording(NamedTuple):
    """How a script is written out in a language."""

    page: str
    panel: str
    panels: tuple[str, str, str]
    """One panel, two to four, five and more."""
    chapter: str
    cast: str
    style: str
    characters: str
    place: str
    camera: str
    mood: str
    captions: Mapping[NarrativeKind, str]
    sfx: str
    kinds: Mapping[DialogueKind, str]
    without_ai: str

    def panels_of(self, number: int) -> str:
        """Return "panels" with the ending that goes with a number."""
        last, tens = number % 10, number % 100
        one, few, many = self.panels
        return one if last == 1 and tens != 11 else few if 2 <= last <= 4 and not 12 <= tens <= 14 else many

    def panel_count(self, number: int) -> str:
        """Return "4 panels" with the right ending."""
        return f"{number} {self.panels_of(number)}"


UK = Wording(
    page="СТОРІНКА",
    panel="Панель",
    panels=("панель", "панелі", "панелей"),
    chapter="РОЗДІЛ",
    cast="ПЕРСОНАЖІ",
    style="Стиль",
    characters="У кадрі",
    place="Місце",
    camera="Камера",
    mood="Настрій",
    captions={"narration": "НАПИС", "place": "НАПИС (МІСЦЕ)", "spokenOff": "НАПИС (ЗА КАДРОМ)"},
    sfx="ЗВУК",
    kinds={
        "thought": "думає",
        "whisper": "шепоче",
        "shout": "кричить",
        "radio": "з динаміка",
        "weak": "кволо",
        "off": "за кадром",
    },
    without_ai="Примітка: план складено без ШІ; це запитання до автора, а не готовий сценарій.",
)
EN = Wording(
    page="PAGE",
    panel="Panel",
    panels=("panel", "panels", "panels"),
    chapter="CHAPTER",
    cast="CHARACTERS",
    style="Style",
    characters="In frame",
    place="Place",
    camera="Camera",
    mood="Mood",
    captions={"narration": "CAPTION", "place": "CAPTION (PLACE)", "spokenOff": "CAPTION (SPOKEN OFF)"},
    sfx="SFX",
    kinds={
        "thought": "thinks",
        "whisper": "whisper",
        "shout": "shout",
        "radio": "radio",
        "weak": "weakly",
        "off": "off",
    },
    without_ai="Note: the plan was made without AI; it holds questions to the writer, not a finished script.",
)


def wording(language: str) -> Wording:
    """Return the words of a language; English for one that has none of its own."""
    return UK if language.startswith("uk") else EN


PAGE_WORDS = r"pages?|сторінк[аи]|стор|с|p|pg"
PANEL_WORDS = r"panels?|pan|panel|frame|панель|пан|кадр"
CHAPTER_WORDS = r"chapter|part|act|розділ|частина|глава|акт"
CAST_WORDS = r"characters|cast|dramatis personae|персонажі|дійові особи|герої"
TITLE_WORDS = r"title|назва|заголовок"
STYLE_WORDS = r"style|стиль"

FIELD_LABELS: Mapping[str, str] = {
    "location": "location|place|setting|місце|локація|де",
    "camera": "camera|shot|angle|камера|план|ракурс",
    "mood": "mood|tone|настрій|тон",
    "characters": "in frame|in shot|characters|у кадрі|в кадрі|персонажі",
    "action": "action|description|дія|опис",
}
"""Labels of a panel's fields, as alternatives."""

CAPTION_LABELS = (
    "caption|cap|captions|narration|narrator|narrative|напис|титр|титри|закадровий текст|закадр|оповідач|"
    "оповідь|текст|підпис"
)
SFX_LABELS = "sfx|fx|sound|sound effect|звук|звуки|ефект|шум|звуковий ефект"

NARRATIVE_KINDS: Mapping[NarrativeKind, str] = {
    "place": "place|location|time|місце|час|місце дії",
    "spokenOff": "spoken off|off|v ?o|voice over|за кадром|закадр",
}
DIALOGUE_KINDS: Mapping[DialogueKind, str] = {
    "thought": "thinks?|thinking|thoughts?|thought balloon|думає|думка|думки|подумки|про себе",
    "whisper": "whispers?|whispering|шепоче|пошепки|шепотом|тихо",
    "shout": "shouts?|shouting|yells?|yelling|screams?|loud|burst|кричить|крик|вигукує|горлає|криком|голосно",
    "radio": "radio|phone|tv|electronic|speaker|over radio|з динаміка|радіо|телефон|по телефону|рація|"
    "по рації|по радіо",
    "weak": "weak|weakly|faint|кволо|слабко|ледь чутно",
    "off": "off|off ?panel|off ?screen|o ?p|o ?s|v ?o|voice over|за кадром|поза кадром|закадр|зк|з кадру",
}

_NUMBERS = (
    "one|перша|один|одна|first",
    "two|друга|два|дві|second",
    "three|третя|три|third",
    "four|четверта|чотири|fourth",
    "five|п'ята|п'ять|fifth",
    "six|шоста|шість|sixth",
    "seven|сьома|сім|seventh",
    "eight|восьма|вісім|eighth",
    "nine|дев'ята|дев'ять|ninth",
    "ten|десята|десять|tenth",
    "eleven|одинадцята|одинадцять|eleventh",
    "twelve|дванадцята|дванадцять|twelfth",
    "thirteen|тринадцята|тринадцять",
    "fourteen|чотирнадцята|чотирнадцять",
    "fifteen|п'ятнадцята|п'ятнадцять",
    "sixteen|шістнадцята|шістнадцять",
    "seventeen|сімнадцята|сімнадцять",
    "eighteen|вісімнадцята|вісімнадцять",
    "nineteen|дев'ятнадцята|дев'ятнадцять",
    "twenty|двадцята|двадцять",
)
_TENS = ((20, ("twenty", "двадцять")), (30, ("thirty", "тридцять")), (40, ("forty", "сорок")))


def _number_words() -> Iterator[tuple[str, int]]:
    units = [(word, number) for number, words in enumerate(_NUMBERS, 1) for word in words.split("|")]
    yield from units
    for tens, names in _TENS:
        yield from ((name, tens) for name in names)
        yield from (
            (f"{name} {unit}", tens + number)
            for name in names
            for unit, number in units
            if number < 10 and unit.isascii() == name.isascii()
        )


NUMBER_WORDS: Mapping[str, int] = dict(_number_words())
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


def read_number(text: str) -> int | None:
    """Return what digits, a number word or a Roman numeral up to fifty says, or None."""
    word = plain(text).replace("-", " ").strip()
    if word.isdecimal() and len(word) < 6:
        return int(word)
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    if re.fullmatch(r"x{0,4}(?:ix|iv|v?i{0,3})", word) and word:
        values = [_ROMAN[letter] for letter in word]
        return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
    return None


def plain(text: str) -> str:
    """Return text in small letters with one kind of apostrophe and single spaces."""
    return " ".join(re.sub("[’ʼ`´]", "'", text).casefold().split())


def is_one_of(labels: str, text: str) -> bool:
    """Tell whether a text is one of some alternatives; dots and the like between words do not matter."""
    return re.fullmatch(labels, re.sub(r"[\W_]+", " ", plain(text)).strip()) is not None


def kind_called(kinds: Mapping[K, str], text: str) -> K | None:
    """Return which of some kinds a remark names, alone or among other remarks ("off, whispers")."""
    remarks = [text, *re.split(r"[,;/]", text)]
    return next(
        (kind for remark in remarks for kind, names in kinds.items() if is_one_of(names, remark)), None
    )
