"""Keep the attempts at jobs: claimed with a lease, written before anything is sent, ended exactly once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from kitsumy_core.errors import NotFoundError
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.store.change import Part, now
from kitsumy_core.store.choosing import Want, choose, server_row
from kitsumy_core.store.ledger import again, failure, finished, job_found, job_of, moved
from kitsumy_core.store.money import price_for
from kitsumy_core.store.records import Answer, Attempt, AttemptState, Claim, Job, Take
from kitsumy_core.store.schema import read_json, write_json
from kitsumy_core.store.tables import attempts, jobs, servers
from kitsumy_core.store.takes import store_take

Price = Callable[[SketchRequest | DiffusionRequest], float | None]
"""USD that a request will probably cost; None = nobody knows."""

NEWEST_WEIGHS = 0.3
"""How much the newest picture counts in a server's seconds a picture."""


class Ending(NamedTuple):
    """How an attempt ended without pictures."""

    state: AttemptState
    code: str
    params: Mapping[str, Any] = {}
    again_at: datetime | None = None
    """When its job may be tried again; None = it is over."""
    is_failure: bool = True
    """Whether it counts as one of the tries that a job has."""
    seconds: float | None = None
    cost: float | None = None


class Attempts(Part):
    """Every call is one transaction, so several processes share servers and money."""

    def claim(self, want: Want, worker: str, lease: float, price: Price | None = None) -> Claim | None:
        """Start the best waiting job for a server and write its attempt; None if there is none to start.

        `price` is given for backends that cost money: what it says is held back from the comic's budget, and
        what somebody is making at this moment is not begun a second time.
        """
        with self.database.write() as connection:
            server = server_row(connection, want) if want.server else None
            if _under_way(connection, want, worker) >= want.slots:
                return None
            refused: list[str] = []
            once = price is not None
            while (found := choose(connection, want, server, refused, once=once)) is not None:
                job = job_of(found.row)
                held = price_for(connection, job, price) if price else (0.0, 0.0)
                if held is not None:
                    _load(connection, want, job.model, found.passed_over)
                    return _started(connection, want, job, worker, lease, *held)
                refused.append(job.project_id)
            return None

    def beat(self, worker: str, lease: float, held: Collection[str]) -> set[str]:
        """Hold the leases of attempts that a worker is at for `lease` more seconds.

        Returns those whose job nobody wants any more. One that another process has taken over is left to it.
        """
        mine = (attempts.c.id.in_(held), attempts.c.worker == worker, attempts.c.state == "running")
        with self.database.write() as connection:
            until = now() + timedelta(seconds=lease)
            connection.execute(update(attempts).where(*mine).values(lease_until=until))
            unwanted = or_(jobs.c.state != "running", jobs.c.attempts != attempts.c.number)
            query = select(attempts.c.id).join(jobs, jobs.c.id == attempts.c.job_id)
            return set(connection.execute(query.where(*mine, unwanted)).scalars())

    def release(self, worker: str, attempt_id: str | None = None) -> None:
        """Let go of a worker's lease (or all of them), so that the next look goes on with the attempt."""
        mine = [attempts.c.worker == worker, attempts.c.state == "running"]
        if attempt_id is not None:
            mine.append(attempts.c.id == attempt_id)
        with self.database.write() as connection:
            connection.execute(update(attempts).where(*mine).values(lease_until=now(), worker=""))

    def take_over(self, worker: str, lease: float, not_kinds: Collection[str] = ()) -> list[Claim]:
        """Look after the attempts whose process is gone: their lease has run out."""
        expired = (attempts.c.state == "running", attempts.c.lease_until < now())
        query = select(attempts).where(*expired, attempts.c.backend.not_in(list(not_kinds)))
        with self.database.read() as connection:
            if connection.execute(query.limit(1)).first() is None:
                return []
        with self.database.write() as connection:
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            mine = {"worker": worker, "lease_until": now() + timedelta(seconds=lease)}
            ids = [row.id for row in rows]
            connection.execute(update(attempts).where(attempts.c.id.in_(ids)).values(**mine))
            return [_claim(connection, attempt_id) for attempt_id in ids]

    def settle(
        self,
        attempt_id: str,
        made: Sequence[Take],
        *,
        seconds: float | None = None,
        cost: float | None = None,
    ) -> Job | None:
        """Store what an attempt made and close its job, even a cancelled one: what was made is kept.

        None if the attempt had ended before; nothing is stored then.
        """
        with self.database.write() as connection:
            row = _attempt_found(connection, attempt_id)
            if row.state not in ("running", "uncertain"):
                return None
            for take in made:
                store_take(connection, take)
            _end(connection, row, Ending("done", "", seconds=seconds, cost=cost))
            _note_speed(connection, row.server, seconds)
            known = read_json(job_found(connection, row.job_id).take_ids)
            ids = list(dict.fromkeys((*known, *(take.id for take in made))))
            change = update(jobs).where(jobs.c.id == row.job_id).values(**finished(ids))
            connection.execute(change)
            return job_of(job_found(connection, row.job_id))

    def end(self, attempt_id: str, ending: Ending, worker: str | None = None) -> Job | None:
        """Close an attempt that made nothing; its job waits again, fails or is uncertain, if still wanted. A
        cancelled one becomes uncertain too: what may be paid for is the writer's to decide.

        None if the attempt had ended before, nobody wanted its job any more, or its lease is not `worker`'s.
        """
        with self.database.write() as connection:
            row = _attempt_found(connection, attempt_id)
            if row.state != "running" or worker not in (None, row.worker):
                return None
            if job_found(connection, row.job_id).attempts != row.number:
                _end(connection, row, _unasked(ending))
                return None
            if ending.again_at is not None:
                tries = jobs.c.tries + int(ending.is_failure)
                values = again(not_before=ending.again_at, tries=tries)
                if ending.code:
                    values |= {k: v for k, v in failure(ending.code, ending.params).items() if "error" in k}
            else:
                values = failure(ending.code, ending.params)
                if ending.state == "uncertain":
                    values |= {"state": "uncertain"}
            from_states = ("running", "cancelled") if ending.state == "uncertain" else ("running",)
            job = moved(connection, row.job_id, from_states, **values)
            _end(connection, row, ending if job else _unasked(ending))
            return job

    def keep_remote_id(self, attempt_id: str, remote_id: str) -> None:
        """Store the id that a server gave an attempt. Raises NotFoundError."""
        with self.database.write() as connection:
            _attempt_found(connection, attempt_id)
            change = update(attempts).where(attempts.c.id == attempt_id)
            connection.execute(change.values(remote_id=remote_id))

    def remote_id(self, attempt_id: str) -> str | None:
        with self.database.read() as connection:
            return connection.execute(
                select(attempts.c.remote_id).where(attempts.c.id == attempt_id)
            ).scalar()

    def sharing(self, attempt_id: str) -> int:
        """Return how many other attempts have the server's id of one and are done or still wanted."""
        mine = select(attempts.c.remote_id).where(attempts.c.id == attempt_id).scalar_subquery()
        is_wanted = and_(jobs.c.state == "running", jobs.c.attempts == attempts.c.number)
        counts = or_(
            attempts.c.state.in_(("done", "uncertain")), and_(attempts.c.state == "running", is_wanted)
        )
        query = select(func.count()).select_from(attempts).join(jobs, jobs.c.id == attempts.c.job_id)
        query = query.where(attempts.c.remote_id == mine, attempts.c.id != attempt_id, counts)
        with self.database.read() as connection:
            return connection.execute(query).scalar() or 0

    def resolve(self, job_id: str, answer: Answer, remote_id: str = "") -> Job | None:
        """Do what the writer says about an uncertain job; None if it is not uncertain.

        "came" with the server's id lets the next look fetch the picture; without one the job is done and
        its estimate counts as spent. "again" queues it anew, "forget" drops it.
        """
        with self.database.write() as connection:
            mine = (attempts.c.job_id == job_id, attempts.c.state == "uncertain")
            row = connection.execute(select(attempts).where(*mine)).first()
            if answer == "came" and remote_id and row is not None:
                back = {"state": "running", "lease_until": now() - timedelta(seconds=1), "finished": None}
                change = update(attempts).where(attempts.c.id == row.id)
                connection.execute(change.values(remote_id=remote_id, **back))
                return moved(connection, job_id, ("uncertain",), **again(state="running", server=row.server))
            if row is not None:
                state: AttemptState = "done" if answer == "came" else "lost"
                cost = row.estimate if answer == "came" else 0.0
                _end(connection, row, Ending(state, "", cost=cost))
            if answer == "again":
                return moved(connection, job_id, ("uncertain",), **again(tries=0))
            known = read_json(job_found(connection, job_id).take_ids)
            closed = finished(known) | {"state": "done" if answer == "came" else "cancelled"}
            return moved(connection, job_id, ("uncertain",), **closed)

    def claim_of(self, attempt_id: str) -> Claim:
        """Return an attempt with its job. Raises NotFoundError."""
        with self.database.read() as connection:
            return _claim(connection, attempt_id)

    def attempts_of(self, job_id: str) -> list[Attempt]:
        """Return the attempts at a job, the first one first."""
        query = select(attempts).where(attempts.c.job_id == job_id).order_by(attempts.c.number)
        with self.database.read() as connection:
            return [_attempt(row) for row in connection.execute(query)]


