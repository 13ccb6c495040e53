"""Learn from a refusal what a model cannot do, so that it is asked so only once.

Facts belong to one model on one server. They are remembered by whoever opens the asker: the store in the
studio, a dictionary elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from kitsumy_core.planner.llm.seam import LEVELS, Level, Schema

TOKEN_FIELDS = ("max_tokens", "max_completion_tokens")
_FALLS = frozenset({400, 404, 415, 422, 500, 501})
_ABOUT_FORM = re.compile(
    r"response_?format|json_?schema|json_?object|schema|grammar|structured.?output", re.I
)
_LIMITS = ("minItems", "maxItems", "minLength", "maxLength", "pattern", "minimum", "maximum", "uniqueItems")


@dataclass(frozen=True)
class Facts:
    """What is known of a model: everything is allowed until it was refused."""

    level: Level = "json_schema"
    token_field: str = "max_tokens"
    temperature: bool = True
    stream_usage: bool = True
    limits: bool = True
    """Whether the schema may hold numbers of items and the like."""

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


def facts_from(data: Mapping[str, Any]) -> Facts:
    """Return stored facts; what is unknown or malformed in them is as at the beginning."""
    fresh = Facts()
    good = {
        name: data[name]
        for name, value in vars(fresh).items()
        if name in data and type(data[name]) is type(value)
    }
    if (
        good.get("level", fresh.level) not in LEVELS
        or good.get("token_field", "max_tokens") not in TOKEN_FIELDS
    ):
        return fresh
    return Facts(**good)


class Memory(Protocol):
    """Keeps facts by server and model."""

    def facts(self, server: str, model: str) -> Facts: ...
    def learn(self, server: str, model: str, facts: Facts) -> None: ...


class Remembered:
    """A memory that lasts as long as the process."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Facts] = {}

    def facts(self, server: str, model: str) -> Facts:
        return self._known.get((server, model), Facts())

    def learn(self, server: str, model: str, facts: Facts) -> None:
        self._known[server, model] = facts


def after_refusal(facts: Facts, status: int, said: str) -> Facts | None:
    """Return what to try next after a refusal, or None if it says nothing of what was sent."""
    if status not in _FALLS:
        return None
    other = TOKEN_FIELDS[TOKEN_FIELDS.index(facts.token_field) - 1]
    if status < 500:
        if "max_completion_tokens" in said or re.search(r"\bmax_tokens\b", said):
            first_time = facts.token_field == "max_tokens"
            return replace(facts, token_field=other) if first_time else None
        if facts.temperature and re.search(r"\btemperature\b", said):
            return replace(facts, temperature=False)
        if facts.stream_usage and re.search(r"stream_options|include_usage", said):
            return replace(facts, stream_usage=False)
        if facts.level == "json_schema" and facts.limits and any(word in said for word in _LIMITS):
            return replace(facts, limits=False)
    if _ABOUT_FORM.search(said) and facts.level != LEVELS[-1]:
        return replace(facts, level=LEVELS[LEVELS.index(facts.level) + 1])
    return None


def without_limits(schema: Schema) -> dict[str, Any]:
    """Return a schema without numbers of items, lengths and patterns; a property may bear such a name."""

    def bare(value: Any, names: bool = False) -> Any:
        if isinstance(value, Mapping):
            return {k: bare(v, k == "properties") for k, v in value.items() if names or k not in _LIMITS}
        return [bare(item) for item in value] if isinstance(value, list | tuple) else value

    made: dict[str, Any] = bare(schema)
    return made
