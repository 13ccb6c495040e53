"""Words for what is wrong with input: settings, plan files, edits."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

INPUT: Mapping[str, Text] = {
    "settings-file-damaged": N_("The settings file {file} is damaged (line {line}). Mend it or delete it."),
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
    "text-mended": N_("{path}: a broken character was replaced by “�”. Correct the text there."),
    "script-not-text": N_(
        "The file is not text, so it is not a script. Save it as plain text and open it again."
    ),
    "script-without-pages": N_(
        "No page was found in the script. Begin each page with a line such as “PAGE 1” and each picture with "
        "“PANEL 1”."
    ),
    "edit-op": N_("There is no edit called “{op}”."),
    "edit-args": N_("The edit “{op}” was given a wrong value ({place}: {problem})."),
    "edit-unknown": N_("The {kind} “{id}” is not there any more."),
    "edit-field": N_("The field “{field}” cannot be set."),
    "edit-value": N_("The field “{field}” cannot take this value. {problem}"),
    "edit-main-edition": N_("The main edition is the comic itself and cannot be deleted."),
    "edit-id-taken": N_("The id “{id}” is already used."),
    "edit-ids-missing": N_("A copy of {kind} “{id}” needs a new id."),
    "edit-split": N_("A page of {panels} panels cannot be split at {at}."),
    "edit-too-deep": N_("The edit “{op}” is nested more than {limit} levels deep. Make it simpler."),
    "document-other": N_("The file is no composed comic of this program ({path})."),
    "document-newer": N_(
        "The composed comic was written by a newer version ({version}; known here: {known}). Update first."
    ),
    "document-damaged": N_("{path}: the composed comic has a value that cannot be used. {problem}"),
    "drawing-small": N_("That would leave a panel too small for a picture."),
    "drawing-apart": N_("These two make no panel with straight sides: join neighbours of equal length."),
    "drawing-outside": N_("That leaves the page."),
    "drawing-many": N_("A page holds 24 panels at most."),
    "drawing-inside": N_("Only a panel at the edge of the page can bleed."),
    "drawing-misses": N_("The line does not cut the panel in two."),
    "drawing-short": N_("The line is too short to cut a panel. Draw it across the whole panel."),
    "drawing-ground": N_("Only an inset can be removed; join this panel with a neighbour instead."),
    "drawing-unsound": N_("That does not leave whole panels; nothing was changed."),
    "drawing-unknown": N_("That cannot be done with this layout; nothing was changed."),
    "edit-join": N_("A page cannot be joined with itself."),
}
