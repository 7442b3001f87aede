"""The one door to Delta: which files a table has at a version, and one atomic commit of files that tasks wrote."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Field, Schema
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from tallystick.duck import WrittenFile, connect, quote_name, quote_text, without_wildcards, write_file
from tallystick.errors import LostRaceError, UnreadableFileError
from tallystick.tables import Table

CONFIGURATION = {
    "delta.enableDeletionVectors": "false",
    "delta.deletedFileRetentionDuration": "interval 3650 days",
    "delta.logRetentionDuration": "interval 3650 days",
}


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """One file that a table has at a version: an absolute `path`, its `name` in the table, partition and rows."""

    path: str
    name: str
    partition: Mapping[str, str]
    rows: int
    size_bytes: int


class Lake:
    """A folder of Delta tables."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, table: Table) -> Path:
        """Where a table lies."""
        return self.root / table.name

    def version(self, table: Table) -> int | None:
        """The table's newest version; None while nothing was ever committed."""
        opened = self._open(table)
        return None if opened is None else opened.version()

    def files(
        self, table: Table, *, partitions: Mapping[str, Collection[str]] | None = None, version: int | None = None
    ) -> list[DataFile]:
        """The files of a version (the newest by default), those of some partition values only, ordered by name."""
        opened = self._open(table, version)
        return [] if opened is None else list(self._matching(opened, table, partitions))

    def commit(
        self,
        table: Table,
        files: Sequence[WrittenFile],
        *,
        replace: Sequence[Mapping[str, str]] = (),
        metadata: Mapping[str, str] | None = None,
    ) -> int:
        """Make `files` part of the table in one transaction, in place of all that the partitions of `replace` hold now.

        Without `replace` they are added to what is there; `[{}]` replaces the whole table. Returns the version. When
        the table holds just those files already, nothing is written. Raises LostRaceError if another run was faster.
        """
        opened = self._open(table) or self._create(table)
        present, sets = list(self._matching(opened, table, None)), _sets(replace)
        names, present_names = {file.path for file in files}, {file.name for file in present}
        added = [_add(file) for file in files if file.path not in present_names]
        removed = [_remove(file) for file in present if _lies_in(file.partition, sets) and file.name not in names]
        return self._transact(opened, table, [*removed, *added], metadata or {})

    def remove(self, table: Table, files: Sequence[DataFile]) -> int:
        """Take files out of the table in one transaction; earlier versions keep them. Returns the version."""
        opened = self._open(table) or self._create(table)
        return self._transact(opened, table, [_remove(file) for file in files], {})

    def write(
        self,
        table: Table,
        rows: pa.Table,
        *,
        replace: Sequence[Mapping[str, str]] = (),
        metadata: Mapping[str, str] | None = None,
    ) -> int:
        """Write a small table's rows and commit them, as `commit`. Equal rows make an equal file: no new version."""
        connection = connect()
        connection.register("given", rows)
        columns = [column for column in table.columns if column.name not in table.partition_by]
        chosen = ", ".join(f"CAST({quote_name(c.name)} AS {c.type}) AS {quote_name(c.name)}" for c in columns)
        partitions = ", ".join(quote_name(name) for name in table.partition_by)
        values = (
            connection.execute(f"SELECT DISTINCT {partitions} FROM given ORDER BY ALL").fetchall()
            if partitions
            else [()]
        )
        files = []
        for value in values:
            partition = {name: str(one) for name, one in zip(table.partition_by, value, strict=True)}
            where = " AND ".join(f"CAST({quote_name(name)} AS VARCHAR) = ${name}" for name in partition) or "TRUE"
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE part AS SELECT {chosen} FROM given WHERE {where}", partition or None
            )
            query = "SELECT * FROM part ORDER BY ALL"
            name = sha256(repr(connection.execute(query).fetchall()).encode()).hexdigest()[:32]
            files.append(write_file(connection, query, self.folder(table), partition=partition, name=name))
        return self.commit(table, files, replace=replace, metadata=metadata)

    def read(
        self, table: Table, *, partitions: Mapping[str, Collection[str]] | None = None, version: int | None = None
    ) -> pa.Table:
        """A small table's rows with its promised columns; no rows while it does not exist."""
        connection = connect()
        return connection.sql(self.relation(table, partitions=partitions, version=version)).to_arrow_table()

    def relation(
        self, table: Table, *, partitions: Mapping[str, Collection[str]] | None = None, version: int | None = None
    ) -> str:
        """SQL that yields a table's rows with its promised columns, from the files of one version."""
        paths = [file.path for file in self.files(table, partitions=partitions, version=version)]
        return relation(table, paths, is_grown=self.is_grown(table))

    def is_grown(self, table: Table) -> bool:
        """Whether the table was begun without a column that it promises now, which files of then do not have."""
        opened = self._open(table, version=0)
        return opened is not None and bool(_lacking(opened, table))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lake for one writing stage. Raises LostRaceError while another process holds it."""
        self.root.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.root / ".writer", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise LostRaceError(
                "another stage is writing to this lake", where=str(self.root), next_step="wait for it, then run again"
            ) from error
        finally:
            os.close(handle)

    def _transact(
        self, opened: DeltaTable, table: Table, actions: list[AddAction | RemoveAction], metadata: Mapping[str, str]
    ) -> int:
        if not actions:
            return opened.version()
        with _one_writer(table):
            if lacking := _lacking(opened, table):
                opened.alter.add_columns(lacking)
            # No retry: a commit on top of one that was not seen could add to a partition that it means to replace.
            opened.create_write_transaction(
                actions,
                mode="append",
                schema=_schema(table),
                partition_by=list(table.partition_by),
                commit_properties=CommitProperties(custom_metadata=dict(metadata), max_commit_retries=0),
            )
        opened.update_incremental()
        return opened.version()

    def _open(self, table: Table, version: int | None = None) -> DeltaTable | None:
        if not (self.folder(table) / "_delta_log").is_dir():
            return None
        try:
            return DeltaTable(self.folder(table), version=version)
        except TableNotFoundError:
            return None
        except DeltaError as error:
            raise UnreadableFileError(
                f"the Delta log cannot be read: {str(error).partition(chr(10))[0]}",
                where=str(self.folder(table)),
                next_step="mend it, or delete the lake and run the stages again: all of it is made from the logs",
            ) from error

    def _create(self, table: Table) -> DeltaTable:
        with _one_writer(table):
            return DeltaTable.create(
                self.folder(table),
                schema=_schema(table),
                mode="ignore",
                partition_by=list(table.partition_by),
                name=table.name,
                description=table.grain,
                configuration=CONFIGURATION,
            )

    def _matching(
        self, opened: DeltaTable, table: Table, partitions: Mapping[str, Collection[str]] | None
    ) -> Iterator[DataFile]:
        actions = pa.table(opened.get_add_actions(flatten=True)).to_pylist()
        for action in sorted(actions, key=lambda action: action["path"]):
            partition = {name: str(action[f"partition.{name}"]) for name in table.partition_by}
            if all(partition[name] in values for name, values in (partitions or {}).items()):
                name = unquote(action["path"])
                yield DataFile(
                    path=str(self.folder(table) / name),
                    name=name,
                    partition=partition,
                    rows=action["num_records"],
                    size_bytes=action["size_bytes"],
                )


@contextmanager
def _one_writer(table: Table) -> Iterator[None]:
    """Raise LostRaceError when another run was faster."""
    try:
        yield
    except CommitFailedError as error:
        raise LostRaceError(f"another run changed {table.name} meanwhile", next_step="run the stage again") from error


def _lacking(opened: DeltaTable, table: Table) -> list[Field]:
    """The promised columns that a table, as the log describes it, does not have."""
    present = {field.name for field in opened.schema().fields}
    return [field for field in _schema(table).fields if field.name not in present]


def _sets(partitions: Sequence[Mapping[str, str]]) -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """Partitions by the columns they name, so that a file is looked up and not searched for."""
    sets: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for partition in partitions:
        sets.setdefault(tuple(partition), set()).add(tuple(partition.values()))
    return sets


def _lies_in(partition: Mapping[str, str], sets: Mapping[tuple[str, ...], set[tuple[str, ...]]]) -> bool:
    return any(tuple(partition[name] for name in names) in values for names, values in sets.items())


def relation(table: Table, paths: Sequence[str], *, is_grown: bool = False) -> str:
    """SQL that yields a table's promised columns from Parquet files, partition values from paths; none is fine.

    With `is_grown` a column that some files do not have is NULL there.
    """
    typed = ", ".join(f"CAST(NULL AS {column.type}) AS {quote_name(column.name)}" for column in table.columns)
    nothing = f"SELECT {typed} WHERE FALSE"
    if not paths:
        return nothing
    listed = ", ".join(quote_text(without_wildcards(path)) for path in paths)
    types = ", ".join(f"{quote_name(name)}: {table.column(name).type}" for name in table.partition_by)
    hive = f", hive_types = {{{types}}}" if types else ""
    columns = ", ".join(quote_name(name) for name in table.column_names)
    if is_grown:
        stored = (
            f"SELECT * FROM read_parquet([{listed}], union_by_name = true, hive_partitioning = {bool(types)}{hive})"
        )
        return f"SELECT {columns} FROM ({nothing} UNION ALL BY NAME {stored})"
    return f"SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = {bool(types)}{hive})"


@cache
def arrow_schema(table: Table) -> pa.Schema:
    """The promised columns as Arrow knows them."""
    columns = ", ".join(f"CAST(NULL AS {column.type}) AS {quote_name(column.name)}" for column in table.columns)
    return connect().sql(f"SELECT {columns} WHERE FALSE").to_arrow_table().schema


@cache
def _schema(table: Table) -> Schema:
    return Schema.from_arrow(arrow_schema(table))


def _add(file: WrittenFile) -> AddAction:
    statistics: dict[str, Any] = {"numRecords": file.rows}
    if file.lowest and file.highest:
        statistics["minValues"] = {name: _bound(name, value, up=False) for name, value in file.lowest.items()}
        statistics["maxValues"] = {name: _bound(name, value, up=True) for name, value in file.highest.items()}
    return AddAction(
        path=file.path,
        size=file.size_bytes,
        partition_values=dict(file.partition),
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps(statistics),
    )


def _remove(file: DataFile) -> RemoveAction:
    return RemoveAction(
        path=file.name,
        data_change=True,
        deletion_timestamp=int(time.time() * 1000),
        partition_values=dict(file.partition),
        size=file.size_bytes,
    )


def _bound(name: str, value: str, *, up: bool) -> str:
    """A column's bound as the Delta log writes it: instants to the millisecond, rounded away from the data."""
    if name != "received_at":
        return value
    instant = datetime.fromisoformat(value).astimezone(UTC)
    whole = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    return (whole + timedelta(milliseconds=1 if up else 0)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
