"""One UTC day's requests as parallel arrays: texts and statuses as codes, amounts and instants as whole numbers.

A column is read when it is first asked for, and only then, so a day that lacks one summary reads what that needs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tallystick.agreements.limit import Scope
from tallystick.tables.request import REQUEST
from tallystick.tally.answers import answers, answers_of
from tallystick.tally.grouping import Integers, group
from tallystick.tally.relation import relation_of
from tallystick.tally.scope import conditions

TEXTS = tuple(column.name for column in REQUEST.columns if column.type == "VARCHAR")
OWNED_BY = {
    "licensee": ("licensee",),
    "app": ("app",),
    "credential": ("credential_id",),
    "user": ("user",),
    "app and source": ("app", "source"),
}
"""The columns that name whose budget a request uses, for each `per`; two are one text with a space between them."""

ARROW = {
    "VARCHAR": pa.string(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
    "BOOLEAN": pa.bool_(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
}
"""A column's type in a Parquet file, by how a table's promise spells it."""

CODED = (*TEXTS, "status")
"""The columns of which a request is like many others."""

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A column as codes: places in `values`, which are in order; the place after the last of them stands for NULL."""

    codes: Integers
    values: pa.Array

    @property
    def size(self) -> int:
        """How many codes there can be, that of NULL included."""
        return len(self.values) + 1

    @property
    def is_known(self) -> Flags:
        """Which rows are not NULL."""
        known: Flags = self.codes < len(self.values)
        return known

    def decoded(self, codes: Integers) -> pa.Array:
        """Codes of this column as its values."""
        indices = pa.array(codes.astype(np.int32), mask=codes == len(self.values))
        if pa.types.is_string(self.values.type):
            return pa.DictionaryArray.from_arrays(indices, self.values)
        return self.values.take(indices)

    def only(self, places: Places) -> Coded:
        """The same of some rows."""
        return Coded(codes=self.codes[places], values=self.values)

    def is_any_of(self, wanted: Collection[str]) -> Flags:
        """Which rows have one of some values."""
        fits = np.append(np.asarray(pc.is_in(self.values, pa.array(sorted(wanted), self.values.type))), False)
        found: Flags = fits[self.codes]
        return found


@dataclass(frozen=True, kw_only=True)
class Amount:
    """What each request says of an amount: 0 where it says nothing; `is_unknown` None where all say it."""

    known: Integers
    is_unknown: Flags | None

    @property
    def unknown(self) -> Places:
        """The places of those that say nothing."""
        return np.zeros(0, np.intp) if self.is_unknown is None else np.flatnonzero(self.is_unknown)

    @property
    def is_known(self) -> Flags:
        """Which say it."""
        return np.ones(len(self.known), np.bool_) if self.is_unknown is None else ~self.is_unknown

    def only(self, places: Places | Flags) -> Amount:
        """The same of some requests."""
        return Amount(known=self.known[places], is_unknown=None if self.is_unknown is None else self.is_unknown[places])


