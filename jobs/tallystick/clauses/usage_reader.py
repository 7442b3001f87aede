"""What an audit reads: usage in pieces of at most a quarter of an hour, daily peaks, raw requests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from tallystick.agreements.limit import Scope
from tallystick.clauses.result import Witness
from tallystick.duck import quote_name, quote_text
from tallystick.period import DAY_US, EPOCH, Period
from tallystick.tables import Table
from tallystick.tables.request import REQUEST
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tables.usage_scope import USAGE_SCOPE
from tallystick.tally.scope import KEY, SLOT_US, condition
from tallystick.tally.summary import PeakSummary, SlotSummary, unclear_of

Relation = Callable[[Table, Mapping[str, Collection[str]]], str]
"""Given a table and the partition values wanted, SQL that yields its rows at the audit's pinned version."""


SERVED = "coalesce(status <> 429, true)"
"""SQL for: the gateway let it through. A status that the log does not give is not known to be a refusal."""


@dataclass(frozen=True, kw_only=True)
class Requests:
    """Raw requests of one key: parallel arrays, in order of time, of those with the amount.

    `served_without_us` are the instants of those that do not say it and were not refused with 429.
    """

    at_us: NDArray[np.int64]
    amount: NDArray[np.int64]
    is_served: NDArray[np.bool_]
    served_without_us: NDArray[np.int64]

    @property
    def rows(self) -> int:
        """How many say the amount."""
        return len(self.at_us)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many requests each key has, keys in order, and the raw rows read to count them.

    `since_us` is for each key the beginning of the quarter of an hour, or of the span in it, that has its first.
    """

    by_key: tuple[tuple[str, int], ...]
    since_us: Mapping[str, int]
    rows_read: int


@dataclass(frozen=True, kw_only=True)
class KeyStretch:
    """The largest window of a key in a stretch of one UTC day, and when it is first reached.

    Exact when all its windows lie in the span that is judged; else an upper bound, since it also counts requests
    outside. One that knows what came since the span began, and nothing older, is exact by its own peak.
    """

    start_us: int
    end_us: int
    peak: int
    peak_us: int
    is_exact: bool


class UsageReader:
    """One licensee's usage. With `only_raw` every sum is made from requests again, as a second opinion."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, relation: Relation, licensee: str, *, only_raw: bool = False
    ) -> None:
        self.connection = connection
        self.licensee = licensee
        self.only_raw = only_raw
        self._relation = relation
        self._copied: set[str] = set()
        self._counted_before: dict[tuple[SlotSummary, int, int], Counted] = {}

    def lay_out_pieces(self, summary: SlotSummary, of: str, span: Period, *, into: str = "piece") -> int:
        """Make the table `into` (key, at_us, counted, unknown, used, served) of a span; raw rows read for it.

        Each piece lies inside one quarter of an hour and inside the span: quarters that the span's borders cut are
        summed from requests.
        """
        whole_from, whole_until = -(-span.start_us // SLOT_US) * SLOT_US, span.end_us // SLOT_US * SLOT_US
        if self.only_raw or whole_from >= whole_until:
            edges, stored = [(span.start_us, span.end_us)], []
        else:
            edges = [edge for edge in ((span.start_us, whole_from), (whole_until, span.end_us)) if edge[0] < edge[1]]
            stored = [self._stored_pieces(summary, of, whole_from, whole_until)]
        parts = [*stored, *(self._raw_pieces(summary, of, start_us, end_us) for start_us, end_us in edges)]
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {into} AS FROM ({' UNION ALL '.join(parts)}) "
            "AS piece (key, at_us, counted, unknown, used, served)"
        )
        return sum(self.raw_rows(start_us, end_us) for start_us, end_us in edges)

    def counted(self, summary: SlotSummary, span: Period) -> Counted:
        """The requests of a span by key; asked of the tables once for each summary and span."""
        asked = (summary, span.start_us, span.end_us)
        if asked not in self._counted_before:
            rows_read = self.lay_out_pieces(summary, "requests", span, into="counted_piece")
            rows = self.connection.execute(
                "SELECT key, CAST(sum(counted) AS BIGINT), min(at_us) FROM counted_piece GROUP BY key ORDER BY key"
            ).fetchall()
            self._counted_before[asked] = Counted(
                by_key=tuple((str(key), int(requests)) for key, requests, _ in rows),
                since_us={str(key): int(since_us) for key, _, since_us in rows},
                rows_read=rows_read,
            )
        return self._counted_before[asked]

    def peaks(self, summary: PeakSummary, span: Period) -> dict[str, list[KeyStretch]]:
        """By key every stretch of a day in the span in which it has known amounts, in order."""
        days = _days(span.start_us, span.end_us)
        relation = self._usage(USAGE_PEAK, days, summary.id)
        rows = self.connection.execute(
            "SELECT key, epoch_us(since_at), epoch_us(until_at), epoch_us(own_since_at) = $start AS begins, "
            "peak, epoch_us(peak_at), own_peak, epoch_us(own_peak_at) "
            f"FROM ({relation}) WHERE licensee = $licensee AND peak IS NOT NULL AND epoch_us(until_at) > $start "
            "AND epoch_us(since_at) < $end ORDER BY key, since_at",
            {"licensee": self.licensee, "start": span.start_us, "end": span.end_us},
        ).fetchall()
        found: dict[str, list[KeyStretch]] = {}
        for key, start_us, end_us, begins, peak, peak_us, own_peak, own_peak_us in rows:
            is_inside = start_us >= span.start_us and end_us <= span.end_us
            found.setdefault(key, []).append(
                KeyStretch(
                    start_us=start_us,
                    end_us=end_us,
                    peak=own_peak if begins else peak,
                    peak_us=own_peak_us if begins else peak_us,
                    is_exact=is_inside and (begins or start_us >= span.start_us + summary.length_us),
                )
            )
        return found

    def requests(self, summary: SlotSummary, of: str, key: str, ranges: Sequence[tuple[int, int]]) -> Requests:
        """The key's requests in scope in any of some half-open ranges."""
        inside = " OR ".join(
            f"(epoch_us(received_at) >= {start} AND epoch_us(received_at) < {end})" for start, end in ranges
        )
        days = sorted({day for start, end in ranges for day in _days(start, end)})
        arrays: dict[str, Any] = self.connection.execute(
            f"SELECT epoch_us(received_at) AS at_us, {_amount(of)} AS amount, {SERVED} AS is_served "
            f"FROM ({self._relation(REQUEST, {'event_date': days})}) WHERE {self._counted(summary)} "
            f"AND {KEY[summary.per]} = $key AND ({inside}) "
            "ORDER BY at_us, request_id, file_id, position",
            {"licensee": self.licensee, "key": key},
        ).fetchnumpy()
        says_it = ~np.ma.getmaskarray(arrays["amount"])
        at_us, is_served = np.asarray(arrays["at_us"], np.int64), np.asarray(arrays["is_served"], np.bool_)
        return Requests(
            at_us=at_us[says_it],
            amount=np.asarray(arrays["amount"], np.int64)[says_it],
            is_served=is_served[says_it],
            served_without_us=at_us[~says_it & is_served],
        )

    def served(self, summary: SlotSummary, key: str, start_us: int, end_us: int) -> int:
        """How many of the key's requests in scope the gateway let through in a half-open range."""
        relation = self._relation(REQUEST, {"event_date": _days(start_us, end_us)})
        [[count]] = self.connection.execute(
            f"SELECT count(*) FROM ({relation}) WHERE {self._counted(summary)} AND {KEY[summary.per]} = $key "
            f"AND epoch_us(received_at) >= {start_us} AND epoch_us(received_at) < {end_us} AND {SERVED}",
            {"licensee": self.licensee, "key": key},
        ).fetchall()
        return int(count)

    def witnesses(
        self, summary: SlotSummary, key: str | None, start_us: int, end_us: int, *, most: int = 3
    ) -> tuple[Witness, ...]:
        """The first requests in scope of a key (of any, when None) in a half-open range."""
        whose = "" if key is None else f" AND {KEY[summary.per]} = {quote_text(key)}"
        return self.first_requests(f"({condition(summary.scope)}){whose}", start_us, end_us, most=most)

    def first_requests(self, test: str, start_us: int, end_us: int, *, most: int = 3) -> tuple[Witness, ...]:
        """The first requests for which the SQL `test` is true in a range, read from the first day that has one."""
        for day in range(start_us // DAY_US, -(-end_us // DAY_US)):
            within = self.requests_within(max(day * DAY_US, start_us), min((day + 1) * DAY_US, end_us))
            rows = self.connection.execute(
                f"SELECT source, file_id, position, epoch_us(received_at), request_id FROM ({within}) "
                f"WHERE ({test}) ORDER BY received_at, file_id, position LIMIT {int(most)}"
            ).fetchall()
            if rows:
                return tuple(
                    Witness(source=row[0], file_id=row[1], position=row[2], received_us=row[3], request_id=row[4])
                    for row in rows
                )
        return ()

    def requests_within(self, start_us: int, end_us: int) -> str:
        """SQL that yields the licensee's requests of a half-open range, duplicates aside."""
        return (
            f"SELECT * FROM ({self._relation(REQUEST, {'event_date': _days(start_us, end_us)})}) "
            f"WHERE licensee = {quote_text(self.licensee)} AND NOT is_duplicate "
            f"AND epoch_us(received_at) >= {start_us} AND epoch_us(received_at) < {end_us}"
        )

    def days_within(self, table: Table, span: Period) -> tuple[str, list[tuple[int, int]]]:
        """SQL that yields a daily table's rows of the whole UTC days in a span, and the parts of days that are left."""
        whole_from, whole_until = -(-span.start_us // DAY_US) * DAY_US, span.end_us // DAY_US * DAY_US
        if self.only_raw or whole_from >= whole_until:
            return f"SELECT * FROM ({self._relation(table, {})}) WHERE false", [(span.start_us, span.end_us)]
        relation = self._usage(table, _days(whole_from, whole_until))
        edges = [edge for edge in ((span.start_us, whole_from), (whole_until, span.end_us)) if edge[0] < edge[1]]
        return f"SELECT * FROM ({relation}) WHERE licensee = {quote_text(self.licensee)}", edges

    def daily(self, table: Table, summary_id: str, start_us: int, end_us: int) -> str:
        """SQL that yields the licensee's rows of one summary for the UTC days that a half-open range touches."""
        relation = self._usage(table, _days(start_us, end_us), summary_id)
        return f"SELECT * FROM ({relation}) WHERE licensee = {quote_text(self.licensee)}"

    def undetermined(self, scope: Scope, span: Period) -> tuple[int, int]:
        """Requests of the span that the log does not say enough of to tell whether they are in scope; raw rows read."""
        unclear = unclear_of(scope)
        if unclear is None:
            return 0, 0
        counted = self.counted(unclear, span)
        return sum(requests for _, requests in counted.by_key), counted.rows_read

    def raw_rows(self, start_us: int, end_us: int) -> int:
        """How many requests of the licensee are read for a half-open range, duplicates included."""
        relation = self._relation(REQUEST, {"event_date": _days(start_us, end_us)})
        [[rows]] = self.connection.execute(
            f"SELECT count(*) FROM ({relation}) WHERE licensee = $licensee AND epoch_us(received_at) >= {start_us} "
            f"AND epoch_us(received_at) < {end_us}",
            {"licensee": self.licensee},
        ).fetchall()
        return int(rows)

    def _usage(self, table: Table, days: Sequence[str], summary_id: str | None = None) -> str:
        """SQL that yields the licensee's rows of a small table for an unbroken range of days.

        They are copied out of everybody's when the table is first asked for, since most clauses ask for it again.
        """
        mine = quote_name(f"{table.name} of {self.licensee}")
        if table.name not in self._copied:
            self.connection.execute(
                f"CREATE TEMP TABLE IF NOT EXISTS {mine} AS SELECT * FROM ({self._relation(table, {})}) "
                f"WHERE licensee = {quote_text(self.licensee)}"
            )
            self._copied.add(table.name)
        summary = "" if summary_id is None else f" AND summary_id = {quote_text(summary_id)}"
        if not days:
            return f"SELECT * FROM {mine} WHERE false"
        return (
            f"SELECT * FROM {mine} WHERE event_date BETWEEN DATE {quote_text(days[0])} AND DATE {quote_text(days[-1])}"
            f"{summary}"
        )

    def _stored_pieces(self, summary: SlotSummary, of: str, start_us: int, end_us: int) -> str:
        days = _days(start_us, end_us)
        used, unknown = ("requests", "0") if of == "requests" else (quote_name(of), quote_name(f"{of}_unknown"))
        inside = f"epoch_us(slot_at) >= {start_us} AND epoch_us(slot_at) < {end_us}"
        if summary.is_standing:
            throttled = "AND NOT is_throttled" if summary.scope.without else ""
            relation = self._usage(USAGE_APP_SLOT, days)
            key, served = KEY[summary.per], "CASE WHEN is_throttled THEN 0 ELSE requests END"
        else:
            throttled = ""
            relation = self._usage(USAGE_SCOPE, days, summary.id)
            key, served = "key", "served"
        return (
            f"SELECT {key}, epoch_us(slot_at), CAST(sum(requests) AS BIGINT), CAST(sum({unknown}) AS BIGINT), "
            f"CAST(sum({used}) AS BIGINT), CAST(sum({served}) AS BIGINT) FROM ({relation}) "
            f"WHERE licensee = {quote_text(self.licensee)} AND {inside} {throttled} GROUP BY ALL"
        )

    def _raw_pieces(self, summary: SlotSummary, of: str, start_us: int, end_us: int) -> str:
        relation = self._relation(REQUEST, {"event_date": _days(start_us, end_us)})
        amount, at_us = _amount(of), "epoch_us(received_at)"
        counted = self._counted(summary).replace("$licensee", quote_text(self.licensee))
        return (
            f"SELECT {KEY[summary.per]}, greatest({at_us} // {SLOT_US} * {SLOT_US}, {start_us}), count(*), "
            f"count(*) - count({amount}), CAST(coalesce(sum({amount}), 0) AS BIGINT), "
            f"count(*) FILTER ({SERVED}) FROM ({relation}) "
            f"WHERE {counted} AND {at_us} >= {start_us} AND {at_us} < {end_us} GROUP BY ALL"
        )

    def _counted(self, summary: SlotSummary) -> str:
        return f"licensee = $licensee AND NOT is_duplicate AND ({condition(summary.scope)})"


def _amount(of: str) -> str:
    return "CAST(1 AS BIGINT)" if of == "requests" else quote_name(of)


def _days(start_us: int, end_us: int) -> list[str]:
    """Every UTC day that a half-open range touches, as text."""
    return [_date(day) for day in range(start_us // DAY_US, -(-end_us // DAY_US))]


def _date(day: int) -> str:
    return (EPOCH + timedelta(days=day)).date().isoformat()
