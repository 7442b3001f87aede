"""A day's rows of a table into one Parquet file, without a detour through SQL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tallystick.duck import PRUNED, WrittenFile, escape_path


def write_rows(rows: pa.Table, root: Path, *, partition: Mapping[str, str], name: str) -> WrittenFile:
    """Write rows, none included, as one Parquet file of one partition; a file of that name is replaced."""
    path = "/".join([*(f"{key}={escape_path(value)}" for key, value in partition.items()), f"{name}.parquet"])
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    texts = [field.name for field in rows.schema if pa.types.is_dictionary(field.type)]
    whole = [one.name for one in rows.schema if pa.types.is_integer(one.type) or pa.types.is_timestamp(one.type)]
    found: list[pq.FileMetaData] = []
    pq.write_table(
        rows,
        root / path,
        compression="zstd",
        use_dictionary=texts,
        column_encoding=dict.fromkeys(whole, "DELTA_BINARY_PACKED"),
        write_statistics=[name for name in PRUNED if name in rows.schema.names],
        store_schema=False,
        metadata_collector=found,
    )
    bounds = {column: _bounds(found[0], column) for column in PRUNED if column in rows.schema.names}
    return WrittenFile(
        path=path,
        partition=dict(partition),
        rows=rows.num_rows,
        size_bytes=(root / path).stat().st_size,
        lowest={column: min(one[0] for one in all_) for column, all_ in bounds.items() if all_},
        highest={column: max(one[1] for one in all_) for column, all_ in bounds.items() if all_},
    )


def _bounds(file: pq.FileMetaData, column: str) -> list[tuple[str, str]]:
    """The least and greatest text of a column in each part of a file that has any."""
    place = file.schema.to_arrow_schema().get_field_index(column)
    found = [file.row_group(part).column(place).statistics for part in range(file.num_row_groups)]
    return [(str(one.min), str(one.max)) for one in found if one is not None and one.has_min_max]
