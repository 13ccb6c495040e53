"""Find the texts of shots that image models cannot read, and put them into English, each text once.

Who translates is given from outside as a `Translator`; what was translated is kept by the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from kitsumy_core.render.planning import style_of
from kitsumy_core.render.prompt import compose_prompt, is_english
from kitsumy_core.render.shot import Shot
from kitsumy_core.render.styles import STYLES, Style

if TYPE_CHECKING:
    from kitsumy_core.store import Store

NOT_ENGLISH = "prompt-not-english"


class Translator(Protocol):
    """Somebody who turns short texts of a comic into English for image models."""

    name: str
    """What stands as the author of a translation, such as a model's name."""

    async def translate(self, texts: Sequence[str], language: str) -> Mapping[str, str]:
        """Return the English of each text by the text; one that could not be translated is left out.

        `language` is the code of the texts' language. Raises KitsumyErrors where nothing can be translated.
        """
        ...


def foreign_texts(
    shots: Iterable[Shot], known: Mapping[str, str], styles: Mapping[str, Style] = STYLES
) -> list[str]:
    """Return the texts that an image model would get in another language, in reading order, each once."""
    found: dict[str, None] = {}
    for shot in shots:
        for warning in compose_prompt(shot, style_of(shot, styles), known).warnings:
            if warning.code == NOT_ENGLISH:
                found[warning.text.strip()] = None
    return list(found)


def known_english(
    shots: Iterable[Shot],
    store: Store,
    styles: Mapping[str, Style] = STYLES,
    words: Collection[str] = (),
) -> dict[str, str]:
    """Return the kept translations of everything these shots say, and of the writer's own words."""
    found: dict[str, str] = {}
    by_language: dict[str, dict[str, None]] = {}
    for shot in shots:
        said = (*foreign_texts([shot], {}, styles), *foreign_words(words, shot.language))
        by_language.setdefault(shot.language, {}).update(dict.fromkeys(said))
    for language, texts in by_language.items():
        found |= store.translations(texts, language)
    return found


async def translated(
    shots: Sequence[Shot],
    store: Store,
    translator: Translator | None,
    styles: Mapping[str, Style] = STYLES,
    words: Collection[str] = (),
) -> dict[str, str]:
    """Return the English of everything these shots say, and of the writer's own `words` for their changes:
    what is kept, and the rest translated now and kept.

    With no translator, or for a text that nobody could translate, the text is missing from the answer.
    """
    import asyncio

    known = await asyncio.to_thread(known_english, shots, store, styles, words)
    for language in dict.fromkeys(shot.language for shot in shots):
        missing = foreign_texts([shot for shot in shots if shot.language == language], known, styles)
        missing += [text for text in foreign_words(words, language) if text not in {*known, *missing}]
        if not missing or translator is None:
            continue
        made = await translator.translate(missing, language)
        fresh = {text: " ".join(made[text].split()) for text in missing if made.get(text, "").strip()}
        await asyncio.to_thread(store.keep_translations, fresh, language, translator.name)
        known |= fresh
    return known


def foreign_words(words: Collection[str], language: str) -> list[str]:
    """Return which of the writer's words an image model cannot read, each once."""
    told = dict.fromkeys(text.strip() for text in words)
    return [text for text in told if text and not is_english(text, language)]
