"""SQL that picks the requests of one finding out of the days that are laid out as `own_request`, a chunk at a time."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from tallystick.clauses.resting import Resting, Stretch
from tallystick.duck import quote_text
from tallystick.period import DAY_US
from tallystick.tally.backoff import after_refusals
from tallystick.tally.summary import BackoffSummary

ORDER = "received_at, file_id, position"


def chosen(
    connection: duckdb.DuckDBPyConnection, finding: str, rests: Resting, chunk: Sequence[int], columns: str, room: int
) -> pa.Table:
    """The first `room` requests of some days (since 1970, in a row) that a finding rests on, by time, file, position.

    Beside `columns` a request too soon after a refusal has `refused_at`, `refused_file_id` and `refused_position`; the
    first request of a user has `user_number`, counted from 1 in each stretch. `told_user` remembers users of earlier
    days.
    """
    start_us, end_us = chunk[0] * DAY_US, (chunk[-1] + 1) * DAY_US
    inside = [
        (place, (max(start, start_us), min(end, end_us)))
        for place, (start, end) in enumerate(rests.stretches)
        if start < end_us and end > start_us
    ]
    if rests.by_user:
        return _first_of_users(connection, finding, rests.test, inside, columns, room)
    called = f"SELECT * FROM own_request WHERE ({rests.test}) AND ({' OR '.join(_lies_in(one) for _, one in inside)})"
    if rests.after is not None:
        since_us = max(start_us - rests.after.length_us + 1, rests.stretches[0][0])
        earlier = f"SELECT * FROM own_request WHERE ({rests.test}) AND {_lies_in((since_us, start_us))}"
        called = _too_soon(rests.after, called, earlier, rests.test)
        columns = f"{columns}, refused_at, refused_file_id, refused_position"
    return connection.execute(f"SELECT {columns} FROM ({called}) ORDER BY {ORDER} LIMIT {room}").to_arrow_table()


def _too_soon(summary: BackoffSummary, called: str, earlier: str, test: str) -> str:
    """SQL that yields the requests inside a refusal's window, and where the last refusal before each stands."""
    refusals = (
        "SELECT epoch_us(received_at) AS us, file_id, position FROM own_request "
        f"WHERE ({test}) AND status = 429 "
        "QUALIFY row_number() OVER (PARTITION BY received_at ORDER BY file_id, position) = 1"
    )
    return (
        "SELECT soon.*, make_timestamptz(soon.refused_us) AS refused_at, refusal.file_id AS refused_file_id, "
        f"refusal.position AS refused_position FROM ({after_refusals(summary, called, earlier)}) AS soon "
        f"INNER JOIN ({refusals}) AS refusal ON refusal.us = soon.refused_us"
    )


def _first_of_users(
    connection: duckdb.DuckDBPyConnection,
    finding: str,
    test: str,
    inside: Sequence[tuple[int, Stretch]],
    columns: str,
    room: int,
) -> pa.Table:
    cases = " ".join(f"WHEN {_lies_in(one)} THEN {place}" for place, one in inside)
    told = f"finding = {quote_text(finding)}"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE new_user AS
        WITH meant AS (
            SELECT *, CASE {cases} END AS stretch FROM own_request WHERE ({test}) AND "user" IS NOT NULL
        ),
        earliest AS (
            SELECT * FROM meant WHERE stretch IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY stretch, "user" ORDER BY {ORDER}) = 1
        )
        SELECT earliest.* FROM earliest
        ANTI JOIN (SELECT stretch, "user" FROM told_user WHERE {told}) AS told USING (stretch, "user")"""
    )
    rows = connection.execute(
        f"""WITH before AS (SELECT stretch, count(*) AS users FROM told_user WHERE {told} GROUP BY stretch)
        SELECT {columns}, coalesce(users, 0) + row_number() OVER (PARTITION BY stretch ORDER BY {ORDER}) AS user_number
        FROM new_user LEFT JOIN before USING (stretch) ORDER BY {ORDER} LIMIT {room}"""
    ).to_arrow_table()
    connection.execute(f'INSERT INTO told_user SELECT {quote_text(finding)}, stretch, "user" FROM new_user')
    connection.execute("DROP TABLE new_user")
    return rows


def _lies_in(stretch: Stretch) -> str:
    start_us, end_us = stretch
    return f"(epoch_us(received_at) >= {start_us} AND epoch_us(received_at) < {end_us})"
