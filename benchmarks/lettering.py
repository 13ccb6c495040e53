"""Measure how well 200 dialogues are lettered, with and without pictures, and how long composing and the edit
of a balloon take.

    python -m benchmarks.lettering [--json FILE] [--worst N]

Quality is judged from the finished document alone, by rules of its own: every line against the chord of its
balloon, every sign against the fonts, balloons against the known faces, tails against tails, and the order in
which a reader meets the balloons against the order in which they are said. Goals: no overflow that is not
reported, no missing sign, no face covered, every order clear.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import mean, median
from time import process_time

from PIL import Image

from benchmarks.dialogues import Case, cases
from benchmarks.page_drawing import SIZES, a_book, an_image
from kitsumy_core.geometry import Point, Rect, segments_cross
from kitsumy_core.page.art import art_tiles
from kitsumy_core.page.busy import COLUMNS, Busy, meter
from kitsumy_core.page.cache import DrawCache
from kitsumy_core.page.compose import TakeImage, compose_page
from kitsumy_core.page.document import Lettering, PageBox, SetText
from kitsumy_core.page.draw import draw_page, encode
from kitsumy_core.page.fonts import REPLACEMENT, measure, pieces
from kitsumy_core.page.importance import busy_cells
from kitsumy_core.page.outline import angle_towards, point_at, tip_of
from kitsumy_core.page.sizes import panel_box
from kitsumy_core.plan.book import MAIN, Edition, Placement


def faults(page: PageBox, mirrored: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the lettering of a page: (kind of fault, id of the element)."""
    for panel in page.panels:
        words = [e for e in page.lettering if e.panel == panel.id]
        faces = [Rect(x, y, x + w, y + h) for x, y, w, h in (s.bbox for s in panel.subjects)]
        spoken = [e for e in words if e.kind != "sfx"]
        for entry in words:
            yield from _of_one(entry, faces)
        for first, second in combinations(spoken, 2):
            yield from _of_two(first, second)
        if reading_order(spoken, mirrored) != [e.id for e in spoken]:
            yield "order", panel.id


def _of_one(entry: Lettering, faces: list[Rect]) -> Iterator[tuple[str, str]]:
    if entry.overflow:
        yield "cannot-fit", entry.id
    elif _spills(entry):
        yield "overflow", entry.id
    drawn = [piece.text for line in entry.text.lines for piece in pieces(line, entry.text.font)]
    if sum(t.count(REPLACEMENT) for t in drawn) > sum(line.count(REPLACEMENT) for line in entry.text.lines):
        yield "tofu", entry.id
    if entry.kind != "sfx" and not entry.overflow and any(covers(entry, face) for face in faces):
        yield "face", entry.id


def _width(text: SetText, index: int) -> float:
    return sum(measure(run.text, run.font, text.size) for run in text.line_runs(index))


def _spills(entry: Lettering) -> bool:
    """Tell whether a line is wider than its shape is at the line's worse edge."""
    shape, text = entry.shape, entry.text
    if shape.type == "none":
        return False
    for i in range(len(text.lines)):
        middle = (i - (len(text.lines) - 1) / 2) * text.leading
        far = abs(middle) + 0.36 * text.size
        chord = (
            1.0
            if shape.type == "rect"
            else max(0.0, 1 - min(1.0, far / shape.ry) ** shape.n) ** (1 / shape.n)
        )
        if _width(text, i) > 2 * shape.rx * chord + 0.5:
            return True
    return False


def covers(entry: Lettering, face: Rect, steps: int = 16) -> bool:
    """Tell whether any part of a face, taken as an ellipse, lies under a balloon's body."""
    for row in range(steps + 1):
        for column in range(steps + 1):
            u, v = 2 * column / steps - 1, 2 * row / steps - 1
            if u * u + v * v <= 1 and _inside(entry, face.at(((u + 1) / 2, (v + 1) / 2))):
                return True
    return False


