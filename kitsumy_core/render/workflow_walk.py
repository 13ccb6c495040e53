"""Walk a graph's links from its samplers, and from the pictures it loads, to what a request could set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kitsumy_core.render.graph import Binding, Graph, link_of, links_of

TEXT_INPUTS = ("text", "text_g", "text_l", "clip_g", "clip_l", "t5xxl", "prompt", "string")
LATENTS = ("latent_image", "latent")
_AROUND = ("noise", "guider", "sampler", "sigmas")
_REFERENCES = ("ReferenceLatent", "IPAdapter", "CLIPVision", "StyleModel", "unCLIP", "PhotoMaker", "PuLID")
_MORE_REFERENCES = ("InstantID", "InstantId", "Redux", "ImageEdit", "FaceID", "ReferenceImage")


def title_of(node: Mapping[str, Any]) -> str:
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    return title if isinstance(title, str) else ""


def is_sampler(node: Mapping[str, Any]) -> bool:
    """Say whether a node turns noise into a latent: any of the many kinds of sampler."""
    return "Sampler" in node["class_type"] and any(link_of(node["inputs"].get(name)) for name in LATENTS)


def samplers(graph: Graph) -> list[str]:
    """Return the sampler nodes, the first in the flow of latents first."""
    found = sorted((n for n in graph if is_sampler(graph[n])), key=_number)
    before = {n: set(upstream(graph, n, lambda name: True)) for n in found}
    return sorted(found, key=lambda n: len(before[n] & set(found)))


def upstream(graph: Graph, node_id: str, follow: Callable[[str], bool]) -> list[str]:
    """Return the nodes that feed a node through inputs whose name `follow` accepts, nearest first."""
    found: dict[str, None] = {}
    waiting = [node_id]
    while waiting:
        for name, source, _ in links_of(graph[waiting.pop(0)]):
            if follow(name) and source not in found:
                found[source] = None
                waiting.append(source)
    return list(found)


def users_of(graph: Graph, node_id: str) -> list[tuple[str, str, int]]:
    """Return (node, input, output index) of everything linked to a node's outputs."""
    return [(n, name, i) for n, node in graph.items() for name, s, i in links_of(node) if s == node_id]


