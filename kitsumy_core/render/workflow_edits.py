"""Put LoRAs into a graph that is being filled, and leave out what a server does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import Binding, Graph, Slots, link_of, links_of
from kitsumy_core.render.graph_surgery import Output, add, bypass, relink
from kitsumy_core.render.request import LoraUse
from kitsumy_core.render.workflow_walk import title_of

MAX_LORAS = 10
POSE_FINDERS = ("DWPreprocessor", "OpenposePreprocessor")
"""Nodes that draw the pose they find in a picture, the better one first."""
_STACK_FIRST = "lora_1_name"
_ADDRESS = ("url", "lora_url")


class UrlLoader(NamedTuple):
    """A node of a server that fetches a LoRA from an address by itself."""

    class_type: str
    address: str
    strengths: tuple[str, ...]
    clip: bool


def without_optional(graph: Graph, info: Mapping[str, Any] | None) -> Graph:
    """Return the graph without the nodes titled `@optional` that a server lacks; without a list of its
    nodes, without all of them.

    Raises WorkflowError for an optional node that only stands in for others.
    """
    changed = {n: {**node, "inputs": dict(node["inputs"])} for n, node in graph.items()}
    for node in changed.values():
        if info is not None and node["class_type"] not in info and POSE_FINDERS[1] in info:
            _find_pose_otherwise(node)
    for node_id, node in list(changed.items()):
        lacks = info is None or node["class_type"] not in info
        if lacks and "@optional" in title_of(node).split() and node_id in changed:
            _leave_out(changed, node_id)
    return changed


def _find_pose_otherwise(node: dict[str, Any]) -> None:
    """Let a node that reads the pose of a picture be the older one that more servers have."""
    if node["class_type"] == POSE_FINDERS[0]:
        kept = ("detect_hand", "detect_body", "detect_face", "resolution", "image")
        node["class_type"] = POSE_FINDERS[1]
        node["inputs"] = {name: node["inputs"][name] for name in kept if name in node["inputs"]}


def _leave_out(graph: Graph, node_id: str) -> None:
    if bypass(graph, node_id):
        return
    del graph[node_id]
    for user in list(graph):
        if user not in graph:
            continue
        lost = [n for n, v in graph[user]["inputs"].items() if (link_of(v) or ("", 0))[0] == node_id]
        for name in lost:
            del graph[user]["inputs"][name]
        if lost and not bypass(graph, user):
            raise WorkflowError("workflow-optional-needed", node=user)


def url_loader(info: Mapping[str, Any] | None) -> UrlLoader | None:
    """Return a server's node that puts a LoRA on a model from an address, if it has one."""
    for class_type, described in (info or {}).items():
        outputs = described.get("output") if isinstance(described, Mapping) else None
        inputs = dict(_typed_inputs(described))
        address = next((name for name in _ADDRESS if inputs.get(name) == "STRING"), None)
        strengths = tuple(n for n in inputs if "strength" in n and inputs[n] == "FLOAT")
        if address and strengths and inputs.get("model") == "MODEL" and outputs and outputs[0] == "MODEL":
            return UrlLoader(class_type, address, strengths, inputs.get("clip") == "CLIP")
    return None


def _typed_inputs(described: object) -> Iterator[tuple[str, Any]]:
    groups = described.get("input") if isinstance(described, Mapping) else None
    for group in ("required", "optional"):
        inputs = groups.get(group) if isinstance(groups, Mapping) else None
        for name, spec in inputs.items() if isinstance(inputs, Mapping) else ():
            yield name, spec[0] if isinstance(spec, Sequence) and spec else None


