"""The cast in a real browser: cards, keys and drags, portraits, links to panels, deletion with a question."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import settled
from tests.browser.test_flows import click, first_visit

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]


def cast_screen(open_page: Open) -> Page:
    page = first_visit(open_page)
    page.get_by_role("link", name="Cast").click(delay=60)
    cards(page).first.wait_for()
    settled(page)
    return page


def cards(page: Page, kind: str = "character") -> Locator:
    return page.locator(f".st-key-{kind}-cards .card")


def names(page: Page) -> list[str]:
    return cards(page).locator(".name").all_inner_texts()


def field(page: Page, name: str) -> Locator:
    return page.locator(f'[class*="st-key-w-character-"][class*="-{name}"]').locator("input, textarea")


def chosen(page: Page) -> Locator:
    return page.locator(".st-key-character-cards .card[aria-pressed=true] .name")


def test_a_card_opens_its_form(open_page: Open) -> None:
    page = cast_screen(open_page)
    expect(field(page, "name")).to_have_value("Vera Lusk")
    cards(page).nth(2).click()
    settled(page)
    expect(field(page, "name")).to_have_value("June Pruitt")
    expect(chosen(page)).to_have_text("June Pruitt")


def test_words_change_the_portrait_while_typing(open_page: Open) -> None:
    page = cast_screen(open_page)
    image = cards(page).first.locator("img")
    before = image.get_attribute("src")
    assert image.evaluate("i => i.naturalWidth") == 320
    field(page, "clothing").fill("A green coat and a red hat.")
    expect(image).not_to_have_attribute("src", str(before))
    expect(cards(page).first).not_to_have_class("card lost")
    field(page, "name").fill("Vira <b>Lusk</b> *x*")
    expect(chosen(page)).to_have_text("Vira <b>Lusk</b> *x*")


def test_cards_are_reached_chosen_and_moved_by_keys(open_page: Open) -> None:
    page = cast_screen(open_page)
    first = names(page)
    cards(page).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(chosen(page)).to_have_text(first[1])
    page.keyboard.press("Alt+ArrowRight")
    expect(cards(page).locator(".name")).to_have_text([first[0], first[2], first[1], first[3]])
    expect(chosen(page)).to_have_text(first[1])
    expect(cards(page).nth(2)).to_be_focused()
    click(page, "undo")
    expect(cards(page).locator(".name")).to_have_text(first)


def test_a_card_is_dragged_behind_another(open_page: Open) -> None:
    page = cast_screen(open_page)
    first = names(page)
    box = cards(page).nth(2).bounding_box()
    assert box is not None
    cards(page).first.drag_to(
        cards(page).nth(2), target_position={"x": box["width"] * 0.8, "y": box["height"] / 2}
    )
    expect(cards(page).locator(".name")).to_have_text([first[1], first[2], first[0], first[3]])
    expect(chosen(page)).to_have_text(first[0])


def test_a_panel_of_the_list_opens_on_the_pages_screen(open_page: Open) -> None:
    page = cast_screen(open_page)
    link = page.locator('.st-key-appearances button[data-id="ch1-p2-pan3"]')
    assert link.get_attribute("aria-label") == "Page 2, panel 3"
    link.click()
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    settled(page)
    assert "/pages" in page.url
    assert "panel=ch1-p2-pan3" in page.url


def test_somebody_new_is_added_and_goes_again_without_a_question(open_page: Open) -> None:
    page = cast_screen(open_page)
    page.locator(".st-key-character-new button").first.click(delay=60)
    page.locator(".st-key-new-name input").fill("Fox")
    page.locator(".st-key-new-name input").press("Enter")
    expect(chosen(page)).to_have_text("Fox")
    expect(page.locator('[class*="-seed"] input').first).not_to_have_value("")
    page.keyboard.press("Escape")
    click(page, "character-delete")
    expect(cards(page)).to_have_count(4)
    assert "Fox" not in names(page)


def test_deleting_somebody_in_use_says_where_and_gives_the_lines_away(open_page: Open) -> None:
    page = cast_screen(open_page)
    cards(page).nth(1).click()
    settled(page)
    expect(field(page, "name")).to_have_value("Amos Teague")
    click(page, "character-delete")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete Amos Teague?")
    expect(dialog).to_contain_text("It is used in 9 panels")
    page.wait_for_timeout(2500)  # longer than the tick that looks for others' changes
    dialog.get_by_role("button", name="Cancel").click(delay=60)
    expect(dialog).to_be_hidden()
    expect(cards(page)).to_have_count(4)
    click(page, "character-delete")
    dialog.get_by_role("button", name="Delete", exact=True).click(delay=60)
    expect(dialog).to_be_hidden()
    expect(cards(page)).to_have_count(3)
    settled(page)
    page.locator(".st-key-undo button:enabled").first.wait_for()
    click(page, "undo")
    expect(cards(page)).to_have_count(4)
    expect(cards(page).nth(1).locator(".facts")).to_have_text("in 9 panels")


def test_places_have_pictures_and_take_up_what_panels_name(open_page: Open) -> None:
    page = cast_screen(open_page)
    page.locator('.st-key-cast-side button:has-text("Places")').click()
    expect(cards(page, "location")).to_have_count(5)
    expect(cards(page, "location").first.locator("img")).to_have_js_property("naturalWidth", 480)
    settled(page)
    page.locator(".st-key-place-new button").first.click(delay=60)
    field_ = page.locator('[class*="st-key-place-name"] input')
    field_.fill("Barn")
    field_.press("Enter")
    expect(cards(page, "location")).to_have_count(6)
    expect(page.locator('[class*="st-key-w-location-"][class*="-name"] input').first).to_have_value("Barn")


def test_what_somebody_wears_in_one_chapter_is_kept_apart(open_page: Open) -> None:
    page = cast_screen(open_page)
    page.locator(".st-key-outfits summary").click(delay=60)
    settled(page)
    page.wait_for_timeout(400)  # it opens slowly
    page.locator('[class*="st-key-outfit-add"]').get_by_role("combobox").click()
    page.get_by_role("option").first.click()
    settled(page)
    text = page.locator('[class*="st-key-w-chapter-"] textarea')
    text.fill("An oilskin coat.")
    page.locator(".st-key-undo button:enabled").first.wait_for()
    settled(page)
    page.reload()
    page.locator(".st-key-outfits summary", has_text="(1)").wait_for()
    settled(page)
    page.locator(".st-key-outfits summary").click(delay=60)
    expect(text).to_have_value("An oilskin coat.")
