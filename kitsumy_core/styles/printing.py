"""What treatments are made of: colour maps, flat colours, ink, the screens of printers, paper, light."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

BLACK, WHITE = (16, 14, 16), (250, 248, 242)

Colour = tuple[int, int, int]
Picture = Image.Image


def mapped(tone: Picture, *stops: Colour) -> Picture:
    """Return a picture whose tones run through colours, from the darkest to the lightest."""
    steps = len(stops) - 1
    table: list[int] = []
    for channel in range(3):
        for value in range(256):
            at = value / 255 * steps
            low = min(int(at), steps - 1)
            a, b = stops[low][channel], stops[low + 1][channel]
            table.append(round(a + (b - a) * (at - low)))
    return tone.convert("RGB").point(table)


def flat(picture: Picture, colours: int) -> Picture:
    """Return the picture in so many flat colours."""
    calm = picture.filter(ImageFilter.MedianFilter(9))
    return calm.quantize(colours, kmeans=2, dither=Image.Dither.NONE).convert("RGB")


def inked(picture: Picture, lines: Picture, ink: Colour = BLACK, width: int = 1) -> Picture:
    """Lay ink lines over a picture, so many pixels wider on each side as `width` is over 1."""
    mask = lines.filter(ImageFilter.MaxFilter(2 * width - 1)) if width > 1 else lines
    out = picture.copy()
    out.paste(ink, mask=mask.point(lambda v: min(255, v * 2)))
    return out


def dots(size: tuple[int, int], pitch: int, angle: float = 45) -> Picture:
    """Return a screen of round dots: darkest in the middle of each, to be compared with a tone."""
    tile = Image.radial_gradient("L").resize((pitch, pitch))
    return _sheet(size, tile, angle)


def cuts(size: tuple[int, int], pitch: int, angle: float) -> Picture:
    """Return a screen of parallel cuts."""
    ramp = [round(255 * abs(2 * y / pitch - 1)) for y in range(pitch)]
    tile = Image.frombytes("L", (1, pitch), bytes(ramp)).resize((pitch, pitch))
    return _sheet(size, tile, angle)


def _sheet(size: tuple[int, int], tile: Picture, angle: float) -> Picture:
    side = round((size[0] + size[1]) * 1.05)
    sheet = Image.new("L", (side, side))
    for x in range(0, side, tile.width):
        for y in range(0, side, tile.height):
            sheet.paste(tile, (x, y))
    turned = sheet.rotate(angle, Image.Resampling.BICUBIC)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))


def screened(tone: Picture, screen: Picture) -> Picture:
    """Return where a tone is darker than a screen, as a mask (255 = ink)."""
    return ImageChops.subtract(ImageOps.invert(tone), screen).point(lambda v: 255 if v > 0 else 0)


def grain(size: tuple[int, int], strength: float, seed: str, soft: float = 0.7) -> Picture:
    """Return paper as a multiplier around white."""
    noise = Image.frombytes("L", size, Random(seed).randbytes(size[0] * size[1]))
    noise = noise.filter(ImageFilter.GaussianBlur(soft))
    return ImageOps.autocontrast(noise).point(lambda v: round(255 - strength * (255 - v))).convert("RGB")


def mottled(picture: Picture, strength: float, seed: str) -> Picture:
    """Let the lightness of a picture vary in large soft spots, as a wash does."""
    cells = Image.frombytes("L", (16, 11), Random(seed).randbytes(176))
    spots = cells.resize(picture.size, Image.Resampling.BICUBIC).convert("RGB")
    return ImageChops.multiply(picture, spots.point(lambda v: round(255 - strength * (255 - v))))


def vignette(picture: Picture, strength: float, colour: Colour = (0, 0, 0)) -> Picture:
    corners = Image.radial_gradient("L").resize(picture.size)
    out = picture.copy()
    out.paste(colour, mask=corners.point(lambda v: round(255 * strength * max(0, v - 90) / 165)))
    return out


def glowing(picture: Picture, strength: float, radius: float = 16) -> Picture:
    """Let what is light shine into what is around it."""
    lights = picture.point(lambda v: max(0, round((v - 130) * 2 * strength)))
    return ImageChops.screen(picture, lights.filter(ImageFilter.GaussianBlur(radius)))


def rays(size: tuple[int, int], centre: tuple[float, float], count: int, seed: str, inner: float) -> Picture:
    """Return wedges that run from the rim towards a centre (255 = on a wedge)."""
    mask, roll = Image.new("L", size), Random(seed)
    draw, (cx, cy), far = ImageDraw.Draw(mask), centre, sum(size)
    for n in range(count):
        angle = 2 * pi * (n + roll.uniform(-0.3, 0.3)) / count
        half = pi / count * roll.uniform(0.12, 0.5)
        start = inner * roll.uniform(0.85, 1.4)
        tip = (cx + cos(angle) * start, cy + sin(angle) * start * 0.8)
        ends = [(cx + cos(angle + d) * far, cy + sin(angle + d) * far) for d in (-half, half)]
        draw.polygon([tip, *ends], fill=255)
    return mask


def saturated(picture: Picture, colour: float, contrast: float = 1.0, light: float = 1.0) -> Picture:
    done = ImageEnhance.Color(picture).enhance(colour)
    return ImageEnhance.Brightness(ImageEnhance.Contrast(done).enhance(contrast)).enhance(light)
