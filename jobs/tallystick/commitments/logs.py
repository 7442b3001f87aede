"""Log objects into the requests of each UTC day, by the same steps as ingest and refine, without a lake."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import BinaryIO

import duckdb

from tallystick.digest_key import DigestKey
from tallystick.duck import PASSING, connect, quote_text, write_partitions
from tallystick.errors import InputError, MissingInputError, UnreadableFileError
from tallystick.formats import BUILT_IN, Catalogue
from tallystick.intake.account import FileAccount
from tallystick.intake.log_objects import LogObject
from tallystick.intake.reader import create_entry_tables, read_or_refuse
from tallystick.intake.straight import Straight
from tallystick.intake.task import FileTask
from tallystick.register.load import Recognition
from tallystick.tables.intake import INTAKE
from tallystick.tally.refine import RefineTask, requests_of_day

BATCH = "commit"
[DAY] = INTAKE.partition_by


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How logs are read: by which formats, who is recognised in them, and what may be used for it.

    `accepts_refused` goes on without files that cannot be read; they are told in `Offered.refused`.
    """

    catalogue: Catalogue = BUILT_IN
    format_name: str | None = None
    recognitions: tuple[Recognition, ...] = ()
    digest_key: DigestKey
    accepts_refused: bool = False
    memory_limit: str = "1GB"
    scratch: Path


@dataclass(kw_only=True)
class Offered:
    """What was found in log objects, as it is found; `refused` are files with why they could not be read."""

    files: int = 0
    repeated: int = 0
    entries: int = 0
    rejected: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


class Days:
    """The requests of some log objects, one UTC day after another."""

    def __init__(
        self, sources: Sequence[Sequence[LogObject]], open_object: Callable[[str], BinaryIO], reading: Reading
    ) -> None:
        """Each of the sources may number its requests for itself."""
        self.offered = Offered()
        self.paths: dict[str, str] = {}
        """The path of every file that was read, by its SHA-256."""
        self._sources, self._open, self._reading = sources, open_object, reading
        self._intake = reading.scratch / INTAKE.name

    def each(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """Read everything, then yield for each day a database and the SQL that gives the rows of `request` there.

        The database is closed when the next one is asked for.

        Raises for an object that cannot be read, unless it need not be: UnreadableFileError, DamagedFileError,
        UnknownFormatError; and UnknownFormatError for a format that there is not.
        """
        self._read_all()
        for folder in sorted(self._intake.glob(f"{DAY}=*")):
            connection, query = requests_of_day(self._task(folder))
            shutil.rmtree(folder)
            yield connection, query
            connection.close()

    def _read_all(self) -> None:
        if self._reading.format_name is not None:
            self._reading.catalogue.find(self._reading.format_name)
        connection = connect(memory_limit=self._reading.memory_limit, scratch=self._reading.scratch)
        self._intake.mkdir()
        listed = [(f"log {place}", one) for place, objects in enumerate(self._sources, 1) for one in objects]
        for number, (source, one) in enumerate(listed):
            for name in ("entry", "rejected"):
                connection.execute(f"DROP TABLE IF EXISTS {name}")
            create_entry_tables(connection)
            self._take(connection, number, source, one)
        connection.close()

    def _take(self, connection: duckdb.DuckDBPyConnection, number: int, source: str, one: LogObject) -> None:
        straight = Straight(root=self._intake, name=f"{number}-own")
        account, problem = self._read(connection, source, one, straight)
        if problem is not None:
            if one.is_named or not self._reading.accepts_refused:
                raise problem
            self.offered.refused.append((one.path, problem.what))
            return
        assert account is not None
        self.offered.files += 1
        if account.file_id in self.paths:
            self.offered.repeated += 1
            straight.discard()
            return
        self.paths[account.file_id] = one.path
        self.offered.entries += account.entries
        self.offered.rejected += account.rejected
        if not straight.written and account.accepted:
            query, name = "SELECT * FROM entry", f"{number}-{{i}}"
            write_partitions(connection, query, self._intake, partition_by=DAY, name=name, written_as=PASSING)

    def _read(
        self, connection: duckdb.DuckDBPyConnection, source: str, one: LogObject, straight: Straight
    ) -> tuple[FileAccount | None, InputError | None]:
        if one.problem is not None:
            return None, UnreadableFileError(one.problem, where=one.path)
        reading = self._reading
        task = FileTask(
            source=source,
            name=one.path,
            uri=one.uri,
            version_tag="",
            format=reading.format_name,
            digest_key=reading.digest_key,
        )
        read = partial(
            read_or_refuse, connection, task, open_object=self._open, scratch=reading.scratch, batch=BATCH,
            catalogue=reading.catalogue, straight=straight,
        )  # fmt: skip
        try:
            return read()
        except (UnreadableFileError, MissingInputError) as error:  # it may have gone since it was listed
            return None, UnreadableFileError(error.what, where=one.path, next_step=error.next_step)

    def _task(self, folder: Path) -> RefineTask:
        files = ", ".join(quote_text(str(file)) for file in sorted(folder.iterdir()))
        return RefineTask(
            day=date.fromisoformat(folder.name.partition("=")[2]),
            intake=f"SELECT * FROM read_parquet([{files}], hive_partitioning = true, hive_types = {{{DAY}: DATE}})",
            current=tuple((file_id, BATCH) for file_id in self.paths),
            recognitions=self._reading.recognitions,
            digest_key=self._reading.digest_key,
            root=self._reading.scratch,
            name="request",
            memory_limit=self._reading.memory_limit,
            scratch=self._reading.scratch,
        )
