"""Window sums over sorted requests, vectorised: what every request's window holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

LARGEST = 2**63 - 1


def sliding_sums(keys: Integers, at_us: Integers, amounts: Integers, length_us: int) -> Integers:
    """For each request the sum of its key's amounts in `(at - length, at]`, ties included.

    The three arrays are parallel, sorted by key, then time; keys are whole numbers from 0. Raises OverflowError when a
    window's sum passes 2^63-1.
    """
    if len(at_us) == 0:
        return np.zeros(0, np.int64)
    line = _on_one_line(keys, at_us, length_us)
    first = np.searchsorted(line, line - length_us, side="right")
    after = np.searchsorted(line, line, side="right")
    return _between(amounts, first, after)


def sums_until(line: Integers, amounts: Integers | None, length_us: int) -> Integers:
    """For each request the sum of amounts in `(at - length, at]` of those up to it; None for amounts is one each.

    `line` has key and time as one ascending number, keys further apart than the window reaches. Of requests at one
    instant the last has the whole sum, so that the largest of all is that of `sliding_sums`. Raises OverflowError.
    """
    first = np.searchsorted(line, line - length_us, side="right")
    until = np.arange(1, len(line) + 1)
    return until - first if amounts is None else _between(amounts, first, until)


def calendar_sums(keys: Integers, at_us: Integers, amounts: Integers, length_us: int) -> Integers:
    """For each request the sum of its key's amounts in its window `[k*length, (k+1)*length)`; as `sliding_sums`."""
    if len(at_us) == 0:
        return np.zeros(0, np.int64)
    windows = at_us // length_us
    begins = np.concatenate([[True], (keys[1:] != keys[:-1]) | (windows[1:] != windows[:-1])])
    edges = np.append(np.flatnonzero(begins), len(at_us))
    group = np.cumsum(begins) - 1
    return _between(amounts, edges[group], edges[group + 1])


def group_sums(amounts: Integers, first: NDArray[np.int64], after: NDArray[np.int64]) -> Integers:
    """The sums of the stretches `amounts[first:after]`. Raises OverflowError when one passes 2^63-1."""
    return _between(amounts, first, after)


def _on_one_line(keys: Integers, at_us: Integers, length_us: int) -> Integers:
    """Key and time as one ascending number, keys further apart than any window reaches."""
    lowest = int(at_us.min())
    span = int(at_us.max()) - lowest + length_us + 1
    if (int(keys.max()) + 1) * span > LARGEST:
        raise OverflowError(f"{int(keys.max()) + 1} keys over {span} microseconds are too many for one pass")
    return keys * np.int64(span) + (at_us - np.int64(lowest))


def _between(amounts: Integers, first: NDArray[Any], after: NDArray[Any]) -> Integers:
    """Sums of `amounts[first:after]`, none negative. Running totals may wrap; differences are exact even so."""
    with np.errstate(over="ignore"):
        running = np.concatenate([np.zeros(1, np.int64), np.cumsum(amounts, dtype=np.int64)])
        sums: Integers = running[after] - running[first]
    roughly = np.concatenate([np.zeros(1), np.cumsum(amounts, dtype=np.float64)])
    # A sum of 2^63 to 2^64 wraps to a negative number; for larger ones a float is near enough to tell.
    if sums.min(initial=0) < 0 or float((roughly[after] - roughly[first]).max(initial=0.0)) > 1.5 * LARGEST:
        raise OverflowError("a window's sum is past 2^63-1")
    return sums
