"""Windows that depend on all requests before them: anchored windows and buckets, one key at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tallystick.agreements.limit import Limit
from tallystick.clauses.result import Over
from tallystick.clauses.usage_reader import Requests
from tallystick.period import Period
from tallystick.tally.windows import Integers, group_sums


def anchored_windows(requests: Requests, length_us: int) -> Integers:
    """The places of the requests that open a window: the first, then each first one at or after a window's end."""
    if not requests.rows:
        return np.zeros(0, np.int64)
    following = np.searchsorted(requests.at_us, requests.at_us + length_us, side="left").tolist()
    places, place = [], 0
    while place < requests.rows:
        places.append(place)
        place = following[place]
    return np.asarray(places, np.int64)


def anchored_over(requests: Requests, limit: Limit, span: Period) -> tuple[list[Over], int | None, int | None]:
    """The anchored windows over the limit, in order; the largest amount in any window, and when that window opens."""
    assert limit.length.us is not None
    opens = anchored_windows(requests, limit.length.us)
    if not len(opens):
        return [], None, None
    ends = np.append(opens[1:], requests.rows)
    sums = group_sums(requests.amount, opens, ends)
    found = [
        _anchored(requests, limit, span, int(opens[window]), int(ends[window]), int(sums[window]))
        for window in np.flatnonzero(sums > limit.limit)
    ]
    largest = int(sums.argmax())
    return found, int(sums[largest]), int(requests.at_us[opens[largest]])


def _anchored(requests: Requests, limit: Limit, span: Period, first: int, after: int, used: int) -> Over:
    assert limit.length.us is not None
    place = first + int((requests.amount[first:after].cumsum() > limit.limit).argmax())
    crossed_us, end_us = int(requests.at_us[place]), int(requests.at_us[first]) + limit.length.us
    inside = slice(first, after)
    served = requests.is_served[inside] & (requests.at_us[inside] >= crossed_us)
    without = (requests.served_without_us >= crossed_us) & (requests.served_without_us < end_us)
    return Over(
        start_us=int(requests.at_us[first]),
        end_us=end_us,
        used=used,
        over=used - limit.max,
        crossed_us=crossed_us,
        served_over=int(served.sum() + without.sum()),
        is_clipped=end_us > span.end_us,
    )


def bucket_over(requests: Requests, limit: Limit) -> list[Over]:
    """One entry from the first to the last request that costs more than the bucket holds; none when there is none.

    SEMANTICS: the bucket holds `max`, starts full, refills `max` in a window's length, evenly. The level is kept as
    level x length, so that every step is a whole number. A request that is over leaves the level as it is.
    """
    over = np.fromiter(_emptied(requests, limit), np.int64)
    if not len(over):
        return []
    cost = int(requests.amount[over].sum())
    return [
        Over(
            start_us=int(requests.at_us[over[0]]),
            end_us=int(requests.at_us[over[-1]]),
            used=cost,
            over=cost,
            requests_over=len(over),
            served_over=int(requests.is_served[over].sum()),
        )
    ]


def _emptied(requests: Requests, limit: Limit) -> Iterator[int]:
    """The places of the requests that are over, in order; Python's whole numbers, which nothing overflows."""
    assert limit.length.us is not None
    length, most = limit.length.us, limit.limit
    full = level = most * length
    before = int(requests.at_us[0]) if requests.rows else 0
    for place, (at_us, amount) in enumerate(zip(requests.at_us.tolist(), requests.amount.tolist(), strict=True)):
        level = min(full, level + (at_us - before) * most)
        before = at_us
        cost = amount * length
        if cost > level:
            yield place
        else:
            level -= cost
