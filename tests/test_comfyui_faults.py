"""The ComfyUI client against recorded traffic: failures, refusals, lost servers, cancelling, stalling."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from kitsumy_core.errors import (
    CancelledJobError,
    LostJobError,
    RejectedError,
    RenderFailedError,
    StalledError,
    UnreachableError,
)
from kitsumy_core.render.backend import Progress
from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.comfyui_wire import failure_of
from tests.comfyui_scenarios import REQUEST, Told, during, new_job, rendered, until, using
from tests.comfyui_server import ComfyUIDouble, post_answer


@pytest.fixture
def server() -> Iterator[ComfyUIDouble]:
    with ComfyUIDouble() as double:
        yield double


# -- a job that fails


def test_an_execution_error_names_the_node_and_the_reason(server: ComfyUIDouble) -> None:
    server.plays = "error"
    with pytest.raises(RenderFailedError) as caught:
        rendered(server)
    assert caught.value.error_code == "render-failed"
    assert caught.value.params["node_type"] == "KSampler"
    assert "shapes cannot be multiplied" in caught.value.params["problem"]


def test_one_of_two_outputs_failing_is_a_failure(server: ComfyUIDouble) -> None:
    server.plays = "two_outputs_one_fails"
    with pytest.raises(RenderFailedError):
        rendered(server)


@pytest.mark.parametrize(
    "error",
    [
        {"exception_type": "torch.OutOfMemoryError", "exception_message": "no room"},
        {"exception_type": "RuntimeError", "exception_message": "CUDA error: out of memory"},
    ],
)
def test_running_out_of_memory_has_a_code_of_its_own(error: dict[str, str]) -> None:
    assert failure_of({**error, "node_id": "3", "node_type": "KSampler"})[0] == "render-out-of-memory"


def test_an_interrupt_by_somebody_else_is_a_cancelled_job(server: ComfyUIDouble) -> None:
    server.plays = "interrupted"
    with pytest.raises(CancelledJobError) as caught:
        rendered(server)
    assert caught.value.error_code == "interrupted-on-server"


def test_a_partly_accepted_graph_is_refused_and_withdrawn(server: ComfyUIDouble) -> None:
    server.next_answer = post_answer("TWO outputs")
    server.hold_at = "progress"
    with pytest.raises(RejectedError) as caught:
        rendered(server)
    assert caught.value.params["nodes"][0]["node_type"] == "LoadImage"
    assert server.calls("/queue", "POST")
    assert not server.pending_ids


def test_a_bare_500_is_a_refusal_without_reason(server: ComfyUIDouble) -> None:
    server.next_answer = post_answer("body: UI-format")
    with pytest.raises(RejectedError) as caught:
        rendered(server)
    assert caught.value.error_code == "rejected-without-reason"
    assert caught.value.params["status"] == 500


@pytest.mark.parametrize(
    ("label", "node", "text"),
    [
        ("ckpt_name not in list", "4", "not in list"),
        ("several inputs missing", "5", "smaller than min"),
        ("unknown node class", "", "NoSuchNode does not exist"),
        ("cycle", "", "failed validation"),
        ("body: prompt = {}", "", "no outputs"),
    ],
)
def test_a_refusal_says_which_node_and_why(server: ComfyUIDouble, label: str, node: str, text: str) -> None:
    server.next_answer = post_answer(label)
    with pytest.raises(RejectedError) as caught:
        rendered(server)
    nodes = caught.value.params["nodes"]
    assert [n["node"] for n in nodes][:1] == ([node] if node else [])
    assert text in caught.value.params["problem"] + str(nodes)


def test_a_file_that_is_gone_is_a_lost_job(server: ComfyUIDouble) -> None:
    server.plays = "cached"
    server.loses_files = True
    with pytest.raises(LostJobError) as caught:
        rendered(server)
    assert caught.value.error_code == "picture-gone"


def test_half_a_picture_is_not_a_picture(server: ComfyUIDouble) -> None:
    server.breaks_files = True
    with pytest.raises(RenderFailedError) as caught:
        rendered(server)
    assert caught.value.error_code == "picture-broken"


# -- a server that goes away


def test_a_server_that_forgot_the_job_means_a_lost_job(server: ComfyUIDouble) -> None:
    server.hold_at = "progress"

    async def forget(task: asyncio.Task[Any]) -> None:
        await until(lambda: server.running_id)
        server.forget()

    with pytest.raises(LostJobError):
        during(server, forget, lost=0.2)


def test_a_picture_saved_before_the_server_forgot_is_still_fetched(server: ComfyUIDouble) -> None:
    server.hold_at = "execution_success"

    async def forget(task: asyncio.Task[Any]) -> None:
        await until(lambda: server.files)
        server.forget()

    assert len(during(server, forget, lost=0.2)) == 1


def test_a_server_restarted_in_mid_job_means_a_lost_job(server: ComfyUIDouble) -> None:
    server.hold_at = "progress"

    async def restart(task: asyncio.Task[Any]) -> None:
        await until(lambda: server.running_id)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)

    with pytest.raises(LostJobError):
        during(server, restart, lost=0.2)


def test_a_server_that_does_not_come_back_is_unreachable(server: ComfyUIDouble) -> None:
    server.hold_at = "progress"

    async def kill(task: asyncio.Task[Any]) -> None:
        await until(lambda: server.running_id)
        await asyncio.to_thread(server.kill)

    with pytest.raises(UnreachableError):
        during(server, kill, unreachable=0.3)


def test_no_server_at_all_is_unreachable_and_a_finding() -> None:
    server = ComfyUIDouble()
    with pytest.raises(UnreachableError):
        using(server, lambda b: b.render(new_job(), REQUEST, Told()), url="http://127.0.0.1:9")
    (finding,) = using(server, lambda b: b.check(), url="http://127.0.0.1:9")
    assert (finding.ok, finding.code) == (False, "server-unreachable")


# -- cancelling and stalling


def test_cancelling_a_waiting_job_deletes_it_and_leaves_the_running_one_alone(server: ComfyUIDouble) -> None:
    server.add_foreign(1)

    async def cancel(task: asyncio.Task[Any]) -> None:
        await until(lambda: server.pending_ids)
        task.cancel()

    with pytest.raises(asyncio.CancelledError):
        during(server, cancel)
    assert server.pending_ids == []
    assert server.calls("/interrupt") == []
    assert server.running_id == "foreign-1"


def test_cancelling_a_running_job_interrupts_that_job_only(server: ComfyUIDouble) -> None:
    server.hold_at = "progress"

    async def cancel(task: asyncio.Task[Any]) -> None:
        await until(lambda: server.running_id)
        task.cancel()

    with pytest.raises(asyncio.CancelledError):
        during(server, cancel)
    (call,) = server.calls("/interrupt")
    assert call.body == {"prompt_id": server.calls("/prompt")[0].body["prompt_id"]}


def test_cancelling_while_the_graph_is_being_posted_leaves_nothing_behind(server: ComfyUIDouble) -> None:
    server.queue_delay = server.post_delay = 0.2
    server.hold_at = "progress"

    async def cancel(task: asyncio.Task[Any]) -> None:
        await until(lambda: server.calls("/prompt"))
        task.cancel()

    with pytest.raises(asyncio.CancelledError):
        during(server, cancel)
    time.sleep(0.5)
    assert (server.pending_ids, server.running_id) == ([], None)


def test_a_job_without_progress_is_given_up_and_withdrawn(server: ComfyUIDouble) -> None:
    server.hold_at = "progress"
    with pytest.raises(StalledError):
        rendered(server, stalled=0.4)
    assert server.calls("/interrupt")


def test_without_a_socket_a_running_job_gets_more_time(server: ComfyUIDouble) -> None:
    server.refuse_sockets = True
    server.hold_at = "progress"

    async def wait(task: asyncio.Task[Any]) -> None:
        await asyncio.sleep(0.6)
        assert not task.done()

    with pytest.raises(StalledError):
        during(server, wait, stalled=0.2)


def test_waiting_in_a_queue_that_moves_is_progress(server: ComfyUIDouble) -> None:
    server.add_foreign(5)

    async def move(task: asyncio.Task[Any]) -> None:
        for _ in range(5):
            await asyncio.sleep(0.4)
            assert not task.done()
            server.let_foreign_go()

    assert len(during(server, move, stalled=1.2)) == 1


def test_waiting_in_a_queue_that_stands_still_is_a_stall(server: ComfyUIDouble) -> None:
    server.add_foreign(1)
    with pytest.raises(StalledError):
        rendered(server, stalled=0.5)
    assert server.pending_ids == []


def test_a_restart_between_two_renders_is_not_noticed(server: ComfyUIDouble) -> None:
    async def scenario(backend: ComfyUIBackend) -> int:
        await backend.render(new_job(), REQUEST, Told())
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        return len(await backend.render(new_job(), REQUEST, Told()))

    assert using(server, scenario) == 1


def test_a_report_that_raises_ends_the_job_and_withdraws_it(server: ComfyUIDouble) -> None:
    server.hold_at = "progress"

    def report(progress: Progress) -> None:
        if progress.stage == "sampling":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        using(server, lambda b: b.render(new_job(), REQUEST, report))
    assert server.calls("/interrupt")
