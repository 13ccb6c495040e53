"""Find the slots of a graph: by node titles (`@prompt`), else by walking the links from the sampler."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kitsumy_core.render.graph import Binding, Graph, Slots, link_of, links_of

TEXT_INPUTS = ("text", "text_g", "text_l", "clip_g", "clip_l", "t5xxl", "prompt", "string")
SIZES = ("width", "height", "target_width", "target_height")

TITLED: dict[str, tuple[str, ...]] = {
    "prompt": (*TEXT_INPUTS, "value"),
    "negative": (*TEXT_INPUTS, "value"),
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "steps": ("steps", "value"),
    "cfg": ("cfg", "guidance", "value"),
    "sampler": ("sampler_name",),
    "scheduler": ("scheduler",),
    "denoise": ("denoise", "value"),
    "batch": ("batch_size", "value"),
    "checkpoint": ("ckpt_name", "unet_name", "model_name"),
    "image": ("image",),
    "lora": ("lora_name",),
    "save": ("filename_prefix",),
}
"""Slot -> the inputs a node with that title may take its value in. `@size` stands for width, height and
batch.
"""

_ORDER = tuple(TITLED)
_TITLE = re.compile(r"@([a-z]+)(\d*)")
_SAMPLERS = ("KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced")


def bind(graph: Graph) -> Slots:
    """Return the slots of a graph. A titled slot replaces what the links say about it; the rest is filled
    from links.
    """
    titled = list(_by_title(graph))
    named = {b.slot for b in titled}
    walked = (b for b in _by_links(graph) if b.slot not in named)
    unique = {(b.slot, b.node, b.input): b for b in (*titled, *walked)}
    return Slots(bindings=tuple(sorted(unique.values(), key=lambda b: _ORDER.index(b.slot))))


def retitled(graph: Graph, slot: str, nodes: Sequence[str]) -> Graph:
    """Return a copy of the graph in which exactly these nodes carry the title `@slot`: a binding
    corrected by hand.
    """
    changed = {}
    for node_id, node in graph.items():
        words = [w for w in title_of(node).split() if w.rstrip("0123456789") != f"@{slot}"]
        words += [f"@{slot}"] if node_id in nodes else []
        changed[node_id] = {**node, "_meta": {"title": " ".join(words)}}
    return changed


def title_of(node: dict[str, Any]) -> str:
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else None
    return title if isinstance(title, str) else ""


def _by_title(graph: Graph) -> Iterator[Binding]:
    found: list[tuple[int, Binding]] = []
    for node_id, node in graph.items():
        for name, number in _TITLE.findall(title_of(node)):
            for slot in ("width", "height", "batch") if name == "size" else (name,):
                inputs = TITLED.get(slot, ()) if name != "size" else TITLED[slot][:1]
                found += [
                    (
                        int(number or 0),
                        Binding(slot=slot, node=n, input=i, title=title_of(graph[n]), found="title"),
                    )
                    for n, i in _places(graph, node_id, inputs)
                ]
    yield from (binding for _, binding in sorted(found, key=lambda pair: pair[0]))


def _places(graph: Graph, node_id: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield where the values of these inputs are written: the node itself, or the primitive node they are
    linked to.
    """
    for name in names:
        value = graph[node_id]["inputs"].get(name)
        if value is None:
            continue
        if (link := link_of(value)) is None:
            yield node_id, name
        else:
            source = graph[link[0]]["inputs"]
            literal = (n for n in ("value", *TEXT_INPUTS, "seed", "int", "float") if n in source)
            if (first := next(literal, None)) is not None and link_of(source[first]) is None:
                yield link[0], first


def _by_links(graph: Graph) -> Iterator[Binding]:
    """Yield what the samplers' links lead to. With several samplers steps, cfg and strength stay as in
    the file.
    """

    def at(slot: str, node_id: str, *names: str) -> Iterator[Binding]:
        for node, name in _places(graph, node_id, names):
            yield Binding(slot=slot, node=node, input=name, title=title_of(graph[node]))

    samplers = _samplers(graph)
    for sampler in samplers:
        yield from _of_sampler(graph, sampler, at, alone=len(samplers) == 1)
    if samplers:
        yield from _of_latent(graph, samplers[0], at)
    for node_id in sorted((n for n in graph if graph[n]["class_type"] == "LoadImage"), key=_number):
        yield from at("image", node_id, "image")
    for node_id, node in graph.items():
        if "filename_prefix" in node["inputs"]:
            yield from at("save", node_id, "filename_prefix")


