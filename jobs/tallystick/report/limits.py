"""What a chart draws of an agreement: each version's days, the limit on them, and the day a limit was passed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

AS_WRITTEN = "as written"
LONG_WINDOWS = ("P1Y", "P3M", "P1M")
"""Calendar windows long enough for a total that grows, the longest first."""


@dataclass(frozen=True, kw_only=True)
class DrawnLimit:
    """A limit of requests for the whole licensee, by its own words, on days `first` to before `end` of the period."""

    version: str
    clause: str
    cites: str
    limit: int
    within: str
    first: int
    end: int
    time_zone: str
    is_kept: bool


@dataclass(frozen=True, kw_only=True)
class Passed:
    """The instant at which a limit was passed, as a place on the axis of days, in milliseconds of a day."""

    at_ms: int
    text: str


def version_spans(document: Mapping[str, Any], days: Sequence[date]) -> list[tuple[Mapping[str, Any], int, int]]:
    """Each version that judges days of the period, with the first of them and the one after the last."""
    middles = middles_of(document, days)
    spans = []
    for version in sorted(document["agreements"], key=_begins):
        until = effective_until(version, document["agreements"])
        first = bisect_left(middles, _instant(version["in_force_from"]))
        end = bisect_left(middles, _instant(until)) if until else len(days)
        if first < end:
            spans.append((version, first, end))
    return spans


def middles_of(document: Mapping[str, Any], days: Sequence[date]) -> list[datetime]:
    """For each UTC day the middle of what the period has of it: it is drawn with the version and year in force then."""
    start, end = _instant(document["period"]["start"]), _instant(document["period"]["end"])
    middles = []
    for day in days:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        first, last = max(midnight, start), min(midnight + timedelta(days=1), end)
        middles.append(first + (last - first) / 2)
    return middles


def effective_until(version: Mapping[str, Any], agreements: Sequence[Mapping[str, Any]]) -> str | None:
    """When a version stops judging: at its own end or where the next one begins, or None if neither is known."""
    following = [_begins(other) for other in agreements if _begins(other) > _begins(version)]
    ends = [str(text) for text in (version["in_force_until"], *following) if text]
    return min(ends, default=None)


def drawn_limits(document: Mapping[str, Any], days: Sequence[date], windows: Sequence[str]) -> list[DrawnLimit]:
    """For each version the tightest calendar limit of the first of `windows` that it has."""
    found = []
    for version, first, end in version_spans(document, days):
        stated = list(_stated(document, version))
        for window in windows:
            of_window = [(int(limit["limit"]), clause) for clause, limit in stated if limit["within"] == window]
            if of_window:
                limit, clause = min(of_window, key=lambda pair: (pair[0], pair[1]["clause"]))
                found.append(
                    DrawnLimit(
                        version=str(version["version"]),
                        clause=str(clause["clause"]),
                        cites=str(clause["cites"]),
                        limit=limit,
                        within=window,
                        first=first,
                        end=end,
                        time_zone=str(version["time_zone"]),
                        is_kept=not any(_is_over(measure) for measure in clause["measures"]),
                    )
                )
                break
    return found


def passed(document: Mapping[str, Any], limit: DrawnLimit, days: Sequence[date]) -> list[Passed]:
    """When the limit was passed, earliest first: from the windows of its findings, exact to the microsecond there."""
    crossings = sorted(
        str(window["crossed_at"])
        for finding in document["findings"]
        if (finding["version"], finding["clause"]) == (limit.version, limit.clause)
        for window in finding["windows"]
        if window["reading"] == AS_WRITTEN and window["crossed_at"]
    )
    return [Passed(at_ms=_place_ms(text, days), text=text) for text in crossings]


def running_totals(
    limit: DrawnLimit, middles: Sequence[datetime], amounts: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
    """(window, day, total at the day's end), starting at nothing in each window of the limit."""
    total, window, before = 0, 0, None
    zone = _zone(limit.time_zone)
    for index in range(limit.first, limit.end):
        key = _window_of(middles[index].astimezone(zone), limit.within)
        if before is not None and key != before:
            window, total = window + 1, 0
        before = key
        total += amounts[index]
        yield window, index, total


def _window_of(day: datetime, within: str) -> tuple[int, int]:
    """Which calendar year, quarter or month a day lies in."""
    months = {"P1Y": 12, "P3M": 3, "P1M": 1}[within]
    return day.year, (day.month - 1) // months


def _stated(
    document: Mapping[str, Any], version: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for clause in document["clauses"]:
        if clause["version"] != version["version"]:
            continue
        for limit in clause.get("limits", ()):
            if (limit["reading"], limit["of"], limit["per"], limit["window"]) == (
                AS_WRITTEN,
                "requests",
                "licensee",
                "calendar",
            ):
                yield clause, limit


def _begins(version: Mapping[str, Any]) -> str:
    return str(version["in_force_from"])


def _is_over(measure: Mapping[str, Any]) -> bool:
    return bool(measure["reading"] == AS_WRITTEN and measure["verdict"] == "exceeded")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # a zone that this machine does not know moves a picture, no number
        return ZoneInfo("Etc/UTC")


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _place_ms(text: str, days: Sequence[date]) -> int:
    midnight = datetime(days[0].year, days[0].month, days[0].day, tzinfo=UTC)
    return (_instant(text) - midnight) // timedelta(milliseconds=1)
