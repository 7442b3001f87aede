"""The sheets of what was taken: by day, month, hour of the week, app, route, status and credential; totals, peaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tallystick.report.limits import LONG_WINDOWS, drawn_limits, middles_of, running_totals
from tallystick.report.sheet import AMOUNTS, Cell, Row, Sheet, amounts, picked, whole


def usage_by_day(document: Row) -> Sheet:
    """One row a UTC day of the period, also the days without requests."""
    rows = [
        [day["date"], whole(day["requests"]), whole(day["throttled"]), *amounts(day)]
        for day in document["consumption"]["days"]
    ]
    return Sheet(name="Usage by day", columns=("date", "requests", "throttled", *AMOUNTS), rows=rows)


def totals(document: Row) -> Sheet:
    """Answered requests added up, day by day, against each version's longest calendar limit of the licensee."""
    consumed = document["consumption"]["days"]
    days = [date.fromisoformat(day["date"]) for day in consumed]
    answered = [int(day["requests"]) - int(day["throttled"]) for day in consumed]
    middles = middles_of(document, days)
    rows: list[Sequence[Cell]] = []
    for limit in drawn_limits(document, days, LONG_WINDOWS):
        named = (limit.version, limit.clause, limit.within, limit.limit)
        rows += [[*named, days[day].isoformat(), total] for _, day, total in running_totals(limit, middles, answered)]
    return Sheet(name="Running totals", columns=("version", "clause", "within", "limit", "date", "total"), rows=rows)


def usage_by_month(document: Row) -> Sheet:
    """One row a UTC month."""
    rows = [[month["month"], whole(month["requests"]), *amounts(month)] for month in document["consumption"]["months"]]
    return Sheet(name="Usage by month", columns=("month", "requests", *AMOUNTS), rows=rows)


def week(document: Row) -> Sheet:
    """One row for each hour of the week, UTC, from Monday (1) on."""
    rows = [
        [weekday, f"{hour:02d}:00", whole(requests)]
        for weekday, hours in enumerate(document["consumption"]["weekday_hours"], 1)
        for hour, requests in enumerate(hours)
    ]
    return Sheet(name="Hours of the week", columns=("weekday", "hour", "requests"), rows=rows)


APP_COLUMNS = ("app", "name", "registered", "ended", "use_case", "use_case_approved", "requests", "throttled", "errors")


def apps(document: Row) -> Sheet:
    """One row an app that made requests."""
    numbers = frozenset({"requests", "throttled", "errors"})
    rows = [
        [*picked(app, APP_COLUMNS, numbers), *amounts(app), app["first_at"], app["last_at"]]
        for app in document["consumption"]["apps"]
    ]
    return Sheet(name="Apps", columns=(*APP_COLUMNS, *AMOUNTS, "first_at", "last_at"), rows=rows)


def routes(document: Row) -> Sheet:
    """One row for each method and route."""
    rows = [
        [route["method"], route["route"], whole(route["requests"]), *amounts(route)]
        for route in document["consumption"]["routes"]
    ]
    return Sheet(name="Routes", columns=("method", "route", "requests", *AMOUNTS), rows=rows)


def statuses(document: Row) -> Sheet:
    """One row for each status."""
    rows = [[whole(each["status"]), whole(each["requests"])] for each in document["consumption"]["statuses"]]
    return Sheet(name="Statuses", columns=("status", "requests"), rows=rows)


def credentials(document: Row) -> Sheet:
    """One row for each app and credential, then one for what the document adds up of the others."""
    consumption = document["consumption"]
    rows = [
        [
            *picked(row, ("app", "credential", "digest", "hint")),
            *(1 if row["credential"] or row["digest"] else 0, whole(row["requests"]), whole(row["throttled"])),
            *amounts(row),
            *(row["first_at"], row["last_at"]),
        ]
        for row in consumption.get("by_credential", ())
    ]
    others = consumption.get("other_credentials")
    if others is not None:
        counts = (whole(others[name]) for name in ("credentials", "requests", "throttled"))
        rows.append([None, "(others)", None, None, *counts, *amounts(others), None, None])
    columns = ("app", "credential", "digest", "hint", "credentials", "requests", "throttled", *AMOUNTS)
    return Sheet(name="Credentials", columns=(*columns, "first_at", "last_at"), rows=rows)


LIMIT_COLUMNS = ("version", "clause", "of", "per", "window", "within", "max", "limit")


def peaks(document: Row) -> Sheet:
    """The fullest window of each UTC day, for each limit whose windows are at most a day long."""
    rows = [
        [*picked(limit, LIMIT_COLUMNS, frozenset({"max", "limit"})), day["date"], day["key"], whole(day["peak"]), at]
        for limit in document["consumption"].get("peaks", ())
        for day in limit["days"]
        for at in [day["peak_at"]]
    ]
    return Sheet(name="Peaks", columns=(*LIMIT_COLUMNS, "date", "key", "peak", "peak_at"), rows=rows)
