"""Write a project to one `.kitsumy` file that needs nothing else, and bring one in as a new project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sqlalchemy import Connection, insert, select

from kitsumy_core.errors import NotFoundError, StorageError
from kitsumy_core.plan.models import SCHEMA_VERSION
from kitsumy_core.store.bundle_format import (
    BOOK,
    JOURNAL,
    MANIFEST,
    TAKES,
    CommentLine,
    ConflictLine,
    JournalLine,
    Limits,
    Manifest,
    TakeLine,
)
from kitsumy_core.store.bundle_read import Unpacked, unpack
from kitsumy_core.store.bundle_write import (
    comment_lines,
    conflict_lines,
    draft_lines,
    entry_of,
    journal_lines,
    take_lines,
    write_lines,
)
from kitsumy_core.store.change import Part, card, now, project_row, save_snapshot, storable
from kitsumy_core.store.records import Take, new_id
from kitsumy_core.store.schema import write_json
from kitsumy_core.store.tables import comments, conflicts, drafts, journal, projects, takes
from kitsumy_core.store.takes import take_row


class Exported(NamedTuple):
    """How many images went into a bundle, and which are lost or damaged in the store."""

    images: int
    missing: tuple[str, ...]


class Bundles(Part):
    """Projects as files."""

    def export_bundle(self, project_id: str, target: Path | IO[bytes]) -> Exported:
        """Write a bundle to a path (whole or not at all) or into an open file. Raises StorageError."""
        with _written(target) as file, ZipFile(file, "w", ZIP_DEFLATED) as bundle:
            wanted: dict[str, None] = {}
            with self.database.read() as connection:
                row = project_row(connection, project_id)
                book = self.books.at(connection, project_id, row["rev"])
                labels, undecided = (
                    draft_lines(connection, project_id),
                    conflict_lines(connection, project_id),
                )
                remarks = comment_lines(connection, project_id)
                content = {"schemaVersion": SCHEMA_VERSION, "book": book.model_dump(mode="json")}
                write_lines(bundle, BOOK, iter([write_json(content)]), wanted)
                write_lines(bundle, JOURNAL, journal_lines(connection, project_id), wanted)
                write_lines(bundle, TAKES, take_lines(connection, project_id), wanted)
                named = select(takes.c.image).where(takes.c.project_id == project_id)
                needed = set(connection.execute(named).scalars())
            found, missing = 0, []
            for image in wanted:
                try:
                    data = self.images.get(image)
                except (NotFoundError, StorageError) as error:
                    if image in needed or error.error_code == "image-damaged":
                        missing.append(image)
                    continue
                bundle.writestr(entry_of(f"images/{image}", ZIP_STORED), data)
                found += 1
            manifest = Manifest(
                title=book.plan.title,
                rev=row["rev"],
                drafts=labels,
                conflicts=undecided,
                comments=remarks,
                missing_images=tuple(missing),
            )
            bundle.writestr(entry_of(MANIFEST), write_json(manifest.model_dump(mode="json")))
        return Exported(found, tuple(missing))

    def import_bundle(self, source: Path | bytes, author: str, limits: Limits | None = None) -> str:
        """Bring a bundle in as a new project of this author, and return its id.

        Everything is checked first; a bundle that cannot be used changes nothing. Raises BundleError naming
        the place, StorageError.
        """
        with unpack(source, limits or Limits()) as unpacked:
            for image in unpacked.images():
                self.images.put(image)
            project_id = new_id()
            with self.database.write() as connection:
                _insert(connection, project_id, unpacked, author)
        return project_id


def _insert(connection: Connection, project_id: str, unpacked: Unpacked, author: str) -> None:
    time = now()
    row: dict[str, Any] = {"id": project_id, "author": author, "created": time, "updated": time}
    connection.execute(insert(projects).values(**row, rev=unpacked.manifest.rev, **card(unpacked.book)))
    for rev, book in unpacked.snapshots.items():
        save_snapshot(connection, project_id, rev, book)
    plain = [name for name in JournalLine.model_fields if name not in ("book", "args", "patch")]
    lines = [
        {name: getattr(line, name) for name in plain}
        | {"project_id": project_id, "args": write_json(line.args), "patch": write_json(line.patch)}
        for line in unpacked.journal
    ]
    connection.execute(insert(journal), lines)
    for label in unpacked.manifest.drafts:
        values = {"rev": label.rev, "label": storable(label.label), "author": label.author}
        identity = {"id": new_id(), "project_id": project_id, "created": label.created}
        connection.execute(insert(drafts).values(**identity, **values))
    for remark in unpacked.manifest.comments:
        said = {name: getattr(remark, name) for name in CommentLine.model_fields}
        kept = {name: storable(value) if isinstance(value, str) else value for name, value in said.items()}
        connection.execute(insert(comments).values(id=new_id(), project_id=project_id, **kept))
    for line in unpacked.manifest.conflicts:
        clash = {"node": line.conflict["node"], "field": line.conflict["field"]}
        fields = {name: getattr(line, name) for name in ConflictLine.model_fields if name != "conflict"}
        connection.execute(
            insert(conflicts).values(
                id=new_id(), project_id=project_id, content=write_json(line.conflict), **clash, **fields
            )
        )
    for one in unpacked.takes:
        fields = {name: getattr(one, name) for name in TakeLine.model_fields}
        connection.execute(insert(takes).values(**take_row(Take(project_id=project_id, **fields))))


@contextmanager
def _written(target: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """Give the file to write to; a path gets its content only when all of it is there."""
    part = None
    try:
        if not isinstance(target, Path):
            yield target
            return
        part = target.with_name(f"{target.name}.{new_id()[:8]}.part")
        with part.open("wb") as file:
            yield file
        os.replace(part, target)
    except OSError as error:
        code = "disk-full" if error.errno == ENOSPC else "cannot-write"
        raise StorageError(code, where=str(getattr(target, "name", ""))) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
