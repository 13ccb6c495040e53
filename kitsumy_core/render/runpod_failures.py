"""Turn what a failed RunPod job says into one of our errors, with the node, model or reason it names. No I/O.

Workers answer with sentences, with Python reprs, or with JSON inside a text. None of it is shown as it is
where something better can be said; tracebacks never are.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kitsumy_core.errors import (
    BackendError,
    CancelledJobError,
    MissingResourcesError,
    RejectedError,
    RenderFailedError,
)
from kitsumy_core.render.comfyui_wire import clipped, failure_of
from kitsumy_core.render.graph_check import Missing, Requirement
from kitsumy_core.render.runpod_wire import Answer, complaints_in, is_failure, is_without_pictures

_NODE_LINE = re.compile(r"^\W*Node (\S+) \((\w+)\): (.*)$", re.MULTILINE)
_AT_RUN_TIME = re.compile(r"Node Type: (.*?), Node ID: (.*?), Message: (.*)", re.DOTALL)
_NO_NODE = re.compile(r"node (\S+) does not exist")
_QUERY = re.compile(r"(https?://[^\s?]+)\?\S+")
_LONGEST_REPR = 200_000
_REFUSALS = (
    "Missing 'workflow'",
    "Please provide input",
    "Invalid JSON",
    "'images' must be",
    "Error queuing workflow",
    "Workflow validation failed",
    "Cannot execute because",
    "Prompt has no outputs",
)


def failure(answer: Answer, endpoint: str, known: Sequence[Requirement] = ()) -> BackendError:
    """Return the error for a job that is over and brought no picture. `known` says where to get things."""
    server = {"server": f"RunPod {endpoint}", "endpoint": endpoint}
    if answer.status == "CANCELLED":
        return CancelledJobError("runpod-cancelled-there", **server)
    if answer.status == "TIMED_OUT":
        return RenderFailedError("runpod-timed-out", seconds=round(answer.seconds or 0), **server)
    if answer.status == "COMPLETED" and not is_failure(answer.output):
        return _without_pictures(answer, server)
    return _told(answer, server, known)


def _without_pictures(answer: Answer, server: Mapping[str, str]) -> BackendError:
    if is_without_pictures(answer.output):
        return RenderFailedError("render-without-pictures", **server)
    if answer.output is None or answer.output in ("", [], {}):
        return RenderFailedError("runpod-result-lost", **server)
    if told := complaints_in(answer.output):
        return RenderFailedError("runpod-failed", problem=_clean(" ".join(told)), **server)
    return RenderFailedError("runpod-result-unreadable", found=_shape(answer.output), **server)


def _told(answer: Answer, server: Mapping[str, str], known: Sequence[Requirement]) -> BackendError:
    crash = _crash(answer.error)
    texts = [*_error_texts(answer.error), *complaints_in(answer.output)]
    whole = "\n".join(texts)
    if at := _AT_RUN_TIME.search(whole):
        node_type, node, message = (part.strip() for part in at.groups())
        code, params = failure_of({"node_type": node_type, "node_id": node, "exception_message": message})
        return RenderFailedError(code, **params, **server)
    if crash:
        kind, message = crash
        code, params = failure_of({"exception_type": kind, "exception_message": message})
        if code == "render-out-of-memory":
            return RenderFailedError(code, **{**params, "node_type": kind}, **server)
        return RenderFailedError("runpod-worker-crashed", kind=kind, problem=_clean(message), **server)
    if "not reachable" in whole and "ComfyUI" in whole:
        return RenderFailedError("runpod-comfyui-down", **server)
    if "failed to upload" in whole.lower():
        return RejectedError("runpod-input-refused", problem=_clean(texts[-1]), **server)
    if any(start in whole for start in _REFUSALS):
        return _refusal(whole, server, known)
    if "out of memory" in whole.lower():
        return RenderFailedError("render-out-of-memory", node_type="?", problem=_clean(whole), **server)
    return RenderFailedError("runpod-failed", problem=_clean(" ".join(texts)) or answer.status, **server)


def _refusal(whole: str, server: Mapping[str, str], known: Sequence[Requirement]) -> BackendError:
    places = {one.name: one.where for one in known}
    if absent := _NO_NODE.search(whole):
        name = absent[1]
        missing = [Missing(kind="node", name=name, where=places.get(name, ""))]
        return MissingResourcesError("missing-resources", missing=[m.model_dump() for m in missing], **server)
    refusals = list(_refusals(whole))
    lacking = [_missing(one, places) for one in refusals if one["type"] == "value_not_in_list"]
    if lacking and len(lacking) == len(refusals):
        return MissingResourcesError("missing-resources", missing=[m.model_dump() for m in lacking], **server)
    problem = refusals[0]["problem"] if refusals else _clean(whole.partition("Raw response:")[0])
    nodes = [{key: str(one[key]) for key in ("node", "node_type", "input", "problem")} for one in refusals]
    return RejectedError("rejected", problem=problem, nodes=nodes, **server)


def _refusals(whole: str) -> Iterator[dict[str, Any]]:
    """Yield what a validation text says about each node: it is a Python repr of ComfyUI's own answer."""
    classes = {node: text.strip() for node, part, text in _NODE_LINE.findall(whole) if part == "class_type"}
    for node, part, text in _NODE_LINE.findall(whole):
        if part != "errors" or len(text) > _LONGEST_REPR:
            continue
        try:
            errors = ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            errors = [{"message": text}]
        for error in errors if isinstance(errors, list) else []:
            if isinstance(error, Mapping):
                yield _entry(node, classes.get(node, ""), error)


