from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from building import a_licensee, a_request, drawn
from clauses.judged import judge_clause
from tallystick.register.load import recognitions

HALCYON = a_licensee(
    {
        "app": "monitor",
        "registered": "2022-03-01T06:00:00Z",
        "ended": "2022-03-04",
        "recognised_by": [
            {"credential": "kept"},
            {"credential": "gone", "revoked": "2022-03-02T12:00:00Z"},
            {"credential": "midnight", "revoked": "2022-03-02"},
            {"credential_sha256": "0" * 64, "name": "named", "revoked": "2022-03-03"},
            {"principal": "svc-*"},
        ],
    },
    {"app": "reader", "recognised_by": [{"principal": "reader-*"}]},
)
CASES = """
    at                          app      credential_id  status
    2022-03-01T05:59:59.999999  monitor  kept           200
    2022-03-01T06:00:00         monitor  kept           200
    2022-03-04T00:00:00         monitor  kept           200
    2022-03-02T11:59:59.999999  monitor  gone           200
    2022-03-02T12:00:00         monitor  gone           200
    2022-03-02T12:00:00         monitor  gone           429
    2022-03-05T00:00:00         monitor  gone           -
    2022-03-01T23:59:59.999999  monitor  midnight       200
    2022-03-02T00:00:00         monitor  midnight       401
    2022-03-02T23:59:59.999999  monitor  named          200
    2022-03-05T00:00:00         reader   -              200
"""


@pytest.mark.parametrize("only_raw", [False, True])
def test_requests_from_the_revocation_on_are_measured_for_the_credential(tmp_path: Path, only_raw: bool) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), {"kind": "term"}, licensee=HALCYON, only_raw=only_raw)

    assert judged.verdicts() == {
        "kept": (3, 0, "kept"),
        "gone": (4, 3, "exceeded"),
        "midnight": (2, 1, "exceeded"),
        "named": (1, 0, "kept"),
        None: (1, 0, "kept"),  # another app's, which has no credential to revoke
    }
    assert [one.position for one in judged.measures["gone"].witnesses] == [5, 6, 7][:2]


def test_only_the_day_of_a_revocation_is_read_from_requests(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), {"kind": "term"}, licensee=HALCYON)

    assert {one.rows_read for one in judged.measures.values()} == {5}


@pytest.mark.parametrize(
    ("at", "verdict"), [("2022-03-01T23:59:59.999999", "kept"), ("2022-03-02T00:00:00", "not decided")]
)
def test_a_call_that_shows_no_credential_is_not_decided_once_one_was_revoked(
    tmp_path: Path, at: str, verdict: str
) -> None:
    rows = [a_request(at=at, credential_id=None)]

    judged = judge_clause(tmp_path, rows, {"kind": "term"}, licensee=HALCYON)

    assert judged.verdicts() == {None: (1, 0, verdict)}


def test_a_revocation_before_and_after_the_period_decides_all_and_nothing(tmp_path: Path) -> None:
    rows = drawn(a_request, "at credential_id\n10:00:00 midnight\n2022-03-03T10:00:00 midnight")
    clause = {"kind": "term"}

    before = judge_clause(tmp_path / "a", rows, clause, licensee=HALCYON, period="2022-03-01")
    after = judge_clause(tmp_path / "b", rows, clause, licensee=HALCYON, period="2022-03-03T06:00:00Z/2022-03-04")

    assert before.verdicts() == {"midnight": (1, 0, "kept")}
    assert after.verdicts() == {"midnight": (1, 1, "exceeded")}


def test_per_app_the_registration_is_the_term(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), {"kind": "term", "per": "app"}, licensee=HALCYON)

    assert judged.verdicts() == {"monitor": (10, 3, "exceeded"), "reader": (1, 0, "kept")}
    assert judged.terms == "no request by an app before it was registered or after it was ended"


def test_a_revoked_credential_of_a_registered_app_is_no_finding_of_the_register(tmp_path: Path) -> None:
    rows = [a_request(at="2022-03-02T13:00:00", credential_id="gone")]

    judged = judge_clause(tmp_path, rows, {"kind": "term"}, licensee=HALCYON)

    assert judged.measures["gone"].verdict == "exceeded"
    assert [one.verdict for one in judged.rules["registered-app"]] == ["kept"]


def test_a_revoked_credential_is_still_recognised() -> None:
    assert {one.credential_id for one in recognitions([HALCYON])} == {"kept", "gone", "midnight", "named", None}


@pytest.mark.parametrize(
    "ways",
    [
        [{"principal": "svc", "revoked": "2022-03-02"}],
        [{"credential": "a", "revoked": "2022-03-02", "until": "2022-03-02"}],
        [{"credential": "a", "name": "x", "revoked": "2022-03-02"}, {"credential": "b", "name": "x"}],
        [{"credential": "a", "revoked": "yesterday"}],
    ],
)
def test_a_revocation_that_no_call_could_be_held_against_is_refused(ways: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        a_licensee({"app": "monitor", "recognised_by": ways})
