"""Check a `.kitsumy` bundle from anywhere, and hand out its content once that is known to be sound."""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import ValidationError

from kitsumy_core.errors import BundleError, InputError, NewerDataError, StoreError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.merge import Patch, apply_patch
from kitsumy_core.plan.models import SCHEMA_VERSION, Frozen
from kitsumy_core.store.bundle_format import (
    BOOK,
    IMAGE_NAME,
    JOURNAL,
    MANIFEST,
    PARTS,
    TAKES,
    VERSION,
    JournalLine,
    Limits,
    Manifest,
    TakeLine,
)
from kitsumy_core.store.change import SNAPSHOT_EVERY
from kitsumy_core.store.images import check_picture
from kitsumy_core.store.projects import FIRST_REV, check_ids
from kitsumy_core.store.schema import book_from, conflict_from, patch_from

M = TypeVar("M", bound=Frozen)


@dataclass(frozen=True)
class Unpacked:
    """The checked content of a bundle; images are read one at a time."""

    manifest: Manifest
    book: Book
    journal: tuple[JournalLine, ...]
    snapshots: dict[int, Book]
    takes: tuple[TakeLine, ...]
    archive: Archive

    def images(self) -> Iterator[bytes]:
        for info in self.archive.images.values():
            yield self.archive.read(info)


@contextmanager
def unpack(source: Path | bytes, limits: Limits) -> Iterator[Unpacked]:
    """Open and check a bundle. Raises BundleError naming the place of what is wrong."""
    try:
        with ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as bundle:
            yield _checked(Archive(bundle, limits))
    except BadZipFile:
        raise BundleError("bundle-not-zip", place="") from None
    except OSError as error:
        if isinstance(source, bytes):
            raise
        raise BundleError("bundle-unreadable", place="", file=source.name) from error


