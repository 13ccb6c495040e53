"""Keep the takes: every picture that was made for a panel, and what it was made from."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from kitsumy_core.errors import NotFoundError, StorageError
from kitsumy_core.render.request import DiffusionRequest, RenderRequest, SketchRequest
from kitsumy_core.render.shot import Shot
from kitsumy_core.store.change import Part, project_row, storable
from kitsumy_core.store.images import check_hash
from kitsumy_core.store.records import Take
from kitsumy_core.store.schema import read_json, write_json
from kitsumy_core.store.tables import drafts, takes

_REQUEST: TypeAdapter[SketchRequest | DiffusionRequest | None] = TypeAdapter(RenderRequest | None)
_SHOT: TypeAdapter[Shot | None] = TypeAdapter(Shot | None)


_AT_ONCE = 400
"""Ids in one statement: databases set a limit to its parameters."""


class TakeSearch(NamedTuple):
    """What takes to look for: every word, in any order and case; `panels` None = of any panel."""

    words: str = ""
    character: str = ""
    panels: tuple[str, ...] | None = None
    style_id: str = ""
    favourites: bool = False


class Takes(Part):
    """A take belongs to a panel of a project and is never changed, but for being a favourite."""

    def add_take(self, take: Take) -> Take:
        """Store a take; storing the same id in the same project again changes nothing."""
        with self.database.write() as connection:
            store_take(connection, take)
        return take

    def takes(self, project_id: str, panel_id: str | None = None) -> list[Take]:
        """Return the takes of a panel (or of all panels), oldest first."""
        query = select(takes).where(takes.c.project_id == project_id)
        if panel_id is not None:
            query = query.where(takes.c.panel_id == panel_id)
        with self.database.read() as connection:
            return [take_of(row) for row in connection.execute(query.order_by(takes.c.created, takes.c.id))]

    def take(self, project_id: str, take_id: str) -> Take:
        """Return one take of a project. Raises NotFoundError."""
        with self.database.read() as connection:
            row = connection.execute(select(takes).where(*_this(project_id, take_id))).one_or_none()
        if row is None:
            raise NotFoundError("take-not-found", project=project_id, take=take_id)
        return take_of(row)

    def set_favourite(self, project_id: str, take_id: str, favourite: bool) -> None:
        change = update(takes).where(*_this(project_id, take_id)).values(favourite=favourite)
        with self.database.write() as connection:
            if connection.execute(change).rowcount == 0:
                raise NotFoundError("take-not-found", project=project_id, take=take_id)

    def search_takes(
        self, project_id: str, search: TakeSearch, limit: int = 60, offset: int = 0
    ) -> tuple[list[Take], int]:
        """Return takes that fit, newest first, and how many fit altogether."""
        fits = _conditions(project_id, search)
        query = select(takes).where(*fits).order_by(takes.c.created.desc(), takes.c.id)
        with self.database.read() as connection:
            total = connection.execute(select(func.count()).select_from(takes).where(*fits)).scalar_one()
            return [take_of(row) for row in connection.execute(query.limit(limit).offset(offset))], total

    def takes_to_clear(self, project_id: str) -> list[str]:
        """Return the ids of takes that are no favourites and that neither the book nor a draft shows."""
        with self.database.read() as connection:
            return self._unwanted(connection, project_id)

    def clear_takes(self, project_id: str) -> int:
        """Delete those takes and return how many; their images go when they are collected."""
        with self.database.write() as connection:
            unwanted = self._unwanted(connection, project_id, lock=True)
            for start in range(0, len(unwanted), _AT_ONCE):
                some = takes.c.id.in_(unwanted[start : start + _AT_ONCE])
                connection.execute(delete(takes).where(takes.c.project_id == project_id, some))
        return len(unwanted)

    def _unwanted(self, connection: Connection, project_id: str, lock: bool = False) -> list[str]:
        head = project_row(connection, project_id, lock=lock)["rev"]
        named = select(drafts.c.rev).where(drafts.c.project_id == project_id)
        shown: set[str] = set()
        for rev in {head, *connection.execute(named).scalars()}:
            shown.update(self.books.at(connection, project_id, rev).picks.values())
        query = select(takes.c.id).where(takes.c.project_id == project_id, takes.c.favourite.is_(False))
        return [take_id for take_id in connection.execute(query).scalars() if take_id not in shown]

    def find_take_by_request(self, key: str, project_id: str | None = None) -> Take | None:
        """Return a take that was made by this very request, so that it is not made and paid for again.

        With `project_id`, a take of that project comes before those of others.
        """
        query = select(takes).where(takes.c.request_key == key, takes.c.request_key != "")
        here = (takes.c.project_id == project_id).desc() if project_id else takes.c.project_id
        with self.database.read() as connection:
            row = connection.execute(query.order_by(here, takes.c.created.desc()).limit(1)).one_or_none()
        return None if row is None else take_of(row)


def _this(project_id: str, take_id: str) -> tuple[Any, Any]:
    return takes.c.project_id == project_id, takes.c.id == take_id


def store_take(connection: Connection, take: Take) -> None:
    """Store a take within a transaction; one that is there already stays as it is."""
    project_row(connection, take.project_id)
    if connection.execute(select(takes.c.id).where(*_this(take.project_id, take.id))).first() is None:
        connection.execute(insert(takes).values(**take_row(take)))


def _conditions(project_id: str, search: TakeSearch) -> list[ColumnElement[bool]]:
    found = [takes.c.project_id == project_id]
    found += [takes.c.words.contains(word, autoescape=True) for word in search.words.casefold().split()]
    if search.panels is not None:
        found.append(takes.c.panel_id.in_(search.panels))
    if search.character:
        found.append(takes.c.characters.contains(write_json(search.character), autoescape=True))
    if search.style_id:
        found.append(takes.c.style_id == search.style_id)
    if search.favourites:
        found.append(takes.c.favourite)
    return found


def take_row(take: Take) -> dict[str, Any]:
    """Return the columns of a take."""
    return vars(take) | {
        "image": check_hash(take.image),
        "seed": None if take.seed is None else str(take.seed),
        "shot": write_json(take.shot.model_dump(mode="json") if take.shot else None),
        "request": write_json(take.request.model_dump(mode="json") if take.request else None),
        "request_key": take.request_key,
        "words": write_words(take),
        "characters": write_json([member.id for member in take.shot.cast] if take.shot else []),
        "style_id": take.shot.style_id if take.shot else "",
    }


def write_words(take: Take) -> str:
    """Return everything a take may be found by, in small letters."""
    said = [take.request.prompt] if isinstance(take.request, DiffusionRequest) else []
    if shot := take.shot:
        parts = (shot.camera, shot.action, shot.action_en, shot.place, shot.place_look, shot.mood, shot.style)
        said += [part.text for part in parts] + [member.name.text for member in shot.cast]
    return storable("\n".join(part for part in said if part).casefold())


def take_of(row: Row[Any]) -> Take:
    """Return the take of a row."""
    values = dict(row._mapping)
    for name in ("request_key", "words", "characters", "style_id"):
        del values[name]
    values["request"], values["shot"] = made_from(row)
    values["seed"] = None if row.seed is None else int(row.seed)
    return Take(**values)


def made_from(row: Row[Any]) -> tuple[Any, Any]:
    """Return the request and the shot of a row of a job or take. Raises StorageError."""
    try:
        return (
            _REQUEST.validate_python(read_json(row.request)),
            _SHOT.validate_python(read_json(row.shot)),
        )
    except ValueError as error:
        raise StorageError("database-damaged", where="ledger") from error
