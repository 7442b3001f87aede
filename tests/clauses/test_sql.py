"""The SQL that a finding comes with counts again what the finding says, from the requests alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from building import Row, a_licensee, a_period, a_request, a_version, as_table, drawn
from clauses.judged import STATED, judge_clause
from clauses.versions import bindings_of
from tallystick.clauses.resting import rests_on
from tallystick.clauses.sql import Recount, recount_sql, standing_sql
from tallystick.clauses.statement import AGREEMENT_IN_FORCE, REGISTERED_APP
from tallystick.duck import connect
from tallystick.period import to_instant
from tallystick.report.evidence_rows import evidence_rows
from tallystick.tables.request import REQUEST

LICENSEE = a_licensee(
    {"app": "monitor", "registered": "2020-01-01", "ended": "2022-03-01T10:00:04Z", "environment": "dev"}
    | {"use_case": {"text": "Dashboards", "approved": "2022-03-01T10:00:02Z"}}
    | {"recognised_by": [{"credential": "k1", "revoked": "2022-03-01T10:00:03Z"}, {"credential": "k2"}]},
    {"app": "other", "use_case": {"text": "Dashboards"}},
)
ROWS = """
    app      credential_id  at               method  route    status  records  duration_us  user  user_agent
    monitor  k1             10:00:00         GET     /tweets  200     5        3000000      u1    monitor/1
    monitor  k1             10:00:01         GET     /tweets  429     -        1            u1    monitor/1
    monitor  k2             10:00:02         GET     /tweets  200     7        3000000      u2    -
    monitor  k2             10:00:02         POST    /tweets  200     1        3000000      u3    curl
    monitor  k1             10:00:03         GET     /users   200     2        1            u3    monitor/2
    monitor  k2             10:00:04         GET     /tweets  200     9        1            -     monitor/1
    other    k3             10:00:04         GET     /users   -       1        1            u1    monitor/1
"""
LIMIT = {"kind": "limit", "of": "requests", "per": "app", "max": 2}
DAY = {"window": "calendar", "within": "P1D"}
CLAUSES: dict[str, tuple[dict[str, Any], str, str]] = {
    "calendar by the clock": (LIMIT | {"window": "calendar", "within": "PT3S"}, "monitor", "windows"),
    "calendar by midnights": (LIMIT | DAY, "monitor", "windows"),
    "calendar of nobody": (LIMIT | {"window": "calendar", "within": "P1M"}, "other", "windows"),
    "sliding": (LIMIT | {"window": "sliding", "within": "PT2S"}, "monitor", "requests_over"),
    "sliding of records": (
        LIMIT | {"of": "records", "window": "sliding", "within": "PT1S"},
        "monitor",
        "requests_over",
    ),
    "anchored": (LIMIT | {"window": "anchored", "within": "PT3S"}, "monitor", "windows"),
    "bucket": (LIMIT | {"window": "bucket", "within": "PT4S"}, "monitor", "requests_over"),
    "environment": ({"kind": "environment", "of": "requests", "max": 4} | DAY, "monitor", "windows"),
    "routes": ({"kind": "routes", "allowed": ["GET /tweets"]}, "monitor", "used"),
    "identification": ({"kind": "identification", "user_agent": ["monitor/*"]}, "monitor", "used"),
    "revoked": ({"kind": "term"}, "k1", "used"),
    "ended": ({"kind": "term", "per": "app"}, "monitor", "used"),
    "unapproved": ({"kind": "use_case"}, "monitor", "used"),
    "never approved": ({"kind": "use_case"}, "other", "used"),
    "shared": ({"kind": "use_case", "max_apps_per_use_case": 1}, "use case: Dashboards", "requests_over"),
    "backoff": ({"kind": "backoff", "within": "PT2S"}, "monitor", "used"),
    "concurrency": ({"kind": "concurrency", "per": "app", "max": 2}, "monitor", "requests_over"),
    "stopped": ({"kind": "declared", "stopped": "2022-03-01T10:00:03Z"}, "monitor", "used"),
}
"""A clause, a key, and which of its measure's numbers the SQL has as rows, or as requests of its rows."""


def recount_of(key: str | None) -> Recount:
    return Recount(licensee=LICENSEE, span=a_period(), zone=ZoneInfo("Etc/UTC"), key=key, reading="as written")


