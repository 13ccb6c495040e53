"""Bundles: a project out to one file, and a file from anywhere in."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kitsumy_core.errors import BundleError, NotFoundError, StorageError
from kitsumy_core.plan.edits import edit
from kitsumy_core.store import Store
from kitsumy_core.store.bundle_format import Limits
from tests.samples import a_book
from tests.stores import FIRST, SERVER, a_take, action, field, opened, panel, png, settings_for, small_disk


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with one project, written once and copied for each test, and the project's id."""
    folder = tmp_path_factory.mktemp("template") / "data"
    with opened(settings_for(folder)) as store:
        return folder, a_history(store)


@pytest.fixture
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    if "project" in request.fixturenames and not SERVER:
        shutil.copytree(request.getfixturevalue("template")[0], tmp_path / "data")
    with opened(settings_for(tmp_path / "data")) as store:
        yield store


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    with opened(settings_for(tmp_path / "other")) as store:
        yield store


@pytest.fixture
def project(store: Store, template: tuple[Path, str]) -> str:
    return a_history(store) if SERVER else template[1]


def a_history(store: Store) -> str:
    """Make a project with some history, a draft, a picked take, and a reference picture of earlier times."""
    project = store.create(a_book(), "anna").id
    reference = store.images.put(png("green"))
    store.commit(project, field([reference], "kitsumy.references", "character:char-1"), "anna")
    store.commit(project, field([], "kitsumy.references", "character:char-1"), "anna")
    store.add_draft(project, "перша", "anna")
    for number in range(60):
        store.commit(project, field(f"дія {number}"), "anna", burst="b")
    store.commit(project, field("сумно", name="mood"), "borys")
    store.undo(project, "anna")
    image = store.images.put(png("blue"))
    take = store.add_take(a_take(project, image=image, width=8, height=6))
    store.commit(project, edit("pick_take", panel_id=FIRST, take_id=take.id), "anna")
    return project


def exported(store: Store, project: str) -> bytes:
    file = io.BytesIO()
    store.export_bundle(project, file)
    return file.getvalue()


