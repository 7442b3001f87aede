"""Clauses of kind `identification`: every call identifies itself by its user agent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tallystick.agreements.kinds import IdentificationClause
from tallystick.clauses.judging import Judging
from tallystick.clauses.outside import measure_outside
from tallystick.clauses.result import Measure
from tallystick.duck import quote_text
from tallystick.tally.scope import condition
from tallystick.tally.summary import identified_by


def terms(clause: IdentificationClause) -> str:
    """The clause in words."""
    return f"only requests whose user agent fits {' or '.join(clause.user_agent)}"


def measure(judging: Judging, clause: IdentificationClause) -> list[Measure]:
    """For every app that called in the span: `used` = its requests that do not identify themselves.

    A request without a user agent does not, if any other request of the licensee in the span, from the same source,
    shows one: the source's log has it. If none does, the log may not carry it, and the request is `unknown`.
    """
    found, rows_read = _identified(judging, clause)
    carrying = sorted({one.source for one in found if one.shown})
    measures = []
    for app in sorted({one.app for one in found}):
        mine = [one for one in found if one.app == app]
        counted = sum(one.every for one in mine)
        outside = sum((one.every if one.source in carrying else one.shown) - one.fitting for one in mine)
        unknown = sum(one.every - one.shown for one in mine if one.source not in carrying)
        first_us = min((one.first_us for one in mine if one.first_us is not None), default=judging.span.start_us)
        measures.append(
            measure_outside(
                key=app,
                in_period=judging.in_period,
                counted=counted,
                unknown=unknown,
                used=outside,
                missing=f"{unknown} of {counted} requests are in logs that show no user agent",
                decided_from="request" if judging.reader.only_raw else "usage_scope",
                rows_read=rows_read,
                witnesses=judging.reader.first_requests(
                    f"app = {quote_text(app)} AND {_does_not_identify_itself(clause, carrying)}",
                    first_us,
                    judging.span.end_us,
                )
                if outside
                else (),
            )
        )
    return measures


@dataclass(frozen=True, kw_only=True)
class _Identified:
    """An app's requests of a source: all, with a user agent, with one that fits, and from when on one may not."""

    app: str
    source: str
    every: int
    shown: int
    fitting: int
    first_us: int | None


def _identified(judging: Judging, clause: IdentificationClause) -> tuple[list[_Identified], int]:
    """What the sums by quarter of an hour say, and the raw rows read for the quarters that the span cuts."""
    reader = judging.reader
    reader.connection.execute(
        "CREATE OR REPLACE TEMP TABLE identified (which VARCHAR, key VARCHAR, at_us BIGINT, counted BIGINT)"
    )
    rows_read = 0
    for which, summary in zip(("every", "shown", "fitting"), identified_by(clause), strict=True):
        rows_read = max(rows_read, reader.lay_out_pieces(summary, "requests", judging.span))
        reader.connection.execute(f"INSERT INTO identified SELECT '{which}', key, at_us, counted FROM piece")
    rows = reader.connection.execute(
        """WITH quarter AS (
            SELECT key, at_us,
                coalesce(sum(counted) FILTER (which = 'every'), 0) AS every,
                coalesce(sum(counted) FILTER (which = 'shown'), 0) AS shown,
                coalesce(sum(counted) FILTER (which = 'fitting'), 0) AS fitting
            FROM identified GROUP BY key, at_us
        )
        SELECT key, CAST(sum(every) AS BIGINT), CAST(sum(shown) AS BIGINT), CAST(sum(fitting) AS BIGINT),
            min(at_us) FILTER (every > fitting)
        FROM quarter GROUP BY key ORDER BY key"""
    )
    return [
        _Identified(
            app=key.partition(" ")[0],
            source=key.partition(" ")[2],
            every=every,
            shown=shown,
            fitting=fitting,
            first_us=first_us,
        )
        for key, every, shown, fitting, first_us in rows.fetchall()
    ], rows_read


def _does_not_identify_itself(clause: IdentificationClause, carrying: Collection[str]) -> str:
    """SQL for requests whose user agent does not fit, or is missing where the source's log has it."""
    _, _, fitting = identified_by(clause)
    named = ", ".join(quote_text(source) for source in carrying) or "NULL"
    return f"NOT coalesce({condition(fitting.scope)}, coalesce(source NOT IN ({named}), true))"
