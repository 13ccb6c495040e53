"""Measure a long queue, with no server: memory, queueing, claiming, the screen's look at it.

python -m benchmarks.long_queue
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.rig import Load, a_store, shown, wishes
from kitsumy_core.store import Ending, NewJob, Want
from kitsumy_core.store.change import now


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, nargs="+", default=[100, 10_000])
    parser.add_argument("--times", type=int, default=40)
    chosen = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| jobs queued | memory held | queueing, a job | claim + end | the screen's look | double check |")
    print("| --- | --- | --- | --- | --- | --- |")
    for count in chosen.jobs:
        print(row(count, chosen.times), flush=True)


def row(count: int, times: int) -> str:
    """Measure a queue of so many jobs and return its line of the table."""
    with a_store() as (store, project):
        gc.collect()
        before = _resident()
        began = time.perf_counter()
        for first in range(0, count, 500):
            store.add_jobs(wishes(project, min(500, count - first), Load(0.0), ("red", "green", "blue")))
        queueing = (time.perf_counter() - began) * 1000 / count

        def claim() -> None:
            found = store.claim(Want("comfyui", "http://a", 2), "bench", 60.0)
            assert found is not None
            store.end(found.attempt.id, Ending("cancelled", "", {}, now(), is_failure=False))

        claims = _timed(claim, times)
        looks = _timed(lambda: store.queue_view(project), times)
        twin = store.jobs(project, "queued")[0]
        double = NewJob(project, twin.panel_id, "final", twin.request, twin.shot, "bench")
        checks = _timed(lambda: store.add_jobs([double], once=True), times)
        gc.collect()
        held = (_resident() - before) / 2**20
    cells = (f"{held:.1f} MB", f"{queueing:.2f} ms", *(shown(v, 1, " ms") for v in (claims, looks, checks)))
    return f"| {count:,} | " + " | ".join(cells) + " |"


def _timed(act: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _resident() -> int:
    """Return the bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
