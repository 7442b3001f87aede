"""Versions judge their own requests, and two rules hold without any clause: a version is in force, the app is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from building import Row, a_clause, a_licensee, a_period, a_request, a_version, drawn, requests, us
from clauses.versions import judge_all, verdicts
from tallystick.clauses.result import Measure
from tallystick.clauses.statement import AGREEMENT_IN_FORCE, REGISTERED_APP

BOTH_WAYS = pytest.mark.parametrize("only_raw", [False, True], ids=["tables", "requests"])
DAILY = {"window": "calendar", "within": "P1D"}


def version(begins: str, **stated: Any) -> Any:
    return a_version(a_clause(**(DAILY | stated)), version=begins, in_force_from=begins)


def numbers(measures: tuple[Measure, ...]) -> list[tuple[Any, ...]]:
    return [(one.key, one.counted, one.used, one.verdict) for one in measures]


# ── each version judges its own ───────────────────────────────────────────────────────────────────────────────────────


@BOTH_WAYS
def test_a_window_never_mixes_the_requests_of_two_versions(tmp_path: Path, only_raw: bool) -> None:
    noon = "2022-03-01T12:00:00Z"
    rows = requests("10:00:00 11:00:00 11:59:59.999999 12:00:00 13:00:00 14:00:00")

    found = verdicts(tmp_path, rows, version("2022-01-01", max=2), version(noon, max=3), only_raw=only_raw)

    old, new = found["2022-01-01", "limit"], found[noon, "limit"]
    assert (numbers(old), numbers(new)) == ([("monitor", 3, 3, "exceeded")], [("monitor", 3, 3, "kept")])
    [window] = old[0].windows
    assert (window.used, window.crossed_us, window.is_clipped) == (3, us("11:59:59.999999"), True)
    assert (old[0].in_period, new[0].in_period) == (3, 3)


@BOTH_WAYS
@pytest.mark.parametrize("window", ["sliding", "anchored", "bucket"])
def test_a_new_version_begins_with_a_clean_slate(tmp_path: Path, only_raw: bool, window: str) -> None:
    rows = requests("11:59:58 11:59:59 12:00:00 12:00:01")
    terms = {"window": window, "within": "PT1H", "max": 2}
    versions = [version("2022-01-01", **terms), version("2022-03-01T12:00:00Z", **terms)]

    found = verdicts(tmp_path, rows, *versions, only_raw=only_raw)

    assert {one.verdict for one in found["2022-01-01", "limit"]} == {"kept"}
    assert {one.verdict for one in found["2022-03-01T12:00:00Z", "limit"]} == {"kept"}
    [together] = verdicts(tmp_path / "b", rows, versions[0], only_raw=only_raw)["2022-01-01", "limit"]
    assert together.verdict == "exceeded"


def test_versions_outside_of_the_period_judge_nothing(tmp_path: Path) -> None:
    versions = [version(begins) for begins in ("2020-01-01", "2021-01-01", "2023-01-01")]

    found = verdicts(tmp_path, requests("10:00:00"), *versions, period="2022")

    assert [stated for stated, _ in found if stated is not None] == ["2021-01-01"]


def test_every_clause_of_every_version_in_force_is_judged_in_order(tmp_path: Path) -> None:
    clauses: list[Any] = [
        a_clause(id="first", **DAILY),
        {"id": "second", "cites": "§ 2", "says": "No resale.", "kind": "text"},
    ]
    versions = [a_version(*clauses, version=begins, in_force_from=begins) for begins in ("2022-01-01", "2022-07-01")]

    judged = judge_all(tmp_path, requests("10:00:00"), *versions)

    assert [(one.statement.version, one.statement.clause) for one in judged] == [
        ("2022-01-01", "first"),
        ("2022-01-01", "second"),
        ("2022-07-01", "first"),
        ("2022-07-01", "second"),
        (None, AGREEMENT_IN_FORCE),
        (None, REGISTERED_APP),
    ]


def test_a_clause_that_no_log_can_check_is_listed_and_not_checked(tmp_path: Path) -> None:
    text = {"id": "resale", "cites": "§ 7", "says": "No resale.", "kind": "text"}

    [measure] = verdicts(tmp_path, requests("10:00:00"), a_version(text))["2020-01-01", "resale"]

    assert (measure.verdict, measure.missing) == ("not checked", "no automatic check exists for this clause")


# ── a version is in force ─────────────────────────────────────────────────────────────────────────────────────────────


def in_force(root: Path, rows: list[Row], *versions: Any, period: Any = "2022", only_raw: bool = False) -> Measure:
    [measure] = verdicts(root, rows, *versions, period=period, only_raw=only_raw)[None, AGREEMENT_IN_FORCE]
    return measure


@BOTH_WAYS
@pytest.mark.parametrize(
    ("versions", "outside"),
    [
        ([("2022-01-01", None)], 0),
        ([("2022-03-01", None)], 0),
        ([("2022-03-01T10:00:00Z", None)], 0),
        ([("2022-03-01T10:00:00.000001Z", None)], 1),
        ([("2022-01-01", "2022-03-01T12:00:00Z")], 1),
        ([("2022-01-01", "2022-03-01T12:00:00.000001Z")], 0),
        ([("2022-01-01", "2022-03-01"), ("2022-03-02", None)], 3),
        ([("2022-01-01", "2022-03-01T11:00:00Z"), ("2022-03-01T12:00:00Z", None)], 1),
        ([("2023-01-01", None)], 3),
        ([("2020-01-01", "2021-01-01")], 3),
        ([], 3),
    ],
)
def test_requests_that_no_version_judges_are_measured(
    tmp_path: Path, only_raw: bool, versions: list[tuple[str, str | None]], outside: int
) -> None:
    rows = requests("10:00:00 11:00:00 12:00:00")
    stated = [a_version(version=begins, in_force_from=begins, in_force_until=ends) for begins, ends in versions]

    found = in_force(tmp_path, rows, *stated, only_raw=only_raw)

    assert (found.key, found.counted, found.used) == ("halcyon", 3, outside)
    assert found.verdict == ("exceeded" if outside else "kept")
    assert bool(found.witnesses) == bool(outside)


def test_a_licensee_without_an_agreement_and_without_requests_has_broken_nothing(tmp_path: Path) -> None:
    other = requests("10:00:00", licensee="kestrel")

    assert (in_force(tmp_path, other).counted, in_force(tmp_path / "b", other).verdict) == (0, "kept")


def test_requests_refused_with_429_are_requests_all_the_same(tmp_path: Path) -> None:
    assert in_force(tmp_path, requests("10:00:00 10:00:01", status=429)).used == 2


# ── the app is on the register ────────────────────────────────────────────────────────────────────────────────────────

CALLS = drawn(
    a_request,
    """
    at               app
    09:59:59.999999  monitor
    10:00:00         monitor
    11:00:00         monitor
    12:00:00         monitor
    10:00:00         reader
    """,
)


@BOTH_WAYS
@pytest.mark.parametrize(
    ("app", "outside"),
    [
        ({}, 0),
        ({"registered": "2022-03-01T10:00:00Z"}, 1),
        ({"registered": "2022-03-01T09:59:59.999999Z"}, 0),
        ({"ended": "2022-03-01T12:00:00Z"}, 1),
        ({"ended": "2022-03-01T12:00:00.000001Z"}, 0),
        ({"registered": "2022-03-01T10:00:00Z", "ended": "2022-03-01T11:00:00Z"}, 3),
        ({"registered": "2023-01-01"}, 4),
        ({"ended": "2021-01-01"}, 4),
    ],
)
def test_requests_of_an_app_outside_of_its_registration_are_measured(
    tmp_path: Path, only_raw: bool, app: dict[str, str], outside: int
) -> None:
    licensee = a_licensee({"app": "monitor", **app}, {"app": "reader"})

    found = verdicts(tmp_path, CALLS, a_version(), licensee=licensee, only_raw=only_raw)[None, REGISTERED_APP]

    assert numbers(found) == [
        ("monitor", 4, outside, "exceeded" if outside else "kept"),
        ("reader", 1, 0, "kept"),
    ]


def test_an_app_that_no_register_knows_is_outside_with_all_it_does(tmp_path: Path) -> None:
    found = verdicts(tmp_path, CALLS, a_version(), licensee=a_licensee({"app": "reader"}))[None, REGISTERED_APP]

    assert numbers(found) == [("monitor", 4, 4, "exceeded"), ("reader", 1, 0, "kept")]


def test_dates_of_a_registration_are_read_in_the_registers_zone(tmp_path: Path) -> None:
    licensee = a_licensee({"app": "monitor", "ended": "2022-03-01"}, {"app": "reader"}, time_zone="America/New_York")
    rows = requests("04:59:59.999999 05:00:00")

    [found] = verdicts(tmp_path, rows, a_version(), licensee=licensee)[None, REGISTERED_APP]

    assert (found.counted, found.used) == (2, 1)
    assert [one.received_us for one in found.witnesses] == [us("05:00:00")]


def test_only_the_period_is_judged(tmp_path: Path) -> None:
    licensee = a_licensee({"app": "monitor", "ended": "2022-03-01"}, {"app": "reader"})
    period = a_period("10:00:00/11:00:00")

    found = verdicts(tmp_path, CALLS, a_version(), licensee=licensee, period=period)

    assert numbers(found[None, REGISTERED_APP]) == [("monitor", 1, 1, "exceeded"), ("reader", 1, 0, "kept")]
    assert numbers(found[None, AGREEMENT_IN_FORCE]) == [("halcyon", 2, 0, "kept")]
