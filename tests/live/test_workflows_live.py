"""Every shipped workflow on a real server at COMFYUI_URL; run with `--live`.

Tiny models with random weights under the names in the workflows are enough. What a server lacks (the nodes
of an adapter, a newer model) skips its workflow and names what is missing.
"""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image, ImageDraw

from kitsumy_core.errors import MissingResourcesError, RejectedError
from kitsumy_core.render.backend import Picture
from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.graph import Graph, graph_hash
from kitsumy_core.render.graph_check import missing_resources
from kitsumy_core.render.library import Workflows, requirements
from kitsumy_core.render.request import DiffusionRequest, LoraUse
from kitsumy_core.render.workflow import build, facts_of
from kitsumy_core.render.workflow_batch import batched
from tests.live.test_comfyui_live import URL, asked

pytestmark = pytest.mark.live

WORKFLOWS = Workflows()


def load(name: str) -> Graph:
    """Return a shipped workflow; without a GPU references are made very small."""
    graph = WORKFLOWS.load(name)
    for node in graph.values():
        if "megapixels" in node["inputs"]:
            node["inputs"]["megapixels"] = 0.01
    return graph


SMALL = DiffusionRequest(prompt="a lighthouse", width=64, height=64, steps=2)
TINY_MODEL_FOR = {"ip_adapter": "tiny_sd15.safetensors"}
"""An adapter fits one kind of model alone."""


def painted(colour: str, size: tuple[int, int] = (96, 64)) -> bytes:
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((20, 10, 60, 50), fill="white")
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def mask() -> bytes:
    image = Image.new("L", (96, 64))
    ImageDraw.Draw(image).rectangle((0, 0, 47, 63), fill=255)
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


IMAGES = {name: painted(name) for name in ("red", "green", "blue", "navy", "gold")} | {"mask": mask()}


def fresh(name: str, **values: Any) -> DiffusionRequest:
    seed = uuid.uuid4().int % 2**32
    known = {"workflow": name, "workflow_hash": graph_hash(load(name)), "seed": seed}
    return SMALL.but(**known, checkpoint=TINY_MODEL_FOR.get(name), **values)


def rendered(*requests: DiffusionRequest) -> list[list[Picture]]:
    async def scenario() -> list[list[Picture]]:
        backend = ComfyUIBackend(URL, load, IMAGES.__getitem__, requirements=requirements())
        try:
            return [list(await backend.render(str(uuid.uuid4()), r, lambda p: None)) for r in requests]
        finally:
            await backend.aclose()

    try:
        return asyncio.run(scenario())
    except MissingResourcesError as error:
        pytest.skip("the server lacks " + ", ".join(m["name"] for m in error.params["missing"]))


def only(picture: Sequence[Picture]) -> Image.Image:
    (one,) = picture
    return Image.open(io.BytesIO(one.data)).convert("RGB")


def posted() -> dict[str, Any]:
    """Return the graph that ran last."""
    (entry,) = asked("/history?max_items=1").values()
    graph: dict[str, Any] = entry["prompt"][2]
    return graph


@pytest.mark.parametrize("name", WORKFLOWS.names())
def test_a_shipped_workflow_brings_a_picture_of_the_size_asked_for(name: str) -> None:
    facts = facts_of(name, load(name))
    request = fresh(
        name,
        source="red" if facts.needs_source else "",
        mask="mask" if facts.needs_mask else "",
        control="blue" if facts.takes_pose else "",
        references=("red", "green", "blue", "navy")[: facts.references],
        denoise=0.5 if facts.needs_source else 1.0,
        width=128,
    )
    assert only(rendered(request)[0]).size == (128, 64)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_kontext_takes_as_many_characters_as_there_are(count: int) -> None:
    references = ("red", "green", "blue", "navy")[:count]
    rendered(fresh("flux_kontext", references=references))
    graph = posted()
    assert sum(n["class_type"] == "ReferenceLatent" for n in graph.values()) == count
    assert sum(n["class_type"] == "LoadImage" for n in graph.values()) == count


