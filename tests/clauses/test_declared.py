"""What a licensee stated, held against the log: that it stopped, that it deleted, how many users it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from building import Row, a_request, a_version, drawn
from clauses.judged import STATED, Judged, judge_clause
from clauses.versions import judge_all
from tallystick.clauses.result import Measure
from tallystick.clauses.sentence import sentence_of
from tallystick.period import to_text

STOPPED = {"kind": "declared", "stopped": "2022-03-02"}
CASES = """
    at                          app       status
    2022-03-01T23:59:59.999999  in-time   200
    2022-03-02T00:00:00         at-once   200
    2022-03-02T00:00:00.000001  after     200
    2022-03-01T10:00:00         both      200
    2022-03-05T10:00:00         both      200
    2022-03-09T10:00:00         both      500
    2022-03-02T10:00:00         refused   429
    2022-03-02T10:00:00         no-status -
"""
EXPECTED = {
    "in-time": (1, 0, "kept"),
    "at-once": (1, 1, "exceeded"),
    "after": (1, 1, "exceeded"),
    "both": (3, 2, "exceeded"),
    "refused": (1, 1, "exceeded"),
    "no-status": (1, 1, "exceeded"),
}


@pytest.mark.parametrize("way", ["stopped", "deleted"])
@pytest.mark.parametrize("only_raw", [False, True])
def test_from_the_stated_instant_on_there_is_no_request(tmp_path: Path, way: str, only_raw: bool) -> None:
    said = {"kind": "declared", way: "2022-03-02"}

    judged = judge_clause(tmp_path, drawn(a_request, CASES), said, only_raw=only_raw)

    assert judged.verdicts() == EXPECTED
    assert {one.max for one in judged.measures.values()} == {0}
    assert {one.decided_from for one in judged.measures.values()} == {"request" if only_raw else "usage_app_slot"}


def test_whole_quarters_are_decided_without_a_raw_row(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, CASES), STOPPED)

    assert {one.rows_read for one in judged.measures.values()} == {0}


def test_only_the_quarter_of_an_hour_that_the_instant_cuts_is_read(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at
        2022-03-02T10:07:29.999999
        2022-03-02T10:07:30
        2022-03-02T10:20:00
        """,
    )

    judged = judge_clause(tmp_path, rows, STOPPED | {"stopped": "2022-03-02T10:07:30Z"})

    assert judged.verdicts() == {"monitor": (3, 2, "exceeded")}
    assert judged.measures["monitor"].rows_read == 2


def test_a_date_is_the_midnight_of_the_version_s_zone(tmp_path: Path) -> None:
    rows = drawn(a_request, "at\n2022-03-02T04:59:59\n2022-03-02T05:00:00")
    version = a_version(STATED | STOPPED, time_zone="America/New_York")

    [declared, *_] = judge_all(tmp_path, rows, version)

    assert [(one.counted, one.used) for one in declared.measures] == [(2, 1)]


@pytest.mark.parametrize(("stopped", "verdict"), [("2021-01-01", (2, 2, "exceeded")), ("2024-01-01", (2, 0, "kept"))])
def test_an_instant_outside_of_the_period_leaves_all_or_nothing_after_it(
    tmp_path: Path, stopped: str, verdict: tuple[int, int, str]
) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, "at\n10:00:00\n11:00:00"), STOPPED | {"stopped": stopped})

    assert judged.verdicts() == {"monitor": verdict}


WHOSE = """
    at                   app    credential_id  route
    2022-03-01T10:00:00  relay  r-1            /2/tweets
    2022-03-02T10:00:00  relay  r-1            /2/tweets
    2022-03-02T11:00:00  relay  r-2            /2/users
    2022-03-02T12:00:00  other  r-1            /2/tweets
    2022-03-02T13:00:00  relay  -              /2/tweets
    2022-03-02T14:00:00  last   -              -
"""


@pytest.mark.parametrize(
    ("meant", "expected", "table"),
    [
        ({}, {"last": (1, 1, "exceeded"), "other": (1, 1, "exceeded"), "relay": (4, 3, "exceeded")}, "usage_app_slot"),
        ({"app": "relay"}, {"relay": (4, 3, "exceeded")}, "usage_scope"),
        (
            {"credential": "r-1"},
            {"last": (1, 0, "not decided"), "other": (1, 1, "exceeded"), "relay": (3, 1, "exceeded")},
            "usage_scope",
        ),
        ({"credential": "r-1", "app": "relay"}, {"relay": (3, 1, "exceeded")}, "usage_scope"),
        ({"credential": "r-9", "app": "relay"}, {"relay": (1, 0, "not decided")}, "usage_scope"),
        (
            {"routes": ["GET /2/users"]},
            {"last": (1, 0, "not decided"), "relay": (1, 1, "exceeded")},
            "usage_scope",
        ),
        (
            {"routes": ["GET /2/users"], "credential": "r-1"},
            {"last": (1, 0, "not decided")},
            "usage_scope",
        ),
    ],
)
def test_only_requests_that_are_meant_are_held_against_it(
    tmp_path: Path, meant: dict[str, Any], expected: dict[str, tuple[int, int, str]], table: str
) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, WHOSE), STOPPED | meant)

    assert judged.verdicts() == expected
    assert {(one.decided_from, one.rows_read) for one in judged.measures.values()} == {(table, 0)}


