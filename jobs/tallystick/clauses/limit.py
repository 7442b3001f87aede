"""Clauses of kind `limit`: at most so many, per whom, in which window; decided from the smallest proof."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from tallystick.agreements.limit import Limit, LimitClause
from tallystick.clauses.calendar import lay_out_windows, windows_over
from tallystick.clauses.judging import Judging
from tallystick.clauses.limit_words import window_in_words
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_DECIDED, Measure, Over
from tallystick.clauses.sequential import anchored_over, bucket_over
from tallystick.clauses.sliding import (
    episodes,
    lie_in,
    ranges_of,
    short_windows_over,
    stretches_to_read,
    window_sums,
)
from tallystick.clauses.usage_reader import KeyStretch, UsageReader
from tallystick.duck import quote_text
from tallystick.period import DAY_US, Period
from tallystick.tally.scope import SLOT_US
from tallystick.tally.summary import peak_of, readings_of, slots_of
from tallystick.tally.windows import sliding_sums

FROM_REQUESTS = "request"


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """What the windows of one key say."""

    peak: int | None
    peak_us: int | None
    windows: tuple[Over, ...]
    decided_from: str
    rows_read: int


def measure(judging: Judging, clause: LimitClause) -> list[Measure]:
    """Every reading of the clause for every key that has requests in scope in the span."""
    zone = judging.binding.version.zone
    return measure_limit(judging.reader, clause, judging.span, zone, judging.in_period)


def measure_limit(
    reader: UsageReader, clause: LimitClause, span: Period, zone: ZoneInfo, in_period: int
) -> list[Measure]:
    """Every reading of the clause for every key that has requests in scope in the span."""
    return [
        one
        for reading, limit in readings_of(clause)
        for one in measure_reading(reader, reading, limit, span, zone, in_period)
    ]


def measure_reading(
    reader: UsageReader,
    reading: str,
    limit: Limit,
    span: Period,
    zone: ZoneInfo,
    in_period: int,
    *,
    only: Collection[str] | None = None,
) -> list[Measure]:
    """One limit for every key that has requests in scope in the span, or for those of `only`."""
    edge_rows = reader.lay_out_pieces(slots_of(limit), limit.of, span)
    if only is not None:
        named = ", ".join(quote_text(key) for key in only) or "NULL"
        reader.connection.execute(f"DELETE FROM piece WHERE coalesce(key NOT IN ({named}), true)")
    undetermined, scope_rows = reader.undetermined(limit.scope, span)
    totals = reader.connection.execute(
        "SELECT key, CAST(sum(counted) AS BIGINT), CAST(sum(unknown) AS BIGINT), CAST(sum(used) AS BIGINT) FROM piece "
        "GROUP BY key ORDER BY key NULLS LAST"
    ).fetchall()
    judged = _judge_keys(reader, limit, span, zone, only)
    measures = []
    for key, counted, unknown, used in totals:
        found = judged.get(
            key, _Judged(peak=None, peak_us=None, windows=(), decided_from=_slots_table(limit), rows_read=0)
        )
        verdict, missing = _verdict(limit, key, found, counted, unknown, undetermined)
        one = Measure(
            reading=reading,
            key=key,
            in_period=in_period,
            counted=counted,
            unknown=unknown,
            used=used,
            max=limit.max,
            limit=limit.limit,
            peak=found.peak,
            peak_us=found.peak_us,
            windows=found.windows,
            of=limit.of,
            window=window_in_words(limit),
            requests_over=_sum([one.requests_over for one in found.windows]),
            served_over=_sum([one.served_over for one in found.windows]),
            verdict=verdict,
            missing=missing,
            decided_from=FROM_REQUESTS if reader.only_raw else found.decided_from,
            rows_read=found.rows_read + edge_rows + scope_rows,
        )
        measures.append(_with_witnesses(reader, limit, span, one))
    if undetermined and not measures:
        measures.append(_nothing_determined(reading, limit, in_period, undetermined, scope_rows))
    return measures


def _judge_keys(
    reader: UsageReader, limit: Limit, span: Period, zone: ZoneInfo, only: Collection[str] | None
) -> dict[str, _Judged]:
    peaks = peak_of(limit)
    if peaks is not None:
        stored = _every_day(reader, span) if reader.only_raw else reader.peaks(peaks, span)
        judge = _judge_sequential if limit.window in ("anchored", "bucket") else _judge_peaks
        return {
            key: judge(reader, limit, span, key, days) for key, days in stored.items() if only is None or key in only
        }
    if limit.window != "calendar":
        return {key: _judge_long(reader, limit, span, key) for key in _keys(reader)}
    lay_out_windows(reader, limit, span, zone)
    return _judge_calendar(reader, limit, span)


def _judge_calendar(reader: UsageReader, limit: Limit, span: Period) -> dict[str, _Judged]:
    rows = reader.connection.execute(
        "SELECT key, CAST(max(used) AS BIGINT), arg_max(start_us, (used, -start_us)) FROM "
        "(SELECT key, start_us, sum(used) AS used FROM windowed WHERE key IS NOT NULL GROUP BY key, start_us) "
        "GROUP BY key"
    ).fetchall()
    judged = {}
    for key, peak, peak_us in rows:
        windows, rows_read = windows_over(reader, limit, span, key) if peak > limit.limit else ([], 0)
        judged[key] = _Judged(
            peak=peak, peak_us=peak_us, windows=tuple(windows), decided_from=_slots_table(limit), rows_read=rows_read
        )
    return judged


def _judge_peaks(reader: UsageReader, limit: Limit, span: Period, key: str, stored: list[KeyStretch]) -> _Judged:
    """From the stored peaks of a key's days; requests are read only for stretches that those do not settle."""
    assert limit.length.us is not None
    to_read = stretches_to_read(stored, limit)
    left = {one.start_us for one in stored} - {start for start, _ in to_read}
    settled = [(one.peak, -one.peak_us) for one in stored if one.is_exact and one.start_us in left]
    windows: list[Over] = []
    rows_read = 0
    if to_read:
        whole = to_read if limit.window == "sliding" else [(start, end + limit.length.us) for start, end in to_read]
        requests = reader.requests(slots_of(limit), limit.of, key, ranges_of(whole, limit.length.us, span))
        rows_read = requests.rows
        sums = window_sums(requests, limit)
        judged = lie_in(requests.at_us, to_read)
        if limit.window == "sliding":
            windows = episodes(requests, sums, judged, limit, sorted(left))
        else:
            windows = short_windows_over(requests, sums, judged, limit, span)
        if judged.any():
            place = int(np.flatnonzero(judged)[int(sums[judged].argmax())])
            settled.append((int(sums[place]), -int(requests.at_us[place])))
    peak, minus_us = max(settled, default=(None, 0))
    return _Judged(
        peak=peak,
        peak_us=None if peak is None else -minus_us,
        windows=tuple(windows),
        decided_from=FROM_REQUESTS if windows else "usage_peak",
        rows_read=rows_read,
    )


