"""Clauses of kind `routes`: only some routes and methods may be called."""

from __future__ import annotations

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.kinds import RoutesClause
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_DECIDED, Measure
from tallystick.duck import quote_text
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tally.scope import like_pattern


def terms(clause: RoutesClause) -> str:
    """What may be called, such as: only the routes GET /2/tweets/*; only the methods GET."""
    parts = []
    if clause.allowed is not None:
        parts.append(f"only the routes {', '.join(clause.allowed)}")
    if clause.methods is not None:
        parts.append(f"only the methods {', '.join(method.upper() for method in clause.methods)}")
    return "; ".join(parts)


def measure(judging: Judging, clause: RoutesClause) -> list[Measure]:
    """For every app that called in the span: `used` = its requests outside of what may be called.

    A request that was refused with 429 was made, so it is measured too. `unknown` are those of which the log does not
    say enough. Whole UTC days are read from `usage_app_route`, the parts of days that the span cuts from requests.
    """
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
    allowed = may_be_called(clause)
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


def may_be_called(clause: RoutesClause) -> str:
    """SQL over `method` and `route`: true, false, or NULL where the log does not say enough to tell."""
    parts = []
    if clause.methods is not None:
        parts.append(f"upper(method) IN ({', '.join(quote_text(method.upper()) for method in clause.methods)})")
    if clause.allowed is not None:
        parts.append(f"({' OR '.join(_fits(pattern) for pattern in clause.allowed)})")
    return " AND ".join(parts)


def _fits(pattern: str) -> str:
    """SQL for: the call fits the pattern as `counts.routes` matches it; NULL where a method not given would decide."""
    whole = f"LIKE {quote_text(like_pattern(pattern))} ESCAPE '\\'"
    path = "*" if " " not in pattern else pattern.partition(" ")[2]
    without_method = (
        f"CASE WHEN route {whole} THEN true WHEN route LIKE {quote_text(like_pattern(path))} ESCAPE '\\' THEN NULL "
        "ELSE false END"
        if not pattern.startswith("/")
        else f"route {whole}"
    )
    return (
        f"CASE WHEN route IS NULL THEN NULL WHEN method IS NULL THEN {without_method} "
        f"ELSE (method || ' ' || route) {whole} END"
    )
