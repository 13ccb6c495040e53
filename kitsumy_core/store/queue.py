"""Look at the queue and the servers as a screen does: a few rows and counts, however long the queue is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, exists, func, insert, select, update

from kitsumy_core.store.change import Part, now
from kitsumy_core.store.choosing import know_server
from kitsumy_core.store.ledger import OPEN, job_of
from kitsumy_core.store.money import spending_of
from kitsumy_core.store.records import Job, JobState, ServerRecord, Spending
from kitsumy_core.store.tables import attempts, jobs, render_controls, servers, workflow_servers


@dataclass(frozen=True)
class QueueView:
    """The render queue of one project. Lists hold a few jobs, counts everything."""

    running: tuple[Job, ...] = ()
    waiting: tuple[Job, ...] = ()
    """In the order in which they will probably be started."""
    failed: tuple[Job, ...] = ()
    """The newest job of its panel failed."""
    uncertain: tuple[Job, ...] = ()
    queued: int = 0
    under_way: int = 0
    ended: int = 0
    """Jobs of the batches under way that are over."""
    began: datetime | None = None
    """When the oldest batch under way was asked for."""
    cost: float = 0.0
    """USD that the batches under way have cost so far."""
    spending: Spending = field(default_factory=Spending)
    paused: bool = False

    @property
    def open(self) -> int:
        return self.queued + self.under_way

    @property
    def total(self) -> int:
        return self.open + self.ended


class Queue(Part):
    """Reads alone, but for what is noted about servers."""

    def queue_view(self, project_id: str, limit: int = 20, waiting: int = 6) -> QueueView:
        """Return what the render queue of a project looks like at this moment: so many jobs of each state."""
        mine = jobs.c.project_id == project_id
        later = jobs.alias()
        replaced = exists(later.c.id).where(
            later.c.project_id == project_id,
            later.c.panel_id == jobs.c.panel_id,
            later.c.sequence > jobs.c.sequence,
        )
        with self.database.read() as connection:

            def some(state: JobState, *more: ColumnElement[bool], most: int = limit) -> tuple[Job, ...]:
                order = (jobs.c.priority.desc(), jobs.c.sequence)
                few = select(jobs.c.id).where(mine, jobs.c.state == state, *more).order_by(*order)
                ids = list(connection.execute(few.limit(most)).scalars())
                rows = connection.execute(select(jobs).where(jobs.c.id.in_(ids)).order_by(*order))
                return tuple(job_of(row) for row in rows)

            paused = select(render_controls.c.paused).where(render_controls.c.project_id == project_id)
            return QueueView(
                running=some("running"),
                waiting=some("queued", most=waiting),
                failed=some("failed", ~replaced),
                uncertain=some("uncertain"),
                spending=spending_of(connection, project_id),
                paused=bool(connection.execute(paused).scalar()),
                **_counts(connection, project_id),
            )

    def is_at_work(self, project_id: str) -> bool:
        """Tell whether jobs of a project wait or run."""
        query = select(jobs.c.id).where(jobs.c.project_id == project_id)
        with self.database.read() as connection:
            found = connection.execute(query.where(jobs.c.state.in_(("queued", "running"))).limit(1))
            return found.first() is not None

    def servers(self) -> list[ServerRecord]:
        """Return what is known of every server that was ever used."""
        with self.database.read() as connection:
            rows = connection.execute(select(servers).order_by(servers.c.name))
            return [ServerRecord(**row._mapping) for row in rows]

    def at_work_on(self, names: Sequence[str]) -> dict[str, list[Job]]:
        """Return the jobs under way on each of these servers, in all processes, the oldest first."""
        query = select(jobs, attempts.c.server.label("on_server")).join(
            attempts, attempts.c.job_id == jobs.c.id
        )
        query = query.where(attempts.c.state == "running", attempts.c.server.in_(names))
        found: dict[str, list[Job]] = {name: [] for name in names}
        with self.database.read() as connection:
            for row in connection.execute(query.order_by(attempts.c.created)):
                found[row.on_server].append(job_of(row))
        return found

    def workflow_servers(self) -> dict[str, str]:
        """Return the servers that workflows are bound to, by the workflow's name."""
        with self.database.read() as connection:
            return {row.workflow: row.server for row in connection.execute(select(workflow_servers))}

    def bind_workflow(self, workflow: str, server: str) -> None:
        """Let one server alone render a workflow, from the next job on; "" = any."""
        with self.database.write() as connection:
            connection.execute(delete(workflow_servers).where(workflow_servers.c.workflow == workflow))
            if server:
                connection.execute(insert(workflow_servers).values(workflow=workflow, server=server))

    def server_seen(self, name: str, kind: str) -> None:
        """Note that a server answers."""
        with self.database.write() as connection:
            know_server(connection, name, kind)
            connection.execute(update(servers).where(servers.c.name == name).values(seen=now()))

    def server_lost(self, name: str) -> None:
        """Note that a server went away: whatever it had loaded is gone."""
        with self.database.write() as connection:
            connection.execute(update(servers).where(servers.c.name == name).values(model="", seen=None))


def _counts(connection: Connection, project_id: str) -> dict[str, Any]:
    """Count the jobs of the batches that are not over; a job without a batch counts while it is open."""
    mine = jobs.c.project_id == project_id
    is_open = jobs.c.state.in_(("queued", "running"))
    batches = select(jobs.c.batch_id).where(mine, is_open, jobs.c.batch_id.is_not(None)).distinct()
    concerned = and_(mine, is_open | jobs.c.batch_id.in_(batches))

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    query = select(
        count(jobs.c.state == "queued"),
        count(jobs.c.state == "running"),
        count(jobs.c.state.not_in(OPEN)),
        func.min(jobs.c.created),
    ).where(concerned)
    queued, under_way, ended, began = connection.execute(query).one()
    cost = select(func.sum(attempts.c.cost)).join(jobs, jobs.c.id == attempts.c.job_id)
    spent = connection.execute(cost.where(concerned, attempts.c.cost > 0)).scalar()
    return {
        "queued": queued or 0,
        "under_way": under_way or 0,
        "ended": ended or 0,
        "began": began,
        "cost": spent or 0.0,
    }
