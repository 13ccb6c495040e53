"""What writers do, in a real browser against a real server."""

from __future__ import annotations

import io
import json
import re
import signal
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kitsumy_core.pipeline import samples
from kitsumy_core.plan.files import read_plan
from tests.browser.conftest import Studio, saved, settled

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]

FIRST_VISIT = "/?lang=en"
PAGES_OF_TWO_CHAPTERS = ("ch1-p3", "ch2-p1")
"""The last page of the first chapter of the Ukrainian sample, and the first of its second."""


def click(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click(delay=60)
    settled(page)


def shown_picture(page: Page) -> str:
    """Return the address of the page picture that is on screen."""
    page.wait_for_function("() => true")
    return str(page.locator(".st-key-page-view figure.page").get_attribute("data-shown"))


def new_picture(page: Page, before: str) -> str:
    page.locator(f'.st-key-page-view figure.page:not([data-shown="{before}"])').wait_for()
    return shown_picture(page)


def first_visit(open_page: Open, lang: str = "en") -> Page:
    page = open_page(f"/?lang={lang}")
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    expect(action_field(page)).not_to_have_value("")
    return page


def panel(page: Page, number: int):  # type: ignore[no-untyped-def]
    return page.locator(".st-key-page-view g.panel").nth(number - 1)


def action_field(page: Page):  # type: ignore[no-untyped-def]
    return page.locator('[class*="st-key-w-panel"][class*="-action"] textarea').first


def test_a_first_visit_opens_a_sample_comic_with_drawn_pages(open_page: Open) -> None:
    page = first_visit(open_page)
    title = read_plan(samples()["lighthouse"].read_bytes()).plan.title
    expect(page.locator("h1")).to_have_text(title)
    assert "comic=" in page.url
    size = page.locator(".st-key-page-view img").evaluate("i => [i.naturalWidth, i.naturalHeight]")
    assert size[0] >= 900
    assert page.locator(".st-key-page-strip nav button img").count() == 6
    page.get_by_role("link", name="Comics").click()
    expect(page.locator("h1")).to_have_text("Comics")


def test_a_click_or_the_arrow_keys_choose_a_panel_and_its_form(open_page: Open) -> None:
    page = first_visit(open_page)
    page.locator(".st-key-page-strip nav button").nth(1).click()
    settled(page)
    expect(page.locator(".st-key-page-view g.panel")).to_have_count(4)
    panel(page, 3).click()
    expect(page.locator("h3").first).to_have_text("Panel 3")
    expect(panel(page, 3)).to_have_attribute("aria-pressed", "true")
    panel(page, 3).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("h3").first).to_have_text("Panel 2")
    assert "panel=ch1-p2-pan2" in page.url


def test_typing_changes_the_page_picture_without_leaving_the_field_and_survives_a_reload(
    open_page: Open,
) -> None:
    page = first_visit(open_page)
    before = shown_picture(page)
    field = action_field(page)
    field.click()
    field.press("Control+End")
    field.press_sequentially(" A gull lands on the rail.", delay=15)
    after = new_picture(page, before)
    assert after != before
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    saved(page)
    page.reload()
    settled(page)
    expect(action_field(page)).to_have_value(re.compile(r"A gull lands on the rail\.$"))


def test_undo_takes_a_change_back_and_redo_brings_it_again_even_after_a_restart(
    open_page: Open, studio: Studio
) -> None:
    page = first_visit(open_page)
    field = action_field(page)
    old = field.input_value()
    field.fill("Nothing but fog.")
    page.locator(".st-key-undo button:enabled").first.wait_for()
    studio.stop(signal.SIGKILL)
    studio.start()
    page.goto(page.url)
    settled(page)
    assert action_field(page).input_value() == "Nothing but fog."
    click(page, "undo")
    expect(action_field(page)).to_have_value(old)
    click(page, "redo")
    expect(action_field(page)).to_have_value("Nothing but fog.")


