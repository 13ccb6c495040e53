"""Choose the endpoint for a request by its purpose and health, and say what a wait is about. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kitsumy_core.render.profiles import PROFILES
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod_wire import Health

LARGE_PIXELS = 1_300_000
"""More than a model draws at once in its own size: such pictures go to the larger endpoint."""
COLD = 60.0
"""Seconds a worker needs from nothing to its first picture."""
THROTTLED = 600.0
"""Seconds that no GPU being free is held to cost: any endpoint that moves is better."""
STUCK = ("runpod-throttled", "runpod-no-workers", "runpod-unhealthy")
"""Notes of an endpoint where nothing can begin."""
MOST_SLOTS = 16
SPARE = 1
"""Jobs beyond the workers that are kept waiting, so that no worker waits for us."""


@dataclass(frozen=True)
class Endpoints:
    """Ids by what they are for; empty ones are not there."""

    usual: tuple[str, ...] = ()
    large: str = ""
    quick: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.usual, *filter(None, (self.large, self.quick)))))

    def for_request(self, request: DiffusionRequest) -> tuple[str, ...]:
        """Return who may take a request, the ones meant for it first; never none if there is any."""
        meant = (
            self.quick
            if request.steps <= PROFILES["sketch"].steps
            else self.large
            if request.width * request.height > LARGE_PIXELS
            else ""
        )
        return tuple(dict.fromkeys(filter(None, (meant, *self.usual)))) or self.all

    def is_meant(self, endpoint: str) -> bool:
        return endpoint in (self.large, self.quick) and endpoint not in self.usual


def ranked(
    names: Sequence[str], health: Mapping[str, Health | None], typical: Mapping[str, float]
) -> list[str]:
    """Return endpoints by the wait a new job has there, the shortest first; an unknown one waits cold."""
    order = {name: place for place, name in enumerate(names)}
    return sorted(
        names, key=lambda name: (expected_wait(health.get(name), typical.get(name, 30.0)), order[name])
    )


def expected_wait(health: Health | None, typical: float) -> float:
    """Return the seconds until a new job starts; `typical` is how long one takes."""
    if health is None:
        return COLD
    free = health.idle - health.queued
    if health.idle and free > 0:
        return 0.0
    workers = health.running + health.idle
    queue = (health.queued + health.in_progress) * typical / max(1, workers)
    if workers == 0 and health.throttled:
        return queue + THROTTLED
    if workers == 0:
        return queue + (COLD / 2 if health.initializing else COLD)
    return queue


def note_of(health: Health | None) -> str:
    """Return the code of what a waiting job waits for; "" = nothing special, its turn will come."""
    if health is None or health.idle or health.running:
        return ""
    if health.initializing or health.ready:
        return "runpod-cold-start"
    if health.throttled:
        return "runpod-throttled"
    if health.unhealthy:
        return "runpod-unhealthy"
    return "runpod-no-workers" if health.queued > 1 else "runpod-cold-start"


def slots_of(health: Mapping[str, Health | None], endpoints: Sequence[str]) -> int:
    """Return how many jobs may be under way: one for each worker there is and one waiting, an endpoint."""
    total = 0
    for endpoint in endpoints:
        known = health.get(endpoint)
        workers = 1
        if known is not None:
            workers = max(known.idle + known.running, known.ready) + known.initializing + known.throttled
        total += max(1, workers) + SPARE
    return min(total, MOST_SLOTS)
