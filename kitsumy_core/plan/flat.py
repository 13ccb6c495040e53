"""Turn a book into a flat table of nodes and their fields, and back: what differences and merges work on.

A node's key is `kind:id` ("panel:ch1-p1-pan1"; the singletons are "plan" and "picks"). A field is a JSON key,
`kitsumy.<key>` for our own, `kitsumy.clothing.<character id>` inside maps, and `@order.<kind>` for the order
of a node's children as a list of ids. A foreign key that would read as one of these has "=" before it. Values
are JSON values; a field at its default may be absent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from kitsumy_core.plan.book import Book, Edition
from kitsumy_core.plan.models import ComicPlan, Frozen, with_locations
from kitsumy_core.plan.tree import DEPTH, LEVELS, MODELS, children_of

Fields = dict[str, Any]
Flat = dict[str, Fields]

ORDER = "@order."
LITERAL = "="
"""What follows it is a key as it stands, whatever it looks like."""

_KIT_MAPS = {"plan": ("layouts",), "chapter": ("clothing",), "panel": ("clothing",)}
_EDITION_MAPS = ("texts", "placements", "crops", "fonts")
_MAPS = ("clothing", "layouts")
_RESERVED = ("@", LITERAL, "kitsumy.", *(f"{name}." for name in _EDITION_MAPS))
_RESERVED_IN_KIT = (LITERAL, *(f"{name}." for name in _MAPS))
SET_FIELDS = frozenset({"characters", "kitsumy.locked", "kitsumy.locationIds", "kitsumy.references"})
"""Fields whose value is a list of distinct ids: merged member by member."""

_CHILDREN = {
    "plan": {"characters", "chapters"},
    "chapter": {"pages"},
    "page": {"panels"},
    "panel": {"dialogue"},
}
_DERIVED = {"page": "pageNumber", "panel": "position"}


def key_of(kind: str, node_id: str) -> str:
    return f"{kind}:{node_id}"


def kind_of(key: str) -> str:
    return key.partition(":")[0]


def id_of(key: str) -> str:
    return key.partition(":")[2]


def fields_of(kind: str, node: Frozen) -> Fields:
    """Return the node's own fields, without its children and without what is derived."""
    written: Fields = node.model_dump(mode="json", exclude=_CHILDREN.get(kind))
    if kind in _DERIVED:
        written.pop(_DERIVED[kind], None)
    if kind == "edition":
        return _opened(written, _EDITION_MAPS, _RESERVED)
    kit = written.get("kitsumy")
    if not isinstance(kit, dict) or "kitsumy" not in type(node).model_fields:
        return _opened(written, (), _RESERVED)
    del written["kitsumy"]
    if isinstance(node, ComicPlan) and node.kitsumy.locations:
        del kit["locations"]
        if node.kitsumy.unread_locations:
            kit["locations"] = node.kitsumy.unread_locations
    maps = tuple(name for name in _KIT_MAPS.get(kind, ()) if kit.get(name))  # an empty one stays as it is
    own = _opened(kit, maps, _RESERVED_IN_KIT, "kitsumy.")
    return _opened(written, (), _RESERVED) | own


def _opened(
    values: Mapping[str, Any], maps: tuple[str, ...], reserved: tuple[str, ...], prefix: str = ""
) -> Fields:
    out: Fields = {}
    for key, value in values.items():
        if key in maps and isinstance(value, dict):
            out |= {f"{prefix}{key}.{inner}": item for inner, item in value.items()}
        else:
            out[prefix + (LITERAL if key.startswith(reserved) else "") + key] = value
    return out


def nested(kind: str, fields: Fields) -> dict[str, Any]:
    """Undo `fields_of`: return the JSON of a node without its children."""
    out: dict[str, Any] = {}
    kit: dict[str, Any] = {}
    for name, value in fields.items():
        if name.startswith("kitsumy."):
            _put(kit, name.removeprefix("kitsumy."), value, _MAPS)
        elif not name.startswith("@"):
            _put(out, name, value, _EDITION_MAPS if kind == "edition" else ())
    if kit:
        whole = out.get("kitsumy", {})
        out["kitsumy"] = (whole if isinstance(whole, dict) else {"malformedOriginal": whole}) | kit
    return out


