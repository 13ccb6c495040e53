"""Say inside a PNG what it was made from, in our words, and take out what servers wrote there.

ComfyUI writes the whole graph into its pictures, with paths and names of the machine it ran on: that never
leaves with a picture. The pixels stay untouched, byte for byte.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kitsumy_core.render.request import DiffusionRequest, SketchRequest

KEYWORD = "kitsumy"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset((b"PLTE", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD", b"pHYs"))
"""What a picture may carry besides its header, pixels and end: it changes how they are shown."""


def with_metadata(png: bytes, metadata: Mapping[str, Any] | None) -> bytes:
    """Return a PNG that carries this metadata (JSON under the keyword `kitsumy`) and no other.

    None or nothing leaves it bare. Raises ValueError for what is no PNG.
    """
    chunks = list(_chunks(png))
    kept = [(kind, data) for kind, data in chunks if kind in _KEPT or kind in (b"IHDR", b"IDAT", b"IEND")]
    if metadata:
        text = json.dumps(metadata, ensure_ascii=False, separators=(",", ":"), default=str)
        said = [(b"Software", "Kitsumy Studio"), (KEYWORD.encode(), text)]
        kept[1:1] = [(b"iTXt", key + b"\0\0\0\0\0" + words.encode("utf-8", "replace")) for key, words in said]
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in kept)


def metadata_of(png: bytes) -> dict[str, Any] | None:
    """Return the metadata we wrote into a PNG, or None."""
    try:
        for kind, data in _chunks(png):
            key, _, rest = data.partition(b"\0")
            if kind == b"iTXt" and key == KEYWORD.encode() and rest[:1] == b"\0":
                value = json.loads(rest[4:].decode())
                return value if isinstance(value, dict) else None
    except ValueError:
        return None
    return None


def facts_of_request(request: SketchRequest | DiffusionRequest | None) -> dict[str, Any]:
    """Return what may be told of a request to whoever gets the picture: no path, address or hash."""
    if request is None:
        return {}
    if isinstance(request, SketchRequest):
        return {"backend": "sketch", "prompt": request.shot.action.text}
    return {
        "backend": request.backend,
        "prompt": request.prompt,
        "negative": request.negative,
        "seed": request.seed,
        "steps": request.steps,
        "workflow": Path(request.workflow.replace("\\", "/")).stem,
        "loras": [[Path(lora.name.replace("\\", "/")).stem, lora.strength] for lora in request.loras],
    }


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not png.startswith(SIGNATURE):
        raise ValueError("no PNG")
    place = len(SIGNATURE)
    while place < len(png):
        try:
            length, kind = struct.unpack_from(">I4s", png, place)
        except struct.error:
            raise ValueError("a PNG that breaks off") from None
        data = png[place + 8 : place + 8 + length]
        if len(data) < length:
            raise ValueError("a PNG that breaks off")
        yield kind, data
        place += 12 + length
        if kind == b"IEND":
            return
    raise ValueError("a PNG without an end")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
