"""Keeping workflows: adding, renaming, deleting, and correcting slots by hand; the same in the studio."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kitsumy_core.errors import WorkflowError
from kitsumy_core.plan.book import Book
from kitsumy_core.render.library import MAX_BYTES, Workflows
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.workflow import bind, build, facts_of, graph_hash
from studio import services
from studio.components.workflow_table import correct
from tests.workflow_graphs import load, node, places, untitled

APP = Path(__file__).parents[1] / "studio" / "app.py"
SHIPPED = {
    *("flux_kontext", "flux_lora_stack", "flux_text2img", "img2img", "inpaint", "ip_adapter", "pose"),
    *("text2img", "upscale", "z_image_turbo"),
}


def found_by_hand() -> bytes:
    """Return a graph whose prompt goes through a node that joins texts, so that no walk finds it."""
    graph = untitled(load("text2img"))
    graph["20"] = node("StringConcatenate", string_a="best quality", string_b="", delimiter=", ")
    graph["6"]["inputs"]["text"] = ["20", 0]
    return json.dumps(graph).encode()


def code(act: object, *values: object) -> str:
    with pytest.raises(WorkflowError) as caught:
        act(*values)  # type: ignore[operator]
    return caught.value.error_code


@pytest.fixture
def known(tmp_path: Path) -> Workflows:
    return Workflows(tmp_path / "workflows")


def test_what_ships_is_what_was_promised(known: Workflows) -> None:
    assert set(known.names()) == SHIPPED
    assert known.own_names() == []


def test_a_file_is_added_renamed_and_deleted_with_its_corrections(known: Workflows) -> None:
    assert known.add("my graph.json", found_by_hand()) == "my graph"
    known.correct("my graph", "prompt", [("20", "string_b")])
    assert known.rename("my graph", "mine") == "mine"
    assert known.own_names() == ["mine"]
    assert places(bind(known.load("mine")))["prompt"] == [("20", "string_b")]
    known.delete("mine")
    assert (known.own_names(), known.corrections("mine")) == ([], {})


def test_a_correction_is_used_from_then_on_and_can_be_taken_back(known: Workflows) -> None:
    known.add("mine", found_by_hand())
    before = graph_hash(known.load("mine"))
    assert "prompt" not in places(bind(known.load("mine")))
    known.correct("mine", "prompt", [("20", "string_b")])
    request = DiffusionRequest(prompt="a fox", negative="fog")
    assert build(known.load("mine"), request, "p")["20"]["inputs"]["string_b"] == "a fox"
    assert graph_hash(known.load("mine")) != before
    known.correct("mine", "negative", [])
    assert build(known.load("mine"), request, "p")["7"]["inputs"]["text"] == ""
    known.correct("mine", "prompt", None)
    known.correct("mine", "negative", None)
    assert graph_hash(known.load("mine")) == before


def test_a_shipped_workflow_can_be_corrected_but_not_changed(known: Workflows) -> None:
    known.correct("text2img", "steps", [])
    assert "steps" not in places(bind(known.load("text2img")))
    assert "steps" in places(bind(Workflows().load("text2img")))
    assert code(known.delete, "text2img") == code(known.rename, "text2img", "x") == "workflow-shipped"


def test_a_damaged_file_of_corrections_is_passed_over(known: Workflows, tmp_path: Path) -> None:
    known.add("mine", found_by_hand())
    for text in (
        "{",
        "[]",
        '{"slots": 5}',
        '{"slots": {"prompt": [["20"]]}}',
        '{"slots": {"x": [["20", "y"]]}}',
    ):
        (tmp_path / "workflows" / "mine.slots.json").write_text(text)
        assert facts_of("mine", known.load("mine")).draws


@pytest.mark.parametrize("name", ["", "../x", "a/b", "x.slots", ".hidden", "a\\b", "x" * 81, "nul\0"])
def test_a_name_that_leads_elsewhere_is_refused(known: Workflows, name: str) -> None:
    assert code(known.add, name, found_by_hand()) == "workflow-name-invalid"


def test_what_is_no_workflow_is_refused_and_nothing_is_kept(known: Workflows) -> None:
    editors = b'{"nodes": [], "links": [], "version": 0.4}'
    assert code(known.add, "x", editors) == "workflow-ui-format"
    assert code(known.add, "x", b"hello") == "workflow-not-json"
    assert code(known.add, "x", b" " * (MAX_BYTES + 1)) == "workflow-too-large"
    assert code(known.add, "text2img", found_by_hand()) == "workflow-name-taken"
    assert code(Workflows().add, "x", found_by_hand()) == "workflow-folder-closed"
    assert known.own_names() == []
    assert known.free_name("text2img.json") == "text2img-2"


def test_only_a_known_workflow_is_corrected_and_no_file_elsewhere_is_written(
    known: Workflows, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_bytes(found_by_hand())
    assert known.load(str(elsewhere))
    assert code(known.correct, str(elsewhere), "prompt", []) == "workflow-unknown"
    assert [file.name for file in tmp_path.rglob("*.json")] == ["elsewhere.json"]


# -- in the studio


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[services.Services]:
    monkeypatch.chdir(tmp_path)
    yield services.start()
    services.stop()


def test_the_settings_show_every_slot_and_a_correction_by_hand_shows_at_once(
    running: services.Services,
) -> None:
    running.store.create(Book(), "writer")
    running.workflows.add("mine", found_by_hand())
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params["lang"] = "en"
    app.session_state["workflow-shown"] = "mine"
    app.run()
    app.switch_page("screens/settings.py").run()
    assert not app.exception
    assert "No place was found for what to draw" in app.warning[0].value
    table = app.dataframe[0].value
    assert len(table) == 19
    assert list(table[table["Slot"] == "What to draw"]["Node"]) == ["—"]
    assert list(table[table["Slot"] == "What to avoid"].iloc[0]) == [
        *("What to avoid", "7 · CLIPTextEncode", "text", "by its links"),
    ]
    correct("mine", "prompt", [("20", "string_b")])
    app.run()
    bound = app.dataframe[0].value.iloc[0]
    assert list(bound) == ["What to draw", "20 · StringConcatenate", "string_b", "by hand"]
    assert not app.warning
    app.button("workflow-delete-go").click().run()
    assert running.workflows.own_names() == []
    assert any("mine is deleted" in one.value for one in app.success)
