"""Calendar windows and lengths of the second opinion, found by counting days and looking at every minute."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def duration(text: str) -> timedelta:
    """`PT15M`, `P30D`, `P1W`, `P1DT12H`: a length that no calendar decides."""
    found = re.fullmatch(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", text)
    assert found, text
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def calendar_window(instant: datetime, within: str, time_zone: str) -> tuple[datetime, datetime]:
    """The calendar window that holds an instant: start and end."""
    if within not in ("P1D", "P1W", "P1M", "P3M", "P1Y"):
        length = duration(within)
        start = EPOCH + (instant - EPOCH) // length * length
        return start, start + length
    local = instant.astimezone(ZoneInfo(time_zone)).date()
    for days_off in (1, 0, -1):  # where clocks go back over midnight, an instant's own date may not be its window's
        first = _first_day(local + timedelta(days=days_off), within)
        start, end = midnight(first, time_zone), midnight(_first_day_after(first, within), time_zone)
        if start <= instant < end:
            return start, end
    raise AssertionError(f"no window of {within} holds {instant} in {time_zone}")


@cache
def _first_day(day: date, within: str) -> date:
    if within == "P1W":
        while day.isoweekday() != 1:
            day -= timedelta(days=1)
        return day
    if within == "P1D":
        return day
    starts = {"P1M": range(1, 13), "P3M": (1, 4, 7, 10), "P1Y": (1,)}[within]
    while day.day != 1 or day.month not in starts:
        day -= timedelta(days=1)
    return day


@cache
def _first_day_after(first: date, within: str) -> date:
    day = first + timedelta(days=1)
    while _first_day(day, within) == first:
        day += timedelta(days=1)
    return day


@cache
def midnight(day: date, time_zone: str) -> datetime:
    """The first instant at which clocks of the zone show `day` or a later one, found by looking at every minute."""
    zone = ZoneInfo(time_zone)
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=30)
    while instant.astimezone(zone).date() < day:
        instant += timedelta(minutes=1)
    return instant
