"""The Settings screen in a real browser: servers are tested, values outlive a restart, secrets stay in."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Studio, settled
from tests.comfyui_server import ComfyUIDouble

pytestmark = pytest.mark.browser
Open = Callable[[str], Page]
KEY = "sk-0123456789-abcd"


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    running = Studio(tmp_path / "studio-data")
    running.start()
    yield running
    running.stop()


def settings_screen(open_page: Open) -> Page:
    page = open_page("/?lang=en")
    page.locator(".st-key-page-view figure.page[data-shown]").wait_for()
    page.get_by_role("link", name="Settings").click(delay=60)
    page.locator(".st-key-section-5").wait_for()
    settled(page)
    return page


def test_a_server_is_added_tested_and_named_with_what_it_lacks(open_page: Open, studio: Studio) -> None:
    with ComfyUIDouble() as server:
        page = settings_screen(open_page)
        page.locator(".st-key-server-new input").fill(server.url.removeprefix("http://"))
        page.locator(".st-key-server-new input").press("Enter")
        row = page.locator(".st-key-server-1")
        expect(row).to_contain_text("is ready: ComfyUI")
        expect(row).to_contain_text("text2img")
    stored = json.loads((studio.data / "settings.json").read_text("utf-8"))
    assert stored == {"COMFYUI_HOSTS": f"http://localhost:8188,{server.url}"}
    expect(page.locator(".st-key-setting-generation-timeout")).to_contain_text("GENERATION_TIMEOUT")
    page.locator(".st-key-server-test-1 button").click(delay=60)
    expect(row).to_contain_text("does not answer")


def test_a_value_holds_at_once_and_outlives_a_restart(open_page: Open, studio: Studio) -> None:
    page = settings_screen(open_page)
    field = page.locator(".st-key-set-generation-timeout input")
    field.fill("300")
    field.press("Enter")
    expect(page.locator(".st-key-setting-generation-timeout")).to_contain_text("Set here")
    studio.stop()
    studio.start()
    page.goto(page.url)
    expect(field).to_have_value("300")
    expect(page.locator(".st-key-setting-generation-timeout")).to_contain_text("Set here")
    page.locator(".st-key-forget-generation-timeout button").click(delay=60)
    expect(field).to_have_value("120")


def test_a_secret_goes_into_one_private_file_and_nowhere_else(open_page: Open, studio: Studio) -> None:
    page = settings_screen(open_page)
    page.locator(".st-key-change-openai-api-key button").first.click(delay=60)
    field = page.locator(".st-key-secret-openai-api-key input")
    assert field.get_attribute("type") == "password"
    field.fill(KEY)
    page.get_by_role("button", name="Save", exact=True).click(delay=60)
    row = page.locator(".st-key-setting-openai-api-key")
    expect(row).to_contain_text("set, ends in abcd")
    settled(page)
    assert KEY not in page.content()
    assert KEY not in page.url
    assert KEY not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    file = studio.data / "settings.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert KEY not in studio.log.read_text("utf-8")
    others = [f for f in studio.data.rglob("*") if f.is_file() and f != file]
    assert not any(KEY.encode() in f.read_bytes() for f in others)
    page.reload()
    expect(row).to_contain_text("set, ends in abcd")


def test_the_language_set_here_is_spoken_at_once_and_by_every_new_visit(open_page: Open) -> None:
    page = settings_screen(open_page)
    page.locator(".st-key-set-language").get_by_role("combobox").click()
    page.get_by_role("option", name="English").click()
    settled(page)
    expect(page.locator(".st-key-setting-language")).to_contain_text("Set here")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