def _under_way(connection: Connection, want: Want, worker: str) -> int:
    """Count what runs on a server, in all processes; without a server what runs in this one."""
    query = select(func.count()).select_from(attempts).where(attempts.c.state == "running")
    query = query.where(attempts.c.server == want.server, attempts.c.backend == want.kind)
    if not want.server:
        query = query.where(attempts.c.worker == worker)
    return connection.execute(query).scalar() or 0


def _started(
    connection: Connection,
    want: Want,
    job: Job,
    worker: str,
    lease: float,
    estimate: float | None,
    reserved: float,
) -> Claim:
    moment = now()
    number = job.attempts + 1
    row = {
        "id": str(uuid4()),
        "job_id": job.id,
        "project_id": job.project_id,
        "number": number,
        "backend": want.kind,
        "server": want.server,
        "model": job.model,
        "state": "running",
        "worker": worker,
        "lease_until": moment + timedelta(seconds=lease),
        "estimate": estimate,
        "reserved": reserved,
        "created": moment,
    }
    connection.execute(insert(attempts).values(**row))
    running = {"state": "running", "started": moment, "server": want.server or None, "attempts": number}
    connection.execute(update(jobs).where(jobs.c.id == job.id).values(**running))
    return _claim(connection, str(row["id"]))


def _load(connection: Connection, want: Want, model: str, passed_over: int) -> None:
    if want.server:
        change = update(servers).where(servers.c.name == want.server)
        connection.execute(change.values(model=model, passed_over=passed_over, seen=now()))


