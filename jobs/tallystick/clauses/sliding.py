"""Sliding windows: which days need their requests read, and the episodes in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallystick.agreements.limit import Limit
from tallystick.clauses.result import Over
from tallystick.clauses.usage_reader import KeyStretch, Requests
from tallystick.period import Period
from tallystick.tally.windows import calendar_sums, sliding_sums


def stretches_to_read(stretches: Sequence[KeyStretch], limit: Limit) -> list[tuple[int, int]]:
    """Those stretches, as half-open ranges, whose stored peak does not settle them.

    An exact peak within the limit settles its stretch. An upper bound settles it only if it is within the limit and
    below the largest exact peak, or reached after that: the report states the largest peak and when it was first
    reached.
    """
    exact = [(one.peak, -one.peak_us) for one in stretches if one.is_exact]
    largest, first_us = max(exact, default=(-1, 0))
    return [
        (one.start_us, one.end_us)
        for one in stretches
        if one.peak > limit.limit or (not one.is_exact and (one.peak, -one.start_us) > (largest, first_us))
    ]


def ranges_of(stretches: Sequence[tuple[int, int]], length_us: int, span: Period) -> list[tuple[int, int]]:
    """Half-open ranges, apart and in order, that hold some stretches of a span and the window before each."""
    ranges: list[tuple[int, int]] = []
    for start, until in sorted(stretches):
        begin, end = max(start - length_us, span.start_us), min(until, span.end_us)
        if begin >= end:
            continue
        if ranges and begin <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end))
        else:
            ranges.append((begin, end))
    return ranges


def lie_in(at_us: NDArray[np.int64], stretches: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Which instants lie in one of some half-open ranges that are apart."""
    borders = np.asarray(sorted(stretches), np.int64).reshape(-1, 2)
    begun, ended = (np.searchsorted(borders[:, side], at_us, side="right") for side in (0, 1))
    inside: NDArray[np.bool_] = begun > ended
    return inside


def window_sums(requests: Requests, limit: Limit) -> NDArray[np.int64]:
    """What each request's window holds."""
    assert limit.length.us is not None
    keys = np.zeros(requests.rows, np.int64)
    sums = sliding_sums if limit.window == "sliding" else calendar_sums
    return sums(keys, requests.at_us, requests.amount, limit.length.us)


def episodes(
    requests: Requests, sums: NDArray[np.int64], judged: NDArray[np.bool_], limit: Limit, pauses: Sequence[int]
) -> list[Over]:
    """The longest runs of consecutive judged requests that are all over the limit.

    `judged` marks the requests whose sums are whole; `pauses` are starts of stretches not read that have requests
    that are not over, so that no run goes on across them.
    """
    at_us, sums, served = requests.at_us[judged], sums[judged], requests.is_served[judged]
    is_over = sums > limit.limit
    if not is_over.any():
        return []
    stretch = np.searchsorted(np.asarray(sorted(pauses), np.int64), at_us, side="right")
    begins = is_over & np.concatenate([[True], ~is_over[:-1] | (stretch[1:] != stretch[:-1])])
    ends = is_over & np.concatenate([~is_over[1:] | (stretch[1:] != stretch[:-1]), [True]])
    found = []
    for first, last in zip(np.flatnonzero(begins), np.flatnonzero(ends), strict=True):
        run = slice(first, last + 1)
        peak = int(sums[run].max())
        found.append(
            Over(
                start_us=int(at_us[first]),
                end_us=int(at_us[last]),
                used=peak,
                over=peak - limit.max,
                peak_us=int(at_us[first + int(sums[run].argmax())]),
                requests_over=int(last - first + 1),
                served_over=int(served[run].sum()),
            )
        )
    return found


def short_windows_over(
    requests: Requests, sums: NDArray[np.int64], judged: NDArray[np.bool_], limit: Limit, span: Period
) -> list[Over]:
    """Calendar windows shorter than a quarter of an hour, or not made of whole ones, that are over the limit."""
    assert limit.length.us is not None
    length = limit.length.us
    windows = requests.at_us // length
    found = []
    for window in np.unique(windows[judged & (sums > limit.limit)]):
        inside = windows == window
        running = requests.amount[inside].cumsum()
        place = int((running > limit.limit).argmax())
        start = int(window) * length
        crossed_us = int(requests.at_us[inside][place])
        served = requests.is_served[inside] & (requests.at_us[inside] >= crossed_us)
        without = (requests.served_without_us >= crossed_us) & (requests.served_without_us < start + length)
        found.append(
            Over(
                start_us=start,
                end_us=start + length,
                used=int(running[-1]),
                over=int(running[-1]) - limit.max,
                crossed_us=crossed_us,
                served_over=int(served.sum() + without.sum()),
                is_clipped=start < span.start_us or start + length > span.end_us,
            )
        )
    return found
