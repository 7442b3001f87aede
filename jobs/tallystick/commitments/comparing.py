"""Two commitments held against each other: what both have, what only one has, and where amounts differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from tallystick.commitments.identity import hour_sql
from tallystick.commitments.matching import NUMBERS, differs, match
from tallystick.commitments.new_file import new_file
from tallystick.commitments.reading import Commitment, Requests
from tallystick.commitments.shape import MOST_TAGS, TAG_BYTES
from tallystick.commitments.unlike import write_unlike
from tallystick.duck import connect, quote_name
from tallystick.errors import UnlikeCommitmentsError

AT_ONCE = 64 * MOST_TAGS
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two files, read to its end."""

    file: str
    sha256: str
    requests: int
    unidentified: int
    compared: tuple[str, ...]


class Comparison:
    """Two commitments in tables that spill to `scratch` past `memory_limit`, matched tag by tag.

    The numbers of each row are those of `matching.NUMBERS`.
    """

    def __init__(self, ours: Path, theirs: Path, *, memory_limit: str, scratch: Path) -> None:
        """Raises as `Commitment`, and UnlikeCommitmentsError where the two cannot be compared."""
        self._connection = connect(memory_limit=memory_limit, scratch=scratch)
        with closing(Commitment(ours)) as one, closing(Commitment(theirs)) as other:
            _see_that_they_are_alike(one, other)
            self.identity: list[str] = one.header["identity"]
            self.period: dict[str, str] | None = one.header["period"]
            self.compared = tuple(name for name in one.compared if name in other.compared)
            self._create()
            self._apps: dict[str, int] = {}
            self.ours, self.theirs = self._load(one, is_theirs=False), self._load(other, is_theirs=True)
        self._name_apps()
        match(self._connection, self.compared)

    def total(self) -> Row:
        """The numbers of all apps and hours together."""
        [row] = self._rows("", "")
        return row

    def apps(self) -> list[Row]:
        """The numbers of each app, by its id."""
        return list(self._rows("app", "app"))

    def hours(self, *, only_unlike: bool = False) -> Iterator[Row]:
        """The numbers of each hour and app, in that order; if asked, only where not all agree."""
        unlike = "WHERE differing + undecided + only_ours + only_theirs + other_app > 0" if only_unlike else ""
        return self._rows(f"{hour_sql('hour')} AS hour, app", "hour, app", unlike)

    def differing(self) -> dict[str, int]:
        """In how many pairs each compared column differs; one pair may differ in several."""
        found = {}
        for name in self.compared:
            condition = differs(f"ours.{quote_name(name)}", f"theirs.{quote_name(name)}")
            [(number,)] = self._connection.execute(f"SELECT count(*) FROM pair WHERE {condition}").fetchall()
            found[name] = int(number)
        return found

    def write_unlike(self, file: Path) -> int:
        """Write the list of requests that are not agreed into a new file, as `unlike.write_unlike`; how many."""
        with new_file(file) as target:
            return write_unlike(self._connection, target)

    @property
    def not_compared(self) -> tuple[str, ...]:
        """The columns of which only one side has checks."""
        return tuple(sorted(set(self.ours.compared) ^ set(self.theirs.compared)))

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _create(self) -> None:
        checks = "".join(f", {quote_name(name)} UINTEGER" for name in self.compared)
        self._connection.execute(f"CREATE TABLE request (tag UUID, app INTEGER, hour INTEGER, side INTEGER{checks})")
        self._connection.execute("CREATE TABLE nameless (app INTEGER, hour INTEGER, side INTEGER, number BIGINT)")

    def _load(self, commitment: Commitment, *, is_theirs: bool) -> Side:
        held: list[pa.Table] = []
        nameless: list[tuple[int, int, int, int]] = []
        for found in commitment.each():
            app = self._apps.setdefault(found.app, len(self._apps))
            if found.checks is None:
                nameless.append((app, found.hour, int(is_theirs), found.number))
            else:
                held.append(self._table(found, app, is_theirs=is_theirs))
            if len(held) * MOST_TAGS >= AT_ONCE or len(nameless) >= MOST_TAGS:
                self._insert(held, nameless)
                held, nameless = [], []
        self._insert(held, nameless)
        return Side(
            file=commitment.where,
            sha256=commitment.sha256,
            requests=commitment.requests,
            unidentified=commitment.unidentified,
            compared=commitment.compared,
        )

    def _table(self, found: Requests, app: int, *, is_theirs: bool) -> pa.Table:
        stored = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(TAG_BYTES), found.number, [None, pa.py_buffer(found.tags)]
        )
        same = {"app": app, "hour": found.hour, "side": int(is_theirs)}
        columns = {name: np.full(found.number, value, np.int32) for name, value in same.items()}
        checks = found.checks or {}
        columns |= {name: np.frombuffer(checks[name], ">u4").astype(np.uint32) for name in self.compared}
        return pa.table({"tag": pa.ExtensionArray.from_storage(pa.uuid(), stored), **columns})

    def _insert(self, held: Sequence[pa.Table], nameless: Sequence[tuple[int, int, int, int]]) -> None:
        if held:
            self._connection.register("arrived", pa.concat_tables(held))
            self._connection.execute("INSERT INTO request SELECT * FROM arrived")
            self._connection.unregister("arrived")
        if nameless:
            columns = [np.array(column, np.int64) for column in zip(*nameless, strict=True)]
            self._connection.register("arrived", pa.table(columns, names=["app", "hour", "side", "number"]))
            self._connection.execute("INSERT INTO nameless SELECT * FROM arrived")
            self._connection.unregister("arrived")

    def _name_apps(self) -> None:
        names = pa.table({"number": pa.array(self._apps.values(), pa.int32()), "name": pa.array(self._apps.keys())})
        self._connection.register("app_name", names)

    def _rows(self, named: str, by: str, where: str = "") -> Iterator[Row]:
        sums = ", ".join(f"CAST(coalesce(sum({name}), 0) AS BIGINT) AS {name}" for name in NUMBERS)
        columns = f"{named}, {sums}" if named else sums
        order = f"GROUP BY {by} ORDER BY {by}" if by else ""
        found: duckdb.DuckDBPyConnection = self._connection.cursor().execute(
            f"SELECT {columns} FROM (SELECT * FROM cell {where}) {order}"
        )
        names = [column[0] for column in found.description or ()]
        while some := found.fetchmany(MOST_TAGS):
            yield from (dict(zip(names, values, strict=True)) for values in some)


def _see_that_they_are_alike(one: Commitment, other: Commitment) -> None:
    words = {"key": "under another key", "identity": "of other identities", "period": "of other hours"}
    for name, said in words.items():
        if one.header[name] != other.header[name]:
            raise UnlikeCommitmentsError(
                f"this commitment is made {said} than {one.where}: {other.header[name]}, not {one.header[name]}",
                where=other.where,
                next_step="agree on key, --identity and --period, and make both again",
            )
