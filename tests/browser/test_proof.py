"""The proof sheet in a real browser: look over every page, go to a place, mend, print."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import apply_edit, edit
from kitsumy_core.plan.flat import key_of
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.browser.conftest import SlowLine, Studio, settled
from tests.long_comics import long_book, sample_book

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]


def stored(studio: Studio, book: Book) -> str:
    """Put a comic into the running studio's store; return the address of its proof."""
    store = Store.open(Settings(data_dir=studio.data))
    try:
        return f"/proof?comic={store.create(book, 'writer').id}&lang=en"
    finally:
        store.close()


def flawed() -> Book:
    """Return the sample with a wrong panel count on page 2 and an empty panel on page 3."""
    book = apply_edit(sample_book(), edit("change_layout", page_id="ch1-p2", layout="big-top"))
    panel = list(book.plan.pages())[2].panels[1]
    return apply_edit(book, edit("set_field", node=key_of("panel", panel.id), field="action", value=""))


def articles(page: Page):  # type: ignore[no-untyped-def]
    return page.locator(".st-key-proof-sheet article")


def opened(open_page: Open, studio: Studio, book: Book) -> Page:
    page = open_page(stored(studio, book))
    page.locator(".st-key-proof-sheet article.drawn").first.wait_for()
    return page


def test_all_pages_are_on_the_sheet_and_a_wrong_panel_count_jumps_to_the_eye(
    open_page: Open, studio: Studio
) -> None:
    page = opened(open_page, studio, flawed())
    expect(articles(page)).to_have_count(6)
    expect(page.locator(".st-key-proof-sheet article.wrong")).to_have_count(1)
    expect(page.locator(".st-key-proof-sheet article.wrong .count")).to_have_text("4 of 3 panels")
    expect(page.locator(".st-key-proof-summary")).to_contain_text("1 page with a wrong panel count")
    expect(articles(page).nth(0).locator("g.order")).to_have_count(1)
    expect(articles(page).nth(1).locator("g.order")).to_have_count(4)


def test_overlays_are_drawn_as_chosen(open_page: Open, studio: Studio) -> None:
    page = opened(open_page, studio, flawed())
    sheet = page.locator(".st-key-proof-sheet")
    expect(sheet.locator("rect.safe")).to_have_count(0)
    for label in ("Safe area", "Bleed", "Balloons", "Pictures"):
        page.locator(".st-key-proof-overlays").get_by_role("button", name=label).click(delay=60)
        settled(page)
    expect(sheet.locator("rect.safe")).to_have_count(6)
    expect(sheet.locator("path.bleed")).to_have_count(6)
    expect(sheet.locator("polygon.bare")).to_have_count(len(list(flawed().plan.panels())))
    words = articles(page).nth(1).locator("g.text text").all_text_contents()
    assert words == [str(n) for n in range(1, len(words) + 1)]
    assert len(words) > 2
    page.locator(".st-key-proof-overlays").get_by_role("button", name="Order of panels").click(delay=60)
    settled(page)
    expect(sheet.locator("g.order")).to_have_count(0)


def test_filters_show_only_pages_like_that(open_page: Open, studio: Studio) -> None:
    page = opened(open_page, studio, flawed())
    page.locator(".st-key-proof-filter").get_by_text("With issues (2)").click(delay=60)
    settled(page)
    expect(articles(page).locator(".number")).to_have_text(["2", "3"])


def test_a_click_on_a_panel_opens_it_also_while_the_screen_ticks_on(
    context: BrowserContext, open_page: Open, studio: Studio
) -> None:
    line = SlowLine(context)
    page = opened(open_page, studio, flawed())
    line.hold()
    articles(page).nth(2).locator("g.panel").nth(1).click()
    page.wait_for_timeout(2300)  # the screen looks for other writers' news every two seconds
    line.release()
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    expect(page.locator("h3").first).to_have_text("Panel 2")
    assert "/pages" in page.url
    assert "page=ch1-p3" in page.url
    page.go_back()
    articles(page).nth(2).wait_for()
    expect(articles(page)).to_have_count(6)


def test_the_keyboard_walks_the_sheet_and_opens_a_page(open_page: Open, studio: Studio) -> None:
    page = opened(open_page, studio, flawed())
    articles(page).first.locator(".page").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    label = page.evaluate(
        "() => { let at = document.activeElement; while (at.shadowRoot) at = at.shadowRoot.activeElement;"
        " return at.getAttribute('aria-label') }"
    )
    assert label.startswith("Page 2: 4 panels")
    page.keyboard.press("Enter")
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    assert "page=ch1-p2" in page.url


