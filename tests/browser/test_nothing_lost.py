"""Whatever happens while a writer types, at most the last second of typing is gone."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Studio, saved, settled
from tests.browser.test_flows import action_field, click, first_visit, panel

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]

TEXT = "A heron stands on the rail and will not be moved by anyone."


def type_slowly(page: Page) -> None:
    """Type for longer than the longest time without saving."""
    field = action_field(page)
    field.click()
    field.press("Control+a")
    field.press_sequentially(TEXT, delay=40)


def kept(page: Page) -> int:
    """Return how many characters of the text are there after everything."""
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    expect(action_field(page)).not_to_have_value("")
    value = action_field(page).input_value()
    assert TEXT.startswith(value), value
    return len(value)


LAST_SECOND = 26
"""Characters typed in one second, at 40 ms each and a little time for the browser."""


def test_a_tab_closed_in_the_middle_of_a_word(open_page: Open) -> None:
    page = first_visit(open_page)
    url = page.url
    type_slowly(page)
    page.close()
    assert kept(open_page(url)) >= len(TEXT) - LAST_SECOND


def test_a_reload_in_the_middle_of_a_word(open_page: Open) -> None:
    page = first_visit(open_page)
    type_slowly(page)
    page.reload()
    settled(page)
    assert kept(page) >= len(TEXT) - LAST_SECOND


def test_a_change_of_screen_right_after_the_last_key(open_page: Open) -> None:
    page = first_visit(open_page)
    type_slowly(page)
    page.get_by_role("link", name="Export").click(delay=60)
    settled(page)
    page.get_by_role("link", name="Pages").click(delay=60)
    settled(page)
    assert kept(page) >= len(TEXT) - LAST_SECOND


def test_a_server_killed_while_somebody_types(open_page: Open, studio: Studio) -> None:
    page = first_visit(open_page)
    url = page.url
    type_slowly(page)
    studio.stop(signal.SIGKILL)
    studio.start()
    page.goto(url)
    settled(page)
    assert kept(page) >= len(TEXT) - LAST_SECOND


def test_a_network_that_goes_away_for_a_moment(open_page: Open, context: BrowserContext) -> None:
    page = first_visit(open_page)
    type_slowly(page)
    saved(page)
    context.set_offline(True)
    page.wait_for_timeout(1500)
    context.set_offline(False)
    page.wait_for_timeout(1500)
    expect(action_field(page)).to_have_value(TEXT)
    page.reload()
    settled(page)
    assert kept(page) == len(TEXT)


def test_a_double_click_does_things_once(open_page: Open) -> None:
    page = first_visit(open_page)
    lines = page.locator('[class*="st-key-w-dialogue"][class*="-text"] textarea')
    expect(lines).not_to_have_count(0)
    before = lines.count()
    page.locator(".st-key-line-add button").first.dblclick(delay=20)
    expect(lines).to_have_count(before + 1)
    page.wait_for_timeout(1500)
    expect(lines).to_have_count(before + 1)
    page.locator(".st-key-line-delete-0 button").first.dblclick(delay=20)
    expect(lines).to_have_count(before)
    page.wait_for_timeout(1500)
    expect(lines).to_have_count(before)


def test_back_and_forward_follow_the_pages_and_a_link_opens_its_panel(open_page: Open) -> None:
    page = first_visit(open_page)
    strip = page.locator(".st-key-page-strip nav button")
    strip.nth(1).click()
    expect(page.locator(".st-key-page-view g.panel")).to_have_count(4)
    settled(page)
    strip.nth(4).click()
    expect(page.locator(".st-key-page-view g.panel")).to_have_count(5)
    settled(page)
    page.go_back()
    expect(page.locator(".st-key-page-view g.panel")).to_have_count(4)
    page.go_forward()
    expect(page.locator(".st-key-page-view g.panel")).to_have_count(5)
    panel(page, 3).click()
    settled(page)
    other = open_page(page.url)
    expect(panel(other, 3)).to_have_attribute("aria-pressed", "true")
    expect(other.locator("h3").first).to_have_text("Panel 3")


def test_the_welcome_is_read_once_and_the_keys_are_listed(open_page: Open) -> None:
    page = first_visit(open_page)
    expect(page.get_by_text("Welcome! This is a sample comic.")).to_be_visible()
    click(page, "welcome-close")
    expect(page.locator(".st-key-welcome")).to_have_count(0)
    click(page, "guide")
    expect(page.get_by_text("Ctrl + Z / Ctrl + Y")).to_be_visible()
