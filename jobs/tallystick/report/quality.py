"""The expectations as one licensee's bundle tells them: nothing in it follows from what another licensee did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

OF_ALL_LICENSEES = ("ledger", "usage")
"""Suites that ask of days and sources whoever called."""
NO_CONFLICT = "no-conflict"


def expectations_told(checks: Iterable[Mapping[str, Any]], conflicts: int) -> list[dict[str, Any]]:
    """Each expectation with its result; `rows` and `unexpected` are None where they count days of all licensees.

    That no two entries contradict each other is told of this licensee's and nobody's, which have so many `conflicts`.
    """
    return [_told(check, conflicts) for check in checks]


def summed_up(told: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The report's `checks`."""
    listed = list(told)
    return {
        "expectations": len(listed),
        "met": sum(check["is_met"] for check in listed),
        "failed_warnings": sum(not check["is_met"] and check["severity"] == "warning" for check in listed),
    }


def _told(check: Mapping[str, Any], conflicts: int) -> dict[str, Any]:
    if check["suite"] not in OF_ALL_LICENSEES:
        return dict(check)
    is_met = conflicts == 0 if check["id"] == NO_CONFLICT else check["is_met"]
    return {**check, "is_met": is_met, "rows": None, "unexpected": None}
