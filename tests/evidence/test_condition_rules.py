"""What a finding states is what its clause says and what was measured, or the place where it is not is named."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.bundles import a_payload, a_report
from tallystick.evidence.consistency import contradictions

CSV = a_payload()["findings.csv"]
F, C = "findings.0", "clauses.0"


def fields(changes: dict[str, Any]) -> set[str | None]:
    return {one.field for one in contradictions(a_report(changes), CSV)}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({f"{C}.measures": []}, "clauses[0].verdict"),
        ({f"{C}.measures.1.reading": "as written"}, "clauses[0].readings"),
        ({f"{C}.measures.1.verdict": "kept"}, "clauses[0].readings_exceeded"),
        ({"clauses.1.measures.0.verdict": "not checked"}, "clauses[1].verdict"),
        ({f"{F}.terms": "at most 400 requests"}, "findings[0].terms"),
        ({f"{F}.says": "No more than 400 calls."}, "findings[0].says"),
        ({f"{F}.cites": "§ 4.3"}, "findings[0].cites"),
        ({f"{F}.kind": "fee"}, "findings[0].kind"),
        ({f"{F}.agreement_sha256": "b" * 64}, "findings[0].agreement_sha256"),
        ({f"{F}.agreement_sha256": None}, "findings[0].agreement_sha256"),
        ({f"{F}.condition.used": 7}, "findings[0].condition.used"),
        ({f"{F}.condition.used": None}, "findings[0].condition.used"),
        ({f"{F}.condition.limit": 5}, "findings[0].condition.limit"),
        ({f"{F}.condition.max": None}, "findings[0].condition.max"),
        ({f"{F}.condition.exactness": "at least"}, "findings[0].condition.exactness"),
        ({f"{C}.measures.0.unknown": 1}, "findings[0].condition.exactness"),
        ({f"{F}.condition.reading": "another"}, "findings[0].condition.reading"),
        ({f"{F}.condition": None}, "findings[0].condition"),
        ({f"{F}.condition.start_at": "2022-01-01T01:00:00.000000Z"}, "findings[0].condition"),
        ({f"{F}.condition.clipped": True}, "findings[0].condition"),
        ({f"{F}.windows": []}, "findings[0].windows"),
        (
            {
                f"{F}.windows": [],
                f"{C}.measures.0.windows_over": 0,
                f"{F}.condition.end_at": "2022-01-01T00:00:00.000000Z",
            },
            "findings[0].condition.end_at",
        ),
        ({f"{F}.key": "kestrel"}, "findings[0].condition"),
        ({f"{F}.effect.served_over": 3}, "findings[0].effect.served_over"),
        ({f"{F}.effect.requests_over": 2}, "findings[0].effect.requests_over"),
        ({f"{F}.cause.values": {"served_over": 9}}, "findings[0].cause.values.served_over"),
        ({f"{F}.cause": {"what": "one_hour", "values": {"windows": 3}}}, "findings[0].cause.values.windows"),
        (
            {f"{F}.cause": {"what": "retries_after_refusal", "values": {"requests": 5}}},
            "findings[0].cause.values.requests",
        ),
        ({f"{F}.refuted_by": []}, "findings[0].refuted_by"),
        ({f"{F}.earlier.0.id": "f1"}, "findings[0].earlier"),
        ({f"{F}.earlier.0.period": "2022-01-01/2022-01-03"}, "findings[0].earlier[0].period"),
    ],
)
def test_what_a_finding_states_otherwise_than_its_clause_is_named(changes: dict[str, Any], field: str) -> None:
    assert field in fields(changes)


def test_another_reading_with_the_verdict_may_be_stated() -> None:
    other = {"reading": "any-day", "window": "sliding"}
    changes = {f"{F}.condition.{name}": value for name, value in other.items()} | {f"{F}.effect.requests_over": 2}

    assert fields(changes) == set()


def test_a_bucket_states_its_requests_over() -> None:
    bucket = {f"{C}.measures.0.peak": None, f"{C}.measures.0.peak_at": None, f"{C}.measures.0.requests_over": 3}
    told = {f"{F}.condition.used": 3, f"{F}.effect.requests_over": 3}

    assert fields(bucket | told) == set()
    assert "findings[0].condition.used" in fields(bucket | told | {f"{F}.condition.used": 6})


def test_a_finding_that_is_not_decided_supposes_no_cause() -> None:
    assert "findings[0].verdict" in fields({f"{F}.verdict": "not decided"})


@pytest.mark.parametrize("value", [None, [], {}, "x", 7, True])
@pytest.mark.parametrize("part", ["condition", "effect", "cause", "earlier", "windows", "refuted_by", "key", "version"])
def test_whatever_stands_in_a_finding_is_told_and_never_ends_the_check(part: str, value: Any) -> None:
    found = contradictions(a_report({f"{F}.{part}": value}), CSV)

    assert {one.file for one in found} <= {"report.json", "findings.csv"}
    assert found or (part, value) == ("cause", None) or (part, value) == ("earlier", [])
