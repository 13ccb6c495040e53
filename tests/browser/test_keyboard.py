"""What writers do who have a keyboard alone, and what is seen of it, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.browser.test_flows import action_field, first_visit, panel

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]

FOCUSED = """async () => {
  let held = document.activeElement
  while (held.shadowRoot?.activeElement) held = held.shadowRoot.activeElement
  if (held === document.body) return null
  const words = node => node?.getAttribute('class') ?? ''
  let area = held
  while (area && !words(area).includes('st-key-')) area = area.parentElement ?? area.getRootNode().host
  const key = words(area).match(/st-key-([\\w-]+)/)?.[1] ?? ''
  const bare = held.cloneNode(true)
  for (const node of bare.querySelectorAll('[aria-hidden=true]')) node.remove()
  const name = held.ariaLabel || held.labels?.[0]?.textContent || bare.textContent.trim()
  const parts = ['outlineStyle', 'outlineWidth', 'boxShadow', 'borderColor', 'stroke', 'strokeWidth']
  const near = [held, ...held.querySelectorAll('*')]
  for (let up = held.parentElement; up && near.length < 20; up = up.parentElement) near.push(up)
  const looks = () => near.map(node => parts.map(part => getComputedStyle(node)[part]).join()).join()
  const style = document.createElement('style')
  style.textContent = '* { transition: none !important }'
  const root = held.getRootNode()
  ;(root.head ?? root).append(style)
  const focused = looks()
  held.blur()
  await new Promise(done => setTimeout(done, 20))
  const marked = looks() !== focused
  held.focus({ preventScroll: true })
  style.remove()
  return { key, name, marked, scrolls: held.matches('main') }
}"""
"""Tells of the focused control: the key of its widget, its name, whether it shows that it has the focus."""


def test_tab_walks_the_pages_screen_past_named_controls_that_show_where_it_is(open_page: Open) -> None:
    page = first_visit(open_page, "uk")
    walked: list[str] = []
    wrong = []
    for _press in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        walked.append(stop["key"])
        if not (stop["scrolls"] or (stop["marked"] and stop["name"] and not stop["name"].endswith(" icon"))):
            wrong.append(stop)
    assert wrong == []
    stops = list(dict.fromkeys(walked))
    parts = ["page-strip", "page-view", "layout-picker", "panel-delete", "line-add", "comments-shelf"]
    assert [stop for stop in stops if stop in parts] == parts
    assert walked.count("page-strip") == 2, "one stop for the pages, one to add a page"

    page.locator(".st-key-page-menu button:visible").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-page-add-after button:visible")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-page-menu button:visible")).to_be_focused()
    page.locator(".st-key-panel-twin button:visible").focus()
    page.keyboard.press("Enter")
    page.locator(".st-key-undo button:enabled:visible").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-undo")).to_be_focused()  # there is no more to undo: its place has the focus
    page.keyboard.press("Tab")
    expect(page.locator(".st-key-redo button:visible")).to_be_focused()

    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(300)
    assert page.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth <= main.clientWidth")


def test_keys_undo_outside_of_text_fields(open_page: Open) -> None:
    page = first_visit(open_page)
    old = action_field(page).input_value()
    action_field(page).fill("Something else.")
    page.locator(".st-key-undo button:enabled").first.wait_for()
    panel(page, 1).focus()
    page.keyboard.press("Control+z")
    expect(action_field(page)).to_have_value(old)


def press(page: Page, key: str) -> None:
    """Press a button as one does who has no pointer, and wait for what comes of it."""
    page.locator(f".st-key-{key} button:enabled:visible").first.focus()
    page.keyboard.press("Enter")
    settled(page)
    page.wait_for_timeout(300)


def test_the_keyboard_stays_where_it_was_when_what_was_pressed_goes_away(open_page: Open) -> None:
    page = first_visit(open_page)
    while page.locator('[class*="st-key-line-delete-"] button').count():
        press(page, "line-delete-0")
        assert page.evaluate(FOCUSED)["key"].startswith("line-"), "the next line, or the button that adds one"
    press(page, "panel-delete")
    assert page.evaluate(FOCUSED)["key"] == "board", "the page had one panel: its form is gone"
    fixes = page.locator('[class*="st-key-fix-"] button:visible')
    before = fixes.count()
    fixes.first.focus()
    page.keyboard.press("Enter")
    expect(fixes).not_to_have_count(before)
    page.wait_for_timeout(400)
    assert page.evaluate(FOCUSED) is not None

    page.get_by_role("link", name="Cast").click()
    press(page, "character-delete")
    press(page, "cast-delete")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate(FOCUSED)["key"] == "character-delete", "where the dialog was opened"

    page.get_by_role("link", name="Comics").click()
    page.locator('[class*="st-key-more-"] button:visible').first.focus()
    page.keyboard.press("Enter")
    page.locator('[class*="st-key-trash-"] button:visible').wait_for()
    page.locator('[class*="st-key-trash-"] button:visible').focus()
    page.keyboard.press("Enter")
    page.get_by_text("Trash (1)").wait_for()
    page.wait_for_timeout(400)
    assert page.evaluate(FOCUSED) is not None
    page.locator("summary").last.focus()
    page.keyboard.press("Enter")
    page.locator('[class*="st-key-restore-"] button:visible').focus()
    page.keyboard.press("Enter")
    page.get_by_text("Trash (1)").wait_for(state="detached")
    page.wait_for_timeout(400)
    assert page.evaluate(FOCUSED) is not None


def test_what_lies_over_the_screen_is_as_light_or_as_dark_as_the_screen(open_page: Open) -> None:
    page = first_visit(open_page)
    page.locator(".st-key-guide button").first.click()
    over = page.locator('[data-testid="stPopoverBody"]')
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        expect(over).to_have_css("color-scheme", theme)