def places(graph: Graph, node_id: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
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


_At = Callable[..., Iterator[Binding]]


def by_links(graph: Graph) -> Iterator[Binding]:
    """Yield what the links lead to. With several samplers steps, cfg and strength stay as in the file."""

    def at(slot: str, node_id: str, *names: str) -> Iterator[Binding]:
        for node, name in places(graph, node_id, names):
            yield Binding(slot=slot, node=node, input=name, title=title_of(graph[node]))

    found = samplers(graph)
    for sampler in found:
        yield from _of_sampler(graph, sampler, at, alone=len(found) == 1)
    savers = [node_id for node_id, node in graph.items() if "filename_prefix" in node["inputs"]]
    for start in (found or savers)[:1]:
        yield from _of_latent(graph, start, at)
    yield from _of_pictures(graph, at)
    for node_id in savers:
        yield from at("save", node_id, "filename_prefix")


def _of_sampler(graph: Graph, sampler: str, at: _At, alone: bool) -> Iterator[Binding]:
    parts = [sampler, *upstream(graph, sampler, lambda name: name in _AROUND)]
    positive = [e for part in parts for e in _encoders(graph, part, ("positive", "conditioning", "cond1"))]
    negative = [
        e
        for part in parts
        for e in _encoders(graph, part, ("negative",))
        if e not in positive or _loads_texts(graph[e])
    ]
    for slot, encoders, side in (("prompt", positive, "positive"), ("negative", negative, "negative")):
        for encoder in encoders:
            yield from at(slot, encoder, *((side,) if _loads_texts(graph[encoder]) else TEXT_INPUTS))
            yield from at("width", encoder, "width", "target_width", "empty_latent_width")
            yield from at("height", encoder, "height", "target_height", "empty_latent_height")
    for part in parts:
        yield from at("seed", part, "seed", "noise_seed")
        if alone:
            yield from at("steps", part, "steps")
            yield from at("scheduler", part, "scheduler")
            yield from at("denoise", part, "denoise", *_start_step(graph[part]))
            yield from at("sampler", part, "sampler_name")
    guidance = [
        n for part in parts for n in upstream(graph, part, _conditional) if "guidance" in graph[n]["inputs"]
    ]
    if alone:
        for node_id in guidance or parts:
            yield from at("cfg", node_id, "guidance" if guidance else "cfg")
    yield from _of_model(graph, parts, at)


def _of_model(graph: Graph, parts: list[str], at: _At) -> Iterator[Binding]:
    for node_id in (
        n for part in parts for n in upstream(graph, part, lambda name: name in ("model", "guider"))
    ):
        yield from at("checkpoint", node_id, "ckpt_name", "unet_name")
        if graph[node_id]["class_type"] == "ModelSamplingFlux":
            yield from at("width", node_id, "width")
            yield from at("height", node_id, "height")


def _start_step(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the input by which a sampler without a strength of its own starts later."""
    return (
        () if "denoise" in node["inputs"] or node["inputs"].get("start_at_step") != 0 else ("start_at_step",)
    )


def _of_latent(graph: Graph, start: str, at: _At) -> Iterator[Binding]:
    """Yield the size of the first node towards the empty latent (or the source image) that has one."""
    flow = (*LATENTS, "samples", "pixels", "image", "images")
    for node_id in upstream(graph, start, lambda name: name in flow):
        if graph[node_id]["class_type"] == "RepeatLatentBatch":
            yield from at("batch", node_id, "amount")
        if "empty_latent_width" in graph[node_id]["inputs"]:
            yield from at("batch", node_id, "batch_size")
            return
        if {"width", "height"} <= graph[node_id]["inputs"].keys():
            yield from at("width", node_id, "width")
            yield from at("height", node_id, "height")
            yield from at("batch", node_id, "batch_size")
            return


def _of_pictures(graph: Graph, at: _At) -> Iterator[Binding]:
    """Yield the loaded pictures by what they are used for. One whose transparency is used is a mask, too."""
    loaders = (n for n in graph if graph[n]["class_type"] in ("LoadImage", "LoadImageMask"))
    for node_id in sorted(loaders, key=_number):
        uses = _uses(graph, node_id)
        first = next((slot for slot in ("pose", "reference", "image") if slot in uses), None)
        if first is not None:
            yield from at(first, node_id, "image")
        if "mask" in uses and first in (None, "image"):
            yield from at("mask", node_id, "image")
        if not uses:
            yield from at("image", node_id, "image")


def _uses(graph: Graph, loader: str) -> set[str]:
    """Return what a picture is used for, following it until something decides."""
    found: set[str] = set()
    waiting, seen = [loader], {loader}
    while waiting:
        here = waiting.pop(0)
        for user, name, index in users_of(graph, here):
            if (use := _use(graph, here == loader and index == 1, user, name)) is not None:
                found.add(use)
            elif user not in seen:
                seen.add(user)
                waiting.append(user)
    return found


def _use(graph: Graph, transparency: bool, user: str, name: str) -> str | None:
    kind = graph[user]["class_type"]
    if transparency or "mask" in name.lower():
        return "mask"
    if "ControlNet" in kind:
        return "pose"
    if any(word in kind for word in (*_REFERENCES, *_MORE_REFERENCES)):
        return "reference"
    return "image" if is_sampler(graph[user]) or not users_of(graph, user) else None


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
        if _loads_texts(graph[here]) or ("clip" in inputs and any(name in inputs for name in TEXT_INPUTS)):
            found[here] = None
            continue
        both = {"positive", "negative"} <= inputs.keys()
        side = ("positive", "negative")[min(index, 1)]
        starts += [
            (s, i) for name, s, i in links_of(graph[here]) if (name == side if both else _conditional(name))
        ]
    return list(found)


def _loads_texts(node: Mapping[str, Any]) -> bool:
    """Say whether a node is one of those that load a model and encode both texts, written into it."""
    return isinstance(node["inputs"].get("positive"), str)


def _conditional(name: str) -> bool:
    return "cond" in name or name in ("positive", "guider")


def _number(node_id: str) -> tuple[int, str]:
    return (int(node_id), "") if node_id.isdecimal() else (1 << 62, node_id)
