"""Words for what the store, its images and its bundles cannot do."""

from __future__ import annotations

from collections.abc import Mapping

from kitsumy_core.words.marking import N_, Text

STORE: Mapping[str, Text] = {
    "project-not-found": N_("There is no comic {project}; it may have been deleted. Go back to the list."),
    "revision-not-found": N_("Revision {rev} does not exist. Reload the page."),
    "conflict-not-found": N_("This conflict has already been decided."),
    "comment-not-found": N_("This comment is not there any more, or is not yours to delete."),
    "comment-empty": N_("A comment needs words."),
    "draft-not-found": N_("This draft no longer exists."),
    "job-not-found": N_("There is no render job {job}."),
    "take-not-found": N_("This picture is no longer in the comic; choose another."),
    "image-not-found": N_("The image file {image} is missing. Render the panel again or restore a backup."),
    "panel-not-found": N_("There is no panel {panel} in the book."),
    "page-not-found": N_("There is no page {page} in the book."),
    "preview-not-found": N_("There is no preview of this picture."),
    "newer-data": N_(
        "This comic was saved by a newer version ({found}; known here: {known}). Update the program."
    ),
    "disk-full": N_("The disk is full ({where}); nothing was saved. Free some space and try again."),
    "database-busy": N_("The database is busy. Try again in a moment."),
    "no-permission": N_("Kitsumy may not read or write {where}. Check the permissions."),
    "database-damaged": N_("Stored data is damaged ({where}). Restore a backup or a bundle."),
    "disk-failed": N_("The disk reported an error ({where}). Check the disk, then try again."),
    "database-unreachable": N_(
        "The database server does not answer. Check KITSUMY_DATABASE_URL and the server."
    ),
    "backup-failed": N_("The backup before the update could not be written to {where}; nothing was changed."),
    "image-damaged": N_("Image {image} is damaged. Render it again or restore it."),
    "images-failed": N_("The image store failed: {problem}. Check KITSUMY_IMAGES_URL and try again."),
    "database-failed": N_("The database refused the change ({problem}). Please report this."),
    "driver-missing": N_("{setting} needs the package {name}. Install it."),
    "project-not-in-trash": N_("Only a comic in the trash can be deleted for good. Move it there first."),
    "ids-not-unique": N_(
        "Two parts of the plan share an id, or one has none ({kind} “{id}”). Open the file again."
    ),
    "not-json": N_("A value cannot be saved: {problem}. Enter an ordinary number or text."),
    "picture-too-large": N_("The picture has {size} bytes; at most {limit} are possible. Make it smaller."),
    "picture-too-many-pixels": N_("The picture has more than {limit} pixels. Scale it down."),
    "picture-unknown-format": N_("This is not a picture we can read. Use {known}."),
    "picture-damaged": N_("The picture is damaged: {problem}. Save it again and retry."),
    "bundle-not-zip": N_("This is not a bundle, or it was cut short. Download or copy it again."),
    "bundle-unreadable": N_("{file} cannot be read. Check the file."),
    "bundle-not-ours": N_("This zip is not a Kitsumy bundle."),
    "bundle-newer": N_(
        "{place} was made by a newer Kitsumy ({found}, this one knows {known}). Update the program."
    ),
    "bundle-part-missing": N_("{place} is missing from the bundle. Export it again."),
    "bundle-entry-unexpected": N_("The bundle holds something that does not belong there: {place}."),
    "bundle-entry-twice": N_("{place} is in the bundle twice. Export it again."),
    "bundle-entry-unreadable": N_("{place} is encrypted or packed in an unknown way."),
    "bundle-entry-damaged": N_("{place} is damaged. Copy the bundle again."),
    "bundle-entry-too-large": N_("{place} is unreasonably large ({size}, limit {limit})."),
    "bundle-too-large": N_("The bundle unpacks to {size} bytes; at most {limit} are accepted."),
    "bundle-too-many-entries": N_("The bundle has {count} entries; at most {limit} are accepted."),
    "bundle-not-json": N_("{place} is not sound JSON. Export the comic again."),
    "bundle-too-deep": N_("{place} is nested too deeply. Export the comic again."),
    "bundle-not-a-number": N_("{place} holds {value}, which is not a number. Export the comic again."),
    "bundle-wrong-value": N_("{place} holds a value that cannot be used ({problem})."),
    "bundle-journal-gap": N_("The history in {place} has gaps. Export the comic again."),
    "bundle-journal-differs": N_("The history in {place} does not lead to the book in the bundle."),
    "bundle-image-missing": N_("{place} needs the image {image}, which is not in the bundle."),
    "bundle-image-differs": N_("{place} is not the image its name says."),
    "bundle-image-unusable": N_("{place} is not a usable picture ({problem})."),
}
