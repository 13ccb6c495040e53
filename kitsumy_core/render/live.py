"""Know how the running jobs of this process are getting on: progress, newest preview, cost so far."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

from kitsumy_core.render.backend import Progress


@dataclass(frozen=True)
class Live:
    """What is known of a running job beyond the ledger. `version` changes with every new preview."""

    progress: Progress
    started: float
    version: int = 0
    working_since: float | None = None
    """When the server began with it; jobs that wait in its queue have not begun."""

    def seconds(self) -> float:
        """Return how long the server has worked on it: by its own word, else by our clock."""
        if self.progress.seconds is not None:
            return self.progress.seconds
        return time.monotonic() - (self.working_since or self.started)


class Board:
    """Written by the loop, read from any thread."""

    def __init__(self) -> None:
        self._live: dict[str, Live] = {}
        self._lock = threading.Lock()

    def get(self, job_id: str) -> Live | None:
        with self._lock:
            return self._live.get(job_id)

    def forget(self, job_id: str) -> None:
        with self._lock:
            self._live.pop(job_id, None)

    def report(self, job_id: str, progress: Progress) -> None:
        """Note progress; a preview, cost or time that it does not name stays as it was."""
        now = time.monotonic()
        with self._lock:
            known = self._live.get(job_id) or Live(progress, now)
            before = known.progress
            merged = replace(
                progress,
                preview=before.preview if progress.preview is None else progress.preview,
                cost=before.cost if progress.cost is None else progress.cost,
                seconds=before.seconds if progress.seconds is None else progress.seconds,
            )
            begins = known.working_since is None and progress.stage != "waiting"
            self._live[job_id] = replace(
                known,
                progress=merged,
                version=known.version + (progress.preview is not None),
                working_since=now if begins else known.working_since,
            )
