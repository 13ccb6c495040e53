"""Translate with a language model: a book's words into another edition, descriptions for image models.

An edition holds texts by lettering id and nothing else: the art, and the words of the plan, stay untouched.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from kitsumy_core.plan.book import MAIN, Book, Edition, lettering_ids, narration_id, sfx_id
from kitsumy_core.plan.edits import Edit, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Page, Panel
from kitsumy_core.planner import templates, wire
from kitsumy_core.planner.llm.ask import Asker, Question, Unfit
from kitsumy_core.planner.llm.connect import configured, open_asker
from kitsumy_core.planner.llm.facts import Memory
from kitsumy_core.planner.llm.seam import Usage
from kitsumy_core.planner.normal import CAPTION, LONG, line
from kitsumy_core.planner.stages import cast_lines
from kitsumy_core.planner.words import language_name
from kitsumy_core.settings import Settings

NONE: Mapping[str, str] = MappingProxyType({})
Opener = Callable[[], Awaitable[Asker]]
AT_ONCE, MOST_LETTERS = 16, 2000
"""Texts in one question."""


class Translated(NamedTuple):
    texts: Mapping[str, str]
    usage: Usage


def untranslated(book: Book, page: Page, edition_id: str, old: Mapping[str, str] = NONE) -> dict[str, str]:
    """Return the texts of a page, by lettering id, that an edition has no words for yet.

    `old` holds words by lettering id; a text the edition still has in these words is wanted again.
    """
    known = book.edition(edition_id).texts
    return {
        text_id: text
        for panel in page.panels
        for text_id, text in texts_of(panel).items()
        if text.strip() and _is_open(known.get(text_id, ""), old.get(text_id))
    }


def _is_open(text: str, old: str | None) -> bool:
    return not text.strip() or text == old


def texts_of(panel: Panel) -> dict[str, str]:
    """Return what is read on a panel, by lettering id, in reading order."""
    found = {narration_id(panel.id): panel.narrative, sfx_id(panel.id): panel.sfx}
    found |= {said.id: said.text for said in panel.dialogue}
    return {text_id: found[text_id] for text_id in lettering_ids(panel) if text_id}


def edition_edits(
    book: Book, edition_id: str, language: str, texts: Mapping[str, str], old: Mapping[str, str] = NONE
) -> list[Edit]:
    """Return what gives an edition its language and these texts; only `old` words are written over."""
    node = key_of("edition", edition_id)
    edits = []
    if edition_id != MAIN and all(edition.id != edition_id for edition in book.editions):
        edits.append(edit("add_edition", edition=Edition(id=edition_id, language=language)))
    elif book.edition(edition_id).language != language:
        edits.append(edit("set_field", node=node, field="language", value=language))
    known = book.edition(edition_id).texts
    return edits + [
        edit("set_field", node=node, field=f"texts.{text_id}", value=text)
        for text_id, text in texts.items()
        if _is_open(known.get(text_id, ""), old.get(text_id))
    ]


async def translate_page(
    book: Book,
    page: Page,
    edition_id: str,
    language: str,
    asker: Asker,
    template: templates.Template | None = None,
    old: Mapping[str, str] = NONE,
) -> Translated:
    """Return the missing and `old` texts of a page in another language. Raises ModelError."""
    wanted = untranslated(book, page, edition_id, old)
    values = {
        "cast": cast_lines(book.plan.characters) or "–",
        "beat": page.kitsumy.beat or line(" / ".join(panel.action for panel in page.panels), LONG) or "–",
        "source": language_name(book.plan.kitsumy.language),
        "target": language_name(language),
    }
    ids = list(wanted)
    texts, usage = await _translated(
        [wanted[i] for i in ids], values, asker, template or templates.load("translate"), CAPTION * 2
    )
    return Translated({i: t for i, t in zip(ids, texts, strict=True) if t}, usage)


class LlmTranslator:
    """Puts short texts of a comic into English for image models: a `Translator` of the render steps.

    The way to the model is opened for each request and closed behind it, on whichever loop asks.
    """

    def __init__(
        self, opener: Callable[[], Awaitable[Asker]], template: templates.Template | None = None
    ) -> None:
        self._open, self._template = opener, template or templates.load("prompt-words")
        self.usage = Usage()
        self.name = ""
        """The model that answered last."""

    async def translate(self, texts: Sequence[str], language: str) -> Mapping[str, str]:
        """Return the English of each text by the text. Raises ModelError."""
        distinct = list(dict.fromkeys(text for text in texts if text.strip()))
        if not distinct:
            return {}
        values = {"source": language_name(language), "target": "English"}
        asker = await self._open()
        try:
            got, usage = await _translated(distinct, values, asker, self._template, MOST_LETTERS)
        finally:
            await asker.provider.aclose()
        self.usage, self.name = self.usage + usage, asker.model
        return dict(zip(distinct, got, strict=True))


def open_translator(settings: Settings, memory: Memory | None = None) -> LlmTranslator | None:
    """Return the translator of the first configured language model, None where there is none."""
    kind = next(iter(configured(settings)), None)
    if kind is None:
        return None
    template = templates.load("prompt-words", settings.data_dir)
    return LlmTranslator(lambda: open_asker(settings, kind, memory), template)


async def _translated(
    texts: Sequence[str], values: Mapping[str, str], asker: Asker, template: templates.Template, most: int
) -> tuple[list[str], Usage]:
    out: list[str] = []
    usage = Usage()
    for start in range(0, len(texts), AT_ONCE):
        some = {f"t{n}": text for n, text in enumerate(texts[start : start + AT_ONCE], 1)}
        told = json.dumps(some, ensure_ascii=False, separators=(",", ":"))
        question = Question(
            template.filled({**values, "texts": templates.material(told, 100_000)}),
            wire.texts(list(some)),
            "translation",
            template.max_tokens,
            template.temperature,
        )
        answer = await asker.ask(question, lambda data, some=some: _complete(data, some, most))  # type: ignore[misc]
        out += answer.value
        usage += answer.usage
    return out, usage


def _complete(data: Mapping[str, Any], some: Mapping[str, str], most: int) -> list[str]:
    texts = [line(data.get(key), most) for key in some]
    missing = [key for key, text in zip(some, texts, strict=True) if not text]
    if missing:
        raise Unfit(f"These keys have no text: {', '.join(missing[:8])}.")
    return texts