def with_loras(
    graph: Graph, slots: Slots, loras: Sequence[LoraUse], info: Mapping[str, Any] | None = None
) -> None:
    """Put LoRAs into the `@lora` nodes in order; more get nodes of their own, unused `@lora` nodes are
    taken out.

    One with an address is fetched by the server where it has a node for that and not the file. Raises
    WorkflowError if there are more than ten, or no model they could be put on.
    """
    if len(loras) > MAX_LORAS:
        raise WorkflowError("workflow-too-many-loras", count=len(loras), most=MAX_LORAS)
    places = slots.of("lora")
    fetching = url_loader(info) if any(lora.url for lora in loras) else None
    here, fetched = _split(loras, info if fetching else None)
    stacks = [place for place in places if place.input == _STACK_FIRST]
    singles = [place for place in places if place.input != _STACK_FIRST]
    for place in stacks:
        if here:
            here = _fill_stack(graph, place, here)
        else:
            _leave_out(graph, place.node)
    for place, lora in zip(singles, here, strict=False):
        inputs = graph[place.node]["inputs"]
        inputs[place.input] = lora.name
        inputs |= {k: lora.strength for k in ("strength_model", "strength_clip") if k in inputs}
    for place in singles[len(here) :]:
        bypass(graph, place.node)
    for lora in reversed(here[len(singles) :]):
        _put_on_model(graph, slots, lora, None)
    for lora in reversed(fetched):
        _put_on_model(graph, slots, lora, fetching)


def _split(loras: Sequence[LoraUse], info: Mapping[str, Any] | None) -> tuple[list[LoraUse], list[LoraUse]]:
    """Return the LoRAs that a server is to have as files, and those that it fetches."""
    if info is None:
        return list(loras), []
    files = str(info.get("LoraLoaderModelOnly", ""))
    fetched = [lora for lora in loras if lora.url and f"'{lora.name}'" not in files]
    return [lora for lora in loras if lora not in fetched], fetched


def _fill_stack(graph: Graph, place: Binding, loras: list[LoraUse]) -> list[LoraUse]:
    """Write LoRAs into a node with numbered places, and return those it has no place for."""
    inputs = graph[place.node]["inputs"]
    room = max((int(m[1]) for n in inputs if (m := re.fullmatch(r"lora_(\d+)_name", n))), default=1)
    taken = loras[:room]
    for number in range(1, room + 1):
        lora = taken[number - 1] if number <= len(taken) else LoraUse(name="None", strength=1.0)
        inputs[f"lora_{number}_name"] = lora.name
        for kind in ("strength", "model_strength", "clip_strength"):
            inputs[f"lora_{number}_{kind}"] = lora.strength
    if "num_loras" in inputs:
        inputs["num_loras"] = max(1, len(taken))
    if "toggle" in inputs:
        inputs["toggle"] = bool(taken)
    return loras[room:]


def _put_on_model(graph: Graph, slots: Slots, lora: LoraUse, fetching: UrlLoader | None) -> None:
    """Insert one LoRA right behind the model loader (and the text encoder's loader, where the prompt has
    one).
    """
    loaders = [b.node for b in slots.of("checkpoint") if b.node in graph]
    if not loaders:
        raise WorkflowError("workflow-slot-missing", slot="lora")
    model, clip = (loaders[0], 0), _clip_source(graph, slots)
    inputs: dict[str, Any] = {"lora_name": lora.name, "strength_model": lora.strength}
    if fetching is not None:
        inputs = {fetching.address: lora.url, **dict.fromkeys(fetching.strengths, lora.strength)}
        kind, clip = fetching.class_type, clip if fetching.clip else None
    elif clip is None:
        kind = "LoraLoaderModelOnly"
    else:
        kind = "LoraLoader"
        inputs["strength_clip"] = lora.strength
    node_id = add(graph, "lora", kind, **inputs)
    both: dict[Output, Output | None] = {model: (node_id, 0), **({clip: (node_id, 1)} if clip else {})}
    relink(graph, both)
    graph[node_id]["inputs"]["model"] = list(model)
    if clip is not None:
        graph[node_id]["inputs"]["clip"] = list(clip)


def _clip_source(graph: Graph, slots: Slots) -> Output | None:
    encoder = next(
        (b.node for b in slots.of("prompt") if b.node in graph and "clip" in graph[b.node]["inputs"]), None
    )
    source = link_of(graph[encoder]["inputs"]["clip"]) if encoder else None
    while source and (before := _clip_before(graph, source[0])):
        source = before
    return source


def _clip_before(graph: Graph, node_id: str) -> Output | None:
    found = ((s, i) for name, s, i in links_of(graph[node_id]) if name in ("clip", "optional_clip"))
    return next(found, None)
