"""Graphs: reading, finding slots, filling them, and checking them against what a server has."""

from __future__ import annotations

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.request import DiffusionRequest, LoraUse
from kitsumy_core.render.workflow import (
    Graph,
    Slots,
    bind,
    facts_of,
    fill,
    graph_hash,
    read_graph,
)
from kitsumy_core.render.workflow_slots import corrected

FOLDER = Path(__file__).parents[1] / "workflows"
SHIPPED = ("text2img", "flux_text2img")
REQUEST = DiffusionRequest(
    prompt='a "quoted" {lighthouse}', negative="fog", width=832, height=1216, steps=28, seed=7, batch=2
)


def load(name: str) -> Graph:
    return read_graph((FOLDER / f"{name}.json").read_bytes())


def untitled(graph: Graph) -> Graph:
    return {n: {k: v for k, v in node.items() if k != "_meta"} for n, node in graph.items()}


def places(slots: Slots) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for b in slots.bindings:
        found.setdefault(b.slot, []).append((b.node, b.input))
    return found


def node(class_type: str, title: str = "", **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs, **({"_meta": {"title": title}} if title else {})}


def custom_sampler_graph() -> Graph:
    """Return a Flux graph of the advanced kind: noise, guider, sampler and sigmas are nodes of their own."""
    return {
        "1": node("UNETLoader", unet_name="flux1-dev.safetensors", weight_dtype="default"),
        "2": node(
            "DualCLIPLoader", clip_name1="clip_l.safetensors", clip_name2="t5.safetensors", type="flux"
        ),
        "3": node("VAELoader", vae_name="ae.safetensors"),
        "4": node("ModelSamplingFlux", model=["1", 0], max_shift=1.15, base_shift=0.5, width=512, height=512),
        "5": node("CLIPTextEncode", text=["20", 0], clip=["2", 0]),
        "6": node("FluxGuidance", conditioning=["5", 0], guidance=3.5),
        "7": node("BasicGuider", model=["4", 0], conditioning=["6", 0]),
        "8": node("RandomNoise", noise_seed=1),
        "9": node("KSamplerSelect", sampler_name="euler"),
        "10": node("BasicScheduler", model=["4", 0], scheduler="simple", steps=20, denoise=1.0),
        "11": node("EmptySD3LatentImage", width=["21", 0], height=512, batch_size=1),
        "12": node(
            "SamplerCustomAdvanced",
            noise=["8", 0],
            guider=["7", 0],
            sampler=["9", 0],
            sigmas=["10", 0],
            latent_image=["11", 0],
        ),
        "13": node("VAEDecode", samples=["12", 0], vae=["3", 0]),
        "14": node("SaveImage", images=["13", 0], filename_prefix="x"),
        "20": node("PrimitiveStringMultiline", value="old"),
        "21": node("PrimitiveInt", value=512),
    }


# -- reading


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_workflow_reads_and_has_titled_slots(name: str) -> None:
    graph = load(name)
    slots = bind(graph)
    assert {b.found for b in slots.bindings} == {"title"}
    assert {"prompt", "seed", "width", "height", "steps", "cfg", "save", "checkpoint"} <= places(slots).keys()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("{", "workflow-not-json"),
        (b"\xff\xfe\x00", "workflow-not-json"),
        ("[" * 100_000, "workflow-not-json"),
        ("[]", "workflow-not-a-graph"),
        ("{}", "workflow-not-a-graph"),
        ({"nodes": [], "links": [], "version": 0.4}, "workflow-ui-format"),
        ({"1": None}, "workflow-node-broken"),
        ({"1": {"inputs": {}}}, "workflow-node-broken"),
        ({"1": {"class_type": "A"}}, "workflow-node-broken"),
        ({"1": node("A", x=["9", 0])}, "workflow-link-broken"),
        ({"1": node("A", x=["1", 0])}, "workflow-cycle"),
        (
            {"1": node("A", x=["2", 0]), "2": node("B", x=["3", 0]), "3": node("C", x=["2", 0])},
            "workflow-cycle",
        ),
    ],
)
def test_what_is_no_graph_is_refused_with_a_code(data: Any, code: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        read_graph(data)
    assert caught.value.error_code == code


def test_a_graph_inside_a_prompt_key_is_unwrapped() -> None:
    graph = load("text2img")
    assert read_graph(json.dumps({"prompt": graph, "client_id": "x"})) == graph


def test_a_list_of_two_numbers_is_a_value_and_not_a_link() -> None:
    assert read_graph({"1": node("A", range=[0, 1])})["1"]["inputs"]["range"] == [0, 1]


def test_a_long_chain_of_nodes_is_read_without_recursion() -> None:
    chain = {str(n): node("A", x=[str(n + 1), 0]) for n in range(20_000)} | {"20000": node("A")}
    assert len(read_graph(chain)) == 20_001


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda c: st.lists(c) | st.dictionaries(st.text(), c),
    )
)
def test_any_json_is_a_graph_or_a_workflow_error(data: Any) -> None:
    with contextlib.suppress(WorkflowError):
        bind(read_graph(json.dumps(data)))


