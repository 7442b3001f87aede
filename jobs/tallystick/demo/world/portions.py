"""Whole numbers divided without loss: every part a whole number, and the parts add up to the total."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def by_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in proportion to whole `weights`; what is left over goes to the largest remainders, first come."""
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError(f"nothing to divide {total} over")
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    left_over = total - sum(parts)
    for place in sorted(range(len(weights)), key=lambda place: (-remainders[place], place))[:left_over]:
        parts[place] += 1
    return parts


def in_turn(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in proportion to whole `weights`, each running sum rounded down: a few are spread, not clustered."""
    whole = sum(weights)
    if whole == 0 and total:
        raise ValueError(f"nothing to divide {total} over")
    reached = [total * running // max(whole, 1) for running in accumulate(weights)]
    return [after - before for before, after in pairwise([0, *reached])]


def evenly_among(counts: Integers, marked: int) -> Integers:
    """How many of `marked` evenly spaced items fall into each run of `counts` items; never more than the run holds."""
    total = int(counts.sum())
    if marked > total:
        raise ValueError(f"{marked} of {total} items cannot be marked")
    edges = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
    parts: Integers = np.diff(edges * marked // max(total, 1))
    return parts


def rounded_up(number: int) -> int:
    """The next number with at most two significant digits, as agreements are written."""
    step = 10 ** max(len(str(number)) - 2, 0)
    return int(-(-number // step) * step)
