"""Read what a ComfyUI server says: messages, frames, queue, history and refusals, as values. No I/O."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kitsumy_core.render.backend import ServerStats

MAX_PREVIEW = 4 << 20
_TEXT_LIMIT = 600


@dataclass(frozen=True)
class Message:
    """A websocket text message; `prompt_id` is empty where the server names no job."""

    type: str
    data: Mapping[str, Any]
    prompt_id: str = ""


@dataclass(frozen=True)
class Frame:
    """A preview image (JPEG or PNG bytes); `prompt_id` is None in frames of the older kind, which name no
    job.
    """

    image: bytes
    prompt_id: str | None = None


@dataclass(frozen=True)
class QueueView:
    """The server's queue: ids of what runs, and of what waits in the order in which it will run."""

    running: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()

    def ahead_of(self, prompt_id: str) -> tuple[str, ...] | None:
        """Return who is done before this job: empty when it runs, None when it is not in the queue."""
        if prompt_id in self.running:
            return ()
        if prompt_id not in self.pending:
            return None
        return self.running + self.pending[: self.pending.index(prompt_id)]


@dataclass(frozen=True)
class Output:
    """One image file on the server, as its history names it. Only ever sent back to the same server's
    `/view`.
    """

    filename: str
    subfolder: str = ""
    type: str = "output"


@dataclass(frozen=True)
class Outcome:
    """How a job ended, from its history entry."""

    status: Literal["success", "error", "interrupted"]
    outputs: Mapping[str, tuple[Output, ...]]
    """Node id -> its images."""
    error: Mapping[str, Any]
    """`execution_error`'s data; empty unless it failed."""


def read_message(text: str) -> Message | None:
    """Read a text message; None for anything that is not one."""
    try:
        written = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(written, dict) or not isinstance(written.get("type"), str):
        return None
    data = written.get("data")
    data = data if isinstance(data, dict) else {}
    prompt_id = data.get("prompt_id")
    return Message(written["type"], data, prompt_id if isinstance(prompt_id, str) else "")


