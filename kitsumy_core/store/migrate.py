"""Bring the database to the form this program knows: one process at a time, after a backup."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from kitsumy_core.errors import NewerDataError, StorageError
from kitsumy_core.store.database import Database, translated

HEAD = "0006"
"""The newest migration. Their names are numbers in order, so that a newer database is recognised."""

WAIT_SECONDS = 120.0
KEPT_BACKUPS = 5
_ADVISORY_KEY = 0x6B697473756D79 % 2**31


def migrate(database: Database) -> None:
    """Migrate if needed. Raises NewerDataError for a database of a newer program, StorageError."""
    if _is_current(database):
        return
    with _alone(database):
        if _is_current(database):
            return
        _back_up(database)
        with database.write() as connection:
            _upgrade(connection)


def found_version(connection: Connection) -> str | None:
    """Return the name of the last migration that was run, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _is_current(database: Database) -> bool:
    with database.read() as connection:
        found = found_version(connection)
    if found is not None and found > HEAD:
        raise NewerDataError("newer-database", found=found, known=HEAD)
    return found == HEAD


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "kitsumy_core.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Keep other processes from migrating at the same time; a killed process lets go by itself."""
    if not database.is_sqlite:
        with translated(), database.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_KEY})
            yield
        return
    # An exclusive transaction on a file of its own is a lock on every system that SQLite runs on.
    lock = _file(database).with_suffix(".lock")
    with closing(sqlite3.connect(lock, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise StorageError("database-busy", where=str(lock)) from error
        yield


def _back_up(database: Database) -> Path | None:
    """Copy a database with content by SQLite's own means; a server's backups are its operator's."""
    if not database.is_sqlite:
        return None
    file = _file(database)
    folder = file.parent / "backups"
    target = folder / f"{file.stem}-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.db"
    try:
        with closing(sqlite3.connect(file)) as source:
            if not source.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return None
            folder.mkdir(exist_ok=True)
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise StorageError("backup-failed", where=str(target)) from error
    for old in sorted(folder.glob(f"{file.stem}-*.db"))[:-KEPT_BACKUPS]:
        old.unlink(missing_ok=True)
    return target


def _file(database: Database) -> Path:
    return Path(database.url.database or "")
