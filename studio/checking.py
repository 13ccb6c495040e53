"""Find the issues of a book once, however many parts of a screen, tabs and writers show them."""

from __future__ import annotations

from kitsumy_core import pipeline
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.check import Issue

KEPT = 32


class Issues:
    """The issues of the books last asked about. A revision's book is one object as long as it is in use."""

    def __init__(self) -> None:
        self._known = DrawCache(KEPT)

    def of(self, book: Book) -> list[Issue]:
        """Return the issues of a book in reading order; the list is shared and must not be changed."""
        known, issues = self._known.once(id(book), lambda: (book, pipeline.check_book(book)))
        return issues if known is book else pipeline.check_book(book)
