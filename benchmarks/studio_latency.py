"""Measure in a real browser what a writer waits for, side by side with the barest Streamlit app.

    python -m benchmarks.studio_latency [edits] [panel] [proof] [start] [writers] [--rounds 50] [--json FILE]

Without a name all parts are measured.

edits    in turns (bare app, 1 page, 20 pages, 200 pages, bare app, ...) a line of dialogue is typed and
         committed; the time runs from the key press until the new page picture, with the line in it, is on
         screen. On one page also what is seen, in words that change the sketch of a whole page. The bare app
         (the floor) echoes one field into one picture of the same size
panel    another panel is chosen: until its form is there
proof    the proof of 60 pages is opened: until a page is drawn there
start    a server is started, in turns with `streamlit hello`: until it answers, and then until a fresh
         browser shows the first screen
writers  ten tabs commit at once, against one

Printed is a Markdown table: p50, p95 and their ratios, each with the 95 % interval of a bootstrap. Goals: p95
of an edit at most 2x the floor, 200 pages within 1.2x of one page, start within 1.5x of hello.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random
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
LINE = '[class*="st-key-w-dialogue"][class*="-text"] textarea'
ACTION = '[class*="st-key-w-panel"][class*="-action"] textarea'
THINGS = ("a lamp", "a book", "a cup", "a flower", "a candle", "a box")
FLOOR_FIELD = ".st-key-text textarea"
_words = count(1)

PARTS = ("edits", "panel", "proof", "start", "writers")
FIRST_SCREEN = "() => document.querySelector('[data-testid=stMain] h1')?.textContent"
Figures = dict[str, list[float]]
Measure = Callable[[Sequence[float]], float]


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


def new_sight() -> str:
    """Return words that a storyboard sketch shows otherwise than the ones before."""
    turn = next(_words)
    return f"Vera holds {THINGS[turn % len(THINGS)]} in the {('rain', 'snow')[turn // len(THINGS) % 2]}."


def edit(page: Page, field: str, look: str) -> float:
    page.bring_to_front()
    arm(page, look, "keydown", "Enter")
    commit(page, field, new_sight() if field == ACTION else new_text())
    result = took(page)
    settle(page)
    return result


def edits(browser: Browser, studio: App, floor: App, comics: dict[int, str], rounds: int) -> Figures:
    """Return the milliseconds of each committed edit, by case, taken in turns."""
    tabs = {"floor": (open_tab(browser, floor.url, FLOOR_PICTURE), FLOOR_FIELD, FLOOR_PICTURE)}
    for size in PAGES:
        tab = open_tab(browser, address(studio, comics[size]), STUDIO_PICTURE)
        tabs[f"{size} pages"] = (tab, LINE, STUDIO_PICTURE)
    tabs["sketch"] = (tabs["1 pages"][0], ACTION, STUDIO_PICTURE)
    figures: Figures = {name: [] for name in tabs}
    for turn in range(rounds + WARM_UP):
        for name, case in tabs.items():
            value = edit(*case)
            if turn >= WARM_UP:
                figures[name].append(value)
    for tab in {tab for tab, _field, _look in tabs.values()}:
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
    """Return the seconds until the server answers, and until a fresh browser shows the first screen."""
    figures: Figures = {}
    for _turn in range(rounds):
        for name, script in (("hello", "hello"), ("studio", STUDIO)):
            with running(script, KITSUMY_DATA_DIR=str(data)) as app:
                figures.setdefault(f"{name}: server", []).append(app.started)
                began = time.perf_counter()
                where = f"{app.url}/?lang=en" if name == "studio" else app.url
                open_first(browser, where, FIRST_SCREEN)
                shown = time.perf_counter() - began
                figures.setdefault(f"{name}: first screen", []).append(shown)
                figures.setdefault(f"{name}: both", []).append(app.started + shown)
                if name == "studio":
                    began = time.perf_counter()
                    open_first(browser, address(app, comic), STUDIO_PICTURE)
                    figures.setdefault("studio: first page", []).append(time.perf_counter() - began)
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


def interval(values: Sequence[float], base: Sequence[float], of: Measure) -> str:
    """Return the ratio of two series with the 95 % interval of a bootstrap, always the same for the same."""
    dice = Random(0)
    ratios = sorted(
        of(dice.choices(values, k=len(values))) / of(dice.choices(base, k=len(base))) for _ in range(2000)
    )
    return f"**{of(values) / of(base):.2f}** ({ratios[50]:.2f} - {ratios[-51]:.2f})"


def row(name: str, values: Sequence[float], base: Sequence[float] | None = None, unit: str = "ms") -> str:
    digits = 0 if unit == "ms" else 2
    cells = [
        name,
        str(len(values)),
        f"{median(values):.{digits}f} {unit}",
        f"{p95(values):.{digits}f} {unit}",
    ]
    cells += [interval(values, base, median), interval(values, base, p95)] if base else ["", ""]
    return f"| {' | '.join(cells)} |"


def report(figures: Figures) -> Iterator[str]:
    """Yield the lines of a Markdown table: p50 and p95, and both as ratios to what they stand beside."""
    yield "| | n | p50 | p95 | ratio of p50 | ratio of p95 |"
    yield "| --- | --- | --- | --- | --- | --- |"
    if floor := figures.get("floor"):
        yield row("bare app: one field, one picture", floor)
        for size in PAGES:
            yield row(f"edit to picture, {size} pages, against the bare app", figures[f"{size} pages"], floor)
        yield row("what is seen, another sketch, against the bare app", figures["sketch"], floor)
        yield row("200 pages against 1 page", figures["200 pages"], figures["1 pages"])
    if "panel" in figures:
        yield row("another panel chosen", figures["panel"])
    if "proof" in figures:
        yield row("proof of 60 pages, cold", figures["proof"][:1])
        yield row("proof of 60 pages, again", figures["proof"][1:])
    for part in ("server", "first screen", "both"):
        if hello := figures.get(f"hello: {part}"):
            yield row(f"streamlit hello: {part}", hello, unit="s")
            yield row(f"studio: {part}, against hello", figures[f"studio: {part}"], hello, "s")
    if "studio: first page" in figures:
        yield row("studio: a comic's page, the server just started", figures["studio: first page"], unit="s")
    if "crowd" in figures:
        yield row("one writer", figures["alone"])
        yield row("several writers at once, against one", figures["crowd"], figures["alone"])


def measured(parts: Sequence[str], browser: Browser, data: Path, rounds: int, writers: int) -> Figures:
    few, figures = max(3, rounds // 8), {}
    if "start" in parts:
        one = data / "one"
        figures = starts(browser, one, make_comics(one, (20,))[20], few)
    if set(parts) == {"start"}:
        return figures
    comics = make_comics(data, (*PAGES, PROOF_PAGES))
    with running(STUDIO, KITSUMY_DATA_DIR=str(data)) as studio, running(FLOOR) as floor:
        if "proof" in parts:
            figures["proof"] = proofs(browser, studio, comics[PROOF_PAGES], few + 1)
        if "edits" in parts:
            figures |= edits(browser, studio, floor, comics, rounds)
        if "panel" in parts:
            figures["panel"] = clicks(browser, studio, comics[20], rounds)
        if "writers" in parts:
            figures["alone"] = crowd(browser, studio, comics[20], 1, few * 2)
            figures["crowd"] = crowd(browser, studio, comics[20], writers, few)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--writers", type=int, default=10, help="tabs that write at once")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    chromium = find_chromium() or sys.exit("no Chromium on this machine")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        parts = options.parts or PARTS
        figures = measured(parts, browser, Path(folder), options.rounds, options.writers)
        browser.close()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {options.rounds} rounds\n")
    print("\n".join(report(figures)))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
