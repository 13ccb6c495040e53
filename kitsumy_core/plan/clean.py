"""Keep out of a plan what JSON cannot carry: broken text, endless numbers, bottomless nesting."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

MAX_DEPTH = 60
"""Levels of arrays and objects in a plan file."""
MAX_DIGITS = 300
"""Digits of a whole number: as many as still fit the range of a float."""

_LONE = re.compile("[\ud800-\udfff]")
_LIMIT = 10**MAX_DIGITS


def pointer(parts: Iterable[Any]) -> str:
    """Return a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def mended(value: Any) -> tuple[Any, tuple[str, ...]]:
    """Replace halves of surrogate pairs by U+FFFD in texts and keys; return the pointers of what was mended.

    A value without any is returned as it is.
    """
    found = tuple(_broken(value, ()))
    return (_mended(value) if found else value), found


def mended_text(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _broken(value: Any, at: tuple[Any, ...]) -> Iterator[str]:
    if isinstance(value, str):
        if _LONE.search(value):
            yield pointer(at)
    elif isinstance(value, dict):
        for key, item in value.items():
            name = key
            if isinstance(key, str) and _LONE.search(key):
                name = mended_text(key)
                yield pointer((*at, name))
            yield from _broken(item, (*at, name))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _broken(item, (*at, index))


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return mended_text(value)
    if isinstance(value, (list, tuple)):
        return [_mended(item) for item in value]
    if not isinstance(value, dict):
        return value
    out: dict[Any, Any] = {}
    for key, item in value.items():
        name = mended_text(key) if isinstance(key, str) else key
        while name in out or (name != key and name in value):
            name += "\ufffd"
        out[name] = _mended(item)
    return out


def deeper_than(value: Any, limit: int) -> bool:
    """Tell whether arrays and objects are nested more than `limit` levels deep."""
    if isinstance(value, dict):
        return limit < 1 or any(deeper_than(item, limit - 1) for item in value.values())
    if isinstance(value, (list, tuple)):
        return limit < 1 or any(deeper_than(item, limit - 1) for item in value)
    return False


def unwritable_number(value: Any, at: tuple[Any, ...] = ()) -> str | None:
    """Return the pointer of the first number that a plan file cannot hold, None if there is none."""
    if isinstance(value, float):
        return None if math.isfinite(value) else pointer(at)
    if isinstance(value, int):
        return None if -_LIMIT < value < _LIMIT else pointer(at)
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
    found = (unwritable_number(item, (*at, key)) for key, item in items)
    return next((place for place in found if place is not None), None)
