"""Read API-format graphs: nodes and links as values, checked before anything is done with them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from kitsumy_core.errors import WorkflowError
from kitsumy_core.plan.models import Frozen

Graph = dict[str, dict[str, Any]]
"""Node id -> {class_type, inputs, _meta}; an input is a value or a link `[node id, output index]`."""


class Binding(Frozen):
    """One input of one node that a slot's value is written to."""

    slot: str
    node: str
    input: str
    title: str = ""
    found: str = "links"
    """`title` or `links`."""


class Slots(Frozen):
    """What was bound, in the order in which it is shown."""

    bindings: tuple[Binding, ...] = ()

    def of(self, slot: str) -> tuple[Binding, ...]:
        return tuple(b for b in self.bindings if b.slot == slot)


def read_graph(data: bytes | str | Mapping[str, Any]) -> Graph:
    """Read an API-format graph from a file's content or its parsed JSON.

    Raises WorkflowError: not JSON, not a graph, saved in the editor's own format, a broken node or link,
    a cycle.
    """
    written: object = data
    if isinstance(data, bytes | str):
        try:
            written = json.loads(data)
        except (ValueError, RecursionError):
            raise WorkflowError("workflow-not-json") from None
    if not isinstance(written, Mapping) or not written:
        raise WorkflowError("workflow-not-a-graph")
    if isinstance(written.get("nodes"), list):
        raise WorkflowError("workflow-ui-format")
    if isinstance(inner := written.get("prompt"), Mapping) and "class_type" not in inner:
        written = inner
    graph = {str(node_id): _node(str(node_id), node) for node_id, node in written.items()}
    _check_links(graph)
    return graph


def graph_hash(graph: Graph) -> str:
    """Return the SHA-256 (hex) of the graph in canonical JSON."""
    written = json.dumps(graph, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _node(node_id: str, node: object) -> dict[str, Any]:
    if not isinstance(node, Mapping) or not isinstance(node.get("class_type"), str):
        raise WorkflowError("workflow-node-broken", node=node_id)
    if not isinstance(node.get("inputs"), Mapping):
        raise WorkflowError("workflow-node-broken", node=node_id)
    return {**node, "inputs": dict(node["inputs"])}


def link_of(value: object) -> tuple[str, int] | None:
    """Return (node id, output index) if an input's value is a link, else None."""
    if (
        isinstance(value, list | tuple)
        and len(value) == 2
        and isinstance(value[0], str)
        and type(value[1]) is int
    ):
        return value[0], value[1]
    return None


def links_of(node: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Yield (input, source node id, output index) of a node's linked inputs."""
    for name, value in node["inputs"].items():
        if found := link_of(value):
            yield name, *found


def _check_links(graph: Graph) -> None:
    for node_id, node in graph.items():
        for name, source, index in links_of(node):
            if source not in graph or index < 0:
                raise WorkflowError("workflow-link-broken", node=node_id, input=name, target=source)
    done: set[str] = set()
    for start in graph:
        _refuse_cycles(graph, start, done)


def _refuse_cycles(graph: Graph, start: str, done: set[str]) -> None:
    path: dict[str, Iterator[tuple[str, str, int]]] = {start: links_of(graph[start])}
    while path:
        node_id = next(reversed(path))
        source = next((s for _, s, _ in path[node_id] if s not in done), None)
        if source is None:
            done.add(node_id)
            del path[node_id]
        elif source in path:
            raise WorkflowError("workflow-cycle", node=source)
        else:
            path[source] = links_of(graph[source])