def test_a_layout_with_another_count_is_an_issue_that_one_click_mends(open_page: Open) -> None:
    page = first_visit(open_page)
    page.locator(".st-key-page-strip nav button").nth(1).click()
    settled(page)
    before = shown_picture(page)
    page.locator('.st-key-layout-picker [data-layout="big-top"]').click()
    page.locator(".st-key-layout-question").get_by_text("has room for 3, the page has 4").wait_for()
    click(page, "layout-only")
    new_picture(page, before)
    issue = page.locator(".st-key-issue-0")
    expect(issue).to_contain_text("room for 3")
    expect(page.locator(".st-key-page-strip .mark.error")).to_have_count(1)
    page.get_by_role("button", name="Split: the last 1 to a new page").click(delay=60)
    settled(page)
    expect(page.locator(".st-key-page-strip nav button img")).to_have_count(7)
    expect(page.locator(".st-key-page-strip .mark.error")).to_have_count(0)
    click(page, "undo")
    click(page, "undo")
    expect(page.locator(".st-key-page-strip nav button img")).to_have_count(6)
    expect(page.locator(".st-key-page-view g.panel")).to_have_count(4)


def test_from_nothing_to_a_first_page_with_a_balloon(open_page: Open) -> None:
    page = open_page(FIRST_VISIT)
    page.goto("/?lang=en")
    settled(page)
    click(page, "new-empty")
    page.get_by_text("A blank book").wait_for()
    click(page, "first-page")
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    expect(page.locator(".st-key-page-view g.panel")).to_have_count(1)
    before = shown_picture(page)
    action_field(page).fill("A fox reads a map by lantern light.")
    before = new_picture(page, before)
    page.locator(".st-key-cast-new button").first.click(delay=60)
    page.locator(".st-key-cast-name input").fill("Fox")
    page.get_by_role("button", name="Add to the panel").click(delay=60)
    before = new_picture(page, before)
    page.keyboard.press("Escape")
    click(page, "line-add")
    page.locator('[class*="st-key-w-dialogue"][class*="-text"] textarea').fill("North. Definitely north.")
    new_picture(page, before)


def test_sketches_are_rendered_picked_and_taken_away_as_cbz(open_page: Open, tmp_path: Path) -> None:
    page = first_visit(open_page)
    page.get_by_role("link", name="Render").click(delay=60)
    settled(page)
    click(page, "render-go")
    page.locator('.st-key-render-scope button:has-text("Not rendered (0)")').wait_for(timeout=60_000)
    expect(page.locator(".st-key-takes .gallery > button[aria-pressed=true]")).to_have_count(1)
    page.get_by_role("link", name="Export").click(delay=60)
    settled(page)
    page.get_by_text("panels show storyboard sketches").wait_for()
    click(page, "make-cbz")
    page.reload()  # a closed tab stops nothing
    ready = page.locator(".st-key-export-cbz a.take-away")
    ready.wait_for(timeout=60_000)
    with page.expect_download(timeout=60_000) as download:
        ready.click()
    target = tmp_path / "comic.cbz"
    download.value.save_as(target)
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        assert "ComicInfo.xml" in names
        assert len([n for n in names if n.endswith(".jpg")]) == 6
        from PIL import Image

        with Image.open(io.BytesIO(archive.read("0001.jpg"))) as first:
            assert first.height > 2000
        assert b"sketch" in archive.read("ComicInfo.xml").lower()


def test_rendering_goes_on_when_the_tab_is_closed(open_page: Open) -> None:
    page = first_visit(open_page)
    url = page.url.replace("/pages", "/render")
    page.goto(url)
    settled(page)
    page.locator(".st-key-render-go button").first.click(delay=60)
    page.locator('[class*="st-key-job-"]').first.wait_for()
    page.close()
    again = open_page(url)
    again.locator('.st-key-render-scope button:has-text("Not rendered (0)")').wait_for(timeout=60_000)


def test_a_plan_file_opens_and_a_broken_one_says_what_is_wrong(open_page: Open, tmp_path: Path) -> None:
    page = first_visit(open_page)
    page.goto("/?lang=en")
    settled(page)
    broken = tmp_path / "broken.json"
    broken.write_text('{"title": "x", "chapters": [{"pages": [{"panels": [{"action": 5}]}]}]}')
    click(page, "new-file")
    page.locator('input[type="file"]').set_input_files(broken)
    expect(page.locator('[data-testid="stAlert"]').first).to_contain_text(
        "/chapters/0/pages/0/panels/0/action"
    )
    plan = json.loads(samples()["jizhak"].read_text("utf-8"))
    plan["title"] = "<img src=x onerror=alert(1)> *Дід*"
    good = tmp_path / "good.json"
    good.write_text(json.dumps(plan), "utf-8")
    if not page.locator('input[type="file"]').count():
        click(page, "new-file")
    page.locator('input[type="file"]').set_input_files(good)
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    expect(page.locator("h1")).to_have_text("<img src=x onerror=alert(1)> *Дід*")


