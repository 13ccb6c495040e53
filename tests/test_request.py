"""What determines an image: its key, and requests of older programs."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from kitsumy_core.render.request import (
    DiffusionRequest,
    LoraUse,
    RenderRequest,
    SketchRequest,
    request_key,
)

STORED: TypeAdapter[SketchRequest | DiffusionRequest] = TypeAdapter(RenderRequest)
TAKE, FACE = "a" * 64, "b" * 64
PLAIN = DiffusionRequest(prompt="a lighthouse")
OLD: dict[str, Any] = {
    "backend": "comfyui",
    "prompt": "a lighthouse",
    "denoise": 0.45,
    "images": [TAKE, FACE],
}


def test_a_stored_request_with_a_list_of_images_is_read_with_names_for_them() -> None:
    refined = STORED.validate_python(OLD)
    drawn = STORED.validate_python(OLD | {"denoise": 1.0})
    assert isinstance(refined, DiffusionRequest)
    assert isinstance(drawn, DiffusionRequest)
    assert (refined.source, refined.references) == (TAKE, (FACE,))
    assert (drawn.source, drawn.references) == ("", (TAKE, FACE))
    assert refined.images == drawn.images == (TAKE, FACE)
    assert STORED.validate_python(refined.model_dump(mode="json")) == refined


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (
            PLAIN.but(workflow_hash="h", loras=(LoraUse(name="x", strength=0.5),)),
            "fe82843ef23060c63298898cce927bfc31884a5b9d2dbb04598c97dceada5251",
        ),
        (
            PLAIN.but(source=TAKE, references=(FACE,), denoise=0.45),
            "d6d919b8ab494a878c49aabdacd42b1948c708c1cddc5f05c4e5345c7716cea0",
        ),
        (PLAIN.but(references=(TAKE,)), "da5aa5faf85b86c542d6832b01f2e09aea11b504fdcdab90df46cf735102f442"),
    ],
)
def test_a_request_an_older_program_could_make_keeps_the_key_it_had(
    request_: DiffusionRequest, key: str
) -> None:
    assert request_key(request_) == key


def test_every_input_makes_another_key() -> None:
    lora = LoraUse(name="x")
    different = [
        PLAIN,
        *(PLAIN.but(**{field: TAKE}) for field in ("source", "mask", "control")),
        *(PLAIN.but(**{field: TAKE}, denoise=0.5) for field in ("source", "mask", "control")),
        PLAIN.but(references=(TAKE,)),
        PLAIN.but(references=(TAKE,), denoise=0.5),
        PLAIN.but(references=(TAKE, FACE)),
        PLAIN.but(references=(FACE, TAKE)),
        PLAIN.but(source=TAKE, references=(FACE,)),
        PLAIN.but(source=TAKE, references=(FACE,), denoise=0.5),
        PLAIN.but(upscale=2.0),
        PLAIN.but(loras=(lora,)),
        PLAIN.but(loras=(lora.but(url="https://example.org/x.safetensors"),)),
    ]
    assert len({request_key(request) for request in different}) == len(different)
