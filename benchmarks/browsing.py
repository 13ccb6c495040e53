"""Start Streamlit apps as children and time in a real Chromium what a writer waits for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-renderer-backgrounding",
]

STUDIO_PICTURE = """() => {
  const host = [...document.querySelectorAll('.st-key-page-view *')].find(node => node.shadowRoot)
  return host?.shadowRoot.querySelector('figure.page')?.dataset.shown
}"""
FLOOR_PICTURE = """() => {
  const image = document.querySelector('[data-testid=stImage] img')
  return image && image.complete && image.naturalWidth ? image.src : null
}"""
PANEL_FORM = "() => document.querySelector('.st-key-desk h3')?.textContent"
PROOF_PICTURE = """() => {
  const host = [...document.querySelectorAll('.st-key-proof-sheet *')].find(node => node.shadowRoot)
  return host?.shadowRoot.querySelector('article.drawn')?.dataset.id
}"""

_ARM = """([look, event, key]) => {
  const see = eval(look), before = see()
  window.took = null
  const begin = e => {
    if (key && e.key !== key) return
    const t0 = performance.now()
    document.removeEventListener(event, begin, true)
    const step = () => {
      const now = see()
      if (now && now !== before) window.took = performance.now() - t0
      else requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  }
  document.addEventListener(event, begin, true)
}"""


class App(NamedTuple):
    """A running Streamlit app; `started` is the seconds until its server answered."""

    process: subprocess.Popen[bytes]
    url: str
    started: float

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(script: Path | str, **environment: str) -> App:
    """Start an app on a free port with our configuration, and wait until its server answers.

    `script` is a file, or "hello" for Streamlit's own example.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    what = [script] if script == "hello" else ["run", str(script)]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        *what,
        "--server.headless",
        "true",
        "--server.port",
        str(port),
    ]
    names = os.environ | environment
    names.pop("PYTHONDONTWRITEBYTECODE", None)  # a studio compiles its code once, not at every start
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=names, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    while time.perf_counter() - began < 60:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return App(process, url, time.perf_counter() - began)
        except OSError:
            time.sleep(0.01)
    process.kill()
    raise RuntimeError(f"{script} did not start")


@contextmanager
def running(script: Path | str, **environment: str) -> Iterator[App]:
    """Run an app for the length of a block."""
    app = start(script, **environment)
    try:
        yield app
    finally:
        app.stop()


def open_tab(browser: Browser, address: str, look: str) -> Page:
    """Open an address in a browser context of its own and wait for its first picture."""
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.goto(address)
    page.wait_for_function(look, timeout=60_000)
    settle(page)
    return page


def settle(page: Page) -> None:
    page.wait_for_selector('[data-test-script-state="notRunning"]')
    page.wait_for_timeout(250)
    page.wait_for_selector('[data-test-script-state="notRunning"]')


def arm(page: Page, look: str, event: str, key: str = "") -> None:
    """Begin to measure at the next such event, until what `look` returns is another thing."""
    page.evaluate(_ARM, [look, event, key])


def took(page: Page) -> float:
    """Return the measured milliseconds."""
    found: Any = page.wait_for_function("window.took", timeout=30_000).json_value()
    return float(found)


def commit(page: Page, field: str, text: str) -> None:
    """Type a text that was never there, and press the key that commits it."""
    page.locator(field).first.fill(text)
    page.wait_for_timeout(300)
    page.locator(field).first.press("Control+Enter")
