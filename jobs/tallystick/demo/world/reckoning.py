"""A slow and obvious count of windows, in plain Python: a second opinion that shares nothing with the product."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Episode:
    """The longest run of consecutive requests that are all over; instants in microseconds."""

    first_us: int
    last_us: int
    peak: int
    peak_us: int
    requests_over: int


@dataclass(frozen=True, kw_only=True)
class WindowOver:
    """One fixed window over its limit. `crossed_us` is the request that took it above; `served_over` counts from it."""

    start_us: int
    end_us: int
    used: int
    over: int
    crossed_us: int
    served_over: int


def sliding_episodes(instants_us: list[int], *, limit: int, window_us: int) -> list[Episode]:
    """The episodes of requests at `instants_us` (in order) against `limit` in any half-open window, ties included."""
    episodes: list[Episode] = []
    run: list[tuple[int, int]] = []
    oldest = newest = 0
    for instant in instants_us:
        while newest < len(instants_us) and instants_us[newest] <= instant:
            newest += 1
        while instants_us[oldest] <= instant - window_us:
            oldest += 1
        if newest - oldest > limit:
            run.append((instant, newest - oldest))
        elif run:
            episodes.append(_episode(run))
            run = []
    return [*episodes, _episode(run)] if run else episodes


def _episode(run: list[tuple[int, int]]) -> Episode:
    peak = max(used for _, used in run)
    return Episode(
        first_us=run[0][0],
        last_us=run[-1][0],
        peak=peak,
        peak_us=next(instant for instant, used in run if used == peak),
        requests_over=len(run),
    )


def fixed_windows_over(instants_us: list[int], *, limit: int, window_us: int) -> list[WindowOver]:
    """The windows at multiples of their length that hold more than `limit` of `instants_us` (in order)."""
    windows = []
    for number, used in sorted(Counter(instant // window_us for instant in instants_us).items()):
        if used > limit:
            start = number * window_us
            inside = [instant for instant in instants_us if start <= instant < start + window_us]
            windows.append(window_over(inside, limit=limit, start_us=start, end_us=start + window_us))
    return windows


def window_over(
    some_us: list[int], *, limit: int, start_us: int, end_us: int, before: int = 0, after: int = 0
) -> WindowOver:
    """One window that is over, from the instants of its requests in order.

    Of a long window `some_us` may be those around the crossing: `before` came before them, `after` after them.
    """
    crossed = some_us[limit - before]
    used = before + len(some_us) + after
    return WindowOver(
        start_us=start_us,
        end_us=end_us,
        used=used,
        over=used - limit,
        crossed_us=crossed,
        served_over=sum(instant >= crossed for instant in some_us) + after,
    )
