"""Say beforehand about how many calls and tokens a plan takes, and how long."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

PANELS = 4
"""Panels of a usual page."""


class Estimate(NamedTuple):
    """`prompt` and `answer` are tokens; `seconds` is None while the model's speed is not known."""

    calls: int
    prompt: int
    answer: int
    seconds: float | None = None

    @property
    def tokens(self) -> int:
        return self.prompt + self.answer


def estimate(pages: int, *, width: int = 1, tokens_per_second: float | None = None) -> Estimate:
    """Estimate a plan. `width` is how many calls run at once, at `tokens_per_second` each."""
    cast, outline, page = 450, 120 + 55 * pages, 140 * PANELS
    prompt = 900 + 1200 + pages * (1150 + 45 * pages)
    answer = cast + outline + pages * page
    seconds = None
    if tokens_per_second:
        seconds = (cast + outline + ceil(pages / max(1, width)) * page) / tokens_per_second
    return Estimate(2 + pages, prompt, answer, seconds)


def money(prompt: int, answer: int, price_read: float | None, price_written: float | None) -> float | None:
    """Return what tokens cost at prices for a million, None where a price is not known."""
    if price_read is None or price_written is None:
        return None
    return (prompt * price_read + answer * price_written) / 1_000_000
