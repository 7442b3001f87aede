"""The entries of a large file, written at once as Parquet files of `intake`, without the table `entry` between."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from tallystick.duck import PASSING, WrittenFile, quote_text, write_file, write_partitions
from tallystick.tables.intake import INTAKE

LARGE_BYTES = 32 << 20
"""Decoded bytes from which a file's entries get Parquet files of their own; those of smaller files share theirs."""
LOOKED_AT = 1 << 14
DATE = re.compile(rb"\d{4}-\d\d-\d\d|\d\d/[A-Z][a-z]{2}/\d{4}")
[DAY] = INTAKE.partition_by


@dataclass(kw_only=True)
class Straight:
    """Where they go: `root` is the folder of `intake`, `name` what their files are called; `written` are those.

    Only for a file of at least `from_bytes` decoded bytes.
    """

    root: Path
    name: str
    from_bytes: int = LARGE_BYTES
    written: list[WrittenFile] = field(default_factory=list)

    def write(self, connection: duckdb.DuckDBPyConnection, query: str, decoded: Path) -> int:
        """Write the rows of a query over the columns of `intake`; returns how many there are.

        Rows of one day are simply written, others have to be parted by days, which costs more. What the first and the
        last line of the decoded file say decides which is tried first.
        """
        self.written = self._one_day(connection, query) if _seems_of_one_day(decoded) else []
        if not self.written:
            name = f"{self.name}-{{i}}"
            self.written = write_partitions(
                connection, query, self.root, partition_by=DAY, name=name, written_as=PASSING
            )
        return sum(file.rows for file in self.written)

    def relation(self) -> str:
        """A query for what was written: `position`, `event_date`, `source` and `received_at` of each entry."""
        files = ", ".join(quote_text(str(self.root / file.path)) for file in self.written)
        return (
            f"SELECT position, {DAY}, source, received_at FROM read_parquet([{files}], "
            f"hive_partitioning = true, hive_types = {{{DAY}: DATE}})"
        )

    def discard(self) -> None:
        """Take away whatever was written, also by a query that failed half-way."""
        for file in self.root.glob(f"{DAY}=*/{self.name}-*.parquet"):
            file.unlink()
        self._undated.unlink(missing_ok=True)
        self.written = []

    @property
    def _undated(self) -> Path:
        return self.root / f".{self.name}.parquet"

    def _one_day(self, connection: duckdb.DuckDBPyConnection, query: str) -> list[WrittenFile]:
        """Nothing where the rows turn out to be of several days."""
        undated = write_file(
            connection,
            f"SELECT * EXCLUDE ({DAY}) FROM ({query})",
            self.root,
            partition={},
            name=self._undated.stem,
            written_as=PASSING,
        )
        first, last = (edge["received_at"][:10] for edge in (undated.lowest, undated.highest))
        if first != last:
            self._undated.unlink()
            return []
        path = f"{DAY}={first}/{self.name}-0.parquet"
        (self.root / path).parent.mkdir(exist_ok=True)
        self._undated.rename(self.root / path)
        return [replace(undated, path=path, partition={DAY: first})]


def _seems_of_one_day(decoded: Path) -> bool:
    """Whether the first date in the first line of a file stands in its last line too."""
    with decoded.open("rb") as source:
        head = source.read(LOOKED_AT)
        source.seek(max(0, decoded.stat().st_size - LOOKED_AT))
        tail = source.read().rstrip()
    date = DATE.search(head.partition(b"\n")[0])
    return date is not None and date[0] in tail.rpartition(b"\n")[2]
