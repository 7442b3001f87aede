"""What a licensee took in a period, from its usage: by app, day, month, route, status and hour of the week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from tallystick.clauses.usage_reader import Relation
from tallystick.period import Period, to_text, to_us
from tallystick.register.model import Licensee
from tallystick.report.credentials import by_credential
from tallystick.report.usage_within import SUMS, THROTTLED, amounts_of, with_edges
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT


def consumption(
    connection: duckdb.DuckDBPyConnection, relation: Relation, licensee: Licensee, period: Period
) -> dict[str, Any]:
    """The report's `consumption`, but for the fullest windows (`report.peaks`).

    Usage comes from the tables; the quarters of an hour, or days, that the period cuts are summed from requests.
    """
    days = [day.isoformat() for day in period.utc_days()]
    slots = with_edges(relation, USAGE_APP_SLOT, period)
    routes = with_edges(relation, USAGE_APP_ROUTE, period)
    whose = {"licensee": licensee.licensee}

    def rows(query: str) -> list[dict[str, Any]]:
        found = connection.execute(query, whose)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    apps = rows(
        f"SELECT app, {SUMS}, {THROTTLED}, CAST(sum(errors) AS BIGINT) AS errors, min(first_at) AS first_at, "
        f"max(last_at) AS last_at FROM ({slots}) GROUP BY app ORDER BY requests DESC, app"
    )
    by_day = rows(f"SELECT event_date, {SUMS}, {THROTTLED} FROM ({slots}) GROUP BY event_date")
    hours = rows(
        f"SELECT (isodow(slot_at) - 1) AS weekday, hour(slot_at) AS hour, CAST(sum(requests) AS BIGINT) AS requests "
        f"FROM ({slots}) GROUP BY ALL"
    )
    by_route = rows(
        f"SELECT method, route, {SUMS} FROM ({routes}) GROUP BY method, route ORDER BY requests DESC, method, route"
    )
    by_status = rows(
        f"SELECT status, CAST(sum(requests) AS BIGINT) AS requests FROM ({routes}) GROUP BY status "
        "ORDER BY status NULLS LAST"
    )
    daily = {row["event_date"].isoformat(): row for row in by_day}
    return {
        "apps": [_app(licensee, row) for row in apps],
        "days": [_day(day, daily.get(day)) for day in days],
        "months": _months(days, daily),
        "routes": [{"method": row["method"], "route": row["route"], **amounts_of(row)} for row in by_route],
        "statuses": [{"status": row["status"], "requests": row["requests"]} for row in by_status],
        "weekday_hours": _week(hours),
        **by_credential(connection, relation, licensee, period),
    }


NOTHING = {"requests": 0, "records": 0, "records_unknown": 0, "response_bytes": 0, "response_bytes_unknown": 0}


def _app(licensee: Licensee, row: Mapping[str, Any]) -> dict[str, Any]:
    entry = licensee.app(row["app"])
    use_case = entry.use_case if entry else None

    def instant(text: str | None) -> str | None:
        us = licensee.instant_us(text)
        return None if us is None else to_text(us)

    return {
        "app": row["app"],
        "name": entry.name if entry else None,
        "registered": instant(entry.registered) if entry else None,
        "ended": instant(entry.ended) if entry else None,
        "use_case": use_case.text if use_case else None,
        "use_case_approved": instant(use_case.approved) if use_case else None,
        **amounts_of(row),
        "throttled": row["throttled"],
        "errors": row["errors"],
        "first_at": to_text(to_us(row["first_at"])),
        "last_at": to_text(to_us(row["last_at"])),
    }


def _day(day: str, row: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"date": day, **amounts_of(row or NOTHING), "throttled": row["throttled"] if row else 0}


def _months(days: list[str], daily: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    months: dict[str, dict[str, int]] = {}
    for day in days:
        sums = months.setdefault(day[:7], dict(NOTHING))
        for name in NOTHING:
            sums[name] += daily.get(day, NOTHING)[name]
    return [{"month": month, **amounts_of(sums)} for month, sums in months.items()]


def _week(rows: list[dict[str, Any]]) -> list[list[int]]:
    week = [[0] * 24 for _ in range(7)]
    for row in rows:
        week[row["weekday"]][row["hour"]] = row["requests"]
    return week


def usage_rows(
    connection: duckdb.DuckDBPyConnection, relation: Relation, licensee: Licensee, period: Period
) -> pa.Table:
    """The bundle's usage.parquet: one app x 15 minutes x whether refused with 429, in the period, ordered."""
    slots = with_edges(relation, USAGE_APP_SLOT, period)
    return connection.execute(
        f"SELECT app, slot_at, is_throttled, CAST(sum(errors) AS BIGINT) AS errors, {SUMS}, min(first_at) AS first_at, "
        f"max(last_at) AS last_at FROM ({slots}) GROUP BY ALL ORDER BY app, slot_at, is_throttled",
        {"licensee": licensee.licensee},
    ).to_arrow_table()
