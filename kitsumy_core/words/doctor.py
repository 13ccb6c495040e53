"""Words for what the doctor finds."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

DOCTOR: Mapping[str, Text] = {
    "python-found": N_("Python {version} (at least {least})."),
    "library-found": N_("{name} {version}"),
    "library-missing": N_("The library {name} is missing. Install the program again."),
    "data-folder-ready": N_("The data folder {folder} can be written."),
    "data-folder-will-be-made": N_("The data folder {folder} will be made when it is needed."),
    "data-folder-closed": N_(
        "The data folder {folder} cannot be written ({problem}). Choose another with KITSUMY_DATA_DIR."
    ),
    "space-free": N_("{megabytes} MB are free."),
    "space-short": N_("Only {megabytes} MB are free. Free some space before rendering."),
    "database-ready": N_("The database ({kind}) opens, version {version}."),
    "database-not-yet": N_("There is no database ({kind}) yet; it is made when it is needed."),
    "database-older": N_(
        "The database ({kind}) has version {version}; the next start (or kitsumy migrate) makes it {known}."
    ),
    "newer-database": N_(
        "The database was made by a newer version ({found}; known here: {known}). Update the program."
    ),
    "images-ready": N_("Images can be kept ({where})."),
    "images-not-yet": N_("There are no images ({where}) yet."),
    "font-complete": N_("The font {family} ({file}) is complete."),
    "font-missing": N_("The font {file} is missing ({problem}). Install the program again."),
    "font-incomplete": N_("The font {file} lacks {signs}. Install the program again."),
    "workflow-found": N_("The workflow {workflow} can be read."),
    "workflow-unusable": N_("The workflow {workflow} cannot be used: {problem}. Mend it or delete it."),
    "workflows-missing": N_("No workflows were found. Install the program again."),
    "comfyui-not-configured": N_(
        "No ComfyUI is configured; storyboard sketches need none. Set COMFYUI_HOSTS to use one."
    ),
    "secret-set": N_("{name} is set."),
    "name-unknown": N_("{name} means nothing here. Is it misspelt?"),
    "name-obsolete": N_("{name} is read without harm and does nothing any more."),
    "doctor-well": N_("Everything that is needed works."),
    "doctor-ill": N_("{n} things that are needed do not work."),
}
