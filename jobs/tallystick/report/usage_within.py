"""A licensee's usage in a period as SQL over the usage tables, and its amounts as a report says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.clauses.usage_reader import Relation
from tallystick.period import DAY_US, Period
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
THROTTLED = "CAST(coalesce(sum(requests) FILTER (is_throttled), 0) AS BIGINT) AS throttled"
AT = {
    USAGE_APP_SLOT: (SLOT_US, "epoch_us(slot_at)"),
    USAGE_APP_ROUTE: (DAY_US, "epoch_us(event_date::TIMESTAMP)"),
    USAGE_CREDENTIAL: (DAY_US, "epoch_us(event_date::TIMESTAMP)"),
}
"""How long a row of a table is, and SQL for when it begins, in microseconds."""

COLUMNS: dict[Table, str] = {
    USAGE_APP_SLOT: "event_date, app, slot_at, is_throttled, errors, {amounts}",
    USAGE_APP_ROUTE: "event_date, app, method, route, status, {amounts}",
    USAGE_CREDENTIAL: "event_date, app, credential_id, is_throttled, {amounts}",
}
AMOUNTS = "requests, records, records_unknown, response_bytes, response_bytes_unknown, first_at, last_at"


def with_edges(relation: Relation, table: Table, period: Period) -> str:
    """SQL for a usage table's rows in a period: whole grains as stored, each request of a cut grain as a row."""
    grain_us, at_us = AT[table]
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


def amounts_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Requests, and each amount as a known sum over `known` of them, with the `unknown` rest."""
    said: dict[str, Any] = {"requests": row["requests"]}
    for name in ("records", "response_bytes"):
        unknown = row[f"{name}_unknown"]
        said[name] = {"sum": row[name], "known": row["requests"] - unknown, "unknown": unknown}
    return said
