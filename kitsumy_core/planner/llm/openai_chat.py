"""Speak with OpenAI and with every server that offers the same chat completions, always streamed.

Key and address are always passed on: left out, the package would take both from the environment and send the
key to whatever address is configured.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

import httpx2

from kitsumy_core.errors import ModelError, ModelSetupError
from kitsumy_core.planner.llm.http import client, shown_address
from kitsumy_core.planner.llm.refusals import refused, unreachable
from kitsumy_core.planner.llm.seam import Call, Piece, Usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI

NO_KEY = "none"
"""What servers without keys are sent; the package insists on one."""


class OpenAIChat:
    """A server with `/chat/completions`."""

    def __init__(
        self,
        base_url: str,
        api_key: str = "",
        *,
        kind: str = "compatible",
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.kind, self.server = kind, shown_address(base_url)
        self._base_url, self._key = base_url, api_key or NO_KEY
        self._http = client(base_url, transport)
        self._client: AsyncOpenAI | None = None

    def _open(self) -> AsyncOpenAI:
        if self._client is None:
            from openai import AsyncOpenAI

            self._client = AsyncOpenAI(
                api_key=self._key, base_url=self._base_url, max_retries=0, http_client=self._http
            )
        return self._client

    async def stream(self, call: Call) -> AsyncGenerator[Piece]:
        openai = await asyncio.to_thread(_package)
        try:
            answer = await self._open().chat.completions.create(**_body(call))
            try:
                kind = answer.response.headers.get("content-type", "")
                if "event-stream" not in kind:
                    yield _whole(await answer.response.aread(), kind, self.server, call.model)
                    return
                async for chunk in answer:
                    for piece in _pieces(chunk):
                        yield piece
            finally:
                await answer.close()
        except openai.APIStatusError as error:
            body = error.body if error.body is not None else error.response.text
            raise self._refused(call, error.status_code, body, error.response.headers) from None
        except openai.APIConnectionError as error:
            raise unreachable(error, server=self.server, model=call.model) from error
        except openai.APIError as error:  # an error event in the middle of a stream
            raise self._refused(call, 500, error.body or error.message, {}) from None
        except (httpx2.HTTPError, json.JSONDecodeError) as error:
            raise unreachable(error, server=self.server, model=call.model) from error

    def _refused(self, call: Call, status: int, body: Any, headers: Any) -> ModelError:
        return refused(status, body, server=self.server, model=call.model, headers=headers)

    async def models(self) -> list[str]:
        found = await self._get("/models")
        entries = found.get("data") if isinstance(found, dict) else None
        if not isinstance(entries, list):
            raise ModelSetupError("llm-not-a-server", server=self.server, model="")
        return [str(entry["id"]) for entry in entries if isinstance(entry, dict) and entry.get("id")]

    async def slots(self) -> int | None:
        root = self._base_url.removesuffix("/v1")
        try:
            found = await self._get("/props", root)
        except ModelError:
            return None
        total = found.get("total_slots") if isinstance(found, dict) else None
        return total if isinstance(total, int) and 0 < total <= 256 else None

    async def _get(self, path: str, root: str = "") -> Any:
        try:
            answer = await self._http.get(
                (root or self._base_url) + path,
                headers={"authorization": f"Bearer {self._key}"},
                timeout=httpx2.Timeout(10.0),
            )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise unreachable(error, server=self.server) from error
        if answer.status_code != 200:
            raise refused(answer.status_code, answer.text, server=self.server, model="")
        try:
            return answer.json()
        except ValueError:
            raise ModelSetupError("llm-not-a-server", server=self.server, model="") from None

    async def aclose(self) -> None:
        await self._http.aclose()


def _package() -> Any:
    """Import the package, which takes a second: in a thread, so that the loop goes on."""
    import openai

    return openai


def _body(call: Call) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": call.model,
        "messages": [message._asdict() for message in call.messages],
        "stream": True,
        call.token_field: call.max_tokens,
    }
    if call.temperature is not None:
        body["temperature"] = call.temperature
    if call.stream_usage:
        body["stream_options"] = {"include_usage": True}
    if call.schema is not None and call.level == "json_schema":
        schema = {"name": call.name, "strict": True, "schema": call.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif call.schema is not None and call.level == "json_object":
        body["response_format"] = {"type": "json_object"}
    return body


def _pieces(chunk: Any) -> list[Piece]:
    pieces = []
    for choice in (chunk.choices or ())[:1]:
        delta = choice.delta
        extra = (delta.model_extra or {}) if delta else {}
        thought = extra.get("reasoning_content") or extra.get("reasoning") or ""
        pieces.append(
            Piece(
                text=(delta.content or "") if delta else "",
                thought=thought if isinstance(thought, str) else "",
                finish=choice.finish_reason or "",
                refusal=(delta.refusal or "") if delta else "",
            )
        )
    if chunk.usage is not None:
        pieces.append(Piece(usage=_usage(chunk.usage.model_dump())))
    return pieces


def _usage(counted: dict[str, Any]) -> Usage:
    details = counted.get("prompt_tokens_details") or {}
    return Usage(
        prompt=int(counted.get("prompt_tokens") or 0),
        answer=int(counted.get("completion_tokens") or 0),
        cached=int(details.get("cached_tokens") or 0),
    )


def _whole(content: bytes, kind: str, server: str, model: str) -> Piece:
    """Read an answer of a server that does not stream; a page of HTML is none."""
    try:
        data = json.loads(content)
        choice = data["choices"][0]
        message = choice["message"]
        return Piece(
            text=message.get("content") or "",
            refusal=message.get("refusal") or "",
            finish=choice.get("finish_reason") or "",
            usage=_usage(data.get("usage") or {}),
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ModelSetupError("llm-not-a-server", server=server, model=model, detail=kind) from None
