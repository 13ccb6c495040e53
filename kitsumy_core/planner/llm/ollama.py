"""Speak with Ollama in its own language, where the size of the context can be said.

Its OpenAI-like door drops `num_ctx` in silence and then forgets the oldest messages in silence. Here a prompt
that is too long is an error (`truncate` and `shift` are off).
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx2

from kitsumy_core.errors import ModelSetupError
from kitsumy_core.planner.llm.http import client, shown_address
from kitsumy_core.planner.llm.refusals import refused, unreachable
from kitsumy_core.planner.llm.seam import Call, Piece, Usage

KEEP_ALIVE = "15m"
"""How long the model stays loaded after a call: longer than a writer reads a page."""


class Ollama:
    """One Ollama server."""

    kind = "ollama"

    def __init__(self, host: str, *, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._root, self.server = host.removesuffix("/v1"), shown_address(host.removesuffix("/v1"))
        self._http = client(self._root, transport)

    async def stream(self, call: Call) -> AsyncGenerator[Piece]:
        try:
            async with self._http.stream("POST", f"{self._root}/api/chat", json=_body(call)) as answer:
                if answer.status_code != 200:
                    body = await answer.aread()
                    raise refused(answer.status_code, body, server=self.server, model=call.model)
                async for line in answer.aiter_lines():
                    if line.strip():
                        yield self._piece(line, call)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise unreachable(error, server=self.server, model=call.model) from error

    def _piece(self, line: str, call: Call) -> Piece:
        try:
            data = json.loads(line)
            message = data.get("message") or {}
        except (ValueError, AttributeError):
            raise ModelSetupError("llm-not-a-server", server=self.server, model=call.model) from None
        if data.get("error"):
            raise refused(500, data["error"], server=self.server, model=call.model)
        usage = None
        if data.get("done"):
            usage = Usage(int(data.get("prompt_eval_count") or 0), int(data.get("eval_count") or 0))
        finish = str(data.get("done_reason") or "stop") if data.get("done") else ""
        return Piece(
            text=message.get("content") or "",
            thought=message.get("thinking") or "",
            finish=finish,
            usage=usage,
        )

    async def models(self) -> list[str]:
        try:
            answer = await self._http.get(f"{self._root}/api/tags", timeout=httpx2.Timeout(10.0))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise unreachable(error, server=self.server) from error
        if answer.status_code != 200:
            raise refused(answer.status_code, answer.text, server=self.server, model="")
        try:
            return [str(entry["name"]) for entry in answer.json()["models"]]
        except (ValueError, LookupError, TypeError):
            raise ModelSetupError("llm-not-a-server", server=self.server, model="") from None

    async def slots(self) -> int | None:
        return None

    async def aclose(self) -> None:
        await self._http.aclose()


def _body(call: Call) -> dict[str, Any]:
    options: dict[str, Any] = {"num_predict": call.max_tokens}
    if call.context is not None:
        options["num_ctx"] = call.context
    if call.temperature is not None:
        options["temperature"] = call.temperature
    body: dict[str, Any] = {
        "model": call.model,
        "messages": [message._asdict() for message in call.messages],
        "stream": True,
        "options": options,
        "keep_alive": KEEP_ALIVE,
        "truncate": False,
        "shift": False,
    }
    if call.schema is not None and call.level != "prompt":
        body["format"] = call.schema if call.level == "json_schema" else "json"
    return body
