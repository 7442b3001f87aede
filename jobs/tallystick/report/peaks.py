"""The fullest window of each UTC day under each limit in short windows, from stored peaks and sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tallystick.agreements.limit import Limit, LimitClause
from tallystick.agreements.load import Binding
from tallystick.clauses.stretches import settle
from tallystick.clauses.usage_reader import UsageReader
from tallystick.duck import quote_name
from tallystick.period import DAY_US, Period, to_text
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tally.scope import KEY, condition
from tallystick.tally.summary import PeakSummary, peak_of, slots_of
from tallystick.tally.windows import calendar_sums, sliding_sums

Reached = tuple[int, int, str]
"""What a window holds, minus the instant at which that is reached, and whose it is."""


def peaks(reader: UsageReader, bindings: Sequence[Binding], period: Period) -> list[dict[str, Any]]:
    """The report's `consumption.peaks`: an entry for each limit in calendar or sliding windows of at most a day."""
    found = []
    for binding in bindings:
        span = binding.within(period)
        for clause in binding.version.clauses if span is not None else ():
            limit = clause.limit_as(None) if isinstance(clause, LimitClause) else None
            if span is None or limit is None or limit.length.us is None:
                continue
            if limit.window not in ("calendar", "sliding") or limit.length.us > DAY_US:
                continue
            found.append(
                {
                    "version": binding.version.version,
                    "clause": clause.id,
                    "of": limit.of,
                    "per": limit.per,
                    "window": limit.window,
                    "within": limit.length.text,
                    "max": limit.max,
                    "limit": limit.limit,
                    "days": _days(reader, limit, span),
                }
            )
    return found


def _days(reader: UsageReader, limit: Limit, span: Period) -> list[dict[str, Any]]:
    summary = peak_of(limit)
    reached = _of_quarters(reader, limit, span) if summary is None else _of_peaks(reader, summary, limit, span)
    largest: dict[int, tuple[int, int, str]] = {}
    for peak, minus_us, key in reached:
        day = -minus_us // DAY_US
        best = largest.get(day)
        if best is None or (peak, minus_us) > best[:2] or ((peak, minus_us) == best[:2] and key < best[2]):
            largest[day] = (peak, minus_us, key)
    return [
        {"date": to_text(day * DAY_US)[:10], "key": key, "peak": peak, "peak_at": to_text(-minus_us)}
        for day, (peak, minus_us, key) in sorted(largest.items())
    ]


def _of_quarters(reader: UsageReader, limit: Limit, span: Period) -> list[Reached]:
    """Of windows that are made of whole quarters of an hour, each day's fullest, at its beginning in the span."""
    reader.lay_out_pieces(slots_of(limit), limit.of, span)
    rows = reader.connection.execute(
        f"SELECT CAST(sum(used) AS BIGINT) AS most, greatest(at_us // {limit.length.us} * {limit.length.us}, "
        f"{span.start_us}) AS most_us, key FROM piece WHERE key IS NOT NULL GROUP BY most_us, key "
        f"{_fullest(f'most_us // {DAY_US}')}"
    ).fetchall()
    return [(int(most), -int(most_us), str(key)) for most, most_us, key in rows]


def _of_peaks(reader: UsageReader, summary: PeakSummary, limit: Limit, span: Period) -> Iterator[Reached]:
    """Each day's fullest window as it is stored, and those of stretches that the span cuts, from their requests."""
    settled = settle(reader, USAGE_PEAK, summary.id, span, summary.length_us)
    rows = reader.connection.execute(
        "SELECT CASE WHEN is_own THEN own_peak ELSE peak END AS most, "
        "epoch_us(CASE WHEN is_own THEN own_peak_at ELSE peak_at END) AS most_us, key "
        f"FROM ({settled.stored}) WHERE most IS NOT NULL {_fullest('event_date')}"
    ).fetchall()
    yield from ((int(most), -int(most_us), str(key)) for most, most_us, key in rows)
    for start_us, end_us in settled.parts:
        yield from _of_requests(reader, limit, max(start_us - summary.length_us, span.start_us), start_us, end_us)


def _of_requests(reader: UsageReader, limit: Limit, since_us: int, start_us: int, end_us: int) -> Iterator[Reached]:
    """Every window that ends at a request of a range, from the requests since an instant before it."""
    assert limit.length.us is not None
    amount = "1" if limit.of == "requests" else quote_name(limit.of)
    read = reader.connection.execute(
        f"SELECT {KEY[limit.per]} AS key, dense_rank() OVER (ORDER BY {KEY[limit.per]}) - 1 AS number, "
        f"epoch_us(received_at) AS at_us, CAST({amount} AS BIGINT) AS amount "
        f"FROM ({reader.requests_within(since_us, end_us)}) "
        f"WHERE ({condition(limit.scope)}) AND {KEY[limit.per]} IS NOT NULL AND {amount} IS NOT NULL "
        "ORDER BY number, at_us"
    ).to_arrow_table()
    numbers, at_us, amounts = (read[name].to_numpy().astype(np.int64) for name in ("number", "at_us", "amount"))
    sums = (sliding_sums if limit.window == "sliding" else calendar_sums)(numbers, at_us, amounts, limit.length.us)
    days = at_us // DAY_US
    for day in np.unique(days[at_us >= start_us]):
        places = np.flatnonzero((days == day) & (at_us >= start_us))
        place = int(places[np.lexsort((numbers[places], at_us[places], -sums[places]))[0]])
        yield int(sums[place]), -int(at_us[place]), str(read["key"][place].as_py())


def _fullest(day: str) -> str:
    return f"QUALIFY row_number() OVER (PARTITION BY {day} ORDER BY most DESC, most_us, key) = 1"
