"""What is open in money and what is asked follow from the rest of a report, or the place where they do not is named."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.bundles import a_report, table_of
from evidence.reports import NOTHING_OVER, a_measure
from tallystick.evidence.consistency import contradictions

Row = dict[str, Any]
RANGE = {"low": "6.00", "high": "13.75", "at_least": False}


def money(owed: str, paid: str | None, underpaid: str | None, interest: str | None) -> Row:
    said = {"currency": "USD", "owed": owed, "paid": paid, "underpaid": underpaid, "interest": interest}
    return said | {"at_least": False, "clipped": False, "share": None, "share_reached": None}


def a_month(key: str, verdict: str, *amounts: str | None) -> Row:
    nothing = NOTHING_OVER | {"max": None, "limit": None, "requests_over": None}
    return a_measure(**nothing, key=key, verdict=verdict, money=money(*amounts))  # type: ignore[arg-type]


def a_fee_report(changes: Row | None = None) -> Row:
    """One month underpaid by 6.00 with interest, one of 7.50 without a stated payment, and a finding of the first."""
    report = a_report()
    months = [
        a_month("2022-01", "exceeded", "10.00", "4.00", "6.00", "0.25"),
        a_month("2022-02", "not decided", "7.50", None, None, None),
        a_month("total", "not decided", "17.50", None, None, None),
    ]
    report["clauses"][0] |= {"kind": "fee", "limits": [], "readings": 1, "readings_exceeded": 1, "measures": months}
    condition = {"limit": None, "max": None, "window": "calendar", "within": "P1M"}
    report["findings"][0] |= {
        "kind": "fee",
        "key": "2022-01",
        "readings": 1,
        "readings_exceeded": 1,
        "windows": [],
        "cause": None,
        "money": months[0]["money"],
        "condition": report["findings"][0]["condition"] | condition,
        "effect": {
            "requests_over": None,
            "served_over": None,
            "money": {"currency": "USD", "low": "6.00", "high": "6.25", "at_least": False},
        },
    }
    named = {"version": "2021-07-01", "clause": "daily-volume"}
    report["exposures"] = [{"currency": "USD", **RANGE, "of": [named | RANGE]}]
    answer, callers = report["asks"]
    pay = answer | {"number": 2, "what": "pay", "values": {"currency": "USD", **RANGE}}
    report["asks"] = [answer, pay, callers | {"number": 3}]
    for path, value in (changes or {}).items():
        *steps, last = path.split(".")
        node: Any = report
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node[step]
        node[int(last) if isinstance(node, list) else last] = value
    return report


def fields(report: Row) -> set[str | None]:
    return {one.field for one in contradictions(report, table_of(report))}


def test_money_and_asks_that_follow_are_no_contradiction() -> None:
    assert fields(a_fee_report()) == set()


E0, OF = "exposures.0", "exposures.0.of.0"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({f"{E0}.low": "5.99"}, "exposures[0].low"),
        ({f"{E0}.high": "13.50"}, "exposures[0].high"),
        ({f"{E0}.high": None}, "exposures[0].high"),
        ({f"{E0}.high": "NaN"}, "exposures[0].high"),
        ({f"{E0}.high": "Infinity"}, "exposures[0].high"),
        ({f"{E0}.at_least": True}, "exposures[0].at_least"),
        ({f"{OF}.low": "0.00"}, "exposures[0].of[0].low"),
        ({f"{OF}.clause": "approved-purpose"}, "exposures[0].of"),
        ({f"{E0}.of": []}, "exposures[0].of"),
        ({f"{E0}.currency": "EUR"}, "exposures[0].of"),
        ({"exposures": []}, "exposures"),
        ({"clauses.0.measures.0.money.interest": "0.26"}, "exposures[0].of[0].high"),
        ({"clauses.0.measures.0.money.at_least": True}, "exposures[0].of[0].at_least"),
        ({"clauses.0.measures.1.money.owed": "1e1"}, "clauses[0].measures[1].money.owed"),
        ({"findings.0.effect.money.high": "6.00"}, "findings[0].effect.money.high"),
        ({"findings.0.effect.money.currency": "EUR"}, "findings[0].effect.money.currency"),
        ({"findings.0.effect.money": None}, "findings[0].effect.money"),
        ({"asks.1.values.low": "0.00"}, "asks[1].values.low"),
        ({"asks.1.values.currency": "EUR"}, "asks[1].values.low"),
        ({"asks.1.values": {}}, "asks[1].values.currency"),
        ({"asks.1.number": 3}, "asks[1].number"),
        ({"asks.1.findings": ["f9"]}, "asks[1].findings[0]"),
        ({"asks.1.clauses": ["approved-purpose"]}, "asks[1].clauses"),
        ({"asks.1.clauses": []}, "asks[1].clauses"),
        ({"asks.1.cites": None}, "asks[1].cites"),
        ({"asks.1.within_days": None}, "asks[1].cites"),
        ({"asks.0.findings": [], "asks.0.clauses": []}, "asks"),
        ({"asks.0.what": "remit"}, "asks"),
        ({"asks": []}, "asks"),
        ({"findings.0.response": {"date": "2023-02-01", "text": "No."}}, "asks"),
        ({"asks.2.values.requests": 2}, "asks[2].values.requests"),
        ({"asks.2.what": "wait"}, "asks"),
        ({"completeness.sources.0.missing": 3}, "asks"),
        ({"completeness.refused_files": [{}]}, "asks"),
    ],
)
def test_what_does_not_follow_is_named(changes: Row, field: str) -> None:
    assert field in fields(a_fee_report(changes))


def test_money_is_the_effect_of_fees_alone() -> None:
    amount = {"currency": "USD", "low": "1.00", "high": "1.00", "at_least": False}

    assert "findings[0].effect.money" in fields(a_report({"findings.0.effect.money": amount}))


def test_the_range_of_a_fee_spans_its_readings() -> None:
    report = a_fee_report()
    report["clauses"][0]["measures"] += [
        a_month("2022-01", "exceeded", "12.00", "4.00", "8.00", None) | {"reading": "other"},
        a_month("2022-02", "not decided", "1.00", None, None, None) | {"reading": "other"},
    ]

    assert "exposures[0].of[0].low" not in fields(report)
    assert "exposures[0].of[0].high" not in fields(report)


@pytest.mark.parametrize("value", [None, [], {}, "x", 7, [None], [[]], [{}]])
@pytest.mark.parametrize("part", ["exposures", "asks", "clauses", "findings", "completeness", "agreements"])
def test_whatever_stands_in_a_part_is_told_and_never_ends_the_check(part: str, value: Any) -> None:
    report = a_fee_report({part: value})
    assert contradictions(report, table_of(report))
