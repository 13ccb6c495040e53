"""Keep the ledger's jobs: wishes for images, from the queue to their end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, select, update

from kitsumy_core.errors import NotFoundError
from kitsumy_core.render.request import SketchRequest, request_key
from kitsumy_core.store.change import Part, now, project_row
from kitsumy_core.store.records import Job, JobState, NewJob
from kitsumy_core.store.schema import read_json, write_json
from kitsumy_core.store.tables import jobs
from kitsumy_core.store.takes import made_from

NORMAL, IN_SIGHT, FIRST = 0, 10, 100
"""Priorities: as asked for, what the writer looks at, what the writer wants before all else."""

OPEN: tuple[JobState, ...] = ("queued", "running", "uncertain")
"""States of a job that is not over."""


class Ledger(Part):
    """Jobs go queued -> running -> done, failed, cancelled or uncertain; `attempts` moves them."""

    def add_jobs(self, wanted: Sequence[NewJob], *, once: bool = False) -> list[Job]:
        """Queue jobs in this order, all or none; with `once` only those whose panel and request are not under
        way, whoever else asks at the same time. Raises NotFoundError for an unknown project.
        """
        with self.database.write() as connection:
            projects = sorted({job.project_id for job in wanted})
            for project_id in projects:
                project_row(connection, project_id, lock=once)
            known = _under_way(connection, projects) if once else set()
            wanted = [job for job in wanted if _key_of(job) not in known]
            if not wanted:
                return []
            last = connection.execute(select(func.max(jobs.c.sequence))).scalar() or 0
            rows = [_job_row(job) | {"sequence": n} for n, job in enumerate(wanted, last + 1)]
            connection.execute(insert(jobs), rows)
            made = jobs.c.sequence > last
            found = connection.execute(select(jobs).where(made).order_by(jobs.c.sequence)).all()
            return [job_of(row) for row in found]

    def kinds_waiting(self) -> set[str]:
        """Return the backends that queued jobs ask for."""
        with self.database.read() as connection:
            found = select(jobs.c.backend).where(jobs.c.state == "queued").distinct()
            return set(connection.execute(found).scalars())

    def fail(self, job_id: str, code: str, params: Mapping[str, Any] | None = None) -> Job | None:
        """Close a waiting job that cannot be done; None if it does not wait. `params` hold no secrets."""
        with self.database.write() as connection:
            return moved(connection, job_id, ("queued",), **failure(code, params or {}))

    def fail_waiting(self, backend: str, code: str, params: Mapping[str, Any]) -> int:
        """Close every waiting job of a backend; returns how many."""
        waiting = and_(jobs.c.state == "queued", jobs.c.backend == backend)
        with self.database.write() as connection:
            _hold(connection, waiting)
            change = update(jobs).where(waiting).values(**failure(code, params))
            return int(connection.execute(change).rowcount)

    def cancel(self, job_id: str) -> Job | None:
        """Close a job that nobody wants any more; None if it is over already."""
        with self.database.write() as connection:
            return moved(connection, job_id, ("queued", "running"), state="cancelled", finished=now())

    def cancel_all(self, project_id: str, but: str | None = None) -> int:
        """Close every waiting and running job of a project but one; returns how many."""
        wanted = [jobs.c.project_id == project_id, jobs.c.state.in_(("queued", "running"))]
        if but is not None:
            wanted.append(jobs.c.id != but)
        with self.database.write() as connection:
            _hold(connection, *wanted)
            change = update(jobs).where(*wanted).values(state="cancelled", finished=now())
            return int(connection.execute(change).rowcount)

    def requeue(self, job_id: str) -> Job | None:
        """Queue a failed or cancelled job again, as if it were new; None if it is in another state."""
        with self.database.write() as connection:
            return moved(connection, job_id, ("failed", "cancelled"), **again(tries=0))

    def requeue_failed(self, project_id: str) -> int:
        """Queue the newest failed job of every panel again; returns how many."""
        newest = select(func.max(jobs.c.sequence)).where(jobs.c.project_id == project_id)
        wanted = and_(jobs.c.sequence.in_(newest.group_by(jobs.c.panel_id)), jobs.c.state == "failed")
        with self.database.write() as connection:
            _hold(connection, wanted)
            return int(connection.execute(update(jobs).where(wanted).values(**again(tries=0))).rowcount)

    def put_first(self, job_id: str) -> Job | None:
        """Let a waiting job go before all others; None if it does not wait."""
        with self.database.write() as connection:
            highest = select(func.max(jobs.c.priority)).where(jobs.c.state == "queued")
            top = connection.execute(highest).scalar() or NORMAL
            return moved(connection, job_id, ("queued",), priority=max(FIRST, top + 1))

    def look_at(self, project_id: str, panel_ids: Collection[str]) -> int:
        """Let waiting jobs of these panels go before the project's others; returns how many moved."""
        seen = jobs.c.panel_id.in_(panel_ids)
        mine = and_(jobs.c.project_id == project_id, jobs.c.state == "queued")
        wrong = case((seen, jobs.c.priority < IN_SIGHT), else_=jobs.c.priority == IN_SIGHT)
        with self.database.read() as connection:
            if connection.execute(select(jobs.c.id).where(mine, wrong).limit(1)).first() is None:
                return 0
        with self.database.write() as connection:
            _hold(connection, mine, wrong)
            change = update(jobs).where(mine, wrong)
            values = {"priority": case((seen, IN_SIGHT), else_=NORMAL)}
            return int(connection.execute(change.values(values)).rowcount)

    def jobs(self, project_id: str | None = None, *states: JobState) -> list[Job]:
        """Return the jobs of a project (or all) in these states (or any), in the order they were queued."""
        query = select(jobs).order_by(jobs.c.sequence)
        if project_id is not None:
            query = query.where(jobs.c.project_id == project_id)
        if states:
            query = query.where(jobs.c.state.in_(states))
        with self.database.read() as connection:
            return [job_of(row) for row in connection.execute(query)]

    def job(self, job_id: str) -> Job:
        """Return one job. Raises NotFoundError."""
        with self.database.read() as connection:
            return job_of(job_found(connection, job_id))


