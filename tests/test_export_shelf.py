"""Exports in the background: progress, cancel, what is kept, and what is said when it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from errno import ENOSPC
from pathlib import Path
from typing import IO

import pytest

from kitsumy_core.errors import CancelledJobError, NotFoundError
from kitsumy_core.export.comic import Watch
from kitsumy_core.export.lost import LostPictures, named
from kitsumy_core.export.pdf import write_pdf
from kitsumy_core.export.shelf import Export, Note, Shelf, Wish
from tests.export_samples import a_comic

Make = Callable[[IO[bytes], Watch], Sequence[Note]]


def a_wish(make: Make, kind: str = "cbz", project: str = "p1") -> Wish:
    return Wish(project, kind, "Маяк.cbz", "application/zip", 3, make)


def writing(data: bytes) -> Make:
    def make(file: IO[bytes], watch: Watch) -> Sequence[Note]:
        for page in range(1, 3):
            if watch.cancelled():
                raise CancelledJobError("export-cancelled", page=page, pages=2)
            watch.report(page, 2)
        file.write(data)
        return [Note(code="export-lost", params={"n": 1, "panels": "1/2"})]

    return make


def ended(shelf: Shelf, export: Export) -> Export:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        now = shelf.export(export.id)
        if not now.active:
            return now
        time.sleep(0.01)
    raise AssertionError("the export did not end")


def test_a_finished_export_outlives_tab_and_program(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    done = ended(shelf, shelf.submit(a_wish(writing(b"pages"))))
    assert (done.state, done.size, done.done, done.total, done.rev) == ("done", 5, 2, 2, 3)
    shelf.stop()
    again = Shelf(tmp_path)
    [kept] = again.exports("p1")["cbz"]
    assert (kept.name, kept.notes[0].code) == ("Маяк.cbz", "export-lost")
    assert again.file(kept.id).read_bytes() == b"pages"
    assert again.exports("p2") == {}
    again.stop()


def test_the_same_kind_is_not_made_twice_at_once_and_a_newer_one_replaces_the_older(tmp_path: Path) -> None:
    shelf, go = Shelf(tmp_path), threading.Event()

    def waiting(file: IO[bytes], watch: Watch) -> Sequence[Note]:
        go.wait(10)
        file.write(b"old")
        return []

    first = shelf.submit(a_wish(waiting))
    assert shelf.submit(a_wish(waiting)).id == first.id
    go.set()
    ended(shelf, first)
    second = ended(shelf, shelf.submit(a_wish(writing(b"new"))))
    shelf.stop()
    assert [export.id for export in shelf.exports("p1")["cbz"]] == [second.id]
    assert sorted(path.suffix for path in tmp_path.rglob("*.*")) == [".bin", ".json"]
    with pytest.raises(NotFoundError):
        shelf.file(first.id)


def test_what_runs_and_what_waits_can_be_cancelled_and_leaves_nothing(tmp_path: Path) -> None:
    shelf, begun = Shelf(tmp_path), threading.Event()

    def endless(file: IO[bytes], watch: Watch) -> Sequence[Note]:
        file.write(b"half")
        begun.set()
        while not watch.cancelled():
            time.sleep(0.005)
        raise CancelledJobError("export-cancelled", page=1, pages=2)

    running, queued = shelf.submit(a_wish(endless)), shelf.submit(a_wish(writing(b"x"), "pdf"))
    assert begun.wait(10)
    shelf.cancel(queued.id)
    assert shelf.export(queued.id).state == "cancelled"
    shelf.cancel(running.id)
    assert ended(shelf, running).state == "cancelled"
    shelf.stop()
    assert shelf.export(queued.id).state == "cancelled"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_full_disk_is_called_a_full_disk(tmp_path: Path) -> None:
    def full(file: IO[bytes], watch: Watch) -> Sequence[Note]:
        raise OSError(ENOSPC, "No space left on device")

    shelf = Shelf(tmp_path)
    failed = ended(shelf, shelf.submit(a_wish(full)))
    assert failed.error is not None
    assert (failed.state, failed.error.code) == ("failed", "disk-full")
    shelf.stop()


def test_a_mistake_in_the_program_ends_the_export_and_not_the_shelf(tmp_path: Path) -> None:
    def broken(file: IO[bytes], watch: Watch) -> Sequence[Note]:
        raise ZeroDivisionError

    shelf = Shelf(tmp_path)
    failed = ended(shelf, shelf.submit(a_wish(broken)))
    assert failed.error is not None
    assert failed.error.code == "export-crashed"
    assert ended(shelf, shelf.submit(a_wish(writing(b"x")))).state == "done"
    shelf.stop()


def test_a_damaged_record_or_a_foreign_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "p1").mkdir()
    (tmp_path / "p1" / "x.json").write_text("{")
    shelf = Shelf(tmp_path)
    assert shelf.exports("p1") == {}
    shelf.stop()


def test_removing_deletes_the_file(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    done = ended(shelf, shelf.submit(a_wish(writing(b"x"))))
    shelf.remove(done.id)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    shelf.stop()


def test_exports_of_comics_that_are_gone_are_cleared_away(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    kept = ended(shelf, shelf.submit(a_wish(writing(b"x"))))
    gone = ended(shelf, shelf.submit(a_wish(writing(b"y"), project="p2")))
    shelf.clear_away(lambda project_id: project_id == "p1")
    assert shelf.file(kept.id).is_file()
    with pytest.raises(NotFoundError):
        shelf.export(gone.id)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2
    shelf.stop()


def test_a_lost_picture_is_named_by_page_and_panel() -> None:
    import io

    lost = LostPictures(a_comic())
    write_pdf(io.BytesIO(), lost.comic)
    assert named(lost.places) == "2/1"
