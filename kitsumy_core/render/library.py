"""Keep the workflows that ship and those the writer added: find, load, add, rename, delete, correct.

Corrections of slots stand beside a workflow of the data folder as `NAME.slots.json`, for shipped workflows
too, and are put into every graph that is loaded.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import read_graph
from kitsumy_core.render.graph_check import Requirement, read_requirements
from kitsumy_core.render.workflow_slots import SLOTS, corrected

Graph = Mapping[str, Any]
Corrections = Mapping[str, tuple[tuple[str, str], ...]]
"""Slot -> (node, input) pairs in order; none of them says that the slot is nowhere."""

MAX_BYTES = 5_000_000
_SLOTS_FILE = ".slots"
_NAME = re.compile(r"\w[\w .()+-]{0,79}")


def shipped_folder() -> Path:
    """Return the folder of the shipped workflows, in a checkout or an installed package."""
    package = Path(__file__).parents[1]
    beside = package.parent / "workflows"
    return beside if beside.is_dir() else package / "workflows"


class Workflows:
    """Workflows by name; a file of the writer's own folder comes before a shipped one of the same name.

    `own` need not exist until something is kept in it; without it nothing can be kept.
    """

    def __init__(self, own: Path | None = None) -> None:
        self._own, self._shipped = own, shipped_folder()

    def names(self) -> list[str]:
        return sorted({*self.own_names(), *_stems(self._shipped)})

    def own_names(self) -> list[str]:
        """Return the names of the workflows that the writer added."""
        return sorted(_stems(self._own)) if self._own else []

    def load(self, name: str) -> dict[str, Any]:
        """Return the graph of a name of ours, corrections put in, or of a path to a file.

        Raises WorkflowError.
        """
        return corrected(self.as_found(name), self.corrections(name))

    def as_found(self, name: str) -> dict[str, Any]:
        """Return the graph as the file has it. Raises WorkflowError."""
        for folder in (self._own, self._shipped):
            if folder and name in _stems(folder):
                return _read(folder / f"{name}.json")
        file = Path(name)
        if file.suffix == ".json" and file.is_file():
            return _read(file)
        raise WorkflowError("workflow-unknown", name=name, known=self.names())

    def add(self, name: str, data: bytes, *, replace: bool = False) -> str:
        """Keep a file's content under a name and return the name. Raises WorkflowError if it is no graph,
        or the name is taken or no file name.
        """
        if len(data) > MAX_BYTES:
            raise WorkflowError("workflow-too-large", name=name, limit=MAX_BYTES)
        graph = read_graph(data)
        known = usable_name(name)
        if known in self.names() and not replace:
            raise WorkflowError("workflow-name-taken", name=known)
        self._write(known, graph)
        return known

    def free_name(self, name: str) -> str:
        """Return a usable name like this one that no workflow has yet."""
        known, taken = usable_name(name), set(self.names())
        return next(
            n for k in range(1, len(taken) + 2) if (n := known if k == 1 else f"{known}-{k}") not in taken
        )

    def rename(self, name: str, new: str) -> str:
        """Give an own workflow another name, its corrections with it; returns the new one."""
        known = usable_name(new)
        folder = self._owned(name)
        if known == name:
            return name
        if known in self.names():
            raise WorkflowError("workflow-name-taken", name=known)
        try:
            for ending in (_SLOTS_FILE, ""):
                if (file := folder / f"{name}{ending}.json").is_file():
                    file.rename(folder / f"{known}{ending}.json")
        except OSError as error:
            raise _closed(folder, error) from error
        return known

    def delete(self, name: str) -> None:
        """Forget an own workflow and its corrections. Raises WorkflowError for a shipped one."""
        folder = self._owned(name)
        try:
            for ending in ("", _SLOTS_FILE):
                (folder / f"{name}{ending}.json").unlink(missing_ok=True)
        except OSError as error:
            raise _closed(folder, error) from error

    def corrections(self, name: str) -> Corrections:
        """Return what was set by hand; nothing where the file of it cannot be read."""
        if self._own is None or not _NAME.fullmatch(name):
            return {}
        try:
            written = json.loads((self._own / f"{name}{_SLOTS_FILE}.json").read_bytes())["slots"]
            return {
                slot: tuple((str(node), str(name)) for node, name in places)
                for slot, places in written.items()
                if slot in SLOTS
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def correct(self, name: str, slot: str, places: Sequence[tuple[str, str]] | None) -> None:
        """Bind a slot to these inputs from now on; None lets it be found again. Raises WorkflowError."""
        if name not in self.names():
            raise WorkflowError("workflow-unknown", name=name, known=self.names())
        usable_name(name)
        kept = {s: p for s, p in self.corrections(name).items() if s != slot}
        if places is not None:
            kept[slot] = tuple(places)
        if kept:
            self._write(f"{name}{_SLOTS_FILE}", {"version": 1, "slots": kept})
        elif self._own:
            (self._own / f"{name}{_SLOTS_FILE}.json").unlink(missing_ok=True)

    def _owned(self, name: str) -> Path:
        if self._own is None or name not in _stems(self._own):
            raise WorkflowError("workflow-shipped", name=name)
        return self._own

    def _write(self, stem: str, content: object) -> None:
        if self._own is None:
            raise WorkflowError("workflow-folder-closed", folder="", problem="")
        file = self._own / f"{stem}.json"
        try:
            self._own.mkdir(parents=True, exist_ok=True)
            beside = file.with_suffix(f".{os.getpid()}.new")
            beside.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
            beside.replace(file)
        except OSError as error:
            raise _closed(self._own, error) from error


def usable_name(name: str) -> str:
    """Return a name without `.json`. Raises WorkflowError if it cannot be a file's name."""
    known = " ".join(name.split()).removesuffix(".json").strip()
    if not _NAME.fullmatch(known) or known.endswith((_SLOTS_FILE, ".")):
        raise WorkflowError("workflow-name-invalid", name=name)
    return known


@cache
def requirements() -> Sequence[Requirement]:
    """Return which nodes and models the shipped workflows need, and where to get them."""
    file = shipped_folder() / "requirements.toml"
    return read_requirements(file.read_text("utf-8")) if file.is_file() else ()


def _stems(folder: Path | None) -> set[str]:
    files = folder.glob("*.json") if folder and folder.is_dir() else ()
    return {file.stem for file in files if not file.stem.endswith(_SLOTS_FILE)}


def _closed(folder: Path, error: OSError) -> WorkflowError:
    return WorkflowError("workflow-folder-closed", folder=str(folder), problem=error.strerror or "")


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise WorkflowError("workflow-too-large", name=file.name, limit=MAX_BYTES)
        data = file.read_bytes()
    except OSError as error:
        raise WorkflowError("workflow-unreadable", name=file.name, problem=error.strerror or "") from error
    return dict(read_graph(data))
