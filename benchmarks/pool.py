"""Measure several ComfyUI servers: two against one, and how often models are loaded on a mixed queue.

    python -m benchmarks.pool --urls http://127.0.0.1:8188 http://127.0.0.1:8189

The servers need the nodes of `benchmarks/comfyui_nodes`, whose waiting uses no processor: two servers on one
machine do not slow each other down. Loads are counted in the servers' histories: a server keeps what the last
graph used, so a model is loaded whenever the graph before named another one.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import platform
import time
from collections.abc import Sequence

from benchmarks.rig import Load, forget, shown, spans, through_engine

PICTURE = Load(1.0, 64, 64)
MIXED = Load(0.1, 64, 64, swap=0.3)
MODELS = ("red", "green", "blue", "black")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--urls", nargs=2, default=["http://127.0.0.1:8188", "http://127.0.0.1:8189"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=12)
    chosen = parser.parse_args()
    print(f"{chosen.rounds} rounds of {chosen.images}; Python {platform.python_version()}, ", end="")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print(f"two servers / one: {two_against_one(chosen.urls, chosen.images, chosen.rounds)}", flush=True)
    print("\n| mixed queue | models loaded | optimum | in the order queued |\n| --- | --- | --- | --- |")
    for urls in (chosen.urls[:1], chosen.urls):
        print(swaps(urls, 2 * chosen.images, chosen.rounds), flush=True)


def two_against_one(urls: Sequence[str], count: int, rounds: int) -> str:
    """Return how many times as fast two servers are."""
    ratios = []
    for _ in range(rounds):
        one = asyncio.run(through_engine(urls[:1], count, PICTURE))
        both = asyncio.run(through_engine(urls, count, PICTURE))
        ratios.append(one / both)
    return shown(ratios)


def swaps(urls: Sequence[str], count: int, rounds: int) -> str:
    """Return the line of a queue in which four models take turns."""
    loads = []
    for _ in range(rounds):
        forget(urls)
        asyncio.run(through_engine(urls, count, MIXED, MODELS))
        loads.append(sum(_loads([span.model for span in spans(url)]) for url in urls))
    return (
        f"| {count} pictures, {len(MODELS)} models taking turns, {len(urls)} server(s) "
        f"| {shown([float(n) for n in loads], 0)} | {len(MODELS)} | {count} |"
    )


def _loads(models: Sequence[str]) -> int:
    return int(bool(models)) + sum(a != b for a, b in itertools.pairwise(models))


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"\n{time.monotonic() - began:.0f} s")
