"""Try a format file: is it one, what do logs give with it, and would it be found by itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from tallystick.duck import connect, quote_name
from tallystick.errors import BadConfigurationError, MissingInputError, UnknownFormatError
from tallystick.formats import Catalogue, Format, all_formats, load_format
from tallystick.formats.expressions import see_that_expressions_are_safe
from tallystick.formats.load import FOLDER
from tallystick.intake.account import FileAccount
from tallystick.intake.inspection import open_local
from tallystick.intake.known import look_at
from tallystick.intake.reader import create_entry_tables, read_or_refuse
from tallystick.intake.stored import MeasuredStream, decode_stored
from tallystick.intake.task import FileTask
from tallystick.tables.canonical import CANONICAL
from tallystick.yaml_file import refuse

Json = dict[str, Any]
COLUMNS = tuple(column.name for column in CANONICAL if column.name != "source")


def load_for_trial(file: Path) -> Format:
    """The format that a file describes, its SQL expressions tried.

    Raises MissingInputError without the file, BadConfigurationError, with line and key, for one that describes no
    format, has the name of a built-in one, or has an expression that may not be or cannot work.
    """
    if not file.is_file():
        raise MissingInputError("there is no such file", where=str(file), next_step="name the YAML file of a format")
    described = load_format(file)
    if described.name in all_formats() and file.resolve().parent != FOLDER:
        raise refuse(file, f"{described.name!r} is built in", "name", next_step="give it and its file another name")
    see_that_expressions_are_safe(file, described)
    return described


def try_format(file: Path, logs: Sequence[Path], *, rows: int) -> Json:
    """What `formats test --json` writes: the format, and of each log what became of its entries.

    `rows` of the accepted entries are shown, of each only what is known, with secrets as digests. Raises as
    `load_for_trial`, MissingInputError and UnreadableFileError for a log that is not there or cannot be read, and
    BadConfigurationError, with line and key, for an expression that fails on an entry.
    """
    described = load_for_trial(file)
    tried = [_try_log(file, described, log, rows=rows) for log in logs]
    return {"format": described.name, "title": described.title, "file": str(file), "logs": tried}


def _try_log(file: Path, described: Format, log: Path, *, rows: int) -> Json:
    if not log.is_file():
        raise MissingInputError("there is no such file", where=str(log), next_step="name a log file")
    catalogue = Catalogue(own=() if described.name in all_formats() else (described,))
    with _entries(log) as (connection, scratch):
        task = FileTask(source="", name=log.name, uri=str(log), version_tag="", format=described.name)
        try:
            account, problem = read_or_refuse(
                connection, task, open_object=open_local, scratch=scratch, batch="", catalogue=catalogue
            )
        except BadConfigurationError as error:
            raise _named(file, described, log, error) from error
        if problem is not None:
            raise problem
        return {
            "log": str(log),
            **_numbers(connection, account),
            "rows": _first_rows(connection, rows),
            "rejected_first": _first_rejected(connection),
            "unknown": _unknown(connection, described),
            **_detection(log, described, catalogue, scratch),
        }


@contextmanager
def _entries(log: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database with the empty tables of entries, and a folder for files of a moment."""
    with tempfile.TemporaryDirectory(prefix="tallystick-") as scratch, connect(scratch=Path(scratch)) as connection:
        create_entry_tables(connection)
        yield connection, Path(scratch)


def _named(file: Path, described: Format, log: Path, error: BadConfigurationError) -> BadConfigurationError:
    """The error that names the rule that fails: the first that fails when it is the only one beside the time's."""
    for name in sorted(described.columns, key=lambda name: name != "received_at"):
        if described.columns[name].sql is None:
            continue
        rules = {one: described.columns[one] for one in dict.fromkeys(("received_at", name))}
        alone = described.model_copy(update={"columns": rules, "not_requests": (), "refuse": (), "parts": None})
        with _entries(log) as (connection, scratch):
            task = FileTask(source="", name=log.name, uri=str(log), version_tag="", format=described.name)
            try:
                read_or_refuse(
                    connection,
                    task,
                    open_object=open_local,
                    scratch=scratch,
                    batch="",
                    catalogue=Catalogue(own=(alone,)),
                )
            except BadConfigurationError as found:
                return refuse(file, found.what, "columns", name, "sql", next_step=found.next_step)
    return BadConfigurationError(error.what, where=str(file), next_step=error.next_step)


def _numbers(connection: duckdb.DuckDBPyConnection, account: FileAccount) -> Json:
    reasons = connection.execute(
        "SELECT reason, count(*) FROM (SELECT unnest(reasons) AS reason FROM rejected) GROUP BY ALL ORDER BY 2 DESC, 1"
    ).fetchall()
    return {
        "entries": account.entries,
        "accepted": account.accepted,
        "rejected": account.rejected,
        "reasons": dict(reasons),
        "not_requests": account.not_requests,
        "comments": account.comments,
        "headers": account.headers,
        "blanks": account.blanks,
        "lines": account.lines,
        "compression": account.compression,
        "envelope": account.envelope,
    }


def _first_rows(connection: duckdb.DuckDBPyConnection, rows: int) -> list[Json]:
    listed = ", ".join(map(quote_name, ("position", *COLUMNS)))
    found = connection.execute(f"SELECT {listed} FROM entry ORDER BY position LIMIT {rows}").fetchall()
    return [
        {name: _plain(value) for name, value in zip(("position", *COLUMNS), row, strict=True) if value is not None}
        for row in found
    ]


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else value


def _first_rejected(connection: duckdb.DuckDBPyConnection) -> list[Json]:
    """The first rejected entry of each combination of reasons."""
    found = connection.execute(
        "SELECT min(position), reasons, arg_min(excerpt, position) FROM rejected GROUP BY reasons ORDER BY 1 LIMIT 20"
    ).fetchall()
    return [{"position": place, "reasons": reasons, "excerpt": excerpt} for place, reasons, excerpt in found]


def _unknown(connection: duckdb.DuckDBPyConnection, described: Format) -> Json:
    """The columns that no accepted entry has: those that the format does not make, and those that it does."""
    counted = ", ".join(f"count({quote_name(name)})" for name in COLUMNS)
    [known] = connection.execute(f"SELECT {counted} FROM entry").fetchall()
    empty = [name for name, number in zip(COLUMNS, known, strict=True) if not number]
    return {
        "not_made": [name for name in empty if name not in described.columns],
        "made_and_empty": [name for name in empty if name in described.columns],
    }


def _detection(log: Path, described: Format, catalogue: Catalogue, scratch: Path) -> Json:
    """Which format would be found by itself, whether that is this one, and which comes next."""
    decoded = scratch / "decoded for detection"
    with log.open("rb") as source, decoded.open("wb") as target:
        decode_stored(MeasuredStream(source), target, name=log.name, scratch=scratch)
    try:
        known = look_at(decoded, name=log.name, catalogue=catalogue, wanted=None)
    except UnknownFormatError:
        return {"detected": None, "is_detected": False, "runner_up": None}
    finally:
        decoded.unlink()
    detected = known.described.name if known.described is not None else None
    return {"detected": detected, "is_detected": detected == described.name, "runner_up": known.runner_up}
