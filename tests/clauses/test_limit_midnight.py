"""Limits at a UTC midnight, where one day's requests end and the next day's table begins: exact to the microsecond."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import a_period, requests, us
from clauses.test_limit import measure

BOTH_WAYS = pytest.mark.parametrize("only_raw", [False, True], ids=["tables", "requests"])
YESTERDAY, TODAY = "2022-02-28T", "2022-03-01T"


@BOTH_WAYS
@pytest.mark.parametrize("window", ["sliding", "anchored"])
@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("23:00:00.000001", "00:00:00", "exceeded"),
        ("23:00:00", "00:00:00", "kept"),  # as old as the window is long
        ("23:30:00", "00:29:59.999999", "exceeded"),
        ("23:30:00", "00:30:00", "kept"),
        ("23:59:59.999999", "00:59:59.999998", "exceeded"),
        ("23:59:59.999999", "00:59:59.999999", "kept"),
    ],
)
def test_a_window_reaches_back_over_midnight_and_no_further(
    tmp_path: Path, only_raw: bool, window: str, before: str, after: str, verdict: str
) -> None:
    rows = requests(f"{YESTERDAY}{before} {TODAY}{after}")

    found = measure(tmp_path, rows, max=1, window=window, within="PT1H", only_raw=only_raw)

    assert found.verdict == verdict


@BOTH_WAYS
def test_a_window_of_a_whole_day_reaches_just_into_the_day_before(tmp_path: Path, only_raw: bool) -> None:
    inside = requests(f"{YESTERDAY}00:00:00.000001 {TODAY}00:00:00")
    outside = requests(f"{YESTERDAY}00:00:00 {TODAY}00:00:00")

    assert measure(tmp_path / "a", inside, max=1, within="P1D", only_raw=only_raw).verdict == "exceeded"
    assert measure(tmp_path / "b", outside, max=1, within="P1D", only_raw=only_raw).verdict == "kept"


@BOTH_WAYS
def test_a_short_window_of_the_calendar_holds_both_sides_of_midnight(tmp_path: Path, only_raw: bool) -> None:
    # 7 minutes do not divide a day: one window is from 23:56 to 00:03.
    rows = requests(f"{YESTERDAY}23:55:59.999999 {YESTERDAY}23:56:00 {TODAY}00:02:59.999999 {TODAY}00:03:00")

    found = measure(tmp_path, rows, max=1, window="calendar", within="PT7M", only_raw=only_raw)

    [window] = found.windows
    assert (window.start_us, window.end_us) == (us(f"{YESTERDAY}23:56:00"), us(f"{TODAY}00:03:00"))
    assert (window.used, window.crossed_us) == (2, us(f"{TODAY}00:02:59.999999"))


@BOTH_WAYS
def test_an_episode_goes_on_over_midnight(tmp_path: Path, only_raw: bool) -> None:
    rows = requests(f"{YESTERDAY}23:59:58 {YESTERDAY}23:59:59 {TODAY}00:00:00 {TODAY}00:00:01")

    [episode] = measure(tmp_path, rows, max=1, within="PT1H", only_raw=only_raw).windows

    assert (episode.start_us, episode.end_us) == (us(f"{YESTERDAY}23:59:59"), us(f"{TODAY}00:00:01"))
    assert (episode.used, episode.requests_over) == (4, 3)


@BOTH_WAYS
def test_a_day_that_is_not_over_ends_an_episode_even_if_its_requests_are_not_read(
    tmp_path: Path, only_raw: bool
) -> None:
    before, after = f"{YESTERDAY}10:00:00", "2022-03-02T10:00:00"
    rows = requests(f"{before} {before} {TODAY}10:00:00 {after} {after}")

    found = measure(tmp_path, rows, max=1, within="PT1H", only_raw=only_raw)

    assert [one.start_us for one in found.windows] == [us(before), us(after)]


@BOTH_WAYS
@pytest.mark.parametrize("end", ["2022-03-01T10:00:01.000001Z", "2022-03-02T00:00:00Z", "2022-03-03T00:00:00Z"])
def test_a_bound_that_requests_outside_the_period_raise_is_no_peak(tmp_path: Path, only_raw: bool, end: str) -> None:
    rows = requests("09:59:58 09:59:59 10:00:00 10:00:01")
    period = a_period(f"2022-03-01T10:00:00Z/{end}")

    found = measure(tmp_path, rows, max=9, within="PT1H", period=period, only_raw=only_raw)

    assert (found.verdict, found.peak, found.peak_us) == ("kept", 2, us("10:00:01"))


@BOTH_WAYS
def test_a_day_without_requests_ends_no_episode(tmp_path: Path, only_raw: bool) -> None:
    # Every call is over by itself: two calls that follow each other are one run, however long nobody calls.
    rows = requests(f"{YESTERDAY}10:00:00 2022-03-02T10:00:00")

    [episode] = measure(tmp_path, rows, max=0, within="PT1H", only_raw=only_raw).windows

    assert (episode.start_us, episode.end_us) == (us(f"{YESTERDAY}10:00:00"), us("2022-03-02T10:00:00"))
    assert episode.requests_over == 2


@BOTH_WAYS
def test_requests_before_the_period_take_no_part_in_its_first_window(tmp_path: Path, only_raw: bool) -> None:
    rows = requests(f"{YESTERDAY}23:59:59 {TODAY}00:00:00 {TODAY}00:00:01")

    found = measure(tmp_path, rows, max=2, within="PT1H", period="2022-03-01", only_raw=only_raw)

    assert (found.verdict, found.peak, found.peak_us) == ("kept", 2, us(f"{TODAY}00:00:01"))
    assert measure(tmp_path / "b", rows, max=2, within="PT1H", only_raw=only_raw).verdict == "exceeded"
