"""Rented servers as the writer meets them: not set up, set up, tested, drawing; the key stays hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio, settled
from tests.browser.test_flows import first_visit
from tests.runpod_server import KEY, RunPodDouble

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]


@pytest.fixture
def cloud() -> Iterator[RunPodDouble]:
    with RunPodDouble() as double:
        double.queued_polls = double.running_polls = 0
        yield double


@pytest.fixture
def studio(tmp_path: Path, cloud: RunPodDouble) -> Iterator[Studio]:
    running = Studio(tmp_path / "studio-data", {"RUNPOD_ENDPOINT_BASE_URL": cloud.url})
    running.start()
    yield running
    running.stop()


def test_runpod_is_set_up_tested_and_draws_a_page(
    open_page: Open, cloud: RunPodDouble, studio: Studio
) -> None:
    page = first_visit(open_page)
    page.get_by_role("link", name="Settings").click(delay=60)
    page.locator(".st-key-section-5").wait_for()
    settled(page)  # what is still being drawn moves under the pointer
    page.locator(".st-key-runpod-test button").click(delay=60)
    expect(page.get_by_text("No RunPod key is set")).to_be_visible()
    field = page.locator(".st-key-set-runpod-endpoint-ids input")
    field.fill("ep1")
    field.press("Enter")
    expect(page.locator(".st-key-setting-runpod-endpoint-ids")).to_contain_text("Set here")
    page.locator(".st-key-change-runpod-api-key button").first.click(delay=60)
    page.locator(".st-key-secret-runpod-api-key input").fill(KEY)
    page.get_by_role("button", name="Save", exact=True).click(delay=60)
    expect(page.locator(".st-key-setting-runpod-api-key")).to_contain_text("set, ends in")
    page.locator(".st-key-runpod-test button").click(delay=60)
    expect(page.get_by_text("ep1 is ready")).to_be_visible()
    assert KEY not in page.content()
    page.get_by_role("link", name="Render").click(delay=60)
    settled(page)
    page.locator('.st-key-render-scope button:has-text("This page")').click()
    settled(page)
    page.locator('.st-key-render-backend button:has-text("RunPod")').click()
    settled(page)
    page.locator(".st-key-render-go button").first.click(delay=60)
    expect(page.locator(".st-key-takes .gallery > button[aria-pressed=true]")).to_have_count(1)
    assert cloud.submitted
    assert KEY not in studio.log.read_text("utf-8")
