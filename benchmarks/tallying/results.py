"""What contenders wrote, as digests that do not depend on the order of rows or on who wrote them."""

from __future__ import annotations

from pathlib import Path

from tallystick.duck import connect, quote_name, quote_text
from tallystick.tables import TABLES

MADE = (
    "usage_app_slot",
    "usage_app_route",
    "usage_credential",
    "day_ledger",
    "sequence_gap",
    "usage_scope",
    "usage_peak",
)
ASIDE = ("built_from", "since_at", "until_at", "own_since_at")
"""Columns that say how a row came about or which part of a day it is for, here the whole; nothing that was counted."""


def digests(folder: Path) -> dict[str, str]:
    """For each table below a folder its rows and the sum of their hashes."""
    found = {}
    for table in TABLES:
        files = sorted(str(file) for file in (folder / table.name).rglob("*.parquet"))
        if table.name not in MADE or not files:
            continue
        columns = ", ".join(
            f"CAST({quote_name(one.name)} AS {one.type})" for one in table.columns if one.name not in ASIDE
        )
        kinds = ", ".join(f"{quote_name(name)}: {table.column(name).type}" for name in table.partition_by)
        rows = (
            f"read_parquet([{', '.join(map(quote_text, files))}], hive_partitioning = true, hive_types = {{{kinds}}})"
        )
        [[count, total]] = (
            connect(memory_limit="2GB")
            .execute(f"SELECT count(*), coalesce(sum(hash({columns})::HUGEINT), 0) FROM {rows}")
            .fetchall()
        )
        if count:
            found[table.name] = f"{count} rows, {total:x}"
    return found