_At = Callable[..., Iterator[Binding]]


def _of_sampler(graph: Graph, sampler: str, at: _At, alone: bool) -> Iterator[Binding]:
    parts = [
        sampler,
        *(s for n, s, _ in links_of(graph[sampler]) if n in ("noise", "guider", "sampler", "sigmas")),
    ]
    positive = [e for part in parts for e in _encoders(graph, part, ("positive", "conditioning", "cond1"))]
    negative = [e for part in parts for e in _encoders(graph, part, ("negative",)) if e not in positive]
    for slot, encoders in (("prompt", positive), ("negative", negative)):
        for encoder in encoders:
            yield from at(slot, encoder, *TEXT_INPUTS)
            yield from at("width", encoder, "width", "target_width")
            yield from at("height", encoder, "height", "target_height")
    for part in parts:
        yield from at("seed", part, "seed", "noise_seed")
        if alone:
            yield from (
                b for slot in ("steps", "scheduler", "denoise") for b in at(slot, part, *TITLED[slot][:1])
            )
            yield from at("sampler", part, "sampler_name")
    guidance = [
        n for part in parts for n in _upstream(graph, part, _conditional) if "guidance" in graph[n]["inputs"]
    ]
    if alone:
        for node_id in guidance or parts:
            yield from at("cfg", node_id, "guidance" if guidance else "cfg")
    for node_id in (
        n for part in parts for n in _upstream(graph, part, lambda name: name in ("model", "guider"))
    ):
        yield from at("checkpoint", node_id, "ckpt_name", "unet_name")
        if graph[node_id]["class_type"] == "ModelSamplingFlux":
            yield from at("width", node_id, "width")
            yield from at("height", node_id, "height")


def _of_latent(graph: Graph, sampler: str, at: _At) -> Iterator[Binding]:
    """Yield the size of the first node towards the empty latent (or the source image) that has one."""
    latent = ("latent_image", "latent", "samples", "pixels", "image")
    for node_id in _upstream(graph, sampler, lambda name: name in latent):
        if {"width", "height"} <= graph[node_id]["inputs"].keys():
            yield from at("width", node_id, "width")
            yield from at("height", node_id, "height")
            yield from at("batch", node_id, "batch_size")
            return


def _samplers(graph: Graph) -> list[str]:
    """Return the sampler nodes, the first in the flow of latents first."""
    found = sorted((n for n in graph if graph[n]["class_type"] in _SAMPLERS), key=_number)
    before = {n: set(_upstream(graph, n, lambda name: True)) for n in found}
    return sorted(found, key=lambda n: len(before[n] & set(found)))


def _encoders(graph: Graph, node_id: str, names: tuple[str, ...]) -> list[str]:
    """Return the text encoders behind a node's conditioning inputs of these names, nearest first."""
    starts = [(s, i) for name, s, i in links_of(graph[node_id]) if name in names]
    found: dict[str, None] = {}
    seen: set[tuple[str, int]] = set()
    while starts:
        here, index = starts.pop(0)
        if (here, index) in seen or graph[here]["class_type"] == "ConditioningZeroOut":
            continue
        seen.add((here, index))
        inputs = graph[here]["inputs"]
        if any(name in inputs for name in TEXT_INPUTS) and "clip" in inputs:
            found[here] = None
            continue
        both = {"positive", "negative"} <= inputs.keys()
        side = ("positive", "negative")[min(index, 1)]
        starts += [
            (s, i) for name, s, i in links_of(graph[here]) if (name == side if both else _conditional(name))
        ]
    return list(found)


def _conditional(name: str) -> bool:
    return "cond" in name or name in ("positive", "guider")


def _upstream(graph: Graph, node_id: str, follow: Callable[[str], bool]) -> list[str]:
    """Return the nodes that feed a node through inputs whose name `follow` accepts, nearest first."""
    found: dict[str, None] = {}
    waiting = [node_id]
    while waiting:
        for name, source, _ in links_of(graph[waiting.pop(0)]):
            if follow(name) and source not in found:
                found[source] = None
                waiting.append(source)
    return list(found)


def _number(node_id: str) -> tuple[int, str]:
    return (int(node_id), "") if node_id.isdecimal() else (1 << 62, node_id)
