"""Jobs and takes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kitsumy_core.errors import NotFoundError
from kitsumy_core.render.request import SketchRequest, request_key
from kitsumy_core.store import NewJob, Store
from tests.samples import a_book
from tests.stores import FIRST, a_request, a_shot, a_take, opened, settings_for


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(settings_for(tmp_path / "data")) as store:
        yield store


@pytest.fixture
def project(store: Store) -> str:
    return store.create(a_book(), "anna").id


def a_job(project: str, **fields: Any) -> NewJob:
    known: dict[str, Any] = {"profile": "final", "request": a_request(), "shot": a_shot(), "author": "anna"}
    return NewJob(project, FIRST, **(known | fields))


def test_a_job_comes_back_as_it_was_asked_for(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project, batch_id="b", priority=3)])
    assert (job.state, job.backend, job.priority, job.batch_id) == ("queued", "comfyui", 3, "b")
    assert (job.request, job.shot, job.request_key) == (a_request(), a_shot(), request_key(a_request()))
    assert store.job(job.id) == job
    assert store.jobs(project) == store.jobs(project, "queued", "running") == [job]
    assert store.jobs(project, "done") == store.jobs("nobody") == []


def test_a_sketch_job_keeps_its_kind_of_request(store: Store, project: str) -> None:
    wanted = SketchRequest(shot=a_shot(), width=512, height=320)
    (job,) = store.add_jobs([a_job(project, request=wanted)])
    assert (job.backend, job.request) == ("sketch", wanted)


def test_jobs_of_an_unknown_project_are_refused_all_together(store: Store, project: str) -> None:
    with pytest.raises(NotFoundError, match="project-not-found"):
        store.add_jobs([a_job(project), a_job("nobody")])
    assert store.jobs() == []


def test_jobs_are_claimed_by_priority_then_in_order(store: Store, project: str) -> None:
    added = store.add_jobs([a_job(project), a_job(project, priority=1), a_job(project)])
    claimed = [store.claim_next(server="s") for _ in range(4)]
    assert [job.id if job else None for job in claimed] == [added[1].id, added[0].id, added[2].id, None]
    assert claimed[0]
    assert (claimed[0].state, claimed[0].server, claimed[0].attempts) == ("running", "s", 1)
    assert claimed[0].started is not None


def test_a_claim_may_ask_for_some_backends_only(store: Store, project: str) -> None:
    store.add_jobs([a_job(project)])
    assert store.claim_next(["sketch", "runpod"]) is None
    assert store.claim_next(["comfyui"]) is not None


def test_no_job_is_claimed_twice(store: Store, project: str) -> None:
    store.add_jobs([a_job(project) for _ in range(30)])
    claimed: list[str] = []

    def work() -> None:
        while job := store.claim_next():
            claimed.append(job.id)

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 30


def test_a_finished_job_names_its_takes(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project)])
    store.claim_next()
    take = a_take(project)
    done = store.finish(job.id, [take])
    assert (done.state, done.take_ids) == ("done", (take.id,))
    assert done.finished is not None
    assert store.takes(project, FIRST) == [take]
    assert store.cancel(job.id) is None
    assert store.fail(job.id, "stalled") is None
    assert store.job(job.id) == done


def test_a_failure_keeps_code_and_facts(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project)])
    store.claim_next()
    failed = store.fail(job.id, "missing-resources", {"missing": ["x.safetensors"]})
    assert failed
    assert (failed.state, failed.error_code) == ("failed", "missing-resources")
    assert failed.error_params == {"missing": ["x.safetensors"]}
    again = store.requeue(job.id)
    assert again
    assert (again.state, again.error_code, again.error_params) == ("queued", None, {})


def test_a_picture_that_arrives_after_cancelling_is_kept(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project)])
    store.claim_next()
    cancelled = store.cancel(job.id)
    assert cancelled
    assert cancelled.state == "cancelled"
    assert store.finish(job.id, [a_take(project)]).state == "done"
    assert len(store.takes(project)) == 1


def test_a_cancelled_job_is_not_started(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project)])
    store.cancel(job.id)
    assert store.claim_next() is None
    assert store.mark_running(job.id, "s") is None


def test_a_chosen_job_can_be_started_and_its_server_named(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project)])
    started = store.mark_running(job.id)
    assert started
    assert (started.state, started.attempts) == ("running", 1)
    moved = store.mark_running(job.id, "server-2")
    assert moved
    assert (moved.server, moved.attempts, moved.started) == ("server-2", 1, started.started)


def test_jobs_left_running_by_a_killed_process_are_found_again(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "left")
    with opened(settings) as store:
        project = store.create(a_book(), "anna").id
        first, _ = store.add_jobs([a_job(project), a_job(project)])
        store.claim_next()
    with opened(settings) as store:
        assert [job.id for job in store.recover_interrupted()] == [first.id]


def test_an_unknown_job_is_named(store: Store) -> None:
    for call in (store.job, store.finish, store.cancel, store.requeue, store.mark_running):
        with pytest.raises(NotFoundError, match="job-not-found"):
            call("nobody")


def test_a_take_comes_back_as_it_was_stored_and_once(store: Store, project: str) -> None:
    take = a_take(project)
    store.add_take(take)
    store.add_take(take)
    assert store.take(project, take.id) == take
    assert store.takes(project) == [take]
    assert store.takes(project, "another") == []


def test_a_take_from_outside_has_no_request(store: Store, project: str) -> None:
    take = store.add_take(a_take(project, shot=None, request=None, seed=None))
    assert store.take(project, take.id) == take
    assert store.find_take_by_request("") is None


def test_the_same_request_is_found_before_it_is_made_again(store: Store, project: str) -> None:
    other = store.create(a_book(), "borys").id
    mine, theirs = store.add_take(a_take(project)), store.add_take(a_take(other))
    key = request_key(a_request())
    assert store.find_take_by_request(key, project) == mine
    assert store.find_take_by_request(key, other) == theirs
    assert store.find_take_by_request(key) in (mine, theirs)
    assert store.find_take_by_request(request_key(a_request(seed=5))) is None


def test_a_take_can_be_a_favourite(store: Store, project: str) -> None:
    take = store.add_take(a_take(project))
    store.set_favourite(project, take.id, True)
    assert store.take(project, take.id).favourite
    with pytest.raises(NotFoundError, match="take-not-found"):
        store.set_favourite(project, "none", True)


def test_a_take_needs_a_project_and_a_hash(store: Store, project: str) -> None:
    with pytest.raises(NotFoundError, match="project-not-found"):
        store.add_take(a_take("nobody"))
    with pytest.raises(NotFoundError, match="image-not-found"):
        store.add_take(a_take(project, image="../secret"))
