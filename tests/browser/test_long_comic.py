"""A comic of 200 pages is edited like one of six."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.browser.conftest import Studio, settled
from tests.browser.test_flows import action_field, new_picture, shown_picture
from tests.samples import a_book

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]


def test_a_comic_of_200_pages_opens_at_its_end_and_follows_an_edit(open_page: Open, studio: Studio) -> None:
    store = Store.open(Settings(KITSUMY_DATA_DIR=studio.data))  # type: ignore[call-arg]
    project = store.create(a_book(200), "writer").id
    store.close()
    page = open_page(f"/pages?comic={project}&page=ch1-p199&lang=en")
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    expect(page.locator(".st-key-page-strip nav button[data-id]")).to_have_count(200)
    expect(page.locator('.st-key-page-strip [aria-current="page"]')).to_be_in_viewport()
    loaded = "images => images.filter(image => image.complete && image.naturalWidth > 0).length"
    assert page.locator(".st-key-page-strip img").evaluate_all(loaded) < 60, (
        "pictures load as they come into view"
    )
    before = shown_picture(page)
    action_field(page).fill("Далеко в кінці книжки хтось нарешті запалює світло.")
    new_picture(page, before)
    settled(page)
    assert page.locator("[data-testid=stException]").count() == 0
