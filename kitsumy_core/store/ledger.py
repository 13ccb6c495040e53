"""Keep the ledger of renders: jobs, claimed one at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from kitsumy_core.errors import NotFoundError
from kitsumy_core.render.request import request_key
from kitsumy_core.store.change import Part, now, project_row
from kitsumy_core.store.records import Job, JobState, NewJob, Take
from kitsumy_core.store.schema import read_json, write_json
from kitsumy_core.store.tables import jobs
from kitsumy_core.store.takes import made_from, store_take


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
                store_take(connection, take)
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
        "anew": job.anew,
    }


def _job(row: Row[Any]) -> Job:
    values = dict(row._mapping)
    del values["sequence"]
    values["request"], values["shot"] = made_from(row)
    values["take_ids"] = tuple(read_json(row.take_ids))
    values["error_params"] = read_json(row.error_params) if row.error_params else {}
    return Job(**values)
