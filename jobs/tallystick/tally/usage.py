"""One UTC day of requests into the `usage_*` tables: exact sums, each from the finest grain of the day."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tallystick.duck import WrittenFile, quote_name, write_file
from tallystick.tables import Table
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT
from tallystick.tables.usage_credential import USAGE_CREDENTIAL
from tallystick.tally.scope import KEY, condition
from tallystick.tally.summary import PeakSummary, SlotSummary
from tallystick.tally.windows import Integers, calendar_sums, sliding_sums

SLOT_AT = "make_timestamptz(slot * 900000000)"
IS_THROTTLED = "coalesce(status = 429, false)"

AMOUNTS = """CAST(sum(requests) AS BIGINT) AS requests,
    CAST(sum(records) AS BIGINT) AS records,
    CAST(sum(records_unknown) AS BIGINT) AS records_unknown,
    CAST(sum(response_bytes) AS BIGINT) AS response_bytes,
    CAST(sum(response_bytes_unknown) AS BIGINT) AS response_bytes_unknown,
    min(first_at) AS first_at,
    max(last_at) AS last_at"""

ERRORS = "CAST(coalesce(sum(requests) FILTER (status >= 400 AND status <> 429), 0) AS BIGINT) AS errors"

STANDING: dict[Table, str] = {
    USAGE_APP_SLOT: f"SELECT licensee, app, {SLOT_AT} AS slot_at, {IS_THROTTLED} AS is_throttled, {ERRORS}, {AMOUNTS} "
    "FROM fine GROUP BY ALL ORDER BY ALL",
    USAGE_APP_ROUTE: f"SELECT licensee, app, method, route, status, {AMOUNTS} FROM fine GROUP BY ALL ORDER BY ALL",
    USAGE_CREDENTIAL: f"SELECT licensee, app, credential_id, {IS_THROTTLED} AS is_throttled, {AMOUNTS} "
    "FROM fine GROUP BY ALL ORDER BY ALL",
}
"""The tables that every day has, each with the SQL that makes it from the day's finest grain."""


def sum_finely(connection: duckdb.DuckDBPyConnection, request: str) -> None:
    """Make `request` (the day's rows) and `fine` (their sums) on the connection."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW request AS {request}")
    connection.execute(files("tallystick.tally").joinpath("usage.sql").read_text("utf-8"))


def write_standing(
    connection: duckdb.DuckDBPyConnection, table: Table, root: Path, *, day: str, name: str
) -> WrittenFile:
    """Write one standing table's rows of the day."""
    return write_file(connection, STANDING[table], root, partition={"event_date": day}, name=name)


def lay_out_slots(
    connection: duckdb.DuckDBPyConnection, summary: SlotSummary, whose: str, edge: str, *, day: str
) -> str:
    """SQL for one summary's rows of `usage_scope`, over `fine` and `request`; day.LAY_OUT says what it is given."""
    where = f"{whose} AND ({condition(summary.scope)})"
    served = f"CAST(coalesce(sum(requests) FILTER (NOT {IS_THROTTLED}), 0) AS BIGINT) AS served"
    if summary.is_of_requests:
        source = (
            f"SELECT licensee, {KEY[summary.per]} AS key, status, "
            "epoch_us(received_at) // 900000000 AS slot, 1 AS requests, "
            "coalesce(records, 0) AS records, CAST(records IS NULL AS BIGINT) AS records_unknown, "
            "coalesce(response_bytes, 0) AS response_bytes, CAST(response_bytes IS NULL AS BIGINT) AS "
            "response_bytes_unknown, received_at AS first_at, received_at AS last_at FROM request "
            f"WHERE NOT is_duplicate AND {where}"
        )
    else:
        source = f"SELECT *, {KEY[summary.per]} AS key FROM fine WHERE {where}"
    return f"SELECT licensee, key, {SLOT_AT} AS slot_at, {served}, {AMOUNTS} FROM ({source}) GROUP BY ALL ORDER BY ALL"


def lay_out_peaks(
    connection: duckdb.DuckDBPyConnection, summary: PeakSummary, whose: str, edge: str, *, day: str
) -> str:
    """SQL for one summary's rows of `usage_peak`, over tables that it leaves on the connection; as `lay_out_slots`."""
    start_us = int(np.datetime64(day, "us").astype(np.int64))
    amount = "1" if summary.of == "requests" else quote_name(summary.of)
    where = f"NOT is_duplicate AND {whose} AND {KEY[summary.per]} IS NOT NULL AND ({condition(summary.scope)})"
    columns = f"licensee, {KEY[summary.per]} AS key, epoch_us(received_at) AS at_us, CAST({amount} AS BIGINT) AS amount"
    chosen = f"SELECT {columns}"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE counted AS {chosen} FROM request WHERE {where} "
        f"UNION ALL {chosen} FROM ({edge}) WHERE {where} AND epoch_us(received_at) > {start_us - summary.length_us}"
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE owner AS
        SELECT *, row_number() OVER (ORDER BY licensee, key) - 1 AS owner FROM (
            SELECT licensee, key, count(*) AS counted, count(*) - count(amount) AS unknown,
                CAST(coalesce(sum(amount), 0) AS BIGINT) AS used
            FROM counted WHERE at_us >= {start_us} GROUP BY licensee, key
        )"""
    )
    arrays = connection.execute(
        "SELECT owner, at_us, amount FROM counted INNER JOIN owner USING (licensee, key) WHERE amount IS NOT NULL "
        "ORDER BY owner, at_us"
    ).fetchnumpy()
    connection.register("peak", _peaks(arrays, summary, start_us))
    return (
        "SELECT licensee, key, counted, unknown, used, peak, make_timestamptz(peak_us) AS peak_at, own_peak, "
        "make_timestamptz(own_peak_us) AS own_peak_at FROM owner LEFT JOIN peak USING (owner) ORDER BY licensee, key"
    )


def _peaks(arrays: Mapping[str, Any], summary: PeakSummary, start_us: int) -> pa.Table:
    """Per owner the largest window sum among the day's own requests, and when it is first reached.

    Once with the edge from the day before, and once without it, which changes only windows that reach over midnight.
    """
    owners, at_us, amounts = (np.asarray(arrays[name], np.int64) for name in ("owner", "at_us", "amount"))
    window_sums = sliding_sums if summary.window == "sliding" else calendar_sums
    sums = window_sums(owners, at_us, amounts, summary.length_us)
    own = at_us >= start_us
    owners, at_us, amounts, sums = owners[own], at_us[own], amounts[own], sums[own]
    early = at_us < start_us + summary.length_us
    own_sums = sums.copy()
    own_sums[early] = window_sums(owners[early], at_us[early], amounts[early], summary.length_us)
    begins = (
        np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]])) if len(owners) else np.zeros(0, np.intp)
    )
    peaks, firsts = _largest(sums, begins)
    own_peaks, own_firsts = _largest(own_sums, begins)
    return pa.table(
        {
            "owner": owners[begins],
            "peak": peaks,
            "peak_us": at_us[firsts],
            "own_peak": own_peaks,
            "own_peak_us": at_us[own_firsts],
        }
    )


def _largest(sums: Integers, begins: NDArray[np.intp]) -> tuple[Integers, NDArray[np.intp]]:
    """The largest of each run of `sums` that begins at `begins`, and the first place in the run that has it."""
    if not len(begins):
        return np.zeros(0, np.int64), np.zeros(0, np.intp)
    peaks = np.maximum.reduceat(sums, begins)
    reached = np.flatnonzero(sums == np.repeat(peaks, np.diff(np.append(begins, len(sums)))))
    return peaks, reached[np.searchsorted(reached, begins)]
