"""Write a reader for the browser in one folder: no server, nothing fetched from elsewhere.

Without scripts it is a list of pages to scroll; with them one turns pages by keys, touch and mouse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from importlib import resources

from kitsumy_core.export.archive import Entry
from kitsumy_core.export.comic import UNWATCHED, Comic, Watch, page_files, screen_jpeg
from kitsumy_core.export.missing import export_report, has_sketches
from kitsumy_core.export.words import page_words
from kitsumy_core.messages import N_, catalogue
from kitsumy_core.page.document import ComicDocument

WIDTH = 1600
BUTTONS = (
    ("back", "M15 5 8 12l7 7", N_("Previous page")),
    ("on", "m9 5 7 7-7 7", N_("Next page")),
    ("pairs", "M3 5h8v14H3zM13 5h8v14h-8z", N_("Two pages side by side")),
    ("theme", "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z", N_("Light or dark")),
    ("full", "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5", N_("Full screen")),
)
"""Each button's id, the lines of its sign on a field of 24 x 24, and its name."""
PAGE = N_("Page")
PLAN_BY_BEATS = N_("The plan was made without AI and is still to be filled in.")
SHOWS_SKETCHES = N_("Some pictures are storyboard sketches, not finished art.")
LACKS_PICTURES = N_("Some panels have no picture yet.")


def web_files(comic: Comic, watch: Watch = UNWATCHED) -> Iterator[Entry]:
    """Yield pages/0001.jpg and so on, then index.html. Raises CancelledJobError."""
    for number, data in page_files(comic, watch, lambda whole, page: screen_jpeg(whole, page, WIDTH)):
        yield f"pages/{number:04}.jpg", data
    yield "index.html", index_html(comic).encode()


def index_html(comic: Comic) -> str:
    """Return the reader; every text of the book in it is escaped."""
    document = comic.document
    say = catalogue(document.meta.language).gettext
    title = escape(document.meta.title or "Comic")
    buttons = {
        name: f'<button id="{name}" type="button" title="{escape(say(text))}" '
        f'aria-label="{escape(say(text))}"><svg viewBox="0 0 24 24" aria-hidden="true">'
        f'<path d="{sign}"/></svg></button>'
        for name, sign, text in BUTTONS
    }
    book = json.dumps({"direction": document.meta.reading_direction}).replace("<", "\\u003c")
    slider = (
        f'<input id="slider" type="range" min="1" max="{max(1, len(document.pages))}" value="1" '
        f'aria-label="{escape(say(PAGE))}">'
    )
    bar = (
        f'<header><h1>{title}</h1>{buttons["back"]}<span id="where" aria-live="polite"></span>{buttons["on"]}'
        f"{slider}{buttons['pairs']}{buttons['theme']}{buttons['full']}</header>"
    )
    said = "".join(f"<span>{escape(say(text))} </span>" for text in _marks(document))
    notes = f'<p id="notes">{said}</p>' if said else ""
    language = escape(document.meta.language or "und")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="{escape(document.meta.generator)}">\n'
        f'<meta name="kitsumy:madeBy" content="{escape(document.meta.made_by)}">\n'
        '<link rel="icon" href="data:,">\n'
        f"<style>\n{_part('reader.css')}</style>\n</head>\n<body>\n{bar}\n{notes}\n"
        f'<ol id="pages" tabindex="-1">\n{_leaves(comic)}</ol>\n'
        f'<script id="book" type="application/json">{book}</script>\n'
        f"<script>\n{_part('reader.js')}</script>\n"
        "</body>\n</html>\n"
    )


def _leaves(comic: Comic) -> str:
    leaves = []
    for number, page in enumerate(comic.document.pages, 1):
        scale = min(1.0, WIDTH / page.trim.width)
        size = f'width="{round(page.trim.width * scale)}" height="{round(page.trim.height * scale)}"'
        said = escape(page_words(page, comic.plan) or str(number))
        lazy = ' loading="lazy"' if number > 2 else ""
        leaves.append(f'<li><img src="pages/{number:04}.jpg" {size} alt="{said}"{lazy}></li>\n')
    return "".join(leaves)


def _marks(document: ComicDocument) -> list[str]:
    """Return what a reader should know of the pictures and the plan."""
    marks = [PLAN_BY_BEATS] if document.meta.made_by == "beats" else []
    marks += [SHOWS_SKETCHES] if has_sketches(document) else []
    return marks + ([LACKS_PICTURES] if export_report(document).missing else [])


def _part(name: str) -> str:
    return (resources.files("kitsumy_core.export") / "reader" / name).read_text(encoding="utf-8")
