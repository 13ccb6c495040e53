"""Stack the panels of a comic for reading by scrolling, and cut the strip into files that platforms accept.

Cuts lie in the gaps between panels; where a panel is taller than a file may be, at its quietest row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kitsumy_core.export.archive import Entry
from kitsumy_core.export.comic import UNWATCHED, Comic, Watch, each_page
from kitsumy_core.export.missing import notes
from kitsumy_core.export.scroll import scroll_pages
from kitsumy_core.page.document import PageBox
from kitsumy_core.page.draw import draw_page
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.jpeg import jpeg_bytes
from kitsumy_core.plan.book import MAIN

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 800, 1280
"""Largest slice that WEBTOON takes, in pixels; other platforms take more."""
MAX_BYTES = 2_000_000
EPISODE_BYTES = 20_000_000
"""What WEBTOON takes for all slices of an episode; a chapter beyond it becomes several."""
LEAST = 300
"""No slice is lower than this, but the last."""
GAP = 130
_QUALITIES = (90, 82, 74, 64, 50)


class Strip(NamedTuple):
    """A part of the scroll, how much empty space comes before it, and whether an episode begins with it."""

    image: Image
    before: int
    begins: bool = False


class Gap(NamedTuple):
    """Rows that hold nothing: from `start` up to `end`."""

    start: int
    end: int


def webtoon_files(comic: Comic, watch: Watch = UNWATCHED) -> Iterator[Entry]:
    """Yield episode-01/001.jpg and so on; a chapter is an episode. Raises CancelledJobError."""
    said = notes(comic.document)
    episode, number, size = 0, 0, 0
    for part in slices(strips(comic, watch)):
        data = jpeg_within(part.image, said)
        if part.begins or size + len(data) > EPISODE_BYTES:
            episode, number, size = episode + 1, 0, 0
        number, size = number + 1, size + len(data)
        yield f"episode-{episode:02}/{number:03}.jpg", data


def strips(comic: Comic, watch: Watch) -> Iterator[Strip]:
    """Yield every panel as wide as the strip; a comic made for scrolling gives its pages as they are."""
    whole = comic.document.meta.format == "webtoon"
    by_id = {page.id: page for page in comic.plan.pages()}
    starts = {page.id for page in comic.document.pages[:1]} | set(comic.chapters)

    def boxes(page: PageBox) -> Iterator[PageBox]:
        if whole:
            yield page
        elif page.id in by_id:
            yield from scroll_pages(comic.book, MAIN, comic.takes, measure, by_id[page.id])

    def make(page: PageBox) -> list[Strip]:
        begins = page.id in starts
        return [
            Strip(
                draw_page(box, comic.load, WIDTH / box.trim.width),
                0 if whole or (begins and index == 0) else GAP,
                begins and index == 0,
            )
            for index, box in enumerate(boxes(page))
        ]

    for _number, made in each_page(comic.document, watch, make):
        yield from made


def slices(parts: Iterator[Strip]) -> Iterator[Strip]:
    """Yield pictures of at most WIDTH x HEIGHT that follow one another without a seam."""
    from PIL import Image

    rest, begins = Image.new("RGB", (WIDTH, 0)), True
    gaps: list[Gap] = []
    for part in parts:
        if part.begins and rest.height:
            yield Strip(rest, 0, begins)
            rest, gaps, begins = Image.new("RGB", (WIDTH, 0)), [], True
        top = rest.height + part.before
        longer = Image.new("RGB", (WIDTH, top + part.image.height), "#ffffff")
        longer.paste(rest, (0, 0))
        longer.paste(part.image, (0, top))
        gaps.append(Gap(rest.height, top))
        rest = longer
        while rest.height > HEIGHT:
            cut = _cut(rest, gaps)
            yield Strip(rest.crop((0, 0, WIDTH, cut)), 0, begins)
            begins = False
            rest = rest.crop((0, cut, WIDTH, rest.height))
            gaps = [Gap(max(0, gap.start - cut), gap.end - cut) for gap in gaps if gap.end > cut]
    if rest.height:
        yield Strip(rest, 0, begins)


def _cut(picture: Image, gaps: list[Gap]) -> int:
    """Return the row before which the next slice begins."""
    for gap in reversed(gaps):
        if max(gap.start, LEAST) <= min(gap.end, HEIGHT):
            return min(gap.end, HEIGHT)
    return _quietest(picture, HEIGHT * 6 // 10, HEIGHT)


def _quietest(picture: Image, first: int, last: int) -> int:
    """Return the row where the fewest edges are crossed: no letter, no face if it can be helped."""
    from PIL import Image, ImageChops

    band = picture.crop((0, first, WIDTH, last)).convert("L")
    moved = ImageChops.offset(band, 1, 0)
    edges = ImageChops.difference(band, moved).crop((1, 0, WIDTH, last - first))
    rows = list(edges.resize((1, last - first), Image.Resampling.BOX).tobytes())
    calm = [sum(rows[max(0, at - 4) : at + 5]) for at in range(len(rows))]
    return first + max(range(len(calm)), key=lambda at: (-calm[at], at))


def jpeg_within(image: Image, comment: str) -> bytes:
    """Return a picture as JPEG of at most MAX_BYTES, as good as that allows."""
    data = b""
    for quality in _QUALITIES:
        data = jpeg_bytes(image, quality=quality, subsampling="4:4:4", comment=comment.encode())
        if len(data) <= MAX_BYTES:
            break
    return data
