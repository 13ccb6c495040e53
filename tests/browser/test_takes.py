"""Takes as the writer sees them: variants to choose from, a slider between two, another one from a take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kitsumy_core.export.metadata import metadata_of
from tests.browser.conftest import Studio, settled
from tests.browser.test_comfyui_flows import render_screen
from tests.browser.test_flows import click
from tests.comfyui_server import ComfyUIDouble

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]
STRIP = ".st-key-takes .gallery > button"


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


def test_variants_are_compared_picked_kept_and_worked_on(
    open_page: Open, server: ComfyUIDouble, tmp_path: Path
) -> None:
    page = render_screen(open_page)
    page.locator(".st-key-render-variants input").fill("2")
    page.locator(".st-key-render-variants input").press("Enter")
    settled(page)
    expect(page.locator(".st-key-render-go")).to_contain_text("× 2")
    click(page, "render-go")
    strip = page.locator(STRIP)
    expect(strip).to_have_count(2, timeout=40_000)
    expect(page.locator(f"{STRIP}[aria-pressed=true]")).to_have_count(1)

    other = page.locator(f"{STRIP}[aria-pressed=false]")
    wanted = other.get_attribute("data-id")
    other.click()
    slider = page.get_by_label("Compare the take on the page with this one")
    expect(slider).to_be_visible()
    slider.press("Home")
    assert (
        page.locator(".st-key-take-large .gallery").evaluate("e => e.style.getPropertyValue('--at')") == "0%"
    )
    click(page, "take-favourite")
    expect(page.locator(f'{STRIP}[data-id="{wanted}"] .star')).to_be_visible()
    click(page, "take-pick")
    expect(page.locator(f'{STRIP}[data-id="{wanted}"]')).to_have_attribute("aria-pressed", "true")
    address = page.locator(".st-key-take-file a").first.get_attribute("href")
    told = metadata_of(page.request.get(f"{page.url.partition('/render')[0]}{address}").body())
    assert told
    assert told["steps"] == 28
    assert "lighthouse" in told["prompt"]

    click(page, "take-more")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Repaint a part").click()
    go = dialog.locator(".st-key-more-go button")
    expect(go).to_be_disabled()
    box = dialog.locator("canvas.paint").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6, steps=4)
    page.mouse.up()
    expect(go).to_be_enabled()
    dialog.locator("button.clear").click()
    expect(go).to_be_disabled()
    dialog.locator("canvas.paint").focus()
    page.keyboard.down("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.up("Space")
    expect(go).to_be_enabled()
    dialog.get_by_text("Vary", exact=True).click()
    settled(page)
    go.click(delay=60)
    expect(strip).to_have_count(3, timeout=40_000)
    assert server.renders == 3

    page.locator('.st-key-render-side button:has-text("All pictures")').click()
    expect(page.locator(".st-key-history-gallery .gallery > button")).to_have_count(3)
    page.get_by_label("Search pictures").fill("nothing of the kind")
    page.get_by_label("Search pictures").press("Enter")
    expect(page.get_by_text("Nothing fits")).to_be_visible()
    page.get_by_label("Search pictures").fill("LIGHTHOUSE prairie")
    page.get_by_label("Search pictures").press("Enter")
    expect(page.locator(".st-key-history-gallery .gallery > button")).to_have_count(3)
    click(page, "history-clear")
    click(page, "history-clear-go")
    expect(page.locator(".st-key-history-gallery .gallery > button")).to_have_count(1)