# -- slots


@pytest.mark.parametrize("name", SHIPPED)
def test_walking_the_links_finds_what_the_titles_say(name: str) -> None:
    graph = load(name)
    walked = bind(untitled(graph))
    assert places(walked) == places(bind(graph))
    assert {b.found for b in walked.bindings} == {"links"}


def test_a_custom_sampler_is_walked_through_guider_noise_and_primitives() -> None:
    assert places(bind(custom_sampler_graph())) == {
        "prompt": [("20", "value")],
        "seed": [("8", "noise_seed")],
        "width": [("4", "width"), ("21", "value")],
        "height": [("4", "height"), ("11", "height")],
        "steps": [("10", "steps")],
        "cfg": [("6", "guidance")],
        "sampler": [("9", "sampler_name")],
        "scheduler": [("10", "scheduler")],
        "denoise": [("10", "denoise")],
        "batch": [("11", "batch_size")],
        "checkpoint": [("1", "unet_name")],
        "save": [("14", "filename_prefix")],
    }


def test_an_sdxl_encoder_takes_both_texts_and_its_sizes() -> None:
    graph = untitled(load("text2img"))
    sizes = {"width": 1, "height": 1, "crop_w": 0, "crop_h": 0, "target_width": 1, "target_height": 1}
    graph["6"] = node("CLIPTextEncodeSDXL", clip=["4", 1], text_g="", text_l="", **sizes)
    filled = fill(graph, bind(graph), REQUEST, "p")["6"]["inputs"]
    assert (filled["text_g"], filled["text_l"]) == (REQUEST.prompt, REQUEST.prompt)
    assert (filled["target_width"], filled["target_height"]) == (832, 1216)


def test_a_controlnet_keeps_positive_and_negative_apart() -> None:
    graph = untitled(load("text2img"))
    graph["20"] = node("ControlNetApplyAdvanced", positive=["6", 0], negative=["7", 0], strength=1.0)
    graph["3"]["inputs"] |= {"positive": ["20", 0], "negative": ["20", 1]}
    found = places(bind(graph))
    assert (found["prompt"], found["negative"]) == ([("6", "text")], [("7", "text")])


def test_a_negative_made_of_the_prompt_by_zeroing_is_not_written_to() -> None:
    assert "negative" not in places(bind(untitled(load("flux_text2img"))))


def test_a_text_that_is_zeroed_anyway_is_not_a_negative() -> None:
    graph = untitled(load("flux_text2img"))
    graph["40"] = node("CLIPTextEncode", text="left alone", clip=["2", 0])
    graph["6"]["inputs"]["conditioning"] = ["40", 0]
    assert "negative" not in places(bind(graph))


def test_one_encoder_for_both_sides_holds_the_prompt() -> None:
    graph = untitled(load("text2img"))
    graph["3"]["inputs"]["negative"] = ["6", 0]
    found = places(bind(graph))
    assert found["prompt"] == [("6", "text")]
    assert "negative" not in found


def two_passes() -> Graph:
    graph = untitled(load("text2img"))
    graph["30"] = copy.deepcopy(graph["3"])
    graph["30"]["inputs"] |= {"latent_image": ["3", 0], "denoise": 0.5, "steps": 8}
    graph["8"]["inputs"]["samples"] = ["30", 0]
    return graph


def test_two_passes_share_prompt_and_seed_and_keep_their_own_steps() -> None:
    graph = two_passes()
    filled = fill(graph, bind(graph), REQUEST.but(denoise=0.3), "p")
    assert filled["3"]["inputs"]["seed"] == filled["30"]["inputs"]["seed"] == 7
    assert (filled["3"]["inputs"]["steps"], filled["30"]["inputs"]["steps"]) == (20, 8)
    assert (filled["30"]["inputs"]["denoise"], filled["5"]["inputs"]["width"]) == (0.5, 832)


