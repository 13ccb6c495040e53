"""Run the command line as at a shell, and make what its tests work on."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from PIL import Image
from typer.testing import CliRunner, Result

from kitsumy_core.cli import app
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.files import write_plan
from kitsumy_core.plan.models import ComicPlan
from kitsumy_core.schemas import schemas
from kitsumy_core.settings import load_settings
from kitsumy_core.store import Store
from tests.samples import a_page, a_panel, a_plan


def run(*args: object) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args])


def a_file(folder: Path, plan: ComicPlan | None = None, name: str = "plan.json") -> Path:
    file = folder / name
    file.write_text(write_plan(plan or a_plan(1)), encoding="utf-8")
    return file


def a_project(book: Book) -> str:
    store = Store.open(load_settings(None))
    try:
        return store.create(book, "me").id
    finally:
        store.close()


def picture(colour: str = "red", kind: str = "PNG", size: tuple[int, int] = (60, 90)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind)
    return target.getvalue()


def renders(folder: Path) -> dict[str, Any]:
    value = json.loads((folder / "renders.json").read_text(encoding="utf-8"))
    Draft202012Validator(schemas()["renders.schema.json"]).validate(value)
    return {record["panel"]: record for record in value["images"]}


def with_panels(*panel_ids: str, layout: str = "grid-2x2") -> ComicPlan:
    panels = tuple(a_panel(panel_id, dialogue=()) for panel_id in panel_ids)
    chapter = a_plan(1).chapters[0]
    page = a_page().but(panels=panels, layout=layout)
    return a_plan(1).but(chapters=(chapter.but(pages=(page,)),)).numbered()


# --- plan -----------------------------------------------------------------------------------------------
