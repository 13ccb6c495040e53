"""Make one graph of several filled ones, so that a worker does many panels as one job, loading once."""

from __future__ import annotations

import json
from collections.abc import Mapping

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import Graph, link_of, links_of


def batched(graphs: Mapping[str, Graph]) -> Graph:
    """Return a graph that makes the pictures of all these filled graphs, given by job.

    Nodes that are the same in every respect are there once: the same model, the same text. Each graph keeps
    its own saved files, whose names start with what it was filled with. Raises WorkflowError for a graph
    without a node that saves, since its pictures could not be told from the others'.
    """
    whole: Graph = {}
    known: dict[str, str] = {}
    for job, graph in graphs.items():
        if not any("filename_prefix" in node["inputs"] for node in graph.values()):
            raise WorkflowError("workflow-slot-missing", slot="save")
        renamed: dict[str, str] = {}
        for node_id in _in_order(graph):
            node = graph[node_id]
            inputs = {
                name: [renamed[link[0]], link[1]] if (link := link_of(value)) else value
                for name, value in node["inputs"].items()
            }
            made = {"class_type": node["class_type"], "inputs": inputs}
            same = json.dumps(made, sort_keys=True)
            if same not in known:
                known[same] = f"{job}/{node_id}" if node_id in whole else node_id
                whole[known[same]] = {**node, "inputs": inputs}
            renamed[node_id] = known[same]
    return whole


def _in_order(graph: Graph) -> list[str]:
    """Return the nodes so that each comes after those that feed it."""
    done: dict[str, None] = {}
    for start in graph:
        waiting = [start]
        while waiting:
            here = waiting[-1]
            before = [source for _, source, _ in links_of(graph[here]) if source not in done]
            if before:
                waiting += before
            else:
                done[waiting.pop()] = None
    return list(done)
