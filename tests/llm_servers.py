"""Doubles of language-model servers: recorded exchanges replayed, answers made up, real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

DATA = Path(__file__).parent / "data" / "llm"


def recorded(number: str) -> httpx2.Response:
    """Return the response of a recording by the number of its file."""
    file = next(DATA.glob(f"{number}_*.json"))
    response = json.loads(file.read_text("utf-8"))["response"]
    kept = {k: v for k, v in response["headers"].items() if k in ("content-type", "retry-after")}
    if lines := response.get("sse_lines"):
        return httpx2.Response(
            response["status"], headers=kept, text="\n\n".join(line for _, line in lines) + "\n\n"
        )
    return httpx2.Response(response["status"], headers=kept, json=response["body"])


def events(
    *texts: str, finish: str | None = "stop", usage: bool = True, done: bool = True
) -> httpx2.Response:
    """Return a streamed chat completion of these pieces of text."""
    chunks: list[dict[str, Any]] = [_chunk({"content": text}) for text in texts]
    if finish:
        chunks.append(_chunk({}, finish))
    if usage:
        chunks.append(
            {
                **_chunk({}),
                "choices": [],
                "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
            }
        )
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks] + (["data: [DONE]\n\n"] if done else [])
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, text="".join(lines))


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def error(status: int, text: str, **more: Any) -> httpx2.Response:
    headers = {key.replace("_", "-"): value for key, value in more.items()}
    return httpx2.Response(status, headers=headers, json={"error": {"message": text}})


class Replay:
    """Answers requests one after the other, the last answer for ever, and keeps what was asked."""

    def __init__(self, *answers: httpx2.Response | Callable[[dict[str, Any]], httpx2.Response]) -> None:
        self._answers = list(answers)
        self.requests: list[httpx2.Request] = []
        self.transport = httpx2.MockTransport(self._answer)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if callable(answer):
            return answer(json.loads(request.content))
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


@asynccontextmanager
async def raw_server(parts: Sequence[bytes | float | None]) -> AsyncIterator[tuple[str, list[str]]]:
    """Serve raw bytes on a real socket: a number waits, None breaks the connection off.

    Yields the address and a list that gets "closed" when the client goes before the end.
    """
    seen: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            seen.append("asked")
            for part in parts:
                if part is None:
                    writer.transport.abort()
                    return
                if isinstance(part, float):
                    gone = asyncio.ensure_future(_gone(reader))
                    done, _ = await asyncio.wait({gone}, timeout=part)
                    if done:
                        seen.append("closed")
                        return
                    gone.cancel()
                else:
                    writer.write(part)
                    await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            seen.append("closed")
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/v1", seen
    finally:
        server.close()
        await asyncio.sleep(0)


async def _gone(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n5\r\ndata:"
)


def event(text: str, finish: str | None = None) -> bytes:
    return f"data: {json.dumps(_chunk({'content': text}, finish))}\n\n".encode()
