"""Keep the record of what was rendered into a folder: `renders.json` beside one PNG a panel.

The record holds the key of each panel's request, so that a later run renders only what changed, and the hash
of each file, so that nobody takes a picture put there by hand for a render.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kitsumy_core.export.files import translated, write_file
from kitsumy_core.export.metadata import SIGNATURE, with_metadata
from kitsumy_core.export.names import safe_id
from kitsumy_core.render.backend import Picture

RECORD = "renders.json"
DAMAGED = "renders.damaged.json"
MAX_BYTES = 50_000_000

Status = Literal["success", "failed", "cancelled", "uncertain"]


class Record(BaseModel):
    """A value of the record; keys that others added are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


class RenderMetadata(Record):
    """What the picture was made from. `timestamp` is UTC in ISO 8601; sketches have no steps (0)."""

    prompt: str = ""
    width: int = 0
    height: int = 0
    steps: int = 0
    style_title: str = ""
    timestamp: str = ""


class RenderRecord(Record):
    """One image of the record. `images` are file names in the folder, `saved_path` the path of the first."""

    panel: str
    request_id: str
    status: Status
    images: tuple[str, ...] = ()
    seed: int | None = None
    style_id: str = ""
    saved_path: str = ""
    metadata: RenderMetadata = RenderMetadata()
    backend: str = ""
    seconds: float = 0.0
    cost: float = 0.0
    error: str | None = None
    """What went wrong, in words; left out where nothing did."""
    error_code: str | None = None
    request_key: str = ""
    """SHA-256 of the request: the same key, the same image."""
    sha256: tuple[str, ...] = ()
    """Hashes of the files, in the order of `images`."""
    earlier: RenderRecord | None = None
    """Where this try made no picture: the record of the one that still lies there."""


class Renders(Record):
    version: Literal[1] = 1
    images: tuple[RenderRecord, ...] = ()


class RenderFolder:
    """A folder of renders. Every change is on the disk when its method returns. Raises StorageError."""

    def __init__(self, folder: Path, *, metadata: bool = True) -> None:
        """Open a folder. `metadata` says whether pictures carry what they were made from."""
        self.folder = folder
        self._metadata = metadata
        self.was_damaged = False
        self._records = {record.panel: record for record in self._read().images}

    def record(self, panel_id: str) -> RenderRecord | None:
        return self._records.get(panel_id)

    def is_current(self, panel_id: str, key: str) -> bool:
        """Tell whether the panel's image was made by this very request and is still there."""
        known = self._records.get(panel_id)
        if known is None or known.status != "success" or known.request_key != key or not known.images:
            return False
        return all((self.folder / Path(name).name).is_file() for name in known.images)

    def add(self, record: RenderRecord, pictures: Sequence[Picture] = ()) -> RenderRecord:
        """Store pictures under the panel's safe name, then the record of them; return it as stored."""
        names, hashes = [], []
        for number, picture in enumerate(pictures, 1):
            data = with_metadata(as_png(picture), self._said(record, picture) if self._metadata else None)
            name = f"{safe_id(record.panel)}{f'.{number}' if number > 1 else ''}.png"
            write_file(self.folder / name, data)
            names.append(name)
            hashes.append(hashlib.sha256(data).hexdigest())
        if names:
            saved = str(self.folder / names[0])
            changes = {"images": tuple(names), "sha256": tuple(hashes), "saved_path": saved}
            record = record.model_copy(update=changes)
        elif not record.images:
            record = record.model_copy(update={"earlier": self._last_made(record.panel)})
        self._records[record.panel] = record
        self._write()
        return record

    def _last_made(self, panel_id: str) -> RenderRecord | None:
        known = self._records.get(panel_id)
        return known if known is None or known.images else known.earlier

    def _said(self, record: RenderRecord, picture: Picture) -> dict[str, Any]:
        """Return what a picture tells about itself: its record without anything of this machine."""
        facts = record.metadata.model_dump(mode="json", exclude={"width", "height"})
        facts |= {"panel": record.panel, "style_id": record.style_id, "backend": record.backend}
        seed = record.seed if picture.seed is None else picture.seed
        return facts | ({} if seed is None else {"seed": seed})

    def arrange(self, panel_ids: Sequence[str]) -> None:
        """Put the records in the order of the book; those of panels that are gone come last."""
        place = {panel_id: n for n, panel_id in enumerate(panel_ids)}
        ordered = sorted(self._records.values(), key=lambda r: place.get(r.panel, len(place)))
        if ordered != list(self._records.values()):
            self._records = {record.panel: record for record in ordered}
            self._write()

    def _write(self) -> None:
        content = {"version": 1, "images": [as_json(record) for record in self._records.values()]}
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        write_file(self.folder / RECORD, text.encode("utf-8", "backslashreplace"))

    def _read(self) -> Renders:
        file = self.folder / RECORD
        with translated(file):
            found = _read_record(file)
            if found is None and file.exists():
                self.was_damaged = True
                file.replace(self.folder / DAMAGED)
        return found or Renders()


def as_png(picture: Picture) -> bytes:
    """Return the picture as PNG bytes; PNG bytes stay as they are."""
    if picture.data.startswith(SIGNATURE):
        return picture.data
    from PIL import Image

    target = BytesIO()
    with Image.open(BytesIO(picture.data)) as image:
        image.convert("RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB").save(
            target, "PNG", compress_level=1
        )
    return target.getvalue()


def made_by(folder: Path) -> Mapping[str, str]:
    """Return which backend made the files of a folder, by the files' SHA-256; empty where no record is."""
    try:
        found = _read_record(folder / RECORD)
    except OSError:
        return {}
    records = found.images if found else ()
    made = [tried if tried.images else tried.earlier or tried for tried in records]
    return {sha: record.backend for record in made for sha in record.sha256}


def as_json(record: RenderRecord) -> dict[str, Any]:
    """Return a record as it stands in the file."""
    written = record.model_dump(mode="json", exclude={"earlier"})
    kept = {key: value for key, value in written.items() if value is not None or not key.startswith("error")}
    return kept | ({"earlier": as_json(record.earlier)} if record.earlier else {})


def _read_record(file: Path) -> Renders | None:
    """Return the record, or None where there is none or it cannot be used."""
    try:
        if file.stat().st_size > MAX_BYTES:
            return None
        return Renders.model_validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
