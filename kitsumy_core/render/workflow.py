"""Turn an API-format graph and a request into the graph to post: read, bind slots, fill.

A *slot* is a named place for a value of a request (`prompt`, `seed`, `image`...). Slots are found by node
titles (`@prompt`) or, where there are none, by walking the links from the sampler (`workflow_walk`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import Binding, Graph, Slots, graph_hash, read_graph
from kitsumy_core.render.graph_check import fitted
from kitsumy_core.render.profiles import Family, WorkflowFacts
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.workflow_edits import MAX_LORAS, with_loras, without_optional
from kitsumy_core.render.workflow_pictures import can_start_from, with_pictures
from kitsumy_core.render.workflow_slots import bind
from kitsumy_core.render.workflow_walk import samplers

__all__ = [
    "Binding",
    "Graph",
    "Slots",
    "bind",
    "build",
    "facts_of",
    "fill",
    "graph_hash",
    "read_graph",
    "renamed_pictures",
]


def build(
    graph: Graph, request: DiffusionRequest, prefix: str, info: Mapping[str, Any] | None = None
) -> Graph:
    """Return the graph to post to a server whose nodes are `info` (its `/object_info`, None if unknown).

    Optional nodes that the server lacks are left out, LoRAs go the way it knows, and the rest is fitted to
    its version and folders. Arguments and errors otherwise as of `fill`.
    """
    fitting = without_optional(graph, info)
    filled = fill(fitting, bind(fitting), request, prefix, info)
    return fitted(filled, info) if info else filled


def fill(
    graph: Graph,
    slots: Slots,
    request: DiffusionRequest,
    prefix: str,
    info: Mapping[str, Any] | None = None,
) -> Graph:
    """Return a copy of the graph with the request's values in its slots and `prefix` as the output files'
    name.

    Pictures are written in under the names that the request has for them (see `renamed_pictures`); they and
    LoRAs are built in where the graph has no place for them and that can be done. Raises WorkflowError where
    a value finds no place, or a place that cannot be empty finds no value.
    """
    filled = copy.deepcopy(graph)
    for slot, value in _values(request, prefix):
        places = slots.of(slot)
        if not places and slot == "prompt" and (samplers(graph) or not request.source):
            raise WorkflowError("workflow-slot-missing", slot=slot)
        for place in places:
            _put(filled, place, _later(request) if place.input == "start_at_step" else value)
    with_loras(filled, slots, request.loras, info)
    with_pictures(filled, slots, request)
    return filled


def renamed_pictures(graph: Graph, names: Mapping[str, str]) -> Graph:
    """Return a filled graph in which loaded pictures have the names that a server gave them."""

    def renamed(name: str, value: Any) -> Any:
        return names.get(value, value) if "image" in name and isinstance(value, str) else value

    return {
        node_id: {**node, "inputs": {n: renamed(n, v) for n, v in node["inputs"].items()}}
        for node_id, node in graph.items()
    }


def facts_of(name: str, graph: Graph) -> WorkflowFacts:
    """Return what a workflow can do, and what choosing a request's size and strength has to know of it."""
    slots = bind(graph)
    draws = bool(samplers(graph))
    starts = bool(slots.of("image")) or (draws and can_start_from(graph, slots))
    references = len(slots.of("reference")) + max(0, len(slots.of("image")) - 1)
    family = _family(graph)
    return WorkflowFacts(
        name=name,
        hash=graph_hash(graph),
        family=family,
        draws=draws,
        needs_source=bool(slots.of("image")),
        takes_source=starts,
        needs_mask=bool(slots.of("mask")),
        takes_mask=bool(slots.of("mask")) or (draws and starts),
        takes_pose=bool(slots.of("pose")),
        references=references,
        loras=MAX_LORAS if slots.of("lora") or slots.of("checkpoint") else 0,
        takes_negative=bool(slots.of("negative")),
        upscales=not draws and bool(slots.of("image")),
        keeps_apart=_keeps_apart(graph, references, family) if draws else 0,
    )


def _keeps_apart(graph: Graph, references: int, family: Family) -> int:
    """Return how many characters of one picture stay themselves: by their pictures, else by words alone.

    Adapters lay the looks of all their pictures over the whole image.
    """
    blends = any("IPAdapter" in node["class_type"] for node in graph.values())
    return max(0 if blends else references, 2 if family == "flux" else 1)


def _values(request: DiffusionRequest, prefix: str) -> Iterator[tuple[str, str | int | float]]:
    if request.prompt:
        yield "prompt", request.prompt
    yield from (("negative", request.negative), ("seed", request.seed), ("steps", request.steps))
    yield from (
        ("width", request.width),
        ("height", request.height),
        ("batch", request.batch),
        ("save", prefix),
    )
    if request.denoise < 1:
        yield "denoise", request.denoise
    if request.upscale != 1:
        yield "upscale", request.upscale
    optional = ("cfg", "sampler", "scheduler", "checkpoint")
    yield from ((name, value) for name in optional if (value := getattr(request, name)) is not None)


def _later(request: DiffusionRequest) -> int:
    """Return the step to start at for a sampler that has no strength."""
    return min(request.steps - 1, round(request.steps * (1 - request.denoise)))


def _put(graph: Graph, place: Binding, value: str | int | float) -> None:
    node = graph.get(place.node)
    if node is None or place.input not in node["inputs"]:
        raise WorkflowError("workflow-slot-lost", slot=place.slot, node=place.node, input=place.input)
    node["inputs"][place.input] = value


_FLUX_NODES = {
    *("FluxGuidance", "EmptySD3LatentImage", "ModelSamplingFlux", "CLIPTextEncodeFlux"),
    *("EmptyFlux2LatentImage", "ModelSamplingAuraFlow"),
}


def _family(graph: Graph) -> Family:
    return "flux" if {node["class_type"] for node in graph.values()} & _FLUX_NODES else "sdxl"
