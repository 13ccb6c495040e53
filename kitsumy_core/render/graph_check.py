"""Compare a graph with a server's `/object_info`: name the nodes, models and choices the server does not
have.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from kitsumy_core.errors import WorkflowError
from kitsumy_core.plan.models import Frozen
from kitsumy_core.render.graph import Graph, link_of, links_of
from kitsumy_core.render.request import LoraUse

ObjectInfo = Mapping[str, Any]
"""Class -> {input: {required, optional}, output_node...}, as the server answers."""

_MODEL_FILES = (".safetensors", ".sft", ".ckpt", ".gguf", ".pth", ".pt", ".bin", ".onnx")


class Missing(Frozen):
    """Something the graph asks for and the server lacks; `where` says where to get it, empty if we do not
    know.
    """

    kind: Literal["node", "model", "choice"]
    name: str
    where: str = ""
    node: str = ""
    input: str = ""
    available: tuple[str, ...] = ()
    """The first few values the server would take instead."""


class Requirement(Frozen):
    """A node package or a model file a shipped workflow needs."""

    kind: Literal["node", "model"]
    name: str
    url: str
    folder: str = ""
    licence: str = ""
    workflows: tuple[str, ...] = ()
    optional: bool = False
    """The workflows run without it, only slower or less well."""
    checked: str = ""
    """How the address was checked; empty if it could not be."""

    @property
    def where(self) -> str:
        return f"{self.url} -> models/{self.folder}" if self.folder else self.url


def read_requirements(text: str) -> tuple[Requirement, ...]:
    """Read `requirements.toml`. Raises WorkflowError if it is not one."""
    try:
        written = tomllib.loads(text)
        return tuple(
            Requirement.model_validate({"kind": kind, **entry})
            for kind in ("node", "model")
            for entry in written.get(kind, ())
        )
    except (ValueError, TypeError):
        raise WorkflowError("requirements-unreadable") from None


def missing_resources(
    graph: Graph, info: ObjectInfo, known: Sequence[Requirement] = ()
) -> tuple[Missing, ...]:
    """Return what the server lacks for this graph, each thing once.

    Classes are checked everywhere (the server refuses unknown ones even where nothing is linked to them),
    choices only in nodes that an output depends on.
    """
    places = {r.name: r.where for r in known}
    classes = {str(node["class_type"]) for node in graph.values()} - info.keys()
    found = [Missing(kind="node", name=name, where=places.get(name, "")) for name in sorted(classes)]
    for node_id in _wanted(graph, info):
        found += _bad_choices(node_id, graph[node_id], info, places)
    return tuple({(m.kind, m.name, m.input): m for m in found}.values())


def fitted(graph: Graph, info: ObjectInfo) -> Graph:
    """Return the graph as a server of another version or with other folders can run it.

    A model file is found in the server's own folders: `hero.safetensors` becomes `people/hero.safetensors` if
    only one file there is called so. An input that a newer node requires gets its default, as in the editor.
    """
    changed = {}
    for node_id, node in graph.items():
        described = info.get(node["class_type"])
        specs = _inputs_of(described)
        inputs = {
            name: _found_name(value, choices_of(specs.get(name))) for name, value in node["inputs"].items()
        }
        changed[node_id] = {**node, "inputs": _defaults(described, inputs) | inputs}
    return changed


def _defaults(described: object, inputs: Mapping[str, Any]) -> dict[str, Any]:
    groups = described.get("input") if isinstance(described, Mapping) else None
    required = groups.get("required") if isinstance(groups, Mapping) else None
    found = {}
    for name, spec in required.items() if isinstance(required, Mapping) else ():
        if name not in inputs and isinstance(spec, Sequence) and not isinstance(spec, str) and spec:
            choices = choices_of(spec) or [None]
            default = _settings(spec).get("default", choices[0])
            if default is not None and not _is_model(str(default)):
                found[name] = default
    return found


def _found_name(value: Any, choices: Sequence[Any] | None) -> Any:
    if not choices or not isinstance(value, str) or value in choices or not _is_model(value):
        return value
    wanted = _file_of(value)
    same = [choice for choice in choices if isinstance(choice, str) and _file_of(choice) == wanted]
    return same[0] if len(same) == 1 else value


def _file_of(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _is_model(name: str) -> bool:
    return name.lower().endswith(_MODEL_FILES)


def optional_missing(info: ObjectInfo, known: Sequence[Requirement]) -> tuple[Missing, ...]:
    """Return the nodes that would do some workflows good and that the server lacks."""
    wanted = (r for r in known if r.kind == "node" and r.optional and r.name not in info)
    return tuple(Missing(kind="node", name=r.name, where=r.where) for r in wanted)


def lora_sources(loras: Sequence[LoraUse]) -> tuple[Requirement, ...]:
    """Return where to get the LoRAs that come with an address."""
    return tuple(
        Requirement(kind="model", name=lora.name, url=lora.url, folder="loras") for lora in loras if lora.url
    )


def choices_of(spec: object) -> list[Any] | None:
    """Return the choices of an input in either spelling: `[[...], {}]` or `["COMBO", {"options":
    [...]}]`; else None.
    """
    if not isinstance(spec, Sequence) or isinstance(spec, str) or not spec:
        return None
    if isinstance(spec[0], list):
        return spec[0]
    options = _settings(spec).get("options") if spec[0] == "COMBO" else None
    return options if isinstance(options, list) else None


def _bad_choices(
    node_id: str, node: Mapping[str, Any], info: ObjectInfo, places: Mapping[str, str]
) -> Iterator[Missing]:
    inputs = _inputs_of(info.get(node["class_type"]))
    for name, value in node["inputs"].items():
        spec = inputs.get(name)
        choices = choices_of(spec)
        if choices is None or link_of(value) or _is_upload(spec) or value in choices:
            continue
        if isinstance(value, list) and all(v in choices for v in value):
            continue
        text = str(value)
        yield Missing(
            kind="model" if _is_model(text) else "choice",
            name=text,
            where=places.get(text, ""),
            node=node_id,
            input=name,
            available=tuple(str(c) for c in choices[:8]),
        )


def _inputs_of(described: object) -> dict[str, Any]:
    inputs = described.get("input") if isinstance(described, Mapping) else None
    if not isinstance(inputs, Mapping):
        return {}
    groups = (inputs.get(group) for group in ("required", "optional"))
    return {name: spec for group in groups if isinstance(group, Mapping) for name, spec in group.items()}


def _is_upload(spec: Any) -> bool:
    """Say whether a list shows uploaded files only in part (those in subfolders are left out of it)."""
    return any(key.endswith("_upload") and value for key, value in _settings(spec).items())


def _settings(spec: Sequence[Any]) -> Mapping[str, Any]:
    return spec[1] if len(spec) > 1 and isinstance(spec[1], Mapping) else {}


def _wanted(graph: Graph, info: ObjectInfo) -> list[str]:
    """Return the nodes that output nodes depend on; all of them if no class is known to be an output."""
    outputs = [n for n, node in graph.items() if _is_output(info.get(node["class_type"]))]
    waiting = outputs or list(graph)
    found = dict.fromkeys(waiting)
    while waiting:
        for _, source, _ in links_of(graph[waiting.pop()]):
            if source not in found:
                found[source] = None
                waiting.append(source)
    return list(found)


def _is_output(described: object) -> bool:
    return isinstance(described, Mapping) and described.get("output_node") is True
