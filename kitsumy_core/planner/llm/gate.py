"""Let only so many calls through at once, fewer when the server is too busy, more again when it is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

GOOD_BEFORE_MORE = 5


class Gate:
    """A semaphore whose width adapts: halved when the server refuses, one wider after some good calls."""

    def __init__(self, width: int) -> None:
        self.most = self.width = max(1, width)
        self.inside = self._good = 0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        async with self._changed:
            await self._changed.wait_for(lambda: self.inside < self.width)
            self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1
            await self._tell()

    async def _tell(self) -> None:
        """Wake those who wait, even while this call is being cancelled."""
        async with self._changed:
            self._changed.notify_all()

    def too_many(self) -> None:
        self.width, self._good = max(1, self.width // 2), 0

    def went_well(self) -> None:
        self._good += 1
        if self._good >= GOOD_BEFORE_MORE and self.width < self.most:
            self.width, self._good = self.width + 1, 0
