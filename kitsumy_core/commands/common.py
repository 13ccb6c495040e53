"""Open what a command works on, and say things to the user: results to stdout, everything else to stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import typer

from kitsumy_core.errors import InputError, KitsumyError, ModelSetupError, NotFoundError, UsageError
from kitsumy_core.settings import Settings, load_settings

if TYPE_CHECKING:
    from kitsumy_core.plan.book import Book
    from kitsumy_core.plan.files import Repair
    from kitsumy_core.store import Store

FINE, FAILED, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


class Source(NamedTuple):
    """What PLAN named: a book, and the store and id where it is a project."""

    book: Book
    store: Store | None = None
    project_id: str = ""
    repairs: tuple[Repair, ...] = ()


class Desk(NamedTuple):
    """The settings of a run and the language it speaks."""

    settings: Settings

    @property
    def language(self) -> str:
        return self.settings.language

    def words(self, code: str, **params: Any) -> str:
        """Return the text of a code on one line."""
        from kitsumy_core.messages import say

        return " ".join(say(code, params, self.language).split())

    def tell(self, code: str, **params: Any) -> None:
        """Say something about the work to stderr."""
        typer.echo(self.words(code, **params), err=True)

    def explain(self, error: KitsumyError) -> str:
        from kitsumy_core.messages import explain

        return " ".join(explain(error, self.language).split())


def desk() -> Desk:
    """Read the settings. Raises UsageError."""
    return Desk(load_settings())


def give(text: str) -> None:
    """Write a line of the result to stdout."""
    typer.echo(text)


def exit_code(error: KitsumyError) -> int:
    """Return 2 where the input or the arguments are at fault, else 1."""
    return (
        UNUSABLE if isinstance(error, InputError | UsageError | NotFoundError | ModelSetupError) else FAILED
    )


@contextmanager
def opened(plan: str, settings: Settings) -> Iterator[Source]:
    """Open PLAN: a file if such a path exists, else a project's id. Raises InputError, StoreError."""
    from kitsumy_core.plan.book import Book
    from kitsumy_core.plan.incoming import read_incoming

    path = Path(plan)
    if plan and _exists(path):
        loaded = read_incoming(path.name, _bytes(path), lambda: uuid4().hex[:12])
        yield Source(Book(plan=loaded.plan), repairs=loaded.repairs)
        return
    name = plan.encode("utf-8", "replace").decode()
    if path.suffix or path.name != plan or not plan or name != plan:
        raise InputError("plan-not-found", plan=name)
    from kitsumy_core.store import Store

    store = Store.open(settings)
    try:
        yield Source(_head(store, plan), store, plan)
    finally:
        store.close()


def _head(store: Store, plan: str) -> Book:
    try:
        return store.head(plan).book
    except NotFoundError:
        raise InputError("plan-not-found", plan=plan) from None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _bytes(path: Path) -> bytes:
    from kitsumy_core.plan.files import MAX_BYTES

    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("plan-unreadable", plan=str(path)) from error