def _judge_sequential(reader: UsageReader, limit: Limit, span: Period, key: str, stored: list[KeyStretch]) -> _Judged:
    """Anchored windows and buckets: kept where no sliding window of the length is over, else from all requests.

    An anchored window lies in the sliding window that ends at its last request. A bucket that holds and refills `max`
    is not emptied by windows that each hold at most `max`: n lengths of time hold at most n + 1 such windows.
    """
    if max((one.peak for one in stored), default=0) <= limit.limit:
        return _Judged(peak=None, peak_us=None, windows=(), decided_from="usage_peak", rows_read=0)
    return _from_requests(reader, limit, span, key)


def _judge_long(reader: UsageReader, limit: Limit, span: Period, key: str) -> _Judged:
    """Windows longer than a day: sums by quarter of an hour bound each; requests only if that is over."""
    assert limit.length.us is not None
    arrays = reader.connection.execute(
        "SELECT at_us, used FROM piece WHERE key = $key ORDER BY at_us", {"key": key}
    ).fetchnumpy()
    at_us, used = np.asarray(arrays["at_us"], np.int64), np.asarray(arrays["used"], np.int64)
    bound = sliding_sums(np.zeros(len(at_us), np.int64), at_us, used, limit.length.us + SLOT_US)
    if not reader.only_raw and bound.max(initial=0) <= limit.limit:
        return _Judged(peak=None, peak_us=None, windows=(), decided_from=_slots_table(limit), rows_read=0)
    return _from_requests(reader, limit, span, key)


