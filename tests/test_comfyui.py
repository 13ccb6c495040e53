"""The ComfyUI client against recorded traffic: how a job succeeds, what is asked beforehand, recovery."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from kitsumy_core.errors import (
    MissingResourcesError,
    RejectedError,
    UnreachableError,
    UsageError,
)
from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.request import LoraUse, SketchRequest
from kitsumy_core.render.shot import Shot
from kitsumy_core.render.workflow import graph_hash
from tests.comfyui_scenarios import REQUEST, Told, load, new_job, rendered, until, using
from tests.comfyui_server import ComfyUIDouble


@pytest.fixture
def server() -> Iterator[ComfyUIDouble]:
    with ComfyUIDouble() as double:
        yield double


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
    server.plays = "cached"
    server.history_delay = 0.4
    assert len(rendered(server)) == 1


def test_a_server_that_names_jobs_itself_is_followed_under_its_name(server: ComfyUIDouble) -> None:
    server.ignores_prompt_id = True
    server.post_delay = 0.3
    assert len(rendered(server)) == 1
    assert server.calls("/queue", "GET") == []


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


def test_a_server_that_refuses_sockets_is_not_asked_for_one_by_every_job(server: ComfyUIDouble) -> None:
    server.refuse_sockets = True

    async def twice(backend: ComfyUIBackend) -> None:
        for _ in range(2):
            await backend.render(new_job(), REQUEST, Told())

    using(server, twice)
    assert server.sockets_refused == 1


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
    using(server, lambda b: b.render(new_job(), REQUEST.but(source="abc", denoise=0.45), Told()))
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
    assert (text2img.ok, text2img.code) == (True, "workflows-ready")
    assert text2img.params["workflows"] == ["text2img"]
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


def test_a_file_changed_since_the_request_is_refused(server: ComfyUIDouble) -> None:
    with pytest.raises(RejectedError) as caught:
        using(server, lambda b: b.render(new_job(), REQUEST.but(workflow_hash="older"), Told()))
    assert caught.value.error_code == "workflow-changed"
    current = REQUEST.but(workflow_hash=graph_hash(load("text2img")))
    assert len(using(server, lambda b: b.render(new_job(), current, Told()))) == 1
