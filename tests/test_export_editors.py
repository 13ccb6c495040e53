"""Editor files: our document by its published schema, Fabric pages, and projects for Manga Editor Desu."""

from __future__ import annotations

import io
import json
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kitsumy_core.export.desu import page_archive, write_desu
from kitsumy_core.export.editor import editor_files
from kitsumy_core.export.fabric import BASELINE, LINE
from kitsumy_core.page.document import ComicDocument
from kitsumy_core.page.vector import letters
from tests.export_samples import LOST, a_comic

SCHEMAS = Path(__file__).parents[1] / "docs" / "schemas"


@lru_cache(maxsize=1)
def editor() -> dict[str, bytes]:
    return dict(editor_files(a_comic()))


def test_the_document_is_valid_and_can_be_read_back() -> None:
    written = json.loads(editor()["document.json"])
    schema = json.loads((SCHEMAS / "comic-document.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(written)
    read = ComicDocument.model_validate(written)
    assert read.pages == a_comic().document.pages


def test_pictures_lie_where_the_document_says_and_a_lost_one_is_named_as_such() -> None:
    written = json.loads(editor()["document.json"])
    hrefs = {asset["id"]: asset["href"] for asset in written["assets"]}
    assert hrefs.pop(LOST) == ""
    assert len(hrefs) == 4
    assert all(href in editor() for href in hrefs.values())
    assert {asset["madeBy"] for asset in written["assets"]} == {"sketch", "comfyui"}
    assert all(font["file"] in editor() for font in written["fonts"])


@pytest.mark.parametrize(("version", "names"), [("5", {"textbox", "path"}), ("7", {"Textbox", "Path"})])
def test_fabric_objects_name_their_origin_role_and_version(version: str, names: set[str]) -> None:
    canvas = json.loads(editor()[f"fabric{version}/0001.json"])
    objects: list[dict[str, Any]] = canvas["objects"]
    assert names <= {item["type"] for item in objects}
    for item in objects:
        assert (item["originX"], item["originY"]) == ("left", "top")
        assert item["version"].startswith(version)
        assert item["kitsumy"]["role"]
    roles = [item["kitsumy"]["role"] for item in objects]
    assert roles[0] == "page"
    assert roles.count("panel") == roles.count("art") == roles.count("border") == 5
    assert roles.count("text") == 9
    arts = [item for item in objects if item["kitsumy"]["role"] == "art"]
    assert all(art["src"].removeprefix("../") in editor() for art in arts)
    assert all(art["clipPath"]["absolutePositioned"] for art in arts)
    assert {art["kitsumy"]["state"] for art in arts} == {"drawn", "empty"}
    assert {art["kitsumy"]["madeBy"] for art in arts} == {"sketch", "comfyui", ""}


def test_a_text_stands_on_the_same_baseline_in_fabric() -> None:
    canvas = json.loads(editor()["fabric5/0001.json"])
    texts = {item["kitsumy"]["id"]: item for item in canvas["objects"] if item["kitsumy"]["role"] == "text"}
    for letter in letters(a_comic().document.pages[0]):
        text = texts[letter.entry.id]
        if text["angle"]:
            continue
        first = letter.block.lines[0][0]
        assert text["top"] + BASELINE * text["fontSize"] == pytest.approx(first.y, abs=0.02)
        step = text["lineHeight"] * text["fontSize"] * LINE
        assert step == pytest.approx(letter.entry.text.leading, abs=0.02)
        assert text["width"] > letter.block.box.width
        assert text["text"].split("\n") == ["".join(run.text for run in line) for line in letter.block.lines]


def test_a_desu_project_is_a_zip_of_stored_zips() -> None:
    target = io.BytesIO()
    write_desu(target, a_comic())
    outer = zipfile.ZipFile(target)
    pages = [name for name in outer.namelist() if name.endswith(".zip")]
    assert pages == ["page_000001.zip", "page_000002.zip"]
    assert {info.compress_type for info in outer.infolist()} == {zipfile.ZIP_STORED}
    inner = zipfile.ZipFile(io.BytesIO(outer.read(pages[0])))
    assert {info.compress_type for info in inner.infolist()} == {zipfile.ZIP_STORED}


def test_a_desu_page_has_panels_that_name_their_art_and_pictures_by_hash() -> None:
    comic = a_comic()
    page = zipfile.ZipFile(io.BytesIO(page_archive(comic, comic.document.pages[0])))
    state = json.loads(json.loads(page.read("state_000000.json")))
    assert state["version"] == "5.3.0"
    objects: list[dict[str, Any]] = state["objects"]
    guids = {item["guid"]: item for item in objects}
    assert len(guids) == len(objects)
    panels = [item for item in objects if item.get("isPanel")]
    assert len(panels) == 5
    for panel in panels:
        [art] = panel["guids"]
        assert guids[art]["type"] == "image"
        assert page.read(f"{guids[art]['src']}.img").startswith(b"data:image/")
    assert sum("canvasGuid" in item for item in objects) == 1
    info = json.loads(page.read("canvas_info.json"))
    assert (round(info["pageWidthMm"]), round(info["pageHeightMm"])) == (128, 182)
    assert info["kitsumy"]["madeBy"] == "hand"
    assert page.read("preview-image.jpeg").startswith(b"data:image/jpeg;base64,")
    assert json.loads(page.read("text2img_basePrompt.json")) == {}
