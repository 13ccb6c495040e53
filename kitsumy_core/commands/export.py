"""Export a plan in any of the formats, and say what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kitsumy_core.commands.artwork import Artwork, artwork_of, prompts_of
from kitsumy_core.commands.common import FAILED, FINE, Desk, Source, give, opened
from kitsumy_core.errors import UsageError
from kitsumy_core.export.comic import Comic, Watch
from kitsumy_core.export.files import new_file, write_file
from kitsumy_core.export.formats import FORMATS
from kitsumy_core.export.lost import named
from kitsumy_core.export.missing import ExportReport, export_report
from kitsumy_core.export.names import edition_title, file_title
from kitsumy_core.page.compose import TakeImage
from kitsumy_core.page.document import ComicDocument
from kitsumy_core.pipeline import compose_book
from kitsumy_core.plan.book import MAIN, Book
from kitsumy_core.plan.editions import in_edition

KNOWN = (*FORMATS, "bundle")
TOGETHER = {"pdf": ("pdf", "pdf-screen")}
"""A format that is written in several files for several uses."""
WORDLESS = {"plan", "docx", "script"}
"""Formats that show no pictures, so none can be missing."""
_SHOWN = 12


@dataclass(frozen=True)
class Job:
    """What the formats are made from, and where they go. The book is composed once, when it is needed."""

    desk: Desk
    source: Source
    art: Artwork
    out: Path
    edition_id: str = MAIN
    metadata: bool = True
    prompts: bool = False

    @cached_property
    def book(self) -> Book:
        """Return the book as in the edition."""
        return in_edition(self.source.book, self.edition_id)

    @property
    def stem(self) -> str:
        return edition_title(file_title(self.book.plan.title), self.edition_id)

    @cached_property
    def takes(self) -> Mapping[str, TakeImage]:
        """Return the takes as pages are composed from them."""
        return self.art.weighed()

    @cached_property
    def document(self) -> ComicDocument:
        return compose_book(self.book, self.takes)

    def comic(self, composed: bool = True) -> Comic:
        """Return what the formats are made from; only those with pictures need it composed."""
        document, takes = (self.document, self.takes) if composed else (ComicDocument(), self.art.takes)
        prompts = prompts_of(self.source, self.art) if self.prompts and self.metadata else {}
        return Comic(document, self.book, takes, self.art.load, self.art.read, self.metadata, prompts)


def run(
    desk: Desk,
    plan: str,
    formats: str,
    out: Path,
    images: Path | None,
    edition_id: str = MAIN,
    *,
    metadata: bool = True,
    prompts: bool = False,
) -> int:
    """Write every format and its paths to stdout; return 1 if a picture could not be used.

    Raises KitsumyErrors.
    """
    wanted = formats_of(formats)
    with opened(plan, desk.settings) as source:
        known = [MAIN, *(edition.id for edition in source.book.editions if edition.id != MAIN)]
        if edition_id not in known:
            raise UsageError("edition-unknown", name=edition_id, known=known)
        art = artwork_of(source, images)
        job = Job(desk, source, art, out, edition_id, metadata, prompts)
        told = set[Path]()  # several formats bring the same fonts along
        for name in wanted:
            for part in TOGETHER.get(name, (name,)):
                written = [path for path in _write(job, part) if path not in told]
                told.update(written)
                for path in written:
                    give(str(path))
        for panel_id, problem in art.unusable.items():
            desk.tell("picture-unusable", panel=panel_id, problem=desk.explain(problem))
        if set(wanted) - WORDLESS:
            _tell_missing(desk, export_report(job.document))
    return FAILED if art.unusable else FINE


def formats_of(text: str) -> list[str]:
    """Return the formats that "png,cbz" names, each once. Raises UsageError."""
    names = list(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    for name in names:
        if name not in KNOWN:
            raise UsageError("export-unknown", name=name, known=list(KNOWN))
    if not names:
        raise UsageError("export-unknown", name=text, known=list(KNOWN))
    return names


def _write(job: Job, name: str) -> list[Path]:
    """Write one format; return the paths of what came about."""
    if name == "bundle":
        return _bundle(job)
    made, watch = FORMATS[name], Watch(report=_reporter(job.desk, name))
    if made.write is not None:
        path = job.out / f"{job.stem}{made.suffix}.{made.ending}"
        with new_file(path) as file:
            made.write(file, job.comic(made.needs_pages), watch)
        return [path]
    assert made.files is not None
    paths = []
    for file_name, data in made.files(job.comic(), watch):
        path = job.out / edition_title(made.folder, job.edition_id) / file_name
        write_file(path, data)
        paths.append(path)
    return paths


def _bundle(job: Job) -> list[Path]:
    from kitsumy_core.commands.bundle import write_bundle

    path = job.out / f"{file_title(job.source.book.plan.title)}.kitsumy"
    missing = write_bundle(job.source, job.art, path, job.desk.settings)
    if missing:
        job.desk.tell("bundle-images-missing", n=len(missing), images=list(missing[:_SHOWN]))
    return [path]


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
            desk.tell(code, n=len(places), panels=named(places))
