"""`evidence/<finding id>.parquet`: the requests that each finding rests on, the earliest first, so many and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from tallystick.agreements.load import Binding
from tallystick.clauses.resting import Resting, rests_on, standing_rests_on
from tallystick.clauses.sql import Recount
from tallystick.clauses.statement import statements
from tallystick.clauses.usage_reader import Relation
from tallystick.duck import quote_text
from tallystick.period import DAY_US, Period, to_instant
from tallystick.register.model import Licensee
from tallystick.report.callers import CLIENT
from tallystick.report.condition import by_name, measure_of
from tallystick.report.evidence_sql import chosen
from tallystick.tables.request import REQUEST

Row = Mapping[str, Any]

MOST = 10_000
"""Rows of one finding: enough to look into, whatever its size; the finding itself says how many there are."""

MOST_DAYS = 64
"""Days that are read at once; reading begins with one and goes on with twice as many, until all files are full."""

COLUMNS = """received_at, source, file_id, position, request_id, app,
    CASE
        WHEN credential LIKE 'hmac:%' THEN '…' || split_part(credential, '…', -1)
        WHEN credential_id NOT LIKE 'hmac:%' THEN credential_id
    END AS credential_hint,
    method, route, status, records, response_bytes"""
"""What is told of a request: of a secret its hint alone, no address, no path and no name of a person."""
CLIENTS = f"{COLUMNS}, client_address AS {CLIENT}"
"""The same and who called, where the settings want that."""


def resting_of(
    findings: Sequence[Row],
    measures: Sequence[Row],
    bindings: tuple[Binding, ...],
    licensee: Licensee,
    period: Period,
    zone: ZoneInfo,
) -> dict[str, Resting]:
    """By finding id what it rests on, where the log can tell that request by request."""
    stated = {(one.version, one.clause): one for one in statements(bindings, period)}
    named = by_name(measures)
    found: dict[str, Resting] = {}
    for finding in findings:
        statement, measure = stated[finding["version"], finding["clause"]], measure_of(finding, named)
        if measure is None:
            continue
        binding = next((one for one in bindings if one.version.version == finding["version"]), None)
        recount = Recount(
            licensee=licensee,
            span=(binding.within(period) if binding else None) or period,
            zone=binding.version.zone if binding else zone,
            key=measure["key"],
            reading=measure["reading"],
        )
        rests: Resting | None = None
        if statement.version is None:
            rests = standing_rests_on(statement.clause, recount, bindings)
        elif statement.model is not None:
            windows = [window for window in finding["windows"] if window["reading"] == measure["reading"]]
            rests = rests_on(statement.model, recount, windows)
        if rests is not None and rests.stretches:
            found[finding["id"]] = rests
    return found


def evidence_rows(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    licensee: str,
    resting: Mapping[str, Resting],
    columns: str = COLUMNS,
) -> dict[str, pa.Table]:
    """For each finding id its requests, by time, file and position; at most MOST, the first of all.

    `columns` are COLUMNS or CLIENTS; addresses in the latter are as logged. A request too soon after a refusal has that
    one's instant and place beside it, the first one of a user how many there were with it. Days are read in order, each
    once for all findings of the licensee, and none after the last file is full.
    """
    connection.execute('CREATE OR REPLACE TEMP TABLE told_user (finding VARCHAR, stretch BIGINT, "user" VARCHAR)')
    found: dict[str, list[pa.Table]] = {finding: [] for finding in resting}
    days = _days(resting.values())
    at, many = 0, 1
    while at < len(days):
        open_still = {one: rests for one, rests in resting.items() if _rows(found[one]) < MOST}
        if not open_still:
            break
        chunk = days[at : at + many]
        at, many = at + len(chunk), min(2 * many, MOST_DAYS)
        if not any(_meets(rests, chunk) for rests in open_still.values()):
            continue
        before = [chunk[0] - 1] if any(rests.after for rests in open_still.values()) else []
        named = [to_instant(day * DAY_US).date().isoformat() for day in (*before, *chunk)]
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE own_request AS SELECT * FROM ({relation(REQUEST, {'event_date': named})}) "
            f"WHERE licensee = {quote_text(licensee)} AND NOT is_duplicate"
        )
        for finding, rests in open_still.items():
            if _meets(rests, chunk):
                room = MOST - _rows(found[finding])
                found[finding].append(chosen(connection, finding, rests, chunk, columns, room))
    connection.execute("DROP TABLE IF EXISTS own_request")
    connection.execute("DROP TABLE told_user")
    return {finding: pa.concat_tables(tables) for finding, tables in found.items() if _rows(tables)}


def _days(resting: Iterable[Resting]) -> list[int]:
    """Every UTC day that some stretch touches, as days since 1970, in order."""
    return sorted(
        {
            day
            for rests in resting
            for start_us, end_us in rests.stretches
            for day in range(start_us // DAY_US, -(-end_us // DAY_US))
        }
    )


def _meets(rests: Resting, chunk: Sequence[int]) -> bool:
    days = range(chunk[0], chunk[-1] + 1)
    return any(start // DAY_US < days.stop and -(-end // DAY_US) > days.start for start, end in rests.stretches)


def _rows(tables: Sequence[pa.Table]) -> int:
    return sum(table.num_rows for table in tables)
