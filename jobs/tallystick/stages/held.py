"""What each log object holds of one licensee and of nobody, from `usage_file`: how much, in which hours, how late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from tallystick.errors import NotTalliedError
from tallystick.report.completeness import repeated, touches
from tallystick.stages.audited import Audited
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.source_file import SOURCE_FILE
from tallystick.tables.usage_file import USAGE_FILE

Row = Mapping[str, Any]

MINE = "(licensee = $licensee OR licensee IS NULL)"
LATE_DAYS = 2
"""An entry is late where its log object has one of a UTC day so many days after its own."""


def lay_out_files(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, days: Sequence[str]) -> None:
    """Make the table `usage_file` on `connection`: of some days, and of the others that those days' objects touch."""
    touched = {
        str(one["event_date"])
        for row in snapshot.rows(SOURCE_FILE)
        if row["state"] == "read" and touches(row, frozenset(days))
        for one in row["days"]
        if one["event_date"] is not None
    }
    rows = snapshot.relation(USAGE_FILE, {"event_date": sorted({*days, *touched})})
    connection.execute(f"CREATE TABLE usage_file AS SELECT * FROM ({rows}) ORDER BY licensee")


def held(connection: duckdb.DuckDBPyConnection, audited: Audited) -> list[dict[str, Any]]:
    """What each log object holds, on the days of an audit, of its licensee and of nobody (`licensee` is None)."""
    sums = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in ("requests", "duplicate", "conflict"))
    return _rows(
        connection,
        audited,
        f"SELECT licensee, source, file_id, {sums} FROM usage_file "
        f"WHERE {MINE} AND event_date BETWEEN $first AND $last GROUP BY licensee, source, file_id ORDER BY ALL",
    )


def hours_held(
    connection: duckdb.DuckDBPyConnection, audited: Audited, source_files: Sequence[Row]
) -> dict[tuple[str, str], int]:
    """By source and UTC day of an audit a bit for each hour in which it has an entry, again where it was repeated.

    Raises NotTalliedError where a version that did not keep hours built a day.
    """
    again = repeated(source_files)
    few = ", ".join(f"'{file_id}'" for file_id in sorted(again)) or "NULL"
    rows = _rows(
        connection,
        audited,
        "SELECT source, event_date, CAST(bit_or(hours) AS INTEGER) AS hours, bool_or(hours IS NULL) AS is_old, "
        f"CASE WHEN file_id IN ({few}) THEN file_id END AS repeated FROM usage_file "
        f"WHERE {MINE} AND event_date BETWEEN $first AND $last GROUP BY ALL",
    )
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        if row["is_old"]:
            raise NotTalliedError(
                f"usage_file of {row['event_date']} was built by an earlier version, which kept no hours",
                next_step="tallystick tally",
            )
        source, day = row["source"], str(row["event_date"])
        for name in (source, *(to + source.removeprefix(of) for of, to in again.get(row["repeated"], ()))):
            found[name, day] = found.get((name, day), 0) | row["hours"]
    return found


def held_late(connection: duckdb.DuckDBPyConnection, audited: Audited) -> list[dict[str, Any]]:
    """Of each log object that brought entries of the days of an audit late: which days, and how many entries."""
    return _rows(
        connection,
        audited,
        "WITH holds AS (SELECT file_id, event_date, sum(requests + duplicate) AS entries FROM usage_file "
        f"WHERE {MINE} AND event_date >= $first GROUP BY ALL), "
        "until AS (SELECT file_id, max(event_date) AS last_date FROM holds GROUP BY file_id) "
        "SELECT file_id, min(event_date) AS first_date, last_date, CAST(sum(entries) AS BIGINT) AS entries "
        f"FROM holds JOIN until USING (file_id) WHERE event_date <= least($last, last_date - {LATE_DAYS}) "
        "GROUP BY file_id, last_date ORDER BY file_id",
    )


def _rows(connection: duckdb.DuckDBPyConnection, audited: Audited, query: str) -> list[dict[str, Any]]:
    named = {
        "licensee": audited.licensee.licensee,
        "first": date.fromisoformat(audited.days[0]),
        "last": date.fromisoformat(audited.days[-1]),
    }
    rows: list[dict[str, Any]] = connection.execute(query, named).to_arrow_table().to_pylist()
    return rows
