"""Measure how well 200 dialogues are lettered, and how long composing and the edit of a balloon take.

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
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from benchmarks.dialogues import Case, cases
from kitsumy_core.geometry import Point, Rect, segments_cross
from kitsumy_core.page.compose import compose_page
from kitsumy_core.page.document import Lettering, PageBox, SetText
from kitsumy_core.page.fonts import REPLACEMENT, measure, pieces
from kitsumy_core.page.outline import angle_towards, point_at, tip_of
from kitsumy_core.plan.book import MAIN


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


def judged(found: list[Case]) -> tuple[Counter[str], list[tuple[int, str, str]], list[float]]:
    """Letter every dialogue; return faults counted by kind, each fault with its dialogue, and times in ms."""
    counted: Counter[str] = Counter()
    listed, times = [], []
    for number, case in enumerate(found):
        began = process_time()
        page = compose_page(case.book, MAIN, case.page, 1, {}, measure)
        times.append((process_time() - began) * 1000)
        wrong = set(faults(page, case.book.direction() == "rtl"))
        counted.update({kind for kind, _ in wrong})
        listed += [(number, kind, where) for kind, where in sorted(wrong)]
    return counted, listed, times


KINDS = ("overflow", "tofu", "face", "order", "overlap", "tails-cross", "tail-over-balloon", "cannot-fit")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure lettering on 200 dialogues.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="name this many faults")
    options = parser.parse_args()
    found = cases()
    counted, listed, cold = judged(found)
    warm = judged(found)[2]
    print(f"{len(found)} dialogues, {sum(c.language == 'uk' for c in found)} of them Ukrainian")
    for kind in KINDS:
        print(f"  {kind:18} {counted[kind]:4}")
    print(
        f"compose, ms of processor time: median {median(cold):.1f} cold, {median(warm):.1f} warm; slowest {max(cold):.0f}"
    )
    for number, kind, where in listed[: options.worst]:
        print(f"  dialogue {number}: {kind} {where}")
    if options.json:
        facts = {
            "dialogues": len(found),
            "faults": {kind: counted[kind] for kind in KINDS},
            "compose_ms": {"cold": median(cold), "warm": median(warm)},
        }
        options.json.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
