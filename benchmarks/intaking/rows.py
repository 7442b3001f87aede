"""What contenders wrote, as sums that do not depend on the order of rows or on who wrote them."""

from __future__ import annotations

from pathlib import Path

from tallystick.duck import connect, quote_name, quote_text
from tallystick.tables.intake import INTAKE

ASIDE = ("event_date", "file_id", "position", "batch")
"""Columns that say where a row stands, not what it is; Spark's readers know no line numbers."""
SUMMED = ("status", "records", "response_bytes", "request_bytes", "duration_us", "sequence_number")


def digest(folder: Path) -> dict[str, str]:
    """Rows, sums of amounts, and the sum of the hashes of all canonical columns, of all Parquet files of a folder."""
    files = sorted(str(file) for file in folder.rglob("*.parquet") if "_delta_log" not in file.parts)
    if not files:
        return {"rows": "0"}
    written = f"read_parquet([{', '.join(map(quote_text, files))}], hive_partitioning = false, union_by_name = true)"
    connection = connect(memory_limit="2GB")
    has = {name for name, *_ in connection.execute(f"DESCRIBE SELECT * FROM {written}").fetchall()}
    values = {one.name: f"CAST({quote_name(one.name)} AS {one.type})" for one in INTAKE.columns if one.name in has}
    # What no log of these says need not be written by a peer.
    hashed = ", ".join(values.get(one.name, "NULL") for one in INTAKE.columns if one.name not in ASIDE)
    sums = ", ".join(f"sum({values[name]})" if name in values else "NULL" for name in SUMMED)
    [found] = connection.execute(f"SELECT count(*), {sums}, sum(hash({hashed})::HUGEINT) FROM {written}").fetchall()
    return {name: str(value) for name, value in zip(("rows", *SUMMED, "hashes"), found, strict=True)}
