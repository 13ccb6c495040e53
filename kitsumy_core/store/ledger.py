"""Keep the ledger of renders: jobs, claimed one at a time, and the takes they made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, insert, select, update

from kitsumy_core.errors import NotFoundError, StorageError
from kitsumy_core.render.request import DiffusionRequest, RenderRequest, SketchRequest, request_key
from kitsumy_core.render.shot import Shot
from kitsumy_core.store.change import Part, now, project_row
from kitsumy_core.store.images import check_hash
from kitsumy_core.store.records import Job, JobState, NewJob, Take
from kitsumy_core.store.schema import read_json, write_json
from kitsumy_core.store.tables import jobs, takes

_REQUEST: TypeAdapter[SketchRequest | DiffusionRequest | None] = TypeAdapter(RenderRequest | None)
_SHOT: TypeAdapter[Shot | None] = TypeAdapter(Shot | None)


class Ledger(Part):
    """Jobs go queued -> running -> done, failed or cancelled; a finished one may be queued again."""

    def add_jobs(self, wanted: Sequence[NewJob]) -> list[Job]:
        """Queue jobs in this order, all or none. Raises NotFoundError for an unknown project."""
        with self.database.write() as connection:
            for project_id in {job.project_id for job in wanted}:
                project_row(connection, project_id)
            last = connection.execute(select(func.max(jobs.c.sequence))).scalar() or 0
            for number, job in enumerate(wanted, last + 1):
                connection.execute(insert(jobs).values(**_job_row(job), sequence=number))
            return [_job(_job_found(connection, job.id)) for job in wanted]

    def claim_next(self, backends: Sequence[str] | None = None, server: str | None = None) -> Job | None:
        """Take the next queued job and mark it running; no two callers ever get the same one."""
        query = select(jobs.c.id).where(jobs.c.state == "queued")
        if backends is not None:
            query = query.where(jobs.c.backend.in_(backends))
        query = query.order_by(jobs.c.priority.desc(), jobs.c.sequence).limit(1)
        with self.database.write() as connection:
            job_id = connection.execute(query.with_for_update(skip_locked=True)).scalar()
            if job_id is None:
                return None
            return _moved(connection, job_id, ("queued",), **_running(server))

    def mark_running(self, job_id: str, server: str | None = None) -> Job | None:
        """Start a chosen job, or name the server of a running one. None if it is not waiting any more."""
        with self.database.write() as connection:
            started = _moved(connection, job_id, ("queued",), **_running(server))
            return started or _moved(connection, job_id, ("running",), server=server)

    def finish(self, job_id: str, made: Sequence[Take] = ()) -> Job:
        """Store the takes of a job and close it, even one that was cancelled: what was made is kept."""
        with self.database.write() as connection:
            row = _job_found(connection, job_id)
            for take in made:
                _store_take(connection, take)
            ids = dict.fromkeys((*read_json(row.take_ids), *(take.id for take in made)))
            values = {"state": "done", "finished": now(), "take_ids": write_json(list(ids)), **_NO_ERROR}
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(**values))
            return _job(_job_found(connection, job_id))

    def fail(self, job_id: str, code: str, params: Mapping[str, Any] | None = None) -> Job | None:
        """Close a job that did not come about; None if it is over already. `params` must hold no secrets."""
        values = {"state": "failed", "finished": now(), "error_code": code}
        with self.database.write() as connection:
            error = write_json(dict(params or {}))
            return _moved(connection, job_id, ("queued", "running"), **values, error_params=error)

    def cancel(self, job_id: str) -> Job | None:
        """Close a job that nobody wants any more; None if it is over already."""
        with self.database.write() as connection:
            return _moved(connection, job_id, ("queued", "running"), state="cancelled", finished=now())

    def requeue(self, job_id: str) -> Job | None:
        """Queue a job again that is not done and not waiting; None otherwise."""
        values = {"state": "queued", "started": None, "finished": None, "server": None, **_NO_ERROR}
        with self.database.write() as connection:
            return _moved(connection, job_id, ("running", "failed", "cancelled"), **values)

    def recover_interrupted(self) -> list[Job]:
        """Return the jobs that an earlier process left running, for the engine to look after."""
        return self.jobs(None, "running")

    def jobs(self, project_id: str | None = None, *states: JobState) -> list[Job]:
        """Return the jobs of a project (or all) in these states (or any), in the order they were queued."""
        query = select(jobs).order_by(jobs.c.sequence)
        if project_id is not None:
            query = query.where(jobs.c.project_id == project_id)
        if states:
            query = query.where(jobs.c.state.in_(states))
        with self.database.read() as connection:
            return [_job(row) for row in connection.execute(query)]

    def job(self, job_id: str) -> Job:
        """Return one job. Raises NotFoundError."""
        with self.database.read() as connection:
            return _job(_job_found(connection, job_id))

    def add_take(self, take: Take) -> Take:
        """Store a take; storing the same id in the same project again changes nothing."""
        with self.database.write() as connection:
            _store_take(connection, take)
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


_NO_ERROR: Mapping[str, Any] = {"error_code": None, "error_params": None}


def _running(server: str | None) -> dict[str, Any]:
    return {"state": "running", "started": now(), "server": server, "attempts": jobs.c.attempts + 1}


def _moved(connection: Connection, job_id: str, from_states: Sequence[str], **values: Any) -> Job | None:
    """Change a job that is in one of these states; None if it is in another. Raises NotFoundError."""
    change = update(jobs).where(jobs.c.id == job_id, jobs.c.state.in_(from_states)).values(**values)
    done = connection.execute(change).rowcount
    row = _job_found(connection, job_id)
    return _job(row) if done else None


def _job_found(connection: Connection, job_id: str) -> Row[Any]:
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        raise NotFoundError("job-not-found", job=job_id)
    return row


def _job_row(job: NewJob) -> dict[str, Any]:
    return {
        "id": job.id,
        "project_id": job.project_id,
        "panel_id": job.panel_id,
        "batch_id": job.batch_id,
        "backend": job.request.backend,
        "profile": job.profile,
        "state": "queued",
        "request": write_json(job.request.model_dump(mode="json")),
        "request_key": request_key(job.request),
        "shot": write_json(job.shot.model_dump(mode="json")),
        "priority": job.priority,
        "author": job.author,
        "created": now(),
        "attempts": 0,
        "take_ids": "[]",
    }


def _job(row: Row[Any]) -> Job:
    values = dict(row._mapping)
    del values["sequence"]
    values["request"], values["shot"] = _made_from(row)
    values["take_ids"] = tuple(read_json(row.take_ids))
    values["error_params"] = read_json(row.error_params) if row.error_params else {}
    return Job(**values)


def _this(project_id: str, take_id: str) -> tuple[Any, Any]:
    return takes.c.project_id == project_id, takes.c.id == take_id


def _store_take(connection: Connection, take: Take) -> None:
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
    values["request"], values["shot"] = _made_from(row)
    values["seed"] = None if row.seed is None else int(row.seed)
    return Take(**values)


def _made_from(row: Row[Any]) -> tuple[Any, Any]:
    try:
        return (
            _REQUEST.validate_python(read_json(row.request)),
            _SHOT.validate_python(read_json(row.shot)),
        )
    except ValueError as error:
        raise StorageError("database-damaged", where="ledger") from error
