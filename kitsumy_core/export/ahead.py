"""Do independent work in threads, some steps ahead of who takes the results, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
WORKERS = max(2, min(8, os.cpu_count() or 2))


def ahead(
    work: Callable[[T], R], items: Iterable[T], *, workers: int = WORKERS, most: int | None = None
) -> Generator[R]:
    """Yield `work(item)` in the order of the items; at most `most` results wait to be taken.

    An error of the work is raised where its result would be; what has not begun is then given up.
    """
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="export") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) >= (most or 2 * workers):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