def _inside(entry: Lettering, at: Point) -> bool:
    shape = entry.shape
    u, v = abs(at.x - shape.cx) / shape.rx, abs(at.y - shape.cy) / shape.ry
    return max(u, v) <= 1 if shape.type == "rect" else u**shape.n + v**shape.n <= 1


def _of_two(first: Lettering, second: Lettering) -> Iterator[tuple[str, str]]:
    a, b = first.shape, second.shape
    touching = abs(a.cx - b.cx) < a.rx + b.rx and abs(a.cy - b.cy) < a.ry + b.ry
    if touching and any(_inside(second, point_at(a, 0.1 * n)) for n in range(63)):
        yield "overlap", second.id
    for one, other in ((first, second), (second, first)):
        for way in _ways(one):
            if any(
                _inside(
                    other,
                    Point(
                        way[0].x + (way[1].x - way[0].x) * t / 12, way[0].y + (way[1].y - way[0].y) * t / 12
                    ),
                )
                for t in range(2, 13)
            ):
                yield "tail-over-balloon", one.id
    if any(segments_cross(*s, *t) for s in _ways(first) for t in _ways(second)):
        yield "tails-cross", second.id


def _ways(entry: Lettering) -> list[tuple[Point, Point]]:
    shape = entry.shape
    return [(point_at(shape, angle_towards(shape, t.target)), tip_of(shape, t)) for t in entry.tails]


def reading_order(entries: list[Lettering], mirrored: bool) -> list[str]:
    """Return the ids in the order a reader meets them: the topmost first, in a row from its start."""
    left, met = list(entries), []
    while left:
        top = min(left, key=lambda e: e.shape.cy - e.shape.ry).shape
        row = [e for e in left if e.shape.cy - e.shape.ry < top.cy]
        first = min(row, key=lambda e: -e.shape.cx if mirrored else e.shape.cx)
        left.remove(first)
        met.append(first.id)
    return met


def a_take(case: Case, number: int, busy: bool = True) -> dict[str, TakeImage]:
    """Return a take for the dialogue's panel: by turns the left, right, upper or lower part of it is busy."""
    panel = case.page.panels[0]
    size = panel_box(case.book, panel.id)
    assert size is not None
    rows = max(1, round(COLUMNS / size.aspect))
    parts = [
        lambda x, y: x < 0.5,
        lambda x, y: x >= 0.5,
        lambda x, y: y < 0.4,
        lambda x, y: y >= 0.4,
        lambda x, y: (int(6 * x) + int(6 * y)) % 2,
    ]
    part = parts[number % len(parts)]
    cells = bytes(255 * bool(part(i / COLUMNS, j / rows)) for j in range(rows) for i in range(COLUMNS))
    return {panel.id: TakeImage("a" * 64, round(size.width), round(size.height), "", cells if busy else b"")}


def disturbed(
    found: list[Case], placed: Sequence[Mapping[str, TakeImage]], takes: Sequence[Mapping[str, TakeImage]]
) -> float:
    """Return how busy, 0 to 1, the pictures `takes` are under the balloons that were laid over `placed`."""
    measured = []
    for case, own, real in zip(found, placed, takes, strict=True):
        page = compose_page(case.book, MAIN, case.page, 1, own, measure)
        under = {
            panel.id: meter(Busy(real[panel.id].busy, Rect(0, 0, 1, 1), Rect.around(panel.shape.points)))
            for panel in page.panels
            if panel.id in real
        }
        for entry in page.lettering:
            shape = entry.shape
            if entry.panel in under and shape.type not in ("none", "rect"):
                body = Rect.centred((shape.cx, shape.cy), shape.rx, shape.ry)
                measured.append(under[entry.panel](*body))
    return mean(measured)


