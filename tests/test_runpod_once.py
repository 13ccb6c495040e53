"""What is sent to RunPod is sent once: lost answers, refusals, crashes, and what is found again."""

from __future__ import annotations

import asyncio
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kitsumy_core.errors import (
    RejectedError,
    RenderFailedError,
    StorageError,
    UncertainError,
    UnreachableError,
)
from kitsumy_core.messages import explain
from kitsumy_core.render.backend import LeftRunning
from kitsumy_core.render.runpod import RunPodBackend
from kitsumy_core.render.runpod_account import MemoryIds
from kitsumy_core.render.runpod_job import Rhythm
from kitsumy_core.render.runpod_route import Endpoints
from tests.comfyui_scenarios import Told, until
from tests.runpod_server import Job, RunPodDouble
from tests.runpods import REQUEST, refused, rendered, using


@pytest.fixture(scope="module")
def _running() -> Iterator[RunPodDouble]:
    with RunPodDouble() as running:
        yield running


@pytest.fixture
def cloud(_running: RunPodDouble) -> RunPodDouble:
    _running.reset()
    return _running


@contextmanager
def hanging_up() -> Iterator[str]:
    """A server that reads what it is sent and hangs up without a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    one, _address = listening.accept()
                except OSError:
                    return
                one.recv(65536)
                one.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v2"
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("fault", ["no answer in time", "500", "502", "no id"])
def test_a_submission_without_an_answer_is_uncertain_and_never_sent_again(
    cloud: RunPodDouble, fault: str
) -> None:
    ids = MemoryIds()
    if fault == "no answer in time":
        cloud.run_delay = 1.0
    else:
        status = 200 if fault == "no id" else int(fault)
        cloud.run_answers = [(status, {"status": "IN_QUEUE"})]
    refused(UncertainError, "runpod-unanswered", cloud, ids=ids, read_timeout=0.2)
    assert len(cloud.paths("/run")) == 1
    (job_id,) = ids._ids
    with pytest.raises(UncertainError):
        using(cloud.url, lambda backend: backend.recover(job_id), ids=ids)
    assert len(cloud.paths("/run")) == 1


def test_a_server_that_hangs_up_leaves_it_uncertain() -> None:
    with hanging_up() as url, pytest.raises(UncertainError):
        using(url, lambda backend: backend.render(str(uuid.uuid4()), REQUEST, Told()))


def test_nobody_there_means_nothing_was_sent(cloud: RunPodDouble) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/v2"
    with pytest.raises(UnreachableError) as caught:
        using(url, lambda backend: backend.render(str(uuid.uuid4()), REQUEST, Told()))
    assert caught.value.error_code == "runpod-unreachable"
    assert caught.value.retryable
    ids, job_id = MemoryIds(), str(uuid.uuid4())
    with pytest.raises(UnreachableError):
        using(url, lambda backend: backend.render(job_id, REQUEST, Told()), ids=ids)
    assert using(url, lambda backend: backend.recover(job_id), ids=ids) is None, "it may be sent again"


def test_a_busy_queue_is_asked_again_because_it_took_nothing(cloud: RunPodDouble) -> None:
    cloud.run_answers = [(429, {}), (429, {})]
    told = Told()
    assert len(rendered(cloud, told)) == 1
    assert "runpod-busy-waiting" in {p.note for p in told}
    cloud.run_answers = [(429, {})] * 3
    assert refused(UnreachableError, "runpod-busy", cloud).retryable


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "runpod-key-refused"),
        (400, "runpod-refused"),
        (413, "runpod-too-large"),
        (307, "runpod-answers-badly"),
    ],
)
def test_a_refusal_is_said_in_words_and_not_repeated(cloud: RunPodDouble, status: int, code: str) -> None:
    cloud.run_answers = [(status, {"error": "json is invalid"})]
    refused(RejectedError, code, cloud)
    assert len(cloud.paths("/run")) == 1


def test_an_id_that_cannot_be_stored_before_sending_stops_the_sending(cloud: RunPodDouble) -> None:
    class Full(MemoryIds):
        async def keep(self, job_id: str, remote_id: str) -> None:
            raise StorageError("disk-full", where="x")

    with pytest.raises(StorageError):
        rendered(cloud, ids=Full())
    assert cloud.submitted == []


def test_a_job_is_found_again_by_its_id_while_it_runs_and_after(cloud: RunPodDouble) -> None:
    ids, job_id = MemoryIds(), str(uuid.uuid4())
    cloud.running_polls = 10_000

    async def killed(backend: RunPodBackend) -> None:
        task = asyncio.create_task(backend.render(job_id, REQUEST, Told()))
        await until(lambda: "/" in ids._ids.get(job_id, "") and not ids._ids[job_id].endswith("/"))
        backend.leave()
        task.cancel()
        with pytest.raises(LeftRunning):
            await task

    using(cloud.url, killed, ids=ids)
    cloud.running_polls = 1
    for _ in range(2):
        found = using(cloud.url, lambda backend: backend.recover(job_id), ids=ids)
        assert found is not None
        assert len(found) == 1
    assert len(cloud.submitted) == 1


def test_what_was_never_sent_or_is_forgotten_there_is_lost(cloud: RunPodDouble) -> None:
    ids = MemoryIds()
    assert using(cloud.url, lambda backend: backend.recover("never"), ids=ids) is None
    asyncio.run(ids.keep("old", "ep1/11111111-u1"))
    with pytest.raises(RenderFailedError) as caught:
        using(cloud.url, lambda backend: backend.recover("old"), ids=ids)
    assert (caught.value.error_code, caught.value.retryable) == ("runpod-expired", False), "it may be paid"


def test_the_id_a_writer_read_in_the_console_is_enough(cloud: RunPodDouble) -> None:
    cloud.endpoints = {"ep1", "ep2"}
    rendered(cloud, endpoints=Endpoints(("ep2",)))
    ids = MemoryIds()
    asyncio.run(ids.keep("pasted", f" {cloud.submitted[0].id}"))
    both = Endpoints(("gone", "ep1", "ep2"))
    assert using(cloud.url, lambda backend: backend.recover("pasted"), ids=ids, endpoints=both)
    for wrong in ("nothing-like-it", "two words"):
        asyncio.run(ids.keep("mistyped", wrong))
        with pytest.raises(UncertainError) as caught:
            using(cloud.url, lambda backend: backend.recover("mistyped"), ids=ids, endpoints=both)
        assert "?" not in explain(caught.value, "en")


def test_a_job_that_another_process_sent_can_be_withdrawn(cloud: RunPodDouble) -> None:
    ids, job = MemoryIds(), Job("11-u1", "ep1", {}, {})
    cloud.jobs[job.id] = job
    for known in ("ep1/11-u1", "ep1/", "ep1/unknown-u1", ""):
        asyncio.run(ids.keep("job", known))
        using(cloud.url, lambda backend: backend.withdraw("job"), ids=ids)
    assert job.status == "CANCELLED"


def test_a_job_the_service_forgets_in_between_is_not_sent_again_by_itself(cloud: RunPodDouble) -> None:
    cloud.forgets = True
    error = refused(RenderFailedError, "runpod-expired", cloud)
    assert not error.retryable


def test_silence_until_the_deadline_is_uncertain_and_the_picture_can_be_fetched_later(
    cloud: RunPodDouble,
) -> None:
    cloud.is_silent, ids = True, MemoryIds()
    hurried = Rhythm(first=0.01, most=0.02, most_failing=0.05, deadline=0.3)
    refused(UncertainError, "runpod-outcome-unknown", cloud, ids=ids, rhythm=hurried)
    cloud.is_silent = False
    (job_id,) = ids._ids
    assert using(cloud.url, lambda backend: backend.recover(job_id), ids=ids)
    assert len(cloud.submitted) == 1