class DayRequests:
    """The requests of some files, or those at some places of others; what is read once serves all parts."""

    def __init__(self, files: Sequence[str], *, of: DayRequests | None = None, places: Places | None = None) -> None:
        self._files = tuple(files)
        self._of = of
        self._places = places
        self._coded: dict[str, Coded] = {}
        self._amounts: dict[str, Amount] = {}
        self._fits: dict[tuple[tuple[str, ...], str], tuple[Flags, Flags]] = {}
        self.kept: dict[str, Any] = {}

    def only(self, places: Places) -> DayRequests:
        """Those at some places."""
        return DayRequests(self._files, of=self, places=places)

    @cached_property
    def at_us(self) -> Integers:
        """When each was received, in microseconds since 1970."""
        if self._of is not None:
            return self._of.at_us[self._places]
        read: Integers = self._read("received_at").cast(ARROW["TIMESTAMPTZ"]).cast(pa.int64()).to_numpy()
        return read

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.at_us) if self._places is None else len(self._places)

    def flags(self, name: str) -> Flags:
        """A column of truth values, NULL as false."""
        if name not in self.kept:
            self.kept[name] = (
                self._read(name).fill_null(False).to_numpy(zero_copy_only=False)
                if self._of is None
                else self._of.flags(name)[self._places]
            )
        found: Flags = self.kept[name]
        return found

    def coded(self, name: str) -> Coded:
        """A column of texts or small numbers as codes."""
        if name not in self._coded:
            if self._of is not None:
                assert self._places is not None
                self._coded[name] = self._of.coded(name).only(self._places)
            else:
                self._coded[name] = coded_texts(self._read(name))
        return self._coded[name]

    def amount(self, name: str) -> Amount:
        """A column of amounts or other whole numbers."""
        if name not in self._amounts:
            if self._of is not None:
                assert self._places is not None
                self._amounts[name] = self._of.amount(name).only(self._places)
            else:
                column = self._read(name).cast(pa.int64())
                known = column.fill_null(0) if column.null_count else column
                unknown = column.is_null().to_numpy(zero_copy_only=False) if column.null_count else None
                self._amounts[name] = Amount(known=known.to_numpy(), is_unknown=unknown)
        return self._amounts[name]

    def owner(self, per: str) -> Coded:
        """Whose budget each request uses."""
        first, *rest = OWNED_BY[per]
        if not rest:
            return self.coded(first)
        if per not in self._coded:
            columns = [self.coded(name) for name in OWNED_BY[per]]
            texts = pc.binary_join_element_wise(*(one.decoded(one.codes).cast(pa.string()) for one in columns), " ")
            self._coded[per] = coded_texts(texts)
        return self._coded[per]

    def in_scope(self, day: Day, scope: Scope, licensees: tuple[str, ...]) -> Places:
        """The places of those of some licensees that a clause counts: of which `condition` is true."""
        is_false, is_null = np.zeros(self.rows, np.bool_), np.zeros(self.rows, np.bool_)
        for columns, test in conditions(scope):
            found_false, found_null = self._answers(day, columns, test)
            is_false |= found_false
            is_null |= found_null
        fits = is_null & ~is_false if scope.is_undetermined else ~(is_null | is_false)
        return np.flatnonzero(fits & self.coded("licensee").is_any_of(licensees))

    def _answers(self, day: Day, columns: tuple[str, ...], test: str) -> tuple[Flags, Flags]:
        """Of which requests an SQL test is false, and of which it is NULL; asked once of requests that are alike."""
        if (columns, test) not in self._fits:
            if self._of is not None:
                is_false, is_null = self._of._answers(day, columns, test)
                self._fits[columns, test] = is_false[self._places], is_null[self._places]
            elif all(name in CODED for name in columns):
                alike = group(*((self.coded(name).codes, self.coded(name).size) for name in columns))
                values = [self.coded(name).decoded(codes) for name, codes in zip(columns, alike.codes, strict=True)]
                rows = tuple(zip(*(one.to_pylist() for one in values), strict=True))
                is_false, is_null = answers_of(columns, test, rows)
                self._fits[columns, test] = is_false[alike.of_row], is_null[alike.of_row]
            else:
                self._fits[columns, test] = answers(day.connection, test, relation_of(self._files))
        return self._fits[columns, test]

    def _read(self, name: str) -> pa.Array:
        """A column of all files in one piece."""
        chunks = []
        for file in self._opened:
            if name in file.schema_arrow.names:
                chunks += file.read(columns=[name], use_threads=False).column(name).chunks
            else:  # as in files of before the column was promised
                nulls = pa.nulls(file.metadata.num_rows, ARROW[REQUEST.column(name).type])
                chunks.append(nulls.dictionary_encode() if name in TEXTS else nulls)
        if not chunks:
            return pa.array([], ARROW[REQUEST.column(name).type])
        return pa.chunked_array(chunks).unify_dictionaries().combine_chunks()

    @cached_property
    def _opened(self) -> list[pq.ParquetFile]:
        found = []
        for file in self._files:
            said = pq.read_metadata(file, memory_map=True)
            texts = [name for name in said.schema.names if name in TEXTS]
            found.append(pq.ParquetFile(file, metadata=said, read_dictionary=texts, memory_map=True))
        return found


@lru_cache(maxsize=2)
def requests_of(files: tuple[str, ...]) -> DayRequests:
    """The requests of some files, which never change; those of a day serve again as those before the next."""
    return DayRequests(files)


class Day:
    """What a day's tables are made from: its requests, and those of the day before that a window may reach.

    `summaries` are all that is to be made of it; `kept` has what several of them share.
    """

    def __init__(
        self,
        day: str,
        files: Sequence[str],
        files_before: Sequence[str],
        summaries: Sequence[object],
        connect: Callable[[], duckdb.DuckDBPyConnection],
    ) -> None:
        self.start_us = int(np.datetime64(day, "us").astype(np.int64))
        self.summaries = tuple(summaries)
        self.kept: dict[object, Any] = {}
        self._files, self._files_before = files, files_before
        self._before = requests_of(tuple(files_before))  # asked for first, so that it is still there
        self.every = requests_of(tuple(files))
        self._connect = connect

    @cached_property
    def relation(self) -> str:
        """SQL for the day's requests, duplicates included."""
        return relation_of(self._files)

    @cached_property
    def relation_before(self) -> str:
        """The same for the day before."""
        return relation_of(self._files_before)

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Where SQL runs; opened when the first is asked for."""
        return self._connect()

    @cached_property
    def requests(self) -> DayRequests:
        """The day's requests, duplicates aside."""
        is_duplicate = self.every.flags("is_duplicate")
        return self.every.only(np.flatnonzero(~is_duplicate)) if is_duplicate.any() else self.every

    def earlier(self, since_us: int) -> DayRequests:
        """Those of the day before that were received after an instant."""
        if ("earlier", since_us) not in self.kept:
            late = self._before.only(np.flatnonzero(self._before.at_us > since_us))
            self.kept["earlier", since_us] = late.only(np.flatnonzero(~late.flags("is_duplicate")))
        found: DayRequests = self.kept["earlier", since_us]
        return found


def instants(at_us: Integers, is_null: Flags | None = None) -> pa.Array:
    """Microseconds since 1970 as instants."""
    return pa.array(at_us, mask=is_null).cast(pa.timestamp("us", tz="UTC"))


def coded_texts(column: pa.Array) -> Coded:
    """Values as codes in their own order: texts by bytes, as in SQL."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    order = pc.sort_indices(column.dictionary)
    rank = np.empty(len(order) + 1, np.int64)
    rank[order.to_numpy()] = np.arange(len(order))
    rank[-1] = len(order)
    indices = column.indices.fill_null(len(order)) if column.null_count else column.indices
    return Coded(codes=rank[indices.to_numpy()], values=column.dictionary.take(order))
