"""Read one log object: every entry accepted or rejected with reasons, and an account that adds up."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import duckdb

from tallystick.duck import quote_name
from tallystick.errors import DamagedFileError, InputError, UnknownFormatError, UnreadableFileError
from tallystick.formats import Format, find_format
from tallystick.intake.account import FileAccount, account_for, last_rows
from tallystick.intake.batch import NO_LINES
from tallystick.intake.canonical import Origin
from tallystick.intake.detection import detect
from tallystick.intake.entries import HEAD_BYTES
from tallystick.intake.lines import split_lines
from tallystick.intake.paths import Found, read_fast, read_strictly
from tallystick.intake.stored import MeasuredStream, decode_stored
from tallystick.intake.task import FileTask
from tallystick.tables.intake import INTAKE
from tallystick.tables.promise import Table
from tallystick.tables.rejected_entry import REJECTED_ENTRY


def create_entry_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty tables `entry` (the columns of `intake`) and `rejected` (those of `rejected_entry`)."""
    for name, table in (("entry", INTAKE), ("rejected", REJECTED_ENTRY)):
        connection.execute(f"CREATE TABLE {name} ({_columns(table)})")


def _columns(table: Table) -> str:
    return ", ".join(
        f"{quote_name(column.name)} {column.type}{'' if column.nullable else ' NOT NULL'}" for column in table.columns
    )


def read_file(
    connection: duckdb.DuckDBPyConnection,
    task: FileTask,
    *,
    open_object: Callable[[str], BinaryIO],
    scratch: Path,
    batch: str,
) -> FileAccount:
    """Append the entries of one log object to the tables `entry` and `rejected` of `connection`; returns its account.

    The object is read to its end and decoded into a file below `scratch` before anything of it counts. One that is
    damaged, or of a compression or format that is not known, is `refused`: its account says why, and no row of it is
    appended. Raises UnreadableFileError where it cannot be opened or read at all, since then not even its digest is
    known, and UnknownFormatError where the task names a format that there is not. Runs in a transaction of its own, so
    none may be open on `connection`.
    """
    account, _ = read_or_refuse(connection, task, open_object=open_object, scratch=scratch, batch=batch)
    return account


def read_or_refuse(
    connection: duckdb.DuckDBPyConnection,
    task: FileTask,
    *,
    open_object: Callable[[str], BinaryIO],
    scratch: Path,
    batch: str,
) -> tuple[FileAccount, InputError | None]:
    """As `read_file`, with the error behind the problem of a refused file."""
    wanted = find_format(task.format) if task.format is not None else None
    with tempfile.TemporaryDirectory(prefix="tallystick-", dir=scratch) as folder:
        decoded = Path(folder) / "decoded"
        stored, problem = _decode(task, open_object, decoded)
        described = wanted
        if problem is None and wanted is None:
            try:
                described = _detected(decoded, task.name)
            except UnknownFormatError as error:
                problem = error
        if problem is None:
            return _read_decoded(connection, task, described, stored, decoded, batch=batch), None
    refused = FileAccount(
        source=task.source,
        name=task.name,
        version_tag=task.version_tag,
        file_id=stored.sha256,
        size_bytes=stored.size_bytes,
        format=task.format,
        state="refused",
        problem=problem.what,
        batch=batch,
    )
    return refused, problem


def _read_decoded(
    connection: duckdb.DuckDBPyConnection,
    task: FileTask,
    described: Format | None,
    stored: MeasuredStream,
    decoded: Path,
    *,
    batch: str,
) -> FileAccount:
    """The rows and the account of a decoded file, all or none of them."""
    after = last_rows(connection)
    connection.execute("BEGIN")
    try:
        if described is None:
            blank = [batch.others for batch in split_lines(decoded)]
            others = sum(blank, NO_LINES)
            found = Found(entries=0, others=others, lines=others.total)
        else:
            origin = Origin(source=task.source, file_id=stored.sha256, batch=batch, routes=task.routes)
            found = _read(connection, described, origin, decoded)
        account = account_for(
            connection,
            task,
            file_id=stored.sha256,
            size_bytes=stored.size_bytes,
            format_name=described.name if described else None,
            found=found,
            after=after,
            batch=batch,
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return account


def _read(connection: duckdb.DuckDBPyConnection, described: Format, origin: Origin, decoded: Path) -> Found:
    """In one go where the file proves that it can be, else entry by entry; the rows are the same."""
    found = read_fast(connection, described, origin, decoded)
    if found is None:
        connection.execute("ROLLBACK")
        connection.execute("BEGIN")
        found = read_strictly(connection, described, origin, decoded)
    return found


def _decode(
    task: FileTask, open_object: Callable[[str], BinaryIO], decoded: Path
) -> tuple[MeasuredStream, InputError | None]:
    """Write the object's decoded bytes; returns its measured bytes, and what stands against it."""
    try:
        with open_object(task.uri) as source, decoded.open("wb") as target:
            stored = MeasuredStream(source)
            try:
                decode_stored(stored, target, name=task.name)
            except (DamagedFileError, UnreadableFileError) as error:
                stored.drain()
                return stored, error
            return stored, None
    except OSError as error:
        raise UnreadableFileError(
            f"cannot be read: {error.strerror or error}", where=task.uri, next_step="see who may read it, and try again"
        ) from error


def _detected(decoded: Path, name: str) -> Format | None:
    """The format that a decoded file has; None for a file without a single entry."""
    with decoded.open("rb") as source:
        head = source.read(HEAD_BYTES)
    if not head.strip() and decoded.stat().st_size == len(head):
        return None
    return find_format(detect(head, name=name, scratch=decoded.parent).format)
