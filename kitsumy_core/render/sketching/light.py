"""Give a frame its surface: graded sky before the drawing; light, wash and paper grain (cached) after it."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageFilter

from kitsumy_core.render.sketching.ink import Colour, mix
from kitsumy_core.render.sketching.palette import Palette


@lru_cache(maxsize=4)
def _grain(side: int = 256) -> Image.Image:
    """Return a tile of paper grain, nearly white."""
    noise = Image.frombytes("L", (side, side), Random("paper").randbytes(side * side))
    soft = noise.filter(ImageFilter.GaussianBlur(0.8))
    return soft.point([round(255 - 13 * max(0.0, (150 - v) / 60)) if v < 150 else 255 for v in range(256)])


@lru_cache(maxsize=6)
def _surface(width: int, height: int) -> Image.Image:
    """Return grain and the uneven drying of a wash over a whole frame, as a multiplier."""
    sheet = Image.new("L", (width, height))
    tile = _grain()
    for x in range(0, width, tile.width):
        for y in range(0, height, tile.height):
            sheet.paste(tile, (x, y))
    cells = (max(3, width // 90), max(3, height // 90))
    blots = Image.frombytes("L", cells, Random("wash").randbytes(cells[0] * cells[1]))
    wash = blots.resize((width, height), Image.Resampling.BICUBIC).point(
        [round(243 + v * 12 / 255) for v in range(256)]
    )
    grey = ImageChops.multiply(sheet, wash)
    return Image.merge("RGB", (grey, grey, grey))


@lru_cache(maxsize=12)
def _pool(width: int, height: int) -> Image.Image:
    """Return 0 in the middle of the frame rising to 255 in its corners."""
    return Image.radial_gradient("L").resize((width, height), Image.Resampling.BILINEAR)


@lru_cache(maxsize=64)
def _warming(light: Colour) -> list[int]:
    """Return what soft light of one colour makes of each value of red, green and blue."""
    values = Image.frombytes("L", (256, 1), bytes(range(256)))
    lit = (ImageChops.soft_light(values, Image.new("L", values.size, channel)) for channel in light)
    return [value for channel in lit for value in channel.tobytes()]


def graded(size: tuple[int, int], top: Colour, low: Colour) -> Image.Image:
    """Return a frame that runs from one colour above to another below."""
    column = (1, size[1])
    mask = Image.linear_gradient("L").resize(column, Image.Resampling.BILINEAR)
    return Image.composite(Image.new("RGB", column, low), Image.new("RGB", column, top), mask).resize(
        size, Image.Resampling.NEAREST
    )


def finished(frame: Image.Image, palette: Palette) -> Image.Image:
    """Return the frame with darkened corners, warm light in the middle and the paper's grain."""
    pool, lit = _pool(*frame.size), frame.copy()
    edges = [round(255 * palette.dim * max(0.0, (v - 96) / 159) ** 1.3) for v in range(256)]
    lit.paste(mix(palette.near, palette.ink, 0.5), mask=pool.point(edges))
    warm = lit.point(_warming(mix(palette.accent, (255, 246, 226), 0.35)))
    middle = [round(214 * min(1.0, palette.glow) * max(0.0, (170 - v) / 170) ** 1.5) for v in range(256)]
    lit.paste(warm, mask=pool.point(middle))
    return ImageChops.multiply(lit, _surface(*frame.size))
