"""Read what RunPod's queue and its workers answer, in every form their versions have used. No I/O.

A worker's output is decoded by what it holds, not by what it says it is: the bytes decide what is a picture.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

OVER = frozenset({"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"})
"""States that never change again; any other, known or not, means: ask again later."""

MAX_PICTURES = 64
MAX_TEXT = 180 << 20
"""Letters of base64 that are decoded; more is no picture of ours."""

_DEEPEST = 6
_PLACES = ("images", "message", "job_results", "image", "image_url", "url", "data", "base64", "output")
"""Keys under which workers put pictures; the first that holds any is taken."""


@dataclass(frozen=True)
class Answer:
    """One job as `/run`, `/status` or `/cancel` shows it. Times are seconds; `worker` is empty if unknown."""

    id: str
    status: str
    output: Any = None
    error: Any = None
    delay: float | None = None
    seconds: float | None = None
    """The worker's own execution time, which is what is paid for."""
    worker: str = ""

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def never_began(self) -> bool:
        """Whether it was cancelled before a worker had it: nothing is paid for that."""
        return self.status == "CANCELLED" and not self.seconds and not self.worker


@dataclass(frozen=True)
class Source:
    """A picture of an output: its bytes, or the URL where they are, and the file's name where it is told."""

    data: bytes = b""
    url: str = ""
    name: str = ""


@dataclass(frozen=True)
class Health:
    """An endpoint's workers and jobs as `/health` counts them; whatever it leaves out is 0."""

    idle: int = 0
    running: int = 0
    initializing: int = 0
    ready: int = 0
    throttled: int = 0
    unhealthy: int = 0
    queued: int = 0
    in_progress: int = 0


def read_answer(body: object) -> Answer | None:
    """Read a job's answer; None for what is none."""
    if not isinstance(body, Mapping) or not isinstance(body.get("id"), str) or not body["id"]:
        return None
    status = body.get("status")
    return Answer(
        id=body["id"],
        status=status.upper() if isinstance(status, str) else "",
        output=body.get("output"),
        error=body.get("error"),
        delay=_seconds(body.get("delayTime")),
        seconds=_seconds(body.get("executionTime")),
        worker=str(body.get("workerId") or ""),
    )


def read_health(body: object) -> Health | None:
    """Read `/health`; None for what is no such answer."""
    if not isinstance(body, Mapping):
        return None
    workers, jobs = body.get("workers"), body.get("jobs")
    if not isinstance(workers, Mapping) and not isinstance(jobs, Mapping):
        return None
    names = ("idle", "running", "initializing", "ready", "throttled", "unhealthy")
    counts = {name: _count(workers, name) for name in names}
    return Health(**counts, queued=_count(jobs, "inQueue"), in_progress=_count(jobs, "inProgress"))


def pictures_in(output: object) -> tuple[Source, ...]:
    """Return the pictures of an output in its own order, whichever worker made it; repeated ones once."""
    found = dict.fromkeys(_sources(output, 0))
    return tuple(found)[:MAX_PICTURES]


def own_pictures(sources: Sequence[Source], stem: str, ours: str) -> tuple[Source, ...]:
    """Return the pictures of one job: those whose names start with `stem`, or all where none is told apart.

    `ours` is how the names of all our jobs start: pictures of other jobs are left to them.
    """
    named = [one for one in sources if one.name.startswith(stem)]
    is_told = any(one.name.startswith(ours) for one in sources)
    found = {(one.data, one.url): one for one in (named if is_told else sources)}
    return tuple(found.values())


def complaints_in(output: object) -> tuple[str, ...]:
    """Return what an output says went wrong: a legacy worker's message, its details, a list of errors."""
    told: list[str] = []
    for part in output if isinstance(output, list) else [output]:
        if not isinstance(part, Mapping):
            continue
        if str(part.get("status", "")).lower() == "error":
            told += _texts(part.get("message"))
        for key in ("error", "details", "errors"):
            told += _texts(part.get(key))
    return tuple(told)


def is_failure(output: object) -> bool:
    """Tell whether the output of a job that "completed" says that it failed, as old workers do."""
    return isinstance(output, Mapping) and str(output.get("status", "")).lower() == "error"


def is_without_pictures(output: object) -> bool:
    """Tell whether an output says that there are none: not the same as one that cannot be read."""
    if not isinstance(output, Mapping):
        return False
    return output.get("status") == "success_no_images" or output.get("images") == []


def steps_in(output: object) -> tuple[int, int] | None:
    """Return (done, total) steps that a running job's output tells about, if it does."""
    if not isinstance(output, Mapping):
        return None
    for value, most in (("value", "max"), ("step", "of"), ("value", "total")):
        done, total = output.get(value), output.get(most)
        if done is not None and total and _is_number(done) and _is_number(total) and total > 0:
            return max(0, min(int(done), int(total))), int(total)
    return None


def _sources(value: object, depth: int) -> Iterator[Source]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield from _from_text(value, depth)
    elif isinstance(value, list):
        for part in value[: 4 * MAX_PICTURES]:
            yield from _sources(part, depth + 1)
    elif isinstance(value, Mapping) and not is_failure(value):
        for key in _PLACES:
            found = list(_sources(value.get(key), depth + 1))
            if found:
                name = value.get("filename")
                known = name if isinstance(name, str) else ""
                yield from (replace(one, name=one.name or known) for one in found)
                return


def _from_text(text: str, depth: int) -> Iterator[Source]:
    text = text.strip()
    if text.startswith(("https://", "http://")):
        if not any(sign.isspace() for sign in text):
            yield Source(url=text)
    elif text.startswith(("{", "[")):
        try:
            yield from _sources(json.loads(text), depth + 1)
        except (ValueError, RecursionError):
            return
    elif data := decoded(text):
        yield Source(data=data)


def decoded(text: str) -> bytes | None:
    """Return the picture of a data URI or of plain base64; None if it is none."""
    if text.startswith("data:"):
        text = text.partition(",")[2]
    if not 16 <= len(text) <= MAX_TEXT:
        return None
    text = "".join(text.split())
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if is_picture(data) else None


def is_picture(data: bytes) -> bool:
    return data.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [str(one) for one in value if one]
    return (
        [json.dumps(value, ensure_ascii=False, default=str)] if isinstance(value, Mapping) and value else []
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _seconds(value: object) -> float | None:
    """Return milliseconds as seconds; None for what is no time."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return float(value) / 1000
    return None


def _count(group: object, name: str) -> int:
    value = group.get(name) if isinstance(group, Mapping) else None
    return max(0, int(value)) if isinstance(value, int | float) and not isinstance(value, bool) else 0
