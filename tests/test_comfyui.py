"""The ComfyUI client against recorded traffic: every rule of the server's contract."""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from kitsumy_core.errors import (
    CancelledJobError,
    LostJobError,
    MissingResourcesError,
    RejectedError,
    RenderFailedError,
    StalledError,
    UnreachableError,
    UsageError,
)
from kitsumy_core.render.backend import Picture, Progress
from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.comfyui_job import Patience
from kitsumy_core.render.comfyui_wire import failure_of, read_frame, read_history, read_message, read_queue
from kitsumy_core.render.request import DiffusionRequest, LoraUse, SketchRequest
from kitsumy_core.render.shot import Shot
from kitsumy_core.render.workflow import Graph, read_graph
from tests.comfyui_server import ComfyUIDouble, a_png, post_answer, recorded

WORKFLOWS = Path(__file__).parents[1] / "workflows"
T = TypeVar("T")
REQUEST = DiffusionRequest(prompt="a lighthouse", width=128, height=64, steps=4, seed=7)


@pytest.fixture
def server() -> Iterator[ComfyUIDouble]:
    with ComfyUIDouble() as double:
        yield double


def load(name: str) -> Graph:
    return read_graph((WORKFLOWS / f"{name}.json").read_bytes())


def new_job() -> str:
    return str(uuid.uuid4())


class Told(list[Progress]):
    """A report that keeps everything."""

    def __call__(self, progress: Progress) -> None:
        self.append(progress)

    @property
    def stages(self) -> list[str]:
        return list(dict.fromkeys(p.stage for p in self))


def using(
    server: ComfyUIDouble, act: Callable[[ComfyUIBackend], Awaitable[T]], url: str = "", **patience: float
) -> T:
    """Run one scenario with a backend of its own."""

    async def scenario() -> T:
        backend = ComfyUIBackend(
            url or server.url, load, lambda key: a_png(32, 32), patience=Patience(**patience)
        )
        try:
            return await act(backend)
        finally:
            await backend.aclose()

    return asyncio.run(scenario())


def rendered(server: ComfyUIDouble, told: Told | None = None, **patience: float) -> list[Picture]:
    job = new_job()
    return list(using(server, lambda b: b.render(job, REQUEST, Told() if told is None else told), **patience))


async def until(holds: Callable[[], object], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.005)


def during(
    server: ComfyUIDouble, act: Callable[[asyncio.Task[Any]], Coroutine[Any, Any, None]], **patience: float
) -> list[Picture]:
    """Start a render, act in its midst, return what it brings."""

    async def scenario(backend: ComfyUIBackend) -> list[Picture]:
        task = asyncio.create_task(backend.render(new_job(), REQUEST, Told()))
        await act(task)
        return list(await task)

    return using(server, scenario, **patience)


# -- a job that succeeds


@pytest.mark.parametrize("transcript", ["fresh", "fresh_type4", "partly_cached", "cached"])
def test_a_recorded_run_brings_a_whole_picture(server: ComfyUIDouble, transcript: str) -> None:
    server.plays = transcript
    (picture,) = rendered(server)
    assert (picture.width, picture.height) == ((64, 64) if transcript == "cached" else (128, 64))
    assert picture.data.startswith(b"\x89PNG")
    assert picture.seed == 7
    assert server.renders == (transcript != "cached")


def test_progress_goes_from_waiting_to_fetching_with_a_preview(server: ComfyUIDouble) -> None:
    told = Told()
    rendered(server, told)
    assert [s for s in told.stages if s != "loading"] == ["waiting", "sampling", "fetching"]
    steps = [(p.value, p.total) for p in told if p.stage == "sampling"]
    assert steps == sorted(steps)
    assert steps[-1] == (4, 4)
    assert any(p.preview and p.preview.startswith(b"\xff\xd8\xff") for p in told)


def test_frames_without_an_id_are_taken_while_our_job_executes(server: ComfyUIDouble) -> None:
    server.old_frames = True
    told = Told()
    rendered(server, told)
    assert any(p.preview for p in told)


