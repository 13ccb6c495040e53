"""Measure images per second of one ComfyUI server through our client, by hand and by polling.

    python benchmarks/comfyui_throughput.py --url http://127.0.0.1:8188

Every way renders the same trivial graphs (a flat colour, saved as PNG) and ends with the picture's bytes
in memory, so that the client is measured and not a model. The ways take turns (A B C A B C ...); what
counts is the median of the ratios of neighbouring runs, with a bootstrap interval. "By hand" is the
shortest correct loop one would write: one socket, post, wait for `executing` null, ask the history, fetch
the file. "Polling" asks the history every second.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import platform
import random
import statistics
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2
from websockets.asyncio.client import connect

from kitsumy_core.render.backend import Progress
from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.graph import Graph
from kitsumy_core.render.request import DiffusionRequest

_colours = itertools.count(random.SystemRandom().randrange(1 << 24))
Way = Callable[[str, int, int], Awaitable[float]]
"""(url, how many images, side in pixels) -> seconds."""


def flat_colour(side: int, prefix: str = "kitsumy/bench") -> Graph:
    """Return a graph no cache has seen: an image of one new colour."""
    size = {"width": side, "height": side, "batch_size": 1}
    return {
        "1": {"class_type": "EmptyImage", "inputs": {**size, "color": next(_colours) % (1 << 24)}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": prefix}},
    }


async def through_client(url: str, count: int, side: int, in_flight: int = 1) -> float:
    backend = ComfyUIBackend(url, lambda name: flat_colour(side), lambda key: b"")
    request = DiffusionRequest(prompt="", width=side, height=side)

    def ignore(progress: Progress) -> None:
        pass

    async def one() -> None:
        (picture,) = await backend.render(str(uuid.uuid4()), request, ignore)
        assert picture.width == side

    try:
        await one()
        began = time.perf_counter()
        left = iter(range(count))

        async def lane() -> None:
            for _ in left:
                await one()

        await asyncio.gather(*(lane() for _ in range(in_flight)))
        return time.perf_counter() - began
    finally:
        await backend.aclose()


async def two_in_flight(url: str, count: int, side: int) -> float:
    return await through_client(url, count, side, in_flight=2)


async def by_hand(url: str, count: int, side: int) -> float:
    client_id = uuid.uuid4().hex
    address = f"{url.replace('http', 'ws', 1)}/ws?clientId={client_id}"
    async with (
        httpx2.AsyncClient(base_url=url, timeout=30) as http,
        connect(address, max_size=None) as socket,
    ):

        async def one() -> None:
            posted = await http.post("/prompt", json={"prompt": flat_colour(side), "client_id": client_id})
            prompt_id = posted.json()["prompt_id"]
            while True:
                received = await socket.recv()
                if isinstance(received, str) and (message := json.loads(received))["type"] == "executing":
                    data = message["data"]
                    if data["node"] is None and data["prompt_id"] == prompt_id:
                        break
            await fetch(http, (await http.get(f"/history/{prompt_id}")).json()[prompt_id])

        await one()
        began = time.perf_counter()
        for _ in range(count):
            await one()
        return time.perf_counter() - began


async def by_polling(url: str, count: int, side: int) -> float:
    async with httpx2.AsyncClient(base_url=url, timeout=30) as http:

        async def one() -> None:
            prompt_id = (await http.post("/prompt", json={"prompt": flat_colour(side)})).json()["prompt_id"]
            while not (history := (await http.get(f"/history/{prompt_id}")).json()):  # noqa: ASYNC110 - what is measured
                await asyncio.sleep(1)
            await fetch(http, history[prompt_id])

        began = time.perf_counter()
        for _ in range(count):
            await one()
        return time.perf_counter() - began


async def fetch(
    http: httpx2.AsyncClient, entry: dict[str, dict[str, dict[str, list[dict[str, str]]]]]
) -> bytes:
    (image,) = entry["outputs"]["2"]["images"]
    return (await http.get("/view", params=image)).content


def interval(ratios: list[float], rounds: int = 2000) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the median."""
    dice = random.Random(1)
    medians = sorted(statistics.median(dice.choices(ratios, k=len(ratios))) for _ in range(rounds))
    return medians[int(rounds * 0.025)], medians[int(rounds * 0.975)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default="http://127.0.0.1:8188")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--images", type=int, default=60, help="images a round; polling gets three")
    parser.add_argument("--side", type=int, default=64, help="side of the pictures in pixels")
    chosen = parser.parse_args()
    ways: dict[str, tuple[Way, int]] = {
        "client": (through_client, chosen.images),
        "by hand": (by_hand, chosen.images),
        "client, two in flight": (two_in_flight, chosen.images),
        "polling": (by_polling, 3),
    }
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(chosen.rounds):
        for name, (way, count) in ways.items():
            speeds[name].append(count / asyncio.run(way(chosen.url, count, chosen.side)))
    print(f"{chosen.rounds} rounds, {chosen.images} images of {chosen.side} px")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, values in speeds.items():
        median, least, most = statistics.median(values), min(values), max(values)
        print(f"{name:24} median {median:7.1f} images/s   ({least:.1f} .. {most:.1f})")
    for name in ("client", "client, two in flight"):
        for other in ("by hand", "polling"):
            ratios = [a / b for a, b in zip(speeds[name], speeds[other], strict=True)]
            low, high = interval(ratios)
            print(
                f"{name} / {other}: {statistics.median(ratios):.3f}   95 % interval {low:.3f} .. {high:.3f}"
            )


if __name__ == "__main__":
    main()