def _entry(node: str, node_type: str, error: Mapping[str, Any]) -> dict[str, Any]:
    extra = error.get("extra_info")
    extra = extra if isinstance(extra, Mapping) else {}
    return {
        "node": node,
        "node_type": node_type,
        "type": str(error.get("type", "")),
        "input": str(extra.get("input_name", "")),
        "wanted": str(extra.get("received_value", "")),
        "choices": _choices(extra.get("input_config")),
        "problem": _clean(": ".join(str(error[k]) for k in ("message", "details") if error.get(k))),
    }


def _choices(config: object) -> tuple[str, ...]:
    first = config[0] if isinstance(config, list | tuple) and config else None
    return tuple(str(one) for one in first[:10]) if isinstance(first, list | tuple) else ()


def _missing(entry: Mapping[str, Any], places: Mapping[str, str]) -> Missing:
    name = str(entry["wanted"])
    is_file = "." in name and str(entry["input"]).endswith("name")
    return Missing(
        kind="model" if is_file else "choice",
        name=name,
        where=places.get(name, ""),
        node=str(entry["node"]),
        input=str(entry["input"]),
        available=entry["choices"],
    )


def _crash(error: object) -> tuple[str, str] | None:
    """Return (type, message) of an exception that the SDK packed as JSON into the error's text."""
    if isinstance(error, str) and error.lstrip().startswith("{"):
        try:
            error = json.loads(error)
        except (ValueError, RecursionError):
            return None
    if not isinstance(error, Mapping) or "error_message" not in error:
        return None
    kind = re.sub(r"^<class '(.*)'>$", r"\1", str(error.get("error_type", ""))).rpartition(".")[2]
    return clipped(kind), str(error["error_message"])


def _error_texts(error: object) -> list[str]:
    if isinstance(error, str):
        return [error] if error.strip() else []
    if isinstance(error, Mapping):
        named = [str(error[k]) for k in ("message", "msg", "error_message", "error") if error.get(k)]
        return named[:1] or [json.dumps(dict(error), ensure_ascii=False, default=str)]
    return [] if error is None else [str(error)]


def _clean(text: object) -> str:
    """Return a foreign text on one line, without the signatures that addresses may carry."""
    return clipped(_QUERY.sub(r"\1", str(text)))


def _shape(output: object) -> str:
    """Say of an output what it is, not what it holds."""
    if isinstance(output, Mapping):
        return clipped(", ".join(map(str, output))) or "{}"
    return type(output).__name__
