"""Show all pages as a strip of drawn thumbnails with marks for issues; a click or arrow key opens one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kitsumy_core.page.formats import format_of
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Issue
from kitsumy_core.plan.edits import edit
from kitsumy_core.plan.models import Page, Panel
from studio import editing, services, state
from studio.components.mounts import component, fired
from studio.texts import _, ngettext
from studio.urls import page_address

WIDTH = 240
Marks = tuple[int, int]
"""Errors, and other issues."""


def _look(book: Book, marks: Mapping[str, Marks]) -> list[dict[str, Any]]:
    """Return what the strip shows of every page besides its picture."""
    current = state.current_page(book)
    pages: list[dict[str, Any]] = []
    for place, chapter in enumerate(book.plan.chapters, 1):
        for index, page in enumerate(chapter.pages):
            errors, others = marks.get(page.id, (0, 0))
            label = _("Page {number}").format(number=page.page_number)
            if errors + others:
                label += ", " + ngettext("{n} issue", "{n} issues", errors + others)
            shown = {"id": page.id, "number": page.page_number, "label": label}
            if index == 0:
                shown["chapter"] = chapter.title or _("Chapter {number}").format(number=place)
            if errors + others:
                shown |= {"issues": errors + others, "mark": "error" if errors else "warning"}
            if current is not None and current[1].id == page.id:
                shown["selected"] = True
            pages.append(shown)
    return pages


def page_strip(book: Book, issues: list[Issue]) -> None:
    """Mount the strip. Choosing a page redraws what shows a page.

    The picture of the page that is edited follows the large one in the browser, without a run of this.
    """
    project_id = state.project_id()
    assert project_id is not None
    edition = state.edition_id(book)
    trim = format_of(book.format(edition)).trim_px
    marks, pictures = marks_of(issues), services.current().pictures
    editing.shows("strip", marks)
    pages = ((chapter, page) for chapter in book.plan.chapters for page in chapter.pages)
    component("page_strip", "strip", "walk")(
        key="page-strip",
        data={
            "src": page_address(project_id, WIDTH, edition),
            "pages": [
                shown | {"v": pictures.version(book, chapter, page, edition)}
                for shown, (chapter, page) in zip(_look(book, marks), pages, strict=True)
            ],
            "aspect": f"{trim.width:.0f} / {trim.height:.0f}",
            "label": _("Pages"),
            "add": _("Add a page at the end"),
        },
        on_picked_change=_picked,
        on_added_change=_added,
    )


def marks_of(issues: list[Issue]) -> dict[str, Marks]:
    """Return how many errors and how many other issues each page has that has any."""
    found: dict[str, Marks] = {}
    for issue in issues:
        if issue.severity != "info" and issue.ids:
            errors, others = found.get(issue.ids[-1], (0, 0))
            is_error = issue.severity == "error"
            found[issue.ids[-1]] = (errors + is_error, others + (not is_error))
    return found


def marks_shown(page_id: str) -> Marks:
    """Return the marks of a page as the strip shows them."""
    marks: Mapping[str, Marks] = editing.shown("strip", {})
    return marks.get(page_id, (0, 0))


def _picked() -> None:
    page_id = fired("page-strip", "picked")
    if page_id:
        state.select(page=str(page_id))
        editing.redraw()


def _added() -> None:
    if fired("page-strip", "added"):
        add_page(editing.book())
        editing.redraw()


def blank_page() -> Page:
    """Return a page of one empty panel, with fresh ids."""
    return Page(id=editing.mint(), layout="single", panels=(Panel(id=editing.mint()),))


def add_page(book: Book) -> None:
    """Add a page at the end of the book and open it."""
    from kitsumy_core.plan.models import Chapter

    page = blank_page()
    if book.plan.chapters:
        wanted = edit("add_page", chapter_id=book.plan.chapters[-1].id, page=page)
    else:
        wanted = edit("add_chapter", chapter=Chapter(id=editing.mint(), title="", pages=(page,)))
    if editing.commit(wanted):
        state.select(page=page.id)
