"""Turn a book into a flat table of nodes and their fields, and back: what differences and merges work on.

A node's key is `kind:id` ("panel:ch1-p1-pan1"; the singletons are "plan" and "picks"). A field is a JSON key,
`kitsumy.<key>` for our own, `kitsumy.clothing.<character id>` inside maps, and `@order.<kind>` for the order
of a node's children as a list of ids. Values are JSON values; a field at its default may be absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kitsumy_core.plan.book import Book, Edition
from kitsumy_core.plan.models import ComicPlan, Frozen
from kitsumy_core.plan.tree import DEPTH, LEVELS, MODELS, children_of

Fields = dict[str, Any]
Flat = dict[str, Fields]

KIT_MAPS = ("clothing",)
EDITION_MAPS = ("texts", "placements", "crops")
SET_FIELDS = frozenset({"characters", "kitsumy.locked", "kitsumy.locationIds", "kitsumy.references"})
"""Fields whose value is a list of distinct ids: merged member by member."""

_NOT_FIELDS = {
    "plan": {"characters", "chapters"},
    "chapter": {"pages"},
    "page": {"panels", "page_number"},
    "panel": {"dialogue", "position"},
}


def key_of(kind: str, node_id: str) -> str:
    return f"{kind}:{node_id}"


def kind_of(key: str) -> str:
    return key.partition(":")[0]


def id_of(key: str) -> str:
    return key.partition(":")[2]


def fields_of(kind: str, node: Frozen) -> Fields:
    """Return the node's own fields, without its children and without what is derived."""
    written: Fields = node.model_dump(mode="json", exclude=_NOT_FIELDS.get(kind))
    if kind == "edition":
        return _opened(written, EDITION_MAPS, "") | {"id": written["id"]}
    kit = written.pop("kitsumy", {})
    if not isinstance(kit, dict):
        return written | {"kitsumy": kit}
    if kind == "plan":
        kit.pop("locations", None)
    return written | _opened(kit, KIT_MAPS, "kitsumy.")


def _opened(values: Mapping[str, Any], maps: tuple[str, ...], prefix: str) -> Fields:
    out: Fields = {}
    for key, value in values.items():
        if key in maps and isinstance(value, dict):
            out |= {f"{prefix}{key}.{inner}": item for inner, item in value.items()}
        else:
            out[prefix + key] = value
    return out


def nested(kind: str, fields: Fields) -> dict[str, Any]:
    """Undo `fields_of`: return the JSON of a node without its children."""
    out: dict[str, Any] = {}
    if not isinstance(fields.get("kitsumy", {}), dict) and any(f.startswith("kitsumy.") for f in fields):
        fields = fields | {"kitsumy": {"malformedOriginal": fields["kitsumy"]}}
    for name, value in fields.items():
        if name.startswith("@"):
            continue
        parts = name.split(".", 2 if name.startswith("kitsumy.") else 1)
        maps = EDITION_MAPS if kind == "edition" else KIT_MAPS
        if parts[0] == "kitsumy" and len(parts) > 1:
            kit = out.setdefault("kitsumy", {})
            if len(parts) == 3 and parts[1] in maps:
                kit.setdefault(parts[1], {})[parts[2]] = value
            else:
                kit[name.removeprefix("kitsumy.")] = value
        elif len(parts) == 2 and kind == "edition" and parts[0] in maps:
            out.setdefault(parts[0], {})[parts[1]] = value
        elif name == "kitsumy" and isinstance(value, dict):
            out["kitsumy"] = value | out.get("kitsumy", {})
        else:
            out[name] = value
    return out


