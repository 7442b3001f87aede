"""What was owed and paid in a report agrees with itself, or the place where it does not is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from evidence.bundles import a_payload
from evidence.reports import OF_THE_FIRST_SCHEMA
from tallystick.evidence.consistency import contradictions

Row = dict[str, Any]


def money(owed: str, paid: str | None, underpaid: str | None, interest: str | None = None) -> Row:
    said = {"currency": "USD", "owed": owed, "paid": paid, "underpaid": underpaid, "interest": interest}
    return said | {"at_least": False, "share": None}


def a_measure(key: str, verdict: str, *amounts: str | None) -> Row:
    return {"key": key, "verdict": verdict, "money": money(*amounts)}  # type: ignore[arg-type]


def a_fee_report(changes: Row | None = None) -> Row:
    """Two months, of which one is underpaid, and a finding of it; these rules hold in either schema."""
    report = copy.deepcopy(OF_THE_FIRST_SCHEMA)
    report["clauses"][0]["measures"] = [
        a_measure("2022-01", "exceeded", "12345.00", "10000.00", "2345.00", "46.90"),
        a_measure("2022-02", "kept", "100.00", "100.50", "-0.50", "0.00"),
        a_measure("total", "exceeded", "12445.00", "10100.50", "2344.50", "46.90"),
    ]
    report["findings"][0] |= {"key": "2022-01", "money": money("12345.00", "10000.00", "2345.00", "46.90")}
    for path, value in (changes or {}).items():
        *steps, last = path.split(".")
        node: Any = report
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node[step]
        node[last] = value
    return report


def found(report: Row) -> list[str]:
    return [str(one.field) for one in contradictions(report, a_payload(report)["findings.csv"])]


def test_amounts_that_add_up_are_no_contradiction() -> None:
    assert found(a_fee_report()) == []


M = "clauses.0.measures"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({f"{M}.1.money.currency": "EUR"}, "clauses[0].measures"),
        ({f"{M}.1.money.currency": None}, "clauses[0].measures[1].money.currency"),
        ({f"{M}.1.money.owed": None}, "clauses[0].measures[1].money.owed"),
        ({f"{M}.1.money.owed": 100}, "clauses[0].measures[1].money.owed"),
        ({f"{M}.1.money.owed": "1e2"}, "clauses[0].measures[1].money.owed"),
        ({f"{M}.1.money.owed": "NaN"}, "clauses[0].measures[1].money.owed"),
        ({f"{M}.1.money.owed": "١٠٠"}, "clauses[0].measures[1].money.owed"),
        ({f"{M}.0.money.underpaid": "2345.01"}, "clauses[0].measures[0].money.underpaid"),
        ({f"{M}.0.money.underpaid": None}, "clauses[0].measures[0].money.underpaid"),
        ({f"{M}.0.money.paid": None}, "clauses[0].measures[0].money.underpaid"),
        ({f"{M}.2.money.owed": "12445.01", f"{M}.2.money.underpaid": "2344.51"}, "clauses[0].measures[2].money.owed"),
        ({f"{M}.2.money.interest": "46.91"}, "clauses[0].measures[2].money.interest"),
        ({f"{M}.0.verdict": "kept"}, "clauses[0].measures[0].verdict"),
        ({f"{M}.1.verdict": "exceeded"}, "clauses[0].measures[1].verdict"),
        ({f"{M}.1.money.at_least": True}, "clauses[0].measures[1].verdict"),
        ({f"{M}.1.money": money("100.00", None, None, "0.00")}, "clauses[0].measures[1].verdict"),
        ({f"{M}.2.money.share": "18.8388"}, "clauses[0].measures[2].money.share"),
        ({f"{M}.2.money.share": "0.1884"}, "clauses[0].measures[2].money.share"),
        ({f"{M}.1.money.share": "0.5000"}, "clauses[0].measures[1].money.share"),
        ({f"{M}.2.money": money("12445.00", None, None) | {"share": "18.8389"}}, "clauses[0].measures[2].money.share"),
        ({"findings.0.money.owed": "12345.01"}, "findings[0].money"),
        ({"findings.0.key": "2022-03"}, "findings[0].money"),
        ({M: "none"}, "clauses[0].measures"),
    ],
)
def test_an_amount_that_disagrees_is_named(changes: Row, field: str) -> None:
    assert field in found(a_fee_report(changes))


@pytest.mark.parametrize("changes", [{f"{M}.2.money.share": "18.8389"}, {f"{M}.1.money.share": "0.0000"}])
def test_a_share_that_follows_from_the_amounts_is_no_contradiction(changes: Row) -> None:
    assert found(a_fee_report(changes)) == []


def test_a_total_that_is_not_stated_contradicts_nothing() -> None:
    changes = {f"{M}.2.money": money("12445.00", None, None, None), f"{M}.2.verdict": "not decided"}

    assert found(a_fee_report(changes)) == []


def test_sums_past_what_a_float_holds_are_compared_exactly() -> None:
    large = "9999999999999999999999999999999999.99"
    first, second = (
        a_measure("2022-01", "kept", large, large, "0.00"),
        a_measure("2022-02", "kept", "0.01", "0.01", "0.00"),
    )
    report = a_fee_report()
    del report["findings"][0]["money"]
    for sum_said, fields in (
        ("10000000000000000000000000000000000.00", []),
        (large, ["clauses[0].measures[2].money.owed"]),
    ):
        total = a_measure("total", "kept", sum_said, sum_said, "0.00")
        report["clauses"][0]["measures"] = [first, second, total]

        assert found(report) == fields
