"""The two ways from a decoded file to rows: in one go where that is proven safe, and strictly, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from tallystick.duck import quote_name
from tallystick.formats import Envelope, Format
from tallystick.formats.decodings import ColumnsDecoding, JsonDecoding
from tallystick.intake.batch import NO_LINES, Batch, OtherLines, Unreadable
from tallystick.intake.canonical import CanonicalSql, Origin, canonical_sql
from tallystick.intake.decoding import decoded_batch_sql, decoded_file_sql
from tallystick.intake.entries import is_one_a_line, split_entries
from tallystick.intake.json_objects import readable_json
from tallystick.intake.plain import Plain
from tallystick.intake.plain_json import prove_plain_json_lines
from tallystick.intake.plain_words import Layout
from tallystick.tables.intake import INTAKE

COLUMNS = ", ".join(quote_name(name) for name in INTAKE.column_names)
ENTRIES = "entries being read"
VALUED = "entries with values"
LOST = "entries being rejected"


@dataclass(frozen=True, kw_only=True)
class Found:
    """How many entries a file has that are requests or should be, and what else stands in it.

    `not_requests` are entries that the format says are no requests. `lines` is how many lines the file has, each of
    them one of all these; None where entries are not found line by line.
    """

    entries: int
    others: OtherLines = NO_LINES
    not_requests: int = 0
    lines: int | None = None


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """One entry and every reason against it."""

    entry: Unreadable
    reasons: tuple[str, ...]


def read_fast(
    connection: duckdb.DuckDBPyConnection,
    described: Format,
    origin: Origin,
    decoded: Path,
    append: Callable[[str], int] | None = None,
) -> Found | None:
    """Read a file of lines as a whole, if the file proves that nothing can be lost or misread that way.

    None where it does not, or where any entry is not accepted; rows that were appended must then be rolled back.
    `append` takes the query for the accepted entries to where they go, and says how many there are; without it they go
    to `entry`.
    """
    proven = _proven(described, decoded)
    if proven is None or not proven[0].entries:
        return None
    plain, decoded_sql = proven
    queries = canonical_sql(described, origin, decoded_sql, holds_tokens=plain.holds_tokens)
    try:
        with _valued(connection, queries) as relation:
            accepted = queries.checked(relation)
            appended = _append(connection, accepted) if append is None else append(accepted)
            left = _count_not_requests(connection, queries, relation)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return None
    if appended + left != plain.entries:
        return None
    return Found(
        entries=appended,
        others=OtherLines(blanks=plain.blanks),
        not_requests=left,
        lines=plain.entries + plain.blanks,
    )


def _proven(described: Format, decoded: Path) -> tuple[Plain, str] | None:
    """What is proven of a file that is plain, and the query that decodes it."""
    how = described.entries
    if how.comment is not None or how.header is not None or isinstance(described.decode, ColumnsDecoding):
        return None
    if isinstance(described.decode, JsonDecoding):
        decoded_sql = decoded_file_sql(described.decode, str(decoded))
        is_by_lines = how.find == "lines" or is_one_a_line(decoded, under=how.keys[0] if how.keys else None)
        if decoded_sql is None or not is_by_lines:
            return None
        plain = prove_plain_json_lines(decoded)
        return None if plain is None else (plain, decoded_sql)
    layout = Layout.of(described.decode, decoded)
    plain = None if layout is None else layout.prove(decoded)
    return None if layout is None or plain is None else (plain, layout.decoded_sql(decoded))


def read_strictly(
    connection: duckdb.DuckDBPyConnection,
    described: Format,
    origin: Origin,
    decoded: Path,
    envelope: Envelope | None = None,
) -> Found:
    """Read a file batch by batch: entries go to `entry` or, with every reason, to `rejected`."""
    queries = canonical_sql(described, origin, decoded_batch_sql(described, quote_name(ENTRIES)))
    entries, others, not_requests, lines = 0, NO_LINES, 0, None
    for batch in split_entries(decoded, described, envelope):
        others += batch.others
        lines = lines if batch.lines is None else (lines or 0) + batch.lines
        lost = [Rejection(entry=entry, reasons=(entry.reason,)) for entry in batch.unreadable]
        readable = batch
        if isinstance(described.decode, JsonDecoding):
            readable, worse = readable_json(batch)
            lost += [Rejection(entry=entry, reasons=(entry.reason,)) for entry in worse]
        left = 0
        if len(readable):
            more, left = _read_batch(connection, queries, batch, readable)
            lost += more
        entries += len(batch) + len(batch.unreadable) - left
        not_requests += batch.not_requests + left
        _reject(connection, origin, lost)
    return Found(entries=entries, others=others, not_requests=not_requests, lines=lines)


def _read_batch(
    connection: duckdb.DuckDBPyConnection, queries: CanonicalSql, batch: Batch, readable: Batch
) -> tuple[list[Rejection], int]:
    """Append what can be read of `readable`, a part of `batch`; returns the rest, and how many are no requests."""
    connection.register(ENTRIES, readable.to_arrow())
    try:
        with _valued(connection, queries) as relation:
            appended = _append(connection, queries.accepted(relation))
            left = _count_not_requests(connection, queries, relation)
            if appended + left == len(readable):
                return [], left
            lost = connection.execute(f"{queries.rejected(relation)} ORDER BY position").fetchall()
    finally:
        connection.unregister(ENTRIES)
    indexes = np.searchsorted(batch.positions, [position for position, _ in lost]).tolist()
    return [
        Rejection(
            entry=Unreadable.of(batch.as_found(index), position=position, reason=reasons[0]), reasons=tuple(reasons)
        )
        for index, (position, reasons) in zip(indexes, lost, strict=True)
    ], left


@contextmanager
def _valued(connection: duckdb.DuckDBPyConnection, queries: CanonicalSql) -> Iterator[str]:
    """The entries with their values as a relation: where it is read more than once, kept for so long."""
    if not queries.has_several_uses:
        yield f"({queries.valued})"
        return
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {quote_name(VALUED)} AS {queries.valued}")
    yield quote_name(VALUED)
    # Where an error ends the transaction, the table goes with it.
    connection.execute(f"DROP TABLE {quote_name(VALUED)}")


def _append(connection: duckdb.DuckDBPyConnection, accepted: str) -> int:
    """Append accepted entries to `entry`; returns how many there are."""
    [appended] = connection.execute(f"INSERT INTO entry ({COLUMNS}) {accepted}").fetchall()[0]
    return int(appended)


def _count_not_requests(connection: duckdb.DuckDBPyConnection, queries: CanonicalSql, relation: str) -> int:
    """How many entries are no requests, where the format says that some are not."""
    if not queries.has_several_uses:
        return 0
    [(left,)] = connection.execute(queries.not_requests(relation)).fetchall()
    return int(left)


def _reject(connection: duckdb.DuckDBPyConnection, origin: Origin, lost: Sequence[Rejection]) -> None:
    if not lost:
        return
    rows = sorted(lost, key=lambda rejection: rejection.entry.position)
    connection.register(
        LOST,
        pa.table(
            {
                "file_id": [origin.file_id] * len(rows),
                "position": [row.entry.position for row in rows],
                "reasons": [list(row.reasons) for row in rows],
                "digest": [row.entry.digest for row in rows],
                "excerpt": [row.entry.excerpt for row in rows],
                "size_bytes": [row.entry.size_bytes for row in rows],
                "batch": [origin.batch] * len(rows),
            }
        ),
    )
    try:
        connection.execute(f"INSERT INTO rejected BY NAME SELECT * FROM {quote_name(LOST)}")
    finally:
        connection.unregister(LOST)
