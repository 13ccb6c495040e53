"""Say what determines one image: a request, built from a shot; by its hash nothing is paid for twice."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field

from kitsumy_core.plan.models import Frozen
from kitsumy_core.render.shot import Shot


class SketchRequest(Frozen):
    """A storyboard frame: the shot itself, at a size in pixels."""

    backend: Literal["sketch"] = "sketch"
    shot: Shot
    width: int
    height: int


class LoraUse(Frozen):
    name: str
    strength: float = 1.0


class DiffusionRequest(Frozen):
    """Everything that goes into a graph, the hash of the workflow included: another file, another image."""

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
    images: tuple[str, ...] = ()
    """Hashes of input images (references, img2img source), in slot order."""


RenderRequest = Annotated[SketchRequest | DiffusionRequest, Field(discriminator="backend")]


def request_key(request: SketchRequest | DiffusionRequest) -> str:
    """Return the SHA-256 (hex) of the request in canonical JSON."""
    content = request.model_dump(mode="json")
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