def rewritten(bundle: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return the bundle with its entries changed by hand."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    return zipped(entries)


def zipped(entries: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def with_json(name: str, change: Callable[[Any], None], line: int = 0) -> Callable[[dict[str, bytes]], None]:
    def apply(entries: dict[str, bytes]) -> None:
        lines = entries[name].splitlines()
        value = json.loads(lines[line])
        change(value)
        lines[line] = json.dumps(value).encode()
        entries[name] = b"\n".join(lines)

    return apply


def assert_refused(
    store: Store, bundle: bytes | Path, code: str, place: str, limits: Limits | None = None
) -> None:
    with pytest.raises(BundleError) as caught:
        store.import_bundle(bundle, "zoya", limits)
    assert (caught.value.error_code, caught.value.params["place"]) == (code, place)
    assert store.projects() == []
    assert list(store.images.list()) == []


def test_a_project_comes_out_and_goes_in_whole(store: Store, other: Store, project: str) -> None:
    arrived = other.import_bundle(exported(store, project), "zoya")
    assert arrived != project
    assert other.project(arrived).author == "zoya"
    assert other.head(arrived) == store.head(project)
    assert other.history(arrived, limit=100) == store.history(project, limit=100)
    for rev in (1, 2, 49, 50, 51, 63):
        assert other.book_at(arrived, rev) == store.book_at(project, rev)
    (take,) = other.takes(arrived)
    (original,) = store.takes(project)
    assert vars(take) == vars(original) | {"project_id": arrived}
    assert other.images.get(take.image) == png("blue")
    assert sorted(x.image for x in other.images.list()) == sorted(x.image for x in store.images.list())
    assert [(d.label, d.rev) for d in other.drafts(arrived)] == [("перша", 3)]


def test_undo_and_redo_go_on_after_the_move(store: Store, other: Store, project: str) -> None:
    arrived = other.import_bundle(exported(store, project), "zoya")
    assert other.can_undo(arrived, "anna") == store.can_undo(project, "anna")
    assert other.undo(arrived, "borys").book == store.undo(project, "borys").book
    assert other.can_redo(arrived, "borys") is not None
    other.commit(arrived, field("далі"), "zoya")
    assert action(other.head(arrived).book) == "далі"


def test_conflicts_wait_for_their_decision_on_the_other_side(
    store: Store, other: Store, project: str
) -> None:
    base = store.version(project)
    store.commit(project, field("від Анни", name="camera"), "anna", base_rev=base)
    (found,) = store.commit(project, field("від Бориса", name="camera"), "borys", base_rev=base).conflicts
    arrived = other.import_bundle(exported(store, project), "zoya")
    (moved,) = other.conflicts(arrived)
    assert vars(moved) == vars(found) | {"id": moved.id, "project_id": arrived}
    done = other.resolve_conflict(moved.id, "mine", "borys")
    assert panel(done.book).camera == "від Бориса"


def test_keys_of_other_programs_are_passed_over(store: Store, other: Store, project: str) -> None:
    bundle = exported(store, project)
    for name in ("manifest.json", "book.json", "journal.jsonl", "takes.jsonl"):
        bundle = rewritten(bundle, with_json(name, lambda value: value.update(theirs={"x": 1})))
    assert other.head(other.import_bundle(bundle, "zoya")) == store.head(project)


def test_a_bundle_may_come_back_into_its_own_store(store: Store, project: str) -> None:
    again = store.import_bundle(exported(store, project), "anna")
    assert store.head(again).book == store.head(project).book
    assert len(store.projects()) == 2


def test_a_bundle_goes_to_a_path_and_comes_from_one(
    store: Store, other: Store, project: str, tmp_path: Path
) -> None:
    target = tmp_path / "Маяк.kitsumy"
    told = store.export_bundle(project, target)
    assert (told.images, told.missing) == (2, ())
    assert [file.name for file in tmp_path.glob("*.part")] == []
    assert other.head(other.import_bundle(target, "zoya")) == store.head(project)


def test_the_same_project_gives_the_same_bytes(store: Store, project: str) -> None:
    assert exported(store, project) == exported(store, project)


def test_a_lost_image_is_named_and_the_rest_still_moves(store: Store, other: Store, project: str) -> None:
    (take,) = store.takes(project)
    store.images.delete(take.image)
    file = io.BytesIO()
    assert store.export_bundle(project, file).missing == (take.image,)
    arrived = other.import_bundle(file.getvalue(), "zoya")
    assert [t.image for t in other.takes(arrived)] == [take.image]
    assert not other.images.has(take.image)


def test_an_export_to_a_full_disk_leaves_no_file(store: Store, project: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "4k") as disk:
        with pytest.raises(StorageError, match="disk-full"):
            store.export_bundle(project, disk / "x.kitsumy")
        assert list(disk.iterdir()) == []


def test_an_export_to_a_folder_that_is_not_there_is_reported(
    store: Store, project: str, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match="cannot-write"):
        store.export_bundle(project, tmp_path / "none" / "x.kitsumy")


# --- bundles that cannot be used --------------------------------------------------------------------------


def test_what_is_no_zip_is_refused(other: Store, tmp_path: Path) -> None:
    assert_refused(other, b"", "bundle-not-zip", "")
    assert_refused(other, b"PK\x03\x04 and then nothing", "bundle-not-zip", "")
    assert_refused(other, tmp_path / "none.kitsumy", "bundle-unreadable", "")


def test_a_bundle_cut_short_is_refused(store: Store, other: Store, project: str) -> None:
    whole = exported(store, project)
    for length in (len(whole) // 3, len(whole) - 30):
        assert_refused(other, whole[:length], "bundle-not-zip", "")


@pytest.mark.parametrize("name", ["manifest.json", "book.json", "journal.jsonl", "takes.jsonl"])
def test_a_missing_part_is_named(store: Store, other: Store, project: str, name: str) -> None:
    broken = rewritten(exported(store, project), lambda entries: entries.__delitem__(name))
    assert_refused(other, broken, "bundle-part-missing", name)


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "/etc/passwd", "images/../../x", "images/" + "a" * 63, "C:\\x", "images/" + "A" * 64],
)
def test_a_name_that_has_no_business_there_is_refused(
    store: Store, other: Store, project: str, name: str
) -> None:
    broken = rewritten(exported(store, project), lambda entries: entries.__setitem__(name, b"x"))
    assert_refused(other, broken, "bundle-entry-unexpected", name)


def test_an_entry_that_is_there_twice_is_refused(store: Store, other: Store, project: str) -> None:
    file = io.BytesIO(exported(store, project))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr("book.json", "{}")
    assert_refused(other, file.getvalue(), "bundle-entry-twice", "book.json")


def test_an_image_that_is_not_what_its_name_says_is_refused(store: Store, other: Store, project: str) -> None:
    (take,) = store.takes(project)
    name = f"images/{take.image}"
    broken = rewritten(exported(store, project), lambda entries: entries.__setitem__(name, png("black")))
    assert_refused(other, broken, "bundle-image-differs", name)


def test_an_image_that_is_no_picture_is_refused(store: Store, other: Store, project: str) -> None:
    name = f"images/{hashlib.sha256(b'#!/bin/sh').hexdigest()}"
    broken = rewritten(exported(store, project), lambda entries: entries.__setitem__(name, b"#!/bin/sh"))
    assert_refused(other, broken, "bundle-image-unusable", name)


def test_an_image_that_a_take_needs_may_not_be_missing(store: Store, other: Store, project: str) -> None:
    (take,) = store.takes(project)
    broken = rewritten(exported(store, project), lambda entries: entries.__delitem__(f"images/{take.image}"))
    assert_refused(other, broken, "bundle-image-missing", "takes.jsonl:1")


def test_damaged_bytes_are_refused(store: Store, other: Store, project: str) -> None:
    whole = bytearray(exported(store, project))
    at = whole.index(b"journal.jsonl") + 60
    whole[at : at + 4] = bytes(4)
    assert_refused(other, bytes(whole), "bundle-entry-damaged", "journal.jsonl")


Change = Callable[[Any], None]
VALUE, NEWER = "bundle-wrong-value", "bundle-newer"
NO_NODE = [{"node": "panel:none", "field": "action"}]
NO_CONFLICT = {"rev": 1, "conflict": {}, "schemaVersion": 1, "mineAuthor": "a", "theirsAuthor": "b",
               "created": "2026-01-01T00:00:00Z"}  # fmt: skip
NO_LIST = [{"node": "plan", "field": "@order.chapter", "new": 5}]
WRONG: list[tuple[str, int, Change, str]] = [
    ("manifest.json", 1, lambda v: v.update(format="zip"), "bundle-not-ours"),
    ("manifest.json", 1, lambda v: v.update(version=2), NEWER),
    ("manifest.json", 1, lambda v: v.update(schemaVersion=99), NEWER),
    ("manifest.json", 1, lambda v: v.update(rev=2**40), VALUE),
    ("manifest.json", 1, lambda v: v["drafts"][0].update(rev=999), VALUE),
    ("manifest.json", 1, lambda v: v.update(conflicts=[NO_CONFLICT]), VALUE),
    ("book.json", 1, lambda v: v.update(schemaVersion=99), NEWER),
    ("book.json", 1, lambda v: v["book"]["plan"].update(chapters=5), VALUE),
    ("journal.jsonl", 5, lambda v: v.update(schemaVersion=99), NEWER),
    ("journal.jsonl", 5, lambda v: v.update(created="вчора"), VALUE),
    ("journal.jsonl", 5, lambda v: v.update(step=64), VALUE),
    ("journal.jsonl", 5, lambda v: v.update(kind="create"), VALUE),
    ("journal.jsonl", 5, lambda v: v.update(author="a" * 500), VALUE),
    ("journal.jsonl", 50, lambda v: v.update(patch=NO_NODE), VALUE),
    ("journal.jsonl", 50, lambda v: v.update(patch=NO_LIST), VALUE),
    ("takes.jsonl", 1, lambda v: v.update(image="../../x"), VALUE),
    ("takes.jsonl", 1, lambda v: v.update(width=-4), VALUE),
    ("takes.jsonl", 1, lambda v: v.update(request={"backend": "other"}), VALUE),
]


@pytest.mark.parametrize(("name", "line", "change", "code"), WRONG)
def test_a_wrong_value_is_named_with_its_place(
    store: Store, other: Store, project: str, name: str, line: int, change: Change, code: str
) -> None:
    broken = rewritten(exported(store, project), with_json(name, change, line - 1))
    assert_refused(other, broken, code, f"{name}:{line}" if name.endswith("l") else name)


def test_a_journal_that_does_not_lead_to_the_book_is_refused(
    store: Store, other: Store, project: str
) -> None:
    whole = exported(store, project)
    gap, place = "bundle-journal-gap", "journal.jsonl"
    assert_refused(other, rewritten(whole, with_json("manifest.json", lambda v: v.update(rev=7))), gap, place)
    assert_refused(other, rewritten(whole, with_json(place, lambda v: v.update(rev=3), 4)), gap, place)
    renamed = with_json("book.json", lambda v: v["book"]["plan"].update(title="інша"))
    assert_refused(other, rewritten(whole, renamed), "bundle-journal-differs", place)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bundle-not-json"),
        (b"{", "bundle-not-json"),
        (b"\xff\xfe", "bundle-not-json"),
        (b"[" * 100_000, "bundle-too-deep"),
        (b'{"schemaVersion": 1, "book": NaN}', "bundle-not-a-number"),
        (b'{"schemaVersion": ' + b"9" * 5000 + b"}", "bundle-not-json"),
        (b"5", "bundle-wrong-value"),
    ],
)
def test_a_part_that_is_no_sound_json_is_named(
    store: Store, other: Store, project: str, data: bytes, code: str
) -> None:
    broken = rewritten(exported(store, project), lambda entries: entries.__setitem__("book.json", data))
    assert_refused(other, broken, code, "book.json")


