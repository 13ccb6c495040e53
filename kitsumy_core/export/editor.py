"""Write what editors read: our document with its pictures and faces, and every page as a Fabric.js canvas."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from kitsumy_core.errors import KitsumyError
from kitsumy_core.export.archive import Entry
from kitsumy_core.export.comic import UNWATCHED, Comic, Placed, Watch, encoded, page_files
from kitsumy_core.export.fabric import Version, fabric_page
from kitsumy_core.export.faces import font_files
from kitsumy_core.page.document import Asset, ComicDocument, PageBox

_VERSIONS: tuple[Version, ...] = ("5.3.0", "7.0.0")
_ENDINGS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


def editor_files(comic: Comic, watch: Watch = UNWATCHED) -> Iterator[Entry]:
    """Yield document.json, assets/, fabric5/, fabric7/ and fonts/. Raises CancelledJobError."""
    hrefs: dict[str, str] = {}
    for asset in comic.document.assets:
        for name, data in _original(comic, asset):
            hrefs[asset.id] = name
            yield name, data
    yield "document.json", _json(with_files(comic.document, hrefs))
    written: set[str] = set()
    for number, (canvases, pictures) in page_files(comic, watch, _page):
        for version, canvas in zip(_VERSIONS, canvases, strict=True):
            yield f"fabric{version[0]}/{number:04}.json", canvas
        for name, data in pictures.items():
            if name not in written:
                written.add(name)
                yield name, data
    yield from font_files(comic.document)


def _page(comic: Comic, page: PageBox) -> tuple[list[bytes], dict[str, bytes]]:
    """Return a page's canvas for each version, and the pictures they show by name."""
    pictures: dict[str, bytes] = {}

    def source(shown: Placed) -> str:
        mime, data = encoded(shown)
        name = f"art/{hashlib.sha256(data).hexdigest()[:24]}.{'png' if mime == 'image/png' else 'jpg'}"
        pictures[name] = data
        return f"../{name}"

    return [_json(fabric_page(comic, page, source, version)) for version in _VERSIONS], pictures


def with_files(document: ComicDocument, hrefs: dict[str, str]) -> dict[str, Any]:
    """Return the document's JSON with the addresses of its pictures and faces beside it."""
    placed = document.but(
        assets=tuple(asset.but(href=hrefs.get(asset.id, "")) for asset in document.assets),
        fonts=tuple(font.but(file=f"fonts/{font.file}") for font in document.fonts),
    )
    written: dict[str, Any] = placed.model_dump(by_alias=True, mode="json")
    return written


def _original(comic: Comic, asset: Asset) -> Iterator[Entry]:
    """Yield an asset's own file; a picture without one is written as PNG, a lost one not at all."""
    from PIL import Image

    data: bytes | None = None
    try:
        data = comic.read(asset.id) if comic.read else None
        if data is not None:
            with Image.open(BytesIO(data)) as image:
                ending = _ENDINGS.get(image.format or "", "png")
    except (KitsumyError, OSError, SyntaxError, ValueError):
        return
    if data is None:
        loaded = comic.load(asset.id)
        if loaded is None:
            return
        target, ending = BytesIO(), "png"
        loaded.save(target, "PNG", compress_level=2)
        data = target.getvalue()
    yield f"assets/{hashlib.sha256(data).hexdigest()[:32]}.{ending}", data


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"
