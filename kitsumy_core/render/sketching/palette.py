"""Choose colours: a mood's palette of few tones and one accent, and each character's own constant colour."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kitsumy_core.render.sketching.ink import Colour, dice, mix


@dataclass(frozen=True)
class Palette:
    """Tones of a frame from light to dark, its ink, and the one accent of light and small things."""

    paper: Colour
    sky: Colour
    far: Colour
    mid: Colour
    near: Colour
    ink: Colour
    accent: Colour
    dim: float = 0.12
    """How dark the corners get, 0..1."""
    glow: float = 0.25
    """How strong the pool of light is, 0..1."""


def _tones(
    paper: str, sky: str, far: str, mid: str, near: str, ink: str, accent: str, dim: float, glow: float
) -> Palette:
    def rgb(code: str) -> Colour:
        return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)

    return Palette(rgb(paper), rgb(sky), rgb(far), rgb(mid), rgb(near), rgb(ink), rgb(accent), dim, glow)


PALETTES = {
    "neutral": _tones("f6f0e2", "ebe5d6", "d6d0c2", "b9b3a7", "8b867f", "35323a", "e8b45c", 0.10, 0.22),
    "calm": _tones("f2f1e6", "dde8e6", "c4d5d3", "a3b8b8", "71898c", "2f3a44", "eec98a", 0.08, 0.25),
    "tender": _tones("fbf0e4", "f7e0d0", "ebcbbb", "d2a99c", "9d7a74", "463239", "f2a37a", 0.10, 0.40),
    "joyful": _tones("fdf5dd", "f9ebbd", "cfe0cf", "a8c7b8", "72998f", "32393f", "f4ae3d", 0.04, 0.42),
    "hopeful": _tones("fbf3e1", "f8e3c0", "d3dcdc", "a5b9c4", "6f8798", "303848", "f3b54e", 0.08, 0.48),
    "melancholic": _tones("ebecea", "d3dae0", "b4bfca", "8f9dad", "616f83", "2c3242", "d9b48a", 0.20, 0.16),
    "tense": _tones("efeade", "d8d6cb", "b5b6ae", "858a88", "545b60", "24262d", "dd6a45", 0.26, 0.22),
    "angry": _tones("f3e4d6", "e8c0a4", "cf957b", "a3665a", "6d4144", "2d1d24", "e0452f", 0.26, 0.30),
    "eerie": _tones("e4eadd", "c3d2c6", "9bb3ab", "6d8886", "43595e", "1d282f", "d6e08a", 0.34, 0.26),
    "mysterious": _tones("e8e5ea", "cbc7d8", "a5a1bb", "787596", "4c4b69", "221f33", "f0c66c", 0.32, 0.30),
    "ominous": _tones("e2dedb", "bcb7b8", "918d93", "656369", "3e3c45", "19181f", "d4553f", 0.42, 0.20),
    "surprised": _tones("fbf3e0", "f3e2c4", "d4d3cc", "aab3b8", "747f8b", "2f3140", "f0913c", 0.06, 0.36),
}

_WARDROBE: tuple[Colour, ...] = (
    (194, 98, 82), (82, 136, 150), (216, 176, 92), (138, 104, 142), (136, 152, 96), (212, 148, 150),
    (84, 92, 158), (224, 128, 72), (96, 156, 130), (150, 116, 96), (160, 150, 192), (126, 168, 194),
)  # fmt: skip


def character_colour(character_id: str) -> Colour:
    """Return the colour a character wears in every panel; ids that end in other numbers differ in hue."""
    number = re.search(r"(\d{1,6})$", character_id)
    if number:
        return _WARDROBE[(int(number[1]) - 1) % len(_WARDROBE)]
    return _WARDROBE[int(dice("wardrobe", character_id)(1) * len(_WARDROBE))]


def palette_of(mood: str, *, night: bool = False, morning: bool = False, monochrome: bool = False) -> Palette:
    """Return the palette of a mood (see camera.MOODS), darker at night, greyed for black-and-white styles."""
    chosen = PALETTES.get(mood, PALETTES["neutral"])
    if morning:
        chosen = replace(chosen, sky=mix(chosen.sky, (250, 205, 160), 0.42), glow=chosen.glow + 0.1)
    if monochrome:
        chosen = _each(chosen, _greyed)
    if night:
        chosen = replace(_each(chosen, _nightly), glow=0.6, dim=max(chosen.dim, 0.3))
    return chosen


def _each(palette: Palette, change: object) -> Palette:
    assert callable(change)
    names = ("paper", "sky", "far", "mid", "near")
    return replace(palette, **{name: change(getattr(palette, name)) for name in names})


def _greyed(colour: Colour) -> Colour:
    grey = round(0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2])
    return mix(colour, (grey, grey, grey), 0.5)


def _nightly(colour: Colour) -> Colour:
    return mix((colour[0] * 56 // 100, colour[1] * 62 // 100, colour[2] * 76 // 100), (70, 80, 118), 0.4)
