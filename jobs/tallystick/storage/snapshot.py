"""The lake as it stood when a stage began: every table pinned to one version, its files listed once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from threading import RLock
from typing import Any, TypeVar

import pyarrow as pa

from tallystick.duck import another, connect
from tallystick.storage.delta import DataFile, Lake, relation
from tallystick.tables import Table

T = TypeVar("T")


class Snapshot:
    """Reads of one lake that all see the same versions, from as many threads as like."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._files: dict[str, list[DataFile]] = {}
        self._grown: dict[str, bool] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._made: dict[str, Any] = {}
        self._one_at_a_time = RLock()
        self._connection = connect()
        self.versions: dict[str, int | None] = {}

    def files(self, table: Table, partitions: Mapping[str, Collection[str]] | None = None) -> list[DataFile]:
        """The files of the pinned version, those of some partition values only."""
        with self._one_at_a_time:
            if table.name not in self._files:
                version = self._lake.version(table)
                self.versions[table.name] = version
                self._files[table.name] = [] if version is None else self._lake.files(table, version=version)
        wanted = {name: set(values) for name, values in (partitions or {}).items()}
        return [
            file
            for file in self._files[table.name]
            if all(file.partition[name] in values for name, values in wanted.items())
        ]

    def relation(self, table: Table, partitions: Mapping[str, Collection[str]] | None = None) -> str:
        """SQL that yields the rows of those files with the table's promised columns."""
        paths = [file.path for file in self.files(table, partitions)]
        with self._one_at_a_time:
            if table.name not in self._grown:
                self._grown[table.name] = self._lake.is_grown(table)
        return relation(table, paths, is_grown=self._grown[table.name])

    def read(self, table: Table, partitions: Mapping[str, Collection[str]] | None = None) -> pa.Table:
        """The rows of a small table."""
        with another(self._connection) as connection:
            return connection.sql(self.relation(table, partitions)).to_arrow_table()

    def rows(self, table: Table) -> list[dict[str, Any]]:
        """Every row of a small table as plain values, read once for the whole snapshot; not to be changed."""
        with self._one_at_a_time:
            if table.name not in self._rows:
                self._rows[table.name] = self.read(table).to_pylist()
            return self._rows[table.name]

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` makes of this snapshot, made when `name` is first asked for; not to be changed."""
        with self._one_at_a_time:
            if name not in self._made:
                self._made[name] = make()
            made: T = self._made[name]
        return made

    def names_by_day(self, table: Table) -> dict[str, list[DataFile]]:
        """The files of each UTC day of a table partitioned by event_date."""
        found: dict[str, list[DataFile]] = {}
        for file in self.files(table):
            found.setdefault(file.partition["event_date"], []).append(file)
        return found
