"""Anchored windows and buckets: each depends on all requests before it, and is exact whatever the numbers."""

from __future__ import annotations

from typing import Any

import pytest

from building import a_clause, a_period, us
from clauses.test_sliding import calls, time
from tallystick.clauses.sequential import anchored_over, bucket_over

MOST = 2**63 - 1


def anchored(times: str, amounts: str = "", *, period: str = "2022", without: str = "", **stated: Any) -> list[Any]:
    limit = a_clause(window="anchored", of="records", **stated).limit_as(None)
    found, _, _ = anchored_over(calls(times, amounts, without=without), limit, a_period(period))
    return [
        (time(one.start_us), time(one.end_us), one.used, one.over, time(one.crossed_us or 0), one.served_over)
        for one in found
    ]


def bucket(times: str, amounts: str = "", **stated: Any) -> list[Any]:
    limit = a_clause(window="bucket", of="records", **stated).limit_as(None)
    return [
        (time(one.start_us), time(one.end_us), one.requests_over, one.served_over)
        for one in bucket_over(calls(times, amounts, refused="1"), limit)
    ]


# ── anchored ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_request_opens_a_window_and_the_first_one_at_its_end_the_next() -> None:
    times = "10:01:00 10:15:59.999999 10:16:00 10:16:00 10:30:59.999999 10:31:00"

    assert anchored(times) == [("10:16:00", "10:31:00", 3, 1, "10:30:59", 1)]


def test_a_pause_closes_a_window_and_the_next_request_opens_one_when_it_comes() -> None:
    assert anchored("10:00:00 12:34:56 12:34:56 12:49:55") == [("12:34:56", "12:49:56", 3, 1, "12:49:55", 1)]


def test_ties_open_one_window_together() -> None:
    assert anchored("10:00:00 10:00:00 10:00:00") == [("10:00:00", "10:15:00", 3, 1, "10:00:00", 3)]


def test_calls_of_unknown_amount_open_no_window_and_are_served_in_the_one_they_lie_in() -> None:
    found = anchored("10:05:00 10:06:00 10:07:00", without="10:00:00 10:06:59 10:07:00 10:19:59 10:20:00")

    assert found == [("10:05:00", "10:20:00", 3, 1, "10:07:00", 3)]


def test_a_window_that_ends_after_the_span_is_clipped() -> None:
    limit = a_clause(window="anchored").limit_as(None)
    given = calls("10:00:00 10:00:01 10:00:02")

    def is_clipped(period: str) -> bool:
        [[one], _, _] = anchored_over(given, limit, a_period(period))
        return one.is_clipped

    assert (is_clipped("10:00:00/10:15:00"), is_clipped("10:00:00/10:14:59")) == (False, True)


def test_the_largest_window_is_told_with_the_request_that_opened_it() -> None:
    limit = a_clause(window="anchored", of="records", max=100).limit_as(None)

    found, peak, peak_us = anchored_over(
        calls("10:00:00 11:00:00 11:00:01 12:00:00", "4 3 2 5"), limit, a_period("2022")
    )

    assert (found, peak, peak_us) == ([], 5, us("11:00:00"))
    assert anchored_over(calls(""), limit, a_period("2022")) == ([], None, None)


def test_a_window_is_exact_up_to_the_largest_integer_and_an_error_past_it() -> None:
    assert anchored("10:00:00 10:00:01", f"{MOST - 1} 1") == [("10:00:00", "10:15:00", MOST, MOST - 2, "10:00:00", 2)]
    with pytest.raises(OverflowError):
        anchored("10:00:00 10:00:01", f"{MOST} 1")


# ── bucket ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bucket_starts_full() -> None:
    assert bucket("10:00:00 10:00:00") == []
    assert bucket("10:00:00 10:00:00 10:00:00") == [("10:00:00", "10:00:00", 1, 1)]


def test_a_bucket_refills_evenly_to_the_microsecond() -> None:
    # 2 in 15 minutes are one in 7 minutes and 30 seconds.
    assert bucket("10:00:00 10:00:00 10:07:30 10:15:00") == []
    assert bucket("10:00:00 10:00:00 10:07:29.999999") == [("10:07:29", "10:07:29", 1, 1)]


def test_a_third_of_a_request_is_not_rounded() -> None:
    # 3 in a second: after 333,333 microseconds there is not quite one more, after 333,334 there is.
    assert bucket("10:00:00 10:00:00 10:00:00 10:00:00.333334", max=3, within="PT1S") == []
    assert len(bucket("10:00:00 10:00:00 10:00:00 10:00:00.333333", max=3, within="PT1S")) == 1


def test_a_bucket_holds_no_more_than_its_maximum_however_long_nobody_calls() -> None:
    assert bucket("10:00:00 2022-03-05T10:00:00 2022-03-05T10:00:00 2022-03-05T10:00:00") == [
        ("10:00:00", "10:00:00", 1, 1)
    ]


def test_a_request_that_costs_more_than_the_level_leaves_it_as_it_is() -> None:
    assert bucket("10:00:00 10:00:01 10:00:02", "1 5 1") == [("10:00:01", "10:00:01", 1, 0)]


def test_a_request_that_costs_nothing_is_never_over() -> None:
    assert bucket("10:00:00 10:00:00 10:00:00", "2 0 0") == []
    assert bucket("10:00:00 10:00:00 10:00:00", "0 0 0", max=0) == []


def test_a_bucket_of_nothing_lets_nothing_through() -> None:
    assert bucket("10:00:00 10:00:01 10:00:02", max=0) == [("10:00:00", "10:00:02", 3, 2)]


def test_what_is_tolerated_is_held_and_refilled_too() -> None:
    assert bucket("10:00:00 10:00:00 10:00:00 10:05:00", tolerance=1) == []
    assert bucket("10:00:00 10:00:00 10:00:00 10:04:59", tolerance=1) == [("10:04:59", "10:04:59", 1, 1)]


def test_a_bucket_is_exact_whatever_its_numbers() -> None:
    times = "10:00:00 10:00:00.000001 10:00:00.000002"

    assert bucket(times, f"{MOST} 1 1", max=MOST, within="P36525D") == []
    assert len(bucket(times, f"{MOST} {MOST} 1", max=MOST, within="P36525D")) == 1
    assert bucket("", max=5) == []
