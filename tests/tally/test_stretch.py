"""Where a day is cut, so that no border of an audit's span lies inside of what is summed."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import DAY, a_clause, a_request, a_version, drawn, lines, shown, us
from clauses.lakes import TalliedLake
from clauses.versions import verdicts
from tallystick.period import DAY_US, to_text
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tally.stretch import Borders, stretches

MIDNIGHT = us(f"{DAY}T00:00:00")


@pytest.mark.parametrize(
    ("borders", "expected"),
    [
        (Borders(), "00:00 00:00 00:00"),
        (Borders(turns_us=(MIDNIGHT, MIDNIGHT + DAY_US)), "00:00 00:00 00:00"),
        (Borders(zones=("America/New_York",)), "00:00 05:00 05:00 | 05:00 00:00 05:00"),
        (Borders(zones=("Etc/UTC", "Asia/Kolkata")), "00:00 18:30 00:00 | 18:30 00:00 18:30"),
        (Borders(turns_us=(MIDNIGHT + DAY_US // 2,)), "00:00 12:00 00:00 | 12:00 00:00 12:00"),
        (
            Borders(zones=("America/New_York",), turns_us=(MIDNIGHT - DAY_US // 24,)),
            "00:00 05:00 23:00 | 05:00 00:00 05:00",
        ),
    ],
)
def test_a_day_is_cut_at_midnights_and_at_the_dates_of_versions(borders: Borders, expected: str) -> None:
    found = [
        " ".join(to_text(one)[11:16] for one in (stretch.start_us, stretch.end_us, stretch.own_since_us))
        for stretch in stretches(borders, MIDNIGHT)
    ]

    assert " | ".join(found) == expected


def test_stretches_of_a_day_follow_each_other_where_a_clock_changes() -> None:
    for zone in ("America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "America/Sao_Paulo"):
        for day in range(us("2011-12-28T00:00:00"), us("2012-01-02T00:00:00"), DAY_US):
            found = stretches(Borders(zones=(zone,)), day)
            assert [one.start_us for one in found] == [day, *(one.end_us for one in found[:-1])]
            assert found[-1].end_us == day + DAY_US
            assert all(one.own_since_us <= one.start_us for one in found)


def test_a_stretch_knows_what_came_before_it_and_what_came_since_a_border(tmp_path: Path) -> None:
    rows = drawn(a_request, "at\n04:50:00\n04:55:00\n05:05:00\n05:06:00\n06:00:00")
    borders = {"halcyon": Borders(zones=("America/New_York",))}

    lake = TalliedLake(tmp_path, rows, {"halcyon": [a_clause(max=9).limit_as(None)]}, borders=borders).lake

    found = sorted(lake.read(USAGE_PEAK).to_pylist(), key=lambda row: row["since_at"])
    assert shown(found, "since_at until_at counted used peak peak_at own_peak own_peak_at") == lines("""
        00:00:00  05:00:00  2  2  2  04:55:00  2  04:55:00
        05:00:00  00:00:00  3  3  3  05:06:00  2  05:06:00
    """)


LIMIT = {"id": "burst", "cites": "§ 4", "says": "At most three in a quarter of an hour.", "kind": "limit"}
NUMBERS = {"of": "requests", "per": "app", "max": 3, "window": "sliding", "within": "PT15M"}


@pytest.mark.parametrize("window", ["sliding", "anchored", "bucket"])
def test_a_kept_limit_is_decided_without_a_raw_row_whatever_its_zone_and_dates(tmp_path: Path, window: str) -> None:
    rows = drawn(
        a_request,
        """
        at
        2022-03-01T07:55:00
        2022-03-01T07:56:00
        2022-03-01T07:57:00
        2022-03-01T08:00:00
        2022-03-01T12:00:00
        2022-03-01T12:01:00
        2022-03-01T17:29:59.999999
        2022-03-01T17:30:00
        2022-03-01T17:30:00.000001
        2022-03-02T07:59:59
        """,
    )
    clause = LIMIT | NUMBERS | {"window": window}
    versions = (
        a_version(clause, version="first", in_force_from="2022-01-01", time_zone="America/Los_Angeles"),
        a_version(clause, version="second", in_force_from="2022-03-01T09:30:00", time_zone="America/Los_Angeles"),
    )

    found = verdicts(tmp_path, rows, *versions, period="2022-03-01T08:00:00Z/2022-03-02T08:00:00Z")

    measured = {version: found[version, "burst"] for version in ("first", "second")}
    assert {v: [(one.counted, one.verdict, one.rows_read) for one in m] for v, m in measured.items()} == {
        "first": [(4, "kept", 0)],
        "second": [(3, "kept", 0)],
    }
    if window == "sliding":
        assert [one.peak for one in (*measured["first"], *measured["second"])] == [2, 2]
