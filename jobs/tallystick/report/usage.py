"""`usage.parquet`: the counted usage that the totals are made of, in the same bytes for the same rows."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 1 << 20


def usage_parquet(usage: pa.Table) -> bytes:
    """The rows sorted by every column from left to right, nulls last, as one Parquet file with zstd and page checksums.

    Nothing of the machine, the clock or the order and chunks of the input goes in; the footer's `created_by` names the
    pinned release of the Parquet writer, so another release of it may give other bytes for the same rows.
    """
    plain = usage.replace_schema_metadata(None)
    ordered = plain.sort_by([(name, "ascending") for name in plain.column_names]) if plain.num_rows else plain
    buffer = io.BytesIO()
    with pq.ParquetWriter(
        buffer,
        plain.schema,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=9,
        use_dictionary=True,
        write_statistics=True,
        write_page_checksum=True,
        store_schema=False,
    ) as writer:
        writer.write_table(ordered.combine_chunks(), row_group_size=ROW_GROUP)
    return buffer.getvalue()
