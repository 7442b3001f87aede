"""Clauses of kind `concurrency`: at most so many requests in flight at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.concurrency import ConcurrencyClause
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_DECIDED, Measure, Over
from tallystick.clauses.sliding import ranges_of
from tallystick.clauses.stretches import Settled, settle
from tallystick.clauses.usage_reader import SERVED, UsageReader
from tallystick.duck import quote_text
from tallystick.period import Period
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tally.concurrency import DURATION, LONGEST_US, in_flight
from tallystick.tally.scope import KEY, condition
from tallystick.tally.summary import FlightSummary, SlotSummary, flights_of
from tallystick.tally.windows import Integers

IN_FLIGHT = "in flight at once"


@dataclass(frozen=True, kw_only=True)
class _Flights:
    """A key's requests, by begin: parallel arrays; `judged` are those in the ranges asked for, not before them."""

    begins_us: Integers
    ends_us: Integers
    is_served: Any
    judged: Any


@dataclass(frozen=True, kw_only=True)
class _Stretch:
    """The most in flight in a stretch of a day, and when that is first reached."""

    start_us: int
    end_us: int
    peak: int
    peak_us: int


def terms(clause: ConcurrencyClause) -> str:
    """The number in words, such as: at most 4 requests in flight at once per app."""
    return f"at most {clause.max:,} request{'' if clause.max == 1 else 's'} in flight at once per {clause.per}"


def measure(judging: Judging, clause: ConcurrencyClause) -> list[Measure]:
    """For every key with requests in scope in the span the most that were in flight at once.

    A request is in flight from when it was received for as long as it took, at least a microsecond. `unknown` are
    those that do not say how long, or say more than a day.
    """
    reader, span, summary = judging.reader, judging.span, flights_of(clause)
    slots = SlotSummary(per=clause.per, scope=summary.scope)
    edge_rows = reader.lay_out_pieces(slots, "requests", span)
    undetermined, scope_rows = reader.undetermined(slots.scope, span)
    totals = reader.connection.execute(
        "SELECT key, CAST(sum(counted) AS BIGINT) FROM piece GROUP BY key ORDER BY key NULLS LAST"
    ).fetchall()
    settled = settle(reader, USAGE_PEAK, summary.id, span, LONGEST_US)
    unknown = _unknown(reader, summary, settled)
    peaks, part_rows = _peaks(reader, summary, span, settled)
    whole = (span.start_us, span.end_us)
    measures = []
    for key, counted in totals:
        mine = peaks.get(key, [])
        peak, minus_us = max(((day.peak, -day.peak_us) for day in mine), default=(None, 0))
        windows, rows = _over(reader, summary, span, key, clause.max, mine)
        verdict, missing = _verdict(clause, key, windows, counted, unknown.get(key, 0), undetermined)
        measures.append(
            Measure(
                reading=AS_WRITTEN,
                key=key,
                in_period=judging.in_period,
                counted=counted,
                unknown=unknown.get(key, 0),
                used=counted,
                window=IN_FLIGHT,
                max=clause.max,
                limit=clause.max,
                peak=peak,
                peak_us=None if peak is None else -minus_us,
                windows=tuple(windows),
                requests_over=sum(one.requests_over or 0 for one in windows) if windows else None,
                served_over=sum(one.served_over or 0 for one in windows) if windows else None,
                verdict=verdict,
                missing=missing,
                decided_from="request" if windows or settled.parts == (whole,) else USAGE_PEAK.name,
                rows_read=edge_rows + scope_rows + part_rows + rows,
                witnesses=reader.witnesses(slots, key, windows[0].start_us, windows[0].end_us) if windows else (),
            )
        )
    return measures


def _verdict(
    clause: ConcurrencyClause, key: str | None, windows: list[Over], counted: int, unknown: int, undetermined: int
) -> tuple[str, str | None]:
    if windows:
        return EXCEEDED, None
    if key is None:
        return NOT_DECIDED, f"{counted} requests do not say their {clause.per}"
    if unknown:
        return NOT_DECIDED, f"{unknown} of {counted} requests do not say how long they took, up to a day"
    if undetermined:
        return NOT_DECIDED, f"{undetermined} requests do not say enough to tell whether the clause counts them"
    return KEPT, None


def _unknown(reader: UsageReader, summary: FlightSummary, settled: Settled) -> dict[str, int]:
    """By key how many requests do not say how long they took."""
    parts = [
        f"SELECT {KEY[summary.per]} AS key, count(*) - count({DURATION}) AS unknown "
        f"FROM ({reader.requests_within(*part)}) WHERE {condition(summary.scope)} GROUP BY ALL"
        for part in settled.parts
    ]
    parts.append(f"SELECT key, unknown FROM ({settled.stored})")
    rows = reader.connection.execute(
        f"SELECT key, CAST(sum(unknown) AS BIGINT) FROM ({' UNION ALL '.join(parts)}) "
        "WHERE key IS NOT NULL GROUP BY key"
    ).fetchall()
    return {str(key): int(unknown) for key, unknown in rows}


