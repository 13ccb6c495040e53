"""A stop leaves what was sent to RunPod running, and the next start takes its result: made and paid once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from kitsumy_core.render.engine import Engine
from kitsumy_core.render.pool import Place
from kitsumy_core.render.remote_ids import LedgerIds
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import Account
from kitsumy_core.render.runpod_cost import Prices
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_route import Endpoints
from kitsumy_core.render.runpod_spend import Paid, SpendBook
from kitsumy_core.store import Job, NewJob, Store
from tests.comfyui_scenarios import load, until
from tests.engines import at_work, ends
from tests.runpod_server import KEY, RunPodDouble
from tests.runpods import FAST
from tests.samples import a_book
from tests.stores import a_shot, emptied, opened, settings_for

T = TypeVar("T")
RUNPOD = [Place("runpod")]


@pytest.fixture(scope="module")
def _running() -> Iterator[RunPodDouble]:
    with RunPodDouble() as running:
        yield running


@pytest.fixture
def cloud(_running: RunPodDouble) -> RunPodDouble:
    _running.reset()
    _running.names_files = True
    return _running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with opened(settings_for(tmp_path_factory.mktemp("stop"))) as store:
        yield store


@pytest.fixture
def store(shared: Store) -> Store:
    return emptied(shared)


@pytest.fixture
def project(store: Store) -> str:
    project = store.create(a_book(), "anna").id
    store.set_budget(project, 5.0)
    return project


def wishes(project: str, count: int = 1) -> list[NewJob]:
    """Return jobs for so many different pictures."""
    one = DiffusionRequest(backend="runpod", prompt="x", width=64, height=64)
    requests = [one.but(seed=n) for n in range(count)]
    return [NewJob(project, f"p{n}", "final", r, a_shot(), "anna") for n, r in enumerate(requests)]


class Studio:
    """Starts engines on one ledger, each with a backend of its own, as processes would."""

    def __init__(self, store: Store, cloud: RunPodDouble, folder: Path, *, shares: bool = False) -> None:
        self.store, self.cloud, self.spend = store, cloud, folder / "spend.jsonl"
        self.read_timeout = 5.0
        if shares:
            known = Paid(at=time.time(), endpoint="ep1", job="ep1/0", work=1, seconds=1, usd=0, named=True)
            SpendBook(self.spend).add(known)

    def backend(self, place: Place) -> RunPodBackend:
        return RunPodBackend(
            Service(self.cloud.url, KEY, read_timeout=self.read_timeout),
            Endpoints(("ep1",)),
            load,
            self.store.images.get,
            account=Account(Prices("0.001"), SpendBook(self.spend), idle=0, limit=5.0),
            ids=LedgerIds(self.store),
            rhythm=FAST,
        )

    def run(self, act: Callable[[Engine], Awaitable[T]]) -> T:
        """Act while an engine works, then stop it."""

        async def main() -> T:
            async with at_work(self.store, RUNPOD, self.backend) as engine:
                return await act(engine)

        return asyncio.run(main())

    def stopped(self, wanted: list[NewJob], when: Callable[[], bool]) -> tuple[list[Job], float]:
        """Ask for pictures and stop as soon as something is so; return the jobs and how long it took."""
        began = 0.0

        async def act(engine: Engine) -> list[Job]:
            nonlocal began
            jobs = await asyncio.to_thread(engine.submit, wanted)
            await until(when)
            began = time.monotonic()
            return jobs

        jobs = self.run(act)
        return jobs, time.monotonic() - began

    def over(self, jobs: list[Job]) -> list[str]:
        """Start again and return how the jobs ended."""
        return self.run(lambda engine: ends(self.store, jobs))

    def is_settled(self) -> bool:
        """Tell whether no money is held back any more, in the comic's budget and for the day's limit."""
        held = SpendBook(self.spend)
        return held.hold("next", 0.0) == pytest.approx(held.last_day()) and not any(
            self.store.spending(project.id).reserved for project in self.store.projects()
        )


@pytest.mark.parametrize("stage", ["queued", "running", "being sent"])
def test_what_was_sent_before_a_stop_is_fetched_and_paid_by_the_next_start(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path, stage: str
) -> None:
    studio = Studio(store, cloud, tmp_path)
    cloud.queued_polls, cloud.running_polls = (0, 10_000) if stage == "running" else (10_000, 1)
    cloud.run_delay = 0.3 if stage == "being sent" else 0.0
    at = {"being sent": "/run", "queued": "/health", "running": "/status/"}[stage]
    jobs, took = studio.stopped(wishes(project), lambda: bool(cloud.submitted) and bool(cloud.paths(at)))
    assert took < 3
    (attempt,) = store.attempts_of(jobs[0].id)
    assert (attempt.state, attempt.remote_id) == ("running", f"ep1/{cloud.submitted[0].id}")
    assert store.spending(project).reserved > 0, "the money is on its way"
    cloud.queued_polls = cloud.running_polls = 1
    assert studio.over(jobs) == ["done"]
    (attempt,) = store.attempts_of(jobs[0].id)
    assert (attempt.state, attempt.cost, attempt.seconds) == ("done", pytest.approx(0.003), 2.3)
    assert (len(cloud.submitted), cloud.paths("/cancel/")) == (1, [])
    assert studio.is_settled()
    assert store.spending(project).spent == pytest.approx(0.003)


def test_panels_of_one_call_are_all_found_again_and_share_its_cost(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path
) -> None:
    """It is stopped twice: while it was sent, and while it was found again."""
    studio = Studio(store, cloud, tmp_path, shares=True)
    cloud.run_delay, cloud.running_polls = 0.3, 10_000
    jobs, _ = studio.stopped(wishes(project, 4), lambda: bool(cloud.submitted))
    studio.stopped([], lambda: bool(cloud.paths("/status/")))
    cloud.running_polls = 1
    assert studio.over(jobs) == ["done"] * 4
    assert (len(cloud.submitted), cloud.paths("/cancel/")) == (1, [])
    attempts = [attempt for job in jobs for attempt in store.attempts_of(job.id)]
    assert [attempt.cost for attempt in attempts] == pytest.approx([0.003 / 4] * 4)
    assert SpendBook(studio.spend).last_day() == pytest.approx(0.003), "the call is paid once"
    assert studio.is_settled()


def test_a_call_that_is_found_again_is_paid_by_those_who_still_want_it_and_taken_back_when_nobody_does(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path
) -> None:
    studio, cloud.running_polls = Studio(store, cloud, tmp_path, shares=True), 10_000
    jobs, _ = studio.stopped(wishes(project, 2), lambda: bool(cloud.paths("/status/")))
    first, second = jobs
    store.cancel(first.id)
    studio.stopped([], lambda: store.attempts_of(first.id)[0].state == "cancelled")
    assert cloud.paths("/cancel/") == []
    cloud.running_polls = 1
    assert studio.over([second]) == ["done"]
    assert store.attempts_of(second.id)[0].cost == pytest.approx(0.003)
    cloud.running_polls = 10_000
    more, _ = studio.stopped(
        [replace(wish, request=wish.request.but(seed=n)) for n, wish in enumerate(wishes(project, 2), 7)],
        lambda: len(cloud.submitted) == 2,
    )
    store.cancel_all(project)
    studio.stopped([], lambda: all(store.attempts_of(job.id)[0].state == "cancelled" for job in more))
    assert [job.status for job in cloud.submitted] == ["COMPLETED", "CANCELLED"]


def test_a_stop_before_anything_was_sent_queues_the_picture_again_and_holds_nothing_back(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path
) -> None:
    studio = Studio(store, cloud, tmp_path, shares=True)
    jobs, _ = studio.stopped(wishes(project), lambda: bool(store.jobs(project, "running")))
    waiting = store.job(jobs[0].id)
    assert (waiting.state, waiting.tries, cloud.submitted) == ("queued", 0, [])
    assert studio.is_settled()
    assert studio.over(jobs) == ["done"]


def test_a_stop_while_no_answer_comes_asks_the_writer_and_sends_nothing_again(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kitsumy_core.render.runpod_send._LEAVE_WITHIN", 0.2)
    studio, cloud.run_delay = Studio(store, cloud, tmp_path), 1.5
    jobs, took = studio.stopped(wishes(project), lambda: bool(cloud.submitted))
    assert took < 1.4
    assert studio.over(jobs) == ["uncertain"]
    assert store.job(jobs[0].id).error_code == "runpod-unanswered"
    assert len(cloud.submitted) == 1
    store.resolve(jobs[0].id, "came", cloud.submitted[0].id)
    assert studio.over(jobs) == ["done"]
    assert len(cloud.submitted) == 1


def test_what_the_writer_cancels_is_cancelled_there_however_soon_the_stop_comes(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path
) -> None:
    studio, cloud.running_polls = Studio(store, cloud, tmp_path), 10_000
    store.set_budget(project, None)  # with one, pictures of unknown price are made one at a time

    async def cancelled(engine: Engine) -> list[Job]:
        jobs = await asyncio.to_thread(engine.submit, wishes(project, 2))
        await until(lambda: len(cloud.submitted) == 2)
        await asyncio.to_thread(engine.cancel, jobs[0].id)
        return jobs

    jobs = studio.run(cancelled)
    assert store.job(jobs[0].id).state == "cancelled"
    cloud.running_polls = 1
    assert studio.over(jobs) == ["cancelled", "done"]

    async def cleared(engine: Engine) -> None:
        await until(lambda: all(a.state != "running" for a in store.attempts_of(jobs[0].id)))

    studio.run(cleared)
    assert sorted(job.status for job in cloud.submitted) == ["CANCELLED", "COMPLETED"]
    assert studio.is_settled()


def test_a_picture_found_again_can_still_be_cancelled_and_is_paid_as_far_as_it_ran(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path
) -> None:
    studio, cloud.running_polls, cloud.queued_polls = Studio(store, cloud, tmp_path), 10_000, 0
    jobs, _ = studio.stopped(wishes(project), lambda: bool(cloud.paths("/status/")))

    async def act(engine: Engine) -> None:
        await until(lambda: (live := engine.live(jobs[0].id)) is not None and bool(live.progress.seconds))
        await asyncio.to_thread(engine.cancel, jobs[0].id)
        await until(lambda: all(a.state == "cancelled" for a in store.attempts_of(jobs[0].id)))

    studio.run(act)
    assert [job.status for job in cloud.submitted] == ["CANCELLED"]
    assert studio.is_settled()


def test_what_runpod_has_forgotten_when_we_are_back_is_said_and_not_sent_again(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path
) -> None:
    """Its cost is unknown, and counts in the budget as it was estimated."""
    studio = Studio(store, cloud, tmp_path)
    jobs, _ = studio.stopped(wishes(project), lambda: bool(cloud.paths("/status/")))
    cloud.forgets = True
    assert studio.over(jobs) == ["failed"]
    assert store.job(jobs[0].id).error_code == "runpod-expired"
    (attempt,) = store.attempts_of(jobs[0].id)
    assert attempt.cost is None
    money = store.spending(project)
    assert (money.spent, money.reserved) == (attempt.estimate or 0.0, 0.0)
    assert len(cloud.submitted) == 1


def test_a_key_taken_out_of_the_settings_meanwhile_leaves_what_was_sent_to_the_writer(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path
) -> None:
    studio = Studio(store, cloud, tmp_path)
    jobs, _ = studio.stopped(wishes(project), lambda: bool(cloud.paths("/status/")))
    with store.database.write() as connection:
        connection.exec_driver_sql("delete from servers")

    async def without() -> list[str]:
        async with at_work(store, []):
            return await ends(store, jobs)

    assert asyncio.run(without()) == ["uncertain"]
    store.resolve(jobs[0].id, "came", cloud.submitted[0].id)
    assert studio.over(jobs) == ["done"]
    assert len(cloud.submitted) == 1


def test_one_request_of_two_panels_is_made_once_even_when_both_are_asked_for_at_once(
    store: Store, project: str, cloud: RunPodDouble, tmp_path: Path
) -> None:
    (one,) = wishes(project)
    twin = replace(one, panel_id="twin", id="11111111-0000-4000-8000-000000000000")
    studio = Studio(store, cloud, tmp_path)
    store.set_budget(project, None)

    async def act(engine: Engine) -> list[str]:
        return await ends(store, await asyncio.to_thread(engine.submit, [one, twin]))

    assert studio.run(act) == ["done", "done"]
    assert len(cloud.submitted) == 1
