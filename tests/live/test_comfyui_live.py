"""The ComfyUI client against a real server at COMFYUI_URL; run with `--live`.

Tiny models with random weights under the shipped workflows' names are enough: nobody looks at the
pictures. With LIVE_SERVER_STOP and LIVE_SERVER_START (shell commands) the server is also killed in
mid-job and started again.
"""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from PIL import Image

from kitsumy_core.errors import (
    CancelledJobError,
    LostJobError,
    MissingResourcesError,
    RejectedError,
    RenderFailedError,
    StalledError,
    UnreachableError,
)
from kitsumy_core.render.backend import Picture, Progress
from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.comfyui_job import Patience
from kitsumy_core.render.graph import Graph, read_graph
from kitsumy_core.render.request import DiffusionRequest, LoraUse

pytestmark = pytest.mark.live

T = TypeVar("T")
URL = os.environ.get("COMFYUI_URL", "http://127.0.0.1:8188")
STOP, START = os.environ.get("LIVE_SERVER_STOP"), os.environ.get("LIVE_SERVER_START")
WORKFLOWS = Path(__file__).parents[2] / "workflows"
SMALL = DiffusionRequest(prompt="a lighthouse", width=64, height=64, steps=2)
LONG = SMALL.but(steps=4000)


def load(name: str) -> Graph:
    if name == "preview":
        graph = load("text2img")
        graph["9"] = {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}}
        return graph
    return read_graph((WORKFLOWS / f"{name}.json").read_bytes())


IMAGES: dict[str, bytes] = {"broken": b"this is no image"}


def using(act: Callable[[ComfyUIBackend], Awaitable[T]], **patience: float) -> T:
    async def scenario() -> T:
        backend = ComfyUIBackend(URL, load, IMAGES.__getitem__, patience=Patience(**patience))
        try:
            return await act(backend)
        finally:
            await backend.aclose()

    return asyncio.run(scenario())


def new_job() -> str:
    return str(uuid.uuid4())


def fresh(request: DiffusionRequest = SMALL) -> DiffusionRequest:
    return request.but(seed=time.time_ns() % (1 << 32))


class Told(list[Progress]):
    def __call__(self, progress: Progress) -> None:
        self.append(progress)

    @property
    def stages(self) -> list[str]:
        return list(dict.fromkeys(p.stage for p in self))


def rendered(request: DiffusionRequest, **patience: float) -> list[Picture]:
    return list(using(lambda b: b.render(new_job(), request, Told()), **patience))


