from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from evidence.bundles import a_payload, a_report, amounts, table_of
from tallystick.evidence.consistency import contradictions, rules
from tallystick.evidence.table_rules import COUNTS, LISTS, MONEY, OF_OWN_READING

CSV = a_payload()["findings.csv"]


def test_a_report_that_agrees_with_itself_has_no_contradictions() -> None:
    assert contradictions(a_report(), CSV) == []


def test_every_rule_is_a_sentence() -> None:
    assert len(rules()) == len(set(rules())) == 47
    assert all(rule.endswith(".") and len(rule) > 10 for rule in rules())


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("schema", "tallystick/report/0", "schema"),
        ("conclusion", "guilty", "conclusion"),
        ("reasons", [], "reasons"),
        ("reconciliation.entries", 15, "reconciliation.entries"),
        ("reconciliation.entries", 12.0, "reconciliation.entries"),
        ("reconciliation.entries", True, "reconciliation.entries"),
        ("reconciliation.entries", "12", "reconciliation.entries"),
        ("reconciliation.duplicate", 3, "reconciliation.accepted"),
        ("reconciliation.conflict", 3, "reconciliation.conflict"),
        ("reconciliation.conflict", -1, "reconciliation.conflict"),
        ("reconciliation.unattributed", 0, "reconciliation.unique"),
        ("files.0.requests", 7, "files"),
        ("files", [], "files"),
        ("summary.requests", 6, "consumption.apps"),
        ("summary.requests", 9, "summary.requests"),
        ("consumption.apps.0.requests", 8, "consumption.apps"),
        ("consumption.days.1.requests", 1, "consumption.days"),
        ("consumption.months", [], "consumption.months"),
        ("consumption.routes.0.requests", 6, "consumption.routes"),
        ("consumption.statuses.0.requests", 4, "consumption.statuses"),
        ("consumption.weekday_hours.0", [8, *[0] * 23], "consumption.weekday_hours"),
        ("consumption.weekday_hours.0", [7, *[0] * 22], "consumption.weekday_hours"),
        ("consumption.apps.0.records", amounts(7, 71, unknown=1), "consumption.apps[].records.sum"),
        ("consumption.days.0.records", amounts(7, 70), "consumption.days[].records.known"),
        ("consumption.months.0.response_bytes.known", 6, "consumption.months[0].response_bytes.unknown"),
        ("summary.records.unknown", 0, "summary.records.unknown"),
        ("summary.throttled", 2, "consumption.apps"),
        ("consumption.statuses.1.status", 430, "consumption.statuses"),
        ("summary.errors", 2, "consumption.apps"),
        ("summary.apps", 2, "summary.apps"),
        ("period.end", "2022-01-03T00:00:00.000001Z", "consumption.days"),
        ("period.end", "2022-01-02T00:00:00.000000Z", "consumption.days[1].date"),
        ("period.end", "2021-01-02T00:00:00.000000Z", "period.end"),
        ("period.start", "2022-01-01", "period.start"),
        ("consumption.days.1.date", "2022-01-01", "consumption.days[1].date"),
        ("completeness.sources.0.entries", 13, "completeness.sources"),
        ("completeness.unattributed", 2, "completeness.unattributed"),
        ("checks.met", 10, "checks.met"),
        ("checks.failed_warnings", 2, "checks.failed_warnings"),
        ("clauses.1.verdict", None, "clauses[1].verdict"),
        ("clauses.1.verdict", "fine", "clauses[1].verdict"),
        ("clauses.1.verdict", "exceeded", "clauses[1].verdict"),
        ("clauses.0.readings_exceeded", 3, "clauses[0].readings_exceeded"),
        ("summary.clauses", 3, "summary.clauses"),
        ("summary.clauses_kept", 0, "summary.clauses_kept"),
        ("clauses.0.out_of_scope", 2, "clauses[0].in_period"),
        ("clauses.1.version", "2020", "clauses[1].version"),
        ("clauses.1.clause", "daily-volume", "clauses[0].clause"),
        ("agreements.0.clauses", 1, "agreements[0].clauses"),
        ("agreements.0.requests", 8, "agreements[].requests"),
        ("summary.findings", 0, "summary.findings"),
        ("findings.0.verdict", "kept", "findings[0].verdict"),
        ("findings.0.readings_exceeded", 0, "findings[0].verdict"),
        ("clauses.0.findings", ["f2"], "clauses[0].findings[0]"),
        ("clauses.0.findings", ["f1", "f1"], "clauses[0].findings[1]"),
        ("clauses.0.findings", [], "clauses[0].verdict"),
        ("findings.0.clause", "approved-purpose", "findings[0].clause"),
        ("clauses.0.readings_exceeded", 1, "conclusion"),
        ("clauses.0.clause", "agreement-in-force", "conclusion"),
        ("conclusion", "unable to conclude", "conclusion"),
        ("clauses.1.verdict", "not decided", "summary.clauses_kept"),
        ("clauses.0.findings", [], "findings[0]"),
        ("conclusion", "within terms", "conclusion"),
        ("findings", "none", "findings"),
        ("summary", [], "summary"),
    ],
)
def test_a_number_that_does_not_fit_the_others_is_named(path: str, value: Any, field: str) -> None:
    found = contradictions(a_report({path: value}), CSV)

    assert field in [difference.field for difference in found]
    assert {difference.file for difference in found} <= {"report.json", "findings.csv"}


