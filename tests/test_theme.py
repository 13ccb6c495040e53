"""The colours of both themes are told apart by weak eyes: contrast as WCAG AA asks for it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from studio.components.styling import _EVERYWHERE

THEMES = tomllib.loads((Path(__file__).parents[1] / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
AA = 4.5
CAPTION, TINT, POINTED_AT = 0.6, 0.1, 0.2
"""How opaque Streamlit draws captions, and the primary colour behind what is chosen, and pointed at."""

Colour = tuple[float, float, float]


def colour(text: str) -> Colour:
    red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def over(top: Colour, below: Colour, opacity: float) -> Colour:
    red, green, blue = (a * opacity + b * (1 - opacity) for a, b in zip(top, below, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    def light(shown: Colour) -> float:
        parts = [v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in shown]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_words_captions_and_links_stand_out(theme: str, ground: str) -> None:
    known = {name: colour(value) for name, value in THEMES[theme].items()}
    below = known[ground]
    assert contrast(known["textColor"], below) >= 7
    assert contrast(over(known["textColor"], below, CAPTION), below) >= AA
    assert contrast(known["linkColor"], below) >= AA
    assert contrast(known["primaryColor"], below) >= AA


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_chosen_and_what_is_on_a_primary_button_can_be_read(theme: str) -> None:
    known = {name: colour(value) for name, value in THEMES[theme].items()}
    primary, ground = known["primaryColor"], known["backgroundColor"]
    assert contrast(primary, over(primary, ground, TINT)) >= AA
    pairs = re.findall(r"light-dark\((#\w{6}), (#\w{6})\)", _EVERYWHERE)
    on_button, chosen, focus = (colour(light if theme == "light" else dark) for light, dark in pairs)
    assert contrast(on_button, primary) >= AA
    assert contrast(chosen, over(primary, ground, POINTED_AT)) >= AA
    assert focus == primary
