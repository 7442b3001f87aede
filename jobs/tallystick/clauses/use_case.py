"""Clauses of kind `use_case`: each app has a use case that is approved at the time of the call."""

from __future__ import annotations

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.kinds import UseCaseClause
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import EXCEEDED, KEPT, Measure
from tallystick.clauses.usage_reader import UsageReader
from tallystick.period import Period
from tallystick.tally.scope import EVERYTHING
from tallystick.tally.summary import SlotSummary

BY_APP = SlotSummary(per="app", scope=EVERYTHING)


def terms(_: UseCaseClause) -> str:
    """The clause in words."""
    return "no request by an app whose use case is not approved at the time"


def measure(judging: Judging, _: UseCaseClause) -> list[Measure]:
    """For every app that called in the span: `used` = its requests while no use case of it was approved."""
    reader, licensee, span = judging.reader, judging.licensee, judging.span
    measures = []
    for app, requests in requests_by_app(reader, span):
        entry = licensee.app(app)
        use_case = entry.use_case if entry is not None else None
        approved_us = licensee.instant_us(use_case.approved) if use_case is not None else None
        until = span.end_us if approved_us is None else min(approved_us, span.end_us)
        without, rows_read = requests, 0
        if until < span.end_us:
            before = Period(text=span.text, start_us=span.start_us, end_us=until) if until > span.start_us else None
            without, rows_read = (0, 0) if before is None else _requests_of(reader, before, app)
        measures.append(
            Measure(
                reading=AS_WRITTEN,
                key=app,
                in_period=judging.in_period,
                counted=requests,
                unknown=0,
                used=without,
                max=0,
                limit=0,
                requests_over=without,
                verdict=EXCEEDED if without else KEPT,
                decided_from="usage_app_slot",
                rows_read=rows_read,
                witnesses=reader.witnesses(BY_APP, app, span.start_us, until) if without else (),
            )
        )
    return measures


def requests_by_app(reader: UsageReader, span: Period) -> list[tuple[str, int]]:
    """Every app with requests in the span, and how many; 429 included."""
    reader.lay_out_pieces(BY_APP, "requests", span)
    rows = reader.connection.execute(
        "SELECT key, CAST(sum(counted) AS BIGINT) FROM piece GROUP BY key ORDER BY key"
    ).fetchall()
    return [(str(key), int(count)) for key, count in rows]


def _requests_of(reader: UsageReader, span: Period, app: str) -> tuple[int, int]:
    rows_read = reader.lay_out_pieces(BY_APP, "requests", span)
    [[count]] = reader.connection.execute(
        "SELECT CAST(coalesce(sum(counted), 0) AS BIGINT) FROM piece WHERE key = $app", {"app": app}
    ).fetchall()
    return int(count), rows_read