def test_a_titled_slot_replaces_what_the_links_say_about_it_and_nothing_else() -> None:
    graph = two_passes()
    graph["30"]["_meta"] = {"title": "Second pass @steps"}
    found = places(bind(graph))
    assert found["steps"] == [("30", "steps")]
    assert found["prompt"] == [("6", "text")]


def test_numbered_titles_give_the_order_of_images() -> None:
    graph = untitled(load("text2img"))
    graph |= {"40": node("LoadImage", "@image2", image="b"), "41": node("LoadImage", "@image1", image="a")}
    filled = fill(graph, bind(graph), REQUEST.but(source="one", references=("two",)), "p")
    assert (filled["41"]["inputs"]["image"], filled["40"]["inputs"]["image"]) == ("one", "two")


def test_a_binding_made_by_hand_replaces_title_and_walk() -> None:
    graph = load("text2img")
    changed = corrected(graph, {"seed": [("5", "width")], "negative": [], "prompt": [("99", "text")]})
    found = places(bind(changed))
    assert found["seed"] == [("5", "width")]
    assert "negative" not in found
    assert found["prompt"] == [("6", "text")]
    assert {b.slot for b in bind(changed).bindings if b.found == "hand"} == {"seed"}
    assert graph == load("text2img")
    assert places(bind(read_graph(json.dumps(changed)))) == found
    again = corrected(changed, {"seed": [("3", "seed")]})
    assert places(bind(again)) == {k: v for k, v in places(bind(graph)).items() if k != "negative"}


def test_a_slot_a_title_leaves_alone_is_not_walked_to() -> None:
    graph = untitled(load("text2img"))
    graph["3"]["_meta"] = {"title": "Fixed !steps !cfg"}
    assert {"steps", "cfg"} & places(bind(graph)).keys() == set()
    assert "seed" in places(bind(graph))


@pytest.mark.parametrize("meta", [None, 5, {}, {"title": None}, {"title": "@nothing @ mail@home"}])
def test_odd_titles_do_no_harm(meta: Any) -> None:
    graph = untitled(load("text2img"))
    graph["3"]["_meta"] = meta
    assert places(bind(graph)) == places(bind(load("text2img")))


# -- filling


def test_filling_writes_every_value_and_leaves_the_file_alone() -> None:
    graph = load("text2img")
    before = copy.deepcopy(graph)
    request = REQUEST.but(cfg=5.5, sampler="euler", scheduler="karras", checkpoint="other.safetensors")
    filled = fill(graph, bind(graph), request, "kitsumy/job")
    assert graph == before
    assert filled["6"]["inputs"]["text"] == 'a "quoted" {lighthouse}'
    assert filled["7"]["inputs"]["text"] == "fog"
    assert filled["5"]["inputs"] == {"width": 832, "height": 1216, "batch_size": 2}
    sampler = filled["3"]["inputs"]
    assert (sampler["seed"], sampler["steps"], sampler["cfg"]) == (7, 28, 5.5)
    assert (sampler["sampler_name"], sampler["scheduler"]) == ("euler", "karras")
    assert filled["4"]["inputs"]["ckpt_name"] == "other.safetensors"
    assert filled["9"]["inputs"]["filename_prefix"] == "kitsumy/job"


def test_what_a_request_does_not_say_stays_as_in_the_file() -> None:
    graph = load("text2img")
    filled = fill(graph, bind(graph), REQUEST, "p")["3"]["inputs"]
    assert (filled["cfg"], filled["sampler_name"], filled["denoise"]) == (7.0, "euler_ancestral", 1.0)


def test_a_prompt_without_a_place_is_refused() -> None:
    graph = {"1": node("EmptyImage", width=1), "2": node("SaveImage", images=["1", 0], filename_prefix="")}
    with pytest.raises(WorkflowError) as caught:
        fill(graph, bind(graph), REQUEST, "p")
    assert caught.value.params["slot"] == "prompt"
    assert fill(graph, bind(graph), REQUEST.but(prompt=""), "p")["2"]["inputs"]["filename_prefix"] == "p"


