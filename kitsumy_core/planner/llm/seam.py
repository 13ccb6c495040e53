"""What a language model is to the planner: something that streams the answer to a few messages.

A provider knows one server and how to speak with it. It turns foreign exceptions into ModelErrors, keeps no
memory and retries nothing: that is `ask.Asker`'s. Closing the iterator of `stream` frees the server at once.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

Level = Literal["json_schema", "json_object", "prompt"]
"""How the shape of an answer is held: by a schema, as some JSON object, or by words alone."""
LEVELS: tuple[Level, ...] = ("json_schema", "json_object", "prompt")

Role = Literal["system", "user", "assistant"]
Schema = Mapping[str, Any]


class Message(NamedTuple):
    role: Role
    content: str


@dataclass(frozen=True)
class Usage:
    """Tokens and calls that were spent; `guessed` where the server did not count."""

    prompt: int = 0
    answer: int = 0
    cached: int = 0
    calls: int = 0
    guessed: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt + other.prompt,
            self.answer + other.answer,
            self.cached + other.cached,
            self.calls + other.calls,
            self.guessed or other.guessed,
        )


@dataclass(frozen=True)
class Call:
    """One request as it is sent; what is None is left out."""

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    schema: Schema | None = None
    name: str = "answer"
    level: Level = "json_schema"
    temperature: float | None = None
    token_field: str = "max_tokens"
    stream_usage: bool = True
    context: int | None = None
    """Tokens of prompt and answer together, for servers that must be told."""


class Piece(NamedTuple):
    """A part of an answer as it arrives."""

    text: str = ""
    thought: str = ""
    finish: str = ""
    """`stop`, `length` or `content_filter`, once, at the end."""
    refusal: str = ""
    usage: Usage | None = None


class Provider(Protocol):
    """One server. Made and used on one event loop."""

    @property
    def kind(self) -> str:
        """`openai`, `compatible`, `ollama`, or `scripted` for tests."""

    @property
    def server(self) -> str:
        """Its address, without secrets."""

    def stream(self, call: Call) -> AsyncGenerator[Piece]:
        """Yield the answer as it is written. Raises ModelError."""

    async def models(self) -> list[str]:
        """Return the names of the models it has. Raises ModelError."""

    async def slots(self) -> int | None:
        """Return how many requests it works on at once, or None if it does not say. Never raises."""

    async def aclose(self) -> None: ...
