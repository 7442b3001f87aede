"""The one door to DuckDB: connections that give the same answer on any machine, and safe quoting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import duckdb

from tallystick.errors import SumTooLargeError

_NOT_IN_A_LINE = re.compile(r"[\x00\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")


def connect(*, memory_limit: str = "1GB", scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory database with one thread, UTC, a memory limit, and no way out to a network.

    `memory_limit` is DuckDB's spelling ("1GB"); what does not fit spills to `scratch`, or fails when that is None.
    """
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": memory_limit,
            "temp_directory": str(scratch) if scratch else "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def another(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection to the same tables for a thread of its own, with temporary tables of its own."""
    own = connection.cursor()
    own.execute("SET TimeZone = 'UTC'")
    return own


@contextmanager
def exact_sums(where: str) -> Iterator[None]:
    """Raise SumTooLargeError where a sum inside passes the largest whole number; no sum ever wraps or is rounded."""
    try:
        yield
    except (duckdb.OutOfRangeException, duckdb.ConversionException, OverflowError) as error:
        raise SumTooLargeError(
            "amounts add up past 9,223,372,036,854,775,807",
            where=where,
            next_step="find the impossible amount with tallystick inspect, mend its file, then run ingest again",
        ) from error


def quote_text(text: str) -> str:
    """`text` as an SQL expression of one line: a literal, with `chr(…)` for what a literal or a line cannot hold.

    No literal can hold U+0000; and where a line ended inside of one, laying SQL out would change what it says.
    """
    quoted = _literal(text)
    return f"concat({_NOT_IN_A_LINE.sub(_as_chr, quoted)})" if _NOT_IN_A_LINE.search(text) else quoted


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _as_chr(found: re.Match[str]) -> str:
    return f"', chr({ord(found[0])}), '"


def without_wildcards(file: str) -> str:
    """A path in which DuckDB sees no pattern of several files."""
    return re.sub(r"([*?\[])", r"[\1]", file)


def quote_name(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A Parquet file of a table: `path` relative to the table's folder, its partition, and what pruning needs."""

    path: str
    partition: Mapping[str, str]
    rows: int
    size_bytes: int
    lowest: Mapping[str, str] = field(default_factory=dict)
    highest: Mapping[str, str] = field(default_factory=dict)


KEPT = "COMPRESSION zstd"
PASSING = "COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 10000"
"""How Parquet is written. `PASSING` is for rows as they come, most columns of which repeat little: it takes two thirds
of the time to write, and makes a smaller file of them that is read faster."""


def write_file(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    root: Path,
    *,
    partition: Mapping[str, str],
    name: str,
    written_as: str = KEPT,
) -> WrittenFile:
    """Write the rows of `query`, none included, as one Parquet file of one partition; a file of that name is replaced.

    `query` must not yield the partition columns: the path carries them.
    """
    folder = "/".join(f"{key}={escape_path(value)}" for key, value in partition.items())
    (root / folder).mkdir(parents=True, exist_ok=True)
    path = f"{folder}/{name}.parquet" if folder else f"{name}.parquet"
    [[_, rows, size, _, statistics, _]] = connection.execute(
        f"COPY ({query}) TO {_literal(str(root / path))} (FORMAT parquet, {written_as}, RETURN_STATS)"
    ).fetchall()
    return _written(path, partition, rows, size, statistics)


def write_partitions(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    root: Path,
    *,
    partition_by: str,
    name: str,
    written_as: str = KEPT,
) -> list[WrittenFile]:
    """Write the rows of `query` as Parquet files named `name`, one for each value of one column; no rows, no file."""
    root.mkdir(parents=True, exist_ok=True)
    written = connection.execute(
        f"COPY ({query}) TO {_literal(str(root))} (FORMAT parquet, {written_as}, PARTITION_BY "
        f"({quote_name(partition_by)}), OVERWRITE_OR_IGNORE, FILENAME_PATTERN {quote_text(name)}, RETURN_STATS)"
    ).fetchall()
    return [
        _written(str(Path(path).relative_to(root)), partition, rows, size, statistics)
        for path, rows, size, _, statistics, partition in written
    ]


def escape_path(value: str) -> str:
    """A partition value as Hive and Delta write it into a path: all but letters, digits, `-`, `_` and `.` as %XX."""
    return quote(value, safe="")


PRUNED = ("licensee", "app", "received_at")
"""Columns whose least and greatest value go into the Delta log: those that a reader filters by."""


def _written(
    path: str, partition: Mapping[str, str], rows: int, size: int, statistics: Mapping[str, Mapping[str, str]]
) -> WrittenFile:
    pruned = {name: statistics[quote_name(name)] for name in PRUNED if quote_name(name) in statistics}
    return WrittenFile(
        path=path,
        partition=dict(partition),
        rows=rows,
        size_bytes=size,
        lowest={name: column["min"] for name, column in pruned.items() if "min" in column},
        highest={name: column["max"] for name, column in pruned.items() if "max" in column},
    )
