"""Clauses of kind `backoff`: after a request is refused with 429, its caller makes none for so long."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.agreements.backoff import BackoffClause
from tallystick.agreements.clause import AS_WRITTEN
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_DECIDED, Measure, Witness
from tallystick.clauses.stretches import Settled, settle
from tallystick.clauses.usage_reader import UsageReader
from tallystick.duck import quote_text
from tallystick.period import DAY_US, Period, to_us
from tallystick.tables.usage_backoff import USAGE_BACKOFF
from tallystick.tally.backoff import after_refusals, sums
from tallystick.tally.summary import BackoffSummary, backoff_of


@dataclass(frozen=True, kw_only=True)
class _Found:
    key: str | None
    counted: int
    unknown: int
    inside: int
    served: int
    first_us: int | None


def terms(clause: BackoffClause) -> str:
    """The clause in words, such as: no request per app within 15 minutes after one was refused with 429."""
    most = "no request" if clause.max == 0 else f"at most {clause.max:,} request{'' if clause.max == 1 else 's'} in all"
    return f"{most} per {clause.per} within {clause.length.words} after one was refused with 429"


def measure(judging: Judging, clause: BackoffClause) -> list[Measure]:
    """For every key that called in the span: `used` = its requests that came too soon after a refusal.

    Refused requests are requests too. `unknown` are those without a status: any of them may have been a refusal.
    """
    reader, summary = judging.reader, backoff_of(clause)
    settled = settle(reader, USAGE_BACKOFF, summary.id, judging.span, summary.length_us)
    rows_read = sum(reader.raw_rows(start_us, end_us) for start_us, end_us in settled.parts)
    whole = (judging.span.start_us, judging.span.end_us)
    measures = []
    for found in _inside(reader, summary, judging.span, settled):
        verdict, missing = _verdict(clause, found)
        measures.append(
            Measure(
                reading=AS_WRITTEN,
                key=found.key,
                in_period=judging.in_period,
                counted=found.counted,
                unknown=found.unknown,
                used=found.inside,
                of=f"requests within {clause.length.words} after a refusal",
                max=clause.max,
                limit=clause.max,
                requests_over=found.inside if verdict == EXCEEDED else 0,
                served_over=found.served if verdict == EXCEEDED else 0,
                verdict=verdict,
                missing=missing,
                decided_from="request" if settled.parts == (whole,) else USAGE_BACKOFF.name,
                rows_read=rows_read,
                witnesses=_witnesses(reader, summary, judging.span, found) if verdict == EXCEEDED else (),
            )
        )
    return measures


def _verdict(clause: BackoffClause, found: _Found) -> tuple[str, str | None]:
    if found.inside > clause.max:
        return EXCEEDED, None
    if found.key is None:
        return NOT_DECIDED, f"{found.counted} requests do not say their {clause.per}"
    if found.unknown:
        return NOT_DECIDED, f"{found.unknown} of {found.counted} requests do not say whether they were refused"
    return KEPT, None


def _inside(reader: UsageReader, summary: BackoffSummary, span: Period, settled: Settled) -> list[_Found]:
    """By key what the daily table says of its stretches, and requests of the parts that are left."""
    names = ("inside", "inside_served", "inside_at")
    columns = ", ".join(f"CASE WHEN is_own THEN own_{name} ELSE {name} END AS {name}" for name in names)
    parts = [
        f"SELECT key, counted, unknown, {columns} FROM ({settled.stored})",
        *(
            f"SELECT key, counted, unknown, inside, inside_served, inside_at FROM (SELECT key, {sums(span.start_us)} "
            f"FROM ({_called(reader, summary, span, start_us, end_us)}) GROUP BY key)"
            for start_us, end_us in settled.parts
        ),
    ]
    rows = reader.connection.execute(
        "SELECT key, CAST(sum(counted) AS BIGINT), CAST(sum(unknown) AS BIGINT), CAST(sum(inside) AS BIGINT), "
        "CAST(sum(inside_served) AS BIGINT), min(inside_at) "
        f"FROM ({' UNION ALL '.join(parts)}) GROUP BY key ORDER BY key NULLS LAST"
    ).fetchall()
    return [
        _Found(
            key=key,
            counted=counted,
            unknown=unknown,
            inside=inside,
            served=served,
            first_us=None if first_at is None else to_us(first_at),
        )
        for key, counted, unknown, inside, served, first_at in rows
    ]


def _called(reader: UsageReader, summary: BackoffSummary, span: Period, start_us: int, end_us: int) -> str:
    """SQL that yields the requests of a range with the refusal each lies after, none from before the span."""
    since_us = max(start_us - summary.length_us + 1, span.start_us)
    earlier = reader.requests_within(since_us, start_us) if since_us < start_us else None
    called = reader.requests_within(start_us, end_us)
    return after_refusals(summary, called, earlier or f"SELECT * FROM ({called}) WHERE false")


def _witnesses(reader: UsageReader, summary: BackoffSummary, span: Period, found: _Found) -> tuple[Witness, ...]:
    """The first requests inside, on the day of the very first."""
    assert found.first_us is not None
    until_us = min((found.first_us // DAY_US + 1) * DAY_US, span.end_us)
    inside = _called(reader, summary, span, found.first_us, until_us)
    rows = reader.connection.execute(
        f"SELECT source, file_id, position, at_us, request_id FROM ({inside}) WHERE refused_us IS NOT NULL "
        f"AND key = {quote_text(str(found.key))} ORDER BY at_us, file_id, position LIMIT 3"
    ).fetchall()
    return tuple(
        Witness(source=source, file_id=file_id, position=position, received_us=at_us, request_id=request_id)
        for source, file_id, position, at_us, request_id in rows
    )
