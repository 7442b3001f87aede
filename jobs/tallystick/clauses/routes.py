"""Clauses of kind `routes`: only some routes and methods may be called."""

from __future__ import annotations

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.kinds import RoutesClause
from tallystick.agreements.length import fixed_length
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_DECIDED, Measure
from tallystick.clauses.use_case import BY_APP
from tallystick.duck import quote_text
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tally.scope import condition, may_be_called
from tallystick.tally.summary import SlotSummary, beyond


def terms(clause: RoutesClause) -> str:
    """What may be called, such as: only the routes GET /2/tweets/*; only the methods GET."""
    parts = []
    if clause.allowed is not None:
        parts.append(f"only the routes {', '.join(clause.allowed)}")
    if clause.methods is not None:
        parts.append(f"only the methods {', '.join(method.upper() for method in clause.methods)}")
    if clause.history is not None:
        parts.append(f"nothing older than {fixed_length(clause.history).words} ({clause.history})")
    return "; ".join(parts)


def measure(judging: Judging, clause: RoutesClause) -> list[Measure]:
    """For every app that called in the span: `used` = its requests outside of what may be called, or asked for.

    A request that was refused with 429 was made, so it is measured too. `unknown` are those of which the log does not
    say enough; one that is outside by what it does say is not unknown.
    """
    return _measure_calls(judging, clause) if clause.history is None else _measure_history(judging, clause)


def _measure_calls(judging: Judging, clause: RoutesClause) -> list[Measure]:
    """Whole UTC days from `usage_app_route`, the parts of days that the span cuts from requests."""
    reader, span = judging.reader, judging.span
    stored, edges = reader.days_within(USAGE_APP_ROUTE, span)
    called = " UNION ALL ".join(
        [
            f"SELECT app, method, route, requests, first_at FROM ({stored})",
            *(
                f"SELECT app, method, route, 1, received_at FROM ({reader.requests_within(start_us, end_us)})"
                for start_us, end_us in edges
            ),
        ]
    )
    allowed = may_be_called(clause.allowed, clause.methods)
    rows = reader.connection.execute(
        "SELECT app, CAST(sum(requests) AS BIGINT), CAST(coalesce(sum(requests) FILTER (NOT allowed), 0) AS BIGINT), "
        "CAST(coalesce(sum(requests) FILTER (allowed IS NULL), 0) AS BIGINT), "
        "epoch_us(min(first_at) FILTER (NOT allowed)) "
        f"FROM (SELECT *, ({allowed}) AS allowed FROM ({called})) GROUP BY app ORDER BY app"
    ).fetchall()
    rows_read = sum(reader.raw_rows(start_us, end_us) for start_us, end_us in edges)
    is_raw = edges == [(span.start_us, span.end_us)]
    return [
        Measure(
            reading=AS_WRITTEN,
            key=app,
            in_period=judging.in_period,
            counted=counted,
            unknown=unknown,
            used=outside,
            max=0,
            limit=0,
            requests_over=outside,
            verdict=EXCEEDED if outside else NOT_DECIDED if unknown else KEPT,
            missing=f"{unknown} of {counted} requests do not say enough of their route and method"
            if unknown and not outside
            else None,
            decided_from="request" if is_raw else USAGE_APP_ROUTE.name,
            rows_read=rows_read,
            witnesses=reader.first_requests(f"app = {quote_text(app)} AND NOT ({allowed})", first_us, span.end_us)
            if outside
            else (),
        )
        for app, counted, outside, unknown, first_us in rows
    ]


def _measure_history(judging: Judging, clause: RoutesClause) -> list[Measure]:
    """From the clause's own sums by quarter of an hour: only what a request says tells how far back it asks."""
    reader, (outside, unclear) = judging.reader, beyond(clause)
    sums: dict[SlotSummary, dict[str, tuple[int, int]]] = {}
    rows_read = 0
    for summary in (BY_APP, outside, unclear):
        rows_read = max(rows_read, reader.lay_out_pieces(summary, "requests", judging.span))
        rows = reader.connection.execute(
            "SELECT key, CAST(sum(counted) AS BIGINT), min(at_us) FROM piece GROUP BY key ORDER BY key"
        ).fetchall()
        sums[summary] = {app: (int(count), int(first_us)) for app, count, first_us in rows}
    measures = []
    for app, (counted, _) in sums[BY_APP].items():
        used, first_us = sums[outside].get(app, (0, 0))
        unknown, _ = sums[unclear].get(app, (0, 0))
        measures.append(
            Measure(
                reading=AS_WRITTEN,
                key=app,
                in_period=judging.in_period,
                counted=counted,
                unknown=unknown,
                used=used,
                max=0,
                limit=0,
                requests_over=used,
                verdict=EXCEEDED if used else NOT_DECIDED if unknown else KEPT,
                missing=f"{unknown} of {counted} requests do not say enough of their route, their method and how far "
                "back they ask"
                if unknown and not used
                else None,
                decided_from="request" if reader.only_raw else "usage_scope",
                rows_read=rows_read,
                witnesses=reader.first_requests(
                    f"app = {quote_text(app)} AND {condition(outside.scope)}", first_us, judging.span.end_us
                )
                if used
                else (),
            )
        )
    return measures
