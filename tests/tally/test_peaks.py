"""The exact largest amount in any window of a day, with the edge that the day before lends it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from building import DAY, Row, a_clause, a_request, drawn, lines, shown
from days import rows_of, tallied
from tallystick.agreements.limit import Limit
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tally.summary import peak_of


def limit(**clause: Any) -> Limit:
    return a_clause(**clause).limit_as(None)


def peaks(root: Path, rows: Sequence[Row], wanted: Limit, *, before: Sequence[Row] = ()) -> list[Row]:
    return rows_of(tallied(root, rows, wanted, before=before), USAGE_PEAK)


def at(times: str, **stated: Any) -> list[Row]:
    return drawn(a_request, "at\n" + "\n".join(times.split()), **stated)


def test_a_peak_is_the_largest_window_and_when_it_is_first_reached(tmp_path: Path) -> None:
    rows = at("10:00:00 10:05:00 10:14:59 10:15:00 11:00:00 11:00:00 11:00:00")

    assert shown(peaks(tmp_path, rows, limit()), "key counted used peak peak_at") == lines("monitor 7 7 3 10:14:59")


def test_each_key_has_a_peak_of_its_own(tmp_path: Path) -> None:
    rows = drawn(a_request, "at app\n10:00:00 a\n10:00:00 b\n10:00:01 b\n12:00:00 a")

    assert shown(peaks(tmp_path, rows, limit()), "key peak peak_at") == lines("a 1 10:00:00\nb 2 10:00:01")


def test_a_window_reaches_back_over_midnight(tmp_path: Path) -> None:
    before = at("2022-02-28T23:50:00 2022-02-28T23:50:00.000001 2022-02-28T23:59:59.999999", file_id="yesterday")

    [row] = peaks(tmp_path, at("00:05:00 00:06:00 09:00:00"), limit(), before=before)

    assert shown([row], "counted used peak peak_at own_peak own_peak_at") == lines("3 3 3 00:05:00 2 00:06:00")


def test_what_is_older_than_the_window_lends_nothing(tmp_path: Path) -> None:
    before = at("2022-02-28T23:45:00", file_id="yesterday")

    assert shown(peaks(tmp_path / "a", at("00:00:00"), limit(), before=before), "peak") == [(1,)]
    assert shown(peaks(tmp_path / "b", at("00:00:00"), limit(within="PT16M"), before=before), "peak") == [(2,)]


def test_who_called_only_yesterday_has_no_peak_today(tmp_path: Path) -> None:
    before = drawn(a_request, "at app\n2022-02-28T23:59:00 yesterday", file_id="yesterday")

    assert shown(peaks(tmp_path, at("00:00:30"), limit(), before=before), "key peak") == [("monitor", 1)]


def test_a_day_without_requests_has_no_peak(tmp_path: Path) -> None:
    assert peaks(tmp_path, [], limit(), before=at("2022-02-28T23:59:00", file_id="yesterday")) == []


def test_a_calendar_window_that_straddles_midnight_holds_both_sides(tmp_path: Path) -> None:
    # 7 minutes do not divide a day: a window of 2022-03-01 began at 23:56 the evening before.
    before = at("2022-02-28T23:55:59 2022-02-28T23:56:00 2022-02-28T23:59:00", file_id="yesterday")

    [row] = peaks(tmp_path, at("00:02:59 00:03:00"), limit(window="calendar", within="PT7M"), before=before)

    assert shown([row], "peak peak_at own_peak") == lines("3 00:02:59 1")


def test_unknown_amounts_are_counted_and_take_no_part(tmp_path: Path) -> None:
    rows = """
    at        app  records
    10:00:00  a    5
    10:00:01  a    -
    10:00:02  a    7
    10:00:00  b    -
    10:00:00  c    0
    """
    found = peaks(tmp_path, drawn(a_request, rows), limit(of="records"))

    assert shown(found, "key counted unknown used peak peak_at") == lines("""
    a  3  1  12  12  10:00:02
    b  1  1  0   -   -
    c  1  0  0   0   10:00:00
    """)


def test_duplicates_refused_requests_and_requests_of_nobody_are_in_no_peak(tmp_path: Path) -> None:
    rows = """
    licensee  app      status  is_duplicate  user
    halcyon   monitor  200     false         u1
    halcyon   monitor  429     false         u1
    halcyon   monitor  200     true          u1
    -         -        200     false         u1
    halcyon   monitor  -       false         u1
    halcyon   monitor  200     false         -
    """
    assert shown(peaks(tmp_path, drawn(a_request, rows), limit(per="user")), "licensee key peak") == lines(
        "halcyon u1 2"
    )


def test_a_peak_past_two_to_the_fifty_third_is_exact(tmp_path: Path) -> None:
    rows = [a_request(position=place, records=2**61 + 1) for place in range(3)]

    assert shown(peaks(tmp_path, rows, limit(of="records")), "peak own_peak") == [(3 * (2**61 + 1),) * 2]


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    rows = at("10:00:00 10:10:00 10:20:00 10:00:00 10:14:59")

    assert peaks(tmp_path / "a", rows, limit()) == peaks(tmp_path / "b", rows[::-1], limit())


@pytest.mark.parametrize(
    ("clause", "is_kept"),
    [
        ({"window": "sliding", "within": "PT1S"}, True),
        ({"window": "sliding", "within": "P1D"}, True),
        ({"window": "sliding", "within": "PT24H1S"}, False),
        ({"window": "anchored", "within": "PT1H"}, True),
        ({"window": "bucket", "within": "P2D"}, False),
        ({"window": "calendar", "within": "PT10M"}, True),
        ({"window": "calendar", "within": "PT15M"}, False),
        ({"window": "calendar", "within": "PT45M"}, False),
        ({"window": "calendar", "within": "P1D"}, False),
    ],
)
def test_a_peak_is_kept_where_quarters_of_an_hour_do_not_decide(clause: dict[str, str], is_kept: bool) -> None:
    assert (peak_of(limit(**clause)) is not None) == is_kept


def test_an_anchored_window_and_a_bucket_are_bounded_by_the_sliding_peak(tmp_path: Path) -> None:
    rows = at("10:00:00 10:00:01 10:14:59 10:15:00")

    for window in ("sliding", "anchored", "bucket"):
        assert shown(peaks(tmp_path / window, rows, limit(window=window)), "peak") == [(3,)]


def test_a_summary_is_named_for_what_it_holds_and_not_for_the_number_of_its_limit() -> None:
    names = {
        summary.id
        for clause in (
            {},
            {"max": 9, "tolerance": 5},
            {"counts": {"except_status": [429]}},
            {"counts": {"except_status": [429, 429]}},
        )
        if (summary := peak_of(limit(**clause))) is not None
    }
    others = {
        summary.id
        for clause in ({"of": "records"}, {"per": "user"}, {"within": "PT16M"}, {"counts": {"methods": ["GET"]}})
        if (summary := peak_of(limit(**clause))) is not None
    }
    assert len(names) == 1
    assert len(others - names) == 4


def test_a_peak_lies_in_the_partition_of_its_summary_and_day(tmp_path: Path) -> None:
    [row] = peaks(tmp_path, at("10:00:00"), limit())

    summary = peak_of(limit())
    assert summary is not None
    assert (row["summary_id"], str(row["event_date"])) == (summary.id, DAY)
