"""An edition is chosen, written and lettered by hand in the browser; the main one stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kitsumy_core.plan.book import Book, Edition
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.browser.conftest import Studio, settled
from tests.browser.test_page_picture import balloon, book_of, drag
from tests.long_comics import sample_book

pytestmark = pytest.mark.browser


def test_a_balloon_and_a_text_of_an_edition_change_there_alone(
    open_page: Callable[[str], Page], studio: Studio
) -> None:
    comic = begun(
        studio, apply_edit(sample_book(), edit("add_edition", edition=Edition(id="uk", language="uk")))
    )
    page = open_page(f"/pages?comic={comic}&lang=en")
    figure = page.locator(".st-key-page-view figure.page")
    expect(figure).to_have_attribute("data-shown", re_page(edition=False))
    page.locator(".st-key-edition-choice input").click()
    page.get_by_role("option", name="Ukrainian").click()
    settled(page)
    expect(figure).to_have_attribute("data-shown", re_page(edition=True))
    expect(page.locator(".st-key-page-strip img").first).to_have_attribute("src", re_page(edition=True))
    name = balloon(page, 1).get_attribute("data-balloon")
    assert name
    drag(page, balloon(page, 1), 10, 50, at=(40, 15))
    expect(page.locator(".st-key-page-view g.balloon.locked")).to_have_count(1)
    before = figure.get_attribute("data-shown")
    field = page.get_by_role("textbox", name="in this edition").nth(1)
    field.fill("Стережися припливу!")
    expect(figure).not_to_have_attribute("data-shown", before or "")
    page.reload()
    settled(page)
    expect(page.get_by_role("textbox", name="in this edition").nth(1)).to_have_value("Стережися припливу!")
    book = book_of(studio)
    assert list(book.edition("uk").placements) == [name]
    assert list(book.edition("uk").texts.values()) == ["Стережися припливу!"]
    assert book.edition().placements == {}
    assert book.plan == sample_book().plan
    page.get_by_role("button", name="To the main edition").click()
    settled(page)
    expect(page.locator(".st-key-page-view g.balloon.locked")).to_have_count(0)


def begun(studio: Studio, book: Book) -> str:
    store = Store.open(Settings(data_dir=studio.data))
    try:
        return store.create(book, "writer").id
    finally:
        store.close()


def re_page(*, edition: bool) -> re.Pattern[str]:
    return re.compile(r"[?&]e=uk(&|$)" if edition else r"^(?!.*[?&]e=).*id=")
