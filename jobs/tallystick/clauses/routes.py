"""Clauses of kind `routes`: only some routes and methods may be called."""

from __future__ import annotations

from tallystick.agreements.kinds import RoutesClause
from tallystick.agreements.length import fixed_length
from tallystick.clauses.judging import Judging
from tallystick.clauses.outside import measure_outside
from tallystick.clauses.result import Measure
from tallystick.clauses.use_case import BY_APP
from tallystick.duck import quote_text
from tallystick.tally.scope import condition
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
    reader, (outside, unclear) = judging.reader, beyond(clause)
    sums: dict[SlotSummary, dict[str, tuple[int, int]]] = {}
    rows_read = 0
    for summary in (BY_APP, outside, unclear):
        rows_read = max(rows_read, reader.lay_out_pieces(summary, "requests", judging.span))
        rows = reader.connection.execute(
            "SELECT key, CAST(sum(counted) AS BIGINT), min(at_us) FROM piece GROUP BY key ORDER BY key"
        ).fetchall()
        sums[summary] = {app: (int(count), int(first_us)) for app, count, first_us in rows}
    depth = " and of how far back they ask" if clause.history is not None else ""
    measures = []
    for app, (counted, _) in sums[BY_APP].items():
        used, first_us = sums[outside].get(app, (0, 0))
        unknown, _ = sums[unclear].get(app, (0, 0))
        measures.append(
            measure_outside(
                key=app,
                in_period=judging.in_period,
                counted=counted,
                unknown=unknown,
                used=used,
                missing=f"{unknown} of {counted} requests do not say enough of their route and method{depth}",
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