def _note_speed(connection: Connection, server: str, seconds: float | None) -> None:
    if not server or not seconds:
        return
    mean = servers.c.seconds * (1 - NEWEST_WEIGHS) + seconds * NEWEST_WEIGHS
    values = {"seconds": func.coalesce(mean, seconds), "made": servers.c.made + 1}
    connection.execute(update(servers).where(servers.c.name == server).values(**values))


def _unasked(ending: Ending) -> Ending:
    """Return the ending of an attempt that nobody will be asked about: it must not hold money back."""
    return ending._replace(state="lost") if ending.state == "uncertain" else ending


def _end(connection: Connection, row: Row[Any], ending: Ending) -> None:
    """Close an attempt and settle its reservation: a cost that nobody told is its estimate."""
    cost = ending.cost
    if cost is None and ending.state == "done":
        cost = row.estimate
    held = row.reserved if ending.state == "uncertain" else 0.0
    values = {"state": ending.state, "finished": now(), "reserved": held, "seconds": ending.seconds}
    error = {"error_code": ending.code or None, "error_params": write_json(dict(ending.params))}
    change = update(attempts).where(attempts.c.id == row.id)
    connection.execute(change.values(**values, cost=cost, **error))


def _attempt_found(connection: Connection, attempt_id: str, *, lock: bool = True) -> Row[Any]:
    query = select(attempts).where(attempts.c.id == attempt_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFoundError("job-not-found", job=attempt_id)
    return row


def _claim(connection: Connection, attempt_id: str) -> Claim:
    row = _attempt_found(connection, attempt_id, lock=False)
    return Claim(job_of(job_found(connection, row.job_id)), _attempt(row))


def _attempt(row: Row[Any]) -> Attempt:
    values = dict(row._mapping)
    values["error_params"] = read_json(row.error_params) if row.error_params else {}
    return Attempt(**values)
