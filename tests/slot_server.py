"""A chat-completions server that writes scripted plans at a steady speed in so many slots."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from kitsumy_core.planner.llm.seam import Call, Message
from tests import scripts

LETTERS = 3
"""Letters of a token."""
BEAT = 0.015
"""Seconds between two pieces of a stream: about what models on a graphics card need for a token."""
Script = Callable[[Call], Any]


class SlotServer:
    """Counts what it is asked. `first` is the wait for the first token, `speed` tokens a second of a slot."""

    def __init__(self, slots: int, speed: float, first: float = 0.0, script: Script | None = None) -> None:
        self.slots, self.speed, self.first, self.script = slots, speed, first, script
        self.calls: list[str] = []
        self.running = self.most_running = self.hung_up = 0
        self._room = asyncio.Semaphore(slots)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/models", self._models),
                Route("/props", self._props),
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
            ]
        )

    async def _models(self, request: Request) -> JSONResponse:
        return JSONResponse({"data": [{"id": "scripted-model"}]})

    async def _props(self, request: Request) -> JSONResponse:
        return JSONResponse({"total_slots": self.slots})

    async def _chat(self, request: Request) -> StreamingResponse | JSONResponse:
        body = await request.json()
        messages = tuple(Message(m["role"], m["content"]) for m in body["messages"])
        form = body["response_format"]["json_schema"]
        name, schema = form["name"], form["schema"]
        call = Call(model=body["model"], messages=messages, max_tokens=0, name=name, schema=schema)
        self.calls.append(name)
        answer = (self.script or _usual)(call)
        if isinstance(answer, int):
            return JSONResponse({"error": {"message": "the card is on fire"}}, status_code=answer)
        return StreamingResponse(self._written(str(answer)), media_type="text/event-stream")

    async def _written(self, text: str) -> AsyncIterator[str]:
        async with self._room:
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            try:
                async for event in self._events(text):
                    yield event
            except asyncio.CancelledError:
                self.hung_up += 1
                raise
            finally:
                self.running -= 1

    async def _events(self, text: str) -> AsyncIterator[str]:
        """Write by the clock, so that a busy machine makes nothing slower than it says."""
        began, sent = time.monotonic() + self.first, 0
        tokens = -(-len(text) // LETTERS)
        while sent < tokens:
            await asyncio.sleep(max(BEAT, began - time.monotonic()))
            due = min(tokens, int((time.monotonic() - began) * self.speed))
            if due > sent:
                yield _event({"content": text[sent * LETTERS : due * LETTERS]})
                sent = due
        usage = {"prompt_tokens": 900, "completion_tokens": tokens, "total_tokens": 900 + tokens}
        yield _event({}, "stop")
        yield f"data: {json.dumps({**_chunk({}), 'choices': [], 'usage': usage})}\n\n"
        yield "data: [DONE]\n\n"


def _usual(call: Call) -> Any:
    found = re.search(r"[Ee]xactly (\d+) page|The comic has (\d+) page", call.messages[-1].content)
    pages = int(found[1] or found[2]) if found else 1
    return scripts.planner(pages, chapters=3)(call)


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def _event(delta: dict[str, Any], finish: str | None = None) -> str:
    return f"data: {json.dumps(_chunk(delta, finish), ensure_ascii=False)}\n\n"


@contextmanager
def served(server: SlotServer) -> Iterator[str]:
    """Run the server on a thread of its own; yield its base URL."""
    config = uvicorn.Config(server.app(), host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.005)
    port = running.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        running.should_exit = running.force_exit = True
        thread.join(timeout=5)
