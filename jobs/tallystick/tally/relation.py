"""The requests of some files as SQL, for what is asked of every row."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow.parquet as pq

from tallystick.duck import quote_name, quote_text, without_wildcards
from tallystick.tables.request import REQUEST


def relation_of(files: Sequence[str]) -> str:
    """SQL that yields the requests of some files with their promised columns, the day aside; no files are fine."""
    columns = [column for column in REQUEST.columns if column.name not in REQUEST.partition_by]
    if not files:
        nothing = ", ".join(f"CAST(NULL AS {column.type}) AS {quote_name(column.name)}" for column in columns)
        return f"SELECT {nothing} WHERE FALSE"
    listed = ", ".join(quote_text(without_wildcards(file)) for file in files)
    present = [set(pq.read_schema(file).names) for file in files]  # files of before a column was promised lack it
    named = ", ".join(
        quote_name(column.name)
        if any(column.name in names for names in present)
        else f"CAST(NULL AS {column.type}) AS {quote_name(column.name)}"
        for column in columns
    )
    together = "" if all(names == present[0] for names in present) else ", union_by_name = true"
    return f"SELECT {named} FROM read_parquet([{listed}], hive_partitioning = false{together})"
