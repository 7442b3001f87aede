"""Is a count fit to publish? Each expectation of each suite fails on a frame that is wrong for it, and alone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tallystick.checks.frames import findings_frame, ledger_frame, usage_frame
from tallystick.checks.gate import ask
from tallystick.checks.suites import SUITES, load_suite
from tallystick.tables.check_result import CHECK_RESULT
from tallystick.tables.measure import VERDICTS

Row = dict[str, Any]

LEDGER: list[Row] = [
    {"event_date": "2022-03-01", "source": "edge-1", "entries": 9, "rejected": 0, "accepted": 9, "duplicate": 3}
    | {"conflict": 0, "unique": 6, "unattributed": 2, "attributed": 4, "missing": 0},
    {"event_date": "2022-03-01", "source": "edge-2", "entries": 1, "rejected": 0, "accepted": 1, "duplicate": 0}
    | {"conflict": 0, "unique": 1, "unattributed": 0, "attributed": 1, "missing": 0},
    {"event_date": "2022-03-02", "source": "edge-1", "entries": 0, "rejected": 0, "accepted": 0, "duplicate": 0}
    | {"conflict": 0, "unique": 0, "unattributed": 0, "attributed": 0, "missing": 0},
]
FILES: list[Row] = [
    {"state": "read", "days": [{"event_date": "2022-03-01", "source": "edge-1", "accepted": 6, "rejected": 0}]},
    {"state": "repeated", "days": [{"event_date": "2022-03-01", "source": "edge-1", "accepted": 3, "rejected": 0}]},
    {"state": "read", "days": [{"event_date": "2022-03-01", "source": "edge-2", "accepted": 1, "rejected": 0}]},
    {"state": "superseded", "days": [{"event_date": "2022-03-01", "source": "edge-2", "accepted": 7, "rejected": 0}]},
    {"state": "refused", "days": []},
]
SUMS = {
    table: {"2022-03-01": {"requests": 7, "attributed": 5}}
    for table in ("usage_app_route", "usage_app_slot", "usage_credential", "usage_file")
}
WINDOW: Row = {"reading": "as written", "used": 12, "over": 2, "crossed_at": "2022-03-01T10:00:00Z", "peak_at": None}
MEASURES: list[Row] = [
    {"version": "v1", "clause": "volume", "reading": "as written", "key": "monitor", "verdict": "exceeded"}
    | {"counted": 12, "in_period": 12, "windows_over": 1, "max": 10},
    {"version": "v1", "clause": "volume", "reading": "rolling", "key": "monitor", "verdict": "kept"}
    | {"counted": 12, "in_period": 12, "windows_over": 0, "max": 10},
    {"version": None, "clause": "registered-app", "reading": "as written", "key": None, "verdict": "not checked"}
    | {"counted": 0, "in_period": 12, "windows_over": 0, "max": None},
]
FINDINGS: list[Row] = [
    {"version": "v1", "clause": "volume", "key": "monitor", "windows": [WINDOW], "evidence": [{"file_id": "f1"}]}
]


def frame(suite: str) -> pd.DataFrame:
    """Control totals of a count that is fit."""
    if suite == "ledger":
        return ledger_frame(LEDGER, FILES)
    return usage_frame(LEDGER, SUMS) if suite == "usage" else findings_frame(FINDINGS, MEASURES)


def parameters(suite: str, given: pd.DataFrame) -> dict[str, int]:
    """How many rows there should be: as many as the fit frame has."""
    [name] = [
        one["kwargs"]["value"]["$PARAMETER"]
        for one in load_suite(suite)["expectations"]
        if one["type"] == "expect_table_row_count_to_equal"
    ]
    return {name: len(given)}


def unmet(suite: str, given: pd.DataFrame) -> dict[str, int]:
    """The expectations that a frame does not meet, and for how many rows."""
    found = ask(suite, given, parameters(suite, frame(suite)))
    return {one.id: one.unexpected for one in found if not one.is_met}


def on_rows() -> list[Any]:
    """Every expectation about the values of one column: suite, id, column."""
    return [
        pytest.param(suite, one["id"], one["kwargs"]["column"], id=f"{suite}: {one['id']}")
        for suite in SUITES
        for one in load_suite(suite)["expectations"]
        if "column" in one["kwargs"]
    ]


@pytest.mark.parametrize("suite", SUITES)
def test_a_fit_count_meets_every_expectation(suite: str) -> None:
    assert unmet(suite, frame(suite)) == {}


@pytest.mark.parametrize(("suite", "expectation", "column"), on_rows())
def test_a_wrong_value_fails_just_its_own_expectation(suite: str, expectation: str, column: str) -> None:
    wrong = frame(suite)
    other = {"verdict": "guilty", "measure": wrong[column].iloc[-1]}.get(column)
    wrong.loc[0, column] = wrong[column].iloc[0] + 1 if other is None else other

    rows = 2 if column == "measure" else 1  # what stands twice is two rows
    assert unmet(suite, wrong) == {expectation: rows}


@pytest.mark.parametrize(
    ("suite", "expectation", "column"),
    [one for one in on_rows() if one.values[2] not in ("verdict", "measure")],  # a text has no sign
)
def test_a_difference_below_nothing_is_a_difference(suite: str, expectation: str, column: str) -> None:
    wrong = frame(suite)
    wrong.loc[0, column] = -1

    assert unmet(suite, wrong) == {expectation: 1}


@pytest.mark.parametrize(("suite", "expectation", "column"), on_rows())
def test_nothing_is_not_a_pass(suite: str, expectation: str, column: str) -> None:
    wrong = frame(suite).astype(object)
    wrong.loc[0, column] = None

    assert unmet(suite, wrong) == {expectation: 1}


@pytest.mark.parametrize(("suite", "expectation", "column"), on_rows())
def test_a_column_that_is_not_there_is_not_a_pass(suite: str, expectation: str, column: str) -> None:
    assert expectation in unmet(suite, frame(suite).drop(columns=column))


@pytest.mark.parametrize("suite", SUITES)
def test_an_empty_frame_is_not_a_pass(suite: str) -> None:
    first = load_suite(suite)["expectations"][0]["id"]

    assert unmet(suite, frame(suite).iloc[:0]) == {first: 1}
    assert first in unmet(suite, pd.DataFrame())


@pytest.mark.parametrize("suite", SUITES)
def test_a_row_more_or_less_is_not_a_pass(suite: str) -> None:
    first = load_suite(suite)["expectations"][0]["id"]
    fit = frame(suite)
    more = pd.concat([fit, fit.iloc[:1].assign(day="2030-01-01", measure="another")])

    assert unmet(suite, fit.iloc[1:]) == {first: 1}
    assert unmet(suite, more[fit.columns.intersection(more.columns)]) == {first: 1}


def test_a_day_of_a_source_stands_once() -> None:
    fit = frame("ledger")
    twice = pd.concat([fit.iloc[:2], fit.iloc[:1]])

    assert unmet("ledger", twice) == {"ledger-key": 2}


# ── what a suite says ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("suite", SUITES)
def test_every_expectation_has_an_id_of_its_own_a_severity_and_a_reason(suite: str) -> None:
    expectations = load_suite(suite)["expectations"]

    assert len({one["id"] for one in expectations}) == len(expectations) > 0
    assert {one["severity"] for one in expectations} <= set(CHECK_RESULT.column("severity").allowed)
    assert all(one["notes"].endswith(".") for one in expectations)
    assert expectations[0]["type"] == "expect_table_row_count_to_equal"
    assert expectations[0]["severity"] == "critical"


def test_ids_are_told_apart_across_suites() -> None:
    ids = [one["id"] for suite in SUITES for one in load_suite(suite)["expectations"]]

    assert len(set(ids)) == len(ids)


def test_the_verdicts_that_are_expected_are_those_that_a_measure_may_have() -> None:
    [known] = [one for one in load_suite("findings")["expectations"] if one["id"] == "verdict-known"]

    assert tuple(known["kwargs"]["value_set"]) == VERDICTS


def test_results_stand_in_the_order_of_the_suite_and_hold_no_value_of_the_frame() -> None:
    secret = frame("findings").assign(verdict="a customer's secret")

    found = ask("findings", secret, parameters("findings", secret))

    assert [one.id for one in found] == [one["id"] for one in load_suite("findings")["expectations"]]
    assert "secret" not in repr(found)
