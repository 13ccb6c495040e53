"""Measure a 20-page plan against its critical path, our cost per call, memory, and a resumed run.

    python -m benchmarks.planner

The server is a double in a process of its own: it writes scripted answers at a steady speed in 1, 4 or 8
slots, so that the planner is measured and not a model. The critical path is what that server needs at best:
cast, then outline, then the pages in order, each in the slot that is free first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2

from kitsumy_core.planner import wire
from kitsumy_core.planner.llm.ask import Asker, Question
from kitsumy_core.planner.llm.openai_chat import OpenAIChat
from kitsumy_core.planner.llm.scripted import Scripted
from kitsumy_core.planner.llm.seam import Message
from kitsumy_core.planner.making import Memory, make
from kitsumy_core.planner.stages import Brief
from tests import scripts
from tests.slot_server import LETTERS, SlotServer, served

PAGES, FIRST, SPEED = 20, 0.4, 250.0
"""Pages of the plan; seconds to a first token; tokens a second of one slot."""
BRIEF = Brief(idea="Робот стереже покинутий маяк.", max_pages=PAGES)


@contextmanager
def server(slots: int, speed: float = SPEED, first: float = FIRST) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.planner", "--serve", f"{slots},{speed},{first}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def seconds_of(answer: str) -> float:
    return FIRST + -(-len(answer) // LETTERS) / SPEED


def critical_path(slots: int) -> float:
    """Return what the server needs at best."""
    cast = seconds_of(json.dumps(scripts.cast_answer(), ensure_ascii=False))
    outline = scripts.outline_answer(PAGES, 3)
    first = cast + seconds_of(json.dumps(outline, ensure_ascii=False))
    free = [0.0] * slots
    counts = {"big-top": 3, "grid-2x2": 4, "three-rows": 3, "two-horizontal": 2, "single": 1}
    for page in outline["pages"]:
        at = free.index(min(free))
        free[at] += seconds_of(json.dumps(scripts.page_answer(counts[page["layout"]]), ensure_ascii=False))
    return first + max(free)


async def planned(url: str, width: int) -> float:
    provider = OpenAIChat(url)
    began = time.perf_counter()
    made = await make(BRIEF, Asker(provider, "scripted-model", width=width), Memory())
    took = time.perf_counter() - began
    await provider.aclose()
    assert not made.failed
    assert len(made.pages) == PAGES
    return took


async def overhead(url: str, rounds: int) -> tuple[list[float], list[float]]:
    """Return seconds of single calls through our client and by hand, taking turns."""
    told = (Message("system", "You plan comics."), Message("user", "Write page 1 of 1: exactly 3 panel(s)"))
    question = Question(told, wire.page(3, ["char-1"], ["Маяк"]), "page", 3000, 0.9)
    provider = OpenAIChat(url)
    asker = Asker(provider, "scripted-model")
    body = {
        "model": "scripted-model",
        "messages": [message._asdict() for message in told],
        "stream": True,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "page", "strict": True, "schema": question.schema},
        },
    }
    ours, by_hand = [], []
    async with httpx2.AsyncClient(trust_env=False) as client:
        for _ in range(rounds):
            began = time.perf_counter()
            await asker.ask(question, dict)
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            text = ""
            async with client.stream("POST", f"{url}/chat/completions", json=body) as answer:
                async for line in answer.aiter_lines():
                    if line.startswith("data: {"):
                        for choice in json.loads(line[6:])["choices"]:
                            text += choice["delta"].get("content", "")
            json.loads(text)
            by_hand.append(time.perf_counter() - began)
    await provider.aclose()
    return ours[3:], by_hand[3:]


async def resumed() -> tuple[int, int]:
    """Return the calls of a first run in which one page fails, and of the run that continues it."""
    steps = Memory()
    script = scripts.planner(PAGES, chapters=3, page=lambda number, panels: "no" if number == 7 else None)
    first, second = Scripted(script), Scripted(scripts.planner(PAGES, chapters=3))
    await make(BRIEF, Asker(first, "m", width=4), steps)
    await make(BRIEF, Asker(second, "m", width=4), steps)
    return len(first.calls), len(second.calls)


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def serve(spec: str) -> None:
    slots, speed, first = spec.split(",")
    with served(SlotServer(int(slots), float(speed), float(first))) as url:
        print(url, flush=True)
        time.sleep(3600)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--serve", default="")
    given = arguments.parse_args()
    if given.serve:
        serve(given.serve)
        return
    before = megabytes()
    for slots in (1, 4, 8):
        best = critical_path(slots)
        with server(slots) as url:
            took = [asyncio.run(planned(url, slots)) for _ in range(given.rounds)]
        ratio = statistics.median(took) / best
        print(
            f"{slots} slots: {statistics.median(took):6.2f} s, critical path {best:6.2f} s, ratio {ratio:.3f}"
        )
    with server(1, 1e9, 0.0) as url:
        ours, by_hand = asyncio.run(overhead(url, 40))
    ms = 1000 * (statistics.median(ours) - statistics.median(by_hand))
    both = [1000 * statistics.median(times) for times in (ours, by_hand)]
    print(f"a call: {both[0]:.1f} ms, by hand {both[1]:.1f} ms, ours on top {ms:.1f} ms")
    print(f"memory: {before:.0f} MB before, {megabytes():.0f} MB after (openai included)")
    first, second = asyncio.run(resumed())
    print(f"resumed: {first} calls with one page failing, then {second}")


if __name__ == "__main__":
    main()
