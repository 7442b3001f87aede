"""What a report asks follows from what it says, and names a day only where the agreement does."""

from __future__ import annotations

from typing import Any

import pytest

from report.documents import Row, a_clause, a_condition, a_finding, a_measure, a_source
from tallystick.agreements.version import ResponseDays
from tallystick.report.asks import asks
from tallystick.report.words import Words

COMPLETE = {"sources": [a_source()], "gaps": [], "refused_files": [], "unattributed": 0}
DUE = ResponseDays(days=30, cites="§ 9")
USD = {"currency": "USD", "low": "6.00", "high": "8.00", "at_least": False, "of": []}


def asked(
    *findings: Row, clauses: list[Row] | None = None, exposures: list[Row] | None = None, **seen: Any
) -> list[Row]:
    return asks(findings, clauses or [], exposures or [], {**COMPLETE, **seen}, DUE)


def named(listed: list[Row]) -> list[tuple[str, str]]:
    return [(one["of"], one["what"]) for one in listed]


def a_fee(key: str, paid: str | None, **changes: Any) -> Row:
    verdict = "not decided" if paid is None else "exceeded"
    return a_finding(
        clause="fee", kind="fee", key=key, verdict=verdict, money={"currency": "USD", "paid": paid}, **changes
    )


def test_where_nothing_was_found_and_nothing_is_missing_nothing_is_asked() -> None:
    assert asked() == []


def test_an_answer_is_asked_to_each_finding_that_has_none() -> None:
    answered = a_finding(id="f-2", response={"date": "2023-02-01", "text": "No."})
    [ask] = asked(a_finding(id="f-1"), answered, a_finding(id="f-3", clause="burst"))

    assert ask == {
        "number": 1,
        "of": "licensee",
        "what": "respond",
        "values": {"findings": 2},
        "clauses": ["burst", "yearly-volume"],
        "findings": ["f-1", "f-3"],
        "within_days": 30,
        "cites": "§ 9",
    }


def test_without_a_time_in_the_agreement_no_day_is_named() -> None:
    [ask] = asks([a_finding()], [], [], COMPLETE, None)

    assert (ask["within_days"], ask["cites"]) == (None, None)


def test_what_is_open_is_asked_for_by_currency_where_less_was_paid() -> None:
    euro = USD | {"currency": "EUR"}
    listed = asked(a_fee("2022-01", "4.00"), a_fee("2022-02", None), exposures=[euro, USD])
    pay = [one for one in listed if one["what"] == "pay"]

    assert [(one["values"], len(one["findings"])) for one in pay] == [
        ({"currency": "USD", "low": "6.00", "high": "8.00", "at_least": False}, 1)
    ]


@pytest.mark.parametrize(
    ("finding", "what"),
    [
        (a_finding(kind="use_case", key="one"), "approve_use_case"),
        (a_finding(kind="register", version=None, clause="registered-app", key="one"), "register_app"),
        (a_finding(kind="term", key="one", condition=a_condition(per="app")), "register_app"),
        (a_finding(kind="identification", key="one"), "identify_calls"),
        (a_finding(kind="term", key="one", condition=a_condition(per="credential")), "retire_credential"),
    ],
)
def test_what_mends_a_finding_is_asked_of_the_licensee(finding: Row, what: str) -> None:
    _, ask = asked(finding)

    assert (ask["of"], ask["what"]) == ("licensee", what)
    assert list(ask["values"].values()) == [["one"]]
    assert (ask["findings"], ask["within_days"]) == ([finding["id"]], 30)


@pytest.mark.parametrize(
    "finding",
    [
        a_finding(kind="use_case", key="use case: dashboards"),
        a_finding(kind="use_case", key="one", verdict="not decided"),
        a_finding(kind="register", version=None, clause="agreement-in-force"),
        a_finding(kind="limit"),
    ],
)
def test_other_findings_ask_for_an_answer_alone(finding: Row) -> None:
    assert named(asked(finding)) == [("licensee", "respond")]


def test_what_the_logs_lack_is_asked_of_the_provider_without_a_day() -> None:
    gaps = [{"source": "gateway"}, {"source": "gateway"}]
    listed = asked(sources=[a_source(missing=7)], gaps=gaps, refused_files=[{}], unattributed=3)

    assert [(one["of"], one["what"], one["values"]) for one in listed] == [
        ("provider", "supply_logs", {"missing": 7, "runs": 2, "sources": ["gateway"]}),
        ("provider", "supply_readable_files", {"files": 1}),
        ("provider", "name_callers", {"requests": 3}),
    ]
    assert {one["within_days"] for one in listed} == {None}


def test_payments_that_are_not_stated_are_asked_for_by_month() -> None:
    listed = asked(a_fee("2022-02", None), a_fee("2022-01", None), a_fee("total", None))
    [ask] = [one for one in listed if one["of"] == "provider"]

    assert (ask["what"], ask["values"]) == ("state_payments", {"months": ["2022-01", "2022-02"]})


def test_amounts_are_asked_for_where_a_finding_waits_for_them() -> None:
    undecided = {"verdict": "not decided", "id": "f-1"}
    lacking = a_clause(findings=["f-1"], measures=[a_measure(unknown=4)])
    other = a_clause(findings=["f-1"], measures=[a_measure(unknown=4, key="another"), a_measure()])

    assert ("provider", "supply_amounts") in named(asked(a_finding(**undecided), clauses=[lacking]))
    assert ("provider", "supply_amounts") in named(asked(a_finding(**undecided, key=None), clauses=[other]))
    assert ("provider", "supply_amounts") not in named(asked(a_finding(**undecided), clauses=[other]))
    assert ("provider", "supply_amounts") not in named(asked(a_finding(id="f-1"), clauses=[lacking]))


def test_every_ask_has_a_sentence_that_says_its_values() -> None:
    gap = {"source": "gateway"}
    kinds = [
        a_finding(kind="use_case", key="one"),
        a_finding(kind="register", version=None, clause="registered-app", key="one"),
        a_finding(kind="identification", key="one"),
        a_finding(kind="term", key="one", condition=a_condition(per="credential")),
        a_finding(id="f-9", key=None, verdict="not decided"),
        a_fee("2022-01", "4.00"),
        a_fee("2022-02", None),
    ]
    seen = {"sources": [a_source(missing=7)], "gaps": [gap], "refused_files": [{}], "unattributed": 3}
    listed = asked(*kinds, exposures=[USD], **seen)
    words = Words.load()

    assert [one["number"] for one in listed] == list(range(1, 12))
    for ask in listed:
        sentence = words.plain(f"ask.{ask['what']}", **ask["values"])
        assert all(words.show(value) in sentence for name, value in ask["values"].items() if name != "at_least")
