"""Jobs that wait at RunPod, or are cancelled: a wait is explained, a job taken back where it is."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kitsumy_core.errors import (
    CancelledJobError,
    RenderFailedError,
    StalledError,
    UncertainError,
)
from kitsumy_core.messages import say
from kitsumy_core.render.backend import Picture
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import Account, MemoryIds
from kitsumy_core.render.runpod_cost import Prices
from kitsumy_core.render.runpod_job import Rhythm
from kitsumy_core.render.runpod_route import Endpoints
from tests.comfyui_scenarios import Told, until
from tests.runpod_server import RunPodDouble
from tests.runpods import FAST, REQUEST, refused, rendered, using


@pytest.fixture(scope="module")
def _running() -> Iterator[RunPodDouble]:
    with RunPodDouble() as running:
        yield running


@pytest.fixture
def cloud(_running: RunPodDouble) -> RunPodDouble:
    _running.reset()
    return _running


@pytest.mark.parametrize(
    ("workers", "queued", "note"),
    [
        ({"initializing": 1}, 1, "runpod-cold-start"),
        ({"throttled": 3}, 1, "runpod-throttled"),
        ({"idle": 0}, 4, "runpod-no-workers"),
        ({"unhealthy": 1}, 1, "runpod-unhealthy"),
    ],
)
def test_a_long_wait_is_explained(
    cloud: RunPodDouble, workers: dict[str, int], queued: int, note: str
) -> None:
    cloud.health["ep1"] = {"jobs": {"inQueue": queued}, "workers": workers}
    cloud.queued_polls = 3
    told = Told()
    rendered(cloud, told)
    assert note in [p.note for p in told if p.stage == "waiting"]
    assert say(note, {}, "en") != say(note, {}, "uk")


def test_a_cold_start_is_part_of_the_price(cloud: RunPodDouble) -> None:
    cloud.health["ep1"] = {"jobs": {"inQueue": 1}, "workers": {"initializing": 1}}
    cloud.ending |= {"executionTime": 1000}
    cloud.queued_polls, told = 4, Told()
    rendered(cloud, told, account=Account(Prices("0.001"), idle=2))
    assert told[-1].cost is not None
    assert told[-1].cost > 0.003, "a second of work, two idle ones, and the start"


@pytest.mark.parametrize("running", [False, True])
def test_a_job_past_the_deadline_is_cancelled_there(cloud: RunPodDouble, running: bool) -> None:
    cloud.queued_polls = 0 if running else 10_000
    cloud.running_polls = 10_000
    hurried = Rhythm(first=0.01, most=0.02, most_queued=0.02, deadline=0.15)
    if running:
        refused(RenderFailedError, "runpod-deadline", cloud, rhythm=hurried)
    else:
        refused(StalledError, "runpod-deadline-queued", cloud, rhythm=hurried)
    assert [job.status for job in cloud.submitted] == ["CANCELLED"]


def test_cancelling_cancels_the_job_there(cloud: RunPodDouble) -> None:
    cloud.running_polls = 10_000

    async def act(backend: RunPodBackend) -> None:
        told = Told()
        task = asyncio.create_task(backend.render(str(uuid.uuid4()), REQUEST, told))
        await until(lambda: "sampling" in told.stages)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    using(cloud.url, act)
    assert [job.status for job in cloud.submitted] == ["CANCELLED"]


def test_cancelling_while_it_is_being_sent_waits_for_the_id_and_cancels_that(cloud: RunPodDouble) -> None:
    cloud.run_delay = 0.3

    async def act(backend: RunPodBackend) -> None:
        task = asyncio.create_task(backend.render(str(uuid.uuid4()), REQUEST, Told()))
        await until(lambda: bool(cloud.submitted))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    using(cloud.url, act)
    assert [job.status for job in cloud.submitted] == ["CANCELLED"]


def test_cancelling_what_is_never_answered_leaves_it_uncertain(cloud: RunPodDouble) -> None:
    cloud.run_delay = 5

    async def act(backend: RunPodBackend) -> None:
        task = asyncio.create_task(backend.render(str(uuid.uuid4()), REQUEST, Told()))
        await until(lambda: bool(cloud.submitted))
        task.cancel()
        with pytest.raises(UncertainError):
            await task

    using(cloud.url, act, read_timeout=0.3)


def test_an_endpoint_where_nothing_starts_is_held_to_have_no_workers(cloud: RunPodDouble) -> None:
    cloud.health["ep1"] = {"jobs": {"inQueue": 1}, "workers": {"idle": 0}}
    cloud.queued_polls, told = 12, Told()
    rendered(cloud, told, rhythm=replace(FAST, no_workers_after=0.1))
    notes = list(dict.fromkeys(p.note for p in told if p.note))
    assert notes == ["runpod-cold-start", "runpod-no-workers"]


def test_a_key_that_is_refused_while_a_job_runs_leaves_it_uncertain_with_its_id(cloud: RunPodDouble) -> None:
    cloud.status_answers = [(200, {"id": "x", "status": "IN_PROGRESS"}), (401, {})]
    error = refused(UncertainError, "runpod-lost-sight", cloud)
    assert error.params["job"] == f"ep1/{cloud.submitted[0].id}"


def test_a_job_that_was_stopped_in_its_midst_is_paid_for_as_far_as_it_ran(cloud: RunPodDouble) -> None:
    cloud.queued_polls, cloud.running_polls, told = 0, 10_000, Told()
    hurried = replace(FAST, deadline=0.15)
    refused(
        RenderFailedError,
        "runpod-deadline",
        cloud,
        told=told,
        rhythm=hurried,
        account=Account(Prices("0.001"), idle=0),
    )
    assert told[-1].cost == pytest.approx(0.001), "one started second"


# --- moving -------------------------------------------------------------------------------------------------

BOTH = Endpoints(("ep1", "ep2"))
IMPATIENT = replace(FAST, stuck_after=0.05, no_workers_after=0.05)
STUCK = {"jobs": {"inQueue": 2}, "workers": {"throttled": 3}}


def stuck(cloud: RunPodDouble, elsewhere: dict[str, Any] | None = None) -> None:
    """Let jobs go to `ep1` first, which has no free GPU from then on."""
    cloud.endpoints = {"ep1", "ep2"}
    cloud.health["ep1"] = {"jobs": {}, "workers": {"idle": 1}}
    cloud.health["ep2"] = elsewhere or {"jobs": {}, "workers": {"idle": 1}}
    cloud.queued_polls = 10_000


def waiting_at_ep1(cloud: RunPodDouble, **more: Any) -> tuple[list[Picture], Told, MemoryIds]:
    told, ids = Told(), MemoryIds()

    async def act(backend: RunPodBackend) -> list[Picture]:
        task = asyncio.create_task(backend.render(str(uuid.uuid4()), REQUEST, told))
        await until(lambda: bool(cloud.submitted) or task.done())
        cloud.health["ep1"] = more.pop("now", STUCK)
        await until(lambda: len(cloud.submitted) == 2 or bool(cloud.paths("/cancel/")) or task.done())
        cloud.queued_polls = 1
        return list(await task)

    account = Account(Prices("0.001"), idle=0)
    return using(cloud.url, act, endpoints=BOTH, rhythm=IMPATIENT, account=account, ids=ids), told, ids


@pytest.mark.parametrize("now", [STUCK, {"jobs": {"inQueue": 1}, "workers": {}}], ids=["throttled", "none"])
def test_a_job_that_no_worker_can_begin_goes_to_another_endpoint_and_is_paid_for_there_alone(
    cloud: RunPodDouble, now: dict[str, Any]
) -> None:
    stuck(cloud)
    pictures, told, ids = waiting_at_ep1(cloud, now=now)
    assert len(pictures) == 1
    left, made = cloud.submitted
    assert [(left.endpoint, left.status), (made.endpoint, made.status)] == [
        ("ep1", "CANCELLED"),
        ("ep2", "COMPLETED"),
    ]
    assert list(ids._ids.values()) == [f"ep2/{made.id}"]
    assert told[-1].cost == pytest.approx(0.003)


def test_it_stays_where_no_other_endpoint_could_begin_it(cloud: RunPodDouble) -> None:
    stuck(cloud, elsewhere=STUCK)
    told = Told()

    async def act(backend: RunPodBackend) -> list[Picture]:
        task = asyncio.create_task(backend.render(str(uuid.uuid4()), REQUEST, told))
        await until(lambda: bool(cloud.submitted))
        cloud.health["ep1"] = STUCK
        await asyncio.sleep(0.4)
        cloud.queued_polls = 1
        return list(await task)

    assert len(using(cloud.url, act, endpoints=BOTH, rhythm=IMPATIENT)) == 1
    assert "runpod-throttled" in [p.note for p in told]
    assert (len(cloud.submitted), cloud.paths("/cancel/")) == (1, [])


def test_it_stays_where_its_cancellation_is_not_confirmed(cloud: RunPodDouble) -> None:
    stuck(cloud)
    cloud.cancel_answers = [(500, {}), (200, {"id": "x", "status": "CANCELLED"})] * 50
    pictures, _told, _ids = waiting_at_ep1(cloud)
    assert len(pictures) == 1
    assert [(job.endpoint, job.status) for job in cloud.submitted] == [("ep1", "COMPLETED")]


def test_what_a_worker_took_before_the_cancellation_came_is_not_sent_elsewhere(cloud: RunPodDouble) -> None:
    stuck(cloud)
    cloud.begins_late = True
    with pytest.raises(CancelledJobError):
        waiting_at_ep1(cloud)
    assert [(job.endpoint, job.status) for job in cloud.submitted] == [("ep1", "CANCELLED")]


def test_at_the_deadline_a_job_whose_cancellation_is_not_confirmed_is_uncertain(cloud: RunPodDouble) -> None:
    cloud.queued_polls, cloud.cancel_answers = 10_000, [(500, {})] * 9
    error = refused(UncertainError, "runpod-outcome-unknown", cloud, rhythm=replace(FAST, deadline=0.1))
    assert error.params["job"] == f"ep1/{cloud.submitted[0].id}"
