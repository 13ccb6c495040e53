"""Reading and writing plan JSON: what loads, what is repaired, what is refused with its place named."""

from __future__ import annotations

import contextlib
import copy
import json
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.errors import PlanFileError
from kitsumy_core.plan.files import MAX_BYTES, plan_from_json, read_json, read_plan, write_plan
from tests.samples import a_plan

DATA = Path(__file__).parent / "data" / "plans"
SAMPLES = Path(__file__).parents[1] / "kitsumy_core" / "samples"

KEYS = {
    "plan": {"title", "style", "characters", "chapters", "kitsumy"},
    "character": {"id", "name", "appearance", "clothing", "role", "seed"},
    "chapter": {"id", "title", "pages"},
    "page": {"id", "pageNumber", "layout", "panels"},
    "panel": {
        "id",
        "position",
        "characters",
        "action",
        "location",
        "mood",
        "camera",
        "dialogue",
        "narrative",
        "sfx",
    },
    "dialogue": {"character", "text", "kitsumy"},
}

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def written(plan: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(write_plan(plan or a_plan()))
    return found


def first_panel(plan: dict[str, Any]) -> dict[str, Any]:
    panel: dict[str, Any] = plan["chapters"][0]["pages"][0]["panels"][0]
    return panel


def test_the_keys_of_every_node_are_exactly_those_of_the_exchange_format() -> None:
    plan = written()
    page = plan["chapters"][0]["pages"][0]
    assert plan.keys() == KEYS["plan"]
    assert plan["characters"][0].keys() == KEYS["character"]
    assert plan["chapters"][0].keys() == KEYS["chapter"]
    assert page.keys() == KEYS["page"]
    assert page["panels"][0].keys() == KEYS["panel"]
    assert page["panels"][0]["dialogue"][0].keys() == KEYS["dialogue"]
    assert (page["pageNumber"], page["panels"][1]["position"]) == (1, 2)
    assert (page["panels"][0]["narrative"], page["panels"][0]["sfx"]) == (None, None)


def test_a_seed_that_is_not_there_is_left_out() -> None:
    plan = a_plan()
    plan = plan.but(characters=(plan.characters[0].but(seed=None),))
    assert "seed" not in written(plan)["characters"][0]


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.json")), ids=lambda p: p.stem)
def test_the_samples_load_without_repairs_and_are_written_as_they_were(file: Path) -> None:
    loaded = read_plan(file.read_bytes())
    assert loaded.repairs == ()
    assert json.loads(write_plan(loaded.plan)) == json.loads(file.read_text("utf-8"))


def test_a_plan_of_the_typescript_tool_with_nulls_and_missing_keys_loads() -> None:
    loaded = read_plan((DATA / "typescript.json").read_bytes())
    panels = list(loaded.plan.panels())
    assert [c.name for c in loaded.plan.characters] == ["Mira", "Old Pavlo"]
    assert panels[0].dialogue[0].character == "char-2", "a name that is clear becomes the id"
    assert (panels[0].narrative, panels[1].dialogue, panels[2].characters) == ("", (), ())
    assert [r.code for r in loaded.repairs] == ["name-made-id", "id-missing"]
    again = read_plan(write_plan(loaded.plan).encode())
    assert again.plan == loaded.plan
    assert again.repairs == ()


@given(st.dictionaries(st.text(min_size=1, max_size=8), JSON_VALUES, max_size=3), JSON_VALUES)
def test_unknown_keys_and_malformed_content_of_ours_survive_load_and_save(
    extra: dict[str, Any], odd: Any
) -> None:
    plan = written()
    page = plan["chapters"][0]["pages"][0]
    for node in (plan, plan["characters"][0], plan["chapters"][0], page, first_panel(plan)):
        node["foreign"] = extra
        node.setdefault("kitsumy", {})["strange"] = odd
    page["kitsumy"]["beat"] = ["not", "a", "text"]
    first_panel(plan)["kitsumy"]["seed"] = {"wrong": odd}
    plan["characters"][1]["kitsumy"] = [odd]
    saved = written(plan_from_json(copy.deepcopy(plan)).plan)
    assert saved == plan


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (lambda p: first_panel(p).update(action=5), "plan-wrong-type", "/chapters/0/pages/0/panels/0/action"),
        (lambda p: p.update(chapters={"a": 1}), "plan-wrong-type", "/chapters"),
        (lambda p: p["characters"].append("Марко"), "plan-wrong-type", "/characters/2"),
        (lambda p: p["characters"][0].update(seed="many"), "plan-wrong-type", "/characters/0/seed"),
        (
            lambda p: first_panel(p)["dialogue"].append({"text": ["a"]}),
            "plan-wrong-type",
            "/chapters/0/pages/0/panels/0/dialogue/1/text",
        ),
        (lambda p: p["characters"][0].update(seed=True), "plan-wrong-type", "/characters/0/seed"),
        (lambda p: p["kitsumy"].update(schemaVersion=99), "plan-newer", "/kitsumy/schemaVersion"),
        (lambda p: p["kitsumy"].update(schemaVersion="7"), "plan-newer", "/kitsumy/schemaVersion"),
        (lambda p: p["kitsumy"].update(schemaVersion=7.0), "plan-newer", "/kitsumy/schemaVersion"),
    ],
)
def test_wrong_types_are_refused_with_their_place(change: Any, code: str, path: str) -> None:
    plan = written()
    change(plan)
    with pytest.raises(PlanFileError) as caught:
        read_plan(json.dumps(plan).encode())
    assert (caught.value.error_code, caught.value.params["path"]) == (code, path)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "plan-empty"),
        (b"  \n", "plan-empty"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "plan-not-text"),
        (b'{"title": "x", ', "plan-not-json"),
        (b"[1, 2]", "plan-not-object"),
        (b'{"nodes": [], "links": []}', "plan-not-a-plan"),
        (b'{"title": NaN}', "plan-not-a-number"),
        (b'{"title": "x", "characters": [{"seed": -Infinity}]}', "plan-not-a-number"),
        (b'{"title": "x", "other": 1e400}', "plan-not-a-number"),
        (b'{"title": "x", "other": [-1e999]}', "plan-not-a-number"),
        (b'{"title": ' + b"[" * 5000 + b"]" * 5000 + b"}", "plan-too-deep"),
        (b" " * (MAX_BYTES + 1), "plan-too-large"),
        (b'{"title": "' + b"x" * 50_000_000 + b'"}', "plan-too-large"),
        (b'{"title": "x", "characters": [{"seed": 1' + b"0" * 5000 + b"}]}", "plan-wrong-type"),
    ],
    ids=[
        "empty",
        "blank",
        "png",
        "cut",
        "list",
        "workflow",
        "nan",
        "infinity",
        "too-large-float",
        "too-small-float",
        "deep",
        "large",
        "50MB",
        "huge-int",
    ],
)
def test_files_that_are_no_plans_get_a_clear_word(data: bytes, code: str) -> None:
    with pytest.raises(PlanFileError) as caught:
        read_plan(data)
    assert caught.value.error_code == code


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | JSON_VALUES.map(lambda v: json.dumps(v).encode())
)
def test_no_bytes_make_reading_fail_in_any_other_way(data: bytes) -> None:
    with contextlib.suppress(PlanFileError):
        assert read_plan(data).plan is not None


