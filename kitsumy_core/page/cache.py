"""Keep costly pictures for a while, within a limit of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

V = TypeVar("V")


class DrawCache:
    """Least recently used pictures by key; safe to use from several threads.

    One cache belongs to one image store: keys name images by their content.
    """

    def __init__(self, limit_bytes: int = 192 << 20) -> None:
        self._limit = limit_bytes
        self._used = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()
        self._being_made: dict[Hashable, Future[Any]] = {}

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

    def once(self, key: Hashable, make: Callable[[], V], weigh: Callable[[V], int] = lambda _: 1) -> V:
        """Return what is kept under a key, made now if nothing is.

        Of several threads that ask at the same time one makes it, and the others wait for it: with its
        result, or with the exception it ended in. `weigh` gives the bytes of a value.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                known: V = self._kept[key][0]
                return known
            theirs = self._being_made.get(key)
            mine: Future[Any] = Future()
            if theirs is None:
                self._being_made[key] = mine
        if theirs is not None:
            result: V = theirs.result()
            return result
        try:
            value = make()
            self.put(key, value, weigh(value))
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(value)
            return value
        finally:
            with self._lock:
                del self._being_made[key]

    @property
    def used_bytes(self) -> int:
        return self._used
