"""Write zip archives that are the same bytes for the same content: stored, in order, with a fixed time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold."""

Entry = tuple[str, bytes]


def write_archive(target: IO[bytes], entries: Iterable[Entry]) -> None:
    """Write entries to a seekable file as they come; only one is in memory at a time."""
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, data in entries:
            info = ZipInfo(name, EPOCH)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
