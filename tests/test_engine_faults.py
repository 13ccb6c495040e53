"""Failures, stops and kills of the engine: every job has one end, nothing is made twice or lost."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kitsumy_core.errors import RenderFailedError, StorageError, UnreachableError
from kitsumy_core.render.backend import Picture
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.settings import Settings
from kitsumy_core.store import Claim, Job, NewJob, Store
from tests.samples import a_book
from tests.scripted import OTHER, PANEL, Scripted, ended, left_behind, png, until, wish, working


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    opened = Store.open(Settings(KITSUMY_DATA_DIR=tmp_path))  # type: ignore[call-arg]
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (UnreachableError(server="http://a"), "unreachable"),
        (RenderFailedError("render-failed", node="3"), "render-failed"),
        (ValueError("oops"), "internal"),
        ([], "no-pictures"),
        ([Picture(b"not a picture", 1, 1)], "picture-unknown-format"),
    ],
)
def test_a_failure_is_kept_with_its_code_stops_no_other_job_and_can_be_retried(
    store: Store, made: object, code: str
) -> None:
    project = store.create(a_book(), "writer").id
    is_broken = True

    def make(attempt_id: str) -> object:
        first = store.claim_of(attempt_id).job.panel_id == PANEL
        return made if first and is_broken else [png()]

    async def main() -> None:
        nonlocal is_broken
        async with working(store, Scripted(make)) as engine:
            jobs = engine.submit([wish(store, project), wish(store, project, OTHER)])
            bad, good = await ended(store, jobs)
            assert (bad.state, bad.error_code, good.state) == ("failed", code, "done")
            is_broken = False
            engine.retry(bad.id)
            assert (await ended(store, [bad]))[0].state == "done"

    asyncio.run(main())


def test_a_stop_withdraws_what_runs_and_the_next_start_renders_it(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    stopped, fresh = Scripted(), Scripted()

    async def first() -> list[Job]:
        stopped.gate = asyncio.Event()
        async with working(store, stopped) as engine:
            jobs = engine.submit([wish(store, project)])
            await until(lambda: bool(stopped.started))
            return jobs

    async def second(jobs: list[Job]) -> None:
        async with working(store, fresh):
            assert (await ended(store, jobs))[0].state == "done"

    jobs = asyncio.run(first())
    assert len(stopped.withdrawn) == 1
    asyncio.run(second(jobs))
    assert len(fresh.started) == 1


def test_what_a_killed_process_left_running_is_fetched_instead_of_rendered_again(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    jobs = store.add_jobs([wish(store, project), wish(store, project, OTHER)])
    first, _ = (left_behind(store) for _ in jobs)
    backend = Scripted()
    backend.kept[first.attempt.id] = [png("yellow")]

    async def main() -> None:
        async with working(store, backend):
            assert [job.state for job in await ended(store, jobs)] == ["done", "done"]

    asyncio.run(main())
    assert len(backend.started) == 1, "only the one the server had lost"
    assert store.takes(project, PANEL)[0].shot == jobs[0].shot


def test_a_retry_is_another_attempt_with_an_id_the_server_has_never_seen(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    backend = Scripted(lambda job_id: RenderFailedError("render-failed"))

    async def main() -> None:
        async with working(store, backend) as engine:
            jobs = engine.submit([wish(store, project)])
            await ended(store, jobs)
            engine.retry(jobs[0].id)
            await until(lambda: len(backend.started) == 2)

    asyncio.run(main())
    assert len(set(backend.started)) == 2


def test_a_database_that_is_busy_for_a_moment_does_not_stop_the_engine(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = store.create(a_book(), "writer").id
    claim, failures = store.claim, [StorageError("database-busy", where="x")]

    def busy_once(*arguments: Any) -> Claim | None:
        if failures:
            raise failures.pop()
        return claim(*arguments)

    monkeypatch.setattr(store, "claim", busy_once)

    async def main() -> None:
        async with working(store, Scripted()) as engine:
            assert (await ended(store, engine.submit([wish(store, project)])))[0].state == "done"

    asyncio.run(main())


def test_a_picture_is_held_until_the_disk_takes_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    project = store.create(a_book(), "writer").id
    put, failures = store.images.put_foreign, [StorageError("disk-full", where="x")] * 3

    def full(data: bytes):  # type: ignore[no-untyped-def]
        if failures:
            raise failures.pop()
        return put(data)

    monkeypatch.setattr(store.images, "put_foreign", full)
    backend = Scripted()

    async def main() -> None:
        async with working(store, backend) as engine:
            assert (await ended(store, engine.submit([wish(store, project)])))[0].state == "done"

    asyncio.run(main())
    assert len(backend.started) == 1


def test_a_job_for_a_backend_nobody_has_here_fails_with_a_word(store: Store) -> None:
    project = store.create(a_book(), "writer").id
    known = wish(store, project)
    request = DiffusionRequest(backend="runpod", prompt="x")
    ran, waiting = store.add_jobs(
        [NewJob(project, panel, "final", request, known.shot, "writer") for panel in (PANEL, OTHER)]
    )
    left_behind(store, "runpod")

    async def main() -> None:
        async with working(store, Scripted()):
            for job in await ended(store, [waiting, ran]):
                assert (job.state, job.error_code) == ("failed", "backend-unknown")

    asyncio.run(main())