def test_a_bomb_is_refused_before_it_goes_off(store: Store, other: Store, project: str) -> None:
    bomb = rewritten(
        exported(store, project), lambda entries: entries.__setitem__("takes.jsonl", bytes(20_000_000))
    )
    assert len(bomb) < 100_000
    assert_refused(other, bomb, "bundle-entry-too-large", "takes.jsonl")


@pytest.mark.parametrize("told", [5, 5_000_001])
def test_an_entry_that_lies_about_its_size_is_refused(
    store: Store, other: Store, project: str, told: int
) -> None:
    size = 5_000_000
    whole = rewritten(exported(store, project), lambda entries: entries.update({"takes.jsonl": b" " * size}))
    lie = whole.replace(size.to_bytes(4, "little"), told.to_bytes(4, "little"))
    assert lie != whole
    assert_refused(other, lie, "bundle-entry-damaged", "takes.jsonl")


def test_sizes_and_numbers_are_bounded(store: Store, other: Store, project: str) -> None:
    whole = exported(store, project)
    (take,) = store.takes(project)
    assert_refused(other, whole, "bundle-too-many-entries", "", Limits(entries=5))
    assert_refused(other, whole, "bundle-too-large", "", Limits(total=2_000))
    assert_refused(other, whole, "bundle-entry-too-large", "book.json", Limits(part=500))
    with pytest.raises(BundleError) as caught:
        other.import_bundle(whole, "zoya", Limits(image=20))
    assert caught.value.params["place"].startswith("images/")
    assert take.image


def test_an_encrypted_bundle_is_refused(store: Store, other: Store, project: str) -> None:
    whole = bytearray(exported(store, project))
    start = whole.index(b"PK\x01\x02")
    whole[start + 8] |= 1
    assert_refused(other, bytes(whole), "bundle-entry-unreadable", "book.json")


def test_an_unknown_project_makes_no_bundle(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="project-not-found"):
        store.export_bundle("nobody", tmp_path / "x.kitsumy")
    assert not list(tmp_path.glob("x.kitsumy*"))
