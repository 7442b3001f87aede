from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from building import Row, a_licensee, a_request, a_version, drawn
from clauses.judged import STATED, judge_clause
from tallystick.clauses.judge import JudgedClause
from tallystick.clauses.result import Measure
from tallystick.clauses.sentence import sentence_of
from tallystick.clauses.statement import Statement

HALCYON = a_licensee(
    {"app": "one", "use_case": {"text": "Brand dashboards", "approved": "2020-01-01"}},
    {"app": "two", "use_case": {"text": "Brand\n dashboards ", "approved": "2022-03-02"}},
    {"app": "three", "use_case": {"text": "brand dashboards"}},
    {"app": "silent", "use_case": {"text": "Brand dashboards", "approved": "2020-01-01"}},
    {"app": "none"},
    {"app": "none-either"},
)


def calls() -> list[Row]:
    return drawn(
        a_request,
        """
        at                          app          status
        10:00:00                    one          200
        2022-03-01T23:59:59.999999  two          429
        2022-03-02T00:00:00         two          200
        10:00:00                    three        -
        10:00:00                    none         200
        10:00:00                    none-either  200
        """,
    )


APPROVAL = {
    "one": (1, 0, "kept"),
    "two": (2, 1, "exceeded"),
    "three": (1, 1, "exceeded"),
    "none": (1, 1, "exceeded"),
    "none-either": (1, 1, "exceeded"),
}


def test_a_call_before_the_use_case_was_approved_is_measured(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, calls(), {"kind": "use_case"}, licensee=HALCYON)

    assert judged.verdicts() == APPROVAL


@pytest.mark.parametrize(("most", "verdict", "requests"), [(1, "exceeded", 3), (2, "kept", 0)])
def test_apps_that_call_share_a_use_case_with_at_most_so_many(
    tmp_path: Path, most: int, verdict: str, requests: int
) -> None:
    clause = {"kind": "use_case", "max_apps_per_use_case": most}

    judged = judge_clause(tmp_path, calls(), clause, licensee=HALCYON)

    assert judged.verdicts() == APPROVAL | {
        "use case: Brand dashboards": (0, 2, verdict),
        "use case: brand dashboards": (0, 1, "kept"),
    }
    shared = judged.measures["use case: Brand dashboards"]
    assert (shared.requests_over, [one.position for one in shared.witnesses]) == (requests, [1, 2] if requests else [])
    assert judged.terms.endswith(f"; at most {most} apps for one use case")


def test_an_app_that_does_not_call_in_the_period_shares_nothing(tmp_path: Path) -> None:
    clause = {"kind": "use_case", "max_apps_per_use_case": 1}

    judged = judge_clause(tmp_path, calls(), clause, licensee=HALCYON, period="2022-03-02")

    assert judged.verdicts() == {"two": (1, 0, "kept"), "use case: Brand dashboards": (0, 1, "kept")}


@pytest.mark.parametrize("most", [0, -1, "many"])
def test_a_number_of_apps_that_nobody_could_keep_to_is_refused(most: object) -> None:
    with pytest.raises(ValidationError):
        a_version(STATED | {"kind": "use_case", "max_apps_per_use_case": most})


def a_judged_clause(**measured: object) -> tuple[JudgedClause, Measure]:
    said: dict[str, object] = {"reading": "as written", "key": "monitor", "in_period": 9, "counted": 9, "unknown": 0}
    said |= {"verdict": "exceeded", "decided_from": "usage_app_slot", "max": 0, "limit": 0}
    measure = Measure(**(said | measured))  # type: ignore[arg-type]
    words = {"version": "1", "clause": "c", "cites": "§ 2", "says": "W.", "kind": "use_case", "severity": "major"}
    statement = Statement(**words, readings=1, terms="t")
    return JudgedClause(statement=statement, measures=(measure,)), measure


@pytest.mark.parametrize(
    ("measured", "sentence"),
    [
        ({"used": 2}, "monitor: measured 2 requests where none is permitted by § 2"),
        ({"used": 2, "of": "apps", "limit": 1}, "monitor: measured 2 apps against 1 permitted by § 2"),
        (
            {"used": 0, "verdict": "not decided", "missing": "1 of 9 requests do not say it"},
            "monitor: not decided, 1 of 9 requests do not say it",
        ),
        ({"used": 0, "key": None, "verdict": "not decided", "missing": "m"}, "requests without a name: not decided, m"),
    ],
)
def test_a_finding_is_a_measurement_in_one_sentence(measured: dict[str, object], sentence: str) -> None:
    assert sentence_of(*a_judged_clause(**measured)) == sentence
