"""Say what determines one image: a request, built from a shot; by its hash nothing is paid for twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from kitsumy_core.plan.models import Frozen
from kitsumy_core.render.shot import Shot


class SketchRequest(Frozen):
    """A storyboard frame: the shot itself, at a size in pixels."""

    backend: Literal["sketch"] = "sketch"
    shot: Shot
    width: int
    height: int


class LoraUse(Frozen):
    """A LoRA by its file name on the server, and how strongly it is put on.

    `url` is where a server that can fetch LoRAs gets it from; one that cannot needs the file.
    """

    name: str
    strength: float = 1.0
    url: str | None = None


class DiffusionRequest(Frozen):
    """Everything that goes into a graph, the hash of the workflow included: another file, another image.

    Images are named by their SHA-256 in the store.
    """

    backend: Literal["comfyui", "runpod"] = "comfyui"
    workflow: str = "text2img"
    workflow_hash: str = ""
    prompt: str
    negative: str = ""
    width: int = 1024
    height: int = 640
    steps: int = 20
    cfg: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    seed: int = 0
    denoise: float = 1.0
    batch: int = 1
    checkpoint: str | None = None
    loras: tuple[LoraUse, ...] = ()
    source: str = ""
    """The picture that image-to-image, inpainting and upscaling start from."""
    mask: str = ""
    """What to paint anew in `source`: white there, black where it stays; of the same shape."""
    control: str = ""
    """A picture of the pose to take."""
    references: tuple[str, ...] = ()
    """Pictures of the characters, in the order of the cast."""
    upscale: float = 1.0
    """How many times larger than `source` an upscaled picture is."""

    @model_validator(mode="before")
    @classmethod
    def _from_before_images_had_names(cls, data: Any) -> Any:
        """Read requests stored when all input images stood in one list: the source first if there was one."""
        if not isinstance(data, Mapping) or "images" not in data:
            return data
        images = list(data["images"])
        refined = images and data.get("denoise", 1.0) < 1
        named = {"source": images[0] if refined else "", "references": images[1:] if refined else images}
        return {key: value for key, value in data.items() if key != "images"} | named

    @property
    def images(self) -> tuple[str, ...]:
        """Every input image, each once."""
        named = (self.source, self.mask, self.control, *self.references)
        return tuple(dict.fromkeys(image for image in named if image))


RenderRequest = Annotated[SketchRequest | DiffusionRequest, Field(discriminator="backend")]


_YOUNGER = {"mask": "", "control": "", "upscale": 1.0}
"""Fields that keys of older requests know nothing of, with what they were before there was a choice."""


def request_key(request: SketchRequest | DiffusionRequest) -> str:
    """Return the SHA-256 (hex) of the request in canonical JSON.

    A request that says nothing an older program could not say has the key that one gave it.
    """
    content = request.model_dump(mode="json")
    if isinstance(request, DiffusionRequest):
        content = _canonical(content)
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _canonical(content: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in content.items() if key not in _YOUNGER or value != _YOUNGER[key]}
    source, references = kept.pop("source"), kept.pop("references")
    if bool(source) == (content["denoise"] < 1) or not (source or references):
        kept["images"] = [*([source] if source else []), *references]
    else:
        kept |= {"source": source, "references": references, "images": []}
    kept["loras"] = [{k: v for k, v in lora.items() if k != "url" or v is not None} for lora in kept["loras"]]
    return kept
