"""Keep the takes: every picture that was made for a panel, and what it was made from."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select, update

from kitsumy_core.errors import NotFoundError, StorageError
from kitsumy_core.render.request import DiffusionRequest, RenderRequest, SketchRequest
from kitsumy_core.render.shot import Shot
from kitsumy_core.store.change import Part, project_row
from kitsumy_core.store.images import check_hash
from kitsumy_core.store.records import Take
from kitsumy_core.store.schema import read_json, write_json
from kitsumy_core.store.tables import takes

_REQUEST: TypeAdapter[SketchRequest | DiffusionRequest | None] = TypeAdapter(RenderRequest | None)
_SHOT: TypeAdapter[Shot | None] = TypeAdapter(Shot | None)


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


def take_row(take: Take) -> dict[str, Any]:
    """Return the columns of a take."""
    return vars(take) | {
        "image": check_hash(take.image),
        "seed": None if take.seed is None else str(take.seed),
        "shot": write_json(take.shot.model_dump(mode="json") if take.shot else None),
        "request": write_json(take.request.model_dump(mode="json") if take.request else None),
        "request_key": take.request_key,
    }


def take_of(row: Row[Any]) -> Take:
    """Return the take of a row."""
    values = dict(row._mapping)
    del values["request_key"]
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
