"""Turn a shot and a level of detail into a diffusion request: steps, size, seed, strength."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from kitsumy_core.errors import UsageError
from kitsumy_core.plan.models import Frozen
from kitsumy_core.render.request import DiffusionRequest, LoraUse
from kitsumy_core.render.shot import Shot

Family = Literal["sdxl", "flux"]
"""Kind of model; it decides which sizes it draws well."""

RANDOM = -1
"""A seed that means: another one every time. The caller draws it."""


class WorkflowFacts(Frozen):
    """What a workflow can do, for choosing a request and for warnings before anything is spent."""

    name: str
    hash: str = ""
    family: Family = "sdxl"
    draws: bool = True
    """It has a sampler; one that has none only works on a picture."""
    needs_source: bool = False
    takes_source: bool = True
    """It can start from a picture: in a place of its own, or in place of its empty canvas."""
    needs_mask: bool = False
    takes_mask: bool = True
    takes_pose: bool = False
    references: int = 0
    """How many pictures of characters it has places for."""
    loras: int = 10
    takes_negative: bool = True
    upscales: bool = False
    keeps_apart: int = 1
    """How many characters in one picture it tells apart."""


class Profile(Frozen):
    """A level of detail. `scale` is of the side lengths; `refine` starts from the picked lower take if
    there is one.
    """

    id: str
    title: Mapping[str, str]
    steps: int
    scale: float
    refine: bool = False
    denoise: float = 1.0


REFINE = 0.45
"""How much of a chosen take is made anew."""

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.id: profile
        for profile in (
            Profile(id="sketch", title={"uk": "Ескіз", "en": "Sketch"}, steps=12, scale=0.5),
            Profile(id="mid", title={"uk": "Чернетка", "en": "Draft"}, steps=20, scale=0.75),
            Profile(
                id="final",
                title={"uk": "Чистовик", "en": "Final"},
                steps=28,
                scale=1.0,
                refine=True,
                denoise=REFINE,
            ),
            Profile(
                id="direct_final", title={"uk": "Одразу чистовик", "en": "Final at once"}, steps=28, scale=1.0
            ),
        )
    }
)

SDXL_BUCKETS = tuple(
    size
    for w, h in ((1024, 1024), (1152, 896), (1216, 832), (1344, 768), (1536, 640))
    for size in {(w, h), (h, w)}
)
_STEP: Mapping[Family, int] = {"sdxl": 64, "flux": 16}
_MEGAPIXEL = 1 << 20


def request_for(
    shot: Shot,
    profile: Profile,
    workflow: WorkflowFacts,
    prompt: str,
    negative: str = "",
    *,
    seed: int | None = None,
    source: str = "",
    references: Sequence[str] = (),
    mask: str = "",
    control: str = "",
    batch: int = 1,
    loras: Sequence[LoraUse] = (),
    checkpoint: str | None = None,
    backend: Literal["comfyui", "runpod"] = "comfyui",
) -> DiffusionRequest:
    """Return the request for one picture of a shot.

    `prompt` and `negative` come from `prompt.compose_prompt`. `source` is the hash of the picked lower
    take, used only by a profile that refines or with a `mask` of what to paint anew in it; `references`
    are pictures of the characters (as many as the workflow has places for are used), `control` is one of
    the pose. A workflow that needs a source, or is given a mask, starts from it with every profile. A shot
    whose seed is RANDOM needs `seed`. Raises UsageError otherwise.
    """
    refines = bool(source) and bool(
        mask or workflow.needs_source or (profile.refine and workflow.takes_source)
    )
    width, height = render_size(shot.width, shot.height, workflow.family, profile.scale)
    return DiffusionRequest(
        backend=backend,
        workflow=workflow.name,
        workflow_hash=workflow.hash,
        prompt=prompt,
        negative=negative,
        width=width,
        height=height,
        steps=profile.steps,
        seed=seed_of(shot) if seed is None else seed,
        denoise=(profile.denoise if profile.denoise < 1 else REFINE) if refines else 1.0,
        batch=batch,
        checkpoint=checkpoint,
        loras=tuple(loras) if workflow.draws else (),
        source=source if refines else "",
        mask=mask,
        control=control,
        references=tuple(references)[: workflow.references],
    )


def seed_of(shot: Shot) -> int:
    """Return the panel's own seed, else one derived from its id and its characters' seeds (0..2^32-1)."""
    if shot.seed == RANDOM:
        raise UsageError("seed-random-unresolved", panel=shot.panel_id)
    if shot.seed is not None:
        return shot.seed
    cast = sorted(f"{member.id}={member.seed}" for member in shot.cast if member.seed is not None)
    digest = hashlib.sha256("\n".join((shot.panel_id, *cast)).encode()).digest()
    return int.from_bytes(digest[:4], "big")


@lru_cache(maxsize=1024)
def render_size(width: float, height: float, family: Family, scale: float = 1.0) -> tuple[int, int]:
    """Return the size in pixels to generate for a box of this shape: the least cropped one a model draws
    well.

    The box is clamped to 3:7..7:3. Full SDXL sizes are its training buckets, all others multiples of 16
    or 64 with about `scale`^2 megapixels.
    """
    ratio = min(max(width / height if height > 0 else 1.0, 3 / 7), 7 / 3)
    if family == "sdxl" and scale == 1:
        return min(SDXL_BUCKETS, key=lambda size: _cropped(size, ratio))
    step, area = _STEP[family], scale * scale * _MEGAPIXEL
    sides = range(_rounded(512 * scale, step), _rounded(1792 * scale, step) + 1, step)
    fits = [(w, h) for w in sides for h in sides if 0.85 * area <= w * h <= 1.15 * area]
    fits = fits or [(w, h) for w in sides for h in sides]
    return min(fits, key=lambda size: (round(_cropped(size, ratio), 3), abs(size[0] * size[1] - area), size))


def _cropped(size: tuple[int, int], ratio: float) -> float:
    """Return the share of a picture of this size that is cut to fit the ratio."""
    own = size[0] / size[1]
    return 1 - min(own / ratio, ratio / own)


def _rounded(length: float, step: int) -> int:
    return max(step, round(length / step) * step)
