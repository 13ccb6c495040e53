"""Say Streamlit's own words in the studio's language: it has no setting for them."""

from __future__ import annotations

from studio import state
from studio.texts import _


def words_of_streamlit() -> dict[str, str]:
    """Return what its words mean, none where they need no other; {n} is a number, {x} any text."""
    if state.language() == "en":
        return {}
    return {
        "Skip to main content": _("Skip to main content"),
        "App pages": _("App pages"),
        "{n} more": _("{n} more"),
        "Navigate to home page": _("Navigate to home page"),
        "Main menu": _("Main menu"),
        "Theme": _("Theme"),
        "System": _("System"),
        "Light": _("Light"),
        "Dark": _("Dark"),
        "Print": _("Print"),
        "Record screen": _("Record screen"),
        "Copy version to clipboard": _("Copy version to clipboard"),
        "Open": _("Open"),
        "Close": _("Close"),
        "Dismiss": _("Dismiss"),
        "Help for {x}": _("Help for {x}"),
        "Clear value": _("Clear value"),
        "Increment": _("Increment"),
        "Decrement": _("Decrement"),
        "Choose an option": _("Choose an option"),
        "No results": _("No results"),
        "{n} option available.": _("Options: {n}."),
        "{n} options available.": _("Options: {n}."),
        "{x}, selected": _("{x}, selected"),
        "Add: {x}": _("Add: {x}"),
        "Press Enter to apply": _("Press Enter to apply"),
        "Press Ctrl+Enter to apply": _("Press Ctrl+Enter to apply"),
        "Press Enter to submit form": _("Press Enter to apply"),
        "Show password text": _("Show password text"),
        "Hide password text": _("Hide password text"),
        "Upload": _("Choose a file"),
        "file upload": _("Choose a file"),
        "{n}MB per file": _("{n}MB per file"),
        "Add row": _("Add row"),
        "Delete row(s)": _("Delete row(s)"),
        "Show/hide columns": _("Show/hide columns"),
        "Download as CSV": _("Download as CSV"),
        "Search": _("Search"),
        "Fullscreen": _("Fullscreen"),
        "Close fullscreen": _("Close fullscreen"),
    }
