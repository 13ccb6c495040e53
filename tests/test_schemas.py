"""The published schemas are today's, and everything this program writes keeps to them."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kitsumy_core.errors import EditError
from kitsumy_core.page.compose import TakeImage, compose
from kitsumy_core.page.fonts import measure
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.edits import EDITS, apply_edit, batch, edit
from kitsumy_core.plan.files import plan_to_json, read_plan, write_plan
from kitsumy_core.plan.models import Panel
from kitsumy_core.planner.beats import beats_plan
from kitsumy_core.schemas import FOLDER, schemas, write
from tests.plan_strategies import Minter, edits
from tests.samples import a_book, a_plan

HERE = Path(__file__).parent
GOLDEN = sorted((HERE / "golden" / "plans").glob("*.json"))
SAMPLES = sorted((HERE.parent / "kitsumy_core" / "samples").glob("*.json"))
NAMES = ["comic-document", "edit", "issues", "plan", "renders"]


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schemas()[f"{name}.schema.json"])


def problems(name: str, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:120]}" for error in validator(name).iter_errors(value)]


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_is_todays(name: str) -> None:
    file = FOLDER / f"{name}.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == schemas()[file.name]


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_a_schema(name: str) -> None:
    schema = schemas()[f"{name}.schema.json"]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_nothing_else_is_published(tmp_path: Path) -> None:
    assert {file.name for file in FOLDER.glob("*.json")} == {f"{name}.schema.json" for name in NAMES}
    assert [path.name for path in write(tmp_path)] == list(schemas())


@pytest.mark.parametrize("file", [*GOLDEN, *SAMPLES], ids=lambda file: file.stem)
def test_golden_plans_and_samples_keep_to_the_schema(file: Path) -> None:
    assert problems("plan", json.loads(file.read_text(encoding="utf-8"))) == []


def test_there_are_golden_plans_and_samples() -> None:
    assert len(GOLDEN) >= 4
    assert len(SAMPLES) >= 2


@pytest.mark.parametrize("name", ["beats-uk-5", "beats-en-12", "everything"])
def test_a_golden_plan_reads_and_writes_to_the_byte(name: str) -> None:
    text = (HERE / "golden" / "plans" / f"{name}.json").read_text(encoding="utf-8")
    loaded = read_plan(text.encode())
    assert loaded.repairs == ()
    assert write_plan(loaded.plan) == text


def test_a_plan_of_another_tool_gains_only_our_object() -> None:
    text = (HERE / "golden" / "plans" / "bare.json").read_text(encoding="utf-8")
    written = plan_to_json(read_plan(text.encode()).plan)
    assert written.pop("kitsumy") == {"schemaVersion": 1}
    assert written == json.loads(text)


@pytest.mark.parametrize(
    ("name", "idea", "style", "pages", "language"),
    [
        ("beats-uk-5", "Кіт доглядає маяк на Місяці й боїться темряви", "нуар", 5, "uk"),
        (
            "beats-en-12",
            "A hedgehog steps into a blackout to find his grandfather's violin",
            "warm pencil",
            12,
            "en",
        ),
    ],
)
def test_a_beat_sheet_is_what_it_was(name: str, idea: str, style: str, pages: int, language: str) -> None:
    made = beats_plan(idea, style=style, max_pages=pages, language=language)
    assert write_plan(made) == (HERE / "golden" / "plans" / f"{name}.json").read_text(encoding="utf-8")


@given(st.data())
def test_any_edit_and_the_plan_after_it_keep_to_the_schemas(data: st.DataObject) -> None:
    book, mint = a_book(), Minter()
    for _ in range(4):
        one = data.draw(edits(book, mint))
        assert problems("edit", one.model_dump(mode="json")) == []
        with suppress(EditError):
            book = apply_edit(book, one)
    assert problems("plan", plan_to_json(book.plan)) == []


def test_the_plan_schema_notices_what_is_wrong() -> None:
    good = plan_to_json(a_plan(1))
    assert problems("plan", good) == []
    for path, value in (("title", 7), ("chapters", None), ("characters", [{"name": "x"}])):
        assert problems("plan", good | {path: value})
    assert problems("plan", good | {"kitsumy": {"readingDirection": "up"}})


def test_a_composed_comic_keeps_to_the_schema() -> None:
    book = a_book(2)
    takes = {"ch1-p1-pan1": TakeImage("a" * 64, 900, 1444, "sketch")}
    document = compose(book, "main", takes, measure)
    value = document.model_dump(mode="json", by_alias=True)
    assert problems("comic-document", value) == []
    assert problems("comic-document", value | {"format": "other"})
    assert value["$schema"] == schemas()["comic-document.schema.json"]["$id"]


def test_composed_samples_keep_to_the_schema() -> None:
    for file in SAMPLES:
        document = compose(Book(plan=read_plan(file.read_bytes()).plan), "main", {}, measure)
        assert problems("comic-document", document.model_dump(mode="json", by_alias=True)) == []


def test_every_edit_is_in_the_schema() -> None:
    text = json.dumps(schemas()["edit.schema.json"])
    assert all(f'"const": "{op}"' in text for op in EDITS)


def test_edits_keep_to_the_schema_and_wrong_arguments_do_not() -> None:
    some = (
        edit("set_field", node="panel:x", field="action", value="Біжить."),
        edit("add_panel", page_id="p", panel=Panel(id="new")),
        edit("pick_take", panel_id="x", take_id=None),
        edit("split_page", page_id="p", at=2, new_id="q"),
        edit("place_balloon", lettering_id="x-d1", placement={"x": 0.5, "y": 0.2}),
    )
    for one in (*some, batch(*some)):
        assert problems("edit", one.model_dump(mode="json")) == []
    assert problems("edit", {"op": "no_such_op", "args": {}})
    assert problems("edit", {"op": "split_page", "args": {"page_id": "p", "at": "two", "new_id": "q"}})
    assert problems("edit", {"op": "change_layout", "args": {"page_id": "p"}})
