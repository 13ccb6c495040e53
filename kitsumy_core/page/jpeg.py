"""Write JPEG while other threads go on: Pillow lets them only while it writes to a file of the system."""

from __future__ import annotations

import os
from tempfile import TemporaryFile
from threading import local
from typing import IO, Any

from PIL.Image import Image


class _Nameless:
    """A file without a name, in memory where the system can; closed when nobody has it any more."""

    def __init__(self) -> None:
        self.file: IO[bytes]
        if hasattr(os, "memfd_create"):
            self.file = os.fdopen(os.memfd_create("jpeg"), "w+b", buffering=0)
        else:
            self.file = TemporaryFile(buffering=0)  # noqa: SIM115

    def __del__(self) -> None:
        self.file.close()


class _Scratch(local):
    """A file for each thread, used again and again."""

    def __init__(self) -> None:
        self.own = _Nameless()


_scratch = _Scratch()


def jpeg_bytes(image: Image, **options: Any) -> bytes:
    """Return a picture as a JPEG file; the options are Pillow's."""
    file = _scratch.own.file
    file.seek(0)
    image.save(file, "JPEG", **options)
    size = file.tell()
    file.seek(0)
    return file.read(size)
