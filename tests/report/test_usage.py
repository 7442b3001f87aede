from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from report.usage_rows import usage_rows
from tallystick.report.usage import usage_parquet


def test_rows_in_another_order_and_other_chunks_give_the_same_bytes() -> None:
    usage = usage_rows()
    shuffled = usage.take(pa.array(reversed(range(usage.num_rows))))
    chunked = pa.concat_tables([shuffled.slice(0, 3), shuffled.slice(3)])

    assert usage_parquet(chunked) == usage_parquet(usage)


def test_what_other_libraries_note_in_a_schema_does_not_travel() -> None:
    noted = usage_rows().replace_schema_metadata({"pandas": "{}", "host": "somewhere"})

    assert usage_parquet(noted) == usage_parquet(usage_rows())
    assert pq.read_metadata(io.BytesIO(usage_parquet(noted))).metadata is None


def test_rows_come_back_sorted_with_their_types() -> None:
    read = pq.read_table(io.BytesIO(usage_parquet(usage_rows())))

    assert read.column("event_date").to_pylist() == sorted(usage_rows().column("event_date").to_pylist())
    assert read.schema.field("slot_at").type == pa.timestamp("us", tz="UTC")
    assert read.schema.field("requests").type == pa.int64()
    assert sum(read.column("requests").to_pylist()) == sum(usage_rows().column("requests").to_pylist())


def test_columns_are_compressed_with_zstd() -> None:
    metadata = pq.read_metadata(io.BytesIO(usage_parquet(usage_rows())))

    assert {metadata.row_group(0).column(index).compression for index in range(metadata.num_columns)} == {"ZSTD"}
    assert metadata.created_by.startswith("parquet-cpp-arrow version ")


def test_no_usage_is_a_file_without_rows() -> None:
    read = pq.read_table(io.BytesIO(usage_parquet(usage_rows().slice(0, 0))))

    assert read.num_rows == 0
    assert read.column_names == usage_rows().column_names


def test_rows_without_a_route_come_last_of_their_kind() -> None:
    rows = pa.table(
        {"app": ["a", "a"], "route": pa.array([None, "/x"], pa.string()), "at": [datetime(2022, 1, 1, tzinfo=UTC)] * 2}
    )

    assert pq.read_table(io.BytesIO(usage_parquet(rows))).column("route").to_pylist() == ["/x", None]
    assert usage_rows().schema.field("event_date").type == pa.date32()
    assert date(2022, 1, 1) in usage_rows().column("event_date").to_pylist()
