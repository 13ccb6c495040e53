"""Find the JSON object in what a model wrote: behind its thoughts, inside fences, between its prose."""

from __future__ import annotations

import json
import re
from typing import Any

from kitsumy_core.plan.clean import MAX_DEPTH, deeper_than, mended

MAX_LETTERS = 400_000
MOST_TO_MEND = 60_000
_THOUGHT = re.compile(r"<(think|thinking|thought)>.*?</\1>", re.S | re.I)
_OPEN_THOUGHT = re.compile(r"<(think|thinking|thought)>.*\Z", re.S | re.I)
_DECODER = json.JSONDecoder(strict=False)


class NotJsonError(ValueError):
    """There is no JSON object in the text."""


def without_thoughts(text: str) -> str:
    """Return what a thinking model says aloud. A closing tag alone means that all before it was thought."""
    text = _THOUGHT.sub("", text)
    for tag in ("</think>", "</thinking>", "</thought>"):
        text = text.rpartition(tag)[2] if tag in text else text
    return _OPEN_THOUGHT.sub("", text).strip()


def read_object(text: str, *, mend: bool) -> dict[str, Any]:
    """Return the first JSON object of a text. Raises NotJsonError.

    `mend` allows to guess at broken JSON: only for an answer that was written to its end, since a cut one
    would be mended into half a story.
    """
    said = without_thoughts(text[:MAX_LETTERS])
    found = _first(said)
    if found is None and mend and "{" in said:
        found = _mended(said)
    if found is None or deeper_than(found, MAX_DEPTH):
        raise NotJsonError("no JSON object")
    clean: dict[str, Any] = mended(found)[0]
    return clean


def _first(said: str) -> dict[str, Any] | None:
    at = said.find("{")
    tries = 0
    while at >= 0 and tries < 20:
        try:
            value, _end = _DECODER.raw_decode(said, at)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and (value or tries == 0):
            return value
        at, tries = said.find("{", at + 1), tries + 1
        if tries == 1 and value is None and said.startswith("{"):
            return None  # an object that is broken: what is inside it is no answer
    return None


def _mended(said: str) -> dict[str, Any] | None:
    from json_repair import loads

    if len(said) > MOST_TO_MEND or said.count("{") - said.count("}") > MAX_DEPTH:
        return None
    inside = said[said.find("{") : said.rfind("}") + 1] if "}" in said else said[said.find("{") :]
    try:
        value: Any = loads(inside, skip_json_loads=True)
    except (ValueError, RecursionError, IndexError, TypeError):
        return None
    return value if isinstance(value, dict) and value else None


def partial_object(text: str) -> dict[str, Any]:
    """Return what is there of an object that is still being written; empty if it has not begun."""
    from jiter import from_json

    said = without_thoughts(text)
    at = said.find("{")
    if at < 0:
        return {}
    try:
        value = from_json(said[at:].encode("utf-8", "replace"), partial_mode="trailing-strings")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
