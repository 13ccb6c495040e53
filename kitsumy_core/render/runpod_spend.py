"""Remember what was paid: a line a job in a file that processes share, read for limits and estimates."""

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


class SpendBook:
    """Without a file it lives as long as the process. Safe for several threads and processes."""

    def __init__(self, file: Path | None = None, clock: Any = time.time) -> None:
        self._file, self._clock = file, clock
        self._lock = threading.Lock()
        self._read_to = 0
        self._recent: deque[Paid] = deque()
        self._known: dict[str, deque[tuple[float, float]]] = {}
        self._jobs: set[str] = set()
        self._naming: dict[str, bool] = {}

    def add(self, paid: Paid) -> None:
        """Note a job; one that was noted before is left as it is."""
        with self._lock:
            self._catch_up()
            if paid.job in self._jobs:
                return
            if self._file is None:
                self._take(paid)
                return
            line = json.dumps({k: v for k, v in vars(paid).items() if v is not None}) + "\n"
            with suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                where = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(where, line.encode())
                finally:
                    os.close(where)
                self._catch_up()
            if paid.job not in self._jobs:  # the disk would not take it: hold it here at least
                self._take(paid)

    def last_day(self) -> float:
        """Return USD of the last 24 hours."""
        with self._lock:
            self._catch_up()
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
        for paid in _lines(whole):
            self._take(paid)

    def _take(self, paid: Paid) -> None:
        if paid.job in self._jobs:
            return
        self._jobs.add(paid.job)
        self._recent.append(paid)
        if paid.work > 0:
            self._naming[paid.endpoint] = paid.named
        if paid.seconds > 0 and paid.work > 0:
            self._known.setdefault(paid.endpoint, deque(maxlen=REMEMBERED)).append((paid.work, paid.seconds))


def _lines(data: bytes) -> Iterator[Paid]:
    for line in data.splitlines():
        with suppress(ValueError, TypeError, KeyError):
            found = json.loads(line)
            if isinstance(found, Mapping):
                usd = found.get("usd")
                yield Paid(
                    at=float(found["at"]),
                    endpoint=str(found["endpoint"]),
                    job=str(found["job"]),
                    work=float(found.get("work", 0.0)),
                    seconds=float(found.get("seconds", 0.0)),
                    usd=None if usd is None else float(usd),
                    named=found.get("named") is True,
                )
