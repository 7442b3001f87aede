"""What a limit's verdict says: kept, exceeded or not decided, by what, and how much the gateway let through."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from building import Row, a_clause, a_period, a_request, a_version, drawn, requests, us
from clauses.versions import verdicts
from tallystick.clauses.result import Measure

DAY = {"window": "calendar", "within": "P1D"}


def measures(
    root: Path, rows: Sequence[Row], *, only_raw: bool = False, period: Any = "2022", **clause: Any
) -> list[Measure]:
    """What a limit says of each key; the one of `a_clause` unless something else is stated."""
    version = a_version(a_clause(**clause))
    return list(verdicts(root, rows, version, period=period, only_raw=only_raw)["2020-01-01", "limit"])


def measure(root: Path, rows: Sequence[Row], **stated: Any) -> Measure:
    [found] = measures(root, rows, **stated)
    return found


# ── verdicts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "window",
    [
        {"window": "sliding", "within": "PT1H"},
        {"window": "sliding", "within": "P30D"},
        {"window": "anchored", "within": "PT1H"},
        {"window": "bucket", "within": "PT1H"},
        {"window": "calendar", "within": "PT1H"},
        {"window": "calendar", "within": "PT10M"},
        {"window": "calendar", "within": "P1Y"},
    ],
    ids=lambda window: " ".join(window.values()),
)
@pytest.mark.parametrize(
    ("records", "verdict"),
    [
        ("1 1", "kept"),
        ("1 2", "kept"),  # exactly at the limit
        ("2 2", "exceeded"),
        ("3 -", "not decided"),  # the other may be anything
        ("4 -", "exceeded"),  # and here it does not matter
        ("- -", "not decided"),
        ("0 0", "kept"),
    ],
)
@pytest.mark.parametrize("only_raw", [False, True], ids=["tables", "requests"])
def test_a_limit_over_unknown_amounts_that_is_not_passed_is_not_decided(
    tmp_path: Path, window: dict[str, str], records: str, verdict: str, only_raw: bool
) -> None:
    rows = drawn(a_request, "records\n" + "\n".join(records.split()))

    found = measure(tmp_path, rows, of="records", max=3, only_raw=only_raw, **window)

    assert found.verdict == verdict
    assert (found.missing is not None) == (verdict == "not decided")


def test_what_is_missing_is_said_in_numbers(tmp_path: Path) -> None:
    rows = drawn(a_request, "records\n1\n-\n-")

    assert measure(tmp_path, rows, of="records").missing == "2 of 3 requests do not say their records"


@pytest.mark.parametrize("per", ["credential", "user"])
def test_requests_that_do_not_say_whose_they_are_are_not_decided_and_nobodys(tmp_path: Path, per: str) -> None:
    column = {"credential": "credential_id", "user": "user"}[per]
    rows = requests("10:00:00 10:00:00 10:00:00 10:00:00", **{column: None}) + requests("10:00:00", **{column: "k"})

    named, nameless = measures(tmp_path, rows, per=per)

    assert (named.key, named.counted, named.verdict) == ("k", 1, "kept")
    assert (nameless.key, nameless.counted, nameless.verdict) == (None, 4, "not decided")
    assert nameless.missing == f"4 requests do not say their {per}"


SCOPES = [{"routes": ["GET /search"]}, {"methods": ["GET"]}, {"statuses": [200]}]
UNSURE = list(zip(SCOPES, ({"route": None}, {"method": None}, {"status": None}), strict=True))


@pytest.mark.parametrize(("counts", "unknown"), UNSURE)
def test_requests_that_may_or_may_not_count_leave_a_limit_undecided(
    tmp_path: Path, counts: dict[str, Any], unknown: Row
) -> None:
    sure = requests("10:00:00", route="/search")
    unsure = [a_request(position=place, **({"route": "/search"} | unknown)) for place in (2, 3)]

    found = measure(tmp_path, [*sure, *unsure], counts=counts)

    assert (found.counted, found.verdict) == (1, "not decided")
    assert found.missing == "2 requests do not say enough to tell whether the clause counts them"


@pytest.mark.parametrize(("counts", "unknown"), UNSURE)
def test_a_limit_of_which_no_request_is_sure_to_count_is_not_kept(
    tmp_path: Path, counts: dict[str, Any], unknown: Row
) -> None:
    rows = [a_request(**({"route": "/search"} | unknown))]

    found = measure(tmp_path, rows, counts=counts)

    assert (found.key, found.counted, found.verdict) == (None, 0, "not decided")


def test_requests_that_surely_do_not_count_decide_nothing(tmp_path: Path) -> None:
    found = measure(tmp_path, requests("10:00:00", route="/other", method=None), counts={"routes": ["* /search"]})

    assert (found.key, found.counted, found.verdict) == (None, 0, "kept")


def test_a_request_without_a_status_was_not_refused(tmp_path: Path) -> None:
    rows = requests("10:00:00 10:00:00", status=429) + requests("10:00:00 10:00:00 10:00:00", status=None)

    found = measure(tmp_path, rows)

    assert (found.counted, found.verdict, found.served_over) == (3, "exceeded", 3)


# ── readings and tolerance ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_reading_is_measured_for_every_key(tmp_path: Path) -> None:
    readings = [
        {"id": "by-the-clock", "says": "A quarter of the clock.", "window": "calendar"},
        {"id": "generous", "says": "Ten.", "max": 10},
    ]
    rows = requests("10:14:59 10:15:00 10:15:01", app="a") + requests("10:00:00", app="b")

    found = measures(tmp_path, rows, readings=readings)

    assert [(one.reading, one.key, one.verdict) for one in found] == [
        ("as written", "a", "exceeded"),
        ("as written", "b", "kept"),
        ("by-the-clock", "a", "kept"),
        ("by-the-clock", "b", "kept"),
        ("generous", "a", "kept"),
        ("generous", "b", "kept"),
    ]


@pytest.mark.parametrize(("calls", "verdict", "over"), [(10, "kept", []), (11, "kept", []), (12, "exceeded", [2])])
def test_what_is_tolerated_is_not_exceeded_and_what_is_over_counts_from_the_maximum(
    tmp_path: Path, calls: int, verdict: str, over: list[int]
) -> None:
    found = measure(tmp_path, requests("10:00:00 " * calls), max=10, tolerance="10 %")

    assert (found.max, found.limit, found.verdict) == (10, 11, verdict)
    assert [one.over for one in found.windows] == over


# ── what the gateway let through ──────────────────────────────────────────────────────────────────────────────────────

SERVED = """
at        status  records
10:00:00  200     2
10:00:01  429     2
10:00:02  200     2
10:00:03  429     2
10:00:04  -       2
10:00:05  200     -
10:00:06  429     -
"""


@pytest.mark.parametrize(
    ("window", "served"),
    [
        ({"window": "calendar", "within": "PT1H"}, 3),  # from the one that crossed on, of whatever amount
        ({"window": "calendar", "within": "PT10M"}, 3),
        ({"window": "anchored", "within": "PT10M"}, 3),
        ({"window": "sliding", "within": "PT10M"}, 2),  # those that are over
        ({"window": "bucket", "within": "PT10M"}, 2),
    ],
    ids=lambda one: " ".join(one.values()) if isinstance(one, dict) else str(one),
)
@pytest.mark.parametrize("only_raw", [False, True], ids=["tables", "requests"])
def test_requests_over_a_limit_that_were_not_refused_were_served(
    tmp_path: Path, window: dict[str, str], served: int, only_raw: bool
) -> None:
    rows = drawn(a_request, SERVED)

    found = measure(tmp_path, rows, of="records", max=4, counts={"except_status": []}, only_raw=only_raw, **window)

    assert (found.verdict, found.served_over) == ("exceeded", served)


# ── borders ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("only_raw", [False, True], ids=["tables", "requests"])
def test_only_requests_inside_the_period_count_to_the_microsecond(tmp_path: Path, only_raw: bool) -> None:
    rows = requests("09:59:59.999999 10:00:00 10:07:00 10:10:00 10:10:00.000001")
    period = a_period("10:00:00/10:10:00.000001")

    found = measure(tmp_path, rows, period=period, only_raw=only_raw, max=2, **DAY)

    assert (found.counted, found.used) == (3, 3)
    [window] = found.windows
    assert (window.crossed_us, window.is_clipped) == (us("10:10:00"), True)


@pytest.mark.parametrize("only_raw", [False, True], ids=["tables", "requests"])
def test_the_request_that_crossed_is_found_behind_all_that_came_before_it(tmp_path: Path, only_raw: bool) -> None:
    rows = requests("10:00:00 10:20:00 11:00:00 11:00:01 11:00:02 11:00:03 12:00:00")

    [window] = measure(tmp_path, rows, max=4, only_raw=only_raw, **DAY).windows

    assert (window.used, window.crossed_us, window.served_over) == (7, us("11:00:02"), 3)


def test_a_window_that_the_period_does_not_cut_is_not_clipped(tmp_path: Path) -> None:
    rows = requests("10:00:00 10:00:00 10:00:00")

    [whole] = measure(tmp_path / "a", rows, period="2022-03-01", **DAY).windows
    [cut] = measure(tmp_path / "b", rows, period=a_period("00:00:00.000001/23:00:00"), **DAY).windows

    assert (whole.is_clipped, cut.is_clipped) == (False, True)


def test_windows_of_the_calendar_are_those_of_the_agreements_zone(tmp_path: Path) -> None:
    rows = requests("2022-03-27T21:59:59.999999 2022-03-27T21:00:00 2022-03-26T23:00:00 2022-03-27T22:00:00")
    version = a_version(a_clause(**DAY), time_zone="Europe/Berlin")

    [found] = verdicts(tmp_path, rows, version)["2020-01-01", "limit"]

    [window] = found.windows
    assert (window.start_us, window.end_us, window.used) == (us("2022-03-26T23:00:00"), us("2022-03-27T22:00:00"), 3)
