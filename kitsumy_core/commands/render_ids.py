"""Keep the ids of paid jobs beside the pictures, so that a killed run is gone on with and not paid again."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from kitsumy_core.errors import UsageError
from kitsumy_core.export.files import translated, write_file
from kitsumy_core.pipeline import Planned
from kitsumy_core.render.request import request_key

FILE, LOCK = ".runpod.json", ".runpod.lock"
MAX_BYTES = 5_000_000


@contextmanager
def alone_in(folder: Path, within: float = 1.0) -> Iterator[None]:
    """Keep other runs out of a folder, which would send the same pictures; a killed one lets go by itself.

    Raises UsageError, StorageError.
    """
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LOCK).touch()
    # An exclusive transaction on a file of its own is a lock on every system that SQLite runs on.
    with closing(sqlite3.connect(folder / LOCK, timeout=within, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:
            raise UsageError("render-folder-busy", folder=str(folder)) from None
        yield


def job_of(panel_id: str, wish: Planned) -> str:
    """Return the id of a panel's job: the same for the same request, in every run."""
    return str(uuid5(NAMESPACE_OID, f"{panel_id}\n{request_key(wish.request)}"))


class FolderIds:
    """The `RemoteIds` of a folder of renders: on the disk when `keep` returns. Raises StorageError."""

    def __init__(self, folder: Path) -> None:
        self._file, self._lock = folder / FILE, threading.Lock()
        self._ids = self._read()

    async def keep(self, job_id: str, remote_id: str) -> None:
        await asyncio.to_thread(self._put, job_id, remote_id)

    async def find(self, job_id: str) -> str | None:
        return self._ids.get(job_id)

    async def others(self, job_id: str) -> int | None:
        return None  # what is over is forgotten here

    def is_unanswered(self, job_id: str) -> bool:
        """Tell whether a job was sent without an answer: nothing is known to look for."""
        return self._ids.get(job_id, "").endswith("/")

    def forget(self, job_id: str) -> None:
        """Forget a job that is over; the next run makes its picture anew."""
        if job_id in self._ids:
            self._put(job_id, "")

    def _put(self, job_id: str, remote_id: str) -> None:
        with self._lock:
            kept = {**self._ids, job_id: remote_id}
            self._ids = {job: remote for job, remote in kept.items() if remote}
            if self._ids or self._file.exists():
                write_file(self._file, json.dumps(self._ids, indent=1).encode())
            if not self._ids:
                self._file.unlink(missing_ok=True)

    def _read(self) -> dict[str, str]:
        try:
            with self._file.open("rb") as file:
                found = json.loads(file.read(MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        return {str(k): v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}
