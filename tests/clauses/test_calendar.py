"""Windows of the calendar: where each begins and ends, in zones whose clocks change."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from reference.calendars import calendar_window
from tallystick.agreements.length import calendar_length
from tallystick.clauses.calendar import window_borders
from tallystick.period import Period, to_instant, to_text

ZONES = ("Etc/UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia")


def borders(within: str, period: str, zone: str) -> list[tuple[str, str]]:
    """Start and end of each window, without seconds."""
    span = Period.parse(period, ZoneInfo(zone))
    return [
        (to_text(start)[:16], to_text(end)[:16])
        for start, end in window_borders(calendar_length(within), span, ZoneInfo(zone))
    ]


@pytest.mark.parametrize(
    ("within", "period", "zone", "expected"),
    [
        ("P1D", "2022-03-27", "Europe/Berlin", [("2022-03-26T23:00", "2022-03-27T22:00")]),
        ("P1D", "2022-10-30", "Europe/Berlin", [("2022-10-29T22:00", "2022-10-30T23:00")]),
        ("P1D", "2022-04-03", "Australia/Lord_Howe", [("2022-04-02T13:00", "2022-04-03T13:30")]),
        ("P1D", "2018-11-04", "America/Sao_Paulo", [("2018-11-04T03:00", "2018-11-05T02:00")]),
        ("P1W", "2022-01-01", "Etc/UTC", [("2021-12-27T00:00", "2022-01-03T00:00")]),
        ("P1W", "2022-01-03", "Etc/UTC", [("2022-01-03T00:00", "2022-01-10T00:00")]),
        ("P1M", "2024-02-29", "Etc/UTC", [("2024-02-01T00:00", "2024-03-01T00:00")]),
        ("P1M", "2022-03-31", "America/New_York", [("2022-03-01T05:00", "2022-04-01T04:00")]),
        ("P3M", "2022-12-31", "Etc/UTC", [("2022-10-01T00:00", "2023-01-01T00:00")]),
        ("P3M", "2022-04-01", "Etc/UTC", [("2022-04-01T00:00", "2022-07-01T00:00")]),
        ("P1Y", "2022-06-01", "Asia/Kathmandu", [("2021-12-31T18:15", "2022-12-31T18:15")]),
    ],
)
def test_a_window_begins_and_ends_at_local_midnights(
    within: str, period: str, zone: str, expected: list[tuple[str, str]]
) -> None:
    assert borders(within, period, zone) == expected


def test_a_span_that_windows_cut_has_the_whole_of_each() -> None:
    assert borders("P1M", "2022-01-15/2022-03-02", "Etc/UTC") == [
        ("2022-01-01T00:00", "2022-02-01T00:00"),
        ("2022-02-01T00:00", "2022-03-01T00:00"),
        ("2022-03-01T00:00", "2022-04-01T00:00"),
    ]


def test_a_span_that_ends_where_a_window_begins_does_not_touch_it() -> None:
    assert borders("P1D", "2022-01-01/2022-01-02", "Etc/UTC") == [("2022-01-01T00:00", "2022-01-02T00:00")]
    assert len(borders("P1D", "2022-01-01/2022-01-02T00:00:00.000001", "Etc/UTC")) == 2


def test_a_day_that_a_zone_never_had_is_no_window() -> None:
    assert borders("P1D", "2011-12-29/2012-01-01", "Pacific/Apia") == [
        ("2011-12-29T10:00", "2011-12-30T10:00"),
        ("2011-12-30T10:00", "2011-12-31T10:00"),
    ]


def test_the_hour_that_comes_twice_belongs_to_the_day_that_had_begun() -> None:
    # St. John's set its clocks back at one past midnight: the 7th began, the 6th came once more, and the 7th again.
    assert borders("P1D", "2010-11-07T02:45Z/2010-11-07T03:15Z", "America/St_Johns") == [
        ("2010-11-07T02:30", "2010-11-08T03:30")
    ]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("within", ["P1D", "P1W", "P1M", "P3M", "P1Y"])
@pytest.mark.parametrize(
    "period", ["2011-12-25/2012-01-10", "2018-02-10/2018-02-20", "2018-10-30/2018-11-10", "2024-02"]
)
def test_windows_join_without_a_gap_and_are_those_of_the_second_opinion(zone: str, within: str, period: str) -> None:
    span = Period.parse(period, ZoneInfo(zone))

    found = window_borders(calendar_length(within), span, ZoneInfo(zone))

    assert found[0][0] <= span.start_us < found[0][1]
    assert found[-1][0] < span.end_us <= found[-1][1]
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]
    for start, end in found:
        window = (to_instant(start), to_instant(end))
        assert calendar_window(to_instant(start), within, zone) == window
        assert calendar_window(to_instant(end - 1), within, zone) == window
