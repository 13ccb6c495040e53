"""Choose the job that a server does next: by priority, then what it has loaded, then the oldest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from kitsumy_core.store.change import now
from kitsumy_core.store.ledger import is_waiting
from kitsumy_core.store.tables import attempts, jobs, render_controls, servers

PASS_OVER = 16
"""How often in a row a server may let the first job wait for others that need no other model."""

LACKS = "missing-resources"
"""Code of an attempt that showed what a server cannot do; its job goes to another one."""

_RECENT = timedelta(seconds=60)


class Want(NamedTuple):
    """Who asks for work: a kind of backend, one server of it ("" = this process), and its slots."""

    kind: str
    server: str = ""
    slots: int = 2


class Choice(NamedTuple):
    row: Row[Any]
    passed_over: int
    """Claims in a row, this one included, that let the first job wait."""


def choose(
    connection: Connection,
    want: Want,
    server: Row[Any] | None,
    refused: Collection[str] = (),
    *,
    once: bool = False,
) -> Choice | None:
    """Return the job to start, locked; `refused` names projects that have no money left for it. With `once` a
    request that is being made waits for its picture, in whichever comic.
    """
    fit = _fitting(want, refused)
    if once:
        twin = jobs.alias()
        made = select(twin.c.request_key).where(twin.c.state == "running", twin.c.backend == want.kind)
        fit.append(or_(jobs.c.anew, jobs.c.request_key.not_in(made)))
    top = select(jobs.c.priority).where(*fit).order_by(jobs.c.priority.desc()).limit(1)
    priority = connection.execute(top).scalar()
    if priority is None:
        return None
    fit.append(jobs.c.priority == priority)
    first = _first(connection, fit)
    if first is None or server is None:
        return None if first is None else Choice(first, 0)
    passed = server.passed_over + 1
    if first.model == server.model or passed > PASS_OVER:
        return Choice(first, 0)
    alike = _first(connection, [*fit, jobs.c.model == server.model]) if server.model else None
    if alike is not None:
        return Choice(alike, passed)
    if elsewhere := _loaded_elsewhere(connection, want):
        fresh = _first(connection, [*fit, jobs.c.model.not_in(elsewhere)])
        if fresh is not None and fresh.id != first.id:
            return Choice(fresh, passed)
    return Choice(first, 0)


def server_row(connection: Connection, want: Want) -> Row[Any]:
    """Return what is known of a server, held until the end of the transaction; writes it when new."""
    query = select(servers).where(servers.c.name == want.server).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        know_server(connection, want.server, want.kind)
        row = connection.execute(query).one()
    return row


def know_server(connection: Connection, name: str, kind: str) -> None:
    """Write a server that is new; one that is known stays as it is."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"name": name, "kind": kind, "model": "", "passed_over": 0, "made": 0}
    connection.execute(insert(servers).values(**row).on_conflict_do_nothing(index_elements=["name"]))


def _fitting(want: Want, refused: Collection[str]) -> list[ColumnElement[bool]]:
    """Return the conditions of a job that this server may start now."""
    paused = select(render_controls.c.project_id).where(render_controls.c.paused)
    fit = [
        is_waiting(want.kind),
        or_(jobs.c.not_before.is_(None), jobs.c.not_before <= now()),
        jobs.c.project_id.not_in(paused),
    ]
    if refused:
        fit.append(jobs.c.project_id.not_in(list(refused)))
    if want.server:
        lacking = select(attempts.c.id).where(
            attempts.c.job_id == jobs.c.id,
            attempts.c.server == want.server,
            attempts.c.error_code == LACKS,
            attempts.c.number > jobs.c.attempts - jobs.c.tries,
        )
        fit += [jobs.c.pinned.in_(("", want.server)), ~exists(lacking)]
    return fit


def _first(connection: Connection, conditions: list[ColumnElement[bool]]) -> Row[Any] | None:
    query: Select[Any] = select(jobs).where(*conditions).order_by(jobs.c.sequence).limit(1)
    return connection.execute(query.with_for_update(of=jobs, skip_locked=True)).one_or_none()


def _loaded_elsewhere(connection: Connection, want: Want) -> list[str]:
    """Return the models that other servers of the kind have loaded and are at work with."""
    query = select(servers.c.model).where(
        servers.c.kind == want.kind,
        servers.c.name != want.server,
        servers.c.model != "",
        servers.c.seen > now() - _RECENT,
    )
    return sorted(set(connection.execute(query).scalars()))
