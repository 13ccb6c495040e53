"""Write files whole or not at all, and turn what the disk says into our errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from secrets import token_hex
from typing import IO

from kitsumy_core.errors import StorageError


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to; it takes the place of `path` only when all of it is there.

    Folders are made as needed. Raises StorageError.
    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{token_hex(8)}.part")
        try:
            with part.open("xb") as file:
                yield file
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def write_file(path: Path, data: bytes) -> None:
    """Write a file at once. Raises StorageError."""
    with new_file(path) as file:
        file.write(data)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn an OSError into a StorageError that names the path."""
    try:
        yield
    except OSError as error:
        code = "disk-full" if error.errno in (ENOSPC, EDQUOT) else "cannot-write"
        raise StorageError(code, where=str(path)) from error
