"""Measure how long a storyboard sketch of every sample panel takes, at the size the studio renders them.

Reading what changed words show is measured apart: where that stays the same, nothing more is done.

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
from kitsumy_core.render.sketch import draw_frame, read_frame

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
        draw_frame(read_frame(request))
    reading: list[float] = []
    drawing: list[float] = []
    for request in requests:
        times = [_times(_typed_on(request, n)) for n in range(1, ROUNDS + 1)]
        reading.append(statistics.median(read for read, _ in times))
        drawing.append(statistics.median(drawn for _, drawn in times))
    pixels = statistics.median(r.width * r.height for r in requests) / 1e6
    print(f"{len(requests)} panels, {pixels:.2f} megapixels (median)")
    print(f"drawn: median {statistics.median(drawing):.0f} ms, slowest {max(drawing):.0f} ms a sketch")
    print(f"read: median {statistics.median(reading):.2f} ms, slowest {max(reading):.2f} ms a sketch")


def _typed_on(request: SketchRequest, words: int) -> SketchRequest:
    """Return the request with so many words more that say nothing."""
    told = request.shot.action
    longer = told.model_copy(update={"text": told.text + " hm" * words})
    return request.model_copy(update={"shot": request.shot.model_copy(update={"action": longer})})


def _times(request: SketchRequest) -> tuple[float, float]:
    """Return the milliseconds of reading and of drawing."""
    began = time.perf_counter()
    frame = read_frame(request)
    read = time.perf_counter()
    draw_frame(frame)
    return (read - began) * 1000, (time.perf_counter() - read) * 1000


if __name__ == "__main__":
    main()
