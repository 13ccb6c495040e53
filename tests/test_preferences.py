"""What the Settings screen stores is whole, private, and gives way to the environment."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from kitsumy_core import preferences
from kitsumy_core.errors import InputError, StorageError


def test_what_is_stored_is_read_again_and_none_forgets_it(tmp_path: Path) -> None:
    preferences.update(tmp_path, {"OPENAI_API_KEY": "sk-ключ", "GENERATION_TIMEOUT": "90"})
    preferences.update(tmp_path, {"GENERATION_TIMEOUT": None, "COMFYUI_HOSTS": "a:1"})
    assert preferences.read(tmp_path) == {"OPENAI_API_KEY": "sk-ключ", "COMFYUI_HOSTS": "a:1"}


def test_a_folder_without_the_file_has_no_preferences(tmp_path: Path) -> None:
    assert preferences.read(tmp_path / "nowhere") == {}
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_only_the_owner_may_read_the_file_also_after_somebody_opened_it_to_all(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        preferences.update(tmp_path, {"OPENAI_API_KEY": "sk-1"})
    finally:
        os.umask(before)
    file = preferences.file_of(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    preferences.update(tmp_path, {"OPENAI_API_KEY": "sk-2"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_names_of_a_newer_program_and_numbers_written_by_hand_survive(tmp_path: Path) -> None:
    preferences.file_of(tmp_path).write_text('{"KITSUMY_TOMORROW": "x", "GENERATION_TIMEOUT": 75}')
    preferences.update(tmp_path, {"KITSUMY_LANGUAGE": "en"})
    kept = json.loads(preferences.file_of(tmp_path).read_text("utf-8"))
    assert kept == {"GENERATION_TIMEOUT": "75", "KITSUMY_LANGUAGE": "en", "KITSUMY_TOMORROW": "x"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'{"A": "b",\n oops}', 2),
        (b"[]", 1),
        (b'{"A": true}', 1),
        (b'{"A": {"b": 1}}', 1),
        (b"\xff\xfe", 1),
        (b"[" * 100_000, 1),
    ],
)
def test_a_damaged_file_is_named_and_never_overwritten(tmp_path: Path, content: bytes, line: int) -> None:
    file = preferences.file_of(tmp_path)
    file.write_bytes(content)
    for touch in (
        lambda: preferences.read(tmp_path),
        lambda: preferences.update(tmp_path, {"KITSUMY_LANGUAGE": "en"}),
    ):
        with pytest.raises(InputError) as caught:
            touch()
        assert caught.value.error_code == "settings-file-damaged"
        assert caught.value.params == {"file": str(file), "line": line}
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_named_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError) as caught:
        preferences.update(tmp_path / "file", {"KITSUMY_LANGUAGE": "en"})
    assert caught.value.error_code == "cannot-write"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_writers_at_the_same_time_lose_nothing_and_leave_no_parts(tmp_path: Path) -> None:
    def write(number: int) -> None:
        preferences.update(tmp_path, {f"NAME_{number}": str(number)})

    threads = [threading.Thread(target=write, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert preferences.read(tmp_path) == {f"NAME_{n}": str(n) for n in range(12)}
    assert [path.name for path in tmp_path.iterdir()] == [preferences.FILE_NAME]
