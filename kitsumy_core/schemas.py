"""Publish what other programs may rely on as JSON Schemas (draft 2020-12): `python -m kitsumy_core.schemas`.

The schemas describe what this program writes; it reads more than that (missing keys, other tools' keys).
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import ConfigDict, Field, TypeAdapter, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue

from kitsumy_core.export.issues import IssueLine
from kitsumy_core.export.renders import Renders
from kitsumy_core.page.document import ComicDocument
from kitsumy_core.plan.edits import EDITS
from kitsumy_core.plan.models import ComicPlan

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
BASE = "https://kitsumy.studio/schema"
Schema = dict[str, Any]

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "ComicPlan": ("title", "style", "characters", "chapters"),
    "Character": ("id", "name", "appearance", "clothing", "role"),
    "Chapter": ("id", "title", "pages"),
    "Page": ("id", "pageNumber", "layout", "panels"),
    "Panel": ("id", "position", "characters", "action", "location", "mood", "camera", "dialogue",
              "narrative", "sfx"),
    "Dialogue": ("character", "text"),
}  # fmt: skip
"""The exchange form: keys that are always written."""


class _Plain(GenerateJsonSchema):
    """Without the titles pydantic makes up, and without what is no part of the JSON."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def get_title_from_name(self, name: str) -> str:
        return ""

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        made = super().model_schema(schema)
        made.pop("title", None)
        made.get("properties", {}).pop("malformed", None)
        return made


class _Lenient(_Plain):
    """Where texts and lists may also be null: what is read, not what is written."""

    def function_before_schema(self, schema: Any) -> JsonSchemaValue:
        made = super().function_before_schema(schema)
        return {"anyOf": [made, {"type": "null"}]} if "null" not in str(made.get("type")) else made


def schemas() -> dict[str, Schema]:
    """Return every published schema by file name."""
    return {f"{name}.schema.json": make() for name, make in PUBLISHED.items()}


def plan_schema() -> Schema:
    """Return the schema of a plan in the exchange form, our `kitsumy` objects included."""
    schema = _schema(ComicPlan, "validation")
    for name, keys in REQUIRED.items():
        node = schema if name == "ComicPlan" else schema["$defs"][name]
        node["required"] = list(keys)
        node["properties"] = {key: _of_exchange(key, value) for key, value in node["properties"].items()}
    return _published("plan", "A comic plan: title, style, characters, chapters, pages, panels", schema)


def document_schema() -> Schema:
    """Return the schema of a composed comic."""
    return _published(
        "comic-document", "Composed pages, ready to draw", _schema(ComicDocument, "serialization")
    )


def edits_schema() -> Schema:
    """Return the schema of an edit: `op` and the arguments that this op takes."""
    kinds = [_edit_model(name, function) for name, function in EDITS.items()]
    schema = _schema(Annotated[reduce(or_, kinds), Field(discriminator="op")], "validation", _Lenient)
    schema.pop("discriminator", None)
    return _published("edit", "An edit of a book: the only way it changes", schema)


def renders_schema() -> Schema:
    """Return the schema of `renders.json`."""
    schema = _schema(Renders, "validation")
    record = schema["$defs"]["RenderRecord"]
    wanted = ("panel", "request_id", "status", "images", "seed", "style_id", "saved_path", "metadata",
              "backend", "seconds", "cost")  # fmt: skip
    record["required"] = list(wanted)
    record["properties"]["request_id"]["pattern"] = "^img_[0-9a-f]{8}$"
    schema["required"] = ["version", "images"]
    schema["$defs"]["RenderMetadata"]["required"] = list(schema["$defs"]["RenderMetadata"]["properties"])
    return _published("renders", "What `kitsumy render` made in a folder", schema)


def issues_schema() -> Schema:
    """Return the schema of what `kitsumy check --json` writes."""
    return _published("issues", "The issues of a plan", _schema(list[IssueLine], "serialization"))


PUBLISHED: Mapping[str, Callable[[], Schema]] = {
    "plan": plan_schema,
    "comic-document": document_schema,
    "edit": edits_schema,
    "renders": renders_schema,
    "issues": issues_schema,
}


def _schema(of: Any, mode: JsonSchemaMode, generator: type[GenerateJsonSchema] = _Plain) -> Schema:
    return TypeAdapter(of).json_schema(by_alias=True, mode=mode, schema_generator=generator)


def _published(name: str, title: str, schema: Schema) -> Schema:
    head = {"$schema": DIALECT, "$id": f"{BASE}/{name}/1.0/schema.json", "title": title}
    return head | {key: value for key, value in schema.items() if key not in head}


def _of_exchange(key: str, schema: Schema) -> Schema:
    """Return a field as the exchange form writes it."""
    known = {k: v for k, v in schema.items() if k != "default"}
    if key == "id":
        return known | {"minLength": 1}
    if key in ("position", "pageNumber"):
        return {"type": "integer", "minimum": 1}
    if key == "seed":
        return {"type": "integer"}
    if key in ("narrative", "sfx"):
        return known | {"type": ["string", "null"], "minLength": 1}
    return known


def _edit_model(name: str, function: Callable[..., Any]) -> Any:
    plain = inspect.unwrap(function)
    hints = get_type_hints(plain)
    fields: dict[str, Any] = {}
    for key, parameter in inspect.signature(plain).parameters.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            fields[key] = (hints[key], default)
    closed = ConfigDict(extra="forbid", json_schema_extra=_with_words(inspect.getdoc(plain)))
    args = create_model(f"{name}_args", __config__=ConfigDict(extra="forbid"), **fields)
    parts: dict[str, Any] = {"op": (Literal[name], ...), "args": (args, ...)}
    return create_model(name, __config__=closed, **parts)


def _with_words(words: str | None) -> Schema:
    return {"description": words} if words else {}


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every schema; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in schemas().items():
        path = folder / name
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        paths.append(path)
    return paths


if __name__ == "__main__":
    sys.stdout.writelines(f"{path}\n" for path in write())