@pytest.mark.parametrize("name", ["text2img", "flux_text2img", "flux_kontext", "z_image_turbo", "pose"])
def test_a_workflow_without_a_place_for_it_refines_and_inpaints_a_take(name: str) -> None:
    refined, inpainted = rendered(
        fresh(name, source="red", denoise=0.45, batch=2), fresh(name, source="red", mask="mask", denoise=0.9)
    )
    assert len(refined) == 2
    image = only(inpainted)
    assert all(abs(a - b) < 3 for a, b in zip(image.getpixel((60, 60)), (255, 0, 0), strict=True))
    assert image.getpixel((4, 60)) != (255, 0, 0)


def test_inpainting_keeps_what_is_not_painted() -> None:
    (pictures,) = rendered(fresh("inpaint", source="green", mask="mask", denoise=0.9))
    image = only(pictures)
    assert all(abs(a - b) < 3 for a, b in zip(image.getpixel((60, 60)), (0, 128, 0), strict=True))
    assert image.getpixel((4, 60)) != (0, 128, 0)


def test_ten_loras_are_put_on_by_stack_where_the_server_has_one_and_by_core_nodes_elsewhere() -> None:
    names = ["tiny_flux_lora.safetensors", *(f"tiny_flux_lora_{n}.safetensors" for n in range(2, 11))]
    loras = tuple(LoraUse(name=name, strength=0.1 * n) for n, name in enumerate(names))
    rendered(fresh("flux_lora_stack", loras=loras))
    kinds = [n["class_type"] for n in posted().values()]
    stack = "easy loraStack" in asked("/object_info/easy%20loraStack")
    assert kinds.count("LoraLoader") == (0 if stack else 10)
    assert ("easy loraStackApply" in kinds) == stack
    assert ("TeaCache" in kinds) == ("TeaCache" in asked("/object_info/TeaCache"))
    rendered(fresh("flux_lora_stack"))
    assert "easy loraStack" not in [n["class_type"] for n in posted().values()]


def test_a_lora_the_server_lacks_is_named_with_its_address() -> None:
    lora = LoraUse(name="hero.safetensors", url="https://example.org/hero.safetensors")

    async def scenario() -> None:
        backend = ComfyUIBackend(URL, load, IMAGES.__getitem__)
        try:
            await backend.render(str(uuid.uuid4()), fresh("text2img", loras=(lora,)), lambda p: None)
        finally:
            await backend.aclose()

    with pytest.raises(MissingResourcesError) as caught:
        asyncio.run(scenario())
    (missing,) = caught.value.params["missing"]
    assert missing["where"] == "https://example.org/hero.safetensors -> models/loras"


def test_a_workflow_that_needs_a_picture_says_so_before_anything_is_queued() -> None:
    with pytest.raises(RejectedError) as caught:
        rendered(fresh("img2img"))
    assert (caught.value.error_code, caught.value.params["slot"]) == ("workflow-needs-picture", "image")


def test_panels_of_one_batch_run_as_one_job_and_share_their_model() -> None:
    graph = load("text2img")
    jobs = {
        str(uuid.uuid4()): fresh("text2img", prompt=text) for text in ("a lighthouse", "a fox", "a harbour")
    }
    whole = batched({job: build(graph, request, f"kitsumy/{job}") for job, request in jobs.items()})
    assert missing_resources(whole, asked("/object_info")) == ()

    async def scenario() -> dict[str, Any]:
        backend = ComfyUIBackend(URL, load, IMAGES.__getitem__)
        try:
            batch = await backend._server.submit(whole, str(uuid.uuid4()), None)
            while not (found := asked(f"/history/{batch}")):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            outputs: dict[str, Any] = found[batch]["outputs"]
            return outputs
        finally:
            await backend.aclose()

    files = [image["filename"] for out in asyncio.run(scenario()).values() for image in out["images"]]
    assert sorted(files) == sorted(f"{job}_00001_.png" for job in jobs)
    kinds = [n["class_type"] for n in whole.values()]
    assert (kinds.count("CheckpointLoaderSimple"), kinds.count("KSampler")) == (1, 3)
