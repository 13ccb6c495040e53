"""What is pressed while a screen is still being drawn is done, also where the next click leads elsewhere."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT, free_port

pytestmark = pytest.mark.browser

APP = """
import sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
import streamlit as st
from studio import editing, state
from studio.leaving import guard

guard()
state.begin()
done = Path({done!r})

def note(what):
    with done.open("a") as file:
        file.write(what + "\\n")

def press():
    note("pressed")
    editing.redraw("part")

@st.fragment(key="part")
def part():
    st.button("Press", on_click=press)

def slow():
    part()
    st.button("Draw", on_click=note, args=("drawn",))
    for step in range(20):
        time.sleep(0.1)
        st.empty()
    st.write("All is drawn")

def other():
    st.write("The other screen")

screens = [st.Page(slow, title="Slow", default=True), st.Page(other, title="Other")]
screen = st.navigation(screens, position="top")
state.on_screen()
screen.run()
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A screen that takes two seconds to be drawn, and another one; yields the address and a record."""
    script, done, port = tmp_path / "app.py", tmp_path / "done.txt", free_port()
    script.write_text(APP.format(root=str(ROOT), done=str(done)), "utf-8")
    options = ("--server.headless", "true", "--server.port", str(port), "--server.fileWatcherType", "none")
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    for _try in range(300):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2).close()
            break
        except OSError:
            time.sleep(0.1)
    yield url, done
    process.terminate()
    process.wait()


def test_a_button_pressed_while_a_screen_is_drawn_is_not_lost_to_a_click_that_leads_elsewhere(
    chromium: Browser, app: tuple[str, Path]
) -> None:
    url, done = app
    page = chromium.new_page()
    page.goto(url)
    expect(page.get_by_text("All is drawn")).to_be_visible()
    page.get_by_role("button", name="Draw").click()
    page.get_by_role("button", name="Press").click()
    page.get_by_role("link", name="Other").click()
    expect(page.get_by_text("The other screen")).to_be_visible()
    assert done.read_text("utf-8").split() == ["drawn", "pressed"]
    page.close()
