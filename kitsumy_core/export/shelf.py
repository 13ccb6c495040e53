"""Make exports in the background and keep the finished files, so that a closed tab loses nothing.

A finished export is two files in the shelf's folder: what was made, and a record of it. One of a kind is kept
for every comic: a newer one takes the place of the older when it is done. What was under way when the program
ended is not there any more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple
from uuid import uuid4

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from kitsumy_core.errors import CancelledJobError, KitsumyError, NotFoundError
from kitsumy_core.export.comic import Watch
from kitsumy_core.export.files import new_file, translated, write_file
from kitsumy_core.export.names import safe_id
from kitsumy_core.plan.book import MAIN

log = structlog.get_logger()

_ABANDONED = 600.0
"""Seconds after which a half-made file that nobody writes to is cleared away."""

State = Literal["queued", "running", "done", "failed", "cancelled"]


class Note(BaseModel):
    """A code with its params: why an export failed, or what is wrong with what was made."""

    model_config = ConfigDict(frozen=True)

    code: str
    params: dict[str, Any] = {}


class Export(BaseModel):
    """An export of an edition of a comic. `name` is the file's name for who takes it away; `rev` the book's
    revision.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    project_id: str
    kind: str
    name: str
    mime: str
    rev: int = 0
    edition: str = MAIN
    state: State = "queued"
    done: int = 0
    total: int = 0
    size: int = 0
    created: datetime
    error: Note | None = None
    notes: tuple[Note, ...] = ()

    @property
    def active(self) -> bool:
        return self.state in ("queued", "running")


class Wish(NamedTuple):
    """What to make. `make` writes to a seekable file and returns what is to be said about the result."""

    project_id: str
    kind: str
    name: str
    mime: str
    rev: int
    make: Callable[[IO[bytes], Watch], Sequence[Note]]
    edition: str = MAIN


def _place(made: Export | Wish) -> tuple[str, str, str]:
    return made.project_id, made.kind, made.edition


class Shelf:
    """Safe to use from several threads; one shelf belongs to one folder and one process."""

    def __init__(self, folder: Path, workers: int = 1) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="shelf")
        self._lock = threading.Lock()
        self._known: dict[str, Export] = {}
        self._cancelled: set[str] = set()
        self._load()

    def submit(self, wish: Wish) -> Export:
        """Begin an export; the same kind for the same comic that is under way is not begun twice."""
        with self._lock:
            for known in self._known.values():
                if known.active and _place(known) == _place(wish):
                    return known
            export = Export(
                id=uuid4().hex,
                created=datetime.now(UTC),
                **{key: value for key, value in wish._asdict().items() if key != "make"},
            )
            self._known[export.id] = export
        self._pool.submit(self._work, export.id, wish)
        return export

    def exports(self, project_id: str, edition_id: str = MAIN) -> dict[str, list[Export]]:
        """Return the exports of an edition of a comic by their kind, the newest first."""
        with self._lock:
            known = list(self._known.values())
        own = [e for e in known if (e.project_id, e.edition) == (project_id, edition_id)]
        kinds: dict[str, list[Export]] = {}
        for export in sorted(own, key=lambda export: export.created, reverse=True):
            kinds.setdefault(export.kind, []).append(export)
        return kinds

    def export(self, export_id: str) -> Export:
        """Raises NotFoundError."""
        with self._lock:
            found = self._known.get(export_id)
        if found is None:
            raise NotFoundError("export-not-found")
        return found

    def file(self, export_id: str) -> Path:
        """Return the path of a finished export. Raises NotFoundError."""
        export = self.export(export_id)
        path = self._path(export)
        if export.state != "done" or not path.is_file():
            raise NotFoundError("export-not-found")
        return path

    def cancel(self, export_id: str) -> None:
        """Cancel what waits or runs; it ends before its next page."""
        with self._lock:
            export = self._known.get(export_id)
            if export is None or not export.active:
                return
            self._cancelled.add(export_id)
            if export.state == "queued":
                self._known[export_id] = export.model_copy(update={"state": "cancelled"})

    def remove(self, export_id: str) -> None:
        """Forget an export and delete its file."""
        self.cancel(export_id)
        with self._lock:
            export = self._known.pop(export_id, None)
        if export is not None and export.state == "done":
            for path in (self._record(export), self._path(export)):
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def clear_away(self, is_there: Callable[[str], bool]) -> None:
        """Delete the exports of comics that are not there any more."""
        with self._lock:
            known = [(export.id, export.project_id) for export in self._known.values()]
        gone = {project_id for _, project_id in known if not is_there(project_id)}
        for export_id, project_id in known:
            if project_id in gone:
                self.remove(export_id)

    def stop(self) -> None:
        """Cancel everything and wait for it to end."""
        with self._lock:
            self._cancelled |= {export.id for export in self._known.values() if export.active}
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, export_id: str, wish: Wish) -> None:

        def report(done: int, total: int) -> None:
            self._change(export_id, done=done, total=total)

        watch = Watch(report, lambda: export_id in self._cancelled)
        if export_id in self._cancelled or not self._change(export_id, state="running"):
            return
        try:
            self._make(export_id, wish, watch)
        except CancelledJobError:
            self._change(export_id, state="cancelled")
        except KitsumyError as error:
            self._fail(export_id, error.error_code, dict(error.params))
        except Exception:
            log.exception("export crashed", kind=wish.kind)
            self._fail(export_id, "export-crashed", {})

    def _make(self, export_id: str, wish: Wish, watch: Watch) -> None:
        path = self._path(self.export(export_id))
        with new_file(path) as file:
            notes = tuple(wish.make(file, watch))
            if watch.cancelled():
                raise CancelledJobError("export-cancelled", page=0, pages=0)
        with translated(path):
            size = path.stat().st_size
        done = self.export(export_id).model_copy(update={"state": "done", "size": size, "notes": notes})
        write_file(self._record(done), done.model_dump_json().encode())
        self._change(export_id, state="done", size=size, notes=notes)
        for older in self.exports(wish.project_id, wish.edition)[wish.kind]:
            if older.id != export_id and not older.active:
                self.remove(older.id)

    def _fail(self, export_id: str, code: str, params: dict[str, Any]) -> None:
        log.info("export failed", export=export_id, code=code)
        self._change(export_id, state="failed", error=Note(code=code, params=params))

    def _change(self, export_id: str, **fields: Any) -> bool:
        with self._lock:
            export = self._known.get(export_id)
            if export is not None:
                self._known[export_id] = export.model_copy(update=fields)
        return export is not None

    def _load(self) -> None:
        """Take in what earlier runs finished, and clear away what they left half-made."""
        with suppress(OSError):
            for part in self._folder.glob("*/.*.part"):
                if part.stat().st_mtime < time.time() - _ABANDONED:
                    part.unlink(missing_ok=True)
            for record in self._folder.glob("*/*.json"):
                with suppress(ValidationError, OSError):
                    export = Export.model_validate_json(record.read_bytes())
                    if record == self._record(export) and self._path(export).is_file():
                        self._known[export.id] = export

    def _path(self, export: Export) -> Path:
        return self._folder / safe_id(export.project_id) / f"{safe_id(export.id)}.bin"

    def _record(self, export: Export) -> Path:
        return self._path(export).with_suffix(".json")
