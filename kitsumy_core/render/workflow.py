"""Turn an API-format graph and a request into the graph to post: read, bind slots, fill.

A *slot* is a named place for a value of a request (`prompt`, `seed`, `size`...). Slots are found by node
titles (`@prompt`) or, where there are none, by walking the links from the sampler (`workflow_slots`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import Binding, Graph, Slots, graph_hash, read_graph
from kitsumy_core.render.profiles import Family, WorkflowFacts
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.workflow_edits import with_images, with_loras
from kitsumy_core.render.workflow_slots import bind, retitled

__all__ = ["Binding", "Graph", "Slots", "bind", "facts_of", "fill", "graph_hash", "read_graph", "retitled"]


def facts_of(name: str, graph: Graph) -> WorkflowFacts:
    """Return what choosing a request's size and strength has to know about a workflow."""
    return WorkflowFacts(name=name, hash=graph_hash(graph), family=_family(graph))


def fill(graph: Graph, slots: Slots, request: DiffusionRequest, prefix: str) -> Graph:
    """Return a copy of the graph with the request's values in its slots and `prefix` as the output files'
    name.

    The images of the request must already have the names under which the server knows them. A source image
    or LoRAs the graph has no place for are put in by `workflow_edits`. Raises WorkflowError where a value
    finds no place.
    """
    filled = copy.deepcopy(graph)
    for slot, value in _values(request, prefix):
        places = slots.of(slot)
        if not places and slot == "prompt":
            raise WorkflowError("workflow-slot-missing", slot=slot)
        for place in places:
            _put(filled, place, value)
    with_images(filled, slots, [request.source] * bool(request.source) + list(request.references))
    with_loras(filled, slots, request.loras)
    return filled


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
    optional = ("cfg", "sampler", "scheduler", "checkpoint")
    yield from ((name, value) for name in optional if (value := getattr(request, name)) is not None)


def _put(graph: Graph, place: Binding, value: str | int | float) -> None:
    node = graph.get(place.node)
    if node is None or place.input not in node["inputs"]:
        raise WorkflowError("workflow-slot-lost", slot=place.slot, node=place.node, input=place.input)
    node["inputs"][place.input] = value


def _family(graph: Graph) -> Family:
    classes = {node["class_type"] for node in graph.values()}
    flux = {
        "FluxGuidance",
        "EmptySD3LatentImage",
        "ModelSamplingFlux",
        "CLIPTextEncodeFlux",
        "EmptyFlux2LatentImage",
    }
    return "flux" if classes & flux else "sdxl"
