"""Compare writing a print PDF with merely decoding the pictures in it.

    python -m benchmarks.exports [--pages 60] [--rounds 5] [--json FILE]

A us-comic book of 60 pages with 5 PNG pictures of about 1 MP and 8 balloons a page. Each round measures, in
turns: decoding all pictures in as many threads as the export uses; the whole export (decode, cut, encode, set
the lettering, write). Goal: a ratio of at most 1.3. Given are the median ratios of wall time and of processor
time, which other work on the machine disturbs less, with their 95 % bootstrap intervals.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

from PIL import Image, ImageChops

from benchmarks.page_drawing import LINES, SIZES, an_image
from kitsumy_core.export.ahead import WORKERS
from kitsumy_core.export.comic import Comic
from kitsumy_core.export.pdf import write_pdf
from kitsumy_core.page.compose import TakeImage, compose
from kitsumy_core.page.draw import encode
from kitsumy_core.page.fonts import measure
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.models import (
    Chapter,
    Character,
    ComicPlan,
    Crop,
    Dialogue,
    DialogueKit,
    Page,
    Panel,
    PanelKit,
)

SPREAD = (2, 2, 2, 1, 1)
VARIANTS = 4


def a_comic(pages: int) -> Comic:
    """Return a book whose pictures repeat in ever different crops, so that none is written twice."""
    files: dict[str, bytes] = {}
    sizes: dict[str, tuple[int, int]] = {}
    for slot, size in enumerate(SIZES):
        base = an_image(size, slot)
        for variant in range(VARIANTS):
            name = f"{slot}-{variant}"
            files[name] = encode(ImageChops.offset(base, 97 * variant, 61 * variant), "png")
            sizes[name] = size
    takes: dict[str, TakeImage] = {}
    made = []
    for page in range(pages):
        panels, said = [], 0
        for slot, count in enumerate(SPREAD):
            panel_id, name = f"{page}-{slot}", f"{slot}-{page % VARIANTS}"
            lines = tuple(
                Dialogue(
                    character=f"char-{1 + n % 2}",
                    text=LINES[said + n],
                    kitsumy=DialogueKit(id=f"{panel_id}-{n}"),
                )
                for n in range(count)
            )
            said += count
            crop = Crop(x=0.0004 * page, y=0, width=0.97, height=0.97)
            panels.append(
                Panel(id=panel_id, characters=("char-1",), dialogue=lines, kitsumy=PanelKit(crop=crop))
            )
            takes[panel_id] = TakeImage(name, *sizes[name], "comfyui")
        made.append(Page(id=f"page-{page}", layout="action", panels=tuple(panels)))
    cast = (Character(id="char-1", name="Марко"), Character(id="char-2", name="Зоя"))
    book = Book(plan=ComicPlan(title="Маяк", characters=cast, chapters=(Chapter(id="c", pages=tuple(made)),)))
    return Comic(compose(book, "main", takes, measure), book, takes, lambda asset: None, files.__getitem__)


def decode_all(comic: Comic) -> None:
    """Decode every picture of every page, in threads."""
    read = comic.read
    assert read is not None

    def decode(asset: str) -> int:
        with Image.open(BytesIO(read(asset))) as image:
            image.load()
            return image.width

    assets = [panel.image.asset for page in comic.document.pages for panel in page.panels if panel.image]
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(decode, assets))


def export(comic: Comic) -> int:
    target = BytesIO()
    write_pdf(target, comic)
    return len(target.getvalue())


class Cost(NamedTuple):
    """Seconds on the clock, and seconds of all processors."""

    wall: float
    cpu: float


def timed(work: Callable[[Comic], object], comic: Comic) -> Cost:
    wall, cpu = perf_counter(), process_time()
    work(comic)
    return Cost(perf_counter() - wall, process_time() - cpu)


def interval(ratios: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the median."""
    draw = random.Random(1)
    medians = sorted(median(draw.choices(ratios, k=len(ratios))) for _ in range(2000))
    return medians[50], medians[-51]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    comic = a_comic(options.pages)
    size = export(comic)
    costs: dict[str, list[Cost]] = {"decode": [], "export": []}
    works: list[tuple[str, Callable[[Comic], object]]] = [("decode", decode_all), ("export", export)]
    for turn in range(options.rounds):
        for name, work in works if turn % 2 else works[::-1]:
            costs[name].append(timed(work, comic))
    print(f"{options.pages} pages, {WORKERS} threads, {size / 1e6:.0f} MB")
    figures: dict[str, object] = {"python": platform.python_version(), "pages": options.pages}
    for kind in ("wall", "cpu"):
        decode, whole = ([getattr(cost, kind) for cost in costs[name]] for name in ("decode", "export"))
        ratios = [w / d for w, d in zip(whole, decode, strict=True)]
        low, high = interval(ratios)
        print(f"{kind:4}  decode {median(decode):6.2f} s  export {median(whole):6.2f} s", end="  ")
        print(f"ratio {median(ratios):.2f} ({low:.2f} - {high:.2f})")
        figures[kind] = {
            "decode_s": decode,
            "export_s": whole,
            "ratio": median(ratios),
            "interval": [low, high],
        }
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
