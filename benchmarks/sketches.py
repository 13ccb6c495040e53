"""Measure how long a storyboard sketch of every sample panel takes, at the size the studio renders them.

python -m benchmarks.sketches
"""

from __future__ import annotations

import statistics
import time

from kitsumy_core import pipeline
from kitsumy_core.pipeline import RenderOptions
from kitsumy_core.plan.book import Book
from kitsumy_core.plan.files import read_plan
from kitsumy_core.render.request import SketchRequest
from kitsumy_core.render.sketch import draw_sketch

ROUNDS = 5


def main() -> None:
    requests: list[SketchRequest] = []
    for file in pipeline.samples().values():
        book = Book(plan=read_plan(file.read_bytes()).plan)
        for panel in book.plan.panels():
            request = pipeline.planned(book, panel.id, RenderOptions("sketch")).request
            assert isinstance(request, SketchRequest)
            requests.append(request)
    for request in requests:
        draw_sketch(request)
    best: list[float] = []
    for request in requests:
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            draw_sketch(request)
            times.append(time.perf_counter() - began)
        best.append(statistics.median(times) * 1000)
    pixels = statistics.median(r.width * r.height for r in requests) / 1e6
    print(f"{len(requests)} panels, {pixels:.2f} megapixels (median)")
    print(f"median {statistics.median(best):.0f} ms, slowest {max(best):.0f} ms a sketch")


if __name__ == "__main__":
    main()
