"""Cut pictures to their panels, several at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from math import ceil, floor
from typing import NamedTuple

from PIL import Image, ImageDraw

from kitsumy_core.geometry import Point, Polygon, Rect, polygon_of
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.page.document import ImageUse, PanelBox

Load = Callable[[str], Image.Image | None]
"""Asset id -> image, or None where it cannot be had."""

_PREVIEW = 0.6
"""Below this scale quicker filters do, and what they made is worth keeping."""
_WORKERS = 4


_BAND = 48
"""Rows of a slanted panel that are pasted at a time."""


class Tile(NamedTuple):
    """A picture pasted at a pixel, through a mask unless the panel is a plain box."""

    image: Image.Image
    at: tuple[int, int]
    mask: Image.Image | None

    def paste(self, onto: Image.Image) -> None:
        """Paste the picture: band by band, through the mask only where the panel's edges are.

        Copying pixels is several times as quick as weighing them.
        """
        if self.mask is None:
            onto.paste(self.image, self.at)
            return
        for top in range(0, self.image.height, _BAND):
            rows = (top, min(top + _BAND, self.image.height))
            inside = _inside(self.mask, rows)
            for x0, x1, is_whole in (
                (0, inside[0], False),
                (*inside, True),
                (inside[1], self.image.width, False),
            ):
                if x1 > x0:
                    part = (x0, rows[0], x1, rows[1])
                    mask = None if is_whole else self.mask.crop(part)
                    onto.paste(self.image.crop(part), (self.at[0] + x0, self.at[1] + rows[0]), mask)


def _inside(mask: Image.Image, rows: tuple[int, int]) -> tuple[int, int]:
    """Return from and to which column a convex mask is full in all of these rows."""
    first = mask.crop((0, rows[0], mask.width, rows[0] + 1)).getbbox()
    last = mask.crop((0, rows[1] - 1, mask.width, rows[1])).getbbox()
    if first is None or last is None:
        return 0, 0
    x0, x1 = max(first[0], last[0]), min(first[2], last[2])
    return (x0, x1) if x1 > x0 else (0, 0)


class Place(NamedTuple):
    """A panel's polygon and whole-pixel box on the picture."""

    polygon: Polygon
    x0: int
    y0: int
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


def place_of(panel: PanelBox, scale: float, offset: float) -> Place:
    """Return where a panel is on a picture of the page; `offset` is the bleed drawn, in page pixels."""
    polygon = polygon_of([((x + offset) * scale, (y + offset) * scale) for x, y in panel.shape.points])
    box = Rect.around(polygon)
    x0, y0 = floor(box.x0 + 0.25), floor(box.y0 + 0.25)
    return Place(polygon, x0, y0, max(1, ceil(box.x1 - 0.25) - x0), max(1, ceil(box.y1 - 0.25) - y0))


class _Cut(NamedTuple):
    """A picture still to be made: the part of an image at the size of its panel."""

    source: Image.Image
    use: ImageUse
    place: Place
    key: tuple[object, ...]


def art_tiles(
    panels: Sequence[PanelBox], load: Load, scale: float, offset: float, cache: DrawCache | None = None
) -> Iterator[Tile | None]:
    """Yield the pictures of panels at their size; None where there is none or it cannot be loaded.

    `load` is called for one panel after another; decoding of files opened lazily and resizing run in threads,
    which are at work when this returns.
    """
    places = [place_of(panel, scale, offset) for panel in panels]
    shown: list[Image.Image | None] = [None] * len(panels)
    cuts: dict[int, _Cut] = {}
    for index, (panel, place) in enumerate(zip(panels, places, strict=True)):
        use = panel.image
        if use is None:
            continue
        key = ("art", use.asset, use.crop, use.flip_x, place.size)
        shown[index] = cache.get(key) if cache else None
        if shown[index] is None and (source := _source(use.asset, load, cache)) is not None:
            cuts[index] = _Cut(source, use, place, key)
    pool = ThreadPoolExecutor(_WORKERS)
    made = {index: pool.submit(_made, cut, scale, cache) for index, cut in cuts.items()}
    pool.shutdown(wait=False)

    def tiles() -> Iterator[Tile | None]:
        for index, place in enumerate(places):
            picture = made[index].result() if index in made else shown[index]
            yield Tile(picture, (place.x0, place.y0), mask_of(place)) if picture else None

    return tiles()


def _source(asset: str, load: Load, cache: DrawCache | None) -> Image.Image | None:
    kept: Image.Image | None = cache.get(("image", asset)) if cache else None
    return kept if kept is not None else load(asset)


def _made(cut: _Cut, scale: float, cache: DrawCache | None) -> Image.Image | None:
    """Decode, cut and resize; None if the file turns out to be damaged."""
    try:
        source = as_rgb(cut.source)
        source.load()
    except (OSError, SyntaxError, ValueError):
        return None
    crop, wide, high = cut.use.crop, cut.source.width, cut.source.height
    x, y = min(max(0.0, crop.x), wide - 1), min(max(0.0, crop.y), high - 1)
    box = (x, y, min(wide, x + max(1.0, crop.width)), min(high, y + max(1.0, crop.height)))
    if [*box] == [0, 0, *cut.place.size] and cut.place.size == source.size:
        picture = source.copy()
    else:
        grows = cut.place.width > box[2] - box[0]
        picture = source.resize(
            cut.place.size,
            Image.Resampling.BILINEAR if grows and scale < _PREVIEW else Image.Resampling.BICUBIC,
            box,
            reducing_gap=2.0 if scale < _PREVIEW else None,
        )
    if cut.use.flip_x:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if cache:
        cache.put(("image", cut.use.asset), source, 3 * wide * high)
        if scale < _PREVIEW:
            cache.put(cut.key, picture, 3 * cut.place.width * cut.place.height)
    return picture


def opened(data: bytes) -> Image.Image:
    """Decode the bytes of a picture wholly, as RGB. Raises OSError, SyntaxError or ValueError."""
    with Image.open(BytesIO(data)) as image:
        image.load()
        return as_rgb(image)


def as_rgb(image: Image.Image) -> Image.Image:
    """Return an image as RGB; what is transparent becomes white paper."""
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "#ffffff")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")


def mask_of(place: Place) -> Image.Image | None:
    """Return the mask of a slanted panel; its steps lie under the border, so they need no smoothing."""
    if all(a.x == b.x or a.y == b.y for a, b in sides_of(place.polygon)):
        return None
    mask = Image.new("L", (place.width, place.height))
    ImageDraw.Draw(mask).polygon([(p.x - place.x0, p.y - place.y0) for p in place.polygon], fill=255)
    return mask


def sides_of(polygon: Polygon) -> list[tuple[Point, Point]]:
    """Return the sides of a polygon, each from corner to corner."""
    return list(zip(polygon, (*polygon[1:], polygon[0]), strict=True))
