"""Set one field of a node from a JSON value, or say why that cannot be."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from kitsumy_core.errors import EditError
from kitsumy_core.plan import tree
from kitsumy_core.plan.flat import LITERAL, fields_of, nested
from kitsumy_core.plan.models import ComicPlan, Frozen, with_locations
from kitsumy_core.plan.values import Extension

N = TypeVar("N", bound=Frozen)

_CHILDREN = ("characters", "chapters", "pages", "panels", "dialogue")
_FIXED = frozenset(
    {"id", "position", "pageNumber", "kitsumy.id", "kitsumy.schemaVersion", "kitsumy"}
    | {name for _, name in tree.LEVELS}
)
_FIXED_IN_PLAN = frozenset({"characters", "kitsumy.locations"})
_LEFT_OUT_WHEN_EMPTY = ("kitsumy.", "texts.", "placements.", "crops.", "fonts.")


def with_field(node: N, kind: str, field: str, value: Any) -> N:
    """Return the node with one field set: a JSON key, "kitsumy.<key>", or a member of a map.

    None and "" take a field of ours out. Raises EditError.
    """
    _refuse_fixed(node, kind, field)
    fields = fields_of(kind, node) | {field: value}
    if value in (None, "") and field.startswith(_LEFT_OUT_WHEN_EMPTY):
        del fields[field]
    json = nested(kind, fields)
    json |= {name: getattr(node, name) for name in type(node).model_fields if _is_child(name, json)}
    if isinstance(node, ComicPlan) and node.kitsumy.locations:
        json["kitsumy"] = with_locations(json.get("kitsumy", {}), node.kitsumy.locations)
    try:
        made = type(node).model_validate(json)
    except ValidationError as error:
        raise EditError("edit-value", node=kind, field=field, problem=error.errors()[0]["msg"]) from None
    head, _, name = field.partition(".")
    kit = getattr(made, "kitsumy", None)
    if head == "kitsumy" and isinstance(kit, Extension) and name.partition(".")[0] in (kit.malformed or {}):
        raise EditError("edit-value", node=kind, field=field, problem="")
    return made


def _is_child(name: str, json: dict[str, Any]) -> bool:
    return name in _CHILDREN and name not in json


def _refuse_fixed(node: Frozen, kind: str, field: str) -> None:
    """Refuse what only other edits change, and what JSON does not call a field of ours by its Python name."""
    head, dot, name = field.partition(".")
    kit = getattr(node, "kitsumy", None)
    owner, key = (kit, name) if head == "kitsumy" and dot and isinstance(kit, Extension) else (node, field)
    spec = type(owner).model_fields.get(key)
    if (
        field in _FIXED
        or (kind == "plan" and field in _FIXED_IN_PLAN)
        or field.startswith(("@", LITERAL, f"kitsumy.{LITERAL}"))
        or (spec is not None and spec.alias != key)
    ):
        raise EditError("edit-field", node=kind, field=field)
