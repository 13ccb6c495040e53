"""Money in the ledger: budgets, what is held back, uncertain jobs; on SQLite and a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from kitsumy_core.errors import NotFoundError
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.store import Claim, Ending, Store
from tests.ledgers import claimed, must_claim, paid
from tests.samples import a_book
from tests.stores import a_take, emptied, opened, settings_for


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


def test_a_budget_is_never_passed_however_many_claim_at_once(store: Store, project: str) -> None:
    store.add_jobs([paid(project) for _ in range(20)])
    store.set_budget(project, 1.0)
    got: list[Claim] = []

    def work(worker: str) -> None:
        while claim := claimed(store, "runpod", "runpod", worker=worker, price=lambda request: 0.3):
            got.append(claim)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 3
    money = store.spending(project)
    assert (money.spent, round(money.reserved, 6), round(money.left or 0, 6)) == (0.0, 0.9, 0.1)
    store.settle(got[0].attempt.id, [a_take(project)], cost=0.05, seconds=2.0)
    store.end(got[1].attempt.id, Ending("failed", "render-failed", cost=0.01))
    money = store.spending(project)
    assert (round(money.spent, 6), round(money.reserved, 6)) == (0.06, 0.3)
    assert claimed(store, "runpod", "runpod", price=lambda request: 0.3) is not None, "0.66 are held now"
    assert store.queue_view(project).spending.budget == 1.0


def test_a_comic_without_money_lets_others_go_on(store: Store, project: str) -> None:
    other = store.create(a_book(), "borys").id
    store.add_jobs([paid(project), paid(other)])
    store.set_budget(project, 0.1)
    assert must_claim(store, "runpod", "runpod", price=lambda request: 0.3).job.project_id == other
    assert claimed(store, "runpod", "runpod", price=lambda request: 0.3) is None
    store.set_budget(project, None)
    assert must_claim(store, "runpod", "runpod", price=lambda request: 0.3).job.project_id == project


def test_where_nobody_knows_the_price_one_picture_at_a_time_is_made(store: Store, project: str) -> None:
    store.add_jobs([paid(project) for _ in range(3)])
    store.set_budget(project, 0.5)
    first = must_claim(store, "runpod", "runpod", price=lambda request: None)
    assert claimed(store, "runpod", "runpod", price=lambda request: None) is None
    store.settle(first.attempt.id, [a_take(project)], cost=0.2, seconds=3.0)
    second = must_claim(store, "runpod", "runpod", price=lambda request: None)
    assert second.attempt.estimate == 0.2, "by what the first one cost"


@pytest.mark.parametrize(
    ("answer", "state", "spent"),
    [("came", "done", 0.3), ("again", "queued", 0.0), ("forget", "cancelled", 0.0)],
)
def test_an_uncertain_job_is_never_sent_again_until_the_writer_says_so(
    store: Store, project: str, answer: Any, state: str, spent: float
) -> None:
    (job,) = store.add_jobs([paid(project)])
    attempt = must_claim(store, "runpod", "runpod", price=lambda request: 0.3).attempt
    uncertain = store.end(attempt.id, Ending("uncertain", "uncertain", {"server": "RunPod"}))
    assert uncertain is not None
    assert uncertain.state == "uncertain"
    assert store.spending(project).reserved == 0.3, "the money may be gone"
    assert (claimed(store, "runpod", "runpod"), store.take_over("w", 60.0)) == (None, [])
    assert store.queue_view(project).uncertain == (uncertain,)
    resolved = store.resolve(job.id, answer)
    assert resolved is not None
    assert resolved.state == state
    assert (store.spending(project).reserved, store.spending(project).spent) == (0.0, spent)
    assert store.resolve(job.id, answer) is None


def test_an_uncertain_job_whose_id_the_writer_found_is_fetched(store: Store, project: str) -> None:
    (job,) = store.add_jobs([paid(project)])
    attempt = must_claim(store, "runpod", "runpod", price=lambda request: 0.3).attempt
    store.end(attempt.id, Ending("uncertain", "uncertain"))
    store.resolve(job.id, "came", "abc-123")
    (claim,) = store.take_over("w", 60.0)
    assert (claim.attempt.id, claim.attempt.remote_id, claim.job.state) == (attempt.id, "abc-123", "running")


def test_the_id_a_server_gave_is_kept(store: Store, project: str) -> None:
    store.add_jobs([paid(project)])
    attempt = must_claim(store, "runpod", "runpod").attempt
    assert store.remote_id(attempt.id) is None
    store.keep_remote_id(attempt.id, "abc-123")
    assert store.remote_id(attempt.id) == "abc-123"
    with pytest.raises(NotFoundError, match="job-not-found"):
        store.keep_remote_id("nobody", "x")


def test_a_picture_that_cost_more_than_was_thought_is_seen_by_the_next_claim(
    store: Store, project: str
) -> None:
    store.set_budget(project, 1.0)
    store.add_jobs([paid(project, panel=f"p{n}") for n in range(3)])

    def next_one() -> Claim | None:
        return claimed(store, kind="runpod", price=lambda request: 0.3)

    first, second = next_one(), next_one()
    assert first is not None
    assert second is not None
    store.settle(first.attempt.id, [], seconds=9.0, cost=1.1)
    assert next_one() is None, "0.3 would have been left by the estimates"
    spending = store.queue_view(project).spending
    assert (spending.spent, spending.reserved) == pytest.approx((1.1, 0.3))
    store.settle(second.attempt.id, [], cost=0.1)
    assert next_one() is None
    store.set_budget(project, 2.0)
    assert next_one() is not None


def test_a_cancelled_job_that_may_be_made_all_the_same_is_the_writers_to_decide(
    store: Store, project: str
) -> None:
    """What nobody will be asked about holds no money back, and counts as it was estimated."""
    (job,) = store.add_jobs([paid(project)])
    attempt = must_claim(store, "runpod", "runpod", price=lambda request: 0.3).attempt
    store.keep_remote_id(attempt.id, "ep1/")
    store.cancel(job.id)
    uncertain = store.end(attempt.id, Ending("uncertain", "runpod-unanswered"))
    assert uncertain is not None
    assert (uncertain.state, store.spending(project).reserved) == ("uncertain", 0.3)
    store.resolve(job.id, "again")
    again = must_claim(store, "runpod", "runpod", price=lambda request: 0.3).attempt
    store.keep_remote_id(again.id, "ep1/")
    store.cancel(job.id)
    store.requeue(job.id)
    assert store.end(again.id, Ending("uncertain", "runpod-unanswered")) is None, "asked for anew already"
    assert (store.spending(project).spent, store.spending(project).reserved) == (0.3, 0.0)


def test_what_was_sent_counts_as_estimated_where_nobody_knows_its_cost(store: Store, project: str) -> None:
    endings = ((None, "ep1/1", 0.3), (0.0, "ep1/2", 0.0), (None, "", 0.0))
    store.add_jobs([paid(project) for _ in endings])
    for cost, remote, counts in endings:
        before = store.spending(project).spent
        attempt = must_claim(store, "runpod", "runpod", price=lambda request: 0.3).attempt
        store.keep_remote_id(attempt.id, remote)
        store.end(attempt.id, Ending("failed", "runpod-expired", cost=cost))
        assert store.spending(project).spent - before == pytest.approx(counts)
        assert store.attempts_of(attempt.job_id)[0].cost == cost


def test_a_picture_that_is_being_made_is_not_begun_again_for_another_panel_unless_the_writer_says_so(
    store: Store, project: str
) -> None:
    request = DiffusionRequest(backend="runpod", prompt="one and the same")
    _first, twin, anew = store.add_jobs([paid(project, request=request, anew=n == 2) for n in range(3)])
    began = must_claim(store, "runpod", "runpod", price=lambda request: 0.1).attempt
    assert must_claim(store, "runpod", "runpod", price=lambda request: 0.1).job.id == anew.id
    assert claimed(store, "runpod", "runpod", price=lambda request: 0.1) is None
    store.cancel(anew.id)
    store.settle(began.id, [a_take(project, request=request)], cost=0.1)
    assert must_claim(store, "runpod", "runpod", price=lambda request: 0.1).job.id == twin.id


def test_however_many_ask_at_once_a_picture_is_queued_once(store: Store, project: str) -> None:
    wanted, made = paid(project), list[str]()

    def ask(number: int) -> None:
        made.extend(job.id for job in store.add_jobs([replace(wanted, id=f"job-{number}")], once=True))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert [job.id for job in store.jobs(project)] == made