def test_slots_of_another_graph_are_refused() -> None:
    with pytest.raises(WorkflowError) as caught:
        fill(load("flux_text2img"), bind(load("text2img")), REQUEST, "p")
    assert caught.value.error_code == "workflow-slot-lost"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_take_to_refine_takes_the_place_of_the_empty_latent(name: str) -> None:
    graph = load(name)
    filled = read_graph(fill(graph, bind(graph), REQUEST.but(source="take.png", denoise=0.45), "p"))
    sampler = next(n for n in filled.values() if n["class_type"] == "KSampler")["inputs"]
    repeat = filled[sampler["latent_image"][0]]["inputs"]
    encode = filled[repeat["samples"][0]]
    scale = filled[encode["inputs"]["pixels"][0]]
    assert (sampler["denoise"], repeat["amount"]) == (0.45, 2)
    assert (encode["class_type"], scale["class_type"]) == ("VAEEncode", "ImageScale")
    assert (scale["inputs"]["width"], scale["inputs"]["height"]) == (832, 1216)
    assert filled[scale["inputs"]["image"][0]]["inputs"]["image"] == "take.png"
    assert "EmptyLatentImage" not in {n["class_type"] for n in filled.values()}


def test_more_images_than_places_are_refused() -> None:
    graph = load("text2img")
    with pytest.raises(WorkflowError):
        fill(graph, bind(graph), REQUEST.but(source="a", references=("b",), denoise=0.5), "p")


@pytest.mark.parametrize("name", SHIPPED)
def test_loras_are_chained_behind_the_loader_in_order(name: str) -> None:
    graph = load(name)
    loras = (LoraUse(name="style"), LoraUse(name="hero", strength=0.85))
    filled = read_graph(fill(graph, bind(graph), REQUEST.but(loras=loras), "p"))
    sampler = next(n for n in filled.values() if n["class_type"] == "KSampler")["inputs"]
    last = filled[sampler["model"][0]]["inputs"]
    first = filled[last["model"][0]]["inputs"]
    assert (first["lora_name"], last["lora_name"], last["strength_model"]) == ("style", "hero", 0.85)
    assert "Loader" in filled[first["model"][0]]["class_type"]
    encoder = next(n for n in filled.values() if n["class_type"] == "CLIPTextEncode")["inputs"]
    assert encoder["clip"] == [sampler["model"][0], 1]


def with_lora_node() -> Graph:
    graph = load("text2img")
    lora = {"lora_name": "old", "strength_model": 1.0, "strength_clip": 1.0}
    graph["50"] = node("LoraLoader", "@lora", model=["4", 0], clip=["4", 1], **lora)
    graph["3"]["inputs"]["model"] = ["50", 0]
    graph["6"]["inputs"]["clip"] = graph["7"]["inputs"]["clip"] = ["50", 1]
    return graph


def test_a_titled_lora_node_is_used_first() -> None:
    graph = with_lora_node()
    loras = (LoraUse(name="one", strength=0.5), LoraUse(name="two"))
    filled = read_graph(fill(graph, bind(graph), REQUEST.but(loras=loras), "p"))
    assert filled["50"]["inputs"]["lora_name"] == "one"
    assert filled["50"]["inputs"]["strength_clip"] == 0.5
    assert sum(n["class_type"] == "LoraLoader" for n in filled.values()) == 2


def test_a_titled_lora_node_without_a_lora_is_taken_out() -> None:
    graph = with_lora_node()
    filled = read_graph(fill(graph, bind(graph), REQUEST, "p"))
    assert "50" not in filled
    assert filled["3"]["inputs"]["model"] == ["4", 0]
    assert filled["6"]["inputs"]["clip"] == ["4", 1]


def test_eleven_loras_are_too_many() -> None:
    graph = load("text2img")
    with pytest.raises(WorkflowError) as caught:
        fill(graph, bind(graph), REQUEST.but(loras=(LoraUse(name="x"),) * 11), "p")
    assert caught.value.error_code == "workflow-too-many-loras"


def test_the_hash_changes_with_the_file_and_not_with_the_order_of_its_keys() -> None:
    graph = load("text2img")
    turned = dict(reversed(graph.items()))
    other = copy.deepcopy(graph)
    other["3"]["inputs"]["cfg"] = 7.5
    assert graph_hash(graph) == graph_hash(turned) != graph_hash(other)
    assert (facts_of("a", graph).family, facts_of("b", load("flux_text2img")).family) == ("sdxl", "flux")
