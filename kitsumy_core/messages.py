"""Turn stable codes and their params into words in the user's language.

Texts are English in the code (`words/`) and translated by gettext catalogues: `locale/<language>.po`.
A further language is one more such file.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from kitsumy_core.errors import KitsumyError
from kitsumy_core.words.commands import COMMANDS
from kitsumy_core.words.doctor import DOCTOR
from kitsumy_core.words.input import INPUT
from kitsumy_core.words.layouts import GROUP_NAMES, LIBRARY_NAMES
from kitsumy_core.words.marking import N_, Text
from kitsumy_core.words.plan import FIXES, ISSUES, LAYOUT_NAMES, REPAIRS
from kitsumy_core.words.planner import PLANNER
from kitsumy_core.words.proof import PROOF
from kitsumy_core.words.quality import QUALITY
from kitsumy_core.words.render import RENDER
from kitsumy_core.words.runpod import RUNPOD
from kitsumy_core.words.store import STORE

LOCALE = Path(__file__).with_name("locale")
SOURCE_LANGUAGE = "en"
DEFAULT_LANGUAGE = "uk"


def languages() -> list[str]:
    """Return the languages the program speaks, the default one first."""
    found = {path.stem for path in LOCALE.glob("*.po")} | {SOURCE_LANGUAGE}
    return sorted(found, key=lambda code: (code != DEFAULT_LANGUAGE, code))


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the translations of a language; English for one that is not there."""
    path = LOCALE / f"{language}.po"
    if language == SOURCE_LANGUAGE or language not in languages():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(code: str, params: Mapping[str, Any], language: str = DEFAULT_LANGUAGE) -> str:
    """Return the text of a code. An unknown code is shown with its facts rather than swallowed."""
    template = TEXTS.get(code)
    facts = {key: _shown(value, language) for key, value in params.items()}
    if template is None:
        return f"{code}: " + ", ".join(f"{key} {value}" for key, value in facts.items())
    if isinstance(template, tuple):
        count = params.get("n")
        text = catalogue(language).ngettext(*template, int(count) if count is not None else 1)
    else:
        text = catalogue(language).gettext(template)
    return text.format_map(_Facts(facts))


def explain(error: KitsumyError, language: str = DEFAULT_LANGUAGE) -> str:
    """Return what failed, on what, and what to do next."""
    return say(error.error_code, error.params, language)


def layout_name(layout: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the name of a layout in words; an unknown one is its own name."""
    text = LAYOUT_NAMES.get(layout) or LIBRARY_NAMES.get(layout)
    return catalogue(language).gettext(text) if text else layout


def layout_group(tag: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the name of a group of layouts."""
    return catalogue(language).gettext(GROUP_NAMES[tag]) if tag in GROUP_NAMES else tag


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _shown(value: Any, language: str) -> Any:
    if isinstance(value, str) and (value in LAYOUT_NAMES or value in LIBRARY_NAMES):
        return layout_name(value, language)
    if isinstance(value, Mapping):
        where = value.get("where")
        name = str(value.get("name") or value.get("problem") or value.get("node") or "")
        return f"{name} ({where})" if where else name
    if isinstance(value, (list, tuple)):
        return ", ".join(str(_shown(item, language)) for item in value)
    return value


TEXTS: Mapping[str, Text] = {
    **ISSUES,
    **FIXES,
    **REPAIRS,
    **QUALITY,
    **PROOF,
    **INPUT,
    **STORE,
    **RENDER,
    **RUNPOD,
    **COMMANDS,
    **DOCTOR,
    **PLANNER,
}
"""What every code says."""

__all__ = ["N_", "TEXTS", "catalogue", "explain", "languages", "layout_name", "say"]
