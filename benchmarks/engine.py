"""Measure the engine on one ComfyUI server: throughput against the server's own ceiling, time lost, overhead.

    python -m benchmarks.engine --url http://127.0.0.1:8188

The server needs the nodes of `benchmarks/comfyui_nodes`. The ways take turns in each round: all jobs in the
server's own queue at once (its ceiling), the whole engine (ledger on disk, websocket, fetching, storing), and
the plain way (submit, ask once a second). Time between jobs is read from the server's own clock.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import resource
import time

from benchmarks.rig import Load, all_at_once, forget, idle, plainly, shown, spans, through_engine

JOBS = {
    "64 px, no waiting": (Load(0.0), 40, 0),
    "512 x 320 noise, 0.25 s": (Load(0.25, 512, 320), 16, 4),
    "512 x 320 noise, 1 s": (Load(1.0, 512, 320), 10, 4),
}
"""Name -> what a picture costs, how many a round, how many by the plain way (0 = as many as three)."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default="http://127.0.0.1:8188")
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    print(f"{chosen.rounds} rounds; Python {platform.python_version()}, {os.cpu_count()} cores, ", end="")
    print(f"load {os.getloadavg()[0]:.1f}\n")
    print(
        "| picture | engine / ceiling | plain way / ceiling | lost between jobs | same, server's own queue "
        "| overhead a job | our processor time a job |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, (load, count, polled) in JOBS.items():
        print(row(chosen.url, name, load, count, polled or 3, chosen.rounds), flush=True)


def row(url: str, name: str, load: Load, count: int, polled: int, rounds: int) -> str:
    """Measure one kind of picture and return its line of the table."""
    ratios, plain, lost, best, overhead, processor = [], [], [], [], [], []
    asyncio.run(all_at_once(url, 2, load))
    for _ in range(rounds):
        forget([url])
        ceiling = asyncio.run(all_at_once(url, count, load)) / count
        best.append(idle(spans(url)) * 1000)
        forget([url])
        used = _processor()
        engine = asyncio.run(through_engine([url], count, load)) / count
        processor.append((_processor() - used) * 1000 / count)
        lost.append(idle(spans(url)) * 1000)
        by_hand = asyncio.run(plainly(url, polled, load)) / polled
        ratios.append(ceiling / engine)
        plain.append(ceiling / by_hand)
        overhead.append((engine - ceiling) * 1000)
    cells = (shown(ratios), shown(plain), *(shown(v, 1, " ms") for v in (lost, best, overhead, processor)))
    return f"| {name} | " + " | ".join(cells) + " |"


def _processor() -> float:
    """Return the processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"\n{time.monotonic() - began:.0f} s")
