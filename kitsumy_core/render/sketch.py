"""Draw a storyboard frame of a shot, with no model and no network: the backend that always works."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from hashlib import blake2b
from io import BytesIO

from PIL import Image

from kitsumy_core.errors import RenderFailedError, UsageError
from kitsumy_core.render.backend import BackendKind, Estimate, Finding, Picture, Progress, Report, unheard
from kitsumy_core.render.request import DiffusionRequest, SketchRequest
from kitsumy_core.render.sketching.frame import Frame, frame_of
from kitsumy_core.render.sketching.painting import paint
from kitsumy_core.render.sketching.tags import write_words

SLOTS = 2
SMALLEST, LARGEST = 16, 4096
"""Sides of a sketch in pixels; wishes outside are brought in."""


def draw_sketch(request: SketchRequest) -> Image.Image:
    """Return the storyboard frame of a request as an RGB image of its size; equal requests, equal pixels."""
    return draw_frame(read_frame(request))


def read_frame(request: SketchRequest) -> Frame:
    """Return all that the sketch of a request shows: quick, where drawing takes its time."""
    return frame_of(request.shot, (_side(request.width), _side(request.height)))


def frame_key(frame: Frame) -> str:
    """Return a short name of what a frame shows: another one for every other frame. It is not for keeping."""
    return blake2b(repr(frame).encode(), digest_size=20).hexdigest()


def draw_frame(frame: Frame) -> Image.Image:
    """Return the sketch of a frame; equal frames, equal pixels."""
    image, tags = paint(frame)
    write_words(image, tags, frame.where, frame.language, frame.palette)
    return image


def _side(wished: int) -> int:
    return max(SMALLEST, min(LARGEST, wished))


class SketchBackend:
    """Draws storyboard frames in this process."""

    @property
    def kind(self) -> BackendKind:
        return "sketch"

    def slots(self) -> int:
        return SLOTS

    def estimate(self, request: SketchRequest | DiffusionRequest) -> Estimate:
        return Estimate(usd=0.0)

    async def check(self) -> list[Finding]:
        return [Finding(ok=True, code="sketch-ready")]

    async def render(
        self, job_id: str, request: SketchRequest | DiffusionRequest, report: Report
    ) -> Sequence[Picture]:
        """Return the one picture of a request. Raises UsageError for a request of another backend."""
        if not isinstance(request, SketchRequest):
            raise UsageError("sketch-wrong-request", backend=request.backend)
        report(Progress("sampling", 0, 1))
        try:
            picture = await asyncio.to_thread(_picture, request)
        except (OSError, MemoryError) as error:
            raise RenderFailedError(
                "sketch-failed", panel=request.shot.panel_id, problem=str(error)
            ) from error
        report(Progress("sampling", 1, 1))
        return (picture,)

    async def recover(self, job_id: str, report: Report = unheard) -> Sequence[Picture] | None:
        return None

    async def aclose(self) -> None:
        return None


def _picture(request: SketchRequest) -> Picture:
    image = draw_sketch(request)
    written = BytesIO()
    image.save(written, "PNG", compress_level=4)
    return Picture(written.getvalue(), image.width, image.height)
