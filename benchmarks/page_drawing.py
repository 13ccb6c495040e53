"""Compare making a page with merely decoding its images and encoding the result.

    python benchmarks/page_drawing.py [--rounds 9] [--json FILE]

A us-comic page (1988 x 3075 px) with 5 images of about 1 MP and 8 balloons. Each round measures, one after
the other: decode + encode alone; decode + compose + draw + encode. The ratio of a round is their quotient;
the table gives the median with the range that holds the middle half of the rounds. Then come the times of the
steps, of a preview and of the edit of one balloon on it. Goal: a ratio of at most 1.5 for PNG.
"""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from PIL import Image, ImageChops, ImageFilter

from kitsumy_core.page.cache import DrawCache
from kitsumy_core.page.compose import TakeImage, compose_page
from kitsumy_core.page.draw import Encoding, draw_page, encode
from kitsumy_core.page.fonts import measure
from kitsumy_core.page.importance import busy_cells
from kitsumy_core.plan.book import MAIN, Book, Edition, Placement
from kitsumy_core.plan.models import Chapter, Character, ComicPlan, Dialogue, DialogueKit, Page, Panel

LINES = (
    "Це ще що за мара? Пригаси світло, бо нас побачать з берега!",
    "Маяк не світить уже три ночі.",
    "Ти чуєш? Хтось ходить нагорі.",
    "Це вітер. Завжди це вітер, поки не виявиться, що ні.",
    "Тримай ліхтар вище!",
    "Сходи мокрі.",
    "А сліди — босі.",
    "Ґедзь мене вкуси, їх тут двоє!",
)
SIZES = ((1152, 1008), (1104, 1008), (1344, 864), (928, 976), (1088, 1104))


def a_book() -> Book:
    """Return a book of one page: five slanted panels, eight balloons."""
    spread = (2, 2, 2, 1, 1)
    panels, said = [], 0
    for index, count in enumerate(spread):
        lines = tuple(
            Dialogue(
                character=f"char-{1 + n % 2}", text=LINES[said + n], kitsumy=DialogueKit(id=f"d{said + n}")
            )
            for n in range(count)
        )
        said += count
        panels.append(Panel(id=f"p{index}", characters=("char-1", "char-2"), dialogue=lines))
    cast = (Character(id="char-1", name="Марко"), Character(id="char-2", name="Зоя"))
    page = Page(id="page", layout="action", panels=tuple(panels))
    return Book(plan=ComicPlan(characters=cast, chapters=(Chapter(id="c", pages=(page,)),)))


def an_image(size: tuple[int, int], seed: int) -> Image.Image:
    """Return a picture about as hard to compress as a rendered one: soft shapes with some grain."""
    waves = [Image.radial_gradient("L").resize(size).rotate(37 * (seed + i)) for i in range(3)]
    picture = Image.merge("RGB", waves)
    grain = Image.effect_noise(size, 22).filter(ImageFilter.GaussianBlur(0.6))
    return ImageChops.add(picture, Image.merge("RGB", [grain] * 3), 1.0, -128)


def decoded(files: Mapping[str, bytes]) -> dict[str, Image.Image]:
    images = {}
    for name, data in files.items():
        with Image.open(BytesIO(data)) as image:
            images[name] = image.convert("RGB")
    return images


def timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def compare(book: Book, encoding: Encoding, files: Mapping[str, bytes], rounds: int) -> dict[str, object]:
    """Return the medians in ms and the ratio of making a page to decoding and encoding alone."""
    page = book.plan.chapters[0].pages[0]
    takes = {f"p{i}": TakeImage(f"p{i}", *size) for i, size in enumerate(SIZES)}

    def whole() -> Image.Image:
        box = compose_page(book, MAIN, page, 1, takes, measure)
        picture = draw_page(box, lambda name: Image.open(BytesIO(files[name])))
        encode(picture, encoding)
        return picture

    picture = whole()
    bare = lambda: (decoded(files), encode(picture, encoding))  # noqa: E731
    bare()
    base, full = [], []
    for turn in range(rounds):
        order = ((base, bare), (full, whole)) if turn % 2 else ((full, whole), (base, bare))
        for times, work in order:
            times.append(timed(work))
    ratios = [f / b for f, b in zip(full, base, strict=True)]
    low, _, high = quantiles(ratios, n=4)
    return {
        "decode_encode_ms": round(median(base) * 1000),
        "whole_ms": round(median(full) * 1000),
        "ratio": round(median(ratios), 2),
        "middle_half": [round(low, 2), round(high, 2)],
    }


def steps(book: Book, files: Mapping[str, bytes], rounds: int) -> dict[str, float]:
    """Return median times in ms of the single steps, of a preview, and of the edit of one balloon."""
    page = book.plan.chapters[0].pages[0]
    images = decoded(files)
    takes = {key: TakeImage(key, *image.size, "", busy_cells(image)) for key, image in images.items()}
    box = compose_page(book, MAIN, page, 1, takes, measure)
    scale = 800 / box.trim.width
    cache = DrawCache()
    draw_page(box, images.get, scale, cache=cache)
    places = iter(range(10_000))

    def edit() -> None:
        moved = Placement(x=0.4 + 0.0001 * next(places), y=0.25)
        edited = book.but(editions=(Edition(placements={"d0": moved}),))
        shown = compose_page(edited, MAIN, page, 1, takes, measure)
        encode(draw_page(shown, images.get, scale, cache=cache), "jpg")

    works: dict[str, Callable[[], object]] = {
        "decode": lambda: decoded(files),
        "measure": lambda: [busy_cells(image) for image in images.values()],
        "compose": lambda: compose_page(book, MAIN, page, 1, takes, measure),
        "draw": lambda: draw_page(box, images.get),
        "preview_800_cold": lambda: encode(draw_page(box, images.get, scale), "jpg"),
        "balloon_edit_800": edit,
    }
    return {name: round(median(timed(work) for _ in range(rounds)) * 1000, 1) for name, work in works.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    book = a_book()
    pictures = [an_image(size, seed) for seed, size in enumerate(SIZES)]
    sources: dict[Encoding, dict[str, bytes]] = {
        "png": {f"p{i}": encode(image, "png") for i, image in enumerate(pictures)},
        "jpg": {f"p{i}": encode(image, "jpg", 92) for i, image in enumerate(pictures)},
    }
    figures: dict[str, object] = {"python": platform.python_version(), "rounds": options.rounds}
    print("images -> page   decode+encode    whole   ratio  (middle half)")
    for source, target in (("png", "png"), ("jpg", "png"), ("png", "jpg"), ("jpg", "jpg")):
        found = compare(book, target, sources[source], options.rounds)
        figures[f"{source}-{target}"] = found
        low, high = found["middle_half"]
        print(
            f"{source} -> {target:9}  {found['decode_encode_ms']:>9} ms {found['whole_ms']:>6} ms"
            f"  {found['ratio']:>6}  ({low} - {high})"
        )
    figures["steps_ms"] = found_steps = steps(book, sources["png"], options.rounds)
    for name, value in found_steps.items():
        print(f"{name:18} {value:>7} ms")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