def test_a_standing_rule_belongs_to_no_version() -> None:
    rule = {**a_report()["clauses"][1], "version": None, "clause": "agreement-in-force", "cites": None}
    changes = {"clauses.1": rule, "agreements.0.clauses": 1}

    assert contradictions(a_report(changes), CSV) == []


@pytest.mark.parametrize("verdict", ["exceeded", "not decided"])
def test_what_is_exceeded_under_some_reading_or_open_is_not_within_terms(verdict: str) -> None:
    exceeded = int(verdict == "exceeded")
    changes = {
        "clauses.0.verdict": verdict,
        "clauses.0.readings_exceeded": exceeded,
        "findings.0.verdict": verdict,
        "findings.0.readings_exceeded": exceeded,
        "summary.clauses_exceeded": exceeded,
        "summary.clauses_not_decided": 1 - exceeded,
        "clauses.0.measures.1.verdict": "kept",
        "clauses.0.measures.0.verdict": verdict,
    }
    if not exceeded:
        changes |= {"findings.0.condition.exactness": "unknown amounts", "findings.0.cause": None}

    table = table_of(a_report(changes))
    assert contradictions(a_report({**changes, "conclusion": "unable to conclude"}), table) == []
    [wrong] = contradictions(a_report({**changes, "conclusion": "within terms"}), table)
    assert wrong.field == "conclusion"


def test_routes_and_statuses_of_whole_days_may_reach_outside_a_period_that_cuts_a_day() -> None:
    cut = {"period.start": "2022-01-01T08:00:00.000000Z", "period.end": "2022-01-02T08:00:00.000000Z"}
    more = {"consumption.routes.0.requests": 8, "consumption.routes.0.records": amounts(8, 80, unknown=1)}
    more |= {"consumption.routes.0.response_bytes": amounts(8, 800), "consumption.statuses.0.requests": 6}

    assert contradictions(a_report({**cut, **more}), CSV) == []
    assert "consumption.routes" in {each.field for each in contradictions(a_report(more), CSV)}
    [less] = contradictions(a_report({**cut, "consumption.statuses.0.requests": 4}), CSV)
    assert less.expected == "a sum of at least 7"


def test_a_report_without_its_parts_is_told_which() -> None:
    found = contradictions({}, CSV)

    assert {difference.found for difference in found} == {"nothing"}
    assert len(found) == len(rules())


@pytest.mark.parametrize("report", [None, [], "report", 7])
def test_what_is_no_report_at_all_is_said_to_be_none(report: Any) -> None:
    assert {difference.expected for difference in contradictions(report, CSV)} == {"an object"}


def test_sums_beyond_two_to_the_53_are_compared_exactly() -> None:
    large = 2**53 + 1
    views = ("apps", "days", "months", "routes", "by_credential")
    places = ["summary", *(f"consumption.{view}.0" for view in views)]
    changes = {f"{place}.records.sum": str(large) for place in places}

    assert contradictions(a_report(changes), CSV) == []
    [wrong] = contradictions(a_report({**changes, "consumption.apps.0.records.sum": str(large - 1)}), CSV)
    assert (wrong.expected, wrong.found) == ("a sum of 9,007,199,254,740,993", "9,007,199,254,740,992")


@pytest.mark.parametrize(
    ("table", "field"),
    [
        (b"", "(all)"),
        (b"\xff\xfe", "(all)"),
        (b'id\r\n"f1', "(all)"),
        (b"id,sentence\r\n", "rows"),
        (b"id,sentence\r\nf1,a\r\nf2,b\r\n", "rows"),
        (b"name,sentence\r\nf1,a\r\n", "header"),
        (b"id,sentence\r\nf1\r\n", "row 1"),
        (b"id,sentence\r\nf2,a\r\n", "row 1: id"),
        (b"id,id\r\nf1,f1\r\n", "header"),
        (b"id,sentence\r\nf1,a\r\n", "header"),
        (CSV.replace(b",2,2,2,2,,2,", b",2,2,3,2,,2,"), "row 1: requests"),
    ],
)
def test_a_table_of_findings_that_lists_others_is_named(table: bytes, field: str) -> None:
    [difference] = contradictions(a_report(), table)

    assert (difference.file, difference.field) == ("findings.csv", field)


def test_a_cell_may_hold_a_line_break_and_a_table_a_byte_order_mark() -> None:
    assert contradictions(a_report(), b"\xef\xbb\xbf" + CSV.replace(b'"daily-volume"', b'"two\r\nlines"')) == []


@pytest.mark.parametrize("column", [*COUNTS, *LISTS, *OF_OWN_READING, *MONEY])
def test_each_number_of_a_finding_stands_in_its_row(column: str) -> None:
    header, row = csv.reader(CSV.decode().splitlines())
    row[header.index(column)] = "99"
    table = io.StringIO()
    csv.writer(table).writerows([header, row])

    [difference] = contradictions(a_report(), table.getvalue().encode())
    assert (difference.field, difference.found) == (f"row 1: {column}", "'99'")
