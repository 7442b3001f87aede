from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from building import a_request, a_version, drawn, requests
from clauses.judged import STATED, judge_clause
from tallystick.agreements.kinds import IdentificationClause
from tallystick.tally.scope import DEFAULT
from tallystick.tally.summary import SlotSummary, identified_by

CASES = """
    app             source   user_agent   status
    fits            edge     halcyon/1.0  200
    fits            edge     halcyon/1.0  429
    other-agent     edge     curl/8.0     200
    other-agent     edge     halcyon/1.0  200
    other-case      edge     Halcyon/1.0  200
    longer          edge     xhalcyon/1   200
    refused         edge     curl/8.0     429
    no-status       edge     curl/8.0     -
    silent          edge     -            200
    empty           edge     ''           200
    other-log       plain    -            200
    both-logs       plain    -            200
    both-logs       edge     halcyon/1.0  200
    both-and-more   plain    -            200
    both-and-more   edge     -            200
    percent         edge     halcyon%     200
"""
CLAUSE = {"kind": "identification", "user_agent": ["halcyon/*", "Mozilla/5.0 (halcyon)"]}
EXPECTED = {
    "fits": (2, 0, "kept"),
    "other-agent": (2, 1, "exceeded"),
    "other-case": (1, 1, "exceeded"),
    "longer": (1, 1, "exceeded"),
    "refused": (1, 1, "exceeded"),
    "no-status": (1, 1, "exceeded"),
    "silent": (1, 1, "exceeded"),
    "empty": (1, 1, "exceeded"),
    "other-log": (1, 0, "not decided"),
    "both-logs": (2, 0, "not decided"),
    "both-and-more": (2, 1, "exceeded"),
    "percent": (1, 1, "exceeded"),
}


@pytest.mark.parametrize("only_raw", [False, True])
def test_a_request_that_does_not_identify_itself_is_measured_for_its_app(tmp_path: Path, only_raw: bool) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), CLAUSE, only_raw=only_raw)

    assert judged.verdicts() == EXPECTED
    assert judged.measures["both-logs"].missing == "1 of 2 requests are in logs that show no user agent"
    assert judged.terms == "only requests whose user agent fits halcyon/* or Mozilla/5.0 (halcyon)"
    for app, (_, used, _) in EXPECTED.items():
        assert len(judged.measures[app].witnesses) == used


def test_a_log_that_shows_no_user_agent_decides_nothing(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, requests("10:00:00 10:00:01", user_agent=None), CLAUSE)

    assert judged.verdicts() == {"monitor": (2, 0, "not decided")}


def test_a_licensee_whose_calls_all_fit_is_decided_without_a_raw_row(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, requests("10:00:00 10:20:00", user_agent="halcyon/2"), CLAUSE)

    assert judged.verdicts() == {"monitor": (2, 0, "kept")}
    assert judged.measures["monitor"].rows_read == 0


def test_only_what_lies_in_the_period_says_whether_a_log_has_user_agents(tmp_path: Path) -> None:
    rows = [
        *requests("09:59:59.999999", user_agent="halcyon/1"),
        *requests("10:00:00 10:20:00", user_agent=None),
        *requests("10:25:00", user_agent="halcyon/1"),
    ]
    clause = CLAUSE

    cut = judge_clause(tmp_path / "a", rows, clause, period="2022-03-01T10:00:00Z/2022-03-01T10:25:00Z")
    whole = judge_clause(tmp_path / "b", rows, clause, period="2022-03-01T10:00:00Z/2022-03-01T10:25:00.000001Z")

    assert cut.verdicts() == {"monitor": (2, 0, "not decided")}
    assert whole.verdicts() == {"monitor": (3, 2, "exceeded")}


def test_duplicates_do_not_call_twice(tmp_path: Path) -> None:
    rows = [*requests("10:00:00", user_agent="curl"), *requests("10:00:00", user_agent="curl", is_duplicate=True)]

    assert judge_clause(tmp_path, rows, CLAUSE).verdicts() == {"monitor": (1, 1, "exceeded")}


def test_patterns_name_summaries_of_their_own_and_rename_no_other() -> None:
    first, second = (
        IdentificationClause.model_validate(STATED | {"kind": "identification", "user_agent": [one]})
        for one in ("halcyon/*", "curl/*")
    )

    ids = {one.id for clause in (first, second) for one in identified_by(clause)}

    assert len(ids) == 4  # all and those with a user agent are the same for both
    assert SlotSummary(per="user", scope=DEFAULT).id == "ca2ccad50da5378534424d7cf7072073"


@pytest.mark.parametrize("patterns", [[], [""], "curl", None])
def test_a_clause_without_a_pattern_is_refused(patterns: object) -> None:
    with pytest.raises(ValidationError):
        a_version(STATED | {"kind": "identification", "user_agent": patterns})