async def until(holds: Callable[[], object], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - any condition
            await asyncio.sleep(0.01)


def asked(path: str, body: dict[str, Any] | None = None) -> Any:
    url = f"{URL}{path}"
    answer = httpx2.get(url, timeout=30) if body is None else httpx2.post(url, json=body, timeout=30)
    return answer.json() if answer.content else None


def queued() -> list[str]:
    queue = asked("/queue")
    return [row[1] for row in queue["queue_running"] + queue["queue_pending"]]


@pytest.fixture(autouse=True)
def _the_queue_is_left_empty() -> Any:
    yield
    until_empty = time.monotonic() + 20
    while queued() and time.monotonic() < until_empty:
        time.sleep(0.1)
    assert queued() == []


def test_the_server_is_ready_for_the_shipped_workflows() -> None:
    found = using(lambda b: b.check())
    assert [f.code for f in found] == ["comfyui-ready", "workflows-ready"]


@pytest.mark.parametrize("workflow", ["text2img", "flux_text2img"])
def test_a_shipped_workflow_brings_a_picture(workflow: str) -> None:
    told, job = Told(), new_job()
    request = fresh().but(workflow=workflow, width=128, steps=4)
    (picture,) = using(lambda b: b.render(job, request, told))
    assert (picture.width, picture.height) == (128, 64)
    assert told.stages[0] == "waiting"
    assert told.stages[-2:] == ["sampling", "fetching"]
    entry = asked(f"/history/{job}")[job]
    (image,) = next(iter(entry["outputs"].values()))["images"]
    assert image == {"filename": f"{job}_00001_.png", "subfolder": "kitsumy", "type": "output"}


def test_the_same_request_again_is_partly_cached_and_brings_the_same_picture() -> None:
    first, second = twice(fresh())
    assert first.tobytes() == second.tobytes()
    (entry,) = asked("/history?max_items=1").values()
    told = dict(entry["status"]["messages"])
    assert sorted(told["execution_cached"]["nodes"]) == ["3", "4", "5", "6", "7", "8"]


def test_a_fully_cached_run_brings_its_picture() -> None:
    first, second = twice(fresh().but(workflow="preview"))
    assert first.tobytes() == second.tobytes()
    (entry,) = asked("/history?max_items=1").values()
    told = dict(entry["status"]["messages"])
    assert sorted(told["execution_cached"]["nodes"]) == ["3", "4", "5", "6", "7", "8", "9"]


def twice(request: DiffusionRequest) -> list[Image.Image]:
    async def scenario(backend: ComfyUIBackend) -> list[bytes]:
        return [(await backend.render(new_job(), request, Told()))[0].data for _ in range(2)]

    return [Image.open(io.BytesIO(data)).convert("RGB") for data in using(scenario)]


def test_a_batch_brings_all_pictures() -> None:
    assert len(rendered(fresh().but(batch=3))) == 3


@pytest.mark.parametrize("workflow", ["text2img", "flux_text2img"])
def test_a_take_is_refined_and_a_lora_applied(workflow: str) -> None:
    (take,) = rendered(fresh().but(workflow=workflow))
    IMAGES["take"] = take.data
    lora = LoraUse(name="tiny_lora.safetensors" if workflow == "text2img" else "tiny_flux_lora.safetensors")
    refined = fresh().but(workflow=workflow, source="take", denoise=0.45, loras=(lora,), width=128)
    (picture,) = rendered(refined)
    assert (picture.width, picture.height) == (128, 64)


def test_eight_at_once_bring_eight_pictures_of_their_own_size() -> None:
    sizes = [(64 + 16 * n, 64) for n in range(8)]

    async def scenario(backend: ComfyUIBackend) -> list[Any]:
        requests = [fresh().but(width=w, height=h) for w, h in sizes]
        return await asyncio.gather(*(backend.render(new_job(), r, Told()) for r in requests))

    assert [(p.width, p.height) for (p,) in using(scenario)] == sizes


def test_an_error_inside_a_node_names_the_node() -> None:
    with pytest.raises(RenderFailedError) as caught:
        rendered(fresh().but(source="broken", denoise=0.5))
    assert caught.value.params["node_type"] == "LoadImage"


def test_a_refused_graph_names_the_node_and_the_input() -> None:
    with pytest.raises(RejectedError) as caught:
        rendered(fresh().but(width=1))
    assert {(n["node"], n["input"]) for n in caught.value.params["nodes"]} == {("5", "width")}


def test_a_missing_model_is_named_before_anything_is_queued() -> None:
    job = new_job()
    with pytest.raises(MissingResourcesError) as caught:
        using(lambda b: b.render(job, fresh().but(checkpoint="nobody-has-this.safetensors"), Told()))
    assert caught.value.params["missing"][0]["name"] == "nobody-has-this.safetensors"
    assert asked(f"/history/{job}") == {}


def test_cancelling_a_waiting_job_leaves_the_running_one_and_cancelling_that_ends_it() -> None:
    async def scenario(backend: ComfyUIBackend) -> None:
        told = Told(), Told()
        ids = new_job(), new_job()
        running = asyncio.create_task(backend.render(ids[0], fresh(LONG), told[0]))
        await until(lambda: "sampling" in told[0].stages)
        waiting = asyncio.create_task(backend.render(ids[1], fresh(), told[1]))
        await until(lambda: any(p.ahead == 1 for p in told[1]))
        waiting.cancel()
        await asyncio.wait({waiting})
        assert waiting.cancelled()
        assert queued() == [ids[0]]
        steps = told[0][-1].value
        await until(lambda: told[0][-1].value > steps)
        running.cancel()
        await asyncio.wait({running})
        assert running.cancelled()

    using(scenario)


def test_cancelling_in_the_midst_of_posting_leaves_nothing_behind() -> None:
    async def scenario(backend: ComfyUIBackend) -> None:
        for pause in (0.0, 0.001, 0.003, 0.01, 0.03):
            task = asyncio.create_task(backend.render(new_job(), fresh(LONG), Told()))
            await asyncio.sleep(pause)
            task.cancel()
            await asyncio.wait({task})

    using(scenario)


def test_an_interrupt_by_somebody_else_is_a_cancelled_job() -> None:
    async def scenario(backend: ComfyUIBackend) -> None:
        told = Told()
        task = asyncio.create_task(backend.render(new_job(), fresh(LONG), told))
        await until(lambda: "sampling" in told.stages)
        await asyncio.to_thread(asked, "/interrupt", {})
        await task

    with pytest.raises(CancelledJobError):
        using(scenario)


def test_a_stalled_job_is_withdrawn() -> None:
    async def scenario(backend: ComfyUIBackend) -> None:
        other = await backend._server.submit(load_long(), new_job(), None)
        try:
            with pytest.raises(StalledError):
                await backend.render(new_job(), fresh(), Told())
            assert queued() == [other]
        finally:
            await backend._server.withdraw(other)

    using(scenario, stalled=1.5)


def load_long() -> Graph:
    graph = load("text2img")
    graph["3"]["inputs"] |= {"steps": 4000, "seed": time.time_ns() % (1 << 32)}
    graph["5"]["inputs"] |= {"width": 64, "height": 64}
    return graph


def test_a_socket_that_breaks_in_mid_job_does_not_lose_it() -> None:
    async def scenario(backend: ComfyUIBackend) -> None:
        told = Told()
        task = asyncio.create_task(backend.render(new_job(), fresh(SMALL.but(steps=300)), told))
        await until(lambda: "sampling" in told.stages)
        assert backend._connection
        backend._connection._socket.transport.abort()
        assert len(await task) == 1
        assert len(await backend.render(new_job(), fresh(), Told())) == 1

    using(scenario)


def test_a_job_is_recovered_from_queue_history_and_file() -> None:
    async def scenario(backend: ComfyUIBackend) -> None:
        job = new_job()
        graph = load("text2img")
        graph["3"]["inputs"] |= {"steps": 200, "seed": time.time_ns() % (1 << 32)}
        graph["5"]["inputs"] |= {"width": 64, "height": 64}
        graph["9"]["inputs"]["filename_prefix"] = f"kitsumy/{job}"
        await backend._server.submit(graph, job, None)
        from_queue = await backend.recover(job)
        from_history = await backend.recover(job)
        await asyncio.to_thread(asked, "/history", {"delete": [job]})
        from_file = await backend.recover(job)
        assert from_queue
        assert from_history
        assert from_file
        assert from_queue[0].data == from_history[0].data == from_file[0].data
        assert await backend.recover(new_job()) is None

    using(scenario)


@pytest.mark.skipif(not (STOP and START), reason="needs LIVE_SERVER_STOP and LIVE_SERVER_START")
def test_a_server_killed_in_mid_job_and_restarted_loses_the_job_and_renders_the_next() -> None:
    async def scenario(backend: ComfyUIBackend) -> None:
        told = Told()
        task = asyncio.create_task(backend.render(new_job(), fresh(LONG), told))
        await until(lambda: "sampling" in told.stages)
        await asyncio.to_thread(subprocess.run, f"{STOP}; {START}", shell=True, check=True)
        with pytest.raises(LostJobError):
            await task
        assert len(await backend.render(new_job(), fresh(), Told())) == 1

    using(scenario, unreachable=90)


@pytest.mark.skipif(not (STOP and START), reason="needs LIVE_SERVER_STOP and LIVE_SERVER_START")
def test_a_server_killed_in_mid_job_that_stays_away_is_unreachable() -> None:
    async def scenario(backend: ComfyUIBackend) -> None:
        told = Told()
        task = asyncio.create_task(backend.render(new_job(), fresh(LONG), told))
        await until(lambda: "sampling" in told.stages)
        await asyncio.to_thread(subprocess.run, STOP, shell=True, check=True)
        with pytest.raises(UnreachableError):
            await task

    try:
        using(scenario, unreachable=1)
    finally:
        subprocess.run(str(START), shell=True, check=True)