def test_the_socket_is_open_and_has_spoken_before_the_graph_is_posted(server: ComfyUIDouble) -> None:
    rendered(server)
    order = [c.path for c in server.received]
    assert order.index("/ws") < order.index("/prompt")
    flags = next(c.body for c in server.received if c.path == "first message")
    assert flags == {"type": "feature_flags", "data": {"supports_preview_metadata": True}}


def test_the_job_id_is_the_prompt_id_and_the_file_prefix(server: ComfyUIDouble) -> None:
    job = new_job()
    using(server, lambda b: b.render(job, REQUEST, Told()))
    (call,) = server.calls("/prompt")
    assert call.body["prompt_id"] == job
    assert call.body["client_id"] == server.client_ids[0]
    assert call.body["prompt"]["9"]["inputs"]["filename_prefix"] == f"kitsumy/{job}"


def test_a_batch_brings_all_its_pictures(server: ComfyUIDouble) -> None:
    pictures = using(server, lambda b: b.render(new_job(), REQUEST.but(batch=3), Told()))
    assert len(pictures) == 3


def test_renders_at_once_share_one_socket_and_get_their_own_pictures(server: ComfyUIDouble) -> None:
    async def scenario(backend: ComfyUIBackend) -> list[Any]:
        sizes = [(64, 64), (128, 64), (64, 192)]
        requests = [REQUEST.but(width=w, height=h) for w, h in sizes]
        return await asyncio.gather(*(backend.render(new_job(), r, Told()) for r in requests))

    results = using(server, scenario)
    assert [(p.width, p.height) for (p,) in results] == [(64, 64), (128, 64), (64, 192)]
    assert server.sockets_opened == 1


def test_messages_that_come_before_the_post_returns_are_kept(server: ComfyUIDouble) -> None:
    server.post_delay = 0.4
    told = Told()
    rendered(server, told)
    assert told.stages[-1] == "fetching"
    assert len(server.calls("/queue", "GET")) == 0


def test_a_history_entry_that_comes_late_is_waited_for(server: ComfyUIDouble) -> None:
    server.history_delay = 0.4
    assert len(rendered(server)) == 1


def test_a_server_that_names_jobs_itself_is_followed_under_its_name(server: ComfyUIDouble) -> None:
    server.ignores_prompt_id = True
    server.post_delay = 0.3
    told = Told()
    assert len(rendered(server, told)) == 1


def test_jobs_and_frames_of_others_do_not_show_in_ours(server: ComfyUIDouble) -> None:
    server.add_foreign(2)
    told = Told()

    async def scenario(backend: ComfyUIBackend) -> None:
        task = asyncio.create_task(backend.render(new_job(), REQUEST, told))
        await until(lambda: any(p.ahead == 2 for p in told))
        server.let_foreign_go()
        await until(lambda: any(p.ahead == 1 for p in told))
        assert not any(p.preview for p in told)
        assert told.stages == ["waiting"]
        server.let_foreign_go()
        await task

    using(server, scenario)
    assert told.stages[-2:] == ["sampling", "fetching"]


# -- a socket that fails


def test_a_refused_socket_means_polling(server: ComfyUIDouble) -> None:
    server.refuse_sockets = True
    assert len(rendered(server)) == 1
    assert "client_id" not in server.calls("/prompt")[0].body


def test_a_dropped_socket_means_polling_and_a_new_client_id_next_time(server: ComfyUIDouble) -> None:
    server.hold_at = "progress"

    async def scenario(backend: ComfyUIBackend) -> None:
        told = Told()
        task = asyncio.create_task(backend.render(new_job(), REQUEST, told))
        await until(lambda: "sampling" in told.stages)
        await asyncio.to_thread(server.drop_sockets)
        server.release()
        assert len(await task) == 1
        assert len(await backend.render(new_job(), REQUEST, Told())) == 1

    using(server, scenario)
    assert len(set(server.client_ids)) == 2