def _peaks(
    reader: UsageReader, summary: FlightSummary, span: Period, settled: Settled
) -> tuple[dict[str, list[_Stretch]], int]:
    """By key its stretches, the parts that no table answers for included; the raw rows read for those."""
    rows = reader.connection.execute(
        "SELECT key, epoch_us(since_at), epoch_us(until_at), CASE WHEN is_own THEN own_peak ELSE peak END AS most, "
        f"epoch_us(CASE WHEN is_own THEN own_peak_at ELSE peak_at END) FROM ({settled.stored}) WHERE most IS NOT NULL "
        "ORDER BY key, since_at"
    ).fetchall()
    found: dict[str, list[_Stretch]] = {}
    for key, start_us, end_us, peak, peak_us in rows:
        found.setdefault(key, []).append(_Stretch(start_us=start_us, end_us=end_us, peak=peak, peak_us=peak_us))
    rows_read = 0
    for start_us, end_us in settled.parts:
        rows_read += reader.raw_rows(start_us, end_us)
        keys = reader.connection.execute(
            f"SELECT DISTINCT {KEY[summary.per]} AS key FROM ({reader.requests_within(start_us, end_us)}) "
            f"WHERE key IS NOT NULL AND ({condition(summary.scope)}) ORDER BY key"
        ).fetchall()
        for (key,) in keys:
            flights = _flights(reader, summary, key, [(max(start_us - LONGEST_US, span.start_us), end_us)], start_us)
            counts = in_flight(np.zeros(len(flights.begins_us), np.int64), flights.begins_us, flights.ends_us)
            counts, begins_us = counts[flights.judged], flights.begins_us[flights.judged]
            if len(counts):
                place = int(counts.argmax())
                found.setdefault(key, []).append(
                    _Stretch(start_us=start_us, end_us=end_us, peak=int(counts[place]), peak_us=int(begins_us[place]))
                )
    return found, rows_read


def _over(
    reader: UsageReader, summary: FlightSummary, span: Period, key: str | None, most: int, days: list[_Stretch]
) -> tuple[list[Over], int]:
    """The longest intervals in which more than `most` are in flight, and the raw rows read for them."""
    over = [(day.start_us, day.end_us) for day in days if day.peak > most]
    if key is None or not over:
        return [], 0
    flights = _flights(reader, summary, key, ranges_of(over, LONGEST_US, span), span.start_us)
    return intervals_over(flights.begins_us, flights.ends_us, flights.is_served, most, span), len(flights.begins_us)


def intervals_over(begins_us: Integers, ends_us: Integers, is_served: Any, most: int, span: Period) -> list[Over]:
    """The longest half-open intervals of a span in which more than `most` requests are in flight, in order.

    `begins_us` is sorted. What is still in flight when the span ends is cut there, and marked.
    """
    instants, places = np.unique(np.concatenate([begins_us, ends_us]), return_inverse=True)
    change = np.zeros(len(instants), np.int64)
    np.add.at(change, places[: len(begins_us)], 1)
    np.add.at(change, places[len(begins_us) :], -1)
    level = change.cumsum()
    is_over = level > most
    opens = np.flatnonzero(is_over & np.concatenate([[True], ~is_over[:-1]]))
    closes = np.flatnonzero(~is_over & np.concatenate([[False], is_over[:-1]]))
    served = np.concatenate([[0], np.cumsum(is_served)])
    found = []
    for first, after in zip(opens.tolist(), closes.tolist(), strict=True):
        begun, until = np.searchsorted(begins_us, instants[[first, after]], side="left").tolist()
        peak = int(level[first:after].max())
        found.append(
            Over(
                start_us=int(instants[first]),
                end_us=min(int(instants[after]), span.end_us),
                used=peak,
                over=peak - most,
                peak_us=int(instants[first + int(level[first:after].argmax())]),
                requests_over=until - begun,
                served_over=int(served[until] - served[begun]),
                is_clipped=int(instants[after]) > span.end_us,
            )
        )
    return found


def _flights(
    reader: UsageReader, summary: FlightSummary, key: str, ranges: list[tuple[int, int]], judged_from_us: int
) -> _Flights:
    parts = " UNION ALL ".join(f"SELECT * FROM ({reader.requests_within(*one)})" for one in ranges)
    arrays = reader.connection.execute(
        f"SELECT epoch_us(received_at) AS at_us, {DURATION} AS duration, {SERVED} AS is_served FROM ({parts}) "
        f"WHERE {KEY[summary.per]} = {quote_text(key)} AND ({condition(summary.scope)}) AND duration IS NOT NULL "
        "ORDER BY at_us"
    ).fetchnumpy()
    begins_us = np.asarray(arrays["at_us"], np.int64)
    return _Flights(
        begins_us=begins_us,
        ends_us=begins_us + np.asarray(arrays["duration"], np.int64),
        is_served=np.asarray(arrays["is_served"], np.bool_),
        judged=begins_us >= judged_from_us,
    )