def test_an_issue_is_shown_on_the_sheet_mended_and_undone(open_page: Open, studio: Studio) -> None:
    page = opened(open_page, studio, flawed())
    row = page.locator(".st-key-proof-list .row.error .choose")
    row.click()
    settled(page)
    expect(page.locator(".st-key-proof-sheet article.chosen .number")).to_have_text("2")
    page.locator(".st-key-proof-chosen").get_by_role("button", name="Use “Grid 2 × 2”").click(delay=60)
    settled(page)
    expect(page.locator(".st-key-proof-sheet article.wrong")).to_have_count(0)
    expect(page.locator(".st-key-proof-list .row.error")).to_have_count(0)
    page.locator(".st-key-undo button").first.click(delay=60)
    settled(page)
    expect(page.locator(".st-key-proof-sheet article.wrong")).to_have_count(1)


def test_the_arrow_of_an_issue_opens_its_panel(open_page: Open, studio: Studio) -> None:
    page = opened(open_page, studio, flawed())
    page.locator(".st-key-proof-list .row.warning .open").first.click()
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    expect(page.locator("h3").first).to_have_text("Panel 2")


def test_sixty_pages_open_quickly_and_print_whole_without_the_rest(open_page: Open, studio: Studio) -> None:
    page = opened(open_page, studio, long_book(60))
    expect(articles(page)).to_have_count(60)
    page.evaluate("() => { window.print = () => { window.printed = true } }")
    page.locator(".st-key-proof-sheet .print").click()
    page.wait_for_function("window.printed", timeout=60_000)
    widths = articles(page).locator("img").evaluate_all("all => all.map(image => image.naturalWidth)")
    assert len(widths) == 60
    assert min(widths) >= 240, "a page went to paper without its picture"
    page.emulate_media(media="print")
    expect(page.locator(".st-key-proof-sheet .heading")).to_be_visible()
    for rest in ("h1", ".st-key-proof-tools", ".st-key-proof-side", ".st-key-proof-summary", "header"):
        expect(page.locator(rest).first).to_be_hidden()
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF")
    assert 2 <= paper.count(b"/Type /Page\n") <= 12


def test_a_name_that_looks_like_markup_stays_text(open_page: Open, studio: Studio) -> None:
    book = sample_book()
    bad = "<img src=x onerror=alert(1)> *x*"
    chapter = next(iter(book.plan.chapters))
    book = apply_edit(book, edit("set_field", node=key_of("chapter", chapter.id), field="title", value=bad))
    page = opened(open_page, studio, book)
    expect(page.locator(".st-key-proof-sheet .chapter").first).to_have_text(bad)


def test_the_comic_is_read_in_spreads_and_a_comment_written_on_a_panel_waits_until_it_is_done(
    open_page: Open, studio: Studio
) -> None:
    page = opened(open_page, studio, sample_book())
    page.locator(".st-key-proof-view button").nth(1).click()
    reader = page.locator(".st-key-reader section.reader")
    counter = reader.locator(".counter")
    expect(counter).to_have_text("1 / 6")
    reader.focus()
    page.keyboard.press("ArrowRight")
    expect(counter).to_have_text("2–3 / 6")
    expect(reader.locator(".stage img")).to_have_count(2)
    reader.locator("button.pairs").click()
    expect(counter).to_have_text("2 / 6")
    page.keyboard.press("End")
    expect(counter).to_have_text("6 / 6")
    expect(reader.locator("button.on")).to_be_disabled()
    page.get_by_role("link", name="Pages").click()
    settled(page)
    page.locator(".st-key-comments-shelf summary").click()
    page.get_by_label("Your comment").fill("Make it <b>darker</b>.")
    page.get_by_label("Your name").fill("Olena")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".st-key-comments-shelf")).to_contain_text("Make it <b>darker</b>.")
    page.get_by_role("link", name="Proof").click()
    expect(page.locator(".st-key-proof-view button").nth(3)).to_have_text("Comments (1)")
    settled(page)
    page.locator(".st-key-proof-view button").nth(3).click()
    card = page.locator('[class*="st-key-comment-card-"]')
    expect(card).to_contain_text("Olena")
    card.locator("label").filter(has_text="Done").click()
    expect(card).to_have_count(0)
