"""Run a PostgreSQL server of our own for a test session, where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

NOBODY_HERE = "postgres"
"""The account that runs the server when we are root, which PostgreSQL refuses."""


def programs() -> Path | None:
    """Return the folder of the newest server programs, or None."""
    found = [file.parent for file in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).parent)
    able = [folder for folder in found if (folder / "initdb").exists()]
    return max(able, default=None, key=lambda folder: folder.parent.name)


def account() -> str | None:
    """Return who runs the server: None = we ourselves. Raises KeyError if nobody can."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam(NOBODY_HERE).pw_name


@contextmanager
def running() -> Iterator[str]:
    """Give the URL of a server with an empty database; durable writes are off, for speed."""
    folder, user = programs(), account()
    assert folder is not None
    place = Path(mkdtemp(prefix="kitsumy-pg-"))
    if user:
        shutil.chown(place, user)
    data = place / "data"
    subprocess.run(
        [folder / "initdb", "-D", data, "-U", "kitsumy", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        user=user,
        cwd=place,
    )
    port = _free_port()
    quick = [f"-c{name}=off" for name in ("fsync", "synchronous_commit", "full_page_writes")]
    server = subprocess.Popen(
        [folder / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", place, *quick],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user,
        cwd=place,
    )
    try:
        _wait(port)
        yield f"postgresql+psycopg://kitsumy@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(place, ignore_errors=True)


def _wait(port: int) -> None:
    import psycopg

    until = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=kitsumy dbname=postgres").close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < until, "PostgreSQL does not answer"
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
