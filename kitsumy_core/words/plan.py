"""Words for layouts, for issues of a plan, their fixes, and repairs made while reading."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

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

ISSUES: Mapping[str, Text] = {
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

FIXES: Mapping[str, Text] = {
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

REPAIRS: Mapping[str, Text] = {
    "id-repeated": N_("{path}: the id “{id}” was used twice; the second is now “{new}”."),
    "id-missing": N_("{path}: had no id; it is now “{new}”."),
    "name-made-id": N_("{path}: “{name}” was read as the character {id}."),
}
