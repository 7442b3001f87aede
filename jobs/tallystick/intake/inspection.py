"""What log files hold, without a project: entries, times, sums and top values of each file and of all together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from tallystick.duck import connect, quote_text
from tallystick.errors import InputError, MissingInputError, UnreadableFileError
from tallystick.formats import find_format
from tallystick.intake.account import FileAccount
from tallystick.intake.reader import create_entry_tables, read_or_refuse
from tallystick.intake.task import FileTask
from tallystick.tables.rejected_entry import REASONS

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
    "format, source, sequence_number, CASE WHEN sequence_number IS NOT NULL THEN epoch END, "
    "CASE WHEN sequence_number IS NULL THEN request_id END"
)

Json = dict[str, Any]


def inspect(
    paths: Sequence[Path],
    *,
    format: str | None = None,  # noqa: A002 - the word of the command line
    top: int = 20,
    scratch: Path,
    memory_limit: str = "1GB",
) -> Json:
    """Read log files and tell what they hold, as `{"files": [F…], "total": F}`; the shape is that of `inspect --json`.

    Folders are walked and whatever lies in them is read, in the order of the names; a file in a folder that cannot be
    read as a log is listed with its problem and counts nothing. `top` values are told of each kind, all for 0.
    Raises MissingInputError for a path that is not there, and for a file that was named itself whatever stands against
    reading it: UnreadableFileError, DamagedFileError, UnknownFormatError.
    """
    if format is not None:
        find_format(format)
    connection = connect(memory_limit=memory_limit, scratch=scratch)
    create_entry_tables(connection)
    connection.execute("CREATE TABLE inspected (batch VARCHAR, format VARCHAR)")
    files: list[Json] = []
    for number, (path, is_named) in enumerate(_walk(paths)):
        batch = str(number)
        account, problem = _read(connection, path, format, scratch, batch)
        if problem is not None and is_named:
            raise problem
        connection.execute("INSERT INTO inspected VALUES (?, ?)", [batch, account.format if account else None])
        told = _tell(connection, f"batch = {quote_text(batch)}", top)
        files.append({"path": _shown(path), "format": account.format if account and not problem else None, **told})
        if problem is not None:
            files[-1]["problem"] = problem.what
    formats = {file["format"] for file in files if "problem" not in file}
    common = formats.pop() if len(formats) == 1 else None
    return {"files": files, "total": {"path": None, "format": common, **_tell(connection, "true", top)}}


def _walk(paths: Sequence[Path]) -> Iterator[tuple[Path, bool]]:
    """Every file, and whether it was named itself; those of a folder in the order of their names."""
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path, onerror=_refuse_folder):
                folders.sort()
                links = [
                    name for name in folders if (Path(folder) / name).is_symlink()
                ]  # they are not walked, but told
                yield from ((Path(folder) / name, False) for name in sorted([*names, *links]))
        elif path.exists():
            yield path, True
        else:
            raise MissingInputError(
                "is not there", where=_shown(path), next_step="name a log file, or a folder of them"
            )


def _refuse_folder(error: OSError) -> None:
    raise UnreadableFileError(f"cannot be listed: {error.strerror or error}", where=_shown(Path(error.filename)))


def _read(
    connection: duckdb.DuckDBPyConnection, path: Path, format_name: str | None, scratch: Path, batch: str
) -> tuple[FileAccount | None, InputError | None]:
    shown = _shown(path)
    if not path.is_file():
        return None, UnreadableFileError("is no file that can be read", where=shown)
    task = FileTask(source="", name=shown, uri=str(path), version_tag="", format=format_name)
    try:
        return read_or_refuse(connection, task, open_object=_open, scratch=scratch, batch=batch)
    except UnreadableFileError as error:
        return None, UnreadableFileError(error.what, where=shown, next_step=error.next_step)


def _open(path: str) -> BinaryIO:
    return Path(path).open("rb")


def _shown(path: Path) -> str:
    """A path as text, also where its bytes are none."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _tell(connection: duckdb.DuckDBPyConnection, which: str, top: int) -> Json:
    """The numbers of the entries and rejected entries for which the condition `which` holds.

    A rejected entry is told once, under the first of its reasons, so that accepted and rejected add up to entries.
    """
    rejected: dict[str, int] = dict(
        connection.execute(
            f"SELECT reasons[1] AS first, count(*) FROM rejected WHERE {which} GROUP BY first"
        ).fetchall()
    )
    sums = ", ".join(f"count({name}), coalesce(sum({name}), 0)" for name in AMOUNTS)
    [(accepted, ids, first_at, last_at, *amounts)] = connection.execute(
        f"SELECT count(*), count(DISTINCT request_id), {_instant('min')}, {_instant('max')}, {sums} "
        f"FROM entry WHERE {which}"
    ).fetchall()
    [(duplicates,)] = connection.execute(
        "SELECT coalesce(sum(entries - 1), 0) FROM (SELECT count(*) AS entries FROM entry JOIN inspected USING (batch) "
        f"WHERE ({which}) AND (sequence_number IS NOT NULL OR request_id IS NOT NULL) GROUP BY {IDENTITY})"
    ).fetchall()
    per_hour = connection.execute(
        "SELECT strftime(received_at, '%Y-%m-%dT%HZ') AS hour, count(*) "
        f"FROM entry WHERE {which} GROUP BY hour ORDER BY hour"
    ).fetchall()
    return {
        "entries": accepted + sum(rejected.values()),
        "accepted": accepted,
        "rejected": {reason: rejected[reason] for reason in REASONS if reason in rejected},
        "duplicates": int(duplicates),
        "distinct_ids": ids,
        "first_at": first_at,
        "last_at": last_at,
        "per_hour": dict(per_hour),
        "sums": {
            name: {"known": known, "sum": int(total)}
            for name, known, total in zip(AMOUNTS, amounts[::2], amounts[1::2], strict=True)
        },
        "top": {name: _top(connection, expression, which, top) for name, expression in TOP.items()},
    }


def _instant(edge: str) -> str:
    return f"strftime({edge}(received_at), '%Y-%m-%dT%H:%M:%S.%fZ')"


def _top(connection: duckdb.DuckDBPyConnection, expression: str, which: str, top: int) -> dict[str, int]:
    """The most frequent values and how often they come; of equally frequent ones the first by its text."""
    rows = connection.execute(
        f"SELECT {expression} AS value, count(*) AS entries FROM entry WHERE {which} "
        f"GROUP BY value ORDER BY entries DESC, value NULLS FIRST {f'LIMIT {int(top)}' if top else ''}"
    ).fetchall()
    return {_key(value): entries for value, entries in rows}


def _key(value: str | None) -> str:
    if value is None:
        return NONE
    return f'"{value}"' if value == NONE else value
