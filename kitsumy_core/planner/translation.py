"""Translate with a language model: a book's words into another edition, descriptions for image models.

An edition holds texts by lettering id and nothing else: the art, and the words of the plan, stay untouched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kitsumy_core.plan.book import Book, lettering_ids, narration_id, sfx_id
from kitsumy_core.plan.edits import Edit, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Page, Panel
from kitsumy_core.planner import templates, wire
from kitsumy_core.planner.llm.ask import Asker, Question, Unfit
from kitsumy_core.planner.llm.seam import Usage
from kitsumy_core.planner.normal import CAPTION, LONG, line
from kitsumy_core.planner.stages import cast_lines
from kitsumy_core.planner.words import language_name

AT_ONCE = 16
"""Texts in one question."""


class Translated(NamedTuple):
    texts: Mapping[str, str]
    usage: Usage


def untranslated(book: Book, page: Page, edition_id: str) -> dict[str, str]:
    """Return the texts of a page, by lettering id, that an edition has no words for yet."""
    known = book.edition(edition_id).texts
    return {
        text_id: text
        for panel in page.panels
        for text_id, text in texts_of(panel).items()
        if text.strip() and not known.get(text_id, "").strip()
    }


def texts_of(panel: Panel) -> dict[str, str]:
    """Return what is read on a panel, by lettering id, in reading order."""
    found = {narration_id(panel.id): panel.narrative, sfx_id(panel.id): panel.sfx}
    found |= {said.id: said.text for said in panel.dialogue}
    return {text_id: found[text_id] for text_id in lettering_ids(panel) if text_id}


def edition_edits(book: Book, edition_id: str, language: str, texts: Mapping[str, str]) -> list[Edit]:
    """Return what gives an edition its language and these texts."""
    node = key_of("edition", edition_id)
    edits = []
    if book.edition(edition_id).language != language:
        edits.append(edit("set_field", node=node, field="language", value=language))
    known = book.edition(edition_id).texts
    return edits + [
        edit("set_field", node=node, field=f"texts.{text_id}", value=text)
        for text_id, text in texts.items()
        if not known.get(text_id, "").strip()
    ]


async def translate_page(
    book: Book,
    page: Page,
    edition_id: str,
    language: str,
    asker: Asker,
    template: templates.Template | None = None,
) -> Translated:
    """Return the missing texts of a page in another language. Raises ModelError."""
    wanted = untranslated(book, page, edition_id)
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
    """Translates descriptions for image models (the `Translator` of `render/prompt`)."""

    def __init__(self, asker: Asker, template: templates.Template | None = None) -> None:
        self._asker, self._template = asker, template or templates.load("prompt-words")
        self.usage = Usage()

    async def translate(self, texts: Sequence[str], source: str, target: str = "en") -> list[str]:
        """Return each text in the other language, in the same order. Raises ModelError."""
        distinct = list(dict.fromkeys(text for text in texts if text.strip()))
        values = {"source": language_name(source), "target": language_name(target)}
        got, usage = await _translated(distinct, values, self._asker, self._template, 2000)
        self.usage += usage
        known = dict(zip(distinct, got, strict=True))
        return [known.get(text) or text for text in texts]

    async def aclose(self) -> None:
        await self._asker.provider.aclose()


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
