"""Photograph every screen of the studio, in both languages and themes, wide and narrow.

    python -m tests.tour [FOLDER]      (default: tour)

A studio of its own shows a sample, an empty comic and one of sixty pages. The folder gets the pictures and an
`index.html` that shows them all. The exit code is 1 if a screen showed an error.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Error, Page, sync_playwright

from kitsumy_core.plan.book import Book
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store
from tests.browser.conftest import FLAGS, Studio, settled
from tests.browser.find import find_chromium
from tests.long_comics import long_book, sample_book

SCREENS = ("comics", "plan", "story", "cast", "pages", "proof", "render", "export", "styles", "settings")
TOUR = {
    "sample": SCREENS,
    "empty": ("plan", "story", "cast", "pages", "proof", "render", "export"),
    "60-pages": ("story", "pages", "proof", "render"),
}
"""Which screens are shown of which comic."""

LANGUAGES, THEMES, WIDTHS = ("uk", "en"), ("light", "dark"), (1440, 800)
HEIGHT, MOST_HEIGHT = 900, 3000
SAMPLES = {"uk": "jizhak", "en": "lighthouse"}

_PICTURES_THERE = """() => {
  const all = root => [...root.querySelectorAll('*')].flatMap(
    node => [...(node.tagName === 'IMG' ? [node] : []), ...(node.shadowRoot ? all(node.shadowRoot) : [])])
  return all(document).every(image => {
    const box = image.getBoundingClientRect()
    return image.complete || !box.width ||
      box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth
  })
}"""


class Shot(NamedTuple):
    """One picture of the tour."""

    comic: str
    screen: str
    language: str
    theme: str
    width: int

    @property
    def name(self) -> str:
        return f"{self.comic}_{self.screen}_{self.language}_{self.theme}_{self.width}.png"


def shots() -> Iterator[Shot]:
    """Yield what is photographed, those that share a browser window together."""
    for theme in THEMES:
        for width in WIDTHS:
            for comic, screens in TOUR.items():
                for screen in screens:
                    for language in LANGUAGES:
                        yield Shot(comic, screen, language, theme, width)


def make_comics(data: Path) -> dict[tuple[str, str], str]:
    """Return the comics' ids by name and language."""
    store = Store.open(Settings(data_dir=data))
    try:
        made = {}
        for language, sample in SAMPLES.items():
            for name, book in (
                ("empty", Book()),
                ("60-pages", long_book(60, sample)),
                ("sample", sample_book(sample)),
            ):
                made[name, language] = store.create(book, "writer").id
        return made
    finally:
        store.close()


def photograph(page: Page, address: str, target: Path) -> list[str]:
    """Save a picture of a whole screen; return the errors that it shows."""
    page.set_viewport_size({"width": page.viewport_size["width"], "height": HEIGHT})  # type: ignore[index]
    page.goto(address)
    settled(page)
    tall = page.evaluate("document.querySelector('[data-testid=stMain]')?.scrollHeight ?? 0")
    height = max(HEIGHT, min(int(tall), MOST_HEIGHT))
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})  # type: ignore[index]
    page.wait_for_timeout(400)
    try:
        page.wait_for_function(_PICTURES_THERE, timeout=30_000)
    except Error:
        return ["pictures are missing"]
    finally:
        page.screenshot(path=target, animations="disabled")
    return page.locator("[data-testid=stException]").all_inner_texts()


def take(
    browser: Browser, studio: Studio, comics: dict[tuple[str, str], str], folder: Path
) -> Iterator[tuple[Shot, list[str]]]:
    """Photograph everything; yield each picture with the errors that it shows."""
    window, page = None, None
    for shot in shots():
        if page is None or window != (shot.theme, shot.width):
            if page is not None:
                page.context.close()
            window = (shot.theme, shot.width)
            context = browser.new_context(
                viewport={"width": shot.width, "height": HEIGHT},
                color_scheme="dark" if shot.theme == "dark" else "light",
            )
            context.set_default_timeout(60_000)
            page = context.new_page()
        comic = comics[shot.comic, shot.language]
        where = "" if shot.screen == "comics" else shot.screen
        address = f"{studio.url}/{where}?comic={comic}&lang={shot.language}"
        yield shot, photograph(page, address, folder / shot.name)


def index(found: Sequence[tuple[Shot, list[str]]]) -> str:
    """Return the contact sheet as HTML."""
    rows = []
    for comic, screens in TOUR.items():
        for screen in screens:
            mine = [(shot, errors) for shot, errors in found if (shot.comic, shot.screen) == (comic, screen)]
            figures = "\n".join(_figure(shot, errors) for shot, errors in mine)
            rows.append(f"<h2>{escape(screen)} · {escape(comic)}</h2>\n<div>{figures}</div>")
    return _PAGE.format(body="\n".join(rows))


def _figure(shot: Shot, errors: Sequence[str]) -> str:
    name = escape(shot.name)
    words = escape(f"{shot.language}, {shot.theme}, {shot.width} px")
    said = "".join(f"<br><b>{escape(error)}</b>" for error in errors)
    wide = "" if shot.width > 1000 else " class=narrow"
    return (
        f'<figure{wide}><a href="{name}"><img src="{name}" alt="{name}" loading="lazy"></a>'
        f"<figcaption>{words}{said}</figcaption></figure>"
    )


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>A tour of the studio</title>
<style>
body {{ font: 14px/1.4 sans-serif; margin: 2rem; background: #8883; }}
div {{ display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }}
figure {{ margin: 0; width: 360px; }} .narrow {{ width: 200px; }}
img {{ width: 100%; max-height: 480px; object-fit: cover; object-position: top; border: 1px solid #8888; }}
b {{ color: #c00; }}
</style>
<h1>A tour of the studio</h1>
{body}
</html>
"""


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "tour")
    folder.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium()
    if chromium is None:
        sys.stderr.write("no Chromium on this machine\n")
        return 2
    found: list[tuple[Shot, list[str]]] = []
    with tempfile.TemporaryDirectory() as data:
        comics = make_comics(Path(data) / "studio")
        studio = Studio(Path(data) / "studio")
        studio.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                for shot, errors in take(browser, studio, comics, folder):
                    found.append((shot, errors))
                    sys.stderr.write(f"{shot.name}{''.join(f'  {error}' for error in errors)}\n")
                browser.close()
        finally:
            studio.stop()
    (folder / "index.html").write_text(index(found), encoding="utf-8")
    sys.stdout.write(f"{len(found)} pictures: {folder / 'index.html'}\n")
    return 1 if any(errors for _shot, errors in found) else 0


if __name__ == "__main__":
    sys.exit(main())
