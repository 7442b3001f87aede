"""The numbers of `inspect` over the entries of one file and of all files, in tables that spill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb

from tallystick.duck import quote_text
from tallystick.intake.reader import create_entry_tables
from tallystick.tables.rejected_entry import REASONS

Json = dict[str, Any]

AMOUNTS = ("response_bytes", "request_bytes", "records")
TOP = {
    "credential": "credential",
    "principal": "principal",
    "user": '"user"',
    "client_address": "client_address",
    "user_agent": "user_agent",
    "operation": "nullif(concat_ws(' ', method, coalesce(route, path)), '')",
    "status": "CAST(status AS VARCHAR)",
    "error": "error",
}
"""What the most frequent values are told of, and the expression for it."""
NONE = "(none)"
"""The key of a missing value; an empty one is the empty text."""
IDENTITY = (
    "source, sequence_number, CASE WHEN sequence_number IS NOT NULL THEN epoch END AS epoch, "
    "CASE WHEN sequence_number IS NULL THEN request_id END AS request_id, coalesce(part, 1) > 0 AS stands"
)
"""What identifies a request; and whether the entry can stand for one by itself, or is a part of it that never does."""
AGAIN = "coalesce(sum(entries - stand), 0)"
BY_IDENTITY = "count(*) AS entries, max(CAST(stands AS INTEGER)) AS stand"
HAS_IDENTITY = "(sequence_number IS NOT NULL OR request_id IS NOT NULL)"
AT_A_TIME = 10_000


class Counts:
    """The tables of one look at files: `entry` and `rejected` of the file that is read, values of it and of all.

    With `is_one` there is no other file, and nothing is kept for all of them together.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, is_one: bool) -> None:
        """Make the tables that are kept for all files."""
        self.connection = connection
        self._is_one = is_one
        connection.execute("CREATE TABLE all_value (kind VARCHAR, value VARCHAR, entries BIGINT)")
        connection.execute(
            "CREATE TABLE identity (format VARCHAR, source VARCHAR, sequence_number BIGINT, epoch VARCHAR, "
            "request_id VARCHAR, stands BOOLEAN, told_id VARCHAR)"
        )

    def begin_file(self) -> None:
        """Empty the tables of the file that is read."""
        for name in ("entry", "rejected", "file_value"):
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")
        create_entry_tables(self.connection)

    def of_file(self, format_name: str | None) -> Json:
        """The numbers of the file that was read, without its most frequent values; they are ready for `top`."""
        each = " UNION ALL ".join(
            f"SELECT {quote_text(kind)} AS kind, {expression} AS value, count(*) AS entries FROM entry GROUP BY value"
            for kind, expression in TOP.items()
        )
        self.connection.execute(f"CREATE TABLE file_value AS {each}")
        if not self._is_one:
            self.connection.execute("INSERT INTO all_value SELECT * FROM file_value")
            self.connection.execute(
                f"INSERT INTO identity SELECT {quote_text(format_name or '')}, {IDENTITY}, request_id FROM entry "
                f"WHERE {HAS_IDENTITY}"
            )
        sums = ", ".join(f"count({name}), coalesce(sum({name}), 0)" for name in AMOUNTS)
        [(ids, first_at, last_at, *amounts)] = self.connection.execute(
            f"SELECT count(DISTINCT request_id), {_instant('min')}, {_instant('max')}, {sums} FROM entry"
        ).fetchall()
        per_hour = self.connection.execute(
            "SELECT strftime(make_timestamp(3600000000 * hour), '%Y-%m-%dT%HZ'), entries FROM (SELECT "
            "epoch_us(received_at) // 3600000000 AS hour, count(*) AS entries FROM entry GROUP BY hour) ORDER BY hour"
        ).fetchall()
        lost = self.connection.execute(
            "SELECT reasons[1] AS first, count(*), sum(size_bytes) FROM rejected GROUP BY first"
        ).fetchall()
        rejected = {reason: (entries, int(size)) for reason, entries, size in lost}
        reasons = [reason for reason in REASONS if reason in rejected]
        [(again,)] = self.connection.execute(
            f"SELECT {AGAIN} FROM (SELECT {BY_IDENTITY} FROM (SELECT {IDENTITY} FROM entry WHERE {HAS_IDENTITY}) "
            "GROUP BY source, sequence_number, epoch, request_id)"
        ).fetchall()
        return {
            "rejected": {reason: rejected[reason][0] for reason in reasons},
            "rejected_bytes": {reason: rejected[reason][1] for reason in reasons},
            "duplicates": int(again),
            "distinct_ids": ids,
            "first_at": first_at,
            "last_at": last_at,
            "per_hour": dict(per_hour),
            "sums": {
                name: {"known": known, "sum": int(total)}
                for name, known, total in zip(AMOUNTS, amounts[::2], amounts[1::2], strict=True)
            },
        }

    def across_files(self) -> tuple[int, int]:
        """Duplicates and distinct ids over all files; files of different formats share no identity."""
        [(again,)] = self.connection.execute(
            f"SELECT {AGAIN} FROM (SELECT {BY_IDENTITY} FROM identity "
            "GROUP BY format, source, sequence_number, epoch, request_id)"
        ).fetchall()
        [(ids,)] = self.connection.execute("SELECT count(DISTINCT told_id) FROM identity").fetchall()
        return int(again), ids

    def top(self, kind: str, *, of_all: bool, most: int) -> Iterator[tuple[str, int]]:
        """The most frequent values and how often they come; of equally frequent ones the first by its text."""
        table = "file_value"
        if of_all and not self._is_one:
            table = "(SELECT kind, value, CAST(sum(entries) AS BIGINT) AS entries FROM all_value GROUP BY kind, value)"
        rows = self.connection.execute(
            f"SELECT value, entries FROM {table} WHERE kind = {quote_text(kind)} "
            f"ORDER BY entries DESC, value NULLS FIRST {f'LIMIT {int(most)}' if most else ''}"
        )
        while some := rows.fetchmany(AT_A_TIME):
            yield from ((_key(value), entries) for value, entries in some)


def _instant(edge: str) -> str:
    return f"strftime({edge}(received_at), '%Y-%m-%dT%H:%M:%S.%fZ')"


def _key(value: str | None) -> str:
    """The key of a value: one that reads like the key of a missing value, however quoted, is quoted once more."""
    if value is None:
        return NONE
    return f'"{value}"' if value.strip('"') == NONE else value
