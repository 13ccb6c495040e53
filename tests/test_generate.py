"""Single images from Python: files, records, styles, LoRAs, and what goes wrong."""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

import kitsumy_core
from kitsumy_core import generate_batch, generate_image
from kitsumy_core.errors import UsageError
from kitsumy_core.export.metadata import metadata_of, with_metadata
from kitsumy_core.generate import _request, _Wanted
from kitsumy_core.plan.models import LoraChoice
from kitsumy_core.render.library import Workflows
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.shot import Part, Shot
from kitsumy_core.render.styles import STYLES
from tests.stores import png


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("COMFYUI_HOSTS", "COMFYUI_URL", "RUNPOD_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KITSUMY_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KITSUMY_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_image_is_saved_to_its_styles_folder_with_a_record(data: Path) -> None:
    record = generate_image("A lighthouse at night", "noir", width=256, height=192)
    file = Path(record["saved_path"])
    assert file.parent == data / "noir_Noir"
    assert re.fullmatch(r"generated_\d{8}_\d{6}_[0-9a-f]{8}\.png", file.name)
    assert re.fullmatch(r"img_[0-9a-f]{8}", record["request_id"])
    assert (record["status"], record["backend"], record["style_id"]) == ("success", "sketch", "noir")
    assert record["images"] == [file.name]
    with Image.open(file) as image:
        assert image.size == (record["metadata"]["width"], record["metadata"]["height"]) == (256, 192)
    assert record["metadata"]["style_title"] == "Noir"
    assert record["metadata"]["timestamp"].endswith("+00:00")
    assert "error" not in record
    written = metadata_of(file.read_bytes())
    assert written
    assert written["prompt"] == "A lighthouse at night"


def test_a_batch_keeps_its_order_and_numbers_a_given_name(data: Path) -> None:
    records = generate_batch(
        ["a boat", "a door"], width=128, height=128, save_to_style=False, filename="scene.png"
    )
    assert [Path(record["saved_path"]).name for record in records] == ["scene.png", "scene_2.png"]
    assert [record["metadata"]["prompt"] for record in records] == ["a boat", "a door"]
    assert {Path(record["saved_path"]).parent for record in records} == {data / "generated"}
    assert generate_batch([]) == []


def test_it_works_inside_a_running_event_loop() -> None:
    async def asked() -> str:
        return str(generate_image("a boat", width=64, height=64)["status"])

    assert asyncio.run(asked()) == "success"


def test_a_server_that_is_not_there_is_a_failed_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMFYUI_HOSTS", "http://127.0.0.1:9")
    record = generate_image("a boat", "noir", seed=7)
    assert (record["status"], record["backend"], record["seed"]) == ("failed", "comfyui", 7)
    assert "127.0.0.1" in record["error"]
    assert record["saved_path"] == ""


def test_style_loras_and_size_reach_the_request() -> None:
    loras = (LoraChoice(name="marko"), LoraChoice(name="zoia", strength=1))
    wanted = _Wanted(STYLES["noir"].but(cinematic=True), 1360, 768, 20, -1, loras)
    shot = Shot(panel_id="x", action_en=Part(text="two people", field="action"))
    request = _request(shot, wanted, "comfyui", Workflows(), {})
    assert isinstance(request, DiffusionRequest)
    assert request.prompt.startswith("Film noir comic art")
    assert (request.width, request.height, request.steps) == (1360, 768, 20)
    assert [(lora.name, lora.strength) for lora in request.loras] == [
        *(("marko", 0.75), ("zoia", 1.0), ("FILM-V3-FLUX", 0.85))
    ]
    assert request.seed >= 0
    assert request.workflow_hash


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"prompt": " "}, "prompt-empty"),
        ({"prompt": "x", "width": 7}, "argument-range"),
        ({"prompt": "x", "steps": 0}, "argument-range"),
        ({"prompt": "x", "seed": -2}, "argument-range"),
        ({"prompt": "x", "style_id": "unheard of"}, "style-unknown"),
        ({"prompt": "x", "filename": "../evil.png"}, "filename-invalid"),
        ({"prompt": "x", "filename": "a\\b"}, "filename-invalid"),
        ({"prompt": "x", "character_loras": [("a", "b", "c")]}, "lora-invalid"),
    ],
)
def test_unusable_arguments_are_refused_before_anything_is_made(
    data: Path, arguments: dict[str, object], code: str
) -> None:
    with pytest.raises(UsageError, match=code):
        generate_image(**arguments)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="prompts-not-a-list"):
        generate_batch("one text")
    assert list(data.iterdir()) == []


def test_a_servers_graph_goes_out_of_a_picture_and_our_words_in_without_touching_a_pixel() -> None:
    noted = PngImagePlugin.PngInfo()
    noted.add_text("prompt", '{"3": {"inputs": {"ckpt_name": "C:\\\\Users\\\\anna\\\\model"}}}')
    noted.add_itxt("workflow", "/home/anna/secret", zip=True)
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG", pnginfo=noted, dpi=(300, 300))
    told = with_metadata(file.getvalue(), {"prompt": "маяк", "seed": 2**64 - 1})
    assert metadata_of(told) == {"prompt": "маяк", "seed": 2**64 - 1}
    assert b"anna" not in told
    with Image.open(io.BytesIO(told)) as image:
        image.load()
        assert set(image.info) == {"Software", "kitsumy", "dpi"}
        assert list(image.get_flattened_data()) == list(Image.open(file).get_flattened_data())
    bare = with_metadata(told, None)
    assert metadata_of(bare) is None
    assert b"iTXt" not in bare
    with pytest.raises(ValueError, match="breaks off"):
        with_metadata(png()[:-20], {})


def test_the_package_loads_what_makes_images_only_when_asked() -> None:
    assert {"generate_image", "generate_batch"} <= set(kitsumy_core.__all__)
    with pytest.raises(AttributeError):
        kitsumy_core.generate_video  # noqa: B018
