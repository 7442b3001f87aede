"""The sums of a usage.parquet that somebody handed over: added up exactly, and read with suspicion."""

from __future__ import annotations

import io

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tallystick.duck import connect
from tallystick.evidence.document import NotAsPromisedError
from tallystick.evidence.totals import SUMMARY, UsageTotals

COLUMNS = (
    "app",
    "is_throttled",
    "errors",
    "requests",
    "records",
    "records_unknown",
    "response_bytes",
    "response_bytes_unknown",
)
_MOST_ROWS_A_BYTE, _MOST_BYTES = 1_000, 1 << 31
SUMS = """SELECT app,
    sum(requests),
    coalesce(sum(records), 0),
    sum(records_unknown),
    coalesce(sum(response_bytes), 0),
    sum(response_bytes_unknown),
    sum(errors),
    coalesce(sum(requests) FILTER (is_throttled), 0)
FROM slots
GROUP BY app"""
"""One row an app, in the order of `totals.SUMMARY`; sums of integers are 128 bits wide and never wrap."""


def usage_totals(data: bytes) -> UsageTotals:
    """Add up the rows; NotAsPromisedError when the bytes are no usage.parquet."""
    try:
        with pq.ParquetFile(io.BytesIO(data), pre_buffer=False, page_checksum_verification=True) as file:
            decoded = sum(file.metadata.row_group(group).total_byte_size for group in range(file.num_row_groups))
            if file.metadata.num_rows > _MOST_ROWS_A_BYTE * len(data) or decoded > _MOST_BYTES:
                raise NotAsPromisedError("(all)", expected="rows that fit its size", found="more")
            slots = file.read(columns=list(COLUMNS), use_threads=False)
        with connect() as connection:
            rows = connection.register("slots", slots).execute(SUMS).fetchall()
        sums = [[int(value) for value in row[1:]] for row in rows]
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, duckdb.Error):
        raise NotAsPromisedError(
            "(all)", expected="the columns of a usage.parquet", found="others, or damage"
        ) from None
    total = [sum(column) for column in zip(*sums, strict=True)] or [0] * len(SUMMARY)
    return UsageTotals(
        summary=dict(zip(SUMMARY, total, strict=True)),
        apps={row[0]: requests for row, (requests, *_) in zip(rows, sums, strict=True)},
    )
