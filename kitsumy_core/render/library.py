"""Find the workflows that ship and those the writer added, and load one by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kitsumy_core.errors import WorkflowError
from kitsumy_core.render.graph import read_graph
from kitsumy_core.render.graph_check import Requirement, read_requirements

Graph = Mapping[str, Any]
MAX_BYTES = 5_000_000


def shipped_folder() -> Path:
    """Return the folder of the shipped workflows, in a checkout or an installed package."""
    package = Path(__file__).parents[1]
    beside = package.parent / "workflows"
    return beside if beside.is_dir() else package / "workflows"


class Workflows:
    """Workflows by name; a file of the writer's own folder comes before a shipped one of the same name."""

    def __init__(self, own: Path | None = None) -> None:
        self._folders = [folder for folder in (own, shipped_folder()) if folder and folder.is_dir()]

    def names(self) -> list[str]:
        return sorted({file.stem for folder in self._folders for file in folder.glob("*.json")})

    def load(self, name: str) -> dict[str, Any]:
        """Return the graph of a name of ours, or of a path to a file. Raises WorkflowError."""
        for folder in self._folders:
            if name in {file.stem for file in folder.glob("*.json")}:
                return _read(folder / f"{name}.json")
        file = Path(name)
        if file.suffix == ".json" and file.is_file():
            return _read(file)
        raise WorkflowError("workflow-unknown", name=name, known=self.names())


@cache
def requirements() -> Sequence[Requirement]:
    """Return which nodes and models the shipped workflows need, and where to get them."""
    file = shipped_folder() / "requirements.toml"
    return read_requirements(file.read_text("utf-8")) if file.is_file() else ()


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise WorkflowError("workflow-too-large", name=file.name, limit=MAX_BYTES)
        data = file.read_bytes()
    except OSError as error:
        raise WorkflowError("workflow-unreadable", name=file.name, problem=error.strerror or "") from error
    return dict(read_graph(data))
