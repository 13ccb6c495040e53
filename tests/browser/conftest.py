"""A real studio server and a real Chromium for every browser test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect, sync_playwright

from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.browser.find import find_chromium

ROOT = Path(__file__).parents[2]
FAILURES = Path(__file__).with_name("failures")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


OURS = ("KITSUMY_", "COMFYUI_", "RUNPOD_", "OPENAI_", "OLLAMA_")
"""What the names of the studio's settings begin with: a test's server gets none from outside."""
EXPECTED = (
    "404 (Not Found)",
    "WebSocket",
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_RE",
    "when disconnected from server",
)
"""What Streamlit's own page says when it looks for its server, or when a test stopped that server."""


expect.set_options(timeout=15_000)


class Studio:
    """The studio as a child process on a free port, with a data folder of its own."""

    def __init__(self, data: Path, env: dict[str, str] | None = None) -> None:
        self.data, self.port, self._env = data, free_port(), env or {}
        self.process: subprocess.Popen[bytes] | None = None
        self.log = data.parent / "studio.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "studio/asgi.py", "--server.headless", "true"]
        plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        env = plain | {"KITSUMY_DATA_DIR": str(self.data)} | self._env
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--server.port", str(self.port)], cwd=ROOT, env=env, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(self.log.read_text("utf-8"))

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail("no Chromium on this machine, and browser tests are required")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One server for all tests of a process: a start costs more than most tests do."""
    running = Studio(tmp_path_factory.mktemp("shared") / "studio-data")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def studio(shared_studio: Studio) -> Studio:
    """The running studio, without a comic. A test that changes settings has a server of its own instead."""
    if shared_studio.process is None or shared_studio.process.poll() is not None:
        shared_studio.start()
    store = Store.open(Settings(data_dir=shared_studio.data))
    for project in store.projects():
        store.trash(project.id)
    for project in store.projects(trashed=True):
        store.purge(project.id)
    store.close()
    return shared_studio


class Watched:
    """What went wrong in the browser while a test ran."""

    def __init__(self, own: str) -> None:
        self.own, self.errors, self.foreign = own, [], []  # type: str, list[str], list[str]

    def follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("request", lambda r: self._request(r.url))

    def _request(self, url: str) -> None:
        if not url.startswith((self.own, self.own.replace("http", "ws"), "data:", "blob:")):
            self.foreign.append(url)

    def real_errors(self) -> list[str]:
        return [e for e in self.errors if not any(x in e for x in EXPECTED)]


class SlowLine:
    """A connection on which the server's answers can be held back for a while."""

    def __init__(self, context: BrowserContext) -> None:
        self._held: list[tuple[WebSocketRoute, str | bytes]] | None = None
        context.route_web_socket("**/_stcore/stream", self._opened)

    def _opened(self, line: WebSocketRoute) -> None:
        def pass_on(message: str | bytes) -> None:
            if self._held is None:
                line.send(message)
            else:
                self._held.append((line, message))

        line.connect_to_server().on_message(pass_on)

    def hold(self) -> None:
        self._held = []

    def release(self) -> None:
        held, self._held = self._held or [], None
        for line, message in held:
            line.send(message)


@pytest.fixture
def context(chromium: Browser, studio: Studio, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        base_url=studio.url, viewport={"width": 1440, "height": 1000}, accept_downloads=True
    )
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def watched(studio: Studio) -> Watched:
    return Watched(studio.url)


@pytest.fixture
def open_page(
    context: BrowserContext, watched: Watched, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Page]]:
    """Open the studio at a path in a new tab; a failed test leaves a picture of each tab."""
    pages: list[Page] = []

    def go(path: str = "/") -> Page:
        page = context.new_page()
        watched.follow(page)
        pages.append(page)
        page.goto(path)
        settled(page)
        return page

    yield go
    report = getattr(request.node, "report_call", None)
    if report is None or report.failed:
        FAILURES.mkdir(exist_ok=True)
        for number, page in enumerate(pages):
            if not page.is_closed():
                page.screenshot(path=FAILURES / f"{request.node.name}-{number}.png")
    else:
        assert watched.foreign == [], "no request may leave the machine"
        assert watched.real_errors() == []


def settled(page: Page) -> None:
    """Wait until the script has run and nothing was redrawn for a moment."""
    page.wait_for_selector('[data-test-script-state="notRunning"]')
    page.wait_for_timeout(150)
    page.wait_for_selector('[data-test-script-state="notRunning"]')


def saved(page: Page) -> None:
    """Wait until what was typed is on its way to the server and the server has answered."""
    page.wait_for_function("!document.documentElement.dataset.typing")
    settled(page)


@pytest.fixture(autouse=True)
def _browser_is_marked(request: pytest.FixtureRequest) -> None:
    assert "browser" in request.keywords, "a test in this folder is marked `browser`"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if call.when == "call":
        item.report_call = report  # type: ignore[attr-defined]
    return report


__all__ = ["SlowLine", "Studio", "saved", "settled"]
