"""Words for what the command line reports and refuses."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

COMMANDS: Mapping[str, Text] = {
    "idea-empty": N_("There is no idea to draft from. Write one sentence on what the comic is about."),
    "sheet-unknown": N_("There is no beat sheet called “{name}”. There are: {known}."),
    "max-pages-range": N_("{given} pages cannot be planned. Choose {least} to {most}."),
    "language-invalid": N_("“{given}” is no language code. Use one such as uk or en."),
    "planner-unknown": N_("There is no planner called “{name}”. Known: {known}."),
    "plan-not-found": N_("“{plan}” is neither a file nor a project’s id. Check the path or the id."),
    "plan-unreadable": N_(
        "The plan {plan} cannot be read. Check that it is a file and that you may open it."
    ),
    "pages-invalid": N_("“{given}” names no pages. Write them as 1,3-5."),
    "pages-unknown": N_("There is no page {given}; the book has {pages}."),
    "panels-unknown": N_("The book has no such panels: {panels}."),
    "backend-unknown": N_("There is no backend called “{name}”. Known: {known}."),
    "profile-unknown": N_("There is no level of detail called “{name}”. Known: {known}."),
    "style-unknown": N_("There is no style called “{name}”. Known: {known}."),
    "edition-unknown": N_("The comic has no edition “{name}”. It has: {known}."),
    "export-unknown": N_("There is no export format “{name}”. Available: {known}."),
    "images-not-found": N_("There is no folder of images {folder}."),
    "picture-unreadable": N_("The picture {file} cannot be read: {problem}."),
    "studio-missing": N_("The studio’s files are missing. Install the program again."),
    "cannot-write": N_("{where} cannot be written. Choose another folder or check its permissions."),
    "export-cancelled": N_("The export was cancelled before page {page} of {pages}."),
    "no-pictures": N_("The server finished without a picture. Check that the workflow saves an image."),
    "unexpected": N_("A mistake in the program stopped the work ({problem}). Details for a report: {file}."),
    "interrupted": N_("Interrupted. What was finished is kept."),
    "drafted-without-ai": N_(
        "Drafted without AI: pages {pages}, panels {panels}. The texts are questions for you to answer."
    ),
    "checked": N_("Errors {errors}, warnings {warnings}, notes {notes}."),
    "rendering": N_("Panels to render: {panels}. Unchanged: {unchanged}."),
    "panel-rendered": N_("{n} of {total}: {panel}, {seconds} s"),
    "panel-failed": N_("{n} of {total}: {panel} failed. {problem}"),
    "rendered": N_("Rendered {made}, failed {failed}, unchanged {unchanged}."),
    "translation-failed": N_("Not everything is in English for the image model. {problem}"),
    "render-folder-busy": N_(
        "Another run is rendering into {folder} with RunPod, and nothing is to be paid twice. "
        "Wait until it is done, or choose another folder."
    ),
    "renders-damaged": N_("The record of renders was damaged; it was put aside as {file}."),
    "page-exported": N_("{format}: page {n} of {total}"),
    "picture-unusable": N_("The picture of {panel} cannot be used, so its frame stays empty. {problem}"),
    "export-missing": N_("Without a picture (page/panel), {n} in all: {panels}."),
    "export-sketches": N_("Only storyboard sketches (page/panel), {n} in all: {panels}."),
    "export-overflow": N_(
        "Text does not fit (page/panel), {n} in all: {panels}. Shorten it or choose a larger panel."
    ),
    "export-not-found": N_("This export is no longer there. Make it again."),
    "export-crashed": N_("A mistake in the program stopped this export. The log has the details; try again."),
    "export-lost": N_(
        "Pictures that could not be read (page/panel), {n} in all: {panels}. Their frames are crossed out in "
        "the file. Render them again or restore a backup."
    ),
    "bundle-images-missing": N_("{n} images of the project are lost and not in the bundle: {images}."),
    "migrated": N_("The database is up to date."),
    "prompt-empty": N_("A prompt is empty. Say what is to be seen."),
    "prompts-not-a-list": N_("generate_batch takes a list of prompts; for one there is generate_image."),
    "argument-range": N_("{name} is {given}; it must be between {least} and {most}."),
    "filename-invalid": N_("“{given}” is no file name. Give a name without folders."),
    "lora-invalid": N_("{given} is no LoRA. Give a name, (name, strength) or name, strength and url."),
}
