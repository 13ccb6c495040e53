"""Export a plan: pages as images, comic book archives, the plan itself, bundles; and say what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kitsumy_core.commands.artwork import Artwork, artwork_of
from kitsumy_core.commands.common import FAILED, FINE, Desk, Source, give, opened
from kitsumy_core.errors import UsageError
from kitsumy_core.export.cbz import described, write_cbz
from kitsumy_core.export.files import new_file, write_file
from kitsumy_core.export.images import PageImageFormat, page_images
from kitsumy_core.export.missing import ExportReport, PanelPlace, export_report
from kitsumy_core.export.names import file_title
from kitsumy_core.page.document import ComicDocument
from kitsumy_core.pipeline import compose_book, draw
from kitsumy_core.plan.files import write_plan

LATER = ("pdf", "epub", "psd", "ora", "svg", "webtoon", "docx", "script", "web", "editor", "desu")
_SHOWN = 12


@dataclass(frozen=True)
class Job:
    """What the formats are made from, and where they go. The book is composed once, when it is needed."""

    desk: Desk
    source: Source
    art: Artwork
    out: Path

    @property
    def stem(self) -> str:
        return file_title(self.source.book.plan.title)

    @cached_property
    def document(self) -> ComicDocument:
        return compose_book(self.source.book, self.art.takes)


def run(desk: Desk, plan: str, formats: str, out: Path, images: Path | None) -> int:
    """Write every format and its paths to stdout; return 1 if a picture could not be used.

    Raises KitsumyErrors.
    """
    wanted = formats_of(formats)
    with opened(plan, desk.settings) as source:
        art = artwork_of(source, images)
        job = Job(desk, source, art, out)
        for name in wanted:
            for path in WRITERS[name](job):
                give(str(path))
        for panel_id, problem in art.unusable.items():
            desk.tell("picture-unusable", panel=panel_id, problem=desk.explain(problem))
        if set(wanted) - {"plan"}:
            _tell_missing(desk, export_report(job.document))
    return FAILED if art.unusable else FINE


def formats_of(text: str) -> list[str]:
    """Return the formats that "png,cbz" names, each once. Raises UsageError."""
    names = list(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    for name in names:
        if name in LATER:
            raise UsageError("export-not-available", name=name, known=list(WRITERS))
        if name not in WRITERS:
            raise UsageError("export-unknown", name=name, known=list(WRITERS))
    if not names:
        raise UsageError("export-unknown", name=text, known=list(WRITERS))
    return names


def _plan(job: Job) -> list[Path]:
    path = job.out / f"{job.stem}.json"
    write_file(path, write_plan(job.source.book.plan).encode())
    return [path]


def _pages(image_format: PageImageFormat) -> Callable[[Job], list[Path]]:
    def write(job: Job) -> list[Path]:
        paths = []
        report = _reporter(job.desk, image_format)
        for page in page_images(
            job.document, lambda box: draw(box, job.art.load), image_format, report=report
        ):
            write_file(job.out / page.name, page.data)
            paths.append(job.out / page.name)
        return paths

    return write


def _cbz(job: Job) -> list[Path]:
    path = job.out / f"{job.stem}.cbz"
    with new_file(path) as file:
        write_cbz(
            file,
            job.document,
            lambda box: draw(box, job.art.load),
            described(job.source.book.plan),
            report=_reporter(job.desk, "cbz"),
        )
    return [path]


def _bundle(job: Job) -> list[Path]:
    from kitsumy_core.commands.bundle import write_bundle

    path = job.out / f"{job.stem}.kitsumy"
    missing = write_bundle(job.source, job.art, path, job.desk.settings)
    if missing:
        job.desk.tell("bundle-images-missing", n=len(missing), images=list(missing[:_SHOWN]))
    return [path]


WRITERS: dict[str, Callable[[Job], list[Path]]] = {
    "plan": _plan,
    "png": _pages("png"),
    "jpg": _pages("jpg"),
    "cbz": _cbz,
    "bundle": _bundle,
}


def _reporter(desk: Desk, name: str) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        if done:
            desk.tell("page-exported", format=name, n=done, total=total)

    return report


def _tell_missing(desk: Desk, report: ExportReport) -> None:
    told = (
        ("export-missing", report.missing),
        ("export-sketches", report.sketches),
        ("export-overflow", report.overflowing),
    )
    for code, places in told:
        if places:
            desk.tell(code, n=len(places), panels=_places(places))


def _places(places: tuple[PanelPlace, ...]) -> str:
    shown = ", ".join(f"{place.page}/{place.panel}" for place in places[:_SHOWN])
    return shown + (", …" if len(places) > _SHOWN else "")
