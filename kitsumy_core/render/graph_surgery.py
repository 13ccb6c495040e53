"""Change a graph that is being filled: add nodes, move links, take nodes out with what needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import Graph, link_of, links_of
from kitsumy_core.render.workflow_walk import TEXT_INPUTS, is_sampler, users_of

Output = tuple[str, int]
"""A node's id and the index of one of its outputs."""

_PAIRS = {"image1": "image2", "image2": "image1", "image_from": "image_to", "image_to": "image_from"}
_OPTIONAL = ("TextEncodeQwenImageEdit", "ImageEditPlus")


def new_id(graph: Graph, stem: str) -> str:
    """Return a node id that the graph does not have yet."""
    return next(name for n in range(len(graph) + 1) if (name := f"kitsumy-{stem}-{n}") not in graph)


def add(graph: Graph, stem: str, class_type: str, **inputs: Any) -> str:
    """Add a node and return its id; a tuple is a link to an output."""
    node_id = new_id(graph, stem)
    written = {name: list(v) if isinstance(v, tuple) else v for name, v in inputs.items()}
    graph[node_id] = {"class_type": class_type, "inputs": written}
    return node_id


def relink(graph: Graph, changes: Mapping[Output, Output | None]) -> None:
    """Lead every link to one of these outputs to another one; None leaves it."""
    for node in graph.values():
        for name, source, index in list(links_of(node)):
            if target := changes.get((source, index)):
                node["inputs"][name] = list(target)


def bypass(graph: Graph, node_id: str) -> bool:
    """Take out a node that only adds something to a stream: what it was given goes on to its users.

    False, and nothing changed, if it is not such a node.
    """
    through = passes_on(graph[node_id]["inputs"])
    if not through or any(index not in through for _, _, index in users_of(graph, node_id)):
        return False
    sources = [s for _, s, _ in links_of(graph[node_id])]
    relink(graph, {(node_id, index): source for index, source in through.items()})
    del graph[node_id]
    for source in sources:
        _sweep(graph, source)
    return True


def passes_on(inputs: Mapping[str, Any]) -> dict[int, Output]:
    """Return which given output a node that only adds something hands on as each of its own outputs."""
    names: tuple[str, ...]
    if {"positive", "negative"} <= inputs.keys():
        names = ("positive", "negative")
    elif "conditioning" in inputs:
        names = ("conditioning",)
    elif "model" in inputs:
        names = ("model", "clip" if "clip" in inputs else "optional_clip")
    else:
        kinds = ("image", "images", "samples", *(() if set(TEXT_INPUTS) & inputs.keys() else ("clip",)))
        names = next(((name,) for name in kinds if name in inputs), ())
    found = {index: link_of(inputs.get(name)) for index, name in enumerate(names)}
    return {index: link for index, link in found.items() if link}


def take_out(graph: Graph, node_id: str, slot: str) -> None:
    """Remove a node with everything that cannot do without it, up to nodes that only add to a stream.

    Raises WorkflowError naming `slot` when the picture itself could not be made any more.
    """
    waiting = [node_id]
    while waiting:
        gone = waiting.pop()
        node = graph.pop(gone, None)
        if node is None:
            continue
        for user, name, _ in users_of(graph, gone):
            inputs = graph[user]["inputs"]
            if is_sampler(graph[user]) or (name == "images" and not users_of(graph, user)):
                raise WorkflowError("workflow-needs-picture", slot=slot)
            del inputs[name]
            if any(word in graph[user]["class_type"] for word in _OPTIONAL):
                continue
            if (other := link_of(inputs.get(_PAIRS.get(name, "")))) is not None:
                relink(graph, {(user, 0): other})
                del graph[user]
            elif name in ("positive", "negative", "conditioning", "model") or not bypass(graph, user):
                waiting.append(user)
        for _, source, _ in links_of(node):
            _sweep(graph, source)


def _sweep(graph: Graph, node_id: str) -> None:
    """Remove a node that nobody uses any more, and what it alone used."""
    waiting = [node_id]
    while waiting:
        here = waiting.pop()
        if here in graph and not users_of(graph, here):
            waiting += [source for _, source, _ in links_of(graph.pop(here))]
