"""What one task of ingest does: read some listed files whole, and write their entries."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from tallystick.duck import PASSING, WrittenFile, connect, write_file, write_partitions
from tallystick.errors import ChangedObjectError, NoFileError, UnreadableFileError
from tallystick.formats import Catalogue
from tallystick.intake.account import FileAccount
from tallystick.intake.reader import create_entry_tables, read_file
from tallystick.intake.straight import Straight
from tallystick.intake.task import FileTask
from tallystick.settings import EngineSettings, S3Settings
from tallystick.storage.objects import open_pinned
from tallystick.storage.pinned import Pin
from tallystick.tables.intake import INTAKE
from tallystick.tables.rejected_entry import REJECTED_ENTRY

Row = dict[str, Any]
MEND = "mend it or take it out of the source, then run tallystick ingest again"


@dataclass(frozen=True, kw_only=True)
class ListedFile:
    """A file to be read as it was listed."""

    task: FileTask
    pin: Pin


@dataclass(frozen=True, kw_only=True)
class GroupTask:
    """Some files for one task, and where their entries go."""

    number: int
    files: tuple[ListedFile, ...]
    batch: str
    lake: Path
    s3: S3Settings
    engine: EngineSettings
    catalogue: Catalogue


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A file that could not be read this time, and has no account, so that the next ingest tries it again.

    `may_pass` says that it was only written to, or taken away, meanwhile.
    """

    source: str
    name: str
    problem: str
    next_step: str
    may_pass: bool


@dataclass(frozen=True, kw_only=True)
class GroupRead:
    """What a task hands back: the account of each file (columns of `source_file`), files without one, what it wrote."""

    accounts: list[Row]
    unread: list[Unread]
    entries: list[WrittenFile]
    rejected: list[WrittenFile]


def read_group(task: GroupTask) -> GroupRead:
    """Read some files, and write their entries: those of a large one in files of its own, the others' together."""
    name, root = f"{task.batch}-{task.number}", task.lake / INTAKE.name
    with tempfile.TemporaryDirectory(dir=task.engine.scratch) as folder:
        scratch = Path(folder)
        connection = connect(memory_limit=task.engine.memory_limit, scratch=scratch)
        create_entry_tables(connection)
        straight = [Straight(root=root, name=f"{name}-file-{place}") for place, _ in enumerate(task.files)]
        read = [_read(connection, task, file, scratch, own) for file, own in zip(task.files, straight, strict=True)]
        shared = []
        if _has_rows(connection, "entry"):
            # One thread keeps the order of the files, which is that of the listing, and of the entries in each.
            query, files = "SELECT * FROM entry", f"{name}-{{i}}"
            shared = write_partitions(
                connection, query, root, partition_by="event_date", name=files, written_as=PASSING
            )
        rejected = []
        if _has_rows(connection, "rejected"):
            query = "SELECT * FROM rejected ORDER BY file_id, position"
            rejected = [write_file(connection, query, task.lake / REJECTED_ENTRY.name, partition={}, name=name)]
    return GroupRead(
        accounts=[one.row() for one in read if isinstance(one, FileAccount)],
        unread=[one for one in read if isinstance(one, Unread)],
        entries=[*shared, *(file for own in straight for file in own.written)],
        rejected=rejected,
    )


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return connection.execute(f"SELECT count(*) FROM {table}").fetchall() != [(0,)]


def _read(
    connection: duckdb.DuckDBPyConnection, task: GroupTask, file: ListedFile, scratch: Path, straight: Straight
) -> FileAccount | Unread:
    """One file; what is no file at all is refused, and what cannot be read now does not stop the others."""
    try:
        return read_file(
            connection,
            file.task,
            open_object=partial(open_pinned, s3=task.s3, pin=file.pin),
            scratch=scratch,
            batch=task.batch,
            catalogue=task.catalogue,
            straight=straight,
        )
    except NoFileError as error:
        return _refused(file.task, error.what, task.batch)
    except (ChangedObjectError, UnreadableFileError) as error:
        return Unread(
            source=file.task.source,
            name=file.task.name,
            problem=error.what,
            next_step=error.next_step or MEND,
            may_pass=isinstance(error, ChangedObjectError),
        )


def _refused(task: FileTask, problem: str, batch: str) -> FileAccount:
    """The account of what has no bytes."""
    return FileAccount(
        source=task.source,
        name=task.name,
        version_tag=task.version_tag,
        file_id=hashlib.sha256(b"").hexdigest(),
        size_bytes=0,
        format=task.format,
        state="refused",
        problem=problem,
        digest_key=task.digest_key.mark,
        batch=batch,
    )


@dataclass(frozen=True, kw_only=True)
class DigestTask:
    """A listed object whose bytes are to be digested."""

    uri: str
    pin: Pin
    s3: S3Settings


def digest_object(task: DigestTask) -> str | None:
    """SHA-256 of the object's stored bytes; None where it cannot be read now, which its reading will tell."""
    digest = hashlib.sha256()
    try:
        with open_pinned(task.uri, task.s3, task.pin) as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    except (ChangedObjectError, UnreadableFileError, OSError):
        return None
    return digest.hexdigest()