def test_a_socket_that_went_deaf_does_not_lose_the_job(server: ComfyUIDouble) -> None:
    server.deaf = True
    assert len(rendered(server)) == 1


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
        {"exception_type": "torch.OutOfMemoryError", "exception_message": "Allocation on device"},
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
    server.post_delay = 0.3
    server.hold_at = "progress"

    async def cancel(task: asyncio.Task[Any]) -> None:
        await until(lambda: server.calls("/prompt"))
        task.cancel()

    with pytest.raises(asyncio.CancelledError):
        during(server, cancel)
    assert server.running_id is None or server.calls("/interrupt")
    assert server.pending_ids == []


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


# -- what the server has


def test_a_missing_model_is_named_before_anything_is_queued(server: ComfyUIDouble) -> None:
    request = REQUEST.but(checkpoint="dream.safetensors")
    with pytest.raises(MissingResourcesError) as caught:
        using(server, lambda b: b.render(new_job(), request, Told()))
    (missing,) = caught.value.params["missing"]
    assert (missing["kind"], missing["name"], missing["node"]) == ("model", "dream.safetensors", "4")
    assert "sd_xl_base_1.0.safetensors" in missing["available"]
    assert server.calls("/prompt") == []


def test_what_the_server_has_is_asked_once_and_again_when_something_is_missing(server: ComfyUIDouble) -> None:
    async def scenario(backend: ComfyUIBackend) -> None:
        await backend.render(new_job(), REQUEST, Told())
        await backend.render(new_job(), REQUEST, Told())
        assert len(server.calls("/object_info")) == 1
        added = json.loads(json.dumps(server.object_info))
        added["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"][0].append("dream.safetensors")
        server.object_info = added
        await backend.render(new_job(), REQUEST.but(checkpoint="dream.safetensors"), Told())
        assert len(server.calls("/object_info")) == 2

    using(server, scenario)


def test_a_server_that_cannot_list_its_nodes_still_renders(server: ComfyUIDouble) -> None:
    server.breaks_object_info = True
    assert len(rendered(server)) == 1


def test_an_input_image_is_used_under_the_name_the_server_answers(server: ComfyUIDouble) -> None:
    server.renamed_upload = "ref (1).png"
    using(server, lambda b: b.render(new_job(), REQUEST.but(images=("abc",), denoise=0.45), Told()))
    graph = server.calls("/prompt")[0].body["prompt"]
    assert [n["inputs"]["image"] for n in graph.values() if n["class_type"] == "LoadImage"] == [
        "kitsumy/ref (1).png"
    ]


def test_a_lora_reaches_the_server(server: ComfyUIDouble) -> None:
    request = REQUEST.but(loras=(LoraUse(name="tiny_lora.safetensors", strength=0.85),))
    using(server, lambda b: b.render(new_job(), request, Told()))
    graph = server.calls("/prompt")[0].body["prompt"]
    assert [n["inputs"]["strength_model"] for n in graph.values() if n["class_type"] == "LoraLoader"] == [
        0.85
    ]


def test_a_check_tells_version_device_queue_and_what_each_workflow_lacks(server: ComfyUIDouble) -> None:
    ready, text2img, flux = using(server, lambda b: b.check())
    assert ready.ok
    assert (ready.params["version"], ready.params["device"]) == ("0.3.64", "cpu")
    assert (text2img.ok, text2img.code) == (True, "workflow-ready")
    assert (flux.ok, flux.code) == (False, "workflow-lacks")
    assert "flux1-dev.safetensors" in [m["name"] for m in flux.params["missing"]]


# -- after a crash


def test_a_finished_job_is_recovered_from_the_history(server: ComfyUIDouble) -> None:
    job = new_job()
    using(server, lambda b: b.render(job, REQUEST, Told()))
    pictures = using(server, lambda b: b.recover(job))
    assert pictures is not None
    assert len(pictures) == 1
    assert server.renders == 1


