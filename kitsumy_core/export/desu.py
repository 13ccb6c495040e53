"""Write a project for Manga Editor Desu, an editor of comics in the browser: pages that open with live text.

The project is a zip of zips, a page each, all stored: the editor reads the raw bytes of the inner ones. Faces
lie beside them, to be added in the editor, which names those it misses.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any
from uuid import UUID, uuid5

from kitsumy_core.export.archive import Entry, write_archive
from kitsumy_core.export.comic import UNWATCHED, Comic, Placed, Watch, encoded, page_files, screen_jpeg
from kitsumy_core.export.fabric import fabric_page
from kitsumy_core.export.faces import font_files, used_faces
from kitsumy_core.export.missing import notes
from kitsumy_core.page.document import PageBox

_NAMESPACE = UUID("0e4f7a52-2f0c-4c8e-8a54-3d9d6f0c7b20")
_PREVIEW = 400
MM_PER_INCH = 25.4


def write_desu(target: IO[bytes], comic: Comic, watch: Watch = UNWATCHED) -> None:
    """Write the project to a seekable file. Raises CancelledJobError."""

    def entries() -> Iterator[Entry]:
        for number, data in page_files(comic, watch, page_archive):
            yield f"page_{number:06}.zip", data
        yield from font_files(comic.document)

    write_archive(target, entries())


def page_archive(comic: Comic, page: PageBox) -> bytes:
    """Return a page as the editor stores it: its canvas, its pictures by their hash, a preview."""
    target = BytesIO()
    write_archive(target, _entries(comic, page))
    return target.getvalue()


def _entries(comic: Comic, page: PageBox) -> Iterator[Entry]:
    pictures: dict[str, str] = {}

    def source(shown: Placed) -> str:
        mime, data = encoded(shown)
        address = f"data:{mime};base64,{b64encode(data).decode()}"
        name = hashlib.sha256(address.encode()).hexdigest()
        pictures[name] = address
        return name

    canvas = _with_guids(fabric_page(comic, page, source), page)
    inch = comic.document.dpi / MM_PER_INCH
    info = {
        "width": page.trim.width,
        "height": page.trim.height,
        "pageWidthMm": round(page.trim.width / inch, 3),
        "pageHeightMm": round(page.trim.height / inch, 3),
        "kitsumy": {"madeBy": comic.document.meta.made_by, "notes": notes(comic.document)},
    }
    fonts = [{"name": face.family, "type": "web", "url": None} for face in used_faces(comic.document)]
    unique = list({font["name"]: font for font in fonts}.values())
    preview = b64encode(screen_jpeg(comic, page, _PREVIEW, 85)).decode()
    yield "text2img_basePrompt.json", b"{}"
    yield "fonts.json", json.dumps(unique).encode()
    yield "canvas_info.json", json.dumps(info, ensure_ascii=False).encode()
    yield "state_000000.json", json.dumps(json.dumps(canvas, ensure_ascii=False), ensure_ascii=False).encode()
    for name, address in pictures.items():
        yield f"{name}.img", address.encode()
    yield "preview-image.jpeg", f"data:image/jpeg;base64,{preview}".encode()


def _with_guids(canvas: dict[str, Any], page: PageBox) -> dict[str, Any]:
    """Give every object an id of its own, and let each panel name its picture."""
    canvas_id = str(uuid5(_NAMESPACE, f"page {page.number} {page.id}"))
    objects = canvas["objects"]
    art: dict[str, str] = {}
    for index, item in enumerate(objects):
        item["guid"] = str(uuid5(_NAMESPACE, f"{canvas_id} {index}"))
        if item["kitsumy"]["role"] == "art":
            art[item["kitsumy"]["id"]] = item["guid"]
    for item in objects:
        if item["kitsumy"]["role"] == "panel":
            item |= {"isPanel": True, "guids": [art[item["kitsumy"]["id"]]]}
    objects[0]["canvasGuid"] = canvas_id
    return canvas
