"""Find the slots of a graph: set by hand, else by node titles (`@prompt`), else by walking the links.

A binding made by hand stands in the node's `_meta.kitsumy` as `{slot: {input: place in the order}}`; one
without inputs says that the slot is nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kitsumy_core.render.graph import Binding, Graph, Slots, link_of
from kitsumy_core.render.workflow_walk import TEXT_INPUTS, by_links, places, title_of

TITLED: dict[str, tuple[str, ...]] = {
    "prompt": (*TEXT_INPUTS, "value"),
    "negative": (*TEXT_INPUTS, "value"),
    "image": ("image",),
    "mask": ("image",),
    "pose": ("image",),
    "reference": ("image",),
    "lora": ("lora_name", "lora_1_name"),
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "batch": ("batch_size", "amount", "value"),
    "steps": ("steps", "value"),
    "cfg": ("cfg", "guidance", "value"),
    "sampler": ("sampler_name", "value"),
    "scheduler": ("scheduler", "value"),
    "denoise": ("denoise", "value"),
    "upscale": ("upscale_by", "scale_by", "factor", "value"),
    "checkpoint": ("ckpt_name", "unet_name", "model_name"),
    "save": ("filename_prefix",),
}
"""Slot -> the inputs a node with that title may take its value in, in the order in which slots are shown.
`@size` stands for width, height and batch.
"""
SLOTS = tuple(TITLED)
PICTURES = ("image", "mask", "pose", "reference")

_ALSO = {
    "positive": "prompt",
    "source": "image",
    "control": "pose",
    "ref": "reference",
    "model": "checkpoint",
}
_TITLE = re.compile(r"@([a-z]+)(\d*)")
_LEFT = re.compile(r"!([a-z]+)")
_HAND = "kitsumy"


def bind(graph: Graph) -> Slots:
    """Return the slots of a graph: what was set by hand, then what titles say, the rest from links.

    `!steps` in a title leaves a slot as it is in the file.
    """
    by_hand, set_by_hand = _by_hand(graph)
    titled = [b for b in _by_title(graph) if b.slot not in set_by_hand]
    settled = set_by_hand | {b.slot for b in titled} | _left_alone(graph)
    known = {(b.node, b.input) for b in (*by_hand, *titled) if b.slot in PICTURES}
    walked = (
        b
        for b in by_links(graph)
        if b.slot not in settled and not (b.slot in PICTURES and (b.node, b.input) in known)
    )
    unique = {(b.slot, b.node, b.input): b for b in (*by_hand, *titled, *walked)}
    return Slots(bindings=tuple(sorted(unique.values(), key=lambda b: SLOTS.index(b.slot))))


def candidates(graph: Graph, slot: str) -> list[tuple[str, str]]:
    """Return the (node, input) pairs that a slot could be bound to by hand, the likely ones first."""
    likely: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            if link_of(value) or not _fits(slot, name, value):
                continue
            (likely if name in TITLED[slot] and name != "value" else others).append((node_id, name))
    return likely + others


def corrected(graph: Graph, changes: Mapping[str, Sequence[tuple[str, str]]]) -> Graph:
    """Return a copy of the graph in which these slots are bound by hand to these inputs, in this order.

    Inputs that the graph does not have are passed over, so that an old correction does no harm to a newer
    file.
    """
    hands = {node_id: _hand_of(node) for node_id, node in graph.items()}
    for slot, inputs in changes.items():
        there = [(n, i) for n, i in inputs if n in graph and i in graph[n]["inputs"]]
        if slot not in TITLED or (inputs and not there):
            continue
        for hand in hands.values():
            hand.pop(slot, None)
        if not there:
            hands[next(iter(graph))][slot] = {}
        for place, (node_id, name) in enumerate(there):
            hands[node_id].setdefault(slot, {})[name] = place
    return {node_id: _with_hand(node, hands[node_id]) for node_id, node in graph.items()}


def _with_hand(node: Mapping[str, Any], hand: Mapping[str, Any]) -> dict[str, Any]:
    meta = node.get("_meta")
    rest = {k: v for k, v in meta.items() if k != _HAND} if isinstance(meta, Mapping) else {}
    rest |= {_HAND: hand} if hand else {}
    plain = {key: value for key, value in node.items() if key != "_meta"}
    return {**plain, "_meta": rest} if rest else plain


def _fits(slot: str, name: str, value: Any) -> bool:
    if slot in ("prompt", "negative", "sampler", "scheduler", "checkpoint", "lora", "save", *PICTURES):
        if not isinstance(value, str):
            return False
        return name in TITLED[slot] or slot in ("prompt", "negative") or "image" in name
    return isinstance(value, int | float) and not isinstance(value, bool)


def _hand_of(node: Mapping[str, Any]) -> dict[str, Any]:
    meta = node.get("_meta")
    found = meta.get(_HAND) if isinstance(meta, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def _by_hand(graph: Graph) -> tuple[list[Binding], set[str]]:
    found: list[tuple[int, Binding]] = []
    named: set[str] = set()
    for node_id, node in graph.items():
        for slot, inputs in _hand_of(node).items():
            if slot not in TITLED or not isinstance(inputs, Mapping):
                continue
            named.add(slot)
            for name, place in inputs.items():
                if name in node["inputs"] and isinstance(place, int):
                    title = title_of(node)
                    made = Binding(slot=slot, node=node_id, input=name, title=title, found="hand")
                    found.append((place, made))
    return [binding for _, binding in sorted(found, key=lambda pair: pair[0])], named


def _left_alone(graph: Graph) -> set[str]:
    return {name for node in graph.values() for name in _LEFT.findall(title_of(node)) if name in TITLED}


def _by_title(graph: Graph) -> Iterator[Binding]:
    found: list[tuple[int, Binding]] = []
    for node_id, node in graph.items():
        for name, number in _TITLE.findall(title_of(node)):
            for slot in ("width", "height", "batch") if name == "size" else (_ALSO.get(name, name),):
                inputs = TITLED.get(slot, ())[: 1 if name == "size" else None]
                found += [
                    (
                        int(number or 0),
                        Binding(slot=slot, node=n, input=i, title=title_of(graph[n]), found="title"),
                    )
                    for n, i in places(graph, node_id, inputs)
                ]
    yield from (binding for _, binding in sorted(found, key=lambda pair: pair[0]))
