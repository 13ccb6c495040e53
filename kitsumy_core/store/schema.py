"""Read and write stored JSON: books, patches and values, upgraded from older schema versions when read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from kitsumy_core.errors import InputError, NewerDataError, StorageError
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.merge import Change, Conflict, Patch
from kitsumy_core.plan.models import SCHEMA_VERSION

Upgrade = Callable[[Any], Any]

BOOK_UPGRADES: Mapping[int, Upgrade] = {}
"""By version: what turns the JSON of a book of this version into the next one's."""

PATCH_UPGRADES: Mapping[int, Upgrade] = {}
"""The same for the JSON of a patch (a list of changes)."""

CONFLICT_UPGRADES: Mapping[int, Upgrade] = {}

_PATCH = TypeAdapter(tuple[Change, ...])


def upgraded(data: Any, version: int, steps: Mapping[int, Upgrade], current: int = SCHEMA_VERSION) -> Any:
    """Return `data` in the current form. Raises NewerDataError when it is newer than the program."""
    if version > current:
        raise NewerDataError("newer-data", found=version, known=current)
    for number in range(version, current):
        if number in steps:
            data = steps[number](data)
    return data


def write_json(value: Any) -> str:
    """Return compact JSON that any database can hold. Raises InputError for what JSON has no word for."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError("not-json", problem=str(error)) from error
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: escaped, it survives
        return json.dumps(value, separators=(",", ":"))
    return text


def read_json(text: str) -> Any:
    """Return the value of a stored JSON text. Raises StorageError when it is damaged."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise StorageError("database-damaged", where="json") from error


def write_book(book: Book) -> str:
    return write_json(book.model_dump(mode="json"))


def read_book(text: str, version: int) -> Book:
    """Return a stored book. Raises NewerDataError, StorageError when it is damaged."""
    return book_from(read_json(text), version)


def book_from(data: Any, version: int) -> Book:
    """Return a book from the JSON value of any known version."""
    try:
        book = Book.model_validate(upgraded(data, version, BOOK_UPGRADES))
    except ValueError as error:
        raise StorageError("database-damaged", where="book") from error
    return book.but(plan=book.plan.numbered())


def write_patch(patch: Patch) -> str:
    """Return a patch as JSON, without what is at its default."""
    return write_json([change.model_dump(mode="json", exclude_defaults=True) for change in patch])


def read_patch(text: str, version: int) -> Patch:
    """Return a stored patch. Raises NewerDataError, StorageError when it is damaged."""
    return patch_from(read_json(text), version)


def patch_from(data: Any, version: int) -> Patch:
    """Return a patch from the JSON value of any known version."""
    try:
        return _PATCH.validate_python(upgraded(data, version, PATCH_UPGRADES))
    except ValueError as error:
        raise StorageError("database-damaged", where="patch") from error


def write_conflict(conflict: Conflict) -> str:
    """Return a conflict as JSON; a side that had no such field at all is left out."""
    return write_json(conflict.model_dump(mode="json", exclude_unset=True))


def read_conflict(text: str, version: int) -> Conflict:
    """Return a stored conflict. Raises NewerDataError, StorageError when it is damaged."""
    return conflict_from(read_json(text), version)


def conflict_from(data: Any, version: int) -> Conflict:
    """Return a conflict from the JSON value of any known version."""
    try:
        return Conflict.model_validate(upgraded(data, version, CONFLICT_UPGRADES))
    except ValueError as error:
        raise StorageError("database-damaged", where="conflict") from error