def _under_way(connection: Connection, project_ids: Collection[str]) -> set[tuple[str, str, str]]:
    """Return (project, panel, request key) of every job that is not over."""
    query = select(jobs.c.project_id, jobs.c.panel_id, jobs.c.request_key)
    query = query.where(jobs.c.project_id.in_(project_ids), jobs.c.state.in_(OPEN))
    return {(row[0], row[1], row[2]) for row in connection.execute(query)}


def _key_of(job: NewJob) -> tuple[str, str, str]:
    return job.project_id, job.panel_id, request_key(job.request)


def _hold(connection: Connection, *conditions: ColumnElement[bool]) -> None:
    """Lock the jobs that a bulk command changes, the oldest first: two such commands at once wait for each
    other then, and never both. SQLite lets one write at a time anyway.
    """
    if connection.dialect.name != "sqlite":
        found = select(jobs.c.id).where(*conditions).order_by(jobs.c.sequence)
        connection.execute(found.with_for_update()).all()


_NO_ERROR: Mapping[str, Any] = {"error_code": None, "error_params": None}


def again(**values: Any) -> dict[str, Any]:
    """Return the columns of a job that waits again."""
    waiting = {"state": "queued", "started": None, "finished": None, "server": None, "not_before": None}
    return waiting | dict(_NO_ERROR) | values


def finished(take_ids: Sequence[str]) -> dict[str, Any]:
    """Return the columns of a job that is done."""
    return {"state": "done", "finished": now(), "take_ids": write_json(list(take_ids)), **_NO_ERROR}


def failure(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a job that failed."""
    error = {"error_code": code, "error_params": write_json(dict(params))}
    return {"state": "failed", "finished": now(), **error}


def moved(connection: Connection, job_id: str, from_states: Sequence[str], **values: Any) -> Job | None:
    """Change a job that is in one of these states; None if it is in another. Raises NotFoundError."""
    change = update(jobs).where(jobs.c.id == job_id, jobs.c.state.in_(from_states)).values(**values)
    done = connection.execute(change).rowcount
    row = job_found(connection, job_id)
    return job_of(row) if done else None


def job_found(connection: Connection, job_id: str) -> Row[Any]:
    """Return the row of a job. Raises NotFoundError."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        raise NotFoundError("job-not-found", job=job_id)
    return row


def job_of(row: Row[Any]) -> Job:
    """Return the job of a row that holds all columns of `jobs`."""
    values = {column.name: getattr(row, column.name) for column in jobs.c if column.name != "sequence"}
    values["request"], values["shot"] = made_from(row)
    values["take_ids"] = tuple(read_json(row.take_ids))
    values["error_params"] = read_json(row.error_params) if row.error_params else {}
    return Job(**values)


def is_waiting(kind: str) -> ColumnElement[bool]:
    """Return the condition of jobs that wait for a backend, whatever else may hold them up."""
    return and_(jobs.c.state == "queued", jobs.c.backend == kind)


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
        "model": job.model or _model_of(job),
        "pinned": job.pinned,
    }


def _model_of(job: NewJob) -> str:
    if isinstance(job.request, SketchRequest):
        return ""
    return job.request.checkpoint or job.request.workflow
