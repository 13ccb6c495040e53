"""Make comics of any length out of a sample: for tests, benchmarks and the tour of the screens."""

from __future__ import annotations

from itertools import count

from kitsumy_core.pipeline import samples
from kitsumy_core.plan.book import Book, find_page
from kitsumy_core.plan.edits import apply_edit, edit, fresh_ids
from kitsumy_core.plan.files import read_plan
from kitsumy_core.plan.flat import key_of
from kitsumy_core.plan.models import Page


def sample_book(name: str = "lighthouse") -> Book:
    return Book(plan=read_plan(samples()[name].read_bytes()).plan)


def long_book(pages: int, name: str = "lighthouse") -> Book:
    """Return a sample cut or grown to so many pages; the pages that are added repeat the sample's in turn."""
    book, numbers = sample_book(name), count(1)
    originals = list(book.plan.pages())
    added = [
        _twin(book, originals[n % len(originals)], lambda: f"more-{next(numbers)}")
        for n in range(len(originals), pages)
    ]
    chapters, left = [], pages
    for chapter in book.plan.chapters:
        kept = chapter.pages[:left]
        left -= len(kept)
        chapters += [chapter.but(pages=kept)] if kept else []
    last = chapters[-1]
    chapters[-1] = last.but(pages=(*last.pages, *added))
    return book.but(plan=book.plan.but(chapters=tuple(chapters)).numbered())


def _twin(book: Book, page: Page, mint) -> Page:  # type: ignore[no-untyped-def]
    ids = fresh_ids("page", page, mint)
    twice = apply_edit(book, edit("duplicate_node", node=key_of("page", page.id), new_ids=ids))
    found = find_page(twice.plan, ids[page.id])
    assert found is not None
    return found
