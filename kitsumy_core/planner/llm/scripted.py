"""A provider that answers from a script: for tests and benchmarks, and never offered to a writer.

Scripted(lambda call: '{"title": "..."}')          # one answer for a call
Scripted(lambda call: ["{", Pause(0.1), "}"])      # pieces, with waits between them
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import NamedTuple

from kitsumy_core.errors import ModelError
from kitsumy_core.planner.llm.seam import Call, Piece, Usage


class Pause(NamedTuple):
    """Seconds without a word."""

    seconds: float


Said = str | Piece | Pause | ModelError
Script = Callable[[Call], str | ModelError | Iterable[Said]]


class Scripted:
    """Answers calls by a function. An answer given as text ends with `stop` and is counted by letters."""

    kind = "scripted"
    server = "script"

    def __init__(
        self, script: Script, *, models: tuple[str, ...] = ("script",), slots: int | None = None
    ) -> None:
        self._script, self._models, self._slots = script, list(models), slots
        self.calls: list[Call] = []
        self.running = 0
        self.most_running = 0

    async def stream(self, call: Call) -> AsyncGenerator[Piece]:
        self.calls.append(call)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            answer = self._script(call)
            parts: Iterable[Said] = (answer,) if isinstance(answer, str | ModelError) else answer
            ended = False
            written = 0
            for part in parts:
                if isinstance(part, Pause):
                    await asyncio.sleep(part.seconds)
                elif isinstance(part, ModelError):
                    raise part
                else:
                    piece = Piece(text=part) if isinstance(part, str) else part
                    ended, written = ended or bool(piece.finish), written + len(piece.text)
                    yield piece
            if not ended:
                asked = sum(len(message.content) for message in call.messages)
                yield Piece(finish="stop", usage=Usage(asked // 4, written // 4))
        finally:
            self.running -= 1

    async def models(self) -> list[str]:
        return self._models

    async def slots(self) -> int | None:
        return self._slots

    async def aclose(self) -> None:
        return None
