"""Sliding windows: which days must be read, and the episodes in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from building import a_clause, a_period, us
from tallystick.clauses.sliding import (
    episodes,
    lie_in,
    ranges_of,
    short_windows_over,
    stretches_to_read,
    window_sums,
)
from tallystick.clauses.usage_reader import KeyStretch, Requests
from tallystick.period import DAY_US, to_text
from tallystick.tally.windows import Integers

MONDAY = us("2022-03-07T00:00:00")
HOUR_US = 3_600 * 10**6


def a_day(number: int, peak: int, *, is_exact: bool = True, hour: int = 12) -> KeyStretch:
    start = MONDAY + number * DAY_US
    return KeyStretch(
        start_us=start, end_us=start + DAY_US, peak=peak, peak_us=start + hour * HOUR_US, is_exact=is_exact
    )


def a_limit(**stated: Any) -> Any:
    return a_clause(max=10, within="PT1H", **stated).limit_as(None)


def calls(times: str, amounts: str = "", *, refused: str = "", without: str = "") -> Requests:
    """Calls at times, of amounts (1 each), some of them refused; `without` are served calls of unknown amount."""
    at_us = np.asarray([us(time) for time in times.split()], np.int64)
    return Requests(
        at_us=at_us,
        amount=np.asarray(amounts.split() or ["1"] * len(at_us), np.int64),
        is_served=np.asarray([str(place) not in refused.split() for place in range(len(at_us))], np.bool_),
        served_without_us=np.asarray([us(time) for time in without.split()], np.int64),
    )


def time(at_us: int) -> str:
    return to_text(at_us)[11:19]


def sums(text: str) -> Integers:
    return np.asarray(text.split(), np.int64)


def every(given: Requests) -> Any:
    return np.ones(given.rows, np.bool_)


# ── which days ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stretches", "read"),
    [
        ([], []),
        ([a_day(0, 10)], []),
        ([a_day(0, 11)], [0]),
        ([a_day(0, 3), a_day(1, 11), a_day(2, 10)], [1]),
        ([a_day(0, 11, is_exact=False)], [0]),
        ([a_day(0, 10, is_exact=False)], [0]),  # within the limit, but how much it is, is not known
        ([a_day(0, 5, is_exact=False), a_day(1, 6)], []),  # whatever it is, it is not the largest
        ([a_day(0, 6, is_exact=False), a_day(1, 6)], [0]),  # it may have been reached first
        ([a_day(0, 6), a_day(1, 6, is_exact=False)], []),
        ([a_day(0, 7, is_exact=False), a_day(1, 6)], [0]),
    ],
)
def test_a_day_is_read_when_its_peak_does_not_settle_it(stretches: list[KeyStretch], read: list[int]) -> None:
    assert stretches_to_read(stretches, a_limit()) == days(*read)


def days(*numbers: int) -> list[tuple[int, int]]:
    return [(MONDAY + number * DAY_US, MONDAY + (number + 1) * DAY_US) for number in numbers]


def test_instants_lie_in_stretches_that_hold_them() -> None:
    at_us = np.asarray([MONDAY - 1, MONDAY, MONDAY + DAY_US - 1, MONDAY + DAY_US, MONDAY + 3 * DAY_US], np.int64)

    assert lie_in(at_us, days(3, 0)).tolist() == [False, True, True, False, True]
    assert not lie_in(at_us, []).any()


def test_a_day_is_read_with_the_window_before_it() -> None:
    [(start, end)] = ranges_of(days(1), HOUR_US, a_period("2022"))

    assert (to_text(start)[:16], to_text(end)[:16]) == ("2022-03-07T23:00", "2022-03-09T00:00")


def test_days_that_follow_each_other_are_one_range_and_others_are_not() -> None:
    ranges = ranges_of(days(4, 0, 1), HOUR_US, a_period("2022"))

    assert [(end - start) // HOUR_US for start, end in ranges] == [49, 25]
    assert ranges == sorted(ranges)


def test_days_are_read_as_one_range_where_the_window_before_reaches_the_day_before() -> None:
    assert len(ranges_of(days(0, 2), DAY_US, a_period("2022"))) == 1
    assert len(ranges_of(days(0, 2), DAY_US - 1, a_period("2022"))) == 2


def test_nothing_outside_the_span_is_read() -> None:
    span = a_period("2022-03-07T06:00:00Z/2022-03-07T18:00:00Z")

    assert ranges_of(days(-1, 0, 1), HOUR_US, span) == [(span.start_us, span.end_us)]


# ── episodes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def drawn(given: Requests, held: str, *, judged: Any = None, pauses: list[int] | None = None) -> list[tuple[Any, ...]]:
    found = episodes(given, sums(held), every(given) if judged is None else judged, a_limit(), pauses or [])
    return [
        (time(one.start_us), time(one.end_us), one.used, one.over, one.requests_over, one.served_over) for one in found
    ]


def test_an_episode_is_the_longest_run_of_requests_that_are_over() -> None:
    given = calls("10:00:00 10:01:00 10:02:00 10:03:00 10:04:00 10:05:00")

    assert drawn(given, "10 11 12 10 11 11") == [
        ("10:01:00", "10:02:00", 12, 2, 2, 2),
        ("10:04:00", "10:05:00", 11, 1, 2, 2),
    ]


def test_nothing_over_is_no_episode() -> None:
    assert drawn(calls("10:00:00 10:01:00"), "10 10") == []


def test_an_episode_may_be_one_request_or_all_of_them() -> None:
    given = calls("10:00:00 10:01:00 10:02:00")

    assert drawn(given, "10 11 10") == [("10:01:00", "10:01:00", 11, 1, 1, 1)]
    assert drawn(given, "11 11 11") == [("10:00:00", "10:02:00", 11, 1, 3, 3)]


def test_the_peak_is_when_it_is_first_reached() -> None:
    given = calls("10:00:00 10:01:00 10:02:00")

    [found] = episodes(given, sums("11 13 13"), every(given), a_limit(), [])

    assert found.peak_us == us("10:01:00")


def test_requests_that_were_refused_are_over_and_were_not_served() -> None:
    assert drawn(calls("10:00:00 10:01:00 10:02:00", refused="1"), "11 12 13") == [
        ("10:00:00", "10:02:00", 13, 3, 3, 2)
    ]


def test_requests_of_the_edge_are_in_no_episode() -> None:
    given = calls("10:00:00 10:01:00 10:02:00")

    assert drawn(given, "99 11 11", judged=np.asarray([False, True, True])) == [("10:01:00", "10:02:00", 11, 1, 2, 2)]


def test_no_episode_goes_on_across_a_day_that_was_not_read() -> None:
    given = calls("2022-03-07T23:59:00 2022-03-09T00:00:00")

    assert len(drawn(given, "11 11")) == 1
    assert len(drawn(given, "11 11", pauses=[days(1)[0][0]])) == 2
    assert len(drawn(given, "11 11", pauses=[start for start, _ in days(-1, 3)])) == 1


def test_an_episode_goes_on_over_midnight() -> None:
    given = calls("2022-03-07T23:59:59 2022-03-08T00:00:00")

    assert drawn(given, "11 12") == [("23:59:59", "00:00:00", 12, 2, 2, 2)]


# ── short windows of the calendar ─────────────────────────────────────────────────────────────────────────────────────


def windows(given: Requests, period: str = "2022", **stated: Any) -> list[tuple[Any, ...]]:
    limit = a_clause(window="calendar", within="PT10M", max=2, **stated).limit_as(None)
    found = short_windows_over(given, window_sums(given, limit), every(given), limit, a_period(period))
    return [(time(one.start_us)[:5], one.used, one.over, time(one.crossed_us or 0), one.served_over) for one in found]


def test_a_window_is_crossed_by_the_request_that_takes_it_over() -> None:
    given = calls("10:00:00 10:09:58 10:09:59 10:10:00 10:10:00 10:10:00 10:19:00")

    assert windows(given) == [("10:00", 3, 1, "10:09:59", 1), ("10:10", 4, 2, "10:10:00", 4)]


def test_a_tolerance_moves_the_crossing_and_not_what_is_over() -> None:
    assert windows(calls("10:00:00 10:00:01 10:00:02 10:00:03"), tolerance=1) == [("10:00", 4, 2, "10:00:03", 1)]


def test_served_calls_of_unknown_amount_count_from_the_crossing_to_the_end_of_the_window() -> None:
    given = calls("10:00:00 10:00:01 10:00:02", without="10:00:01 10:00:02 10:09:59 10:10:00")

    assert windows(given) == [("10:00", 3, 1, "10:00:02", 3)]


def test_a_window_that_the_span_cuts_is_marked() -> None:
    given = calls("10:05:00 10:05:01 10:05:02")
    limit = a_clause(window="calendar", within="PT10M", max=2).limit_as(None)

    def is_clipped(period: str) -> bool:
        [one] = short_windows_over(given, window_sums(given, limit), every(given), limit, a_period(period))
        return one.is_clipped

    assert not is_clipped("10:00:00/10:10:00")
    assert is_clipped("10:00:00.000001/11:00:00")
    assert is_clipped("09:00:00/10:09:59")
