"""An idea becomes a comic before the writer's eyes, and a closed tab loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio, settled
from tests.slot_server import SlotServer, served

pytestmark = pytest.mark.browser
Opener = Callable[[str], Page]


@pytest.fixture
def server() -> SlotServer:
    return SlotServer(3, 700, 0.2)


@pytest.fixture
def studio(tmp_path: Path, server: SlotServer) -> Iterator[Studio]:
    with served(server) as url:
        running = Studio(tmp_path / "studio-data", {"OPENAI_BASE_URL": url})
        running.start()
        yield running
        running.stop()


def test_a_comic_grows_on_screen_and_a_proposal_is_taken_over(open_page: Opener, server: SlotServer) -> None:
    page = open_page("/plan?lang=en")
    page.get_by_label("Idea").fill("A robot guards an abandoned lighthouse.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Plan the comic").click()
    expect(page.get_by_text("Being planned")).to_be_visible()
    expect(page.get_by_text("доглядачка")).to_be_visible(timeout=20_000)
    address = page.url
    page.close()
    other = open_page(address.replace(address.split("/plan")[0], ""))
    expect(other.get_by_text("Planned")).to_be_visible(timeout=30_000)
    pages = other.get_by_role("group", name="Pages").get_by_role("button")
    expect(pages).to_have_count(5)
    assert server.calls.count("characters") == 1
    pages.first.click()
    other.wait_for_url("**/pages**")
    settled(other)
    other.locator(".st-key-panel-later").wait_for()
    other.locator("[class*=st-key-ask-panel] button").first.click()
    other.get_by_label("Your wish").fill("make it funnier")
    other.keyboard.press("Tab")
    other.get_by_role("button", name="Propose").click()
    expect(other.get_by_text("The model proposes")).to_be_visible(timeout=20_000)
    expect(other.get_by_label("Your wish")).to_be_hidden()
    other.get_by_role("button", name="Take it over").click()
    expect(other.get_by_label("What is seen", exact=True)).to_have_value("Смішно!", timeout=20_000)
    expect(other.get_by_text("The model proposes")).to_have_count(0)
