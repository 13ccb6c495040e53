"""What RunPod bills is reckoned, remembered by all processes, held below a limit; endpoints by their wait."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from kitsumy_core.errors import LostJobError, RejectedError, UncertainError, UsageError
from kitsumy_core.render.backend import LeftRunning
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod_account import Account
from kitsumy_core.render.runpod_cost import Meter, Prices, expected_seconds, work_of
from kitsumy_core.render.runpod_route import Endpoints, expected_wait, note_of, ranked, slots_of
from kitsumy_core.render.runpod_spend import DAY, Paid, SpendBook
from kitsumy_core.render.runpod_wire import Answer, Health

REQUEST = DiffusionRequest(prompt="a lighthouse", width=1024, height=1024, steps=20)


def done(seconds: float, delay: float = 0.0, worker: str = "w1", job: str = "j") -> Answer:
    return Answer(job, "COMPLETED", seconds=seconds, delay=delay, worker=worker)


def test_prices_are_read_for_all_and_for_each() -> None:
    prices = Prices("0.00031, ep2 = 0.00053")
    assert prices.of("ep1") == 0.00031
    assert prices.of("ep2") == 0.00053
    assert Prices("").of("ep1") is None
    for wrong in ("4090", "ep=", "ep=-1", "cheap", "0.1=ep"):
        with pytest.raises(UsageError):
            Prices(wrong)


def test_a_lone_job_is_billed_from_its_start_to_the_end_of_the_idle_time() -> None:
    meter = Meter(Prices("0.00031"), idle=5)
    assert meter.billed("ep1", done(49.2, delay=60), 1000.0, cold=True) == 50 + 5 + 60
    assert meter.cost("ep1", 115) == pytest.approx(0.03565)


def test_the_idle_time_between_two_jobs_is_billed_once() -> None:
    meter = Meter(Prices("0.001"), idle=5)
    first = meter.billed("ep1", done(10), ended=100.0, cold=False)
    second = meter.billed("ep1", done(10), ended=112.0, cold=False)
    assert first + second == 10 + 2 + 10 + 5, "two seconds of idling between them, five after the last"
    late = meter.billed("ep1", done(10), ended=500.0, cold=False)
    assert late == 15
    other = meter.billed("ep1", done(10, worker="w2"), ended=500.0, cold=False)
    assert other == 15


def test_a_job_that_never_ran_costs_nothing() -> None:
    assert Meter(Prices("0.001"), 5).billed("ep1", Answer("j", "CANCELLED"), 1.0, cold=True) == 0
    account = Account(Prices("0.001"), idle=5)
    assert account.settle("ep1", Answer("j", "CANCELLED"), [REQUEST], cold=True) == 0
    assert account.settle("ep1", Answer("j", "COMPLETED"), [REQUEST], cold=True) is None, (
        "not told: not known"
    )
    assert account.settle("ep1", Answer("j", "CANCELLED", worker="w"), [], cold=True) is None


def test_earlier_jobs_tell_what_a_request_will_take() -> None:
    half = REQUEST.but(steps=10)
    assert expected_seconds(REQUEST, []) is None
    assert expected_seconds(REQUEST, [(work_of(half), 5.0)]) == pytest.approx(10.0)
    account = Account(Prices("0.001"), idle=5)
    assert account.estimate("ep1", REQUEST).seconds is None
    account.settle("ep1", done(12.0), [REQUEST], cold=False)
    found = account.estimate("ep1", REQUEST)
    assert found.seconds == pytest.approx(12.0)
    assert found.usd == pytest.approx(0.017)
    assert account.estimate("ep2", REQUEST).usd is None


def test_the_limit_is_kept_before_it_is_passed_with_what_is_on_its_way() -> None:
    account = Account(Prices("0.01"), idle=0, limit=1.0)
    with (
        account.reserved("a", ("ep1",), REQUEST),
        pytest.raises(RejectedError) as caught,
        account.reserved("b", ("ep1",), REQUEST),
    ):
        pytest.fail("two jobs of 0.60 do not fit into 1.00")
    assert caught.value.error_code == "runpod-spend-limit"
    account.settle("ep1", done(20.0), [REQUEST], cold=False)
    with ExitStack() as several:
        for job in ("a", "b", "c"):
            several.enter_context(account.reserved(job, ("ep1",), REQUEST))
    for prices in ("", "ep1=0.001"):
        with (
            pytest.raises(RejectedError) as caught,
            Account(Prices(prices), limit=1.0).reserved("a", ("ep1", "ep2"), REQUEST),
        ):
            pytest.fail("a limit without the price of every endpoint it may go to cannot be kept")
        assert caught.value.error_code == "runpod-price-unknown"


def test_processes_that_send_at_the_same_time_keep_one_limit(tmp_path: Path) -> None:
    file, granted, end = tmp_path / "spend.jsonl", [], threading.Event()
    ready = threading.Barrier(6)

    def send(number: int) -> None:
        account = Account(Prices("0.01"), SpendBook(file), idle=0, limit=2.0)
        ready.wait()
        with suppress(RejectedError), account.reserved(f"job-{number}", ("ep1",), REQUEST):
            granted.append(number)
            end.wait(10)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 10
    while file.read_bytes().count(b"held") < 6 + 3 if file.exists() else True:
        assert time.monotonic() < until, "three of 0.60 fit into 2.00, three give back"
        time.sleep(0.01)
    assert len(granted) == 3
    end.set()
    for thread in threads:
        thread.join()
    assert SpendBook(file).hold("next", 0.0) == 0.0, "nothing is left hanging"


@pytest.mark.parametrize("end", [LeftRunning(), UncertainError("runpod-unanswered"), LostJobError()])
def test_money_for_what_is_or_may_be_made_stays_held_back_until_it_is_paid(
    tmp_path: Path, end: BaseException
) -> None:
    file = tmp_path / "spend.jsonl"
    before = Account(Prices("0.01"), SpendBook(file), idle=0, limit=1.0)
    with pytest.raises(type(end)), before.reserved("a", ("ep1",), REQUEST):
        raise end
    after = Account(Prices("0.01"), SpendBook(file), idle=0, limit=1.0)
    with pytest.raises(RejectedError), after.reserved("b", ("ep1",), REQUEST):
        pytest.fail("0.60 are on their way")
    assert after.settle("ep1", done(20.0), [], cold=False) == pytest.approx(0.2)
    after.release("a")
    with after.reserved("b", ("ep1",), REQUEST):
        pass
    assert after.settle("ep1", done(99.0), [], cold=False) == pytest.approx(0.2), "noted once, by whom ever"


def test_spending_is_shared_by_processes_and_counts_a_job_once(tmp_path: Path) -> None:
    file, now = tmp_path / "data" / "spend.jsonl", [1_000_000.0]
    one, two = SpendBook(file, lambda: now[0]), SpendBook(file, lambda: now[0])
    one.add(Paid(now[0], "ep1", "ep1/a", 20.0, 10.0, 0.25))
    two.add(Paid(now[0], "ep1", "ep1/a", 20.0, 10.0, 0.25))
    two.add(Paid(now[0] + 1, "ep1", "ep1/b", 20.0, 12.0, 0.5))
    assert one.last_day() == two.last_day() == 0.75
    assert one.known("ep1") == [(20.0, 10.0), (20.0, 12.0)]
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open("a") as broken:
        broken.write('{"at": 1, "endp')
    assert SpendBook(file, lambda: now[0]).last_day() == 0.75
    two.add(Paid(now[0] + 1, "ep1", "ep1/c", usd=0.125))
    assert SpendBook(file, lambda: now[0]).last_day() == 0.875, "a line that was cut short spoils no other"
    now[0] += DAY + 0.5
    assert one.last_day() == 0.625


def test_many_threads_lose_no_line(tmp_path: Path) -> None:
    books = [SpendBook(tmp_path / "spend.jsonl", lambda: 10.0) for _ in range(4)]

    def write(number: int) -> None:
        for n in range(25):
            books[number].add(Paid(10.0, "ep1", f"{number}-{n}", 1.0, 1.0, 0.01))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(round(book.last_day(), 6) == 1.0 for book in books)


def test_a_folder_that_cannot_be_written_holds_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    book = SpendBook(tmp_path / "file" / "spend.jsonl", lambda: 5.0)
    book.add(Paid(5.0, "ep1", "a", usd=0.5))
    assert book.last_day() == 0.5


def test_small_and_large_pictures_go_to_the_endpoints_meant_for_them() -> None:
    all_of_them = Endpoints(("a", "b"), large="big", quick="fast")
    assert all_of_them.for_request(REQUEST.but(steps=12, width=512, height=512))[0] == "fast"
    assert all_of_them.for_request(REQUEST.but(width=2048, height=1024)) == ("big", "a", "b")
    assert all_of_them.for_request(REQUEST) == ("a", "b")
    assert Endpoints(large="big").for_request(REQUEST) == ("big",)
    assert all_of_them.all == ("a", "b", "big", "fast")


def test_the_shortest_wait_comes_first() -> None:
    typical = {"a": 30.0, "b": 30.0}
    free, busy = Health(idle=1), Health(running=1, queued=2, in_progress=1)
    cold, stuck = Health(), Health(throttled=2, queued=1)
    assert ranked(["a", "b"], {"a": busy, "b": free}, typical) == ["b", "a"]
    assert ranked(["a", "b"], {"a": stuck, "b": cold}, typical) == ["b", "a"]
    assert ranked(["a", "b"], {"a": cold, "b": busy}, typical) == ["a", "b"]
    assert ranked(["a", "b"], {"a": None, "b": cold}, typical) == ["a", "b"], "else the order of the settings"
    assert expected_wait(Health(running=2, in_progress=2, queued=2), 10) < expected_wait(busy, 30)


def test_a_wait_is_said_for_what_it_is() -> None:
    assert note_of(Health(idle=1)) == note_of(Health(running=1, queued=5)) == note_of(None) == ""
    assert note_of(Health(initializing=1, queued=1)) == "runpod-cold-start"
    assert note_of(Health(queued=1)) == "runpod-cold-start"
    assert note_of(Health(throttled=2, queued=1)) == "runpod-throttled"
    assert note_of(Health(queued=2)) == "runpod-no-workers"
    assert note_of(Health(unhealthy=1, queued=1)) == "runpod-unhealthy"


def test_as_many_jobs_are_under_way_as_the_workers_bear_and_one_waits() -> None:
    assert slots_of({}, ["a"]) == 2
    assert slots_of({"a": Health(idle=2, running=1)}, ["a"]) == 4
    assert slots_of({"a": Health(running=3, ready=3), "b": None}, ["a", "b"]) == 6
    assert slots_of({"a": Health(idle=90)}, ["a"]) == 16
    assert slots_of({}, []) == 0
