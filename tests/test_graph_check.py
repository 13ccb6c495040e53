"""Checking a graph against what a server has, before anything is queued."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph_check import (
    Requirement,
    choices_of,
    fitted,
    missing_resources,
    read_requirements,
)
from kitsumy_core.render.workflow import (
    Graph,
    read_graph,
)
from tests.comfyui_server import recorded

FOLDER = Path(__file__).parents[1] / "workflows"
SHIPPED = tuple(sorted(file.stem for file in FOLDER.glob("*.json")))


def load(name: str) -> Graph:
    return read_graph((FOLDER / f"{name}.json").read_bytes())


def node(class_type: str, title: str = "", **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs, **({"_meta": {"title": title}} if title else {})}


INFO = recorded("object_info")
CORE: dict[str, Any] = {name: {} for name in recorded("core_nodes")}
"""The nodes that come with a ComfyUI."""


def test_a_graph_the_server_can_run_lacks_nothing() -> None:
    assert missing_resources(load("text2img"), INFO) == ()


def test_missing_models_are_named_with_where_to_get_them() -> None:
    known = read_requirements((FOLDER / "requirements.toml").read_text("utf-8"))
    found = {m.name: m for m in missing_resources(load("flux_text2img"), INFO, known)}
    flux = found["flux1-dev.safetensors"]
    assert (flux.kind, flux.node, flux.input) == ("model", "1", "unet_name")
    assert flux.where.endswith("flux1-dev.safetensors -> models/diffusion_models")
    assert flux.available == ("flux1-kontext-dev-fp8.safetensors",)


def test_a_missing_node_is_named_once_even_where_nothing_is_linked_to_it() -> None:
    graph = load("text2img") | {"50": node("Nope"), "51": node("Nope")}
    known = (Requirement(kind="node", name="Nope", url="https://example.org/nope"),)
    (found,) = missing_resources(graph, INFO, known)
    assert (found.kind, found.name, found.where) == ("node", "Nope", "https://example.org/nope")


def test_a_choice_in_the_newer_spelling_is_checked_because_the_server_does_not() -> None:
    graph = load("text2img")
    graph["60"] = node("ImageBlend", image1=["8", 0], image2=["8", 0], blend_factor=0.5, blend_mode="sparkle")
    graph["9"]["inputs"]["images"] = ["60", 0]
    (found,) = missing_resources(graph, INFO)
    assert (found.kind, found.name) == ("choice", "sparkle")
    assert "multiply" in found.available


def test_a_broken_choice_no_output_depends_on_does_not_matter() -> None:
    graph = load("text2img") | {"60": node("CheckpointLoaderSimple", ckpt_name="gone.safetensors")}
    assert missing_resources(graph, INFO) == ()


def test_uploaded_images_are_not_looked_for_in_the_list() -> None:
    graph = load("text2img")
    graph["60"] = node("LoadImage", image="kitsumy/face.png")
    graph["9"]["inputs"]["images"] = ["60", 0]
    assert missing_resources(graph, INFO) == ()


def test_a_model_in_a_folder_of_the_server_is_found_by_its_file_name() -> None:
    graph = {
        "1": node("CheckpointLoaderSimple", ckpt_name="hero.safetensors"),
        "2": node("LoraLoaderModelOnly", lora_name="twice.safetensors", model=["1", 0]),
        "3": node("KSampler", sampler_name="euler", seed=1),
    }
    info = {
        "CheckpointLoaderSimple": {
            "input": {"required": {"ckpt_name": [["sdxl\\hero.safetensors", "x.ckpt"]]}}
        },
        "LoraLoaderModelOnly": {
            "input": {
                "required": {
                    "lora_name": ["COMBO", {"options": ["a/twice.safetensors", "b/twice.safetensors"]}]
                }
            }
        },
    }
    named = fitted(graph, info)
    assert named["1"]["inputs"]["ckpt_name"] == "sdxl\\hero.safetensors"
    assert (named["2"], named["3"]) == (graph["2"], graph["3"])


def test_an_input_that_a_newer_server_requires_gets_its_default() -> None:
    spec = {
        "steps": ["INT", {"default": 16}],
        "how": [["lanczos", "area"], {}],
        "image": ["IMAGE"],
        "old": ["INT", {"default": 1}],
    }
    info = {"Scale": {"input": {"required": spec, "optional": {"more": ["INT", {"default": 5}]}}}}
    assert fitted({"1": node("Scale", old=3)}, info)["1"]["inputs"] == {
        "steps": 16,
        "how": "lanczos",
        "old": 3,
    }


@pytest.mark.parametrize(
    ("spec", "choices"),
    [
        ([["a", "b"], {}], ["a", "b"]),
        ([["a"]], ["a"]),
        (["COMBO", {"options": ["a"]}], ["a"]),
        (["COMBO", {"remote": {}}], None),
        (["COMBO"], None),
        (["INT", {"options": ["a"]}], None),
        ([], None),
        (None, None),
        ("COMBO", None),
    ],
)
def test_both_spellings_of_a_choice_list_are_read(spec: Any, choices: Any) -> None:
    assert choices_of(spec) == choices


@pytest.mark.parametrize(
    "info", [{}, {"KSampler": None}, {"KSampler": {"input": []}}, {"KSampler": {"input": {"required": 5}}}]
)
def test_an_odd_list_of_nodes_does_no_harm(info: Any) -> None:
    assert all(m.kind == "node" for m in missing_resources(load("text2img"), info))
    assert fitted(load("text2img"), info) == load("text2img")


@pytest.mark.parametrize("text", ["= 5", "model = 5", "[[model]]\nname = 5", "[[model]]\nname = 'x'"])
def test_unreadable_requirements_are_refused(text: str) -> None:
    with pytest.raises(WorkflowError):
        read_requirements(text)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_model_of_a_shipped_workflow_is_in_the_requirements(name: str) -> None:
    known = {r.name for r in read_requirements((FOLDER / "requirements.toml").read_text("utf-8"))}
    values = {v for n in load(name).values() for v in n["inputs"].values() if isinstance(v, str)}
    assert {v for v in values if v.endswith(".safetensors")} <= known


@pytest.mark.parametrize("name", SHIPPED)
def test_every_node_of_a_shipped_workflow_is_the_servers_own_or_in_the_requirements(name: str) -> None:
    known = read_requirements((FOLDER / "requirements.toml").read_text("utf-8"))
    own = {"easy loraStackApply"} | {r.name for r in known if r.kind == "node"}
    classes = {n["class_type"] for n in load(name).values()}
    assert not {m.name for m in missing_resources(load(name), CORE) if m.kind == "node"} - own, classes
