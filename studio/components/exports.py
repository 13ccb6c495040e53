"""Make the files that the Export screen offers, only when they are asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import NamedTuple

from PIL import Image

from kitsumy_core import pipeline
from kitsumy_core.export.cbz import cbz, described
from kitsumy_core.export.images import pages_zip
from kitsumy_core.export.names import file_title
from kitsumy_core.messages import N_
from kitsumy_core.page.document import PageBox
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.files import write_plan
from kitsumy_core.plan.script import write_script
from studio import services

EXPORTS: Mapping[str, tuple[str, str, str]] = {
    "cbz": (
        N_("Comic book archive (CBZ)"),
        N_("For comic readers: all pages with title, characters and reading direction."),
        ":material/menu_book:",
    ),
    "png": (
        N_("Page images, PNG"),
        N_("Every page at print size (300 dpi) in one ZIP, without loss."),
        ":material/image:",
    ),
    "jpg": (
        N_("Page images, JPEG"),
        N_("Every page at print size in one ZIP, a fraction of the bytes."),
        ":material/photo_library:",
    ),
    "plan": (
        N_("Plan (JSON)"),
        N_("The story alone, for any Kitsumy tool."),
        ":material/data_object:",
    ),
    "bundle": (
        N_("Everything (.kitsumy)"),
        N_("The whole comic with its history and all pictures; opens in another studio."),
        ":material/inventory_2:",
    ),
}


class Made(NamedTuple):
    """A file on offer; `data` makes its bytes."""

    name: str
    mime: str
    data: Callable[[], bytes]
    needs_pages: bool = True


def make(kind: str, project_id: str, book: Book) -> Made:
    """Return the file of a kind for the comic as it stands when the button is pressed."""
    title = file_title(book.plan.title)
    if kind == "plan":
        return Made(f"{title}.json", "application/json", lambda: _plan(project_id), needs_pages=False)
    if kind == "script":
        return Made(f"{title}.txt", "text/plain", lambda: _script(project_id), needs_pages=False)
    if kind == "bundle":
        return Made(f"{title}.kitsumy", "application/zip", lambda: _bundle(project_id), needs_pages=False)
    if kind == "cbz":
        return Made(f"{title}.cbz", "application/vnd.comicbook+zip", lambda: _cbz(project_id))
    image_format = "png" if kind == "png" else "jpg"
    return Made(f"{title}-{kind}.zip", "application/zip", lambda: _zip(project_id, image_format))


def _book(project_id: str) -> Book:
    return services.current().store.head(project_id).book


def _plan(project_id: str) -> bytes:
    return write_plan(_book(project_id).plan).encode()


def _script(project_id: str) -> bytes:
    return write_script(_book(project_id).plan).encode()


def _bundle(project_id: str) -> bytes:
    target = io.BytesIO()
    services.current().store.export_bundle(project_id, target)
    return target.getvalue()


def _cbz(project_id: str) -> bytes:
    book = _book(project_id)
    document = services.current().pictures.document(project_id, book)
    return cbz(document, _draw, described(book.plan))


def _zip(project_id: str, image_format: str) -> bytes:
    document = services.current().pictures.document(project_id, _book(project_id))
    return pages_zip(document, _draw, "png" if image_format == "png" else "jpg")


def _draw(page: PageBox) -> Image.Image:
    return pipeline.draw(page, services.current().pictures.load)