def counted_again(rows: list[Row], sql: str) -> list[tuple[Any, ...]]:
    connection = connect()
    connection.register("request", as_table(REQUEST, rows))
    return connection.execute(sql).fetchall()


@pytest.mark.parametrize("name", CLAUSES)
def test_the_sql_of_a_finding_counts_what_it_says(tmp_path: Path, name: str) -> None:
    clause, key, number = CLAUSES[name]
    rows = drawn(a_request, ROWS)
    measure = judge_clause(tmp_path, rows, clause, licensee=LICENSEE).measures[key]
    stated = measure.windows if number == "windows" else getattr(measure, number)

    found = counted_again(rows, str(recount_sql(a_version(STATED | clause).clauses[0], recount_of(key))))

    is_summed = clause["kind"] in ("routes", "identification") or name == "shared"
    assert (sum(row[-1] for row in found) if is_summed else len(found)) == (
        len(stated) if isinstance(stated, tuple) else stated or 0
    )
    assert bool(found) == (measure.verdict == "exceeded")


@pytest.mark.parametrize(
    ("clause", "key", "positions"),
    [
        ({"kind": "backoff", "within": "PT2S"}, "monitor", [3, 4]),
        ({"kind": "declared", "users": 2}, "halcyon", [1, 3, 4]),
        ({"kind": "declared", "users": 2, "within": "P1M", "routes": ["GET /tweets"]}, "halcyon", []),
    ],
    ids=["backoff", "users", "no more users than stated"],
)
def test_the_requests_that_a_finding_rests_on_are_as_many_as_it_measured(
    tmp_path: Path, clause: dict[str, Any], key: str, positions: list[int]
) -> None:
    rows = [{**row, "position": place} for place, row in enumerate(drawn(a_request, ROWS), 1)]
    measure = judge_clause(tmp_path, rows, clause, licensee=LICENSEE).measures[key]
    over = [{"start_at": to_instant(one.start_us), "end_at": to_instant(one.end_us)} for one in measure.windows]
    connection = connect()
    connection.register("request", as_table(REQUEST, rows))

    rests = rests_on(a_version(STATED | clause).clauses[0], recount_of(key), over)
    found = evidence_rows(
        connection, lambda table, _: f"SELECT * FROM {table.name}", "halcyon", {"f": rests} if rests else {}
    )

    assert (found["f"].column("position").to_pylist() if found else []) == positions
    assert bool(found) == (measure.verdict == "exceeded")
    assert not positions or len(positions) == measure.used


def test_no_sql_checks_what_no_log_can() -> None:
    [clause] = a_version(STATED | {"kind": "text"}).clauses

    assert recount_sql(clause, recount_of(None)) is None


def test_the_sql_of_a_fee_adds_up_its_month() -> None:
    [clause] = a_version(STATED | {"kind": "fee", "of": "records", "currency": "USD", "price": "1.00"}).clauses
    recount = recount_of("2022-03")

    assert counted_again(drawn(a_request, ROWS), str(recount_sql(clause, recount))) == [("2022-03", 6, 25, 0)]


def test_the_sql_of_users_counts_each_once() -> None:
    [clause] = a_version(STATED | {"kind": "declared", "users": 2}).clauses
    recount = recount_of(None)

    assert counted_again(drawn(a_request, ROWS), str(recount_sql(clause, recount))) == [(3,)]


def test_the_sql_of_the_standing_rules_lists_requests_outside() -> None:
    rows = drawn(a_request, ROWS)
    bindings = bindings_of(a_version(in_force_from="2022-03-01T10:00:03Z"))
    recount = recount_of("monitor")

    assert len(counted_again(rows, standing_sql(AGREEMENT_IN_FORCE, recount, bindings))) == 4
    assert len(counted_again(rows, standing_sql(REGISTERED_APP, recount, bindings))) == 1


def test_what_a_caller_controls_stays_text() -> None:
    hostile = "';DROP/**/TABLE/**/request;--"
    licensee = a_licensee({"app": "monitor"}, name=hostile)
    [clause] = a_version(STATED | {"kind": "routes", "allowed": [f"GET /{hostile}"]}).clauses
    recount = Recount(licensee=licensee, span=a_period(), zone=ZoneInfo("Etc/UTC"), key=hostile, reading="as written")

    assert counted_again(drawn(a_request, ROWS), str(recount_sql(clause, recount))) == []
