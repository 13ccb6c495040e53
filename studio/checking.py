"""Find what is wrong with a book and its pages once, however many parts of a screen, tabs and writers ask."""

from __future__ import annotations

from kitsumy_core import pipeline
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.page.document import PageBox
from kitsumy_core.page.flaws import Flaw
from kitsumy_core.plan.book import MAIN, Book
from kitsumy_core.plan.check import Issue

KEPT, KEPT_PAGES = 32, 600


class Issues:
    """The issues of the books last asked about. A revision's book is one object as long as it is in use."""

    def __init__(self) -> None:
        self._known = DrawCache(KEPT)
        self._writing = DrawCache(KEPT)
        self._flaws = DrawCache(KEPT_PAGES)

    def of(self, book: Book) -> list[Issue]:
        """Return the issues of a book in reading order; the list is shared and must not be changed."""
        known, issues = self._known.once(id(book), lambda: (book, pipeline.check_book(book)))
        return issues if known is book else pipeline.check_book(book)

    def of_writing(self, book: Book) -> list[Issue]:
        """Return what may be better in the writing of a book; the list is shared."""
        known, issues = self._writing.once(id(book), lambda: (book, pipeline.check_writing(book)))
        return issues if known is book else pipeline.check_writing(book)

    def of_page(self, book: Book, page: PageBox, edition_id: str = MAIN) -> list[Flaw]:
        """Return the flaws of a composed page; the list is shared."""
        known, flaws = self._flaws.once(id(page), lambda: (page, pipeline.proof(book, page, edition_id)))
        return flaws if known is page else pipeline.proof(book, page, edition_id)
