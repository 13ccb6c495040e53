"""Profiles: steps, sizes and seeds of a request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitsumy_core.errors import UsageError
from kitsumy_core.render.profiles import PROFILES, WorkflowFacts, render_size, request_for, seed_of
from kitsumy_core.render.request import LoraUse
from kitsumy_core.render.shot import CastMember, Part, Shot

SHOT = Shot(
    panel_id="ch1-p1-pan1", width=1500, height=1000, cast=(CastMember(id="a", name=Part(text="A"), seed=5),)
)


@pytest.mark.parametrize(
    ("profile", "steps", "size"),
    [
        ("sketch", 12, (640, 448)),
        ("mid", 20, (960, 640)),
        ("final", 28, (1216, 832)),
        ("direct_final", 28, (1216, 832)),
    ],
)
def test_a_profile_decides_steps_and_size(profile: str, steps: int, size: tuple[int, int]) -> None:
    request = request_for(SHOT, PROFILES[profile], WorkflowFacts(name="text2img", hash="h"), "x")
    assert (request.steps, request.workflow, request.workflow_hash) == (steps, "text2img", "h")
    assert (request.width, request.height) == size


def test_only_the_refining_profile_starts_from_a_take() -> None:
    facts = WorkflowFacts(name="text2img", references=1)
    final = request_for(SHOT, PROFILES["final"], facts, "x", source="hash", references=("face",))
    assert (final.images, final.denoise) == (("hash", "face"), 0.45)
    at_once = request_for(SHOT, PROFILES["direct_final"], facts, "x", source="hash")
    assert (at_once.images, at_once.denoise) == ((), 1.0)
    without = request_for(SHOT, PROFILES["final"], facts, "x")
    assert (without.images, without.denoise) == ((), 1.0)


@given(
    st.floats(1, 10_000),
    st.floats(1, 10_000),
    st.sampled_from(["sdxl", "flux"]),
    st.sampled_from([0.1, 0.5, 0.75, 1.0]),
)
def test_a_render_size_is_one_the_model_draws_well(
    width: float, height: float, family: Any, scale: float
) -> None:
    w, h = render_size(width, height, family, scale)
    step = 64 if family == "sdxl" else 16
    assert w % step == h % step == 0
    if scale >= 0.5:
        assert 0.8 <= w * h / (scale * scale * (1 << 20)) <= 1.2


@given(st.floats(0.43, 2.33))
def test_a_flux_size_crops_less_than_one_percent(ratio: float) -> None:
    w, h = render_size(1000 * ratio, 1000, "flux")
    assert 1 - min(w / h / ratio, ratio / (w / h)) < 0.01


def test_a_box_without_height_still_has_a_size() -> None:
    assert render_size(100, 0, "sdxl") == (1024, 1024)


def test_a_seed_depends_on_the_panel_and_its_characters() -> None:
    assert seed_of(SHOT) == seed_of(SHOT)
    other_panel = SHOT.but(panel_id="ch1-p1-pan2")
    other_cast = SHOT.but(cast=(CastMember(id="a", name=Part(text="A"), seed=6),))
    assert len({seed_of(SHOT), seed_of(other_panel), seed_of(other_cast)}) == 3
    assert 0 <= seed_of(SHOT) < 1 << 32


def test_a_seed_that_is_set_counts_and_a_random_one_is_the_callers_to_draw() -> None:
    facts, profile = WorkflowFacts(name="text2img"), PROFILES["mid"]
    assert request_for(SHOT.but(seed=42), profile, facts, "x").seed == 42
    assert request_for(SHOT.but(seed=-1), profile, facts, "x", seed=99).seed == 99
    with pytest.raises(UsageError):
        request_for(SHOT.but(seed=-1), profile, facts, "x")


def test_a_workflow_that_works_on_a_picture_gets_it_with_every_profile_and_no_more_than_it_takes() -> None:
    needs = WorkflowFacts(name="img2img", needs_source=True)
    given = {"source": "take", "references": ("a", "b"), "loras": (LoraUse(name="x"),)}
    request = request_for(SHOT, PROFILES["mid"], needs, "x", **given)
    assert (request.source, request.denoise, request.references) == ("take", 0.45, ())
    masked = request_for(
        SHOT, PROFILES["mid"].but(denoise=0.85), WorkflowFacts(name="w"), "x", **given, mask="m"
    )
    assert (masked.source, masked.mask, masked.denoise) == ("take", "m", 0.85)
    upscaled = request_for(SHOT, PROFILES["mid"], needs.but(draws=False), "x", **given)
    assert upscaled.loras == ()
