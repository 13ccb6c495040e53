"""Keep plannings with their finished steps, proposals, and what was learned of language models.

A running planning has an owner, which gives a sign of life from time to time. One whose owner has fallen
silent is `interrupted`: whoever claims it goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Row, delete, func, insert, or_, select, update

from kitsumy_core.errors import KitsumyError, NotFoundError
from kitsumy_core.plan.edits import Edit
from kitsumy_core.store.change import Part, now, project_row, storable
from kitsumy_core.store.records import new_id
from kitsumy_core.store.schema import read_json, write_json
from kitsumy_core.store.tables import model_facts, plan_runs, plan_steps, proposals

RunState = Literal["running", "interrupted", "done", "unfinished", "failed", "cancelled"]
SILENT_SECONDS = 30.0
"""An owner that gave no sign of life for so long is gone."""


@dataclass(frozen=True)
class Failure:
    """An error as it is kept: its code and the facts its words need."""

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """One planning. `unfinished` means that some of its pages failed."""

    id: str
    project_id: str | None
    author: str
    kind: str
    brief: Mapping[str, Any]
    planner: str
    model: str
    state: RunState
    usage: Mapping[str, Any]
    seconds: float
    error: Failure | None
    created: datetime


@dataclass(frozen=True)
class StepRecord:
    """A step of a planning that was done or failed."""

    step: str
    state: Literal["done", "failed"]
    usage: Mapping[str, Any]
    seconds: float
    error: Failure | None


@dataclass(frozen=True)
class Proposal:
    """What a model would change: parts of edits, made on a revision. `about` says what was asked."""

    id: str
    project_id: str
    author: str
    base_rev: int
    about: Mapping[str, Any]
    parts: tuple[tuple[str, tuple[Edit, ...]], ...]
    state: str
    created: datetime


class Planning(Part):
    """Plannings and proposals of the store."""

    def new_run(
        self,
        brief: Mapping[str, Any],
        author: str,
        *,
        planner: str,
        kind: str = "plan",
        project_id: str | None = None,
    ) -> Run:
        """Note a planning that nobody works on yet: `claim_run` begins it."""
        row = {
            "id": new_id(),
            "project_id": project_id,
            "author": author,
            "kind": kind,
            "brief": write_json(dict(brief)),
            "brief_key": brief_key(brief, kind),
            "planner": planner,
            "model": "",
            "state": "running",
            "owner": "",
            "beat": now(),
            "usage": "{}",
            "seconds": 0.0,
            "error": "",
            "created": now(),
        }
        with self.database.write() as connection:
            if project_id is not None:
                project_row(connection, project_id)
            connection.execute(insert(plan_runs).values(**row))
        return self.run(str(row["id"]))

    def run(self, run_id: str) -> Run:
        """Return one planning. Raises NotFoundError."""
        with self.database.read() as connection:
            row = connection.execute(select(plan_runs).where(plan_runs.c.id == run_id)).one_or_none()
        if row is None:
            raise NotFoundError("run-not-found", run=run_id)
        return _run(row)

    def runs(self, project_id: str, kind: str = "plan") -> list[Run]:
        """Return the plannings of a project, the newest first."""
        query = select(plan_runs).where(plan_runs.c.project_id == project_id, plan_runs.c.kind == kind)
        with self.database.read() as connection:
            return [_run(row) for row in connection.execute(query.order_by(plan_runs.c.created.desc()))]

    def unfinished_run(self, brief: Mapping[str, Any], kind: str = "plan") -> Run | None:
        """Return the newest planning outside of projects that was begun for this brief and did not end."""
        query = (
            select(plan_runs)
            .where(
                plan_runs.c.brief_key == brief_key(brief, kind),
                plan_runs.c.project_id.is_(None),
                plan_runs.c.state != "done",
            )
            .order_by(plan_runs.c.created.desc())
            .limit(1)
        )
        with self.database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _run(row)

    def claim_run(self, run_id: str, owner: str, planner: str | None = None) -> bool:
        """Make a planning one's own and running; False where somebody else works on it."""
        silent = now() - timedelta(seconds=SILENT_SECONDS)
        free = or_(plan_runs.c.state != "running", plan_runs.c.beat < silent, plan_runs.c.owner == "")
        values: dict[str, Any] = {"state": "running", "owner": owner, "beat": now(), "error": ""}
        if planner:
            values["planner"] = planner
        change = update(plan_runs).where(plan_runs.c.id == run_id, free).values(**values)
        with self.database.write() as connection:
            return connection.execute(change).rowcount > 0

    def beat_run(self, run_id: str, owner: str) -> bool:
        """Give a sign of life; False where the planning belongs to somebody else by now."""
        mine = (plan_runs.c.id == run_id, plan_runs.c.owner == owner, plan_runs.c.state == "running")
        with self.database.write() as connection:
            return connection.execute(update(plan_runs).where(*mine).values(beat=now())).rowcount > 0

    def end_run(
        self,
        run_id: str,
        owner: str,
        state: RunState,
        *,
        model: str = "",
        usage: Mapping[str, Any] | None = None,
        seconds: float = 0.0,
        error: KitsumyError | None = None,
    ) -> None:
        """Note how a planning ended; what it used is added to what it had used before."""
        with self.database.write() as connection:
            mine = (plan_runs.c.id == run_id, plan_runs.c.owner == owner)
            row = connection.execute(select(plan_runs).where(*mine)).one_or_none()
            if row is None:
                return
            values = {
                "state": state,
                "usage": write_json(added(read_json(row.usage), usage or {})),
                "seconds": row.seconds + seconds,
                "error": _failure_json(error),
                "model": storable(model) or row.model,
            }
            connection.execute(update(plan_runs).where(*mine).values(**values))

    def step_answer(self, run_id: str, step: str, key: str) -> dict[str, Any] | None:
        """Return the answer of a finished step, if it was the answer to this very question."""
        query = select(plan_steps.c.answer).where(
            plan_steps.c.run_id == run_id,
            plan_steps.c.step == step,
            plan_steps.c.key == key,
            plan_steps.c.state == "done",
        )
        with self.database.read() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else dict(read_json(found))

    def keep_step(
        self,
        run_id: str,
        step: str,
        *,
        key: str = "",
        answer: Mapping[str, Any] | None = None,
        usage: Mapping[str, Any] | None = None,
        seconds: float = 0.0,
        error: KitsumyError | None = None,
    ) -> None:
        """Keep a step that is done, or that failed with `error`."""
        row = {
            "run_id": run_id,
            "step": step,
            "key": key,
            "state": "done" if error is None else "failed",
            "answer": write_json(dict(answer or {})),
            "usage": write_json(dict(usage or {})),
            "seconds": seconds,
            "error": _failure_json(error),
        }
        with self.database.write() as connection:
            connection.execute(
                delete(plan_steps).where(plan_steps.c.run_id == run_id, plan_steps.c.step == step)
            )
            connection.execute(insert(plan_steps).values(**row))

    def steps(self, run_id: str) -> list[StepRecord]:
        query = select(plan_steps).where(plan_steps.c.run_id == run_id)
        with self.database.read() as connection:
            return [
                StepRecord(row.step, row.state, read_json(row.usage), row.seconds, _failure(row.error))
                for row in connection.execute(query)
            ]

    # --- proposals ------------------------------------------------------------------------------------

    def add_proposal(
        self,
        project_id: str,
        author: str,
        base_rev: int,
        about: Mapping[str, Any],
        parts: tuple[tuple[str, tuple[Edit, ...]], ...],
    ) -> Proposal:
        """Keep a proposal that was made on a revision. Raises NotFoundError."""
        written = [[node, [one.model_dump(mode="json") for one in edits]] for node, edits in parts]
        row = {
            "id": new_id(),
            "project_id": project_id,
            "author": author,
            "base_rev": base_rev,
            "about": write_json(dict(about)),
            "parts": write_json(written),
            "state": "open",
            "created": now(),
        }
        with self.database.write() as connection:
            project_row(connection, project_id)
            connection.execute(insert(proposals).values(**row))
        return self.proposal(str(row["id"]))

    def proposal(self, proposal_id: str) -> Proposal:
        """Return one proposal. Raises NotFoundError."""
        with self.database.read() as connection:
            row = connection.execute(select(proposals).where(proposals.c.id == proposal_id)).one_or_none()
        if row is None:
            raise NotFoundError("proposal-not-found", proposal=proposal_id)
        return _proposal(row)

    def open_proposals(self, project_id: str) -> list[Proposal]:
        """Return the proposals nobody has decided on, the oldest first."""
        query = select(proposals).where(proposals.c.project_id == project_id, proposals.c.state == "open")
        with self.database.read() as connection:
            return [_proposal(row) for row in connection.execute(query.order_by(proposals.c.created))]

    def close_proposal(self, proposal_id: str, state: Literal["accepted", "refused"]) -> bool:
        """Note what was decided; False where somebody else decided before."""
        change = (
            update(proposals)
            .where(proposals.c.id == proposal_id, proposals.c.state == "open")
            .values(state=state)
        )
        with self.database.write() as connection:
            return connection.execute(change).rowcount > 0

    # --- models ---------------------------------------------------------------------------------------

    def model_facts(self, server: str, model: str) -> tuple[dict[str, Any], float]:
        """Return what is known of a model, and its speed in tokens a second (0 = not known)."""
        with self.database.read() as connection:
            row = connection.execute(select(model_facts).where(*_this_model(server, model))).one_or_none()
        return ({}, 0.0) if row is None else (dict(read_json(row.facts)), row.speed)

    def model_speeds(self, server: str) -> dict[str, float]:
        """Return the tokens a second of a server's models, as far as they are known."""
        query = select(model_facts).where(model_facts.c.server == server[:300], model_facts.c.speed > 0)
        with self.database.read() as connection:
            return {row.model: row.speed for row in connection.execute(query)}

    def learn_model(
        self, server: str, model: str, facts: Mapping[str, Any] | None = None, speed: float | None = None
    ) -> None:
        """Remember facts or the speed of a model; what is None stays as it was."""
        with self.database.write() as connection:
            row = connection.execute(select(model_facts).where(*_this_model(server, model))).one_or_none()
            values = {
                "facts": write_json(dict(facts)) if facts is not None else row.facts if row else "{}",
                "speed": speed if speed is not None else row.speed if row else 0.0,
            }
            if row is None:
                connection.execute(
                    insert(model_facts).values(server=server[:300], model=storable(model)[:300], **values)
                )
            else:
                connection.execute(update(model_facts).where(*_this_model(server, model)).values(**values))

    def forget_models(self) -> int:
        """Forget what was learned of all models; return how many they were."""
        with self.database.write() as connection:
            count = connection.execute(select(func.count()).select_from(model_facts)).scalar() or 0
            connection.execute(delete(model_facts))
        return int(count)


