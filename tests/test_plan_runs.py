"""Plannings are kept step by step: whoever continues one asks only for what is missing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from kitsumy_core.errors import ModelAwayError, NotFoundError, UsageError
from kitsumy_core.planner.keeping import StoredFacts
from kitsumy_core.planner.llm.ask import Asker
from kitsumy_core.planner.llm.facts import Facts
from kitsumy_core.planner.llm.scripted import Pause, Scripted
from kitsumy_core.planner.making import Nobody
from kitsumy_core.planner.session import carry_out, claim
from kitsumy_core.planner.stages import Brief
from kitsumy_core.store import Run, Store
from kitsumy_core.store.tables import plan_runs
from tests import scripts
from tests.stores import settings_for

BRIEF = Brief(idea="Робот стереже маяк.", max_pages=4).model_dump(mode="json")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(settings_for(tmp_path))
    yield opened
    opened.close()


async def _at_once(seconds: float) -> None: ...


def carried(store: Store, run: Run, script: Any, owner: str = "me") -> tuple[Any, Scripted]:
    server = Scripted(script)

    async def opened() -> Asker:
        return Asker(server, "m", width=4, sleep=_at_once)

    claim(store, run, owner)
    return asyncio.run(carry_out(store, run, owner, opened, Nobody())), server


def test_a_planning_that_ended_badly_is_continued_from_where_it_was(store: Store) -> None:
    run = store.new_run(BRIEF, "anna", planner="compatible")
    made, _ = carried(store, run, scripts.planner(4, page=lambda n, p: "no" if n == 2 else None))
    assert set(made.failed) == {2}
    kept = store.run(run.id)
    assert (kept.state, kept.model) == ("unfinished", "m")
    assert kept.error is not None
    assert kept.error.code == "llm-unfit"
    assert {s.step: s.state for s in store.steps(run.id)}["page:2"] == "failed"
    assert store.unfinished_run(BRIEF) == kept
    made, server = carried(store, kept, scripts.planner(4))
    assert (len(server.calls), made.failed, made.usage.calls) == (1, {}, 1)
    done = store.run(run.id)
    assert (done.state, done.error) == ("done", None)
    assert done.usage["calls"] == kept.usage["calls"] + 1
    assert store.unfinished_run(BRIEF) is None


def test_two_cannot_work_on_one_planning_until_the_first_falls_silent(store: Store) -> None:
    run = store.new_run(BRIEF, "anna", planner="compatible")
    assert store.claim_run(run.id, "first")
    assert not store.claim_run(run.id, "second")
    with pytest.raises(UsageError, match="run-is-running"):
        carried(store, run, scripts.planner(4), owner="second")
    assert store.beat_run(run.id, "first")
    with store.database.write() as connection:
        connection.execute(update(plan_runs).values(beat=datetime.now(UTC) - timedelta(minutes=5)))
    assert store.run(run.id).state == "interrupted"
    assert store.claim_run(run.id, "second")
    assert not store.beat_run(run.id, "first")
    store.end_run(run.id, "first", "failed")
    assert store.run(run.id).state == "running", "who lost it cannot end it"


def test_a_cancelled_planning_keeps_its_steps_and_says_so(store: Store) -> None:
    run = store.new_run(BRIEF, "anna", planner="compatible")
    server = Scripted(scripts.planner(4, page=lambda n, p: [Pause(20)]))

    claim(store, run, "me")

    async def cancelled() -> None:
        async def opened() -> Asker:
            return Asker(server, "m", width=4)

        task = asyncio.create_task(carry_out(store, run, "me", opened, Nobody()))
        async with asyncio.timeout(10):
            while server.running < 4:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert store.run(run.id).state == "cancelled"
    assert {s.step for s in store.steps(run.id)} == {"characters", "structure"}
    assert server.running == 0


def test_a_failure_before_the_outline_is_kept_with_its_words(store: Store) -> None:
    run = store.new_run(BRIEF, "anna", planner="compatible")
    with pytest.raises(ModelAwayError):
        carried(store, run, lambda call: ModelAwayError("llm-unreachable", server="x", detail="refused"))
    kept = store.run(run.id)
    assert kept.state == "failed"
    assert kept.error is not None
    assert (kept.error.code, kept.error.params["detail"]) == ("llm-unreachable", "refused")
    assert "usage" not in kept.error.params


def test_plannings_go_with_their_comic(store: Store) -> None:
    from kitsumy_core.plan.book import Book

    project = store.create(Book(), "anna").id
    run = store.new_run(BRIEF, "anna", planner="ollama", project_id=project)
    assert store.runs(project) == [run]
    store.trash(project)
    store.purge(project)
    with pytest.raises(NotFoundError):
        store.run(run.id)
    with pytest.raises(NotFoundError):
        store.new_run(BRIEF, "anna", planner="ollama", project_id="gone")


def test_what_a_model_cannot_do_is_remembered_after_a_restart(store: Store) -> None:
    learned = Facts(level="json_object", temperature=False)
    StoredFacts(store).learn("http://x/v1", "m", learned)
    store.learn_model("http://x/v1", "m", speed=42.5)
    assert StoredFacts(store).facts("http://x/v1", "m") == learned
    assert StoredFacts(store).facts("http://x/v1", "other") == Facts()
    assert store.model_facts("http://x/v1", "m")[1] == 42.5
    assert store.forget_models() == 1
    assert StoredFacts(store).facts("http://x/v1", "m") == Facts()


def test_an_answer_to_another_question_is_not_used(store: Store) -> None:
    run = store.new_run(BRIEF, "anna", planner="compatible")
    store.keep_step(run.id, "characters", key="a", answer={"x": 1})
    assert store.step_answer(run.id, "characters", "a") == {"x": 1}
    assert store.step_answer(run.id, "characters", "b") is None
    store.keep_step(run.id, "characters", error=ModelAwayError("llm-failed", status=500))
    assert store.step_answer(run.id, "characters", "a") is None
    assert json.dumps(BRIEF)
