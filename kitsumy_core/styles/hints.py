"""Draw the sample pictures that ship with the styles: one little scene, a treatment a style.

    python -m kitsumy_core.styles.hints [FOLDER]      (default: this folder)

They hint at a style and are no model's work: the files say so, and the studio says it beside them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from kitsumy_core.render.shot import CastMember, Part, Shot
from kitsumy_core.render.sketching.frame import Frame, frame_of
from kitsumy_core.render.sketching.painting import paint
from kitsumy_core.styles.printing import (
    BLACK,
    WHITE,
    Colour,
    Picture,
    cuts,
    dots,
    flat,
    glowing,
    grain,
    inked,
    mapped,
    mottled,
    rays,
    saturated,
    screened,
    vignette,
)  # fmt: skip

FOLDER = Path(__file__).parent
SIZE = (480, 320)
LARGE = (960, 640)
"""Size in pixels at which a hint is drawn, before it is made small."""
MADE_BY = "made by Kitsumy Studio: drawn by a program, not by an image model"


class Scene(NamedTuple):
    """The scene to be treated: in colour, and where its ink lines are (255 = ink)."""

    picture: Picture
    lines: Picture

    @property
    def tone(self) -> Picture:
        return ImageOps.autocontrast(self.picture.convert("L"), cutoff=1)


def scene(place: str, mood: str, action: str = "Vera holds a lantern. Amos points at her") -> Scene:
    """Draw the two of every hint at a place; the ink is what changes when it is drawn in another colour."""

    def part(text: str) -> Part:
        return Part(text=text)

    vera = CastMember(id="c1", name=part("Vera"), look=part("a young woman, long dark hair, glasses"))
    amos = CastMember(id="c2", name=part("Amos"), look=part("an old bearded man with a cap"))
    shot = Shot(
        panel_id="hint", camera=part("medium shot"), cast=(vera, amos), action=part(action),
        place=part(place), mood=part(mood), language="en",
    )  # fmt: skip
    frame = frame_of(shot, LARGE)
    black, white = (_inked(frame, ink) for ink in ((0, 0, 0), (255, 255, 255)))
    return Scene(black, ImageChops.difference(black, white).convert("L"))


def _inked(frame: Frame, ink: Colour) -> Picture:
    palette = replace(frame.palette, ink=ink, dim=0.0, glow=0.0)
    return paint(replace(frame, palette=palette))[0]


DAY, DUSK, NIGHT = ("lighthouse", "hopeful"), ("street", "melancholic"), ("roofs at night", "mysterious")


def solids(s: Scene, darker: int) -> Picture:
    """Return what is darker than a tone, in whole spots (255 = dark)."""
    return s.tone.filter(ImageFilter.MedianFilter(7)).point(lambda v: 255 if v < darker else 0)


# One treatment a style


def american_classic(s: Scene) -> Picture:
    paper = Image.new("RGB", s.picture.size, (247, 236, 208))
    strong = saturated(s.picture, 2.0, 1.2, 1.12).filter(ImageFilter.MedianFilter(7))
    plates = zip(strong.split(), ((0, 158, 214), (222, 30, 98), (250, 214, 20)), (15, 75, 0), strict=True)
    for n, (channel, colour, angle) in enumerate(plates):
        mask = screened(channel, dots(channel.size, 9, angle))
        plate = Image.composite(
            Image.new("RGB", paper.size, colour), Image.new("RGB", paper.size, WHITE), mask
        )
        paper = ImageChops.multiply(paper, ImageChops.offset(plate, n - 1, n % 2))
    return inked(inked(paper, solids(s, 40)), s.lines, width=2)


def bande_dessinee(s: Scene) -> Picture:
    calm = mottled(flat(saturated(s.picture, 1.35, 1.1, 1.1), 24), 0.12, "bd")
    hatched = ImageChops.multiply(solids(s, 96), screened(s.tone, cuts(s.tone.size, 8, 35)))
    return inked(inked(calm, hatched, (52, 40, 44)), s.lines, (34, 26, 30))


def cartoon(s: Scene) -> Picture:
    bright = flat(saturated(s.picture, 2.2, 1.1, 1.16), 24)
    return inked(bright, s.lines, (30, 20, 36), 2)


def cinematic(s: Scene) -> Picture:
    graded = Image.blend(
        mapped(s.tone, (6, 14, 24), (16, 62, 78), (222, 138, 84), (255, 226, 180)), s.picture, 0.3
    )
    shot = vignette(glowing(graded.filter(ImageFilter.GaussianBlur(0.8)), 0.7, 24), 0.7)
    draw = ImageDraw.Draw(shot)
    bar = shot.height // 8
    draw.rectangle((0, 0, shot.width, bar), fill=(0, 0, 0))
    draw.rectangle((0, shot.height - bar, shot.width, shot.height), fill=(0, 0, 0))
    return shot


def cyberpunk(s: Scene) -> Picture:
    neon = mapped(s.tone, (12, 6, 34), (58, 12, 104), (226, 26, 140), (60, 226, 240), (230, 255, 255))
    neon = inked(neon, s.lines, (8, 4, 24))
    red, green, blue = neon.split()
    split = Image.merge("RGB", (ImageChops.offset(red, 3, 0), green, ImageChops.offset(blue, -3, 0)))
    lines = screened(Image.new("L", neon.size, 120), cuts(neon.size, 6, 0)).point(lambda v: 255 - v // 4)
    return ImageChops.multiply(glowing(split, 0.8, 14), lines.convert("RGB"))


def horror(s: Scene) -> Picture:
    dark = mapped(s.tone, (8, 12, 12), (40, 58, 52), (124, 138, 112), (226, 230, 196))
    red = ImageChops.subtract(s.picture.split()[0], s.picture.split()[1]).point(
        lambda v: 255 if v > 70 else 0
    )
    dark.paste((140, 12, 16), mask=red.filter(ImageFilter.GaussianBlur(1)))
    scratched = inked(
        dark, screened(s.tone.point(lambda v: min(255, v + 60)), cuts(s.tone.size, 7, 118)), (3, 4, 4)
    )
    return vignette(
        ImageChops.multiply(inked(scratched, s.lines, width=2), grain(dark.size, 0.35, "dread")), 0.9
    )


def ink_wash(s: Scene) -> Picture:
    wash = (
        s.tone.point(lambda v: min(255, v + 24))
        .filter(ImageFilter.ModeFilter(13))
        .filter(ImageFilter.GaussianBlur(5))
    )
    wet = mottled(mapped(wash, (38, 40, 46), (112, 114, 118), (206, 204, 198), (246, 243, 234)), 0.16, "wash")
    brush = s.lines.filter(ImageFilter.GaussianBlur(1.6)).point(lambda v: min(255, v * 2))
    wet.paste((24, 24, 28), mask=brush)
    return ImageChops.multiply(wet, grain(wet.size, 0.22, "rice", 1.6))


def ligne_claire(s: Scene) -> Picture:
    return inked(
        flat(saturated(s.picture, 1.5, 0.95, 1.14), 24), s.lines.point(lambda v: 255 if v > 120 else 0)
    )


def manga(s: Scene) -> Picture:
    page = Image.new("RGB", s.picture.size, WHITE)
    tones = s.tone.point(lambda v: 255 if v > 176 else 150 if v > 118 else 84 if v > 52 else 0)
    page.paste(BLACK, mask=screened(tones, dots(tones.size, 8, 45)))
    size, centre = page.size, (page.width * 0.42, page.height * 0.52)
    page.paste(WHITE, mask=rays(size, centre, 90, "speed", 330))
    page.paste(BLACK, mask=rays(size, centre, 130, "lines", 350))
    return inked(page, s.lines, width=2)


def noir(s: Scene) -> Picture:
    hard = s.tone.filter(ImageFilter.MedianFilter(7)).point(lambda v: 255 if v > 104 else 0)
    light = cuts(hard.size, 96, 24).point(lambda v: 255 if v > 60 else 0)
    page = mapped(ImageChops.multiply(hard, light.filter(ImageFilter.GaussianBlur(1))), BLACK, WHITE)
    edges = ImageChops.multiply(s.lines, ImageOps.invert(page.convert("L")))
    rain, roll = ImageDraw.Draw(page), Random("rain")
    for _drop in range(150):
        x, y, long = roll.randrange(page.width), roll.randrange(page.height), roll.randrange(18, 60)
        rain.line((x, y, x - long * 0.35, y + long), fill=(190, 188, 184), width=1)
    return inked(inked(page, s.lines), edges.point(lambda v: v // 2), WHITE)


def retro_sci_fi(s: Scene) -> Picture:
    poster = mapped(
        s.tone.filter(ImageFilter.MedianFilter(9)).quantize(6, kmeans=2).convert("L"),
        (38, 20, 58),
        (148, 42, 66),
        (236, 110, 52),
        (250, 196, 96),
        (252, 240, 206),
    )
    x, y = poster.width * 0.5, poster.height * 0.36
    burst = rays(poster.size, (x, y), 22, "sun", 40).point(lambda v: v // 5)
    poster.paste((255, 246, 214), mask=burst)
    return ImageChops.multiply(inked(poster, s.lines, (38, 20, 58)), grain(poster.size, 0.35, "pulp"))


def storybook(s: Scene) -> Picture:
    gouache = saturated(s.picture, 1.6, 0.92, 1.5).filter(ImageFilter.ModeFilter(9))
    gouache = mottled(gouache.filter(ImageFilter.GaussianBlur(1.2)), 0.16, "gouache")
    pencil = ImageChops.multiply(s.lines, grain(s.lines.size, 0.9, "pencil").convert("L"))
    return ImageChops.multiply(inked(gouache, pencil, (96, 58, 44)), grain(gouache.size, 0.28, "paper", 1.2))


def superhero(s: Scene) -> Picture:
    strong = flat(saturated(s.picture, 2.6, 1.4, 1.1), 24)
    burst = rays(strong.size, (strong.width * 0.5, strong.height * 0.5), 34, "burst", 300)
    strong.paste((252, 206, 44), mask=burst)
    return inked(inked(strong, solids(s, 70), (10, 10, 30)), s.lines, (10, 10, 30), 2)


def watercolour(s: Scene) -> Picture:
    wet = saturated(s.picture, 1.7, 0.9, 1.3).filter(ImageFilter.ModeFilter(11))
    edges = wet.convert("L").filter(ImageFilter.FIND_EDGES).filter(ImageFilter.GaussianBlur(1.6))
    wet = mottled(wet.filter(ImageFilter.GaussianBlur(3)), 0.12, "aqua")
    wet.paste((90, 84, 96), mask=edges.point(lambda v: min(110, v)))
    pencil = s.lines.point(lambda v: v // 3)
    page = ImageChops.multiply(inked(wet, pencil, (70, 60, 70)), grain(wet.size, 0.16, "cold press", 1.5))
    rim = Image.new("L", page.size)
    ImageDraw.Draw(rim).rounded_rectangle((26, 26, page.width - 26, page.height - 26), 30, fill=255)
    ragged = ImageChops.add(
        rim.filter(ImageFilter.GaussianBlur(14)), grain(page.size, 0.9, "rim", 7).convert("L"), 2
    )
    return Image.composite(
        page, Image.new("RGB", page.size, WHITE), ragged.point(lambda v: 255 if v > 150 else 0)
    )


def webtoon(s: Scene) -> Picture:
    clean = saturated(s.picture.filter(ImageFilter.MedianFilter(5)), 1.7, 1.05, 1.02)
    sky = Image.linear_gradient("L").resize(clean.size)
    tint = mapped(sky, (255, 186, 214), (186, 214, 255))
    soft = ImageChops.soft_light(clean, tint)
    return inked(glowing(soft, 0.16, 30), s.lines.point(lambda v: v * 3 // 5), (92, 54, 76))


def woodcut(s: Scene) -> Picture:
    page = Image.new("RGB", s.picture.size, (240, 226, 196))
    lit = ImageChops.subtract(s.picture.split()[0], s.picture.split()[2]).point(
        lambda v: 255 if v > 62 else 0
    )
    page.paste((186, 70, 40), mask=lit.filter(ImageFilter.MedianFilter(7)))
    wave = ImageChops.add(
        s.tone.point(lambda v: min(255, v * 5 // 4)),
        grain(s.tone.size, 0.35, "wood", 4).convert("L"),
        1,
        -225,
    )
    page.paste((28, 20, 18), mask=screened(wave, cuts(s.tone.size, 11, 8)))
    return inked(page, s.lines, (28, 20, 18), 2)


TREATMENTS: Mapping[str, tuple[Callable[[Scene], Picture], tuple[str, str]]] = {
    "american-classic": (american_classic, DAY),
    "bande-dessinee": (bande_dessinee, DUSK),
    "cartoon": (cartoon, DAY),
    "cinematic": (cinematic, NIGHT),
    "cyberpunk": (cyberpunk, NIGHT),
    "horror": (horror, NIGHT),
    "ink-wash": (ink_wash, DAY),
    "ligne-claire": (ligne_claire, DAY),
    "manga": (manga, DUSK),
    "noir": (noir, NIGHT),
    "retro-sci-fi": (retro_sci_fi, DAY),
    "storybook": (storybook, NIGHT),
    "superhero": (superhero, DUSK),
    "watercolour": (watercolour, DAY),
    "webtoon": (webtoon, DAY),
    "woodcut": (woodcut, NIGHT),
}
"""Style id -> its treatment and the place and mood that suit it."""


def hint(style_id: str) -> Picture:
    """Return the hint of a style that ships, as an RGB picture of `SIZE`."""
    treat, where = TREATMENTS[style_id]
    return treat(scene(*where)).resize(SIZE, Image.Resampling.LANCZOS)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for style_id in TREATMENTS:
        hint(style_id).save(folder / f"{style_id}.jpg", "JPEG", quality=84, comment=MADE_BY.encode())


if __name__ == "__main__":
    main()
