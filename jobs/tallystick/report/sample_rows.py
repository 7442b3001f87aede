"""The rows of a sample.parquet that somebody handed over, read with suspicion."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

from tallystick.evidence.document import NotAsPromisedError
from tallystick.evidence.sample_rules import SampleRow

MOST_ROWS = 1_000_000
"""More than any sample has: its size, and one for each app and month."""
MOST_BYTES = 1 << 28


def sample_rows(data: bytes) -> list[SampleRow]:
    """Each row by app, UTC month, file and position; NotAsPromisedError when the bytes are no sample.parquet."""
    try:
        with pq.ParquetFile(io.BytesIO(data), pre_buffer=False, page_checksum_verification=True) as file:
            decoded = sum(file.metadata.row_group(group).total_byte_size for group in range(file.num_row_groups))
            if file.metadata.num_rows > MOST_ROWS or decoded > MOST_BYTES:
                raise NotAsPromisedError("(all)", expected="rows that fit its size", found="more")
            rows = file.read(columns=["app", "received_at", "file_id", "position"], use_threads=False)
        app, file_id = (rows[name].cast(pa.string()).to_pylist() for name in ("app", "file_id"))
        at = rows["received_at"].cast(pa.timestamp("us", tz="UTC")).cast(pa.string()).to_pylist()
        position = rows["position"].cast(pa.int64()).to_pylist()
        if None in (*at, *file_id, *position):
            raise NotAsPromisedError("(all)", expected="an instant and a place in each row", found="none")
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError):
        raise NotAsPromisedError(
            "(all)", expected="the columns of a sample.parquet", found="others, or damage"
        ) from None
    return [
        SampleRow(app=one, month=instant[:7], file_id=file, position=place)
        for one, instant, file, place in zip(app, at, file_id, position, strict=True)
    ]
