"""Measure in a real browser what a writer waits for, side by side with the barest Streamlit app.

    python -m benchmarks.studio_latency [--rounds 50] [--writers 10] [--json FILE]

In turns (floor, 1 page, 20 pages, 200 pages, floor, ...): a text is typed and committed; measured is the time
from the key press until the new page picture is on screen. The floor echoes one field into one picture of the
same size. Then: choosing another panel, opening the proof of 60 pages, starting the server, several writers
at once. Goals: p95 at most 2x the floor, 200 pages within 1.2x of one page, start within 1.5x of the floor.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browsing import (
    FLAGS,
    FLOOR_PICTURE,
    PANEL_FORM,
    PROOF_PICTURE,
    ROOT,
    STUDIO_PICTURE,
    App,
    arm,
    commit,
    open_tab,
    running,
    settle,
    took,
)
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.browser.find import find_chromium
from tests.long_comics import long_book

PAGES = (1, 20, 200)
PROOF_PAGES = 60
WARM_UP = 2
FLOOR, STUDIO = ROOT / "benchmarks" / "floor_app.py", ROOT / "studio" / "asgi.py"
ACTION = '[class*="st-key-w-panel"][class*="-action"] textarea'
FLOOR_FIELD = ".st-key-text textarea"
_words = count(1)

Figures = dict[str, list[float]]


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]


def make_comics(data: Path, sizes: Sequence[int]) -> dict[int, str]:
    store = Store.open(Settings(data_dir=data))
    try:
        return {size: store.create(long_book(size), "writer").id for size in sizes}
    finally:
        store.close()


def new_text() -> str:
    return f"A keeper counts to {next(_words)} in the dark."


def edit(page: Page, field: str, look: str) -> float:
    page.bring_to_front()
    arm(page, look, "keydown", "Enter")
    commit(page, field, new_text())
    result = took(page)
    settle(page)
    return result


def edits(browser: Browser, studio: App, floor: App, comics: dict[int, str], rounds: int) -> Figures:
    """Return the milliseconds of each committed edit, by case, taken in turns."""
    tabs = {"floor": (open_tab(browser, floor.url, FLOOR_PICTURE), FLOOR_FIELD, FLOOR_PICTURE)}
    for size in PAGES:
        tab = open_tab(browser, address(studio, comics[size]), STUDIO_PICTURE)
        tabs[f"{size} pages"] = (tab, ACTION, STUDIO_PICTURE)
    figures: Figures = {name: [] for name in tabs}
    for turn in range(rounds + WARM_UP):
        for name, case in tabs.items():
            value = edit(*case)
            if turn >= WARM_UP:
                figures[name].append(value)
    for tab, _field, _look in tabs.values():
        tab.context.close()
    return figures


def address(studio: App, comic: str, screen: str = "pages", **query: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"{studio.url}/{screen}?comic={comic}&lang=en{more}"


def clicks(browser: Browser, studio: App, comic: str, rounds: int) -> list[float]:
    """Return the milliseconds from a click on another panel until its form is there."""
    tab = open_tab(browser, address(studio, comic, page="ch1-p2"), STUDIO_PICTURE)
    values = []
    for turn in range(rounds + WARM_UP):
        arm(tab, PANEL_FORM, "click")
        tab.locator(".st-key-page-view g.panel").nth((turn + 1) % 4).click()
        values.append(took(tab))
        settle(tab)
    tab.context.close()
    return values[WARM_UP:]


def proofs(browser: Browser, studio: App, comic: str, rounds: int) -> list[float]:
    """Return the milliseconds from a click on Proof until a page is drawn there; the first one is cold."""
    tab = open_tab(browser, address(studio, comic), STUDIO_PICTURE)
    values = []
    for _turn in range(rounds):
        arm(tab, PROOF_PICTURE, "click")
        tab.get_by_role("link", name="Proof").click(delay=60)
        values.append(took(tab))
        settle(tab)
        tab.get_by_role("link", name="Pages").click(delay=60)
        tab.wait_for_function(STUDIO_PICTURE)
        settle(tab)
    tab.context.close()
    return values


def starts(browser: Browser, data: Path, comic: str, rounds: int) -> Figures:
    """Return the seconds until the server answers, and until a fresh browser shows the first picture."""
    figures: Figures = {}
    for _turn in range(rounds):
        for name, script, look in (
            ("hello", "hello", ""),
            ("floor", FLOOR, FLOOR_PICTURE),
            ("studio", STUDIO, STUDIO_PICTURE),
        ):
            with running(script, KITSUMY_DATA_DIR=str(data)) as app:
                figures.setdefault(f"{name}: server", []).append(app.started)
                if look:
                    began = time.perf_counter()
                    open_first(browser, address(app, comic) if name == "studio" else app.url, look)
                    figures.setdefault(f"{name}: first picture", []).append(time.perf_counter() - began)
    return figures


def open_first(browser: Browser, where: str, look: str) -> None:
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.goto(where)
    page.wait_for_function(look, timeout=60_000)
    page.context.close()


def crowd(browser: Browser, studio: App, comic: str, writers: int, rounds: int) -> list[float]:
    """Return the milliseconds of edits that so many tabs commit at once, each on a page of its own."""
    tabs = []
    for n in range(writers):
        tab = open_tab(browser, address(studio, comic), STUDIO_PICTURE)
        tab.locator(".st-key-page-strip nav button").nth(n).click()
        settle(tab)
        tabs.append(tab)
    values = []
    for _turn in range(rounds):
        for tab in tabs:
            arm(tab, STUDIO_PICTURE, "keydown", "Enter")
            tab.locator(ACTION).first.fill(new_text())
        for tab in tabs:
            tab.evaluate(_PRESS)
        values += [took(tab) for tab in tabs]
        for tab in tabs:
            settle(tab)
    for tab in tabs:
        tab.context.close()
    return values


_PRESS = f"""() => {{
  const field = document.querySelector({json.dumps(ACTION)})
  const key = {{ key: 'Enter', code: 'Enter', ctrlKey: true, bubbles: true }}
  field.dispatchEvent(new KeyboardEvent('keydown', key))
}}"""


def row(name: str, values: Sequence[float], base: Sequence[float] | None = None, unit: str = "ms") -> str:
    digits = 0 if unit == "ms" else 2
    line = f"{name:34} {median(values):>8.{digits}f} {p95(values):>8.{digits}f} {unit}"
    if base:
        line += f"   {median(values) / median(base):>6.2f} {p95(values) / p95(base):>6.2f}"
    return line


def report(figures: Figures) -> None:
    """Print all figures: p50 and p95, and both as ratios to what they are compared with."""
    print(f"{'':34} {'p50':>8} {'p95':>8}      {'ratio of p50, p95':>16}")
    floor = figures["floor"]
    print(row("bare app: one field, one picture", floor))
    for size in PAGES:
        print(row(f"studio, {size} pages: edit to picture", figures[f"{size} pages"], floor))
    print(row("  200 pages against 1 page", figures["200 pages"], figures["1 pages"]))
    print(row("another panel chosen", figures["panel"]))
    print(row("proof of 60 pages, cold", figures["proof"][:1]))
    print(row("proof of 60 pages, again", figures["proof"][1:]))
    for name in ("server", "first picture"):
        for app in ("hello", "floor", "studio"):
            if values := figures.get(f"{app}: {name}"):
                print(row(f"start of {app}: {name}", values, figures[f"floor: {name}"], "s"))
    if "crowd" in figures:
        print(row("several writers at once", figures["crowd"], figures["alone"]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--writers", type=int, default=10, help="tabs at once; 0 leaves this part out")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    chromium = find_chromium() or sys.exit("no Chromium on this machine")
    few = max(3, options.rounds // 8)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder)
        comics = make_comics(data, (*PAGES, PROOF_PAGES))
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        figures = starts(browser, data, comics[20], few)
        with running(STUDIO, KITSUMY_DATA_DIR=str(data)) as studio, running(FLOOR) as floor:
            figures["proof"] = proofs(browser, studio, comics[PROOF_PAGES], few + 1)
            figures |= edits(browser, studio, floor, comics, options.rounds)
            figures["panel"] = clicks(browser, studio, comics[20], options.rounds)
            if options.writers:
                figures["alone"] = crowd(browser, studio, comics[20], 1, few * 2)
                figures["crowd"] = crowd(browser, studio, comics[20], options.writers, few)
        browser.close()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {options.rounds} rounds")
    report(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