def judged(
    found: list[Case], takes: Sequence[Mapping[str, TakeImage]] = ()
) -> tuple[Counter[str], list[tuple[int, str, str]], list[float]]:
    """Letter every dialogue; return faults counted by kind, each fault with its dialogue, and times in ms.

    `takes` are the pictures of each dialogue's panels, if they have some.
    """
    counted: Counter[str] = Counter()
    listed, times = [], []
    for number, case in enumerate(found):
        shown = takes[number] if takes else {}
        began = process_time()
        page = compose_page(case.book, MAIN, case.page, 1, shown, measure)
        times.append((process_time() - began) * 1000)
        wrong = set(faults(page, case.book.direction() == "rtl"))
        counted.update({kind for kind, _ in wrong})
        listed += [(number, kind, where) for kind, where in sorted(wrong)]
    return counted, listed, times


def edit_figures(width: int, rounds: int) -> dict[str, float]:
    """Compare the edit of a balloon (compose, draw, encode) with pasting art and encoding alone."""
    book = a_book()
    page = book.plan.chapters[0].pages[0]
    images = {f"p{i}": an_image(size, i) for i, size in enumerate(SIZES)}
    takes = {key: TakeImage(key, *image.size, "", busy_cells(image)) for key, image in images.items()}
    box = compose_page(book, MAIN, page, 1, takes, measure)
    scale, cache = width / box.trim.width, DrawCache()
    size = draw_page(box, images.get, scale, cache=cache).size
    tiles = [tile for tile in art_tiles(box.panels, images.get, scale, 0.0, cache) if tile]
    edits, floors = [], []
    for number in range(rounds):
        began = process_time()
        picture = Image.new("RGB", size, "#ffffff")
        for tile in tiles:
            picture.paste(tile.image, tile.at, tile.mask)
        encode(picture, "jpg")
        between = process_time()
        hand = Placement(x=0.4 + 0.003 * number, y=0.25)
        edited = book.but(editions=(Edition(placements={"d0": hand}),))
        shown = compose_page(edited, MAIN, page, 1, takes, measure)
        encode(draw_page(shown, images.get, scale, cache=cache), "jpg")
        edits.append((process_time() - between) * 1000)
        floors.append((between - began) * 1000)
    return {
        "width": width,
        "edit": median(edits),
        "floor": median(floors),
        "ratio": median(edits) / median(floors),
    }


KINDS = ("overflow", "tofu", "face", "order", "overlap", "tails-cross", "tail-over-balloon", "cannot-fit")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure lettering on 200 dialogues.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--worst", type=int, default=0, help="name this many faults")
    options = parser.parse_args()
    found = cases()
    counted, listed, cold = judged(found)
    takes = [a_take(case, number) for number, case in enumerate(found)]
    shown, more, _times = judged(found, takes)
    listed += more
    print(f"{len(found)} dialogues, {sum(c.language == 'uk' for c in found)} of them Ukrainian")
    print(f"  {'without, with':>18} pictures")
    for kind in KINDS:
        print(f"  {kind:18} {counted[kind]:4} {shown[kind]:4}")
    bare = [{key: take._replace(busy=b"") for key, take in own.items()} for own in takes]
    blind, seeing = (disturbed(found, placed, takes) for placed in (bare, takes))
    print(f"busy under balloons, picture not looked at: {blind:.0%}, looked at: {seeing:.0%}")
    print(f"compose, ms of processor time: median {median(cold):.1f}, slowest {max(cold):.0f}")
    moved = [edit_figures(width, options.rounds) for width in (960, 1988)]
    for figures in moved:
        print(
            "balloon edit at {width} px: {edit:.1f} ms, art paste + JPEG {floor:.1f} ms: x{ratio:.2f}".format(
                **figures
            )
        )
    for number, kind, where in listed[: options.worst]:
        print(f"  dialogue {number}: {kind} {where}")
    if options.json:
        facts = {
            "dialogues": len(found),
            "faults": {kind: counted[kind] for kind in KINDS},
            "faults_with_pictures": {kind: shown[kind] for kind in KINDS},
            "busy_under_balloons": [blind, seeing],
            "compose_ms": median(cold),
            "balloon_edit": moved,
        }
        options.json.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
