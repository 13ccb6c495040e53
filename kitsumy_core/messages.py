"""Turn stable codes and their params into words in the user's language.

Texts are English in the code and translated by gettext catalogues: `locale/<language>.po`. A further language
is one more such file. `TEXTS` holds what issues, fixes, repairs, errors and findings say.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from kitsumy_core.errors import KitsumyError

LOCALE = Path(__file__).with_name("locale")
SOURCE_LANGUAGE = "en"
DEFAULT_LANGUAGE = "uk"


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for "translate later")
    """Mark a text for the catalogue without translating it here."""
    return text


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
    text = LAYOUT_NAMES.get(layout)
    return catalogue(language).gettext(text) if text else layout


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _shown(value: Any, language: str) -> Any:
    if isinstance(value, str) and value in LAYOUT_NAMES:
        return layout_name(value, language)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(_shown(item, language)) for item in value)
    return value


LAYOUT_NAMES: Mapping[str, str] = {
    "single": N_("Full page"),
    "two-horizontal": N_("Two rows"),
    "two-vertical": N_("Two columns"),
    "three-rows": N_("Three rows"),
    "grid-2x2": N_("Grid 2 × 2"),
    "big-left": N_("Large left"),
    "big-right": N_("Large right"),
    "big-top": N_("Large top"),
    "big-bottom": N_("Large bottom"),
    "strip-3": N_("Strip of three"),
    "manga-3": N_("Manga, slanted"),
    "action": N_("Action, slanted"),
}

ISSUES: Mapping[str, str | tuple[str, str]] = {
    "layout-count": N_(
        "Page {page}: the layout “{layout}” has room for {room}, the page has {panels} panels."
    ),
    "layout-unknown": N_("Page {page}: there is no layout called “{layout}”."),
    "page-empty": N_("Page {page} has no panels."),
    "chapter-empty": N_("The chapter “{title}” has no pages."),
    "title-empty": N_("The comic has no title yet."),
    "format-unknown": N_("There is no page format called “{format}”; US comic is used."),
    "id-duplicate": N_("The id “{id}” is used more than once."),
    "name-empty": N_("Character {number} has no name."),
    "name-repeated": N_("Several characters are called “{name}”."),
    "character-unused": N_("“{name}” appears nowhere."),
    "character-unknown": N_("Page {page}, panel {panel}: “{name}” is not in the cast."),
    "speaker-unknown": N_("Page {page}, panel {panel}: “{name}” speaks but is not in the cast."),
    "speaker-missing": N_("Page {page}, panel {panel}: nobody is named as the speaker of a line."),
    "speaker-absent": N_("Page {page}, panel {panel}: {name} speaks but is not in the panel."),
    "action-empty": N_("Page {page}, panel {panel}: nothing says what is to be seen."),
    "dialogue-empty": N_("Page {page}, panel {panel}: a line has no words."),
    "dialogue-long": N_(
        "Page {page}, panel {panel}: a balloon of {words} words ({characters} characters) is long."
    ),
    "dialogue-too-long": N_(
        "Page {page}, panel {panel}: {words} words ({characters} characters) are too many for one balloon."
    ),
}

FIXES: Mapping[str, str | tuple[str, str]] = {
    "use-layout": N_("Use “{layout}”"),
    "use-format": N_("Use US comic"),
    "add-panels": N_("Add empty panels: {panels}"),
    "split-page": N_("Split: the last {panels} to a new page"),
    "move-panels-on": N_("Move the last {panels} to page {page}"),
    "delete-character": N_("Delete {name}"),
    "take-out": N_("Take {name} out of the panel"),
    "make-character": N_("Add {name} to the cast"),
    "said-by": N_("{name} says it"),
    "bring-in": N_("Put {name} into the panel"),
    "speak-off": N_("Spoken off-panel"),
    "delete-line": N_("Delete the line"),
}

REPAIRS: Mapping[str, str | tuple[str, str]] = {
    "id-repeated": N_("{path}: the id “{id}” was used twice; the second is now “{new}”."),
    "id-missing": N_("{path}: had no id; it is now “{new}”."),
    "name-made-id": N_("{path}: “{name}” was read as the character {id}."),
}

ERRORS: Mapping[str, str | tuple[str, str]] = {
    "setting-invalid": N_("The setting {name} has a value that cannot be used: {problem}"),
    "plan-too-large": N_("The file has {size} bytes; a plan may have {limit}. Nothing was changed."),
    "plan-not-text": N_("The file is not UTF-8 text (byte {position}), so it is not a plan."),
    "plan-empty": N_("The file is empty."),
    "plan-not-json": N_("The file is not valid JSON: line {line}, column {column}."),
    "plan-too-deep": N_("The file is nested more than {limit} levels deep, so it is not a plan."),
    "plan-not-a-number": N_("The file holds {value}, which JSON does not know. Use a number or null."),
    "plan-not-object": N_("The file holds {found} where a plan (an object) was expected."),
    "plan-not-a-plan": N_(
        "The file is JSON but no plan: it has neither title, characters nor chapters ({keys})."
    ),
    "plan-newer": N_(
        "The plan was written by a newer version ({version}; known here: {known}). Update first."
    ),
    "plan-wrong-type": N_("{path}: expected {expected}, found {found}. Correct the file and open it again."),
    "edit-op": N_("There is no edit called “{op}”."),
    "edit-args": N_("The edit “{op}” was given a wrong value ({place}: {problem})."),
    "edit-unknown": N_("The {kind} “{id}” is not there any more."),
    "edit-field": N_("The field “{field}” cannot be set."),
    "edit-value": N_("The field “{field}” cannot take this value. {problem}"),
    "edit-id-taken": N_("The id “{id}” is already used."),
    "edit-ids-missing": N_("A copy of {kind} “{id}” needs a new id."),
    "edit-split": N_("A page of {panels} panels cannot be split at {at}."),
    "edit-join": N_("A page cannot be joined with itself."),
}

TEXTS: Mapping[str, str | tuple[str, str]] = {**ISSUES, **FIXES, **REPAIRS, **ERRORS}
