"""Open the database and run reads and writes in it, with the errors of its driver turned into ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kitsumy_core.errors import StorageError, StoreError, UsageError
from kitsumy_core.settings import Settings

FILE_NAME = "kitsumy.db"
BUSY_SECONDS = 15.0
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
"""How each connection to a SQLite file is set: what was committed outlives a power cut."""
_ONE_MOMENT = {"isolation_level": "REPEATABLE READ"}

_SQLITE_CODES = {
    "SQLITE_FULL": "disk-full",
    "SQLITE_BUSY": "database-busy",
    "SQLITE_LOCKED": "database-busy",
    "SQLITE_READONLY": "no-permission",
    "SQLITE_PERM": "no-permission",
    "SQLITE_CANTOPEN": "no-permission",
    "SQLITE_CORRUPT": "database-damaged",
    "SQLITE_NOTADB": "database-damaged",
    "SQLITE_IOERR": "disk-failed",
}
_POSTGRES_CODES = {
    "53100": "disk-full",
    "40": "database-busy",
    "55": "database-busy",
    "08": "database-unreachable",
    "28": "no-permission",
    "3D": "database-unreachable",
    "42501": "no-permission",
    "57P": "database-unreachable",
}


class Database:
    """One engine for all threads: reads run side by side, a write holds the database's write lock."""

    def __init__(self, settings: Settings) -> None:
        self.url = database_url(settings)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.folder = settings.data_dir
        if self.is_sqlite:
            _make_folder(Path(self.url.database or ""))
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _server_engine(self.url)
        self._turn: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection whose reads all see one moment of the database."""
        with translated(), self.engine.connect() as plain:
            connection = plain if self.is_sqlite else plain.execution_options(**_ONE_MOMENT)
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is committed at the end, or undone by an exception."""
        with self._turn, translated(), self.engine.connect() as plain:
            connection = plain.execution_options(kitsumy_writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        self.engine.dispose()


def database_url(settings: Settings) -> URL:
    """Return where the database is. Raises UsageError for a URL that cannot be used."""
    if settings.database_url is None:
        return URL.create("sqlite+pysqlite", database=str(settings.data_dir / FILE_NAME))
    try:
        url = make_url(settings.database_url.get_secret_value())
    except ArgumentError:
        raise UsageError("setting-invalid", name="KITSUMY_DATABASE_URL", problem="not a URL") from None
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+pysqlite")
    raise UsageError(
        "setting-invalid", name="KITSUMY_DATABASE_URL", problem="neither postgresql:// nor a sqlite file"
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's exceptions into StorageError (or StoreError where the cause is not known)."""
    try:
        yield
    except DBAPIError as error:
        code = _code_of(error.orig)
        if code is None:
            raise StoreError("database-failed", problem=type(error.orig).__name__) from error
        raise StorageError(code, where="database") from error
    except PoolTimeout as error:
        raise StorageError("database-busy", where="database") from error


def _code_of(cause: BaseException | None) -> str | None:
    name = getattr(cause, "sqlite_errorname", None)
    if name:
        return next((code for prefix, code in _SQLITE_CODES.items() if name.startswith(prefix)), None)
    state = getattr(cause, "sqlstate", None)
    if state:
        return next((code for prefix, code in _POSTGRES_CODES.items() if state.startswith(prefix)), None)
    return "database-unreachable" if type(cause).__name__ == "OperationalError" else None


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("no-permission", where=str(file.parent)) from error


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=8, max_overflow=16
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, see below
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("kitsumy_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _server_engine(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=16)
    except (ImportError, NoSuchModuleError):
        raise UsageError("driver-missing", name="psycopg", setting="KITSUMY_DATABASE_URL") from None