def test_repeated_ids_are_repaired_with_a_report_and_texts_stay() -> None:
    plan = written()
    second = plan["chapters"][0]["pages"][1]
    second["id"] = "ch1-p1"
    second["panels"][0]["id"] = "ch1-p1-pan1"
    loaded = read_plan(json.dumps(plan).encode())
    ids = [panel.id for panel in loaded.plan.panels()]
    assert len(ids) == len(set(ids))
    assert {r.code for r in loaded.repairs} == {"id-repeated"}
    assert [p.action for p in loaded.plan.panels()] == [p.action for p in a_plan().panels()]


def test_html_in_names_is_plain_text_that_comes_back_as_it_was() -> None:
    plan = a_plan(title="<script>alert(1)</script>")
    assert read_plan(write_plan(plan).encode()).plan.title == "<script>alert(1)</script>"


def test_what_is_derived_from_the_order_may_be_anything() -> None:
    for odd in ("IV", 0.5, True, None, [1], {"a": 1}, 10**40, "3"):
        plan = written()
        plan["chapters"][0]["pages"][1]["pageNumber"] = odd
        first_panel(plan)["position"] = odd
        assert read_plan(json.dumps(plan).encode()).plan == a_plan()


@given(st.integers(-(10**299), 10**299))
def test_a_whole_number_stays_what_it_is(number: int) -> None:
    plan = written() | {"foreign": number}
    assert written(read_plan(json.dumps(plan).encode()).plan)["foreign"] == number


