"""Say what jobs on RunPod cost and will cost, and stop before a limit is passed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kitsumy_core.errors import LostJobError, RejectedError, UncertainError
from kitsumy_core.render.backend import Estimate, LeftRunning
from kitsumy_core.render.request import DiffusionRequest
from kitsumy_core.render.runpod_cost import Meter, Prices, expected_seconds, work_of
from kitsumy_core.render.runpod_spend import Paid, SpendBook
from kitsumy_core.render.runpod_wire import Answer

UNKNOWN_SECONDS = 60.0
"""What a job is taken to need before the first one is done."""


class MemoryIds:
    """Ids of jobs for one process: where nobody gives a place that outlives it."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    async def keep(self, job_id: str, remote_id: str) -> None:
        self._ids[job_id] = remote_id

    async def find(self, job_id: str) -> str | None:
        return self._ids.get(job_id)

    async def others(self, job_id: str) -> int | None:
        return list(self._ids.values()).count(self._ids.get(job_id, "")) - 1


class Account:
    """Prices, what was spent, and what is on its way. `limit` is USD for any 24 hours, for all processes that
    share the book.
    """

    def __init__(
        self,
        prices: Prices | None = None,
        book: SpendBook | None = None,
        *,
        idle: float = 5.0,
        limit: float | None = None,
    ) -> None:
        self._prices, self._book = prices or Prices(), book or SpendBook()
        self._meter, self._idle, self._limit = Meter(self._prices, idle), idle, limit

    def price_of(self, endpoint: str) -> float | None:
        """Return USD per second; None if it is not known."""
        return self._prices.of(endpoint)

    def typical(self, endpoint: str, request: DiffusionRequest) -> float:
        """Return the working seconds to reckon with, known or not."""
        return expected_seconds(request, self._book.known(endpoint)) or UNKNOWN_SECONDS

    def estimate(self, endpoint: str, request: DiffusionRequest) -> Estimate:
        """Return what earlier jobs of the endpoint tell of a request; the idle tail is part of the price."""
        seconds = expected_seconds(request, self._book.known(endpoint))
        if seconds is None:
            return Estimate()
        return Estimate(seconds, self._meter.cost(endpoint, seconds + self._idle))

    @contextmanager
    def reserved(self, job_id: str, endpoints: Sequence[str], request: DiffusionRequest) -> Iterator[None]:
        """Set money aside while a job is on its way to one of these endpoints; what may be paid for when this
        process lets go of it stays set aside for its day. Raises RejectedError where the limit forbids it.
        """
        if self._limit is not None:
            self._hold(job_id, max(self._dearest(endpoint, request) for endpoint in endpoints), self._limit)
        try:
            yield
        except (LeftRunning, UncertainError, LostJobError):
            raise
        except BaseException:
            self.release(job_id)
            raise
        self.release(job_id)

    def release(self, job_id: str) -> None:
        """Give back what was set aside for a job: it is paid, or surely was not made."""
        if self._limit is not None:
            self._book.release(job_id)

    def _dearest(self, endpoint: str, request: DiffusionRequest) -> float:
        wanted = self._meter.cost(endpoint, self.typical(endpoint, request) + self._idle)
        if wanted is None:
            raise RejectedError("runpod-price-unknown", endpoint=endpoint)
        return wanted

    def _hold(self, job_id: str, wanted: float, limit: float) -> None:
        before = self._book.hold(job_id, wanted)
        if before + wanted > limit:
            self._book.release(job_id)
            figures = {"limit": f"{limit:.2f}", "spent": f"{before:.3f}", "wanted": f"{wanted:.3f}"}
            raise RejectedError("runpod-spend-limit", **figures)

    def names_files(self, endpoint: str) -> bool:
        """Tell whether an endpoint's workers say which picture is which."""
        return self._book.names_files(endpoint)

    def settle(
        self,
        endpoint: str,
        answer: Answer,
        requests: Sequence[DiffusionRequest],
        *,
        cold: bool,
        named: bool = False,
    ) -> float | None:
        """Note a call that is over, failed ones too, and return its cost in USD; None if that is not known.

        `requests` are those of the jobs in it, as far as they are known. A call that was noted before, here
        or by another process, costs what was noted.
        """
        job = f"{endpoint}/{answer.id}"
        if (noted := self._book.find(job)) is not None:
            return noted.usd
        if answer.never_began or answer.seconds is None:
            return 0.0 if answer.never_began else None
        billed = self._meter.billed(endpoint, answer, time.monotonic(), cold=cold)
        usd = self._meter.cost(endpoint, billed)
        succeeded = answer.status == "COMPLETED"
        self._book.add(
            Paid(
                at=time.time(),
                endpoint=endpoint,
                job=job,
                work=sum(map(work_of, requests)) if succeeded else 0.0,
                seconds=answer.seconds or 0.0,
                usd=usd,
                named=named,
            )
        )
        return usd
