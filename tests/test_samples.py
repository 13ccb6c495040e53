"""The sample comics: sound plans that together show every layout."""

from __future__ import annotations

import pytest

from kitsumy_core.page.compose import compose
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.layouts import LAYOUTS
from kitsumy_core.pipeline import check_book, samples
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.files import read_plan
from kitsumy_core.plan.models import ComicPlan

PLANS: dict[str, ComicPlan] = {name: read_plan(file.read_bytes()).plan for name, file in samples().items()}


def test_there_is_one_in_ukrainian_and_one_in_english() -> None:
    assert {plan.kitsumy.language for plan in PLANS.values()} == {"uk", "en"}


@pytest.mark.parametrize("name", PLANS)
def test_a_sample_has_three_to_six_pages_and_nothing_to_mend(name: str) -> None:
    plan = PLANS[name]
    assert 3 <= len(list(plan.pages())) <= 6
    assert [issue.code for issue in check_book(Book(plan=plan))] == []


def test_together_they_use_all_twelve_layouts() -> None:
    assert {page.layout for plan in PLANS.values() for page in plan.pages()} == set(LAYOUTS)


@pytest.mark.parametrize("name", PLANS)
def test_every_text_of_a_sample_fits_its_panel(name: str) -> None:
    book = Book(plan=PLANS[name])
    document = compose(book, "main", {}, measure)
    assert [e.id for page in document.pages for e in page.lettering if e.overflow] == []
    spoken = sum(len(p.dialogue) + bool(p.narrative) + bool(p.sfx) for p in book.plan.panels())
    assert sum(len(page.lettering) for page in document.pages) == spoken
