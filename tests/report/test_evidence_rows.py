from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import duckdb
import pytest

from tallystick.clauses.resting import Resting
from tallystick.duck import connect
from tallystick.period import DAY_US, to_us
from tallystick.report.evidence_rows import MOST, evidence_rows
from tallystick.tables import Table
from tallystick.tally.summary import BackoffSummary

FIRST_US = to_us(datetime(2022, 1, 1, tzinfo=UTC))
MAKE = """
CREATE TABLE request AS
SELECT
    make_timestamptz(1640995200000000 + i * 60000000) AS received_at,
    DATE '2022-01-01' + CAST(i // 1440 AS INTEGER) AS event_date,
    'gateway' AS source, 'f' || (i % 3) AS file_id, i AS position, 'r' || i AS request_id, 'GET' AS method,
    '/2/posts' AS route, 200 AS status, 5 AS records, 700 AS response_bytes, '192.0.2.7' AS client_address,
    CASE i % 3 WHEN 0 THEN 'hmac:0123…abcd' ELSE 'key-1' END AS credential,
    CASE i % 3 WHEN 0 THEN 'hmac:0123…abcd' WHEN 1 THEN 'key-1' END AS credential_id,
    CASE WHEN i % 10 = 9 THEN 'other' ELSE 'halcyon' END AS licensee,
    'app-' || (i % 2) AS app, i % 7 = 6 AS is_duplicate
FROM range(30000) AS minute (i)
"""


@pytest.fixture(scope="module")
def lake() -> duckdb.DuckDBPyConnection:
    """A request every minute from the first of January on: one in ten another's, one in seven a duplicate."""
    connection = connect()
    connection.execute(MAKE)
    return connection


def relation(table: Table, wanted: Mapping[str, Collection[str]]) -> str:
    days = ", ".join(f"DATE '{day}'" for day in wanted["event_date"])
    return f"SELECT * FROM {table.name} WHERE event_date IN ({days})"


def days(first: int, end: int) -> tuple[int, int]:
    return FIRST_US + first * DAY_US, FIRST_US + end * DAY_US


def test_only_the_licensees_own_requests_that_count_are_in_it(lake: duckdb.DuckDBPyConnection) -> None:
    found = evidence_rows(lake, relation, "halcyon", {"f-1": Resting(test="app = 'app-0'", stretches=(days(0, 1),))})

    positions = found["f-1"].column("position").to_pylist()
    assert positions == [i for i in range(1440) if i % 2 == 0 and i % 10 != 9 and i % 7 != 6]


def test_of_many_requests_the_first_are_in_it(lake: duckdb.DuckDBPyConnection) -> None:
    found = evidence_rows(lake, relation, "halcyon", {"f-1": Resting(test="true", stretches=(days(0, 20),))})

    counted = [i for i in range(20 * 1440) if i % 10 != 9 and i % 7 != 6]
    assert len(counted) > MOST
    assert found["f-1"].column("position").to_pylist() == counted[:MOST]


def test_only_the_stretches_of_time_are_read(lake: duckdb.DuckDBPyConnection) -> None:
    stretches = (days(2, 3), (FIRST_US + 5 * DAY_US, FIRST_US + 5 * DAY_US + 180_000_000))
    found = evidence_rows(lake, relation, "halcyon", {"f-1": Resting(test="true", stretches=stretches)})

    positions = found["f-1"].column("position").to_pylist()
    assert positions[0] == 2 * 1440
    assert [one for one in positions if one >= 3 * 1440] == [7200, 7201]  # the next one is a duplicate


def test_a_secret_is_told_by_its_hint_and_no_address_is(lake: duckdb.DuckDBPyConnection) -> None:
    found = evidence_rows(lake, relation, "halcyon", {"f-1": Resting(test="true", stretches=(days(0, 1),))})

    assert set(found["f-1"].column("credential_hint").to_pylist()) == {"…abcd", "key-1", None}
    assert "client_address" not in found["f-1"].column_names


