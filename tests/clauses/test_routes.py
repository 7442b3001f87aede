from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from building import a_request, a_version, drawn
from clauses.judged import STATED, judge_clause

CASES = """
    app               method  route              status
    inside            GET     /2/tweets/{id}     200
    inside            GET     /2/tweets/search   404
    other-route       GET     /2/tweets/{id}     200
    other-route       GET     /2/users/{id}      200
    other-method      POST    /2/tweets/{id}     200
    other-case        get     /2/tweets/{id}     200
    refused           GET     /2/users/{id}      429
    no-status         GET     /2/users/{id}      -
    no-route          GET     -                  200
    no-route          GET     /2/tweets/{id}     200
    no-route-by-post  POST    -                  200
    no-method         -       /2/tweets/{id}     200
    no-method-outside -       /2/users/{id}      200
    nothing           -       -                  200
    nothing-and-more  -       -                  200
    nothing-and-more  GET     /2/users/{id}      200
    percent           GET     /2/tweets%         200
"""
ALLOWED = {"kind": "routes", "allowed": ["GET /2/tweets/*"], "methods": ["get"]}
EXPECTED = {
    "inside": (2, 0, "kept"),
    "other-route": (2, 1, "exceeded"),
    "other-method": (1, 1, "exceeded"),
    "other-case": (1, 1, "exceeded"),  # patterns tell upper and lower case apart, `methods` does not
    "refused": (1, 1, "exceeded"),
    "no-status": (1, 1, "exceeded"),
    "no-route": (2, 0, "not decided"),
    "no-route-by-post": (1, 1, "exceeded"),
    "no-method": (1, 0, "not decided"),
    "no-method-outside": (1, 1, "exceeded"),
    "nothing": (1, 0, "not decided"),
    "nothing-and-more": (2, 1, "exceeded"),
    "percent": (1, 1, "exceeded"),
}


@pytest.mark.parametrize("only_raw", [False, True])
def test_a_request_outside_of_what_may_be_called_is_measured_for_its_app(tmp_path: Path, only_raw: bool) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), ALLOWED, only_raw=only_raw)

    assert judged.verdicts() == EXPECTED
    assert judged.terms == "only the routes GET /2/tweets/*; only the methods GET"
    assert judged.measures["no-route"].missing == "1 of 2 requests do not say enough of their route and method"


def test_whole_days_are_decided_without_a_raw_row(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), ALLOWED)

    assert {(one.decided_from, one.rows_read) for one in judged.measures.values()} == {("usage_scope", 0)}


def test_the_first_requests_outside_are_named(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                   route      position
        10:00:00             /2/tweets  1
        2022-03-05T00:00:00  /2/users   2
        2022-03-04T10:00:00  /2/users   3
        """,
    )

    judged = judge_clause(tmp_path, rows, {"kind": "routes", "allowed": ["GET /2/tweets"]})

    assert [witness.position for witness in judged.measures["monitor"].witnesses] == [3]


def test_only_the_quarters_of_an_hour_that_the_period_cuts_are_read_from_requests(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                          route
        09:59:59.999999             /2/users
        10:00:00                    /2/tweets
        2022-03-02T10:00:00         /2/users
        2022-03-03T11:59:59.999999  /2/users
        2022-03-03T12:00:00         /2/users
        """,
    )
    clause = {"kind": "routes", "allowed": ["GET /2/tweets"]}

    whole = judge_clause(tmp_path / "a", rows, clause, period="2022-03-01T10:00:00Z/2022-03-03T12:00:00Z")
    cut = judge_clause(tmp_path / "b", rows, clause, period="2022-03-01T09:59:59.999999Z/2022-03-03T12:00:00Z")

    assert whole.verdicts() == {"monitor": (3, 2, "exceeded")}
    assert cut.verdicts() == {"monitor": (4, 3, "exceeded")}
    assert (whole.measures["monitor"].rows_read, cut.measures["monitor"].rows_read) == (0, 1)


def test_a_pattern_without_a_method_fits_calls_of_any(tmp_path: Path) -> None:
    rows = drawn(a_request, "app method route\nwith GET /2/tweets\nwithout - /2/tweets\nother GET /2/users")

    judged = judge_clause(tmp_path, rows, {"kind": "routes", "allowed": ["/2/tweets"]})

    assert judged.verdicts() == {
        "other": (1, 1, "exceeded"),
        "with": (1, 0, "kept"),
        "without": (1, 0, "kept"),
    }


def test_no_request_is_one_measure_of_nothing(tmp_path: Path) -> None:
    rows = [a_request(licensee="other")]

    assert judge_clause(tmp_path, rows, ALLOWED).verdicts() == {None: (0, 0, "kept")}


@pytest.mark.parametrize("said", [{}, {"allowed": []}, {"methods": []}, {"routes": ["GET /"]}])
def test_a_clause_that_allows_nothing_in_particular_is_refused(said: dict[str, list[str]]) -> None:
    with pytest.raises(ValidationError):
        a_version(STATED | {"kind": "routes"} | said)


