"""What is done on the page picture itself: balloons, tails and crops are moved; a layout is drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from kitsumy_core.plan.book import Book
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.browser.conftest import Studio, settled

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]


def second_page(open_page: Open) -> Page:
    page = open_page("/?lang=en")
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    page.locator(".st-key-page-strip nav button").nth(1).click()
    settled(page)
    expect(page.locator(".st-key-page-view g.panel")).to_have_count(4)
    return page


def book_of(studio: Studio) -> Book:
    store = Store.open(Settings(data_dir=studio.data))
    try:
        return store.head(store.projects()[0].id).book
    finally:
        store.close()


def drag(page: Page, what: Locator, dx: float, dy: float, *, at: tuple[float, float] | None = None) -> None:
    box = what.bounding_box()
    assert box
    x, y = (
        (box["x"] + at[0], box["y"] + at[1])
        if at
        else (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()
    settled(page)


def balloon(page: Page, number: int) -> Locator:
    return page.locator(".st-key-page-view g.balloon").nth(number)


def test_a_balloon_its_tail_and_a_picture_are_moved_by_hand_and_stay(open_page: Open, studio: Studio) -> None:
    page = second_page(open_page)
    name = balloon(page, 0).get_attribute("data-balloon")
    assert name
    drag(page, balloon(page, 0), 15, 40, at=(50, 15))
    expect(page.locator(".st-key-page-view g.balloon.locked")).to_have_count(1)
    first = book_of(studio).edition().placements[name]
    drag(page, page.locator('[data-handle="tail"]'), 12, 25)
    second = book_of(studio).edition().placements[name]
    assert (second.x, second.y) == (first.x, first.y)
    assert second.tail_x is not None
    balloon(page, 0).focus()
    for _press in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    settled(page)
    third = book_of(studio).edition().placements[name]
    assert third.x == pytest.approx(first.x + 0.03, abs=0.002)
    assert third.tail_x == second.tail_x
    page.locator('[data-tool="crop"]').click()
    for key in ("+", "+", "+", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    settled(page)
    crop = book_of(studio).edition().crops["ch1-p2-pan1"]
    assert crop.width < 0.85
    page.locator('[data-tool="faces"]').click()
    for key in ("ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.locator('[data-tool="faces-reset"]').wait_for()
    faces = next(p for p in book_of(studio).plan.panels() if p.id == "ch1-p2-pan1").kitsumy.focus
    assert len(faces) == 2
    balloon(page, 0).focus()
    page.keyboard.press("Delete")
    expect(page.locator(".st-key-page-view g.balloon.locked")).to_have_count(0)
    with_a_finger(page, balloon(page, 1), -10, 40)
    expect(page.locator(".st-key-page-view g.balloon.locked")).to_have_count(1)
    page.keyboard.press("Delete")
    expect(page.locator(".st-key-page-view g.balloon.locked")).to_have_count(0)
    assert book_of(studio).edition().placements == {}


def with_a_finger(page: Page, what: Locator, dx: float, dy: float) -> None:
    box = what.bounding_box()
    assert box
    client = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 20
    steps = [(x + dx * n / 4, y + dy * n / 4) for n in range(1, 5)]
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for at in steps:
        client.send(
            "Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": at[0], "y": at[1]}]}
        )
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settled(page)


def test_a_layout_is_drawn_saved_found_and_taken_back(open_page: Open, studio: Studio) -> None:
    page = second_page(open_page)
    page.locator('.st-key-layout-picker [data-group="manga"]').click()
    expect(page.locator('.st-key-layout-picker [data-layout="grid-2x2"]')).to_have_count(0)
    page.get_by_placeholder("Search layouts").fill("staggered 8")
    expect(page.locator(".st-key-layout-picker [data-layout]")).to_have_count(1)
    page.locator(".st-key-layout-draw button").click()
    drawing = page.locator(".st-key-layout-drawing svg")
    drawing.scroll_into_view_if_needed()
    settled(page)
    box = drawing.bounding_box()
    assert box
    at = lambda x, y: (box["x"] + box["width"] * x, box["y"] + box["height"] * y)  # noqa: E731
    page.mouse.move(*at(0.12, 0.8))
    page.mouse.down()
    page.mouse.move(*at(0.42, 0.62), steps=4)
    page.mouse.up()
    expect(page.locator(".st-key-layout-drawing g.panel")).to_have_count(5)
    page.mouse.click(*at(0.75, 0.2))
    page.locator('.st-key-layout-drawing [data-tool="join"]').click()
    page.mouse.click(*at(0.75, 0.8))
    expect(page.locator(".st-key-layout-drawing g.panel")).to_have_count(4)
    knob = page.locator(".st-key-layout-drawing .knob.move").first
    knob.focus()
    knob.press("ArrowUp")
    settled(page)
    page.locator(".st-key-layout-name input").fill("My stair")
    page.locator(".st-key-layout-save button").click()
    page.locator('.st-key-layout-picker [data-group="own"]').wait_for()
    plan = book_of(studio).plan
    (layout_id,) = plan.kitsumy.layouts
    assert plan.kitsumy.layouts[layout_id].name == "My stair"
    assert list(plan.pages())[1].layout == layout_id
    page.locator(".st-key-undo button:enabled").first.click()
    settled(page)
    assert list(book_of(studio).plan.pages())[1].layout == "grid-2x2"
