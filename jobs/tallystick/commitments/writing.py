"""A commitment made of requests: tags sorted by hour and app, so that the same logs and key give the same bytes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO

import duckdb
import numpy as np
import pyarrow as pa

from tallystick.commitments.identity import hour_sql
from tallystick.commitments.new_file import new_file
from tallystick.commitments.shape import MOST_TAGS, TAG_BYTES
from tallystick.commitments.terms import Terms, Whose, hour_text, tagged
from tallystick.duck import connect, quote_name, quote_text
from tallystick.evidence.canonical import Json, canonical_bytes


@dataclass(frozen=True, kw_only=True)
class Committed:
    """What a commitment holds: requests with a tag and those without identity, and the SHA-256 of the file."""

    requests: int
    unidentified: int
    cells: int
    sha256: str
    size_bytes: int


class Tags:
    """The tags of requests, gathered day by day in `scratch`, and sorted within `memory_limit`."""

    def __init__(self, terms: Terms, *, memory_limit: str, scratch: Path) -> None:
        self._terms = terms
        self._compared = sorted(terms.compared)
        self._folder = scratch / "tagged"
        self._folder.mkdir()
        self._days = 0
        self._connection = connect(memory_limit=memory_limit, scratch=scratch)
        self._connection.execute("SET arrow_lossless_conversion = true")

    def add(self, connection: duckdb.DuckDBPyConnection, requests: str, whose: Whose) -> None:
        """Take the counted ones of a query for rows of `request` in `connection`."""
        file = self._folder / f"{self._days}.parquet"
        self._days += 1
        query = tagged(requests, self._terms, whose)
        connection.execute(f"COPY ({query}) TO {quote_text(str(file))} (FORMAT parquet)")

    def write(self, file: Path) -> Committed:
        """Write the commitment; raises UsageError where there is a file, StoreRefusedError where none can be."""
        self._open_tagged()
        with new_file(file) as target:
            lines = _Lines(target)
            lines.write(self._terms.header())
            requests = cells = unidentified = 0
            for line, is_first in self._tag_lines():
                requests, cells = requests + line["requests"], cells + is_first
                lines.write(line)
            for app, hour, number in self._unidentified():
                unidentified += number
                lines.write({"app": app, "hour": hour, "unidentified": number})
            lines.write({"requests": requests, "sha256": lines.digest, "unidentified": unidentified})
            return Committed(
                requests=requests,
                unidentified=unidentified,
                cells=cells,
                sha256=lines.digest,
                size_bytes=target.tell(),
            )

    def _open_tagged(self) -> None:
        """Make `tagged`, the rows of every day."""
        files = ", ".join(quote_text(str(file)) for file in sorted(self._folder.iterdir()))
        columns = "".join(f", {quote_name(name)} UINTEGER" for name in self._compared)
        self._connection.execute(
            f"CREATE VIEW tagged AS SELECT * FROM read_parquet([{files}])"
            if files
            else f"CREATE TABLE tagged (app VARCHAR, hour INTEGER, tag UUID{columns})"
        )

    def _tag_lines(self) -> Iterator[tuple[Json, bool]]:
        """Each line of tags, and whether it is the first of its app and hour."""
        checks = "".join(f", {quote_name(name)}" for name in self._compared)
        rows = self._connection.execute(
            f"SELECT * FROM tagged WHERE tag IS NOT NULL ORDER BY hour, app, tag{checks}"
        ).to_arrow_reader(32 * MOST_TAGS)
        cell: tuple[int, str] | None = None
        held: pa.Table | None = None
        is_first = True
        for batch in rows:
            for here, part in _cells(pa.Table.from_batches([batch])):
                if held is not None and cell is not None and here != cell:
                    yield self._line(cell, held), is_first
                    held, is_first = None, True
                cell, held = here, part if held is None else pa.concat_tables([held, part])
                while len(held) > MOST_TAGS:
                    yield self._line(cell, held.slice(0, MOST_TAGS)), is_first
                    held, is_first = held.slice(MOST_TAGS), False
        if held is not None and cell is not None:
            yield self._line(cell, held), is_first

    def _line(self, cell: tuple[int, str], rows: pa.Table) -> Json:
        checks = {name: rows[name].to_numpy().astype(">u4").tobytes() for name in self._compared}
        return {
            "app": cell[1],
            "checks": {name: _base64(some) for name, some in checks.items()},
            "hour": hour_text(cell[0]),
            "requests": len(rows),
            "tags": _base64(_tag_bytes(rows["tag"])),
        }

    def _unidentified(self) -> Iterator[tuple[str, str, int]]:
        rows = self._connection.execute(
            f"SELECT app, {hour_sql('hour')}, count(*) FROM tagged WHERE tag IS NULL GROUP BY app, hour "
            "ORDER BY hour, app"
        )
        while some := rows.fetchmany(MOST_TAGS):
            yield from some


class _Lines:
    """Lines of canonical JSON, and the SHA-256 of those that were written."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self._sha256 = target, hashlib.sha256()

    @property
    def digest(self) -> str:
        """The digest of all lines so far."""
        return self._sha256.hexdigest()

    def write(self, line: Json) -> None:
        data = canonical_bytes(line) + b"\n"
        self._sha256.update(data)
        self._target.write(data)


def _cells(rows: pa.Table) -> Iterator[tuple[tuple[int, str], pa.Table]]:
    """Sorted rows in runs of one hour and app."""
    hours, apps = rows["hour"].to_numpy(), rows["app"].combine_chunks().dictionary_encode()
    codes = apps.indices.to_numpy()
    starts = [0, *(int(place) + 1 for place in np.flatnonzero((np.diff(hours) != 0) | (np.diff(codes) != 0)))]
    for start, end in pairwise([*starts, len(rows)]):
        yield (int(hours[start]), str(apps.dictionary[int(codes[start])])), rows.slice(start, end - start)


def _tag_bytes(column: pa.ChunkedArray) -> bytes:
    parts = []
    for chunk in column.chunks:
        stored = chunk.storage
        data = memoryview(stored.buffers()[1])
        parts.append(data[TAG_BYTES * stored.offset : TAG_BYTES * (stored.offset + len(stored))])
    return b"".join(parts)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