def test_a_job_still_in_the_queue_is_waited_for(server: ComfyUIDouble) -> None:
    server.hold_at = "progress"
    job = new_job()

    async def abandon(backend: ComfyUIBackend) -> None:
        await backend._server.submit(load("text2img"), job, None)

    using(server, abandon)

    async def scenario(backend: ComfyUIBackend) -> int:
        task = asyncio.create_task(backend.recover(job))
        await asyncio.sleep(0.2)
        assert not task.done()
        server.release()
        return len(await task or ())

    assert using(server, scenario) == 1


def test_a_job_the_restarted_server_forgot_is_recovered_from_its_file(server: ComfyUIDouble) -> None:
    job = new_job()
    using(server, lambda b: b.render(job, REQUEST, Told()))
    server.forget()
    pictures = using(server, lambda b: b.recover(job))
    assert pictures is not None
    assert (pictures[0].width, pictures[0].height) == (128, 64)


def test_a_job_nobody_knows_is_not_recovered(server: ComfyUIDouble) -> None:
    assert using(server, lambda b: b.recover(new_job())) is None


# -- addresses


def test_a_password_is_sent_and_never_shown(server: ComfyUIDouble) -> None:
    server.password = "Basic " + base64.b64encode(b"me:s3cret").decode()
    url = server.url.replace("//", "//me:s3cret@")
    assert len(using(server, lambda b: b.render(new_job(), REQUEST, Told()), url=url)) == 1
    assert server.sockets_opened == 1
    server.password = "another"
    with pytest.raises(UnreachableError) as caught:
        using(server, lambda b: b.render(new_job(), REQUEST, Told()), url=url)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "ftp://me:s3cret@host", "http://me:s3cret@", "http://h:99999999"])
def test_an_unusable_address_is_said_without_its_password(url: str) -> None:
    async def build() -> None:
        ComfyUIBackend(url, load, lambda key: b"")

    with pytest.raises(UsageError) as caught:
        asyncio.run(build())
    assert "s3cret" not in str(caught.value)


def test_a_sketch_request_is_not_for_this_backend(server: ComfyUIDouble) -> None:
    request = SketchRequest(shot=Shot(panel_id="p1"), width=64, height=64)
    with pytest.raises(UsageError):
        using(server, lambda b: b.render(new_job(), request, Told()))


# -- reading the wire


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"type": 1}', '{"type": "executing", "data": [1]}', "[" * 9999]
)
def test_odd_text_messages_do_no_harm(text: str) -> None:
    message = read_message(text)
    assert message is None or message.prompt_id == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\1",
        b"\0\0\0\4\xff\xff\xff\xff{}",
        b"\0\0\0\3\0\0\0\1text",
        b"\0\0\0\1\0\0\0\1not an image",
    ],
)
def test_odd_frames_do_no_harm(data: bytes) -> None:
    assert read_frame(data) is None


def test_the_queue_is_read_in_the_order_it_will_run() -> None:
    body = recorded("queue_heap_order")
    assert [row[0] for row in body["queue_pending"]] == [-98, 97, 96]
    queue = read_queue(body)
    front, middle, last = (row[1] for row in sorted(body["queue_pending"]))
    assert queue.pending == (front, middle, last)
    assert queue.ahead_of(last) == (*queue.running, front, middle)
    assert queue.ahead_of("somebody") is None


@pytest.mark.parametrize("body", [None, [], {"x": 1}, {"x": {}}, {"x": {"outputs": [], "status": 5}}])
def test_odd_history_does_no_harm(body: object) -> None:
    outcome = read_history(body, "x")
    assert outcome is None or outcome.outputs == {}


def test_a_path_of_the_server_is_only_ever_a_question_to_the_same_server() -> None:
    entry = {"outputs": {"9": {"images": [{"filename": "a", "subfolder": "/etc", "type": "elsewhere"}, 5]}}}
    outcome = read_history({"x": entry}, "x")
    assert outcome is not None
    assert outcome.outputs == {"9": ()}
