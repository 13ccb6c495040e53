"""Exports in the programs they are for: SVG and the reader in a browser, pages in two Fabrics."""

from __future__ import annotations

import io
import os
import sys
from base64 import b64decode, b64encode
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from kitsumy_core.export.comic import encoded
from kitsumy_core.export.fabric import Version, fabric_page
from kitsumy_core.export.svg import font_style, page_svg
from kitsumy_core.export.web import web_files
from kitsumy_core.export.xml import xml_bytes
from kitsumy_core.page.draw import draw_page
from tests.export_samples import a_comic
from tests.test_export_pdf import difference

pytestmark = pytest.mark.browser
CHECKERS = Path(os.environ.get("CHECKERS_DIR", Path(sys.prefix) / "checkers")) / "node_modules"
SCALE = 0.5


@lru_cache(maxsize=1)
def drawn() -> Image.Image:
    comic = a_comic()
    return draw_page(comic.document.pages[0], comic.load, SCALE)


@lru_cache(maxsize=1)
def fonts() -> str:
    return font_style(a_comic().document)


def a_tab(chromium: Browser) -> Page:
    return chromium.new_page(viewport={"width": drawn().width, "height": drawn().height})


def test_an_svg_page_looks_like_the_drawn_one(chromium: Browser, tmp_path: Path) -> None:
    comic = a_comic()
    file = tmp_path / "page.svg"
    file.write_bytes(xml_bytes(page_svg(comic, comic.document.pages[0], fonts()), indent=False))
    page = a_tab(chromium)
    frame = (
        f'<body style="margin:0"><img src="{file.as_uri()}" style="width:{drawn().width}px;display:block">'
    )
    (tmp_path / "frame.html").write_text(frame)
    page.goto((tmp_path / "frame.html").as_uri())
    page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth > 0")
    seen = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    assert difference(drawn(), seen) < 2.0


FABRIC: dict[Version, tuple[str, str]] = {
    "5.3.0": ("fabric5/dist/fabric.min.js", "await new Promise(r => canvas.loadFromJSON(wanted, r))"),
    "7.0.0": ("fabric7/dist/index.min.js", "await canvas.loadFromJSON(wanted)"),
}


@pytest.mark.parametrize("version", list(FABRIC))
def test_a_page_looks_the_same_in_fabric_and_its_words_can_be_edited(
    chromium: Browser, version: Version
) -> None:
    file, load = CHECKERS / FABRIC[version][0], FABRIC[version][1]
    if not file.is_file():
        pytest.skip(f"Fabric.js is not at {file}; make checkers puts it there")
    comic = a_comic()
    wanted = fabric_page(comic, comic.document.pages[0], _data_url, version)
    page = a_tab(chromium)
    page.set_content(f'<style>{fonts()}</style><body style="margin:0"><canvas id="c"></canvas>')
    page.add_script_tag(path=file)
    told: dict[str, Any] = page.evaluate(
        f"""async ([wanted, width, height, scale]) => {{
            await Promise.all([...document.fonts].map(face => face.load()));
            const canvas = new fabric.StaticCanvas('c', {{ width, height, enableRetinaScaling: false }});
            {load};
            canvas.setZoom(scale);
            canvas.renderAll();
            const texts = canvas.getObjects().filter(o => o.text !== undefined);
            return {{
                picture: canvas.toDataURL({{ format: 'png', multiplier: 1 }}),
                lines: Object.fromEntries(texts.map(o => [o.kitsumy.id, o.textLines])),
                roles: canvas.getObjects().map(o => o.kitsumy && o.kitsumy.role),
            }};
        }}""",
        [wanted, drawn().width, drawn().height, SCALE],
    )
    page.close()
    seen = Image.open(io.BytesIO(b64decode(told["picture"].split(",", 1)[1])))
    assert difference(drawn(), seen) < 2.0
    for entry in comic.document.pages[0].lettering:
        assert len(told["lines"][entry.id]) == len(entry.text.lines), "no line is broken again"
    assert None not in told["roles"]


def _data_url(shown: Any) -> str:
    mime, data = encoded(shown)
    return f"data:{mime};base64,{b64encode(data).decode()}"


def test_the_reader_turns_pages_from_disk_by_keys_and_asks_nobody(chromium: Browser, tmp_path: Path) -> None:
    for name, data in web_files(a_comic()):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    context = chromium.new_context(viewport={"width": 900, "height": 900}, has_touch=True)
    page, asked, errors = context.new_page(), [], []  # type: Page, list[str], list[str]
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "index.html").as_uri())
    shown, where = page.locator("#pages li.shown"), page.locator("#where")
    expect(shown).to_have_count(1)
    expect(where).to_have_text("1 / 2")
    for key, told in (("ArrowRight", "2 / 2"), ("Home", "1 / 2"), (" ", "2 / 2"), ("PageUp", "1 / 2")):
        page.keyboard.press(key)
        expect(where).to_have_text(told)
    page.locator("#pages").click(position={"x": 800, "y": 400})
    expect(where).to_have_text("2 / 2")
    expect(page.locator("#on")).to_be_disabled()
    assert page.url.endswith("#page=2")
    page.keyboard.press("d")
    dark = page.evaluate("document.documentElement.dataset.theme")
    page.reload()
    expect(where).to_have_text("2 / 2")
    assert page.evaluate("document.documentElement.dataset.theme") == dark
    image = shown.locator("img")
    assert image.evaluate("i => i.complete && i.naturalWidth > 1000")
    assert image.evaluate("i => i.getBoundingClientRect().bottom <= innerHeight")
    assert errors == []
    assert all(url.startswith(("file:", "data:")) for url in asked)
    context.close()
