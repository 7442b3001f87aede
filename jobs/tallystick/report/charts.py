"""The charts of a report: each a message in words, a picture at two widths, and its data as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tallystick.report.drawing import REFUSED, SERVED
from tallystick.report.figure import Figure, both_widths
from tallystick.report.limits import LONG_WINDOWS, DrawnLimit, drawn_limits, middles_of, passed, running_totals
from tallystick.report.peak_charts import peak_figures
from tallystick.report.pictures import app_bars, day_steps, growing_totals, week_map
from tallystick.report.words import Words

MOST_APPS = 12
"""Bars drawn; the table under the chart has every app."""


def figures(document: Mapping[str, Any], words: Words) -> list[Figure]:
    """The report's charts, in the order of the page."""
    return [
        requests_per_day(document, words),
        growing_total(document, words),
        *peak_figures(document, _dates(document["consumption"]["days"]), words),
        hours_of_the_week(document, words),
        requests_by_app(document, words),
    ]


# ── requests per day ─────────────────────────────────────────────────────────────────────────────────────────────────


def requests_per_day(document: Mapping[str, Any], words: Words) -> Figure:
    """Requests of each UTC day, refused ones apart, and the line that a daily limit draws."""
    rows = document["consumption"]["days"]
    days = _dates(rows)
    requests, throttled = _column(rows, "requests"), _column(rows, "throttled")
    served = [all_ - refused for all_, refused in zip(requests, throttled, strict=True)]
    layers = [(requests, REFUSED), (served, SERVED)]
    limits = drawn_limits(document, days, ["P1D"])
    drawings = both_widths(requests, lambda width: day_steps(document, days, layers, limits, words, width))
    notes = [_limit_note(limit, "daily.limit", words) for limit in limits]
    notes += [
        words.plain("daily.zone", zone=limit.time_zone)
        for limit in limits[:1]
        if limit.time_zone not in ("Etc/UTC", "UTC")
    ]
    return Figure(
        id="daily",
        drawings=drawings,
        title=_daily_title(days, requests, limits, words),
        description=_range(days, requests, words, "daily.description"),
        keys=_served_and_refused(words) if any(throttled) else [],
        notes=notes,
        caption=words.plain("daily.caption"),
        headings=[words.plain(f"daily.column.{name}") for name in ("date", "requests", "refused", "records", "bytes")],
        rows=[
            (row["date"], row["requests"], row["throttled"], _known(row["records"]), _known(row["response_bytes"]))
            for row in rows
        ],
    )


def _daily_title(days: Sequence[date], requests: Sequence[int], limits: Sequence[DrawnLimit], words: Words) -> str:
    if not any(requests):
        return words.plain("daily.nothing")
    busiest = requests.index(max(requests))
    over = sum(requests[index] > limit.limit for limit in limits for index in range(limit.first, limit.end))
    if over:
        return words.plain("daily.over", n=over, cites=limits[0].cites)
    return words.plain("daily.busiest", date=words.date(days[busiest].isoformat()), n=requests[busiest])


# ── the growing total ────────────────────────────────────────────────────────────────────────────────────────────────


def growing_total(document: Mapping[str, Any], words: Words) -> Figure:
    """Requests that were not refused, added up within each version's longest calendar limit, and when it was passed."""
    rows = document["consumption"]["days"]
    days = _dates(rows)
    served = [
        all_ - refused for all_, refused in zip(_column(rows, "requests"), _column(rows, "throttled"), strict=True)
    ]
    limits = drawn_limits(document, days, LONG_WINDOWS)
    middles = middles_of(document, days)
    drawn = limits or _no_limit(days)
    totals = [(limit, list(running_totals(limit, middles, served))) for limit in drawn]
    crossings = [(limit, crossing) for limit in limits for crossing in passed(document, limit, days)]
    drawings = both_widths(served, lambda width: growing_totals(document, days, totals, crossings, words, width))
    return Figure(
        id="total",
        drawings=drawings,
        title=_total_title(document, sum(served), limits, crossings, words),
        description=_range(days, [total for _, run in totals for _, _, total in run], words, "total.description"),
        notes=[words.plain("total.note")] if limits and days else [],
        caption=words.plain("total.caption"),
        headings=[words.plain(f"total.column.{name}") for name in ("date", "version", "total", "limit")],
        rows=[
            (days[index].isoformat(), limit.version or None, total, limit.limit or None)
            for limit, run in totals
            for _, index, total in run
        ],
    )


