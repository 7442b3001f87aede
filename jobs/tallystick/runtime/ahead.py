"""The same work on many items by threads, a few items ahead of whoever takes the results, which come in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST = 4
"""Threads at the most: Typst, DuckDB and zlib work beside each other, Python itself does not."""


def ahead(
    items: Sequence[Item], work: Callable[[Item], Result], *, threads: int | None = None
) -> Generator[Result, None, None]:
    """`map(work, items)`: results in order, and what `work` raises raised in the place of its result.

    While one result is looked at the next ones are made, as many as there are cores and no more, so that memory holds
    no more than these. Whoever stops early waits for those that were begun; close the iterator to stop.
    """
    threads = min(threads or os.cpu_count() or 1, MOST, len(items))
    if threads < 2:
        yield from map(work, items)
        return
    coming: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for item in items:
            coming.append(pool.submit(work, item))
            if len(coming) > threads:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