def test_the_first_screen_speaks_ukrainian_by_default_and_english_on_wish(open_page: Open) -> None:
    page = open_page("/")
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    expect(page.get_by_role("link", name="Сторінки")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "uk"
    menu = page.locator("[data-testid=stMainMenuButton]")
    expect(menu).to_have_attribute("aria-label", "Головне меню")
    page.locator(".st-key-language-menu").get_by_role("combobox").click()
    page.get_by_role("option", name="English").click()
    settled(page)
    expect(page.get_by_role("link", name="Pages")).to_be_visible()
    expect(menu).to_have_attribute("aria-label", "Main menu")


def other_tab(open_page: Open, page: Page, chromium: Browser) -> Page:
    """Open the same comic as another writer: a browser context has cookies, so an author, of its own."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(20_000)
    other = context.new_page()
    other.goto(page.url)
    settled(other)
    other.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    return other


def test_two_writers_see_each_others_edits_and_undo_only_their_own(
    open_page: Open, chromium: Browser
) -> None:
    first = first_visit(open_page)
    second = other_tab(open_page, first, chromium)
    old = action_field(first).input_value()
    action_field(first).fill("The first tab wrote this.")
    expect(action_field(second)).to_have_value("The first tab wrote this.", timeout=10_000)
    sound = '[class*="st-key-w-panel"][class*="-sfx"] input'
    second.locator(sound).fill("BOOM")
    expect(first.locator(sound)).to_have_value("BOOM", timeout=10_000)
    click(first, "undo")
    expect(action_field(second)).to_have_value(old, timeout=10_000)
    expect(first.locator(sound)).to_have_value("BOOM")
    second.context.close()


def test_two_writers_in_one_field_keep_both_texts_and_one_of_them_chooses(
    open_page: Open, chromium: Browser
) -> None:
    first = first_visit(open_page)
    second = other_tab(open_page, first, chromium)
    action_field(first).click()
    action_field(second).click()
    action_field(second).press("Control+a")
    action_field(second).press_sequentially("Second", delay=10)
    action_field(first).fill("First writer's words.")
    action_field(second).press_sequentially(" writer's words.", delay=120)
    for tab in (first, second):
        box = tab.locator(".st-key-conflict-0")
        expect(box).to_contain_text("First writer's words.", timeout=10_000)
        expect(box).to_contain_text("Second writer's words.", timeout=10_000)
    row = second.locator('[class*="st-key-conflict-0-row-"]').filter(has_text="Second writer's words.")
    row.locator("button").first.click(delay=60)
    for tab in (first, second):
        expect(tab.locator(".st-key-conflict-0")).to_have_count(0, timeout=10_000)
        expect(action_field(tab)).to_have_value("Second writer's words.", timeout=10_000)
    second.context.close()


def board_row(page: Page, page_id: str):  # type: ignore[no-untyped-def]
    return page.locator(f'.st-key-panel-board .cards[data-page="{page_id}"] .card')


def drag_card(page: Page, card, target) -> None:  # type: ignore[no-untyped-def]
    """Drag a card of the panel board before another one."""
    card.scroll_into_view_if_needed()
    start, end = card.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    for step in range(1, 13):
        part = step / 12
        page.mouse.move(
            start["x"] + 20 + (end["x"] + 4 - start["x"] - 20) * part,
            start["y"] + 20 + (end["y"] + 20 - start["y"] - 20) * part,
        )
        page.wait_for_timeout(20)
    page.mouse.up()
    settled(page)


def test_a_panel_is_dragged_to_a_page_of_another_chapter_and_moved_back_by_keys(open_page: Open) -> None:
    page = first_visit(open_page, "uk")
    last, first = PAGES_OF_TWO_CHAPTERS
    page.locator(f'.st-key-page-strip button[data-id="{last}"]').click()
    settled(page)
    page.locator(".st-key-board summary").click()
    card = board_row(page, last).first
    moved = card.get_attribute("data-id")
    drag_card(page, card, board_row(page, first).first)
    expect(board_row(page, first).first).to_have_attribute("data-id", str(moved))
    board_row(page, first).first.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(board_row(page, last).last).to_have_attribute("data-id", str(moved))
    expect(board_row(page, last).last).to_be_focused()