def test_a_finding_without_any_request_has_no_file(lake: duckdb.DuckDBPyConnection) -> None:
    resting = {
        "f-1": Resting(test="false", stretches=(days(0, 3),)),
        "f-2": Resting(test="true", stretches=()),
        "f-3": Resting(test="true", stretches=(days(0, 1),)),
    }

    assert list(evidence_rows(lake, relation, "halcyon", resting)) == ["f-3"]


@pytest.fixture(scope="module")
def refused() -> duckdb.DuckDBPyConnection:
    """Three calls a day of one app, at 23:59:50, 23:59:58 and, on the next day, 00:00:05; the first is refused."""
    connection = connect()
    connection.execute(
        """CREATE TABLE request AS
        SELECT
            make_timestamptz(us) AS received_at, CAST(make_timestamptz(us) AT TIME ZONE 'UTC' AS DATE) AS event_date,
            'gateway' AS source, 'f1' AS file_id, row_number() OVER (ORDER BY us) AS position, NULL AS request_id,
            'GET' AS method, '/' AS route, CASE call WHEN 0 THEN 429 ELSE 200 END AS status, 5 AS records,
            700 AS response_bytes, '192.0.2.7' AS client_address, 'key-1' AS credential, 'key-1' AS credential_id,
            'halcyon' AS licensee, 'app-0' AS app, 'user-' || (day % 4) AS "user", false AS is_duplicate
        FROM (
            SELECT
                day, call,
                1640995200000000 + day * 86400000000 + [86390, 86398, 86405][call + 1]::BIGINT * 1000000 AS us
            FROM range(80) AS days (day), range(3) AS calls (call)
        )"""
    )
    return connection


@pytest.mark.parametrize(("seconds", "positions"), [(10, [2, 5, 8]), (20, [2, 3, 5, 6, 8, 9])])
def test_a_call_too_soon_has_its_refusal_beside_it_also_across_midnight(
    refused: duckdb.DuckDBPyConnection, seconds: int, positions: list[int]
) -> None:
    after = BackoffSummary(per="app", length_us=seconds * 1_000_000)
    rests = Resting(test="app = 'app-0'", stretches=(days(0, 80),), after=after)

    rows = evidence_rows(refused, relation, "halcyon", {"f-1": rests})["f-1"].to_pylist()

    assert [row["position"] for row in rows][: len(positions)] == positions
    assert len(rows) == 80 * len(positions) // 3 - (seconds == 20)  # the last call is of a day that is not judged
    assert {row["refused_position"] for row in rows[:2]} == ({1} if seconds == 20 else {1, 4})
    assert all((row["received_at"] - row["refused_at"]).total_seconds() < seconds for row in rows)
    assert {row["refused_file_id"] for row in rows} == {"f1"}


def test_a_refusal_before_what_is_judged_opens_no_window(refused: duckdb.DuckDBPyConnection) -> None:
    after = BackoffSummary(per="app", length_us=20_000_000)
    rests = Resting(test="app = 'app-0'", stretches=(days(1, 2),), after=after)

    rows = evidence_rows(refused, relation, "halcyon", {"f-1": rests})["f-1"].to_pylist()
    assert [row["position"] for row in rows] == [5]


def test_of_users_the_first_request_of_each_is_in_it_with_how_many_there_were(
    refused: duckdb.DuckDBPyConnection,
) -> None:
    stretches = (days(0, 6), days(6, 80))
    resting = {"f-1": Resting(test="true", stretches=stretches, by_user=True)}

    rows = evidence_rows(refused, relation, "halcyon", resting)["f-1"].to_pylist()

    assert [(row["position"], row["user_number"]) for row in rows] == [
        *((1 + 3 * day, 1 + day) for day in range(4)),
        *((position, number) for number, position in enumerate((18, 19, 22, 25), 1)),
    ]
    assert "user" not in rows[0]