# ── how far back a call may ask ───────────────────────────────────────────────────────────────────────────────────────

HISTORY = """
    app             at                   history_from                method  route
    within          2022-03-10T10:00:00  2022-03-03T10:00:00         GET     /2/tweets/{id}
    just-older      2022-03-10T10:00:00  2022-03-03T09:59:59.999999  GET     /2/tweets/{id}
    same            2022-03-10T10:00:00  2022-03-10T10:00:00         GET     /2/tweets/{id}
    later           2022-03-10T10:00:00  2022-04-10T10:00:00         GET     /2/tweets/{id}
    not-said        2022-03-10T10:00:00  -                           GET     /2/tweets/{id}
    not-said        2022-03-10T10:00:01  2022-03-10T10:00:01         GET     /2/tweets/{id}
    both            2022-03-10T10:00:00  -                           GET     /2/tweets/{id}
    both            2022-03-10T10:00:01  2020-01-01T00:00:00         GET     /2/tweets/{id}
    elsewhere       2022-03-10T10:00:00  -                           GET     /2/users/{id}
    once            2022-03-10T10:00:00  2020-01-01T00:00:00         GET     /2/users/{id}
    no-route        2022-03-10T10:00:00  2022-03-10T10:00:00         GET     -
    no-route-older  2022-03-10T10:00:00  2020-01-01T00:00:00         GET     -
    no-method       2022-03-10T10:00:00  2022-03-10T10:00:00         -       /2/tweets/{id}
"""
HISTORY_EXPECTED = {
    "within": (1, 0, "kept"),
    "just-older": (1, 1, "exceeded"),
    "same": (1, 0, "kept"),
    "later": (1, 0, "kept"),
    "not-said": (2, 0, "not decided"),
    "both": (2, 1, "exceeded"),
    "elsewhere": (1, 1, "exceeded"),  # it may not be called at all, however far back it asks
    "once": (1, 1, "exceeded"),  # outside twice over is one request outside
    "no-route": (1, 0, "not decided"),
    "no-route-older": (1, 1, "exceeded"),
    "no-method": (1, 0, "not decided"),
}
WITH_HISTORY = {"kind": "routes", "allowed": ["GET /2/tweets/*"], "history": "P7D"}


@pytest.mark.parametrize("only_raw", [False, True])
def test_a_call_asks_for_nothing_older_than_the_history(tmp_path: Path, only_raw: bool) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, HISTORY), WITH_HISTORY, only_raw=only_raw)

    assert judged.verdicts() == HISTORY_EXPECTED
    assert judged.terms == "only the routes GET /2/tweets/*; nothing older than 7 days (P7D)"
    said = "1 of 2 requests do not say enough of their route and method and of how far back they ask"
    assert judged.measures["not-said"].missing == said


def test_history_alone_leaves_routes_and_methods_open(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, HISTORY), {"kind": "routes", "history": "P7D"})

    outside = {key for key, one in judged.measures.items() if one.verdict == "exceeded"}
    unclear = {key for key, one in judged.measures.items() if one.verdict == "not decided"}
    assert outside == {"just-older", "both", "once", "no-route-older"}
    assert unclear == {"not-said", "elsewhere"}


def test_history_is_decided_without_a_raw_row(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, HISTORY), WITH_HISTORY)

    assert {(one.decided_from, one.rows_read) for one in judged.measures.values()} == {("usage_scope", 0)}


def test_the_first_request_that_asks_too_far_back_is_named(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                   history_from         position
        2022-03-10T10:00:00  2022-03-10T00:00:00  1
        2022-03-10T10:00:02  2022-01-01T00:00:00  2
        2022-03-10T10:00:01  2022-01-01T00:00:00  3
        2022-03-10T10:00:00  -                    4
        """,
    )

    judged = judge_clause(tmp_path, rows, {"kind": "routes", "history": "P30D"})

    assert [witness.position for witness in judged.measures["monitor"].witnesses] == [3, 2]


def test_a_history_is_read_over_the_quarters_that_the_period_cuts(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                   history_from
        2022-03-10T10:07:29  2020-01-01T00:00:00
        2022-03-10T10:07:30  2020-01-01T00:00:00
        2022-03-10T11:00:00  2020-01-01T00:00:00
        """,
    )
    period = "2022-03-10T10:07:30Z/2022-03-11T00:00:00Z"

    judged = judge_clause(tmp_path, rows, {"kind": "routes", "history": "PT1H"}, period=period)

    assert judged.verdicts() == {"monitor": (2, 2, "exceeded")}


@pytest.mark.parametrize("history", ["P1M", "P1Y", "7 days", "P0D", ""])
def test_a_history_has_a_fixed_length(history: str) -> None:
    with pytest.raises(ValidationError):
        a_version(STATED | {"kind": "routes", "history": history})
