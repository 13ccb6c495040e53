"""Ask a model until its answer can be used, or say clearly why it cannot.

    fall a level of structure -> drop a refused parameter -> wait and try again -> twice the room for a cut
    answer -> one turn to repair what is wrong -> the fallback model -> a ModelError

What a server refused once is remembered (`facts`) and not tried again. An answer is data: `read` checks it
and raises `Unfit` with what is wrong with it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Generic, NamedTuple, TypeVar

from kitsumy_core.errors import (
    ModelAnswerError,
    ModelAwayError,
    ModelError,
    ModelRejectedError,
    ModelSetupError,
)
from kitsumy_core.planner.llm.facts import (
    TOKEN_FIELDS,
    Facts,
    Memory,
    Remembered,
    after_refusal,
    without_limits,
)
from kitsumy_core.planner.llm.gate import Gate
from kitsumy_core.planner.llm.http import is_loopback
from kitsumy_core.planner.llm.reading import NotJsonError, read_object
from kitsumy_core.planner.llm.seam import Call, Message, Piece, Provider, Schema, Usage

T = TypeVar("T")
MOST_FAULTS = 8
LETTERS_PER_TOKEN = 3
THINKING_ROOM = 4
"""How much more room a model gets whose thoughts count as well."""
MOST_LETTERS = 200_000
"""An answer longer than this is given up: a model that loops would write for ever."""


class Unfit(Exception):  # noqa: N818  (not an error of ours: the reason for a repair turn)
    """What is wrong with an answer, in words the model understands."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Question(NamedTuple):
    """What is asked: messages, the shape of the answer, and how freely it may be written."""

    messages: tuple[Message, ...]
    schema: Schema | None = None
    name: str = "answer"
    max_tokens: int = 2000
    temperature: float | None = None


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A checked value, what it cost, and who gave it."""

    value: T
    usage: Usage
    model: str
    repaired: bool = False
    seconds: float = 0.0
    """Spent in calls, without waiting for a turn."""


@dataclass(frozen=True)
class Patience:
    """Deadlines in seconds: to the first word, between words, for a whole call; and tries of a call."""

    first: float = 120.0
    gap: float = 60.0
    total: float = 900.0
    tries: int = 3
    longest_wait: float = 60.0


def patience_for(server: str) -> Patience:
    """A server on this machine may have to load its model first."""
    return Patience(first=300.0) if is_loopback(server) else Patience()


@dataclass
class _Talk:
    """What one question has cost so far, and how it stands."""

    messages: tuple[Message, ...]
    limit: int
    usage: Usage = field(default_factory=Usage)
    doubled: bool = False
    repaired: bool = False
    seconds: float = 0.0
    thought: bool = False
    """Whether the model thinks aloud before it answers."""


class Asker:
    """Asks one provider's model, and a second model of it where the first one fails."""

    def __init__(
        self,
        provider: Provider,
        model: str,
        *,
        fallback: str = "",
        memory: Memory | None = None,
        patience: Patience | None = None,
        width: int = 1,
        context: int | None = None,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self.provider, self.model, self.fallback = provider, model, fallback
        self.patience = patience or patience_for(provider.server)
        self.gate = Gate(width)
        self._memory: Memory = memory if memory is not None else Remembered()
        self._context, self._sleep = context, sleep

    async def ask(
        self,
        question: Question,
        read: Callable[[dict[str, Any]], T],
        hear: Callable[[str], None] = lambda so_far: None,
    ) -> Answer[T]:
        """Return the checked answer; `hear` gets all of its text so far, again and again.

        Raises ModelError with `usage` in its params: what was spent in vain.
        """
        spent = Usage()
        failed: ModelError | None = None
        for model in dict.fromkeys(filter(None, (self.model, self.fallback))):
            talk = _Talk(question.messages, question.max_tokens)
            try:
                value = await self._answered(model, question, talk, read, hear)
            except ModelSetupError as error:
                failed, spent = error, spent + talk.usage
                if error.error_code != "llm-model-unknown":
                    break
            except ModelError as error:
                failed, spent = error, spent + talk.usage
            else:
                return Answer(value, spent + talk.usage, model, talk.repaired, talk.seconds)
        if failed is None:
            raise ModelSetupError("llm-no-model", server=self.provider.server)
        failed.params = {**failed.params, "usage": spent}
        raise failed

    async def _answered(
        self,
        model: str,
        question: Question,
        talk: _Talk,
        read: Callable[[dict[str, Any]], T],
        hear: Callable[[str], None],
    ) -> T:
        while True:
            text, finish = await self._delivered(model, question, talk, hear)
            if finish in ("length", "") and not _complete(text):
                if talk.doubled:
                    raise ModelAnswerError("llm-cut", model=model, server=self.provider.server)
                wider = 1 if not finish else THINKING_ROOM if talk.thought else 2
                talk.doubled, talk.limit = True, talk.limit * wider
                continue
            try:
                return read(read_object(text, mend=finish == "stop"))
            except (NotJsonError, Unfit) as wrong:
                faults = wrong.faults if isinstance(wrong, Unfit) else ("The answer is not a JSON object.",)
                if talk.repaired:
                    raise ModelAnswerError(
                        "llm-unfit", model=model, server=self.provider.server, detail="; ".join(faults[:3])
                    ) from None
                talk.repaired = True
                talk.messages = (*question.messages, *_repair(text, faults))

    async def _delivered(
        self, model: str, question: Question, talk: _Talk, hear: Callable[[str], None]
    ) -> tuple[str, str]:
        """Return text and reason of its end: one call, and as many more as refusals and mishaps need."""
        tried = 0
        while True:
            facts = self._memory.facts(self.provider.server, model)
            try:
                async with self.gate.passing():
                    told = await self._told(self._call(model, question, talk, facts), talk, hear)
                self.gate.went_well()
                return told
            except (ModelRejectedError, ModelSetupError, ModelAwayError) as error:
                learned = after_refusal(
                    facts, int(error.params.get("status", 0)), str(error.params.get("detail", ""))
                )
                if learned is not None and error.error_code not in ("llm-too-long", "llm-model-unknown"):
                    self._memory.learn(self.provider.server, model, learned)
                    continue
                tried += 1
                wait = self._wait_before(tried, error)
                if wait is None:
                    raise
            await self._sleep(wait)

    def _wait_before(self, tried: int, error: ModelError) -> float | None:
        """Return how long to wait before the next try, None if there is to be none."""
        if not isinstance(error, ModelAwayError) or tried >= self.patience.tries:
            return None
        if error.error_code == "llm-busy":
            self.gate.too_many()
        asked = float(error.params.get("after", 0.0))
        if asked > self.patience.longest_wait:
            return None
        return float(max(asked, 0.5 * 2 ** (tried - 1) * random.uniform(0.8, 1.2)))

    def _call(self, model: str, question: Question, talk: _Talk, facts: Facts) -> Call:
        schema = question.schema
        if schema is not None and not facts.limits:
            schema = without_limits(schema)
        return Call(
            model=model,
            messages=talk.messages,
            max_tokens=talk.limit * (THINKING_ROOM if facts.token_field == TOKEN_FIELDS[1] else 1),
            schema=schema,
            name=question.name,
            level=facts.level,
            temperature=question.temperature if facts.temperature else None,
            token_field=facts.token_field,
            stream_usage=facts.stream_usage,
            context=self._context,
        )

    async def _told(self, call: Call, talk: _Talk, hear: Callable[[str], None]) -> tuple[str, str]:
        """Listen to one answer to its end. Raises ModelAwayError, ModelAnswerError."""
        text, finish, refusal, thought = "", "", "", False
        began = time.monotonic()
        counted: Usage | None = None
        try:
            async with asyncio.timeout(self.patience.total), aclosing(self.provider.stream(call)) as stream:
                while (piece := await self._next(stream, call, bool(text or thought))) is not None:
                    if piece.text:
                        text += piece.text
                        hear(text)
                    talk.thought = thought = thought or bool(piece.thought)
                    finish, refusal = piece.finish or finish, refusal + piece.refusal
                    counted = piece.usage or counted
                    if len(text) > MOST_LETTERS:
                        raise ModelAnswerError("llm-endless", model=call.model, server=self.provider.server)
        except TimeoutError:
            raise self._late("llm-total", self.patience.total, call) from None
        finally:
            talk.usage += _counted(counted, call, text)
            talk.seconds += time.monotonic() - began
        if refusal or finish == "content_filter":
            raise ModelAnswerError(
                "llm-refused", model=call.model, server=self.provider.server, detail=refusal[:300]
            )
        if not text.strip() and finish != "length":
            raise ModelAwayError("llm-empty", model=call.model, server=self.provider.server, after=0.0)
        return text, finish

    async def _next(self, stream: AsyncGenerator[Piece], call: Call, begun: bool) -> Piece | None:
        """Return the next piece if it comes in time, None at the end."""
        limit = self.patience.gap if begun else self.patience.first
        try:
            async with asyncio.timeout(limit):
                return await anext(stream, None)
        except TimeoutError:
            raise self._late("llm-stalled" if begun else "llm-silent", limit, call) from None

    def _late(self, code: str, seconds: float, call: Call) -> ModelAwayError:
        return ModelAwayError(
            code, server=self.provider.server, model=call.model, seconds=round(seconds), after=0.0
        )


def _complete(text: str) -> bool:
    """Tell whether an answer that ended without a word of its end is whole all the same."""
    try:
        read_object(text, mend=False)
    except NotJsonError:
        return False
    return text.rstrip().rstrip("`").rstrip().endswith("}")


def _repair(text: str, faults: Sequence[str]) -> tuple[Message, Message]:
    told = "\n".join(f"- {fault}" for fault in faults[:MOST_FAULTS])
    return (
        Message("assistant", text[:20_000]),
        Message(
            "user", f"This cannot be used:\n{told}\nSend the whole corrected JSON object, and nothing else."
        ),
    )


def _counted(counted: Usage | None, call: Call, text: str) -> Usage:
    if counted is not None and (counted.prompt or counted.answer):
        return replace(counted, calls=1)
    asked = sum(len(message.content) for message in call.messages)
    return Usage(asked // LETTERS_PER_TOKEN, len(text) // LETTERS_PER_TOKEN, calls=1, guessed=True)
