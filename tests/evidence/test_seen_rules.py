"""What a report says of credentials, of the fullest windows and of hours seen follows from the rest of it."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.bundles import a_payload, a_report, amounts
from tallystick.evidence.consistency import contradictions

CSV = a_payload()["findings.csv"]
A_DAY = {"date": "2022-01-01", "key": "halcyon", "peak": 6, "peak_at": "2022-01-01T00:10:00.000000Z"}
PEAKS = {
    "version": "2021-07-01",
    "clause": "daily-volume",
    "of": "requests",
    "per": "licensee",
    "window": "sliding",
    "within": "PT15M",
    "max": 4,
    "limit": 4,
    "days": [A_DAY],
}
OTHERS = {"credentials": 1, "records": amounts(0, 0), "response_bytes": amounts(0, 0), "throttled": 0, "requests": 0}


def wrong(**changes: Any) -> list[str]:
    """The fields that contradict the others, with `__` for a point in their paths."""
    paths = {path.replace("__", "."): value for path, value in changes.items()}
    return [one.field for one in contradictions(a_report(paths), CSV)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"consumption__peaks": [PEAKS]},
        {"completeness__sources__0__days_without_entries": 0},
        {"summary__credentials": 2, "consumption__credentials": 2, "consumption__other_credentials": OTHERS},
    ],
)
def test_a_report_may_say_all_of_it(changes: dict[str, Any]) -> None:
    assert wrong(**changes) == []


def test_a_report_from_before_says_none_of_it() -> None:
    report = a_report()
    for name in ("by_credential", "other_credentials", "peaks"):
        del report["consumption"][name]
    for name in ("hours", "late_files"):
        del report["completeness"][name]

    assert contradictions(report, CSV) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consumption__by_credential__0__requests": 6}, "consumption.by_credential[].requests"),
        ({"consumption__by_credential__0__throttled": 0}, "consumption.by_credential[].throttled"),
        (
            {"consumption__by_credential__0__records": amounts(7, 71, unknown=1)},
            "consumption.by_credential[].records.sum",
        ),
        ({"consumption__by_credential__0__digest": None}, "consumption.by_credential"),
        ({"consumption__credentials": 2}, "consumption.credentials"),
        ({"consumption__peaks": [PEAKS | {"days": [A_DAY | {"peak": 5}]}]}, "consumption.peaks[0].days"),
        ({"consumption__peaks": [PEAKS | {"days": []}]}, "consumption.peaks[0].days"),
        ({"consumption__peaks": [PEAKS | {"days": [A_DAY, A_DAY]}]}, "consumption.peaks[0].days"),
        ({"consumption__peaks": [PEAKS | {"days": [A_DAY | {"date": "2022-01-03"}]}]}, "consumption.peaks[0].days"),
        ({"consumption__peaks": [PEAKS | {"clause": "another"}]}, "consumption.peaks[0].clause"),
        ({"completeness__hours": []}, "completeness.hours"),
        ({"completeness__hours__1__date": "2022-01-03"}, "completeness.hours"),
        ({"completeness__hours__0__source": "other"}, "completeness.hours"),
        ({"completeness__hours__1__seen": "1" * 24}, "completeness.sources[0].days_without_entries"),
    ],
)
def test_what_does_not_fit_the_rest_is_named(changes: dict[str, Any], field: str) -> None:
    assert wrong(**changes) == [field]
