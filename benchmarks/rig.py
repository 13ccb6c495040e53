"""What benchmarks of the engine share: graphs of waiting nodes, a store, the server's own clock."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import resource
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import structlog

from kitsumy_core.plan.book import Book
from kitsumy_core.render.comfyui import ComfyUIBackend
from kitsumy_core.render.engine import Engine
from kitsumy_core.render.graph import Graph
from kitsumy_core.render.pool import Place
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.shot import Shot
from kitsumy_core.settings import Settings
from kitsumy_core.store import NewJob, Store

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
_seeds = itertools.count(random.SystemRandom().randrange(1 << 40))


class Load(NamedTuple):
    """What a picture costs a server: seconds of waiting, pixels to encode, seconds to load another model."""

    seconds: float
    width: int = 64
    height: int = 64
    swap: float = 0.0


class Run(NamedTuple):
    """What the engine took for some jobs: seconds on the clock, and of this process's processor time."""

    seconds: float
    processor: float


class Span(NamedTuple):
    """When the server began and ended a job, in seconds of its own clock."""

    began: float
    ended: float
    model: str


def graph(load: Load, model: str = "a", prefix: str = "kitsumy/bench") -> Graph:
    """Return a graph no cache has seen."""
    size = {"width": load.width, "height": load.height}
    return {
        "1": {"class_type": "KitsumyLoad", "inputs": {"name": model, "seconds": load.swap}},
        "2": {
            "class_type": "KitsumyWait",
            "inputs": {"model": ["1", 0], "seconds": load.seconds, "seed": next(_seeds), **size},
        },
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": prefix}},
    }


@contextmanager
def a_store() -> Iterator[tuple[Store, str]]:
    """Give an empty store on this disk, durable as in use, and a project in it."""
    with tempfile.TemporaryDirectory(prefix="kitsumy-bench-") as folder:
        store = Store.open(Settings(data_dir=Path(folder)))
        try:
            yield store, store.create(Book(), "bench").id
        finally:
            store.close()


def wishes(project: str, count: int, load: Load, models: Sequence[str] = ("a",)) -> list[NewJob]:
    """Return jobs for so many pictures; their models take turns."""
    made = []
    for number in range(count):
        model = models[number % len(models)]
        size = {"width": load.width, "height": load.height}
        request = DiffusionRequest(workflow=model, prompt="", seed=next(_seeds), **size)
        shot = Shot(panel_id=f"p{number}")
        made.append(NewJob(project, f"p{number}", "final", request, shot, "bench"))
    return made


@asynccontextmanager
async def an_engine(store: Store, urls: Sequence[str], load: Load) -> AsyncIterator[Engine]:
    """Run an engine on servers, as the studio does."""

    def opener(place: Place) -> ComfyUIBackend:
        return ComfyUIBackend(place.server, lambda model: graph(load, model), lambda key: b"")

    engine = Engine(store, opener, [Place("comfyui", url) for url in urls])
    task = asyncio.create_task(engine.run())
    try:
        while not all(view.is_up for view in engine.servers()) or not engine.servers():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        yield engine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def through_engine(urls: Sequence[str], count: int, load: Load, models: Sequence[str] = ("a",)) -> Run:
    """Return the seconds from queueing to the last picture in the store; one picture before is not timed."""
    with a_store() as (store, project):
        async with an_engine(store, urls, load) as engine:

            async def made(wanted: int) -> float:
                began = time.perf_counter()
                await asyncio.to_thread(engine.submit, wishes(project, wanted, load, models))
                while any(v.busy for v in engine.servers()) or store.is_at_work(project):  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
                return time.perf_counter() - began

            await made(len(urls))
            used = processor()
            for url in urls:
                forget(url)
            taken = await made(count)
            used = processor() - used
        assert len(store.takes(project)) == count + len(urls)
        return Run(taken, used)


async def all_at_once(url: str, count: int, load: Load) -> float:
    """Return the seconds a server needs for jobs that all wait in its own queue: its ceiling."""
    async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
        began = time.perf_counter()
        for _ in range(count):
            await http.post("/prompt", json={"prompt": graph(load), "prompt_id": str(uuid.uuid4())})
        while (await http.get("/prompt")).json()["exec_info"]["queue_remaining"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return time.perf_counter() - began


async def plainly(url: str, count: int, load: Load) -> float:
    """Return the seconds of the plain way: submit one, ask once a second, fetch the file."""
    async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
        began = time.perf_counter()
        for _ in range(count):
            sent = await http.post("/prompt", json={"prompt": graph(load)})
            prompt_id = sent.json()["prompt_id"]
            while not (entry := (await http.get(f"/history/{prompt_id}")).json()):  # noqa: ASYNC110
                await asyncio.sleep(1)
            (image,) = entry[prompt_id]["outputs"]["3"]["images"]
            (await http.get("/view", params=image)).raise_for_status()
        return time.perf_counter() - began


def processor() -> float:
    """Return the processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def forget(url: str) -> None:
    """Empty the history of a server."""
    httpx2.post(f"{url}/history", json={"clear": True}, timeout=30)


def spans(url: str) -> list[Span]:
    """Return the jobs in a server's history by its own clock, in the order in which it did them."""
    found = []
    entries: dict[str, Any] = httpx2.get(f"{url}/history", timeout=30).json()
    for entry in entries.values():
        told = dict(entry["status"]["messages"])
        model = entry["prompt"][2]["1"]["inputs"]["name"]
        moments = (told["execution_start"]["timestamp"], told["execution_success"]["timestamp"])
        found.append(Span(moments[0] / 1000, moments[1] / 1000, model))
    return sorted(found)


def idle(found: Sequence[Span]) -> float:
    """Return the mean seconds a server did nothing between two jobs."""
    return statistics.mean(later.began - before.ended for before, later in itertools.pairwise(found))


def middle(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the median and its 95 % bootstrap interval."""
    dice = random.Random(1)
    medians = sorted(statistics.median(dice.choices(values, k=len(values))) for _ in range(2000))
    return statistics.median(values), medians[50], medians[1949]


def shown(values: Sequence[float], digits: int = 2, unit: str = "") -> str:
    """Write a median with its interval."""
    found, low, high = middle(values)
    return f"{found:.{digits}f}{unit} ({low:.{digits}f} - {high:.{digits}f})"
