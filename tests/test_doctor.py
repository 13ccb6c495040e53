"""The doctor tells what works and what does not, changes nothing, and keeps secrets."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from kitsumy_core.doctor import Diagnosis, examine, is_well
from kitsumy_core.settings import Settings, load_settings
from kitsumy_core.store import Store


def codes(found: Iterable[Diagnosis]) -> list[str]:
    return [one.code for one in found]


def failing(found: Iterable[Diagnosis]) -> list[str]:
    return [one.code for one in found if one.needed and not one.ok]


def settings_of(monkeypatch: pytest.MonkeyPatch, **names: str) -> Settings:
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    return load_settings(None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_fresh_machine_is_well_and_stays_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    settings = load_settings(None)
    found = examine(settings, {})
    assert failing(found) == []
    assert is_well(found)
    assert {"data-folder-will-be-made", "database-not-yet", "images-not-yet", "sketch-ready"} <= set(
        codes(found)
    )
    assert not settings.data_dir.exists()


def test_a_store_in_use_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    settings = load_settings(None)
    Store.open(settings).close()
    before = {path for path in settings.data_dir.rglob("*") if path.is_file()}
    found = examine(settings, {})
    assert is_well(found)
    assert {"data-folder-ready", "database-ready", "images-ready"} <= set(codes(found))
    left = {path for path in settings.data_dir.rglob("*") if path.is_file()} - before
    assert {path.suffix for path in left} <= {".db-wal", ".db-shm"}


def test_a_database_of_a_newer_program_is_a_failure() -> None:
    settings = load_settings(None)
    Store.open(settings).close()
    with closing(sqlite3.connect(settings.data_dir / "kitsumy.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert "newer-database" in failing(examine(settings, {}))


def test_a_damaged_database_is_a_failure_and_no_exception() -> None:
    settings = load_settings(None)
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "kitsumy.db").write_bytes(b"this is no database" * 500)
    assert "database-damaged" in failing(examine(settings, {}))


def test_a_data_folder_that_cannot_be_made_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    settings = settings_of(monkeypatch, KITSUMY_DATA_DIR=str(tmp_path / "file" / "data"))
    assert "data-folder-closed" in failing(examine(settings, {}))


def test_a_wished_comfyui_that_does_not_answer_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    host = f"127.0.0.1:{free_port()}"
    settings = settings_of(monkeypatch, COMFYUI_HOSTS=f"{host},{host}")
    found = examine(settings, {})
    assert failing(found) == ["server-unreachable"] * 2
    assert "comfyui-not-configured" not in codes(found)


def test_a_comfyui_nobody_wished_for_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMFYUI_URL", raising=False)
    found = examine(load_settings(None), {})
    assert is_well(found)
    assert "comfyui-not-configured" in codes(found)


def test_misspelt_and_old_names_are_told_and_harm_nothing() -> None:
    names = {"KITSUMY_DATADIR": "x", "SYNC_TIMEOUT": "3", "PATH": "/bin", "KITSUMY_LANGUAGE": "uk"}
    found = examine(load_settings(None), names)
    told = [(one.code, one.params["name"]) for one in found if one.code.startswith("name-")]
    assert told == [("name-unknown", "KITSUMY_DATADIR"), ("name-obsolete", "SYNC_TIMEOUT")]
    assert not any(one.needed for one in found if one.code.startswith("name-"))


def test_no_secret_is_read_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = "geheim-4711"
    settings = settings_of(
        monkeypatch,
        OPENAI_API_KEY=secret,
        RUNPOD_API_KEY=secret,
        KITSUMY_DATABASE_URL=f"sqlite:///{tmp_path}/x.db?password={secret}",
        CELERY_BROKER_URL=f"redis://:{secret}@localhost/3",
    )
    found = examine(settings, {})
    assert secret not in repr(found)
    told = [one.params["name"] for one in found if one.code == "secret-set"]
    assert told == ["OPENAI_API_KEY", "RUNPOD_API_KEY", "KITSUMY_DATABASE_URL", "CELERY_BROKER_URL"]


def test_every_bundled_face_is_looked_at() -> None:
    found = [one for one in examine(load_settings(None), {}) if one.code.startswith("font-")]
    assert len(found) >= 6
    assert {one.code for one in found} == {"font-complete"}
