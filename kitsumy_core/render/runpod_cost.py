"""Reckon what RunPod bills: working time, a worker's start and its idle tail, times the price. No I/O."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from statistics import median

from kitsumy_core.errors import UsageError
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod_wire import Answer

LONGEST_START = 420.0
"""Seconds after which the service itself gives up on a start; a longer delay was a queue."""
_ENTRY = re.compile(r"(?:([A-Za-z0-9_-]+)\s*=\s*)?(\d*\.?\d+)")


class Prices:
    """USD per second of an endpoint, from a text: "0.00031", or "id=0.00031, id=0.00053", or both."""

    def __init__(self, text: str = "") -> None:
        self._own: dict[str, float] = {}
        self._usual: float | None = None
        for part in filter(None, (one.strip() for one in text.split(","))):
            found = _ENTRY.fullmatch(part)
            if found is None or not 0 <= float(found[2]) < 1:
                raise UsageError("runpod-price-invalid", text=part[:60])
            if found[1]:
                self._own[found[1]] = float(found[2])
            else:
                self._usual = float(found[2])

    def of(self, endpoint: str) -> float | None:
        return self._own.get(endpoint, self._usual)


class Meter:
    """Adds up jobs of the same workers, so that a tail which the next job used is not counted twice."""

    def __init__(self, prices: Prices, idle: float) -> None:
        self._prices, self._idle = prices, idle
        self._ends: dict[tuple[str, str], float] = {}

    def billed(self, endpoint: str, answer: Answer, ended: float, *, cold: bool) -> float:
        """Return the seconds this job adds to the bill. `ended` is on any steady clock, in seconds."""
        worked = math.ceil(answer.seconds or 0.0)
        if answer.seconds is None:
            return 0.0
        key = (endpoint, answer.worker)
        last = self._ends.get(key)
        self._ends[key] = ended
        gap = math.inf if last is None else max(0.0, ended - answer.seconds - last)
        used = max(0.0, self._idle - gap)
        start = min(answer.delay or 0.0, LONGEST_START) if cold and gap > self._idle else 0.0
        return worked + self._idle - used + start

    def cost(self, endpoint: str, seconds: float) -> float | None:
        """Return USD; None where no price is known."""
        price = self._prices.of(endpoint)
        return None if price is None else seconds * price


def work_of(request: DiffusionRequest) -> float:
    """Return how much there is to do: megapixels times steps times pictures."""
    pixels = request.width * request.height / 1e6
    return max(0.01, pixels * max(1, request.steps) * max(1, request.batch) * max(0.05, request.denoise))


def expected_seconds(
    request: DiffusionRequest, known: Mapping[float, float] | list[tuple[float, float]]
) -> float | None:
    """Return the working time to expect, from pairs of (work, seconds) of earlier jobs; None without any."""
    pairs = list(known.items()) if isinstance(known, Mapping) else known
    rates = [seconds / work for work, seconds in pairs if work > 0 and seconds > 0]
    return median(rates) * work_of(request) if rates else None