def _from_requests(reader: UsageReader, limit: Limit, span: Period, key: str) -> _Judged:
    """All of a key's requests in the span, for windows that depend on what came long before."""
    requests = reader.requests(slots_of(limit), limit.of, key, [(span.start_us, span.end_us)])
    peak, peak_us = None, None
    if limit.window == "anchored":
        windows, peak, peak_us = anchored_over(requests, limit, span)
    elif limit.window == "bucket":
        windows = bucket_over(requests, limit)
    else:
        sums = window_sums(requests, limit)
        windows = episodes(requests, sums, np.ones(requests.rows, np.bool_), limit, [])
        if requests.rows:
            peak, peak_us = int(sums.max()), int(requests.at_us[int(sums.argmax())])
    return _Judged(
        peak=peak, peak_us=peak_us, windows=tuple(windows), decided_from=FROM_REQUESTS, rows_read=requests.rows
    )


def _verdict(
    limit: Limit, key: str | None, found: _Judged, counted: int, unknown: int, undetermined: int
) -> tuple[str, str | None]:
    """SEMANTICS: a limit over unknown amounts that is not yet passed is not decided, not kept."""
    if found.windows:
        return EXCEEDED, None
    if key is None:
        return NOT_DECIDED, f"{counted} requests do not say their {limit.per}"
    if unknown:
        return NOT_DECIDED, f"{unknown} of {counted} requests do not say their {limit.of.replace('_', ' ')}"
    if undetermined:
        return NOT_DECIDED, f"{undetermined} requests do not say enough to tell whether the clause counts them"
    return KEPT, None


def _nothing_determined(reading: str, limit: Limit, in_period: int, undetermined: int, rows_read: int) -> Measure:
    """Of no request is it known that the clause counts it, and of some it may: that is not kept."""
    nothing = _Judged(peak=None, peak_us=None, windows=(), decided_from=FROM_REQUESTS, rows_read=rows_read)
    _, missing = _verdict(limit, "", nothing, 0, 0, undetermined)
    return Measure(
        reading=reading,
        key=None,
        in_period=in_period,
        counted=0,
        unknown=0,
        used=0,
        max=limit.max,
        limit=limit.limit,
        of=limit.of,
        window=window_in_words(limit),
        verdict=NOT_DECIDED,
        missing=missing,
        decided_from=FROM_REQUESTS,
        rows_read=rows_read,
    )


def _with_witnesses(reader: UsageReader, limit: Limit, span: Period, measure: Measure) -> Measure:
    """The measure with the first requests that are over, where there are any."""
    if not measure.windows:
        return measure
    first = measure.windows[0]
    start = first.start_us if first.crossed_us is None else first.crossed_us
    until = min(first.end_us + (1 if first.crossed_us is None else 0), span.end_us)
    return replace(measure, witnesses=reader.witnesses(slots_of(limit), measure.key, start, until))


def _keys(reader: UsageReader) -> list[str]:
    rows = reader.connection.execute("SELECT DISTINCT key FROM piece WHERE key IS NOT NULL ORDER BY key").fetchall()
    return [str(row[0]) for row in rows]


def _every_day(reader: UsageReader, span: Period) -> dict[str, list[KeyStretch]]:
    """Every day of the span for every key, as if each stored a peak over any limit."""
    starts = range(span.start_us // DAY_US * DAY_US, span.end_us, DAY_US)
    days = [
        KeyStretch(start_us=start, end_us=start + DAY_US, peak=2**63 - 1, peak_us=start, is_exact=False)
        for start in starts
    ]
    return dict.fromkeys(_keys(reader), days)


def _slots_table(limit: Limit) -> str:
    return "usage_app_slot" if slots_of(limit).is_standing else "usage_scope"


def _sum(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None
