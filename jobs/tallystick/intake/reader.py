"""Read one log object: every entry accepted or rejected with reasons, and an account that adds up."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

import duckdb

from tallystick.duck import quote_name
from tallystick.errors import (
    BadConfigurationError,
    DamagedFileError,
    InputError,
    UnknownFormatError,
    UnreadableFileError,
)
from tallystick.formats import BUILT_IN, Catalogue, Envelope, Format
from tallystick.intake.account import FileAccount, Shape, account_for, last_rows
from tallystick.intake.batch import NO_LINES
from tallystick.intake.canonical import Origin
from tallystick.intake.known import Known, look_at
from tallystick.intake.lines import split_lines
from tallystick.intake.macros import create_macros
from tallystick.intake.paths import Found, read_fast, read_strictly
from tallystick.intake.stored import MeasuredStream, decode_stored
from tallystick.intake.straight import Straight
from tallystick.intake.task import FileTask
from tallystick.tables.intake import INTAKE
from tallystick.tables.promise import Table
from tallystick.tables.rejected_entry import REJECTED_ENTRY

RULE_FAILS = (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)


def create_entry_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make macros, and the empty tables `entry` (columns of `intake`) and `rejected` (those of `rejected_entry`)."""
    create_macros(connection)
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
    catalogue: Catalogue = BUILT_IN,
    straight: Straight | None = None,
) -> FileAccount:
    """Append the entries of one log object to the tables `entry` and `rejected` of `connection`; returns its account.

    The object is read to its end and decoded into a file below `scratch` before anything of it counts. One that is
    damaged, or of a compression or format that is not known, is `refused`: its account says why, and no row of it is
    appended. Raises UnreadableFileError where it cannot be opened or read at all, since then not even its digest is
    known, and UnknownFormatError where the task names a format that there is not. Runs in a transaction of its own, so
    none may be open on `connection`. The entries of a large file that can be read in one go are written by `straight`.
    """
    account, _ = read_or_refuse(
        connection,
        task,
        open_object=open_object,
        scratch=scratch,
        batch=batch,
        catalogue=catalogue,
        straight=straight,
    )
    return account


def read_or_refuse(
    connection: duckdb.DuckDBPyConnection,
    task: FileTask,
    *,
    open_object: Callable[[str], BinaryIO],
    scratch: Path,
    batch: str,
    catalogue: Catalogue = BUILT_IN,
    straight: Straight | None = None,
) -> tuple[FileAccount, InputError | None]:
    """As `read_file`, with the error behind the problem of a refused file."""
    wanted = catalogue.find(task.format) if task.format is not None else None
    with tempfile.TemporaryDirectory(prefix="tallystick-", dir=scratch) as folder:
        decoded = Path(folder) / "decoded"
        stored, problem = _decode(task, open_object, decoded)
        known = Known(described=wanted)
        if problem is None:
            try:
                known = look_at(decoded, name=task.name, catalogue=catalogue, wanted=wanted)
                return _read_decoded(connection, task, known, stored, decoded, batch=batch, straight=straight), None
            except (UnknownFormatError, DamagedFileError) as error:
                problem = error if error.where else type(error)(error.what, where=task.name, next_step=error.next_step)
            except RULE_FAILS as error:
                if known.described not in catalogue.own:
                    raise  # which no built-in format's rule ever does
                raise _rule_that_fails(known, error) from error
    refused = FileAccount(
        source=task.source,
        name=task.name,
        version_tag=task.version_tag,
        file_id=stored.sha256,
        size_bytes=stored.size_bytes,
        format=task.format,
        state="refused",
        problem=problem.what,
        digest_key=task.digest_key.mark,
        batch=batch,
    )
    return refused, problem


def _read_decoded(
    connection: duckdb.DuckDBPyConnection,
    task: FileTask,
    known: Known,
    stored: MeasuredStream,
    decoded: Path,
    *,
    batch: str,
    straight: Straight | None,
) -> FileAccount:
    """The rows and the account of a decoded file, all or none of them."""
    after = last_rows(connection)
    if straight is not None and decoded.stat().st_size < straight.from_bytes:
        straight = None
    connection.execute("BEGIN")
    try:
        if known.described is None:
            blank = [batch.others for batch in split_lines(decoded)]
            others = sum(blank, NO_LINES)
            found = Found(entries=0, others=others, lines=others.total)
        else:
            origin = Origin(
                source=task.source, file_id=stored.sha256, batch=batch, routes=task.routes, digest_key=task.digest_key
            )
            found = _read(connection, known.described, origin, decoded, known.envelope, straight)
        account = account_for(
            connection,
            task,
            shape=Shape(
                file_id=stored.sha256,
                size_bytes=stored.size_bytes,
                decoded_bytes=decoded.stat().st_size,
                compression=stored.compression,
                envelope=known.envelope.name if known.envelope else None,
                format=known.described.name if known.described else None,
                runner_up=known.runner_up,
            ),
            found=found,
            after=after,
            batch=batch,
            written=straight.relation() if straight is not None and straight.written else None,
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        if straight is not None:
            straight.discard()
        raise
    return account


def _read(
    connection: duckdb.DuckDBPyConnection,
    described: Format,
    origin: Origin,
    decoded: Path,
    envelope: Envelope | None,
    straight: Straight | None,
) -> Found:
    """In one go where the file proves that it can be, else entry by entry; the rows are the same."""
    append = None if straight is None else partial(straight.write, connection, decoded=decoded)
    found = None if envelope is not None else read_fast(connection, described, origin, decoded, append)
    if found is None:
        if straight is not None:
            straight.discard()
        connection.execute("ROLLBACK")
        connection.execute("BEGIN")
        found = read_strictly(connection, described, origin, decoded, envelope)
    return found


def _rule_that_fails(known: Known, error: Exception) -> BadConfigurationError:
    name = known.described.name if known.described else ""
    return BadConfigurationError(
        f"an SQL rule fails on an entry: {str(error).splitlines()[0]}",
        where=f"format {name}",
        next_step="use TRY_CAST or TRY(…), which give NULL; `tallystick formats test FILE LOG` names the rule",
    )


def _decode(
    task: FileTask, open_object: Callable[[str], BinaryIO], decoded: Path
) -> tuple[MeasuredStream, InputError | None]:
    """Write the object's decoded bytes; returns its measured bytes, and what stands against it."""
    try:
        with open_object(task.uri) as source, decoded.open("wb") as target:
            stored = MeasuredStream(source)
            try:
                decode_stored(stored, target, name=task.name, scratch=decoded.parent)
            except (DamagedFileError, UnreadableFileError) as error:
                stored.drain()
                return stored, error
            return stored, None
    except OSError as error:
        raise UnreadableFileError(
            f"cannot be read: {error.strerror or error}", where=task.uri, next_step="see who may read it, and try again"
        ) from error
