"""Open stores for tests: SQLite in a folder, or PostgreSQL where KITSUMY_TEST_DATABASE_URL names a server."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import delete

from kitsumy_core.plan.book import Book, find_panel
from kitsumy_core.plan.edits import Edit, edit
from kitsumy_core.plan.models import Panel
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.shot import Part, Shot
from kitsumy_core.settings import Settings
from kitsumy_core.store import Store, Take, tables

SERVER = os.environ.get("KITSUMY_TEST_DATABASE_URL")
FIRST, SECOND = "ch1-p1-pan1", "ch1-p1-pan2"

only_sqlite = pytest.mark.skipif(bool(SERVER), reason="about SQLite's file")


def settings_for(folder: Path, server: str | None = SERVER) -> Settings:
    """Return settings with this data folder; on a server, a fresh schema takes the place of the file."""
    if not server:
        return Settings(data_dir=folder)
    from sqlalchemy import create_engine, text

    schema = f"t_{uuid4().hex[:12]}"
    engine = create_engine(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    engine.dispose()
    return Settings(data_dir=folder, database_url=SecretStr(f"{server}?options=-csearch_path%3D{schema}"))


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """Mount a disk of this size (such as "256k") at a new folder; skip the test where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    store = Store.open(settings)
    try:
        yield store
    finally:
        store.close()


def emptied(store: Store) -> Store:
    """Return a store that several tests share without what the one before left in it."""
    with store.database.write() as connection:
        for table in (tables.projects, tables.servers, tables.workflow_servers):
            connection.execute(delete(table))
    return store


def field(value: Any, name: str = "action", node: str = f"panel:{FIRST}") -> Edit:
    return edit("set_field", node=node, field=name, value=value)


def panel(book: Book, panel_id: str = FIRST) -> Panel:
    found = find_panel(book.plan, panel_id)
    assert found is not None
    return found[2]


def action(book: Book, panel_id: str = FIRST) -> str:
    return panel(book, panel_id).action


def png(colour: str = "red", size: tuple[int, int] = (8, 6)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def a_shot() -> Shot:
    return Shot(panel_id=FIRST, action=Part(text="Марко біжить", source_id=FIRST, field="action"))


def a_request(seed: int = 2**64 - 1) -> DiffusionRequest:
    return DiffusionRequest(prompt="a lighthouse", seed=seed)


def a_take(project: str, **fields: Any) -> Take:
    known: dict[str, Any] = {
        "image": "ab" * 32,
        "width": 1024,
        "height": 640,
        "mime": "image/png",
        "backend": "comfyui",
        "made_by": "comfyui",
        "created": datetime.now(UTC),
        "seed": 2**64 - 1,
        "shot": a_shot(),
        "request": a_request(),
        "seconds": 3.5,
    }
    return Take(project, FIRST, **(known | fields))
