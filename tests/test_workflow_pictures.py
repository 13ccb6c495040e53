"""Pictures, LoRAs and optional nodes: what a graph becomes for a request and a server."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import Graph, read_graph
from kitsumy_core.render.library import Workflows
from kitsumy_core.render.request import DiffusionRequest, LoraUse
from kitsumy_core.render.workflow import bind, build, facts_of, renamed_pictures
from kitsumy_core.render.workflow_batch import batched
from tests.workflow_graphs import (
    advanced_steps,
    easy_info,
    editors_inpainting,
    editors_kontext,
    everything_in_one_loader,
    kinds,
    load,
    node,
    places,
    split_sigmas,
    untitled,
    url_info,
)

REQUEST = DiffusionRequest(prompt="a lighthouse", width=832, height=1216, steps=20, seed=7)


ALL = [
    *(load(name) for name in Workflows().names()),
    *(untitled(load(name)) for name in Workflows().names()),
    *(editors_inpainting(), editors_kontext(), advanced_steps(), split_sigmas()),
    everything_in_one_loader(),
]


def built(graph: Graph, request: DiffusionRequest, info: dict[str, Any] | None = None) -> Graph:
    """Return the graph to post; a broken link in it is an error."""
    return read_graph(json.loads(json.dumps(build(graph, request, "kitsumy/job", info))))


def refused(graph: Graph, request: DiffusionRequest) -> tuple[str, Any]:
    with pytest.raises(WorkflowError) as caught:
        build(graph, request, "p")
    return caught.value.error_code, caught.value.params.get("slot")


def pictures(graph: Graph) -> list[str]:
    return [n["inputs"]["image"] for n in graph.values() if n["class_type"].startswith("LoadImage")]


# -- what pictures are for


def test_pictures_nobody_titled_are_told_apart_by_where_they_lead() -> None:
    for name, slot, count in (
        ("img2img", "image", 1),
        ("inpaint", "image", 1),
        ("inpaint", "mask", 1),
        ("pose", "pose", 1),
        ("ip_adapter", "reference", 2),
        ("flux_kontext", "reference", 4),
        ("upscale", "image", 1),
    ):
        titled, walked = bind(load(name)), bind(untitled(load(name)))
        assert walked.of(slot)
        assert len(walked.of(slot)) == count
        assert places(titled)[slot] == places(walked)[slot], name


def test_facts_say_what_each_shipped_workflow_can_do() -> None:
    facts = {name: facts_of(name, load(name)) for name in Workflows().names()}
    assert {n for n, f in facts.items() if f.needs_source} == {"img2img", "inpaint", "upscale"}
    assert {n for n, f in facts.items() if f.needs_mask} == {"inpaint"}
    assert {n for n, f in facts.items() if f.takes_pose} == {"pose"}
    assert (
        {n for n, f in facts.items() if not f.draws}
        == {n for n, f in facts.items() if f.upscales}
        == {"upscale"}
    )
    assert {n: f.references for n, f in facts.items() if f.references} == {"flux_kontext": 4, "ip_adapter": 2}
    assert (facts["text2img"].keeps_apart, facts["flux_kontext"].keeps_apart) == (1, 4)
    assert all(f.takes_source for f in facts.values())


# -- references


@pytest.mark.parametrize("count", range(5))
def test_kontext_chains_as_many_references_as_there_are(count: int) -> None:
    names = tuple(f"ref{n}" for n in range(count))
    graph = built(load("flux_kontext"), REQUEST.but(references=names))
    assert pictures(graph) == list(names)
    assert kinds(graph).count("ReferenceLatent") == kinds(graph).count("VAEEncode") == count
    conditioning = graph["5"]["inputs"]["conditioning"][0]
    for _ in range(count):
        assert graph[conditioning]["class_type"] == "ReferenceLatent"
        conditioning = graph[conditioning]["inputs"]["conditioning"][0]
    assert graph[conditioning]["class_type"] == "CLIPTextEncode"


def test_an_adapter_without_a_picture_is_left_out_with_its_models() -> None:
    graph = built(load("ip_adapter"), REQUEST)
    assert not {"IPAdapterAdvanced", "IPAdapterModelLoader", "CLIPVisionLoader"} & set(kinds(graph))
    assert graph["3"]["inputs"]["model"] == ["4", 0]
    assert kinds(built(load("ip_adapter"), REQUEST.but(references=("a",)))).count("IPAdapterAdvanced") == 1


def test_of_two_pictures_side_by_side_one_may_be_missing_and_the_other_too() -> None:
    graph = editors_kontext()
    assert places(bind(graph))["reference"] == [("20", "image"), ("21", "image")]
    one = built(graph, REQUEST.but(references=("only",)))
    assert "ImageStitch" not in kinds(one)
    assert one["23"]["inputs"]["image"] == ["20", 0]
    assert "ReferenceLatent" not in kinds(built(graph, REQUEST))
    graph["8"]["inputs"]["latent_image"] = ["24", 0]
    assert refused(graph, REQUEST) == ("workflow-needs-picture", "reference")


def test_more_references_than_places_are_refused() -> None:
    assert refused(load("text2img"), REQUEST.but(references=("a",))) == ("workflow-slot-missing", "reference")


# -- source, mask, pose


def test_a_workflow_that_works_on_a_picture_refuses_to_go_without() -> None:
    assert refused(load("img2img"), REQUEST) == ("workflow-needs-picture", "image")
    assert refused(load("inpaint"), REQUEST.but(source="a")) == ("workflow-needs-picture", "mask")
    assert refused(load("text2img"), REQUEST.but(mask="m")) == ("workflow-slot-missing", "mask")


@pytest.mark.parametrize("name", ["text2img", "flux_text2img", "img2img"])
def test_a_mask_is_built_in_where_the_sampler_takes_its_latent(name: str) -> None:
    graph = built(load(name), REQUEST.but(source="take", mask="mask", denoise=0.9))
    sampler = next(n for n in graph.values() if n["class_type"] == "KSampler")["inputs"]
    masked = graph[sampler["latent_image"][0]]
    assert (masked["class_type"], sampler["denoise"]) == ("SetLatentNoiseMask", 0.9)
    saved = next(n for n in graph.values() if n["class_type"] == "SaveImage")["inputs"]["images"][0]
    over = graph[saved]
    assert over["class_type"] == "ImageCompositeMasked"
    assert graph[over["inputs"]["source"][0]]["class_type"] == "VAEDecode"
    assert graph[over["inputs"]["destination"][0]]["class_type"] == "ImageScale"
    assert over["inputs"]["mask"] == masked["inputs"]["mask"]


def test_a_mask_that_was_painted_into_transparency_is_replaced_by_ours() -> None:
    graph = editors_inpainting()
    assert (places(bind(graph))["image"], places(bind(graph))["mask"]) == ([("20", "image")],) * 2
    filled = built(graph, REQUEST.but(source="take", mask="mask", denoise=0.9))
    mask = filled[filled["21"]["inputs"]["mask"][0]]
    assert (mask["class_type"], mask["inputs"]) == ("LoadImageMask", {"image": "mask", "channel": "red"})
    assert filled["20"]["inputs"]["image"] == "take"


def test_a_pose_is_used_where_there_is_one_and_left_out_where_not() -> None:
    posed = built(load("pose"), REQUEST.but(control="pose"))
    assert pictures(posed) == ["pose"]
    assert "DWPreprocessor" not in kinds(posed)
    assert "DWPreprocessor" in kinds(built(load("pose"), REQUEST.but(control="p"), {"DWPreprocessor": {}}))
    older = built(load("pose"), REQUEST.but(control="p"), {"OpenposePreprocessor": {}})
    assert "DWPreprocessor" not in kinds(older)
    (finder,) = (node for node in older.values() if node["class_type"] == "OpenposePreprocessor")
    assert "pose_estimator" not in finder["inputs"]
    assert finder["inputs"]["detect_body"] == "enable"
    free = built(load("pose"), REQUEST)
    assert not {"ControlNetApplyAdvanced", "ControlNetLoader", "LoadImage"} & set(kinds(free))
    assert free["3"]["inputs"]["positive"] == ["6", 0]
    assert refused(load("text2img"), REQUEST.but(control="p")) == ("workflow-slot-missing", "pose")


def test_an_upscaler_needs_no_words_and_brings_the_size_asked_for() -> None:
    request = REQUEST.but(prompt="", source="take", upscale=2.0, width=2048, height=1280)
    graph = built(load("upscale"), request)
    assert (graph["4"]["inputs"]["width"], graph["4"]["inputs"]["height"]) == (2048, 1280)


def test_the_pictures_get_the_names_that_the_server_gave_them_and_nothing_else_does() -> None:
    graph = built(load("inpaint"), REQUEST.but(source="red", mask="b", denoise=0.9))
    renamed = renamed_pictures(graph, {"red": "kitsumy/a (1).png", "b": "kitsumy/b.png"})
    assert pictures(renamed) == ["kitsumy/a (1).png", "kitsumy/b.png"]
    assert renamed["20"]["inputs"]["channel"] == "red"


def test_a_graph_without_a_place_for_how_many_repeats_its_latent() -> None:
    graph = untitled(load("img2img"))
    graph["3"]["inputs"]["latent_image"] = ["12", 0]
    del graph["5"]
    many = built(graph, REQUEST.but(source="take", batch=3, denoise=0.5))
    repeat = many[many["3"]["inputs"]["latent_image"][0]]
    assert (repeat["class_type"], repeat["inputs"]) == (
        "RepeatLatentBatch",
        {"amount": 3, "samples": ["12", 0]},
    )


# -- other samplers


def test_a_sampler_without_a_strength_starts_at_a_later_step() -> None:
    graph = built(advanced_steps(), REQUEST.but(source="take", denoise=0.45))
    assert graph["3"]["inputs"]["start_at_step"] == 11
    assert graph["3"]["inputs"]["noise_seed"] == 7
    assert built(advanced_steps(), REQUEST)["3"]["inputs"]["start_at_step"] == 0


def test_steps_are_found_through_nodes_that_split_them() -> None:
    found = places(bind(split_sigmas()))
    assert (found["steps"], found["seed"], found["cfg"]) == (
        [("33", "steps")],
        [("30", "noise_seed")],
        [("5", "guidance")],
    )
    assert found["denoise"] == [("33", "denoise")]


def test_a_loader_that_takes_everything_is_bound_to_what_it_takes() -> None:
    found = places(bind(everything_in_one_loader()))
    assert (found["prompt"], found["negative"]) == ([("1", "positive")], [("1", "negative")])
    assert (found["width"], found["height"]) == (
        [("1", "empty_latent_width")],
        [("1", "empty_latent_height")],
    )
    assert (found["batch"], found["checkpoint"]) == ([("1", "batch_size")], [("1", "ckpt_name")])
    assert found["seed"] == [("2", "seed")]


# -- LoRAs and optional nodes


TEN = tuple(LoraUse(name=f"l{n}", strength=n / 10) for n in range(10))


def test_a_lora_stack_is_used_where_the_server_has_it_and_core_nodes_elsewhere() -> None:
    stacked = built(load("flux_lora_stack"), REQUEST.but(loras=TEN), easy_info())
    assert "LoraLoader" not in kinds(stacked)
    stack = stacked["20"]["inputs"]
    assert [stack[f"lora_{n}_name"] for n in range(1, 11)] == [lora.name for lora in TEN]
    assert (stack["num_loras"], stack["lora_10_strength"]) == (10, 0.9)
    core = built(load("flux_lora_stack"), REQUEST.but(loras=TEN), {})
    assert kinds(core).count("LoraLoader") == 10
    assert not {"easy loraStack", "easy loraStackApply", "TeaCache"} & set(kinds(core))
    assert built(load("flux_lora_stack"), REQUEST.but(loras=TEN)) == core


def test_a_lora_stack_without_loras_is_left_out_and_what_makes_faster_stays() -> None:
    graph = built(load("flux_lora_stack"), REQUEST, easy_info())
    assert not {"easy loraStack", "easy loraStackApply"} & set(kinds(graph))
    assert graph["8"]["inputs"]["model"] == ["22", 0]
    assert graph["22"]["inputs"]["model"] == ["1", 0]
    assert graph["4"]["inputs"]["clip"] == ["2", 0]


def test_a_server_that_fetches_loras_gets_the_address_of_those_it_lacks() -> None:
    address = "https://example.org/hero.safetensors"
    loras = (LoraUse(name="here.safetensors", url=address), LoraUse(name="gone", strength=0.7, url=address))
    graph = built(load("flux_text2img"), REQUEST.but(loras=loras), url_info())
    fetched = [n["inputs"] for n in graph.values() if n["class_type"] == "Load LoRA From URL"]
    assert [(f["url"], f["strength"]) for f in fetched] == [(address, 0.7)]
    assert [n["inputs"]["lora_name"] for n in graph.values() if "lora_name" in n["inputs"]] == [
        "here.safetensors"
    ]
    assert "Load LoRA From URL" not in kinds(built(load("flux_text2img"), REQUEST.but(loras=loras), {}))


def test_an_optional_node_that_others_cannot_do_without_is_refused() -> None:
    graph = load("text2img")
    graph["4"]["_meta"]["title"] = "Model @optional"
    assert refused(graph, REQUEST)[0] == "workflow-optional-needed"


# -- several panels as one


def test_panels_of_a_batch_share_what_is_the_same_and_keep_their_own_files() -> None:
    graphs = {
        job: build(load("text2img"), REQUEST.but(prompt=text, seed=seed), f"kitsumy/{job}")
        for job, text, seed in (("j1", "a fox", 1), ("j2", "a fox", 2), ("j3", "an owl", 3))
    }
    whole = read_graph(batched(graphs))
    assert kinds(whole).count("CheckpointLoaderSimple") == 1
    assert kinds(whole).count("CLIPTextEncode") == 3
    assert kinds(whole).count("KSampler") == kinds(whole).count("SaveImage") == 3
    prefixes = {n["inputs"]["filename_prefix"] for n in whole.values() if n["class_type"] == "SaveImage"}
    assert prefixes == {"kitsumy/j1", "kitsumy/j2", "kitsumy/j3"}
    with pytest.raises(WorkflowError):
        batched({"j": {"1": node("EmptyImage", width=8), "2": node("PreviewImage", images=["1", 0])}})


# -- whatever people bring


def damaged(graph: Graph, draw: Any) -> dict[str, Any]:
    """Return a graph from which things are missing, or in which they are something else."""
    graph = copy.deepcopy(graph)
    for _ in range(draw.draw(st.integers(1, 3))):
        name = draw.draw(st.sampled_from(sorted(graph)))
        inputs = graph[name]["inputs"]
        what = draw.draw(st.sampled_from(("input", "value", "kind", "title")))
        if what in ("input", "value") and inputs:
            key = draw.draw(st.sampled_from(sorted(inputs)))
            link = [draw.draw(st.sampled_from(sorted(graph))), draw.draw(st.integers(0, 2))]
            if what == "input":
                del inputs[key]
            else:
                inputs[key] = draw.draw(st.sampled_from((5, "x", None, {}, link)))
        elif what == "kind":
            graph[name]["class_type"] = draw.draw(
                st.sampled_from(("KSampler", "LoadImage", "VAEDecode", "X"))
            )
        else:
            title = draw.draw(st.sampled_from(("@optional", "@mask @image", "@lora", "@reference2", "!seed")))
            hand = draw.draw(st.sampled_from((None, {"seed": 5}, {"prompt": {"text": 0}}, {"mask": {}})))
            graph[name]["_meta"] = {"title": title, "kitsumy": hand}
    return graph


@given(st.data())
def test_any_graph_becomes_one_that_can_be_posted_or_a_word_why_not(draw: Any) -> None:
    graph = draw.draw(st.sampled_from(ALL))
    some = st.sampled_from
    request = REQUEST.but(
        source=draw.draw(some(("", "s"))),
        mask=draw.draw(some(("", "m"))),
        references=draw.draw(some(((), ("a",), ("a", "b")))),
        loras=draw.draw(some(((), TEN[:1], (LoraUse(name="l", url="u"),)))),
        batch=draw.draw(some((1, 2))),
        denoise=0.5,
    )
    with contextlib.suppress(WorkflowError):
        known = read_graph(damaged(graph, draw))
        facts_of("x", known)
        made = build(known, request, "p", draw.draw(some((None, easy_info(), url_info()))))
        try:
            read_graph(made)
        except WorkflowError as error:
            raise AssertionError("a graph that cannot be posted") from error
