"""Remember what was paid and is held back: lines in a file that processes share, for limits and estimates.

Who holds money back writes that first and looks then what others wrote before it: the order of the lines
decides between processes that come at the same time.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE_NAME = "runpod-spend.jsonl"
DAY = 86400.0
REMEMBERED = 200
_TAIL = 1 << 20


@dataclass(frozen=True)
class Paid:
    """One job: when it ended (Unix time), where, how much work it was, its working seconds, and USD."""

    at: float
    endpoint: str
    job: str
    work: float = 0.0
    seconds: float = 0.0
    usd: float | None = None
    named: bool = False
    """Whether the worker told the pictures' file names, so that several jobs can share a call there."""


@dataclass(frozen=True)
class Held:
    """USD held back for a job since a time (Unix); None = no longer."""

    at: float
    job: str
    usd: float | None


class SpendBook:
    """Without a file it lives as long as the process. Safe for several threads and processes."""

    def __init__(self, file: Path | None = None, clock: Any = time.time) -> None:
        self._file, self._clock = file, clock
        self._lock = threading.Lock()
        self._read_to = 0
        self._recent: deque[Paid] = deque()
        self._known: dict[str, deque[tuple[float, float]]] = {}
        self._jobs: dict[str, Paid] = {}
        self._held: dict[str, Held] = {}
        self._naming: dict[str, bool] = {}

    def add(self, paid: Paid) -> None:
        """Note a job; one that was noted before is left as it is."""
        with self._lock:
            self._catch_up()
            if paid.job in self._jobs:
                return
            self._write({k: v for k, v in vars(paid).items() if v is not None})
            self._take(paid)  # in case the disk would not take it

    def find(self, job: str) -> Paid | None:
        """Return what was noted of a job."""
        with self._lock:
            self._catch_up()
            return self._jobs.get(job)

    def hold(self, job: str, usd: float) -> float:
        """Hold money back for a job, and return USD that were spent or held back before it in 24 hours."""
        with self._lock:
            held = Held(self._clock(), job, usd)
            self._write({"held": job, "at": held.at, "usd": usd})
            if self._held.get(job) != held:  # the disk would not take it
                self._take(held)
            before = 0.0
            for other in self._held.values():
                if other.job == job:
                    break
                before += (other.usd or 0.0) if other.at >= held.at - DAY else 0.0
            return self._last_day() + before

    def release(self, job: str) -> None:
        """Hold nothing back for a job any more."""
        with self._lock:
            self._catch_up()
            if job in self._held:
                self._write({"held": job, "at": self._clock()})
                self._held.pop(job, None)

    def last_day(self) -> float:
        """Return USD of the last 24 hours."""
        with self._lock:
            self._catch_up()
            return self._last_day()

    def _last_day(self) -> float:
        since = self._clock() - DAY
        while self._recent and self._recent[0].at < since:
            self._recent.popleft()
        return sum(paid.usd or 0.0 for paid in self._recent if paid.at >= since)

    def known(self, endpoint: str) -> list[tuple[float, float]]:
        """Return (work, seconds) of the last jobs of an endpoint."""
        with self._lock:
            self._catch_up()
            return list(self._known.get(endpoint, ()))

    def names_files(self, endpoint: str) -> bool:
        """Tell whether the newest pictures of an endpoint came with their file names."""
        with self._lock:
            self._catch_up()
            return self._naming.get(endpoint, False)

    def _write(self, entry: Mapping[str, Any]) -> None:
        """Append a line, on a line of its own even after one that was cut short, and read what is new."""
        if self._file is None:
            return
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            where = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(where, f"\n{json.dumps(entry)}\n".encode())
            finally:
                os.close(where)
            self._catch_up()

    def _catch_up(self) -> None:
        if self._file is None:
            return
        try:
            with self._file.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                if size < self._read_to:
                    self._read_to = 0
                skipped = max(self._read_to, size - _TAIL)
                file.seek(skipped)
                data = file.read(size - skipped)
        except OSError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        if skipped > self._read_to:
            whole = whole.partition(b"\n")[2]
        self._read_to = skipped + data.rfind(b"\n") + 1
        for entry in _lines(whole):
            self._take(entry)

    def _take(self, paid: Paid | Held) -> None:
        if isinstance(paid, Held):
            self._held.pop(paid.job, None)
            if paid.usd is not None:
                self._held[paid.job] = paid
            return
        if paid.job in self._jobs:
            return
        self._jobs[paid.job] = paid
        self._recent.append(paid)
        if paid.work > 0:
            self._naming[paid.endpoint] = paid.named
        if paid.seconds > 0 and paid.work > 0:
            self._known.setdefault(paid.endpoint, deque(maxlen=REMEMBERED)).append((paid.work, paid.seconds))


def _lines(data: bytes) -> Iterator[Paid | Held]:
    for line in data.splitlines():
        with suppress(ValueError, TypeError, KeyError):
            found = json.loads(line)
            if not isinstance(found, Mapping):
                continue
            usd = found.get("usd")
            if "held" in found:
                yield Held(float(found["at"]), str(found["held"]), None if usd is None else float(usd))
            else:
                yield Paid(
                    at=float(found["at"]),
                    endpoint=str(found["endpoint"]),
                    job=str(found["job"]),
                    work=float(found.get("work", 0.0)),
                    seconds=float(found.get("seconds", 0.0)),
                    usd=None if usd is None else float(usd),
                    named=found.get("named") is True,
                )
