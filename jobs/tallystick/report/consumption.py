"""What a licensee took in a period, from its usage: by app, day, month, route, status and hour of the week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from tallystick.clauses.usage_reader import Relation
from tallystick.period import DAY_US, Period, to_text, to_us
from tallystick.register.model import Licensee
from tallystick.report.causes import CredentialShare
from tallystick.tables import Table
from tallystick.tables.request import REQUEST
from tallystick.tables.usage_app_route import USAGE_APP_ROUTE
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT
from tallystick.tables.usage_credential import USAGE_CREDENTIAL
from tallystick.tally.scope import SLOT_US

SUMS = """CAST(sum(requests) AS BIGINT) AS requests,
    CAST(coalesce(sum(records), 0) AS BIGINT) AS records,
    CAST(sum(records_unknown) AS BIGINT) AS records_unknown,
    CAST(coalesce(sum(response_bytes), 0) AS BIGINT) AS response_bytes,
    CAST(sum(response_bytes_unknown) AS BIGINT) AS response_bytes_unknown"""


def consumption(
    connection: duckdb.DuckDBPyConnection, relation: Relation, licensee: Licensee, period: Period
) -> dict[str, Any]:
    """The report's `consumption`, and `credentials`, the number of different ones.

    Usage comes from the tables; the quarters of an hour, or days, that the period cuts are summed from requests.
    """
    days = [day.isoformat() for day in period.utc_days()]
    slots = _with_edges(relation, USAGE_APP_SLOT, period, SLOT_US, "epoch_us(slot_at)")
    routes = _with_edges(relation, USAGE_APP_ROUTE, period, DAY_US, "epoch_us(event_date::TIMESTAMP)")
    shown = _with_edges(relation, USAGE_CREDENTIAL, period, DAY_US, "epoch_us(event_date::TIMESTAMP)")
    whose = {"licensee": licensee.licensee}

    def rows(query: str) -> list[dict[str, Any]]:
        found = connection.execute(query, whose)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    throttled = "CAST(coalesce(sum(requests) FILTER (is_throttled), 0) AS BIGINT) AS throttled"
    apps = rows(
        f"SELECT app, {SUMS}, {throttled}, CAST(sum(errors) AS BIGINT) AS errors, min(first_at) AS first_at, "
        f"max(last_at) AS last_at FROM ({slots}) GROUP BY app ORDER BY requests DESC, app"
    )
    by_day = rows(f"SELECT event_date, {SUMS}, {throttled} FROM ({slots}) GROUP BY event_date")
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
    [credentials] = rows(
        f"SELECT count(DISTINCT (app, credential_id)) AS credentials FROM ({shown}) WHERE credential_id IS NOT NULL"
    )
    daily = {row["event_date"].isoformat(): row for row in by_day}
    return {
        "apps": [_app(licensee, row) for row in apps],
        "days": [_day(day, daily.get(day)) for day in days],
        "months": _months(days, daily),
        "routes": [{"method": row["method"], "route": row["route"], **_amounts(row)} for row in by_route],
        "statuses": [{"status": row["status"], "requests": row["requests"]} for row in by_status],
        "weekday_hours": _week(hours),
        "credentials": credentials["credentials"],
    }


def credential_shares(
    connection: duckdb.DuckDBPyConnection, relation: Relation, licensee: Licensee, period: Period
) -> dict[str, CredentialShare]:
    """For each app how many of its requests with a credential were made with the busiest one."""
    shown = _with_edges(relation, USAGE_CREDENTIAL, period, DAY_US, "epoch_us(event_date::TIMESTAMP)")
    rows = connection.execute(
        "SELECT app, CAST(sum(requests) AS BIGINT), CAST(max(requests) AS BIGINT), count(*) FROM ("
        f"SELECT app, credential_id, sum(requests) AS requests FROM ({shown}) "
        "WHERE credential_id IS NOT NULL GROUP BY ALL) GROUP BY app ORDER BY app",
        {"licensee": licensee.licensee},
    ).fetchall()
    return {
        app: CredentialShare(requests=requests, largest=largest, credentials=credentials)
        for app, requests, largest, credentials in rows
    }


COLUMNS: dict[Table, str] = {
    USAGE_APP_SLOT: "event_date, app, slot_at, is_throttled, errors, {amounts}",
    USAGE_APP_ROUTE: "event_date, app, method, route, status, {amounts}",
    USAGE_CREDENTIAL: "event_date, app, credential_id, is_throttled, {amounts}",
}
AMOUNTS = "requests, records, records_unknown, response_bytes, response_bytes_unknown, first_at, last_at"


def _with_edges(relation: Relation, table: Table, period: Period, grain_us: int, at_us: str) -> str:
    """SQL for a usage table's rows in a period: whole grains as stored, each request of a cut grain as a row."""
    days = [day.isoformat() for day in period.utc_days()]
    columns = COLUMNS[table].format(amounts=AMOUNTS)
    whole_from, whole_until = -(-period.start_us // grain_us) * grain_us, period.end_us // grain_us * grain_us
    edges = [(period.start_us, whole_from), (whole_until, period.end_us)]
    if whole_from >= whole_until:
        whole_from, whole_until, edges = 0, 0, [(period.start_us, period.end_us)]
    stored = f"SELECT {columns} FROM ({relation(table, {'event_date': days})}) WHERE licensee = $licensee"
    parts = [f"{stored} AND {at_us} >= {whole_from} AND {at_us} < {whole_until}"]
    for start_us, end_us in edges:
        if start_us < end_us:
            cut = Period(text=period.text, start_us=start_us, end_us=end_us)
            request = relation(REQUEST, {"event_date": [day.isoformat() for day in cut.utc_days()]})
            parts.append(
                f"SELECT {columns} FROM (SELECT *, "
                f"make_timestamptz(epoch_us(received_at) // {SLOT_US} * {SLOT_US}) AS slot_at, "
                "coalesce(status = 429, false) AS is_throttled, "
                "CAST(coalesce(status >= 400 AND status <> 429, false) AS BIGINT) AS errors, 1::BIGINT AS requests, "
                "CAST(records IS NULL AS BIGINT) AS records_unknown, CAST(response_bytes IS NULL AS BIGINT) AS "
                "response_bytes_unknown, received_at AS first_at, received_at AS last_at "
                f"FROM ({request}) WHERE licensee = $licensee AND NOT is_duplicate AND "
                f"epoch_us(received_at) >= {start_us} AND epoch_us(received_at) < {end_us})"
            )
    return " UNION ALL ".join(parts)


def _amounts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Requests, and each amount as a known sum over `known` of them, with the `unknown` rest."""
    said: dict[str, Any] = {"requests": row["requests"]}
    for name in ("records", "response_bytes"):
        unknown = row[f"{name}_unknown"]
        said[name] = {"sum": row[name], "known": row["requests"] - unknown, "unknown": unknown}
    return said


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
        **_amounts(row),
        "throttled": row["throttled"],
        "errors": row["errors"],
        "first_at": to_text(to_us(row["first_at"])),
        "last_at": to_text(to_us(row["last_at"])),
    }


def _day(day: str, row: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"date": day, **_amounts(row or NOTHING), "throttled": row["throttled"] if row else 0}


def _months(days: list[str], daily: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    months: dict[str, dict[str, int]] = {}
    for day in days:
        sums = months.setdefault(day[:7], dict(NOTHING))
        for name in NOTHING:
            sums[name] += daily.get(day, NOTHING)[name]
    return [{"month": month, **_amounts(sums)} for month, sums in months.items()]


def _week(rows: list[dict[str, Any]]) -> list[list[int]]:
    week = [[0] * 24 for _ in range(7)]
    for row in rows:
        week[row["weekday"]][row["hour"]] = row["requests"]
    return week


def usage_rows(
    connection: duckdb.DuckDBPyConnection, relation: Relation, licensee: Licensee, period: Period
) -> pa.Table:
    """The bundle's usage.parquet: one app x 15 minutes x whether refused with 429, in the period, ordered."""
    slots = _with_edges(relation, USAGE_APP_SLOT, period, SLOT_US, "epoch_us(slot_at)")
    return connection.execute(
        f"SELECT app, slot_at, is_throttled, CAST(sum(errors) AS BIGINT) AS errors, {SUMS}, min(first_at) AS first_at, "
        f"max(last_at) AS last_at FROM ({slots}) GROUP BY ALL ORDER BY app, slot_at, is_throttled",
        {"licensee": licensee.licensee},
    ).to_arrow_table()
