"""The requests that two sides do not agree on, as a list of tags, and where in one's own logs they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa

from tallystick.commitments.identity import hour_sql
from tallystick.commitments.matching import AGREED, DIFFERING
from tallystick.duck import connect, quote_text
from tallystick.errors import BadConfigurationError, MissingInputError, UnreadableFileError
from tallystick.evidence.names import legible

HEADER = "kind,hour,app,tag\n"
KINDS = ("only_ours", "only_theirs", "differing", "undecided", "other_app")
_ROW = re.compile(
    rf"({'|'.join(KINDS)}),(\d{{4}}-\d\d-\d\dT\d\dZ),([a-z0-9][a-z0-9._-]{{0,62}}),([0-9a-f]{{32}})\n?", re.ASCII
)
AT_ONCE = 10_000
KEPT = ("file_id", "position", "received_at", "request_id")
"""What is told of a request that is found, beside kind, hour, app and tag."""


def write_unlike(connection: duckdb.DuckDBPyConnection, out: IO[bytes]) -> int:
    """Write CSV of what `matching.match` left, by hour, app, kind and tag; how many rows there are.

    A pair is told under our hour and app. Of pairs that agree those of another app are told.
    """
    kind = f"CASE verdict WHEN {AGREED} THEN 'other_app' WHEN {DIFFERING} THEN 'differing' ELSE 'undecided' END"
    rows = connection.execute(
        f"SELECT kind, {hour_sql('hour')}, name, replace(CAST(tag AS VARCHAR), '-', '') FROM ("
        "SELECT 'only_ours' AS kind, hour, app, tag FROM left_ours "
        "UNION ALL SELECT 'only_theirs', hour, app, tag FROM left_theirs "
        f"UNION ALL SELECT {kind}, ours.hour, ours.app, ours.tag FROM pair "
        f"WHERE verdict <> {AGREED} OR ours.app <> theirs.app"
        ") AS unlike INNER JOIN app_name ON unlike.app = app_name.number ORDER BY hour, name, kind, tag"
    )
    out.write(HEADER.encode("ascii"))
    number = 0
    while some := rows.fetchmany(AT_ONCE):
        out.write("".join(",".join(row) + "\n" for row in some).encode("ascii"))
        number += len(some)
    return number


class Wanted:
    """Tags of such a list, to be looked for in the requests of logs."""

    def __init__(self, file: Path, *, memory_limit: str, scratch: Path) -> None:
        """Raises MissingInputError, UnreadableFileError, and BadConfigurationError for a line that is of no list."""
        self._file = scratch / "wanted.parquet"
        connection = connect(memory_limit=memory_limit, scratch=scratch)
        connection.execute("CREATE TABLE wanted (kind VARCHAR, tag UUID)")
        for rows in _rows(file):
            table = pa.table({"kind": [kind for kind, _ in rows], "tag": [tag for _, tag in rows]})
            connection.register("arrived", table)
            connection.execute("INSERT INTO wanted SELECT kind, CAST(tag AS UUID) FROM arrived")
            connection.unregister("arrived")
        connection.execute(f"COPY (SELECT DISTINCT * FROM wanted) TO {quote_text(str(self._file))} (FORMAT parquet)")
        connection.close()

    def found(self, connection: duckdb.DuckDBPyConnection, tagged: str) -> Iterator[dict[str, Any]]:
        """Each wanted row of a query of `identity.tagged_sql` that has the columns `KEPT`, by time and place."""
        rows = connection.execute(
            f"SELECT wanted.kind, {hour_sql('tagged.hour')} AS hour, tagged.app, "
            "replace(CAST(tagged.tag AS VARCHAR), '-', '') AS tag, file_id, position, "
            "strftime(received_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS received_at, request_id "
            f"FROM ({tagged}) AS tagged INNER JOIN read_parquet({quote_text(str(self._file))}) AS wanted "
            "ON tagged.tag = wanted.tag "
            "ORDER BY received_at, file_id, position, kind"
        )
        names = [column[0] for column in rows.description or ()]
        while some := rows.fetchmany(AT_ONCE):
            yield from (dict(zip(names, values, strict=True)) for values in some)


def _rows(file: Path) -> Iterator[list[tuple[str, str]]]:
    where = legible(str(file))
    try:
        with file.open("r", encoding="ascii", newline="\n") as source:
            if source.readline(len(HEADER) + 1) != HEADER:
                raise _bad(f"{where}:1", f"expected the line {HEADER.strip()}")
            held: list[tuple[str, str]] = []
            number = 1
            while line := source.readline(200):
                number += 1
                row = _ROW.fullmatch(line)
                if row is None:
                    raise _bad(f"{where}:{number}", "expected kind, hour, app and tag")
                held.append((row[1], row[4]))
                if len(held) == AT_ONCE:
                    yield held
                    held = []
            if held:
                yield held
    except FileNotFoundError as error:
        raise MissingInputError("there is no such list", where=where) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError("it cannot be read as a list", where=where) from error


def _bad(where: str, what: str) -> BadConfigurationError:
    return BadConfigurationError(
        what, where=where, next_step="name a file that tallystick reconcile --unlike FILE wrote"
    )
