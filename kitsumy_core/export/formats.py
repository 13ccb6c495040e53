"""List the formats a comic can be exported in: which module makes each, as one file or as several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import IO, Any, NamedTuple, cast

from kitsumy_core.export.archive import Entry
from kitsumy_core.export.comic import Comic, Watch
from kitsumy_core.export.images import PageImageFormat

Write = Callable[[IO[bytes], Comic, Watch], None]
Files = Callable[[Comic, Watch], Iterator[Entry]]


class Format(NamedTuple):
    """One way to export: `write` makes one file, `files` makes several; exactly one of them is there.

    `suffix` comes between the comic's title and the ending of the one file. `folder` is where several go.
    """

    ending: str
    write: Write | None = None
    files: Files | None = None
    suffix: str = ""
    folder: str = ""
    needs_pages: bool = True


def _late(module: str, name: str) -> Callable[..., Any]:
    """Return a function that is imported when it is first called: most formats need a library."""

    def call(*args: Any, **options: Any) -> Any:
        return getattr(import_module(f"kitsumy_core.export.{module}"), name)(*args, **options)

    return call


def _pages(image_format: PageImageFormat) -> Files:
    def files(comic: Comic, watch: Watch) -> Iterator[Entry]:
        from kitsumy_core.export.images import page_images
        from kitsumy_core.page.draw import draw_page

        pages = page_images(
            comic.document,
            lambda page: draw_page(page, comic.load),
            image_format,
            report=watch.report,
            cancelled=watch.cancelled,
        )
        if image_format != "png":
            return ((page.name, page.data) for page in pages)
        from kitsumy_core.export.metadata import with_metadata
        from kitsumy_core.export.told import page_facts

        boxes = enumerate(comic.document.pages, 1)
        return (
            (page.name, with_metadata(page.data, page_facts(comic, number, box)))
            for (number, box), page in zip(boxes, pages, strict=True)
        )

    return files


def _cbz(target: IO[bytes], comic: Comic, watch: Watch) -> None:
    from kitsumy_core.export.cbz import described, write_cbz
    from kitsumy_core.page.draw import draw_page

    write_cbz(
        target,
        comic.document,
        lambda page: draw_page(page, comic.load),
        described(comic.plan),
        report=watch.report,
        cancelled=watch.cancelled,
    )


def _screen_pdf(target: IO[bytes], comic: Comic, watch: Watch) -> None:
    from kitsumy_core.export.pdf import SCREEN, write_pdf

    write_pdf(target, comic, watch, SCREEN)


def _docx(target: IO[bytes], comic: Comic, watch: Watch) -> None:
    from kitsumy_core.export.docx import write_docx

    write_docx(target, comic.plan, comic.document.meta.generator)
    watch.report(1, 1)


def _script(target: IO[bytes], comic: Comic, watch: Watch) -> None:
    from kitsumy_core.plan.script import write_script

    target.write(write_script(comic.plan).encode("utf-8", "replace"))
    watch.report(1, 1)


def _plan(target: IO[bytes], comic: Comic, watch: Watch) -> None:
    from kitsumy_core.plan.files import write_plan

    target.write(write_plan(comic.plan).encode())
    watch.report(1, 1)


FORMATS: Mapping[str, Format] = {
    "plan": Format("json", _plan, needs_pages=False),
    "png": Format("png", files=_pages("png")),
    "jpg": Format("jpg", files=_pages("jpg")),
    "webp": Format("webp", files=_pages("webp")),
    "cbz": Format("cbz", _cbz),
    "pdf": Format("pdf", cast("Write", _late("pdf", "write_pdf"))),
    "pdf-screen": Format("pdf", _screen_pdf, suffix="-screen"),
    "epub": Format("epub", cast("Write", _late("epub", "write_epub"))),
    "psd": Format("psd", files=cast("Files", _late("psd", "psd_files"))),
    "ora": Format("ora", files=cast("Files", _late("ora", "ora_files"))),
    "svg": Format("svg", files=cast("Files", _late("svg", "svg_files"))),
    "webtoon": Format("jpg", files=cast("Files", _late("webtoon", "webtoon_files")), folder="webtoon"),
    "docx": Format("docx", _docx, needs_pages=False),
    "script": Format("txt", _script, needs_pages=False),
    "web": Format("html", files=cast("Files", _late("web", "web_files")), folder="web"),
    "editor": Format("json", files=cast("Files", _late("editor", "editor_files")), folder="editor"),
    "desu": Format("zip", cast("Write", _late("desu", "write_desu")), suffix="-desu"),
}
"""Every format by its name. What holds a whole project (`bundle`) is the store's."""