def brief_key(brief: Mapping[str, Any], kind: str = "plan") -> str:
    return sha256(f"{kind}\n{write_json(dict(brief))}".encode("utf-8", "replace")).hexdigest()


def added(before: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sum of two usages."""
    return {k: before.get(k, 0) + more.get(k, 0) for k in dict.fromkeys((*before, *more))}


def _this_model(server: str, model: str) -> tuple[Any, Any]:
    return model_facts.c.server == server[:300], model_facts.c.model == storable(model)[:300]


def _failure_json(error: KitsumyError | None) -> str:
    if error is None:
        return ""
    plain = {k: v for k, v in error.params.items() if isinstance(v, str | int | float | list | None)}
    return write_json({"code": error.error_code, "params": plain})


def _failure(text: str) -> Failure | None:
    if not text:
        return None
    data = read_json(text)
    return Failure(data["code"], data["params"])


def _run(row: Row[Any]) -> Run:
    silent = row.state == "running" and (now() - row.beat).total_seconds() > SILENT_SECONDS
    return Run(
        id=row.id,
        project_id=row.project_id,
        author=row.author,
        kind=row.kind,
        brief=read_json(row.brief),
        planner=row.planner,
        model=row.model,
        state="interrupted" if silent else row.state,
        usage=read_json(row.usage),
        seconds=row.seconds,
        error=_failure(row.error),
        created=row.created,
    )


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=row.id,
        project_id=row.project_id,
        author=row.author,
        base_rev=row.base_rev,
        about=read_json(row.about),
        parts=tuple(
            (node, tuple(Edit.model_validate(one) for one in edits)) for node, edits in read_json(row.parts)
        ),
        state=row.state,
        created=row.created,
    )
