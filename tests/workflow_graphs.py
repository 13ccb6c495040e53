"""Graphs that tests of workflows share: shipped ones, and the kinds that people bring."""

from __future__ import annotations

from typing import Any

from kitsumy_core.render.graph import Graph, Slots
from kitsumy_core.render.library import Workflows


def load(name: str) -> Graph:
    return Workflows().load(name)


def untitled(graph: Graph) -> Graph:
    return {n: {k: v for k, v in node.items() if k != "_meta"} for n, node in graph.items()}


def places(slots: Slots) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for b in slots.bindings:
        found.setdefault(b.slot, []).append((b.node, b.input))
    return found


def node(class_type: str, title: str = "", **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs, **({"_meta": {"title": title}} if title else {})}


def kinds(graph: Graph) -> list[str]:
    return [n["class_type"] for n in graph.values()]


def editors_inpainting() -> Graph:
    """Return what the editor saves for painting by hand: one picture whose transparency is the mask."""
    graph = untitled(load("text2img"))
    graph["20"] = node("LoadImage", image="clipspace.png")
    graph["21"] = node("VAEEncodeForInpaint", pixels=["20", 0], mask=["20", 1], vae=["4", 2], grow_mask_by=6)
    graph["3"]["inputs"]["latent_image"] = ["21", 0]
    del graph["5"]
    return graph


def editors_kontext() -> Graph:
    """Return the editor's usual way to give Kontext two pictures: side by side, also as the canvas."""
    graph = untitled(load("flux_text2img"))
    graph |= {
        "20": node("LoadImage", image="a.png"),
        "21": node("LoadImage", image="b.png"),
        "22": node("ImageStitch", image1=["20", 0], image2=["21", 0], direction="right"),
        "23": node("FluxKontextImageScale", image=["22", 0]),
        "24": node("VAEEncode", pixels=["23", 0], vae=["3", 0]),
        "25": node("ReferenceLatent", conditioning=["4", 0], latent=["24", 0]),
    }
    graph["5"]["inputs"]["conditioning"] = ["25", 0]
    return graph


def advanced_steps() -> Graph:
    """Return a graph of KSamplerAdvanced, whose strength is the step it starts at."""
    graph = untitled(load("text2img"))
    inputs = {k: v for k, v in graph["3"]["inputs"].items() if k not in ("seed", "denoise")}
    more = {"noise_seed": 0, "add_noise": "enable", "start_at_step": 0, "end_at_step": 10_000}
    graph["3"] = node("KSamplerAdvanced", **inputs, **more, return_with_leftover_noise="disable")
    return graph


def split_sigmas() -> Graph:
    """Return a Flux graph with a CFG guider, whose steps come through a node that splits them."""
    graph = untitled(load("flux_text2img"))
    del graph["8"]
    graph |= {
        "7": node("EmptySD3LatentImage", width=512, height=512, batch_size=1),
        "30": node("RandomNoise", noise_seed=1),
        "31": node("CFGGuider", model=["1", 0], positive=["5", 0], negative=["6", 0], cfg=1.0),
        "32": node("KSamplerSelect", sampler_name="euler"),
        "33": node("BasicScheduler", model=["1", 0], scheduler="simple", steps=20, denoise=1.0),
        "34": node("SplitSigmas", sigmas=["33", 0], step=2),
        "35": node(
            "SamplerCustomAdvanced",
            noise=["30", 0],
            guider=["31", 0],
            sampler=["32", 0],
            sigmas=["34", 1],
            latent_image=["7", 0],
        ),
    }
    graph["9"]["inputs"]["samples"] = ["35", 0]
    return graph


def everything_in_one_loader() -> Graph:
    """Return a graph whose loader takes model, both texts and the size, as several node packs have it."""
    loader = {"ckpt_name": "a.safetensors", "positive": "old", "negative": "bad", "batch_size": 1}
    size = {"empty_latent_width": 512, "empty_latent_height": 512}
    links = {"model": ["1", 0], "positive": ["1", 1], "negative": ["1", 2], "latent_image": ["1", 3]}
    values = {"seed": 1, "steps": 20, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal"}
    return {
        "1": node("Efficient Loader", **loader, **size),
        "2": node("KSampler (Efficient)", **links, **values, denoise=1.0, optional_vae=["1", 4]),
        "3": node("SaveImage", images=["2", 5], filename_prefix="x"),
    }


def easy_info() -> dict[str, Any]:
    """Return a server's description of the nodes that the LoRA stack uses where they are."""
    return {name: {"input": {}} for name in ("easy loraStack", "easy loraStackApply", "TeaCache")}


def url_info() -> dict[str, Any]:
    """Return a server's description of a node that fetches LoRAs, and of a LoRA file it has."""
    typed = {"url": ["STRING", {}], "model": ["MODEL"], "strength": ["FLOAT", {"default": 1.0}]}
    files = {"lora_name": [["here.safetensors"]], "model": ["MODEL"]}
    return {
        "Load LoRA From URL": {"input": {"required": typed}, "output": ["MODEL"]},
        "LoraLoaderModelOnly": {"input": {"required": files}, "output": ["MODEL"]},
    }
