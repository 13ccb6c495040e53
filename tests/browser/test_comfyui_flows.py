"""Rendering on a ComfyUI server as the writer sees it: progress, previews, cancel, a missing server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio, settled
from tests.browser.test_flows import click, first_visit
from tests.comfyui_server import ComfyUIDouble

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]


@pytest.fixture
def server() -> Iterator[ComfyUIDouble]:
    with ComfyUIDouble() as double:
        yield double


@pytest.fixture
def studio(tmp_path: Path, server: ComfyUIDouble) -> Iterator[Studio]:
    running = Studio(tmp_path / "studio-data", {"COMFYUI_HOSTS": server.url})
    running.start()
    yield running
    running.stop()


def render_screen(open_page: Open) -> Page:
    page = first_visit(open_page)
    page.get_by_role("link", name="Render").click(delay=60)
    settled(page)
    page.locator('.st-key-render-scope button:has-text("This page")').click()
    settled(page)
    page.locator('.st-key-render-backend button:has-text("ComfyUI")').click()
    settled(page)
    return page


def test_a_picture_is_followed_with_its_preview_and_becomes_a_take(
    open_page: Open, server: ComfyUIDouble
) -> None:
    server.hold_at = "executed"
    page = render_screen(open_page)
    page.locator(".st-key-render-test button").click(delay=60)
    expect(page.get_by_text("is ready: ComfyUI")).to_be_visible()
    page.locator(".st-key-render-go button").first.click(delay=60)
    row = page.locator('[class*="st-key-job-"]').first
    preview = row.locator('[style*="/api/preview?"]')
    expect(preview).to_be_visible()
    address = (preview.get_attribute("style") or "").partition("url('")[2].partition("'")[0]
    assert page.request.get(address).headers["content-type"].startswith("image/")
    expect(row).to_contain_text("Page 1, panel 1")
    server.release()
    expect(page.locator(".st-key-takes .gallery > button[aria-pressed=true]")).to_have_count(1)
    expect(page.locator('[class*="st-key-job-"]')).to_have_count(0)
    assert server.renders == 1


def withdrawn(page: Page, server: ComfyUIDouble) -> None:
    """Wait until the server was told that a picture is not wanted."""
    for _look in range(200):
        if any(call.method == "POST" and call.path in ("/interrupt", "/queue") for call in server.received):
            return
        page.wait_for_timeout(50)
    pytest.fail("the server was not told")


def test_cancelling_stops_the_picture_on_the_server_too(open_page: Open, server: ComfyUIDouble) -> None:
    server.hold_at = "executing"
    page = render_screen(open_page)
    page.locator(".st-key-render-go button").first.click(delay=60)
    page.locator('[class*="st-key-job-"]').first.wait_for()
    page.wait_for_timeout(1500)
    click(page, "cancel-all")
    expect(page.locator('[class*="st-key-job-"]')).to_have_count(0)
    withdrawn(page, server)
    server.release()
    expect(page.get_by_text("No pictures yet")).to_be_visible()


def test_a_server_that_is_not_there_is_named_and_the_work_begins_when_it_is_back(
    open_page: Open, server: ComfyUIDouble
) -> None:
    server.kill()
    page = render_screen(open_page)
    page.locator(".st-key-render-go button").first.click(delay=60)
    address = server.url.removeprefix("http://")
    row = page.locator('[class*="st-key-job-"]').first
    expect(row).to_contain_text(f"waits until {address} answers", timeout=60_000)
    expect(page.locator(".st-key-servers")).to_contain_text(f"{address} · does not answer")
    server.start()
    expect(page.locator(".st-key-takes .gallery > button[aria-pressed=true]")).to_have_count(
        1, timeout=60_000
    )


def test_the_writer_steers_the_queue_and_sees_what_the_server_does(
    open_page: Open, server: ComfyUIDouble
) -> None:
    server.hold_at = "execution_start"
    page = render_screen(open_page)
    page.locator('.st-key-render-scope button:has-text("All (")').click()
    settled(page)
    page.locator(".st-key-render-go button").first.click(delay=60)
    servers = page.locator(".st-key-servers")
    expect(servers).to_contain_text("at work")
    expect(servers).to_contain_text("1 picture waits there")
    expect(servers).to_contain_text("Memory:")
    rows = page.locator('[class*="st-key-job-"]')
    expect(rows).to_have_count(7)
    third = rows.nth(4).inner_text().partition(" ·")[0]
    rows.nth(4).locator('[class*="st-key-first-"] button').first.click(delay=60)
    expect(rows.nth(2)).to_contain_text(third)
    click(page, "queue-pause")
    expect(rows.nth(2)).to_contain_text("paused")
    rows.nth(0).locator('[class*="st-key-only-"] button').first.click(delay=60)
    expect(rows).to_have_count(1)
    withdrawn(page, server)
    server.release()
    expect(page.locator(".st-key-takes .gallery > button[aria-pressed=true]")).to_have_count(1)
    assert server.renders == 1
