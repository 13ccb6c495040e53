"""Find, replace, insert and remove nodes of a plan by kind and id, keeping every untouched node as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from kitsumy_core.errors import EditError
from kitsumy_core.plan.models import (
    Chapter,
    Character,
    ComicPlan,
    Dialogue,
    Frozen,
    Location,
    Page,
    Panel,
)

TreeNode = Chapter | Character | Dialogue | Location | Page | Panel
N = TypeVar("N", bound=Frozen)

MODELS: Mapping[str, type[TreeNode]] = {
    "character": Character,
    "location": Location,
    "chapter": Chapter,
    "page": Page,
    "panel": Panel,
    "dialogue": Dialogue,
}

LEVELS: tuple[tuple[str, str], ...] = (
    ("chapter", "chapters"),
    ("page", "pages"),
    ("panel", "panels"),
    ("dialogue", "dialogue"),
)
"""The kinds of the outline from the top, with the field of the parent that holds them."""

DEPTH = {kind: depth for depth, (kind, _) in enumerate(LEVELS)}


def children_of(node: Any, depth: int) -> tuple[Any, ...]:
    """Return the outline children of a node whose children are at this depth."""
    found: tuple[Any, ...] = getattr(node, LEVELS[depth][1])
    return found


def siblings(plan: ComicPlan, kind: str, node_id: str) -> tuple[Any, tuple[Any, ...], int]:
    """Return the parent, all its children of this kind, and the index of the node. Raises EditError."""
    for parent, nodes in _lists(plan, kind):
        for index, node in enumerate(nodes):
            if node.id == node_id:
                return parent, nodes, index
    raise EditError("edit-unknown", kind=kind, id=node_id)


def find(plan: ComicPlan, kind: str, node_id: str) -> Any:
    """Return the node. Raises EditError if there is none."""
    _, nodes, index = siblings(plan, kind, node_id)
    return nodes[index]


def splice(plan: ComicPlan, kind: str, node_id: str, change: Callable[[Any], Sequence[Any]]) -> ComicPlan:
    """Put what `change` returns in the place of a node: nothing removes it, two double it."""
    parent, nodes, index = siblings(plan, kind, node_id)
    return put_children(plan, kind, parent, (*nodes[:index], *change(nodes[index]), *nodes[index + 1 :]))


def insert(plan: ComicPlan, kind: str, parent_id: str, index: int, node: Any) -> ComicPlan:
    """Insert a node into its parent's list; an index past the end appends. `parent_id` "" is the plan."""
    parent: Any = plan
    if kind in DEPTH and DEPTH[kind] > 0:
        parent = find(plan, LEVELS[DEPTH[kind] - 1][0], parent_id)
    nodes = plan_list(plan, kind) if parent is plan else children_of(parent, DEPTH[kind])
    at = min(max(index, 0), len(nodes))
    return put_children(plan, kind, parent, (*nodes[:at], node, *nodes[at:]))


def put_children(plan: ComicPlan, kind: str, parent: Any, nodes: Sequence[Any]) -> ComicPlan:
    """Return the plan in which `parent` (the plan itself or a node of it) has these children of this kind."""
    if kind == "character":
        return plan.but(characters=tuple(nodes))
    if kind == "location":
        return plan.but(kitsumy=plan.kitsumy.but(locations=tuple(nodes)))
    depth = DEPTH[kind]
    return _rebuilt(plan, parent, parent.but(**{LEVELS[depth][1]: tuple(nodes)}), 0, depth)


def replace(plan: ComicPlan, old: Any, new: Any) -> ComicPlan:
    """Return the plan with one outline node object exchanged for another."""
    return _rebuilt(plan, old, new, 0, len(LEVELS))


def plan_list(plan: ComicPlan, kind: str) -> tuple[Any, ...]:
    """Return the plan's own list of this kind: characters, locations or chapters."""
    if kind == "character":
        return plan.characters
    return plan.kitsumy.locations if kind == "location" else plan.chapters


def all_ids(plan: ComicPlan) -> Iterator[str]:
    """Yield the id of every node of the plan."""
    for kind in MODELS:
        for _, nodes in _lists(plan, kind):
            yield from (node.id for node in nodes)


def _lists(plan: ComicPlan, kind: str) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    if kind not in MODELS:
        raise EditError("edit-unknown", kind=kind, id="")
    if kind not in DEPTH or DEPTH[kind] == 0:
        yield plan, plan_list(plan, kind)
        return
    parents: list[Any] = [plan]
    for depth in range(DEPTH[kind]):
        parents = [child for parent in parents for child in children_of(parent, depth)]
    for parent in parents:
        yield parent, children_of(parent, DEPTH[kind])


def _rebuilt(node: N, old: Any, new: Any, depth: int, deepest: int) -> N:
    """Return a node with `old`, itself or somewhere down to the level `deepest`, exchanged for `new`."""
    if node is old:
        assert isinstance(new, type(node))
        return new
    if depth >= deepest:
        return node
    before = children_of(node, depth)
    for index, child in enumerate(before):
        after = _rebuilt(child, old, new, depth + 1, deepest)
        if after is not child:
            return node.but(**{LEVELS[depth][1]: (*before[:index], after, *before[index + 1 :])})
    return node