def read_frame(data: bytes) -> Frame | None:
    """Read a binary message: type 1 (no id) or type 4 (with metadata); None for others and for what is no
    image.
    """
    if len(data) < 8 or len(data) > MAX_PREVIEW:
        return None
    kind, number = struct.unpack(">II", data[:8])
    prompt_id, image = None, data[8:]
    if kind == 4:
        image = data[8 + number :]
        try:
            prompt_id = str(json.loads(data[8 : 8 + number])["prompt_id"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
    if kind not in (1, 4) or not image.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        return None
    return Frame(image, prompt_id)


def steps_of(message: Message) -> tuple[int, int] | None:
    """Return (done, total) steps that a `progress` or `progress_state` message tells about, if it does."""
    if message.type == "progress":
        return _steps(message.data)
    if message.type != "progress_state" or not isinstance(nodes := message.data.get("nodes"), dict):
        return None
    running = (n for n in nodes.values() if isinstance(n, dict) and n.get("state") == "running")
    return next((s for n in running if (s := _steps(n)) and s[1] > 1), None)


def _steps(data: Mapping[str, Any]) -> tuple[int, int] | None:
    value, most = data.get("value"), data.get("max")
    return (
        (int(value), int(most)) if isinstance(value, int | float) and isinstance(most, int | float) else None
    )


def read_queue(body: object) -> QueueView:
    """Read `/queue`; the server lists what waits in heap order, so it is sorted by number."""

    def ids(key: str) -> tuple[str, ...]:
        entries = body.get(key) if isinstance(body, dict) else None
        rows = [
            e for e in entries or () if isinstance(e, list) and len(e) > 1 and isinstance(e[0], int | float)
        ]
        return tuple(str(e[1]) for e in sorted(rows, key=lambda e: e[0]))

    return QueueView(ids("queue_running"), ids("queue_pending"))


def read_stats(body: Mapping[str, Any], running: int, waiting: int) -> ServerStats:
    """Read `/system_stats`: of several devices the first one, which does the work."""
    system, devices = body.get("system"), body.get("devices")
    device = devices[0] if isinstance(devices, list) and devices and isinstance(devices[0], dict) else {}
    total, free = device.get("vram_total"), device.get("vram_free")
    return ServerStats(
        version=str(system.get("comfyui_version", "")) if isinstance(system, dict) else "",
        device=clipped(device.get("name", "")),
        memory_total=total if isinstance(total, int) else None,
        memory_free=free if isinstance(free, int) else None,
        running=running,
        waiting=waiting,
    )


def read_history(body: object, prompt_id: str) -> Outcome | None:
    """Read `/history/{id}`; None while there is no entry."""
    entry = body.get(prompt_id) if isinstance(body, dict) else None
    if not isinstance(entry, dict):
        return None
    status = entry.get("status")
    told = dict(_told(status.get("messages") if isinstance(status, dict) else None))
    outputs = entry.get("outputs")
    images = {str(n): tuple(_images(o)) for n, o in outputs.items()} if isinstance(outputs, dict) else {}
    if "execution_interrupted" in told:
        return Outcome("interrupted", images, {})
    failed = "execution_error" in told or (isinstance(status, dict) and status.get("status_str") == "error")
    return Outcome("error" if failed else "success", images, told.get("execution_error", {}))


def _told(messages: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in messages if isinstance(messages, list) else ():
        if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str):
            yield entry[0], entry[1] if isinstance(entry[1], dict) else {}


def _images(output: object) -> Iterator[Output]:
    for image in output.get("images") or () if isinstance(output, dict) else ():
        if not isinstance(image, dict):
            continue
        name, folder, kind = image.get("filename"), image.get("subfolder", ""), image.get("type", "output")
        if isinstance(name, str) and name and isinstance(folder, str) and kind in ("output", "temp"):
            yield Output(name, folder, kind)


def chosen_outputs(outcome: Outcome, stem: str) -> tuple[Output, ...]:
    """Return the images to keep: those whose name starts with `stem`, else all saved ones, else the
    temporary ones.
    """
    every = tuple(o for outputs in outcome.outputs.values() for o in outputs)
    named = tuple(o for o in every if o.filename.startswith(stem))
    return named or tuple(o for o in every if o.type == "output") or every


def failure_of(error: Mapping[str, Any], fallback: str = "") -> tuple[str, dict[str, str]]:
    """Return the error code and params for an `execution_error`; running out of memory has a code of its
    own.
    """
    message = clipped(error.get("exception_message") or fallback)
    kind = str(error.get("exception_type", ""))
    memory = "OutOfMemory" in kind or "out of memory" in message.lower() or "Allocation on device" in message
    params = {"node": str(error.get("node_id", "")), "node_type": str(error.get("node_type", ""))}
    return "render-out-of-memory" if memory else "render-failed", params | {"problem": message}


def refusals_of(body: object) -> list[dict[str, str]]:
    """Return what a refused `POST /prompt` says about each node: {node, node_type, input, problem}."""
    nodes = body.get("node_errors") if isinstance(body, dict) else None
    found = []
    for node_id, entry in nodes.items() if isinstance(nodes, dict) else ():
        errors = entry.get("errors") if isinstance(entry, dict) else None
        for error in errors if isinstance(errors, list) else ():
            if isinstance(error, dict):
                found.append(_refusal(str(node_id), entry, error))
    return found


def _refusal(node_id: str, entry: Mapping[str, Any], error: Mapping[str, Any]) -> dict[str, str]:
    extra = error.get("extra_info")
    problem = ": ".join(str(error[k]) for k in ("message", "details") if error.get(k))
    return {
        "node": node_id,
        "node_type": str(entry.get("class_type", "")),
        "input": str(extra.get("input_name", "")) if isinstance(extra, dict) else "",
        "problem": clipped(problem),
    }


def refusal_text(body: object) -> tuple[str, str]:
    """Return (type, message with details) of a refused `POST /prompt`."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return "", clipped(error)
    if not isinstance(error, dict):
        return "", ""
    text = " ".join(str(error[k]) for k in ("message", "details") if error.get(k))
    return str(error.get("type", "")), clipped(text)


def clipped(text: object) -> str:
    """Return a foreign text as one line of bounded length."""
    line = " ".join(str(text).split())
    return line if len(line) <= _TEXT_LIMIT else line[: _TEXT_LIMIT - 1] + "…"