def test_python_names_are_keys_of_somebody_else() -> None:
    plan = written()
    plan["kitsumy"] |= {"schema_version": 2, "reading_direction": "rtl"}
    plan["chapters"][0]["pages"][0] |= {"page_number": 9, "kitsumy": {"location_ids": ["a"]}}
    first_panel(plan)["kitsumy"] = {"action_en": "x", "seed": 3}
    loaded = read_plan(json.dumps(plan).encode()).plan
    assert (loaded.kitsumy.schema_version, loaded.kitsumy.reading_direction) == (1, "ltr")
    assert next(loaded.panels()).kitsumy.action_en == ""
    assert written(loaded) == plan
    assert read_plan(write_plan(loaded).encode()).plan == loaded


BROKEN = st.text(st.sampled_from("aї😀\ud83d\ude00\udc80"), max_size=4)


@given(BROKEN, BROKEN, st.dictionaries(BROKEN, BROKEN, max_size=4))
def test_half_characters_are_mended_once_with_a_report(
    title: str, action: str, foreign: dict[str, str]
) -> None:
    plan = written() | {"title": title, "foreign": foreign}
    first_panel(plan)["action"] = action
    data = json.dumps(plan).encode()
    loaded = read_plan(data)
    again = read_plan(write_plan(loaded.plan).encode())
    assert again.plan == loaded.plan
    assert again.repairs == ()
    whole = json.loads(data)
    kept = (loaded.plan.title, next(loaded.plan.panels()).action) == (
        whole["title"],
        first_panel(whole)["action"],
    )
    assert kept == (not {r.path for r in loaded.repairs} - {f"/foreign/{k}" for k in loaded.plan.foreign})
    assert len(loaded.plan.foreign) == len(whole["foreign"]), "keys that look alike once mended stay apart"


def test_a_mended_text_is_reported_with_its_place() -> None:
    data = b'{"title": "Fox \\ud83d", "o\\udc00": 1, "characters": [{"id": "a", "name": "\\ud83d\\ude00"}]}'
    loaded = read_plan(data)
    assert (loaded.plan.title, loaded.plan.characters[0].name) == ("Fox \ufffd", "😀")
    assert [(r.code, r.path) for r in loaded.repairs] == [
        ("text-mended", "/title"),
        ("text-mended", "/o\ufffd"),
    ]
    assert read_json(data)["o\ufffd"] == 1


def test_a_location_without_an_id_gets_one() -> None:
    plan = written()
    plan["kitsumy"]["locations"] = [
        {"name": "Маяк"},
        {"id": "loc-1"},
        {"name": 5},
        {"id": None, "look": "sea"},
    ]
    loaded = read_plan(json.dumps(plan).encode())
    places = loaded.plan.kitsumy.locations
    assert [(place.name, place.look) for place in places] == [("Маяк", ""), ("", ""), ("", "sea")]
    assert len({place.id for place in places}) == 3
    assert "id-missing" in {r.code for r in loaded.repairs}
    assert written(loaded.plan)["kitsumy"]["locations"][-1] == {"name": 5}
    assert read_plan(write_plan(loaded.plan).encode()).repairs == ()


def test_many_names_and_ids_are_read_in_a_moment() -> None:
    n = 2000
    plan = written()
    plan["characters"] = [{"id": f"c{i}", "name": f"Name {i}"} for i in range(n)]
    first_panel(plan)["characters"] = [f"name {i}" for i in range(n)]
    first_panel(plan)["dialogue"] = [{"character": "nobody", "text": "x", "kitsumy": {"id": "d"}}] * n
    data = json.dumps(plan).encode()
    start = perf_counter()
    loaded = read_plan(data)
    assert perf_counter() - start < 1
    assert next(loaded.plan.panels()).characters == tuple(f"c{i}" for i in range(n))