def _total_title(
    document: Mapping[str, Any],
    served: int,
    limits: Sequence[DrawnLimit],
    crossings: Sequence[tuple[DrawnLimit, Any]],
    words: Words,
) -> str:
    if crossings:
        limit, crossing = min(crossings, key=lambda pair: pair[1].at_ms)
        return words.plain("total.passed", cites=limit.cites, limit=limit.limit, date=words.date(crossing.text))
    if limits:
        key = "total.kept" if all(limit.is_kept for limit in limits) else "total.over"
        return words.plain(key, cites=words.show(sorted({limit.cites for limit in limits})))
    return words.plain("total.unlimited", n=served) if served else words.plain("total.nothing")


def _no_limit(days: Sequence[date]) -> list[DrawnLimit]:
    """The whole period as one stretch without a limit."""
    return [
        DrawnLimit(
            version="",
            clause="",
            cites="",
            limit=0,
            within="P1Y",
            first=0,
            end=len(days),
            time_zone="Etc/UTC",
            is_kept=True,
        )
    ]


# ── the week ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def hours_of_the_week(document: Mapping[str, Any], words: Words) -> Figure:
    """Requests by weekday and hour, UTC, over the whole period."""
    week = [[int(amount) for amount in hours] for hours in document["consumption"]["weekday_hours"]]
    names = [words.plain(f"weekday.{number}") for number in range(1, 8)]
    flat = [amount for hours in week for amount in hours]
    largest = max(flat, default=0)
    weekday, hour = divmod(flat.index(largest), 24) if largest else (0, 0)
    drawings = both_widths(flat, lambda width: week_map(week, words, width))
    title = words.plain(
        "week.busiest", weekday=names[weekday], hour=f"{hour:02d}:00", until=f"{hour + 1:02d}:00", n=largest
    )
    return Figure(
        id="week",
        drawings=drawings,
        title=title if largest else words.plain("week.nothing"),
        description=words.plain("week.description", low=min(flat, default=0), high=largest),
        caption=words.plain("week.caption"),
        headings=[words.plain("week.column.hour"), *names],
        rows=[(f"{hour:02d}:00", *(hours[hour] for hours in week)) for hour in range(24)] if largest else [],
    )


# ── apps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def requests_by_app(document: Mapping[str, Any], words: Words) -> Figure:
    """Requests of each app, the largest first."""
    apps = sorted(document["consumption"]["apps"], key=lambda app: (-int(app["requests"]), str(app["app"])))
    requests = _column(apps, "requests")
    whole = sum(requests)
    shown = apps[:MOST_APPS]
    drawings = both_widths(requests, lambda width: app_bars(shown, whole, words, width))
    title = words.plain("apps.nothing")
    if whole:
        largest = app_name(apps[0])
        title = words.plain("apps.largest", app=largest, share=words.percent(requests[0], whole), n=len(apps))
    return Figure(
        id="apps",
        drawings=drawings,
        title=title,
        description=words.plain("apps.description", n=len(shown)),
        keys=_served_and_refused(words) if any(_column(apps, "throttled")) else [],
        notes=[words.plain("apps.rest", n=len(apps) - len(shown))] if len(apps) > len(shown) else [],
        caption=words.plain("apps.caption"),
        headings=[words.plain(f"apps.column.{name}") for name in ("app", "requests", "refused", "share")],
        rows=[
            (app_name(app), app["requests"], app["throttled"], words.percent(app["requests"], whole))
            for app in apps
            if whole
        ],
    )


def app_name(app: Mapping[str, Any]) -> str:
    """What people call the app, else its id."""
    return str(app["name"] or app["app"])


# ── what they share ──────────────────────────────────────────────────────────────────────────────────────────────────


def _dates(rows: Sequence[Mapping[str, Any]]) -> list[date]:
    return [date.fromisoformat(row["date"]) for row in rows]


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> list[int]:
    return [int(row[name]) for row in rows]


def _known(amount: Any) -> object:
    """The known sum, whether the day gives it alone or with its counts."""
    return amount["sum"] if isinstance(amount, Mapping) else amount


def _range(days: Sequence[date], amounts: Sequence[int], words: Words, key: str) -> str:
    if not days:
        return words.plain(f"{key}.nothing")
    first, last = words.date(days[0].isoformat()), words.date(days[-1].isoformat())
    return words.plain(
        f"{key}.range", first=first, last=last, low=min(amounts, default=0), high=max(amounts, default=0)
    )


def _limit_note(limit: DrawnLimit, key: str, words: Words) -> str:
    return words.plain(key, cites=limit.cites, limit=limit.limit, version=limit.version)


def _served_and_refused(words: Words) -> list[tuple[str, str]]:
    return [(SERVED, words.plain("key.served")), (REFUSED, words.plain("key.refused"))]
