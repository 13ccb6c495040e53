"""Know which tabs have a comic open, and tell them at once what they do not show yet.

A tab hears of two things: that its comic is at a revision that it has not seen, and that the picture of a
page is being drawn anew, so that it asks for the picture before its screen is redrawn. Another process may
write to the same database and tells nothing: each line also looks there from time to time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from kitsumy_core.errors import KitsumyError

if TYPE_CHECKING:
    from kitsumy_core.store import OpenConflict, Store

LOOK_EVERY = 2.0
"""Seconds after which a line looks for what was written elsewhere."""
SOON, PAUSE = 0.4, 1.0
"""Seconds until a line looks that is told to, and between two looks at least: own edits go first, and of
many writers' edits a tab hears together."""
_TABS = 1000

News = Mapping[str, Any]
LOOK: News = {}
"""Told to a line: see what your comic's revision is."""


def texts(found: Sequence[OpenConflict]) -> list[tuple[str, str]]:
    """Return what open conflicts show: a writer may still be typing in one."""
    return [(conflict.id, str(conflict.conflict.mine)) for conflict in found]


class Line:
    """One tab's connection, as other threads see it; made in the event loop that serves it."""

    def __init__(self, project_id: str, tab: str) -> None:
        self.project_id, self.tab = project_id, tab
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[News | None] = asyncio.Queue()
        self._looked, self._look_at = -PAUSE, self._loop.time() + LOOK_EVERY

    def tell(self, news: News | None) -> None:
        """Say something to the tab, or None: that it has hung up. From any thread."""
        with suppress(RuntimeError):  # the server is stopping
            self._loop.call_soon_threadsafe(self._queue.put_nowait, news)

    async def hear(self) -> News | None:
        """Wait for what is told next; after a while it is the wish to look, not too soon after the last."""
        while True:
            try:
                wait = max(0.0, self._look_at - self._loop.time())
                told = await asyncio.wait_for(self._queue.get(), wait)
            except TimeoutError:
                self._looked = self._loop.time()
                self._look_at = self._looked + LOOK_EVERY
                return LOOK
            if told is None or told:
                return told
            self._look_at = min(self._look_at, max(self._loop.time() + SOON, self._looked + PAUSE))


class Newsroom:
    """All lines of this process. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: set[Line] = set()
        self._newest: dict[str, int] = {}
        self._seen: dict[str, dict[str, object]] = {}

    @contextmanager
    def line(self, project_id: str, tab: str) -> Iterator[Line]:
        """Hold a tab's line for the length of a block."""
        mine = Line(project_id, tab)
        with self._lock:
            self._lines.add(mine)
        try:
            yield mine
        finally:
            with self._lock:
                self._lines.discard(mine)

    def saw(self, project_id: str, tab: str, what: str, value: object) -> None:
        """Note what a tab shows of its comic; at a new revision the comic's other tabs are to look."""
        with self._lock:
            if len(self._seen) > _TABS:
                self._seen.clear()
            self._seen.setdefault(tab, {})[what] = value
            if not isinstance(value, int) or value <= self._newest.get(project_id, -1):
                return
            self._newest[project_id] = value
            others = [one for one in self._lines if one.project_id == project_id and one.tab != tab]
        for one in others:
            one.tell(LOOK)

    def look(self, store: Store, project_id: str, tab: str) -> News:
        """Return what a tab is to be told: that its revision or its conflicts are out of date, or nothing."""
        try:
            rev, conflicts = store.version(project_id), texts(store.conflicts(project_id))
        except KitsumyError:  # deleted for good, or the database is away: the screen finds out
            return {"rev": -1}
        seen = self._seen.get(tab, {})
        return LOOK if (seen.get("rev"), seen.get("conflicts")) == (rev, conflicts) else {"rev": rev}

    def tell(self, project_id: str, news: News) -> None:
        """Say something to every tab that has a comic open."""
        with self._lock:
            lines = [one for one in self._lines if one.project_id == project_id]
        for one in lines:
            one.tell(news)
