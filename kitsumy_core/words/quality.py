"""Words for what may be better in the writing of a plan."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

QUALITY: Mapping[str, Text] = {
    "page-wordy": N_("Page {page}: {words} words ({characters} characters) are much to read on one page."),
    "panel-wordy": N_(
        "Page {page}, panel {panel}: {words} words; with so many panels on a page, {most} are comfortable."
    ),
    "balloons-many": N_("Page {page}, panel {panel}: {balloons} balloons; more than {most} crowd a panel."),
    "caption-long": N_("Page {page}, panel {panel}: a caption of {characters} characters is long."),
    "sfx-long": N_("Page {page}, panel {panel}: a sound effect of {characters} characters is hard to draw."),
    "word-mixed": N_("Page {page}, panel {panel}: “{word}” mixes Cyrillic and Latin letters."),
    "language-other": N_(
        "Page {page}, panel {panel}: “{text}” is not in the language of the comic ({language})."
    ),
    "page-language-other": N_("Page {page}: what is said looks like {found}, the comic is in {language}."),
    "english-wanted": N_(
        "Page {page}, panel {panel}: the English description for the image model is not in English."
    ),
    "look-english-wanted": N_("{name}: the constant look for the image model is not in English."),
    "shots-flat": N_("Page {page}: {panels} panels and hardly any change of camera."),
    "shot-again": N_("Page {page}, panel {panel}: the same shot {count} panels in a row ({camera})."),
    "place-not-shown": N_(
        "Page {page}, panel {panel}: a new place ({location}) and no wide shot that shows where we are."
    ),
    "action-again": N_(
        "Page {page}, panel {panel}: nearly the same action as on page {other_page}, panel {other_panel}."
    ),
    "state-jumps": N_("Page {page} begins with “{entered}”, but the page before ends with “{left}”."),
    "silence-none": N_("All {panels} panels have words: a silent panel now and then gives a breath."),
    "silence-much": N_("{silent} of {panels} panels have no words."),
    "character-once": N_("“{name}” appears in one panel only."),
    "take-over-state": N_("Begin where the page before ends"),
}