def test_what_may_be_meant_before_the_instant_leaves_nothing_open(tmp_path: Path) -> None:
    rows = drawn(a_request, "at credential_id\n2022-03-01T10:00:00 -\n2022-03-01T11:00:00 r-1")

    judged = judge_clause(tmp_path, rows, STOPPED | {"credential": "r-1"})

    assert judged.verdicts() == {"monitor": (1, 0, "kept")}


@pytest.mark.parametrize(
    ("route", "verdict"),
    [("/2/tweets", (1, 0, "not decided")), ("/2/users", (0, 0, "kept")), ("-", (1, 0, "not decided"))],
)
def test_a_call_without_a_method_may_be_meant_where_its_path_fits(
    tmp_path: Path, route: str, verdict: tuple[int, int, str]
) -> None:
    rows = drawn(a_request, f"at method route\n2022-03-02T10:00:00 - {route}")

    judged = judge_clause(tmp_path, rows, STOPPED | {"routes": ["GET /2/tweets"]})

    assert list(judged.verdicts().values()) == [verdict]


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, WHOSE), STOPPED | {"credential": "r-1"})

    assert judged.measures["last"].missing == "1 requests do not say enough to tell whether they are meant"
    assert judged.measures["relay"].missing is None


def test_the_first_requests_after_it_are_named(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                   position  route
        2022-03-01T10:00:00  1         /2/tweets
        2022-03-05T10:00:00  2         /2/tweets
        2022-03-04T10:00:01  3         /2/tweets
        2022-03-04T10:00:00  4         /2/users
        """,
    )

    judged = judge_clause(tmp_path, rows, STOPPED | {"routes": ["GET /2/tweets"]})

    assert [witness.position for witness in judged.measures["monitor"].witnesses] == [3]


# ── users ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

USERS = """
    at                   user   app      credential_id
    2022-01-10T10:00:00  ada    monitor  m-1
    2022-01-10T10:00:00  ada    relay    r-1
    2022-01-10T10:07:00  bob    monitor  m-1
    2022-01-10T10:08:00  cyd    monitor  m-1
    2022-02-01T00:00:00  ada    monitor  m-1
    2022-02-03T00:00:00  dan    relay    r-1
"""


def a_users_clause(most: int, **stated: Any) -> dict[str, Any]:
    return {"kind": "declared", "users": most} | stated


def over(judged: Judged, key: str = "halcyon") -> list[tuple[int, int, str | None]]:
    """Each window over: used, over, crossed at."""
    windows = judged.measures[key].windows
    return [(one.used, one.over, None if one.crossed_us is None else to_text(one.crossed_us)[:19]) for one in windows]


@pytest.mark.parametrize("only_raw", [False, True])
@pytest.mark.parametrize(
    ("stated", "key", "used", "verdict"),
    [
        (a_users_clause(4), "halcyon", 4, "kept"),
        (a_users_clause(3), "halcyon", 4, "exceeded"),
        (a_users_clause(0), "halcyon", 4, "exceeded"),
        (a_users_clause(3, within="P1M"), "halcyon", 4, "kept"),
        (a_users_clause(2, within="P1M"), "halcyon", 4, "exceeded"),
        (a_users_clause(2, app="relay"), "relay", 2, "kept"),
        (a_users_clause(1, app="relay"), "relay", 2, "exceeded"),
        (a_users_clause(1, app="relay", within="P1M"), "relay", 2, "kept"),
        (a_users_clause(3, credential="m-1"), "m-1", 3, "kept"),
        (a_users_clause(2, credential="m-1"), "m-1", 3, "exceeded"),
    ],
)
def test_distinct_users_are_held_against_the_number_that_was_stated(
    tmp_path: Path, stated: dict[str, Any], key: str, used: int, verdict: str, only_raw: bool
) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, USERS), stated, only_raw=only_raw)

    assert [(name, one.used, one.verdict) for name, one in judged.measures.items()] == [(key, used, verdict)]


def test_a_window_is_crossed_by_the_first_request_of_the_user_who_was_one_too_many(tmp_path: Path) -> None:
    rows = drawn(a_request, USERS)

    assert over(judge_clause(tmp_path / "all", rows, a_users_clause(3))) == [(4, 1, "2022-02-03T00:00:00")]
    assert over(judge_clause(tmp_path / "month", rows, a_users_clause(1, within="P1M"))) == [
        (3, 2, "2022-01-10T10:07:00"),
        (2, 1, "2022-02-03T00:00:00"),
    ]


def test_the_user_who_was_one_too_many_is_the_witness(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, drawn(a_request, USERS), a_users_clause(2))

    measure = judged.measures["halcyon"]
    assert [witness.position for witness in measure.witnesses] == [4]
    assert measure.rows_read == 4  # the quarter of an hour, no more


def test_kept_users_are_decided_without_a_raw_row(tmp_path: Path) -> None:
    measure = judge_clause(tmp_path, drawn(a_request, USERS), a_users_clause(4)).measures["halcyon"]

    assert (measure.decided_from, measure.rows_read, measure.peak) == ("usage_scope", 0, 4)


@pytest.mark.parametrize(
    ("most", "verdict", "missing"),
    [(1, "exceeded", None), (2, "not decided", "1 of 3 requests do not say their user")],
)
def test_a_request_without_a_user_may_be_of_one_more(
    tmp_path: Path, most: int, verdict: str, missing: str | None
) -> None:
    rows = drawn(a_request, "at user\n10:00:00 ada\n10:00:01 -\n10:00:02 bob")

    measure = judge_clause(tmp_path, rows, a_users_clause(most)).measures["halcyon"]

    assert (measure.unknown, measure.verdict, measure.missing) == (1, verdict, missing)


def test_a_request_without_a_credential_may_be_meant(tmp_path: Path) -> None:
    rows = drawn(a_request, "at user credential_id\n10:00:00 ada m-1\n10:00:01 bob -")

    measure = judge_clause(tmp_path, rows, a_users_clause(1, credential="m-1")).measures["m-1"]

    assert (measure.counted, measure.used, measure.verdict) == (2, 1, "not decided")
    assert measure.missing == "1 requests do not say enough to tell whether they are meant"


def test_months_are_those_of_the_zone_and_may_be_cut(tmp_path: Path) -> None:
    rows = drawn(a_request, "at user\n2022-03-01T04:59:59 ada\n2022-03-01T05:00:00 bob\n2022-04-01T03:59:59 cyd")
    version = a_version(STATED | a_users_clause(1, within="P1M"), time_zone="America/New_York")

    [declared, *_] = judge_all(tmp_path, rows, version, period="2022-03-01T00:00:00Z/2022-04-10T00:00:00Z")

    [window] = declared.measures[0].windows
    assert (to_text(window.start_us)[:19], to_text(window.end_us)[:19]) == (
        "2022-03-01T05:00:00",
        "2022-04-01T04:00:00",
    )
    assert (window.used, window.is_clipped) == (2, False)


def test_names_of_users_are_only_text(tmp_path: Path) -> None:
    rows: list[Row] = [
        a_request(user=name, position=place) for place, name in enumerate(["a'b", 'c"; --', "a b", ""], 1)
    ]

    measure = judge_clause(tmp_path, rows, a_users_clause(3)).measures["halcyon"]

    assert (measure.used, measure.verdict, len(measure.witnesses)) == (4, "exceeded", 1)


def test_no_request_is_no_finding(tmp_path: Path) -> None:
    for said in (STOPPED, a_users_clause(0)):
        judged = judge_clause(tmp_path / str(len(said)), [a_request(licensee="other")], said)

        assert judged.verdicts() == {None: (0, 0, "kept")}


# ── in words ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (STOPPED, "no request from 2022-03-02 on"),
        (
            STOPPED | {"app": "relay", "credential": "r-1", "routes": ["GET /2/tweets"]},
            "no request by relay with the credential r-1 of GET /2/tweets from 2022-03-02 on",
        ),
        (a_users_clause(5000), "at most 5,000 users in the period"),
        (a_users_clause(5000, app="relay", within="P1M"), "at most 5,000 users by relay in a calendar month"),
    ],
)
def test_the_terms_are_said_in_words(tmp_path: Path, stated: dict[str, Any], words: str) -> None:
    assert judge_clause(tmp_path, [a_request()], stated).terms == words


def test_a_finding_says_what_was_measured(tmp_path: Path) -> None:
    clauses = [STATED | STOPPED, STATED | a_users_clause(2, within="P1M") | {"id": "users"}]

    stopped, users, *_ = judge_all(
        tmp_path, drawn(a_request, USERS + "    2022-03-04T00:00:00 dan relay r-1"), a_version(*clauses)
    )

    found: list[Measure] = [one for one in (*stopped.measures, *users.measures) if one.verdict == "exceeded"]
    assert [sentence_of(clause, one) for clause, one in zip((stopped, users), found, strict=True)] == [
        "relay: measured 1 requests where none is permitted by § 2",
        "halcyon: measured 3 users in a calendar month against 2 permitted by § 2, over once",
    ]


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"stopped": None}, "exactly one of stopped, deleted, users is needed, 0 given"),
        ({"deleted": "2022-03-02"}, "exactly one of stopped, deleted, users is needed, 2 given"),
        ({"within": "P1M"}, "there are none"),
        ({"stopped": None, "users": 5, "within": "P1Y"}, "'P1M'"),
        ({"stopped": None, "users": -1}, "greater than or equal to 0"),
        ({"stopped": None, "users": True}, "a whole number is needed"),
        ({"stopped": "soon"}, "is no date"),
        ({"routes": []}, "at least 1 item"),
        ({"credential": ""}, "at least 1 character"),
        ({"app": "No Slug"}, "an id is"),
    ],
)
def test_a_declaration_that_cannot_be_tested_is_refused(stated: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        a_version(STATED | STOPPED | stated)

    assert said in str(refused.value.errors()[0]["msg"])
