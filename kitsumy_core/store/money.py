"""Keep the money of a comic: its budget, what was spent, what is held back; and what pictures took so far."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, and_, case, func, insert, select, update

from kitsumy_core.render.backend import Estimate
from kitsumy_core.store.change import Part, project_row
from kitsumy_core.store.records import Job, Spending
from kitsumy_core.store.tables import attempts, render_controls

LOOKED_AT = 40
"""How many of the newest pictures an estimate goes by."""

_HELD = ("running", "uncertain")


class Money(Part):
    """Pause and budget of a comic, and what its pictures cost."""

    def pause(self, project_id: str, paused: bool) -> None:
        """Let the waiting jobs of a project rest, or go on."""
        self._control(project_id, paused=paused)

    def is_paused(self, project_id: str) -> bool:
        query = select(render_controls.c.paused).where(render_controls.c.project_id == project_id)
        with self.database.read() as connection:
            return bool(connection.execute(query).scalar())

    def set_budget(self, project_id: str, usd: float | None) -> None:
        """Let a project spend at most this; None = as much as it takes."""
        self._control(project_id, budget=usd)

    def spending(self, project_id: str) -> Spending:
        with self.database.read() as connection:
            return spending_of(connection, project_id)

    def pace(self, backend: str, model: str = "") -> Estimate:
        """Return what the newest pictures took and cost (medians), of this model if there are any."""
        with self.database.read() as connection:
            return pace_of(connection, backend, model)

    def _control(self, project_id: str, **values: Any) -> None:
        with self.database.write() as connection:
            project_row(connection, project_id, lock=True)
            change = update(render_controls).where(render_controls.c.project_id == project_id)
            if connection.execute(change.values(**values)).rowcount == 0:
                row = {"project_id": project_id, "paused": False, "budget": None} | values
                connection.execute(insert(render_controls).values(**row))


def spending_of(connection: Connection, project_id: str) -> Spending:
    """Return the money of a project, as this transaction sees it. What was sent and cost nobody knows what
    counts as it was estimated.
    """
    held = case((attempts.c.state.in_(_HELD), attempts.c.reserved), else_=0.0)
    is_over_untold = and_(attempts.c.state.not_in(_HELD), func.coalesce(attempts.c.remote_id, "") != "")
    untold = case((is_over_untold, attempts.c.estimate), else_=0.0)
    query = select(func.sum(func.coalesce(attempts.c.cost, untold, 0.0)), func.sum(held))
    spent, reserved = connection.execute(query.where(attempts.c.project_id == project_id)).one()
    budget = select(render_controls.c.budget).where(render_controls.c.project_id == project_id)
    return Spending(spent or 0.0, reserved or 0.0, connection.execute(budget).scalar())


def pace_of(connection: Connection, backend: str, model: str) -> Estimate:
    """Return what the newest pictures took, as this transaction sees it."""
    done = and_(attempts.c.backend == backend, attempts.c.state == "done", attempts.c.seconds > 0)
    query = select(attempts.c.seconds, attempts.c.cost).where(done).order_by(attempts.c.finished.desc())
    rows = connection.execute(query.where(attempts.c.model == model).limit(LOOKED_AT)).all() if model else []
    rows = list(rows or connection.execute(query.limit(LOOKED_AT)).all())
    costs = [row.cost for row in rows if row.cost is not None]
    return Estimate(
        statistics.median(row.seconds for row in rows) if rows else None,
        statistics.median(costs) if costs else None,
    )


def price_for(
    connection: Connection, job: Job, price: Callable[..., float | None]
) -> tuple[float | None, float] | None:
    """Return (estimate, what to hold back) in USD for a job, or None if the budget does not bear it.

    Where nobody knows the price, all that is left is held back until the picture's cost is known, so that
    such pictures are made one at a time.
    """
    query = select(render_controls.c.budget).where(render_controls.c.project_id == job.project_id)
    budget = connection.execute(query.with_for_update()).scalar()
    estimate = price(job.request)
    if estimate is None:
        estimate = pace_of(connection, job.backend, job.model).usd
    if budget is None:
        return estimate, estimate or 0.0
    money = spending_of(connection, job.project_id)
    left = budget - money.spent - money.reserved
    if estimate is None:
        return (None, left) if left > 0 and money.reserved == 0 else None
    return (estimate, estimate) if estimate <= left + 1e-9 else None