class Archive:
    """The entries of a zip, once their names, number and sizes are known to be harmless."""

    def __init__(self, bundle: ZipFile, limits: Limits) -> None:
        self._bundle = bundle
        self._limits = limits
        self.parts: dict[str, ZipInfo] = {}
        self.images: dict[str, ZipInfo] = {}
        entries = bundle.infolist()
        if len(entries) > limits.entries:
            _refuse("bundle-too-many-entries", "", count=len(entries), limit=limits.entries)
        total = sum(info.file_size for info in entries)
        if total > limits.total:
            _refuse("bundle-too-large", "", size=total, limit=limits.total)
        for info in entries:
            self._sort(info)
        for name in PARTS:
            if name not in self.parts:
                _refuse("bundle-part-missing", name)

    def _sort(self, info: ZipInfo) -> None:
        name = info.filename
        image = IMAGE_NAME.match(name)
        if name == "images/" and info.file_size == 0:
            return
        if not image and name not in PARTS:
            _refuse("bundle-entry-unexpected", name[:200])
        if name in self.parts or (image and image[1] in self.images):
            _refuse("bundle-entry-twice", name)
        if info.flag_bits & 1 or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            _refuse("bundle-entry-unreadable", name)
        limit = self._limits.image if image else self._limits.part
        if info.file_size > limit:
            _refuse("bundle-entry-too-large", name, size=info.file_size, limit=limit)
        swollen = info.file_size > self._limits.ratio * max(info.compress_size, 1)
        if swollen and info.file_size > self._limits.ratio_from:
            _refuse("bundle-entry-too-large", name, size=info.file_size, limit=self._limits.ratio_from)
        if image:
            self.images[image[1]] = info
        else:
            self.parts[name] = info

    def read(self, info: ZipInfo) -> bytes:
        """Return an entry's bytes, never more than it declared."""
        try:
            with self._bundle.open(info) as file:
                data = file.read(info.file_size + 1)
        except (BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
            _refuse("bundle-entry-damaged", info.filename)
        if len(data) != info.file_size:
            _refuse("bundle-entry-damaged", info.filename)
        return data

    def json(self, name: str) -> Any:
        return _parse(self.read(self.parts[name]), name)

    def lines(self, name: str) -> Iterator[tuple[str, Any]]:
        """Yield the JSON value of each line with its place."""
        for number, line in enumerate(self.read(self.parts[name]).split(b"\n"), 1):
            if line.strip():
                place = f"{name}:{number}"
                yield place, _parse(line, place)


def _checked(archive: Archive) -> Unpacked:
    manifest = _manifest(archive.json(MANIFEST))
    journal = tuple(_model(JournalLine, value, place) for place, value in archive.lines(JOURNAL))
    if not journal or [line.rev for line in journal] != list(range(FIRST_REV, manifest.rev + 1)):
        _refuse("bundle-journal-gap", JOURNAL)
    _check_steps(journal)
    book = _book(archive.json(BOOK), BOOK)
    snapshots = _replayed(journal)
    if snapshots.pop(0).model_dump(mode="json") != book.model_dump(mode="json"):
        _refuse("bundle-journal-differs", JOURNAL)
    _check_marks(manifest)
    takes = tuple(_model(TakeLine, value, place) for place, value in archive.lines(TAKES))
    _check_takes(takes, manifest, archive)
    _check_images(archive)
    return Unpacked(manifest, book, journal, snapshots, takes, archive)


def _manifest(value: Any) -> Manifest:
    if not isinstance(value, dict) or value.get("format") != Manifest().format:
        _refuse("bundle-not-ours", MANIFEST)
    for key, known in (("version", VERSION), ("schemaVersion", SCHEMA_VERSION)):
        found = value.get(key)
        if isinstance(found, int) and found > known:
            _refuse("bundle-newer", MANIFEST, found=found, known=known)
    return _model(Manifest, value, MANIFEST)


def _check_marks(manifest: Manifest) -> None:
    """Make sure that drafts and conflicts are about revisions that are there."""
    revs = [label.rev for label in manifest.drafts] + [line.rev for line in manifest.conflicts]
    if any(not FIRST_REV <= rev <= manifest.rev for rev in revs):
        _refuse("bundle-wrong-value", MANIFEST, problem="rev")
    for line in manifest.conflicts:
        with _placed(MANIFEST):
            conflict_from(line.conflict, line.schema_version)


def _check_steps(journal: tuple[JournalLine, ...]) -> None:
    """Make sure that undo and redo will find what the lines promise them."""
    edits = {line.rev for line in journal if line.kind == "edit" and line.step == line.rev}
    undone = {line.step for line in journal if line.kind == "undo"}
    for number, line in enumerate(journal, 1):
        first = number == FIRST_REV
        sound = (
            (line.kind == "create") == first and (line.book is not None) == first and line.base_rev < line.rev
        )
        if line.kind == "edit":
            sound &= line.step in edits and line.step <= line.rev
            sound &= line.state != "undone" or line.step in undone
        else:
            sound &= line.state == "closed" and (first or line.step in edits)
        if not sound:
            _refuse("bundle-wrong-value", f"{JOURNAL}:{number}", problem="step")


def _replayed(journal: tuple[JournalLine, ...]) -> dict[int, Book]:
    """Return the books at the snapshot revisions, and the last one under 0."""
    book = _book(journal[0].book, f"{JOURNAL}:1")
    found, waiting = {FIRST_REV: book}, list[Patch]()
    for number, line in enumerate(journal, 1):
        place = f"{JOURNAL}:{number}"
        with _placed(place):
            waiting.append(patch_from(line.patch, line.schema_version))
        if line.rev % SNAPSHOT_EVERY == 0 or number == len(journal):
            with _placed(place):
                book = apply_patch(book, *waiting)
                check_ids(book)
            waiting.clear()
            if line.rev % SNAPSHOT_EVERY == 0:
                found[line.rev] = book
    return found | {0: book}


def _check_takes(takes: tuple[TakeLine, ...], manifest: Manifest, archive: Archive) -> None:
    seen: set[str] = set()
    for number, take in enumerate(takes, 1):
        place = f"{TAKES}:{number}"
        if take.id in seen:
            _refuse("bundle-wrong-value", place, problem="id")
        seen.add(take.id)
        if take.image not in archive.images and take.image not in manifest.missing_images:
            _refuse("bundle-image-missing", place, image=take.image)


def _check_images(archive: Archive) -> None:
    for image, info in archive.images.items():
        data = archive.read(info)
        if hashlib.sha256(data).hexdigest() != image:
            _refuse("bundle-image-differs", info.filename)
        try:
            check_picture(data)
        except InputError as error:
            raise BundleError(
                "bundle-image-unusable", place=info.filename, problem=error.error_code
            ) from None


def _book(value: Any, place: str) -> Book:
    if not isinstance(value, dict) or not isinstance(value.get("schemaVersion"), int):
        _refuse("bundle-wrong-value", place, problem="schemaVersion")
    with _placed(place):
        book = book_from(value.get("book"), value["schemaVersion"])
        check_ids(book)
    return book


def _model(kind: type[M], value: Any, place: str) -> M:
    with _placed(place):
        return kind.model_validate(value)


def _parse(data: bytes, place: str) -> Any:
    try:
        return json.loads(
            data.decode(), parse_constant=lambda name: _refuse("bundle-not-a-number", place, value=name)
        )
    except RecursionError:
        _refuse("bundle-too-deep", place)
    except ValueError:
        _refuse("bundle-not-json", place)


@contextmanager
def _placed(place: str) -> Iterator[None]:
    """Turn whatever unsound content brings about into a BundleError that names the place."""
    try:
        yield
    except NewerDataError as error:
        raise BundleError("bundle-newer", place=place, **error.params) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        problem = ".".join(str(part) for part in first["loc"])
        raise BundleError("bundle-wrong-value", place=place, problem=problem) from None
    except (StoreError, InputError) as error:
        raise BundleError("bundle-wrong-value", place=place, problem=error.error_code) from None
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise BundleError("bundle-wrong-value", place=place, problem=type(error).__name__) from None


def _refuse(code: str, place: str, **params: Any) -> NoReturn:
    raise BundleError(code, place=place, **params)