def _put(into: dict[str, Any], name: str, value: Any, maps: tuple[str, ...]) -> None:
    """Set a key, or a member of a map; where a map is there whole and in members, the members are added."""
    head, dot, inner = name.partition(".")
    if name.startswith(LITERAL):
        into[name.removeprefix(LITERAL)] = value
    elif head not in maps:
        into[name] = value
    else:
        given = {inner: value} if dot else value if isinstance(value, dict) else None
        known = into.get(head)
        if given is None:
            into.setdefault(head, value)
        elif not isinstance(known, dict):
            into[head] = dict(given)
        elif dot:
            known[inner] = value
        else:
            into[head] = given | known


def flatten(book: Book, skip: frozenset[int] = frozenset()) -> Flat:
    """Return the table of a book. Nodes whose `id()` is in `skip` are left out with all below them."""
    plan = book.plan
    flat: Flat = {"plan": fields_of("plan", plan), "picks": _opened(book.picks, (), ("@", LITERAL))}
    for kind, nodes in (
        ("character", plan.characters),
        ("location", plan.kitsumy.locations),
        ("edition", book.editions),
    ):
        flat["plan"][ORDER + kind] = [node.id for node in nodes]
        for node in nodes:
            if id(node) not in skip:
                flat[key_of(kind, node.id)] = fields_of(kind, node)
    _flatten_children(flat, "plan", plan, 0, skip)
    return flat


def untouched(book: Book, keys: Collection[str]) -> frozenset[int]:
    """Return the `id()` of all nodes that are not among `keys` and have none of them below."""
    quiet = {
        id(node)
        for kind, nodes in (
            ("character", book.plan.characters),
            ("location", book.plan.kitsumy.locations),
            ("edition", book.editions),
        )
        for node in nodes
        if key_of(kind, node.id) not in keys
    }

    def is_quiet(node: Any, depth: int) -> bool:
        below = children_of(node, depth + 1) if depth + 1 < len(LEVELS) else ()
        loud = [child for child in below if not is_quiet(child, depth + 1)]
        if loud or key_of(LEVELS[depth][0], node.id) in keys:
            return False
        quiet.add(id(node))
        return True

    for chapter in book.plan.chapters:
        is_quiet(chapter, 0)
    return frozenset(quiet)


def _flatten_children(flat: Flat, parent_key: str, parent: Any, depth: int, skip: frozenset[int]) -> None:
    if depth >= len(LEVELS):
        return
    kind = LEVELS[depth][0]
    nodes = children_of(parent, depth)
    flat[parent_key][ORDER + kind] = [node.id for node in nodes]
    for node in nodes:
        if id(node) in skip:
            continue
        key = key_of(kind, node.id)
        flat[key] = fields_of(kind, node)
        _flatten_children(flat, key, node, depth + 1, skip)


def unflatten(flat: Flat, like: Book | None = None, changed: frozenset[str] | None = None) -> Book:
    """Build a book from a table. Nodes of `like` that are not in `changed` are used again as they are,
    and those that are not in the table either, with all below them."""
    known = _objects(like) if like is not None and changed is not None else {}
    reuse = {key: node for key, node in known.items() if key not in (changed or ())}
    plan_json = nested("plan", flat["plan"])
    kit = plan_json.get("kitsumy", {})
    places = _listed(flat, reuse, "location")
    if places:
        kit = kit if isinstance(kit, dict) else {"malformedOriginal": kit}
        plan_json["kitsumy"] = with_locations(kit, places)
    plan_json["characters"] = _listed(flat, reuse, "character")
    plan_json["chapters"] = _children(flat, reuse, "plan", 0)
    editions = tuple(
        reuse.get(key_of("edition", eid))
        or Edition.model_validate(nested("edition", flat[key_of("edition", eid)]))
        for eid in flat["plan"][ORDER + "edition"]
    )
    plan = ComicPlan.model_validate(plan_json).numbered()
    return Book(
        plan=plan,
        editions=editions,
        picks={key.removeprefix(LITERAL): take for key, take in flat["picks"].items()},
    )


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
    keys = [key_of(kind, node_id) for node_id in flat["plan"][ORDER + kind]]
    return [reuse.get(key) or MODELS[kind].model_validate(nested(kind, flat[key])) for key in keys]


def _children(flat: Flat, reuse: dict[str, Any], parent_key: str, depth: int) -> list[Any]:
    kind, _ = LEVELS[depth]
    out: list[Any] = []
    for node_id in flat[parent_key].get(ORDER + kind, ()):
        key = key_of(kind, node_id)
        if key not in flat:
            out.append(reuse[key])
            continue
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
