"""Keep costly pictures for a while, within a limit of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any


class DrawCache:
    """Least recently used pictures by key; safe to use from several threads.

    One cache belongs to one image store: keys name images by their content.
    """

    def __init__(self, limit_bytes: int = 192 << 20) -> None:
        self._limit = limit_bytes
        self._used = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """Return what was kept under a key, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of `size` bytes; the longest unused ones go. What is larger than all is not kept."""
        if size > self._limit:
            return
        with self._lock:
            if key in self._kept:
                self._used -= self._kept.pop(key)[1]
            self._kept[key] = (value, size)
            self._used += size
            while self._used > self._limit:
                self._used -= self._kept.popitem(last=False)[1][1]

    @property
    def used_bytes(self) -> int:
        return self._used
