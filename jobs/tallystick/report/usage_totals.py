"""The sums of a usage.parquet that somebody handed over: added up exactly, and read with suspicion."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tallystick.evidence.document import NotAsPromisedError
from tallystick.evidence.totals import UsageTotals

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
ADDED = {
    "requests": "requests",
    "records.sum": "records",
    "records.unknown": "records_unknown",
    "response_bytes.sum": "response_bytes",
    "response_bytes.unknown": "response_bytes_unknown",
    "errors": "errors",
    "throttled": "throttled",
}
"""For each of `totals.SUMMARY` the column that gives it; `throttled` are the requests of rows that were refused."""
_MOST_ROWS_A_BYTE, _MOST_BYTES = 1_000, 1 << 31
WIDE = pa.decimal128(38, 0)
"""What sums are made in: no number of rows of 64-bit integers can pass it."""


def usage_totals(data: bytes) -> UsageTotals:
    """Add up the rows; NotAsPromisedError when the bytes are no usage.parquet."""
    try:
        with pq.ParquetFile(io.BytesIO(data), pre_buffer=False, page_checksum_verification=True) as file:
            decoded = sum(file.metadata.row_group(group).total_byte_size for group in range(file.num_row_groups))
            if file.metadata.num_rows > _MOST_ROWS_A_BYTE * len(data) or decoded > _MOST_BYTES:
                raise NotAsPromisedError("(all)", expected="rows that fit its size", found="more")
            slots = file.read(columns=list(COLUMNS), use_threads=False)
        whole = {name: slots[name].cast(pa.int64()) for name in COLUMNS[2:]}
        whole["throttled"] = pc.multiply_checked(whole["requests"], slots["is_throttled"].cast(pa.int64()))
        sums = {name: int(pc.sum(column.cast(WIDE)).as_py() or 0) for name, column in whole.items()}
        apps = _by_app(slots["app"].cast(pa.string()).combine_chunks(), whole["requests"].combine_chunks())
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError):
        raise NotAsPromisedError(
            "(all)", expected="the columns of a usage.parquet", found="others, or damage"
        ) from None
    return UsageTotals(summary={path: sums[name] for path, name in ADDED.items()}, apps=apps)


def _by_app(apps: pa.Array, requests: pa.Array) -> dict[str | None, int]:
    """The requests of each app. Arrow's own grouping would import pandas, which takes longer than all the rest."""
    coded = apps.dictionary_encode(null_encoding="encode")
    counts = {row["values"]: row["counts"] for row in coded.indices.value_counts().to_pylist()}
    running = pc.cumulative_sum_checked(requests.take(pc.sort_indices(coded.indices)))
    names, found, before, row = coded.dictionary.to_pylist(), {}, 0, 0
    for code in sorted(counts):
        row += counts[code]
        until = running[row - 1].as_py()
        found[names[code]] = until - before
        before = until
    return found
