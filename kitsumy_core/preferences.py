"""Keep the settings chosen on the screen in one file of the data folder, readable by its owner alone.

The file is a JSON object of texts by the names of the environment: {"COMFYUI_HOSTS": "localhost:8188"}.
It may hold keys, so nothing here logs or reports a value.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from errno import EDQUOT, ENOSPC
from pathlib import Path
from secrets import token_hex
from threading import Lock

from kitsumy_core.errors import InputError, StorageError

FILE_NAME = "settings.json"
MAX_BYTES = 1 << 20
_lock = Lock()


def file_of(folder: Path) -> Path:
    """Return where the settings of a data folder are kept."""
    return folder / FILE_NAME


def read(folder: Path) -> dict[str, str]:
    """Return what is stored, by name; nothing if there is no file yet.

    Raises InputError for a file that is no JSON object of texts and numbers, StorageError for one that
    cannot be read.
    """
    file = file_of(folder)
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise StorageError("no-permission", where=str(file)) from error
    if len(data) > MAX_BYTES:
        raise InputError("settings-file-damaged", file=str(file), line=1)
    try:
        found = json.loads(data.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise InputError("settings-file-damaged", file=str(file), line=error.lineno) from None
    except (ValueError, RecursionError):
        raise InputError("settings-file-damaged", file=str(file), line=1) from None
    if not isinstance(found, dict) or not all(_is_value(value) for value in found.values()):
        raise InputError("settings-file-damaged", file=str(file), line=1)
    return {name: str(value) for name, value in found.items()}


def update(folder: Path, changes: Mapping[str, str | None]) -> None:
    """Store some settings and forget those that are None; all others stay as they are.

    Raises InputError as `read`, StorageError if it cannot be written.
    """
    with _lock:
        values: dict[str, str | None] = {**read(folder), **changes}
        kept = {name: value for name, value in sorted(values.items()) if value is not None}
        _replace(file_of(folder), json.dumps(kept, ensure_ascii=False, indent=2) + "\n")


def _replace(file: Path, text: str) -> None:
    part = file.with_name(f".{token_hex(8)}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                opened.write(text)
                opened.flush()
                os.fsync(opened.fileno())
            os.replace(part, file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        code = "disk-full" if error.errno in (ENOSPC, EDQUOT) else "cannot-write"
        raise StorageError(code, where=str(file)) from error


def _is_value(value: object) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)
