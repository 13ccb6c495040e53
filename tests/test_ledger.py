"""Jobs, attempts and takes, on SQLite and, where its programs are installed, on a real PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Select, select, text

from kitsumy_core.errors import NotFoundError
from kitsumy_core.render.request import SketchRequest, request_key
from kitsumy_core.store import Ending, Job, Store
from kitsumy_core.store.change import now
from kitsumy_core.store.choosing import LACKS, PASS_OVER
from kitsumy_core.store.tables import jobs
from tests.ledgers import A, B, a_job, claimed, must_claim
from tests.samples import a_book
from tests.stores import FIRST, SECOND, a_request, a_shot, a_take, emptied, opened, settings_for


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    with opened(settings_for(tmp_path_factory.mktemp("ledger"), url)) as store:
        yield store


@pytest.fixture
def store(shared: Store) -> Store:
    return emptied(shared)


@pytest.fixture
def project(store: Store) -> str:
    return store.create(a_book(), "anna").id


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
    order = [claimed(store) for _ in range(4)]
    assert [c.job.id if c else None for c in order] == [added[1].id, added[0].id, added[2].id, None]
    assert order[0] is not None
    job, attempt = order[0]
    assert (job.state, job.server, job.attempts) == ("running", A, 1)
    assert (attempt.state, attempt.number, attempt.worker, attempt.server) == ("running", 1, "w", A)
    assert store.attempts_of(job.id) == [attempt]


def test_a_claim_is_for_one_kind_of_backend(store: Store, project: str) -> None:
    store.add_jobs([a_job(project)])
    assert store.kinds_waiting() == {"comfyui"}
    assert claimed(store, "", "sketch") is None
    assert claimed(store) is not None


def test_no_job_is_claimed_twice_and_no_server_gets_more_than_its_slots(store: Store, project: str) -> None:
    store.add_jobs([a_job(project) for _ in range(30)])
    found: list[str] = []

    def work(worker: str) -> None:
        while claim := claimed(store, slots=9, worker=worker):
            found.append(claim.job.id)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 9
    assert must_claim(store, B, slots=9).job.id not in found


def test_slots_of_this_process_alone_count_where_there_is_no_server(store: Store, project: str) -> None:
    sketch = SketchRequest(shot=a_shot(), width=64, height=64)
    store.add_jobs([a_job(project, request=sketch) for _ in range(4)])
    one, other = ({"slots": 1, "worker": w} for w in ("one", "other"))
    assert claimed(store, "", "sketch", **one) is not None
    assert claimed(store, "", "sketch", **one) is None
    assert claimed(store, "", "sketch", **other) is not None


def test_a_server_stays_with_its_model_but_passes_the_first_job_over_only_so_often(
    store: Store, project: str
) -> None:
    models = ["red", "blue"] + ["red"] * (PASS_OVER + 4)
    store.add_jobs([a_job(project, model=model) for model in models])
    order = [must_claim(store).job.model for _ in models]
    assert order == ["red"] * (PASS_OVER + 1) + ["blue"] + ["red"] * 4
    assert {s.name: s.model for s in store.servers()} == {A: "red"}


def test_a_second_server_loads_what_the_first_has_not(store: Store, project: str) -> None:
    store.add_jobs([a_job(project, model=model) for model in ("red", "red", "red", "blue")])
    assert [must_claim(store, s).job.model for s in (A, B, A, B)] == ["red", "blue", "red", "red"]


def test_a_pinned_job_waits_for_its_server(store: Store, project: str) -> None:
    store.add_jobs([a_job(project, pinned=B)])
    assert claimed(store, A) is None
    assert claimed(store, B) is not None


def test_a_server_that_lacks_something_is_not_asked_again_until_the_writer_tries_again(
    store: Store, project: str
) -> None:
    (job,) = store.add_jobs([a_job(project)])
    store.end(must_claim(store, A).attempt.id, Ending("failed", LACKS, {}, now()))
    assert claimed(store, A) is None
    store.end(must_claim(store, B).attempt.id, Ending("failed", LACKS))
    assert store.job(job.id).state == "failed"
    store.requeue(job.id)
    assert claimed(store, A) is not None


def test_a_finished_attempt_stores_its_takes_once(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project)])
    attempt = must_claim(store).attempt
    take = a_take(project)
    done = store.settle(attempt.id, [take], seconds=4.0)
    assert done is not None
    assert (done.state, done.take_ids) == ("done", (take.id,))
    assert store.settle(attempt.id, [a_take(project)]) is None, "fetched by two: stored by one"
    assert store.takes(project, FIRST) == [take]
    assert store.cancel(job.id) is None
    assert store.end(attempt.id, Ending("failed", "stalled")) is None
    assert store.job(job.id) == done
    assert store.servers()[0].seconds == 4.0
    assert store.pace("comfyui").seconds == 4.0


def test_a_failure_keeps_code_and_facts_and_may_be_tried_again(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project)])
    attempt = must_claim(store).attempt
    failed = store.end(attempt.id, Ending("failed", "stalled", {"seconds": 3}))
    assert failed is not None
    assert (failed.state, failed.error_code, failed.error_params) == ("failed", "stalled", {"seconds": 3})
    again = store.requeue(job.id)
    assert again is not None
    assert (again.state, again.error_code, again.error_params) == ("queued", None, {})
    assert [a.error_code for a in store.attempts_of(job.id)] == ["stalled"]


def test_a_job_that_is_tried_again_by_itself_waits_its_pause(store: Store, project: str) -> None:
    store.add_jobs([a_job(project)])
    later = now() + timedelta(seconds=60)
    back = store.end(must_claim(store).attempt.id, Ending("lost", "lost-job", {}, later))
    assert back is not None
    assert (back.state, back.tries) == ("queued", 1)
    assert claimed(store) is None


def test_a_picture_that_arrives_after_cancelling_is_kept(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project)])
    attempt = must_claim(store).attempt
    cancelled = store.cancel(job.id)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    done = store.settle(attempt.id, [a_take(project)])
    assert done is not None
    assert (done.state, len(store.takes(project))) == ("done", 1)


def test_an_old_attempt_does_not_disturb_the_next_one(store: Store, project: str) -> None:
    (job,) = store.add_jobs([a_job(project)])
    old = must_claim(store).attempt
    store.cancel(job.id)
    assert store.beat("w", 60.0, [old.id]) == {old.id}, "nobody wants it any more"
    store.requeue(job.id)
    fresh = must_claim(store).attempt
    assert store.end(old.id, Ending("cancelled", "", {}, now(), is_failure=False)) is None
    assert (store.job(job.id).state, store.beat("w", 60.0, [fresh.id])) == ("running", set())


def test_all_but_one_can_be_cancelled_and_the_failed_tried_again_together(store: Store, project: str) -> None:
    jobs = store.add_jobs([a_job(project, panel) for panel in (FIRST, SECOND, "p3")])
    must_claim(store)
    assert store.cancel_all(project, but=jobs[1].id) == 2
    assert [store.job(job.id).state for job in jobs] == ["cancelled", "queued", "cancelled"]
    store.fail(jobs[1].id, "oops")
    assert store.queue_view(project).failed == (store.job(jobs[1].id),)
    assert store.requeue_failed(project) == 1
    assert store.job(jobs[1].id).state == "queued"


def test_what_the_writer_looks_at_goes_first_and_what_is_wanted_first_before_it(
    store: Store, project: str
) -> None:
    panels = ("p1", "p2", "p3")
    jobs = {panel: store.add_jobs([a_job(project, panel)])[0] for panel in panels}
    assert store.look_at(project, ["p3"]) == 1
    assert store.look_at(project, ["p3"]) == 0
    assert store.look_at(project, ["p2"]) == 2
    store.put_first(jobs["p3"].id)
    assert [job.panel_id for job in store.queue_view(project).waiting] == ["p3", "p2", "p1"]
    assert [must_claim(store).job.panel_id for _ in panels] == ["p3", "p2", "p1"]


def test_a_paused_comic_lets_others_go_on(store: Store, project: str) -> None:
    other = store.create(a_book(), "borys").id
    store.add_jobs([a_job(project), a_job(other)])
    store.pause(project, True)
    assert store.is_paused(project)
    assert must_claim(store).job.project_id == other
    assert claimed(store) is None
    store.pause(project, False)
    assert must_claim(store).job.project_id == project


def test_a_lease_is_held_by_signs_of_life_and_taken_over_after_it_ran_out(store: Store, project: str) -> None:
    store.add_jobs([a_job(project), a_job(project)])
    alive, dead = must_claim(store, worker="alive", lease=-1.0), must_claim(store, worker="dead", lease=-1.0)
    both = [alive.attempt.id, dead.attempt.id]
    assert store.beat("alive", 60.0, both) == set()
    (taken,) = store.take_over("next", 60.0)
    assert (taken.attempt.id, taken.attempt.worker, taken.job.id) == (dead.attempt.id, "next", dead.job.id)
    assert store.take_over("third", 60.0) == []
    assert store.beat("dead", 60.0, both) == set(), "it is another's now"
    assert store.end(dead.attempt.id, Ending("cancelled", ""), "dead") is None
    store.release("next")
    assert [claim.attempt.id for claim in store.take_over("third", 60.0)] == [dead.attempt.id]


def test_two_processes_never_take_over_the_same_attempt(store: Store, project: str) -> None:
    store.add_jobs([a_job(project) for _ in range(12)])
    for _ in range(12):
        must_claim(store, worker="dead", lease=-1.0)
    found: list[str] = []

    def look(worker: str) -> None:
        found.extend(claim.attempt.id for claim in store.take_over(worker, 60.0))

    threads = [threading.Thread(target=look, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 12


def test_the_view_of_a_queue_counts_all_and_shows_a_few(store: Store, project: str) -> None:
    store.add_jobs([a_job(project, f"p{n}", batch_id="b") for n in range(30)])
    for _ in range(3):
        must_claim(store)
    store.settle(must_claim(store).attempt.id, [a_take(project)], cost=0.5)
    view = store.queue_view(project, limit=5, waiting=5)
    assert (view.queued, view.under_way, view.ended, view.total) == (26, 3, 1, 30)
    assert (len(view.waiting), len(view.running), view.cost) == (5, 3, 0.5)
    assert store.is_at_work(project)
    assert [len(jobs) for jobs in store.at_work_on([A, B]).values()] == [3, 0]
    store.cancel_all(project)
    assert not store.is_at_work(project)


def test_a_server_that_went_away_has_nothing_loaded(store: Store, project: str) -> None:
    store.add_jobs([a_job(project)])
    must_claim(store)
    store.server_lost(A)
    store.server_seen(B, "comfyui")
    known = {s.name: s for s in store.servers()}
    assert (known[A].model, known[A].seen, known[B].kind) == ("", None, "comfyui")
    assert known[B].seen is not None


def test_an_unknown_job_is_named(store: Store) -> None:
    calls = (store.job, store.cancel, store.requeue, store.put_first, store.claim_of)
    for call in calls:
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


def test_bulk_commands_take_the_jobs_in_one_order_so_that_two_of_them_never_lock_each_other_out(
    store: Store, project: str
) -> None:
    if store.database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    names = ("z", "a", "b")  # an index by panel comes to the oldest job last
    first, second, third = store.add_jobs([a_job(project, name) for name in names])

    def row(job: Job) -> Select[Any]:
        return select(jobs.c.id).where(jobs.c.id == job.id)

    with ThreadPoolExecutor(1) as pool, store.database.engine.connect() as other:
        other.execute(row(first).with_for_update())
        cancelling = pool.submit(store.cancel_all, project)
        waits = text("select count(*) from pg_locks where not granted")
        until = time.monotonic() + 5
        while not other.execute(waits).scalar():
            assert time.monotonic() < until, "the command does not wait for the oldest job"
            time.sleep(0.01)
        assert other.execute(row(second).with_for_update(nowait=True)).scalar() == second.id
        assert other.execute(row(third).with_for_update(nowait=True)).scalar() == third.id
        other.rollback()
        assert cancelling.result(5) == 3
