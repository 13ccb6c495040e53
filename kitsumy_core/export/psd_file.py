"""Write Photoshop files: layers in groups, names in any script, packed rows, extra blocks; all big-endian.

The format is Adobe's "Photoshop File Formats Specification"; 8 bits a channel, RGB.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from struct import pack
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

_ROWS_PER_STRIP, _OFFSETS, _COUNTS = 278, 273, 279
RESOLUTION, XMP = 1005, 1060
_OPEN_GROUP, _END_OF_GROUP = 1, 3


class PsdLayer(NamedTuple):
    """A layer at a pixel of the canvas (RGBA), with blocks by their four-letter keys."""

    name: str
    image: Image
    at: tuple[int, int]
    blocks: tuple[tuple[bytes, bytes], ...] = ()


class PsdGroup(NamedTuple):
    """A group of layers, from bottom to top."""

    name: str
    layers: tuple[PsdLayer, ...]


class _Record(NamedTuple):
    """What is written of a layer: its description, and the rows of its channels."""

    head: bytes
    rows: bytes


def write_psd(
    target: IO[bytes],
    merged: Image,
    content: Sequence[PsdLayer | PsdGroup],
    *,
    dpi: float,
    xmp: str = "",
) -> None:
    """Write a file. `merged` is the whole picture (RGB) for programs without layers; content from below."""
    records: list[_Record] = []
    for part in content:
        if isinstance(part, PsdLayer):
            records.append(_layer(part))
        else:
            records.append(_mark("</Layer group>", _END_OF_GROUP))
            records += [_layer(layer) for layer in part.layers]
            records.append(_mark(part.name, _OPEN_GROUP))
    info = pack(">h", len(records)) + b"".join(r.head for r in records) + b"".join(r.rows for r in records)
    info += b"\0" * (-len(info) % 4)
    target.write(pack(">4sH6xHIIHH", b"8BPS", 1, 3, merged.height, merged.width, 8, 3))
    target.write(pack(">I", 0))
    resources = _resources(dpi, xmp)
    target.write(pack(">I", len(resources)) + resources)
    target.write(pack(">II", len(info) + 8, len(info)) + info + pack(">I", 0))
    counts, rows = _packed(merged.convert("RGB").split())
    target.write(pack(">H", 1) + counts + rows)


def _resources(dpi: float, xmp: str) -> bytes:
    fixed = round(dpi * 65536)
    blocks = [(RESOLUTION, pack(">IHHIHH", fixed, 1, 2, fixed, 1, 2))]
    blocks += [(XMP, xmp.encode())] if xmp else []
    return b"".join(
        b"8BIM" + pack(">HHI", number, 0, len(data)) + data + b"\0" * (len(data) % 2)
        for number, data in blocks
    )


def _layer(layer: PsdLayer) -> _Record:
    image = layer.image.convert("RGBA")
    red, green, blue, alpha = image.split()
    channels = [(-1, alpha), (0, red), (1, green), (2, blue)]
    data = []
    for _, channel in channels:
        counts, rows = _packed((channel,))
        data.append(pack(">H", 1) + counts + rows)
    sizes = [(number, len(rows)) for (number, _), rows in zip(channels, data, strict=True)]
    x, y = layer.at
    box = (y, x, y + image.height, x + image.width)
    return _Record(_head(layer.name, box, sizes, layer.blocks), b"".join(data))


def _mark(name: str, kind: int) -> _Record:
    """Return the record that opens or ends a group; from bottom to top, the end comes first."""
    section = pack(">I", kind) + (b"8BIMpass" if kind == _OPEN_GROUP else b"")
    sizes = [(number, 2) for number in (-1, 0, 1, 2)]
    return _Record(_head(name, (0, 0, 0, 0), sizes, ((b"lsct", section),)), pack(">H", 0) * 4)


def _head(
    name: str,
    box: tuple[int, int, int, int],
    sizes: Sequence[tuple[int, int]],
    blocks: Sequence[tuple[bytes, bytes]],
) -> bytes:
    plain = name.encode("ascii", "replace")[:60]
    pascal = bytes([len(plain)]) + plain
    extra = pack(">II", 0, 0) + pascal + b"\0" * (-len(pascal) % 4)
    for key, data in ((b"luni", unicode_text(name)), *blocks):
        padded = data + b"\0" * (-len(data) % 4)
        extra += b"8BIM" + key + pack(">I", len(padded)) + padded
    channels = b"".join(pack(">hI", number, size) for number, size in sizes)
    flags = 8
    look = b"8BIMnorm" + bytes([255, 0, flags, 0])
    return pack(">4iH", *box, len(sizes)) + channels + look + pack(">I", len(extra)) + extra


def unicode_text(text: str) -> bytes:
    """Return a text as the format stores it: the number of UTF-16 units, then the units."""
    data = text.encode("utf-16-be", "replace")
    return pack(">I", len(data) // 2) + data


def _packed(channels: Sequence[Image]) -> tuple[bytes, bytes]:
    """Return the lengths of the packed rows of channels, and the rows."""
    counts, rows = b"", b""
    for channel in channels:
        lengths, data = _packbits(channel)
        counts += pack(f">{len(lengths)}H", *lengths)
        rows += data
    return counts, rows


def _packbits(channel: Image) -> tuple[list[int], bytes]:
    """Pack the rows of a channel (L). TIFF packs them the same way, one row a strip, and quickly."""
    from PIL import Image, TiffImagePlugin

    target = BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[_ROWS_PER_STRIP] = 1
    channel.save(target, "TIFF", compression="packbits", tiffinfo=tags)
    data = target.getvalue()
    with Image.open(BytesIO(data)) as written:
        assert isinstance(written, TiffImagePlugin.TiffImageFile)
        offsets, lengths = written.tag_v2[_OFFSETS], list(written.tag_v2[_COUNTS])
    return lengths, b"".join(data[at : at + size] for at, size in zip(offsets, lengths, strict=True))
