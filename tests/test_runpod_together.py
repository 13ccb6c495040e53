"""Panels that share a call of a RunPod worker: one submission, and each job its own picture, cost and end."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from kitsumy_core.errors import RenderFailedError
from kitsumy_core.render.backend import Picture
from kitsumy_core.render.pool import Place
from kitsumy_core.render.remote_ids import LedgerIds
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import Account, MemoryIds
from kitsumy_core.render.runpod_cost import Prices
from kitsumy_core.render.runpod_http import Service
from kitsumy_core.render.runpod_route import Endpoints
from kitsumy_core.render.runpod_spend import Paid, SpendBook
from kitsumy_core.settings import load_settings
from kitsumy_core.store import Job, Store
from tests.comfyui_scenarios import Told, load, until
from tests.engines import at_work, ends, wishes
from tests.runpod_server import KEY, RunPodDouble, pictures
from tests.runpods import FAST, REQUEST, rendered, using
from tests.samples import a_book

T = TypeVar("T")


@pytest.fixture(scope="module")
def _running() -> Iterator[RunPodDouble]:
    with RunPodDouble() as running:
        yield running


@pytest.fixture
def cloud(_running: RunPodDouble) -> RunPodDouble:
    _running.reset()
    _running.names_files = True
    return _running


def an_account() -> Account:
    return Account(Prices("0.001"), SpendBook(), idle=0)


def after_the_first(cloud: RunPodDouble, act: Callable[[RunPodBackend], Awaitable[T]], **more: Any) -> T:
    """Act once the endpoint has shown that it names its files; its first job is forgotten again."""
    account = an_account()

    async def scenario(backend: RunPodBackend) -> T:
        await backend.render(str(uuid.uuid4()), REQUEST, Told())
        cloud.jobs.clear()
        return await act(backend)

    return using(cloud.url, scenario, account=account, **more)


def begun(
    backend: RunPodBackend, requests: list[DiffusionRequest], told: list[Told], ids: list[str]
) -> list[asyncio.Task[Any]]:
    for _ in requests:
        told.append(Told())
        ids.append(str(uuid.uuid4()))
    return [
        asyncio.create_task(backend.render(job, request, report))
        for job, request, report in zip(ids, requests, told, strict=True)
    ]


def panels(count: int) -> list[DiffusionRequest]:
    return [REQUEST.but(seed=n, prompt=f"panel {n}") for n in range(1, count + 1)]


def test_four_panels_are_one_call_of_one_worker_and_each_gets_its_own_picture_and_share_of_the_cost(
    cloud: RunPodDouble,
) -> None:
    told: list[Told] = []

    async def act(backend: RunPodBackend) -> list[list[Picture]]:
        return list(await asyncio.gather(*begun(backend, panels(4), told, [])))

    made = after_the_first(cloud, act, rhythm=replace(FAST, execution=5, deadline=60))
    (job,) = cloud.submitted
    assert sum(node["class_type"] == "CheckpointLoaderSimple" for node in job.input["workflow"].values()) == 1
    assert [[picture.width for picture in one] for one in made] == [[65], [66], [67], [68]]
    costs = [[p.cost for p in one if p.cost is not None][-1] for one in told]
    assert costs == pytest.approx([0.003 / 4] * 4), "three seconds begun at 0.001"
    assert job.policy["executionTimeout"] == 4 * 5000, "time for four"


def test_a_worker_that_does_not_say_which_picture_is_which_gets_every_panel_alone(
    cloud: RunPodDouble,
) -> None:
    cloud.names_files = False

    async def act(backend: RunPodBackend) -> Any:
        return await asyncio.gather(*begun(backend, panels(3), [], []))

    after_the_first(cloud, act)
    assert len(cloud.submitted) == 3


def test_panels_of_another_size_or_workflow_do_not_share_a_call_and_workers_that_are_awake_share_the_work(
    cloud: RunPodDouble,
) -> None:
    async def act(backend: RunPodBackend) -> Any:
        await asyncio.gather(*begun(backend, [REQUEST, REQUEST.but(width=256)], [], []))
        apart = len(cloud.submitted)
        cloud.health = {"ep1": {"jobs": {}, "workers": {"idle": 3}}}
        await asyncio.sleep(0.02)
        await asyncio.gather(*begun(backend, panels(6), [], []))
        return apart

    assert after_the_first(cloud, act) == 2
    assert len(cloud.submitted) == 2 + 3


def test_a_panel_that_is_cancelled_leaves_the_call_to_the_others_and_the_last_one_takes_it_back(
    cloud: RunPodDouble,
) -> None:
    cloud.running_polls = 12

    async def act(backend: RunPodBackend) -> Any:
        told: list[Told] = []
        first, second = begun(backend, panels(2), told, [])
        await until(lambda: bool(cloud.submitted))
        first.cancel()
        made = await second
        assert cloud.paths("/cancel/") == []
        assert [p.cost for p in told[1] if p.cost is not None][-1] == pytest.approx(0.003)
        both = begun(backend, panels(2), [], [])
        await until(lambda: len(cloud.submitted) == 2)
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        return made

    (picture,) = after_the_first(cloud, act)
    assert picture.width == 66
    assert [job.status for job in cloud.submitted] == ["COMPLETED", "CANCELLED"]


def test_when_a_shared_call_fails_each_panel_is_made_alone_and_only_the_bad_one_fails(
    cloud: RunPodDouble,
) -> None:
    cloud.breaks_on = "panel 2"

    async def act(backend: RunPodBackend) -> Any:
        tasks = begun(backend, panels(3), [], [])
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, bad, third = after_the_first(cloud, act)
    assert (first[0].width, third[0].width) == (65, 67)
    assert isinstance(bad, RenderFailedError)
    assert len(cloud.submitted) == 1 + 3


def test_another_process_finds_its_own_picture_of_a_shared_call_and_does_not_cancel_the_others(
    cloud: RunPodDouble,
) -> None:
    ids, jobs = MemoryIds(), []

    async def act(backend: RunPodBackend) -> Any:
        await asyncio.gather(*begun(backend, panels(2), [], jobs))

    after_the_first(cloud, act, ids=ids)

    async def later(backend: RunPodBackend) -> list[int]:
        await backend.withdraw(jobs[0])
        return [picture.width for job in jobs for picture in await backend.recover(job) or ()]

    assert using(cloud.url, later, ids=ids, account=an_account()) == [65, 66]
    assert cloud.paths("/cancel/") == []


def test_that_a_worker_names_its_files_is_remembered_over_a_restart(
    cloud: RunPodDouble, tmp_path: Any
) -> None:
    file = tmp_path / "spend.jsonl"
    assert not Account(book=SpendBook(file)).names_files("ep1")
    rendered(cloud, account=Account(book=SpendBook(file)))
    assert Account(book=SpendBook(file)).names_files("ep1")
    cloud.names_files, cloud.ending = False, {"status": "COMPLETED", "output": pictures()}
    rendered(cloud, account=Account(book=SpendBook(file)))
    assert not Account(book=SpendBook(file)).names_files("ep1")


def test_jobs_of_the_ledger_share_a_call_and_each_has_its_attempt_take_and_share(cloud: RunPodDouble) -> None:
    book = SpendBook()
    book.add(Paid(at=0.0, endpoint="ep1", job="ep1/earlier", work=1.0, seconds=1.0, named=True))

    async def main(store: Store) -> list[Job]:
        backend = RunPodBackend(
            Service(cloud.url, KEY),
            Endpoints(("ep1",)),
            load,
            store.images.get,
            account=Account(Prices("0.001"), book, idle=0),
            ids=LedgerIds(store),
            rhythm=FAST,
        )
        async with at_work(store, [Place("runpod")], lambda place: backend) as engine:
            project = store.create(a_book(), "anna").id
            wanted = [replace(one, request=one.request.but(backend="runpod")) for one in wishes(project, 4)]
            jobs = await asyncio.to_thread(engine.submit, wanted)
            await ends(store, jobs)
            return [store.job(job.id) for job in jobs]

    store = Store.open(load_settings(None))
    try:
        jobs = asyncio.run(main(store))
        attempts = [attempt for job in jobs for attempt in store.attempts_of(job.id)]
    finally:
        store.close()
    assert [job.state for job in jobs] == ["done"] * 4
    assert len(cloud.submitted) == 1
    assert len({take for job in jobs for take in job.take_ids}) == 4
    assert [attempt.cost for attempt in attempts] == pytest.approx([0.00075] * 4)
    assert {attempt.remote_id for attempt in attempts} == {f"ep1/{cloud.submitted[0].id}#4"}
