"""What a bundle tells of the expectations."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tallystick.checks.suites import CheckResult
from tallystick.report.quality import expectations_told, summed_up


def a_check(**stated: Any) -> dict[str, Any]:
    said = {"suite": "ledger", "id": "no-gap", "expectation": "none", "severity": "warning", "sentence": "No gap."}
    return asdict(CheckResult(**(said | {"is_met": True, "unexpected": 0, "rows": 9} | stated)))


def test_no_number_of_days_of_other_licensees_is_told() -> None:
    [one, other] = expectations_told([a_check(), a_check(suite="findings", id="over-follows")], conflicts=0)

    assert (one["rows"], one["unexpected"], one["is_met"]) == (None, None, True)
    assert (other["rows"], other["unexpected"]) == (9, 0)


def test_a_conflict_is_told_of_whoever_has_it_and_of_nobody_else() -> None:
    theirs = a_check(id="no-conflict", is_met=False, unexpected=1)

    assert summed_up(expectations_told([theirs, a_check(is_met=False)], conflicts=0)) == {
        "expectations": 2,
        "met": 1,
        "failed_warnings": 1,
    }
    assert summed_up(expectations_told([theirs], conflicts=2))["failed_warnings"] == 1
