"""The stack of LoRAs: order, strengths by number of characters, at most ten."""

from __future__ import annotations

import pytest

from kitsumy_core.plan.models import LoraChoice
from kitsumy_core.render.loras import CINEMATIC, stacked
from kitsumy_core.render.request import LoraUse


def own(*names: str) -> list[LoraChoice]:
    return [LoraChoice(name=name) for name in names]


@pytest.mark.parametrize(
    ("count", "character", "cinematic"),
    [(0, None, 1.0), (1, 0.85, 0.95), (2, 0.75, 0.85), (3, 0.65, 0.75), (5, 0.65, 0.75)],
)
def test_strengths_fall_with_the_number_of_characters(
    count: int, character: float | None, cinematic: float
) -> None:
    stack = stacked([LoraUse(name="ink", strength=0.6)], [own(f"c{n}") for n in range(count)], cinematic=True)
    expected = [("ink", 0.6), *((f"c{n}", character) for n in range(count)), (CINEMATIC, cinematic)]
    assert [(lora.name, lora.strength) for lora in stack.loras] == expected
    assert stack.left_out == ()


def test_characters_without_loras_do_not_weaken_the_others() -> None:
    (lora,) = stacked((), [own("marko"), [], own("  ")]).loras
    assert (lora.name, lora.strength) == ("marko", 0.85)


def test_a_strength_the_writer_set_is_kept_and_none_means_out() -> None:
    choices = [
        LoraChoice(name="a", strength=1.2, url="https://example.org/a"),
        LoraChoice(name="b", strength=0),
    ]
    (lora,) = stacked((), [choices]).loras
    assert lora == LoraUse(name="a", strength=1.2, url="https://example.org/a")


def test_one_named_twice_is_put_on_once_where_it_came_first() -> None:
    stack = stacked([LoraUse(name="ink", strength=0.5)], [own("ink", "marko"), own("marko")])
    assert [(lora.name, lora.strength) for lora in stack.loras] == [("ink", 0.5), ("marko", 0.75)]


def test_what_is_over_ten_is_left_out_from_the_end_and_named() -> None:
    stack = stacked([LoraUse(name="ink")], [own(*(f"c{n}" for n in range(11)))], cinematic=True)
    assert len(stack.loras) == 10
    assert stack.loras[0].name == "ink"
    assert stack.left_out == ("c9", "c10", CINEMATIC)