def flatten(book: Book, skip: frozenset[int] = frozenset()) -> Flat:
    """Return the table of a book. Nodes whose `id()` is in `skip` are left out with all below them."""
    plan = book.plan
    flat: Flat = {"plan": fields_of("plan", plan), "picks": dict(book.picks)}
    flat["plan"]["@order.character"] = [c.id for c in plan.characters]
    flat["plan"]["@order.location"] = [x.id for x in plan.kitsumy.locations]
    flat["plan"]["@order.edition"] = [e.id for e in book.editions]
    for kind, nodes in (
        ("character", plan.characters),
        ("location", plan.kitsumy.locations),
        ("edition", book.editions),
    ):
        for node in nodes:
            if id(node) not in skip:
                flat[key_of(kind, node.id)] = fields_of(kind, node)
    _flatten_children(flat, "plan", plan, 0, skip)
    return flat


def _flatten_children(flat: Flat, parent_key: str, parent: Any, depth: int, skip: frozenset[int]) -> None:
    if depth >= len(LEVELS):
        return
    kind = LEVELS[depth][0]
    nodes = children_of(parent, depth)
    flat[parent_key][f"@order.{kind}"] = [node.id for node in nodes]
    for node in nodes:
        if id(node) in skip:
            continue
        key = key_of(kind, node.id)
        flat[key] = fields_of(kind, node)
        _flatten_children(flat, key, node, depth + 1, skip)


def unflatten(flat: Flat, like: Book | None = None, changed: frozenset[str] | None = None) -> Book:
    """Build a book from a table. Nodes of `like` that are not in `changed` are used again as they are."""
    known = _objects(like) if like is not None and changed is not None else {}
    reuse = {key: node for key, node in known.items() if key not in (changed or ())}
    plan_json = nested("plan", flat["plan"])
    kit = plan_json.get("kitsumy", {})
    places = _listed(flat, reuse, "location")
    if isinstance(kit, dict) and (kit or places):
        plan_json["kitsumy"] = kit | ({"locations": places} if places else {})
    plan_json["characters"] = _listed(flat, reuse, "character")
    plan_json["chapters"] = _children(flat, reuse, "plan", 0)
    editions = tuple(
        reuse.get(key_of("edition", eid))
        or Edition.model_validate(nested("edition", flat[key_of("edition", eid)]))
        for eid in flat["plan"]["@order.edition"]
    )
    plan = ComicPlan.model_validate(plan_json).numbered()
    return Book(plan=plan, editions=editions, picks=flat["picks"])


def _objects(book: Book) -> dict[str, Any]:
    found: dict[str, Any] = {key_of("edition", e.id): e for e in book.editions}
    found |= {key_of("character", c.id): c for c in book.plan.characters}
    found |= {key_of("location", x.id): x for x in book.plan.kitsumy.locations}
    level: list[Any] = [book.plan]
    for kind, depth in DEPTH.items():
        level = [child for node in level for child in children_of(node, depth)]
        found |= {key_of(kind, node.id): node for node in level}
    return found


def _listed(flat: Flat, reuse: dict[str, Any], kind: str) -> list[Any]:
    keys = [key_of(kind, node_id) for node_id in flat["plan"][f"@order.{kind}"]]
    return [reuse.get(key) or MODELS[kind].model_validate(nested(kind, flat[key])) for key in keys]


def _children(flat: Flat, reuse: dict[str, Any], parent_key: str, depth: int) -> list[Any]:
    kind, _ = LEVELS[depth]
    out: list[Any] = []
    for node_id in flat[parent_key].get(f"@order.{kind}", ()):
        key = key_of(kind, node_id)
        below = _children(flat, reuse, key, depth + 1) if depth + 1 < len(LEVELS) else []
        old = reuse.get(key)
        if old is not None and depth + 1 < len(LEVELS):
            before = children_of(old, depth + 1)
            if len(before) != len(below) or any(a is not b for a, b in zip(before, below, strict=True)):
                old = old.but(**{LEVELS[depth + 1][1]: tuple(below)})
        if old is None:
            json = nested(kind, flat[key])
            if depth + 1 < len(LEVELS):
                json[LEVELS[depth + 1][1]] = below
            old = MODELS[kind].model_validate(json)
        out.append(old)
    return out
