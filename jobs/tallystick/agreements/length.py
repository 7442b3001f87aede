"""Lengths of windows: ISO 8601 durations that a limit may have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tallystick.period import DAY_US

CALENDAR_DAYS = {"P1D": "day", "P1W": "week", "P1M": "month", "P3M": "quarter", "P1Y": "year"}
"""Windows that begin at a local midnight, and what people call them."""

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US
LONGEST_US = 36_525 * DAY_US
_FIXED = re.compile(r"P(?:(\d+)W|(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Length:
    """A window's length: `us` microseconds, or a calendar `unit` whose length the calendar decides.

    PT60M and PT1H are the same length, however they are written.
    """

    text: str = field(compare=False)
    us: int | None
    unit: str | None

    @property
    def words(self) -> str:
        """The length as people say it."""
        if self.unit:
            return f"calendar {self.unit}"
        assert self.us is not None
        for name, size in (("day", DAY_US), ("hour", HOUR_US), ("minute", 60 * SECOND_US), ("second", SECOND_US)):
            if self.us % size == 0:
                count = self.us // size
                return f"{count} {name}{'' if count == 1 else 's'}"
        return self.text


def calendar_length(text: str) -> Length:
    """The length of a calendar window. Raises ValueError for one that the calendar has not."""
    if text in CALENDAR_DAYS:
        return Length(text=text, us=None, unit=CALENDAR_DAYS[text])
    length = fixed_length(text)
    assert length.us is not None
    if length.us > HOUR_US:
        raise ValueError(f"a calendar window is PT1S to PT1H or one of {', '.join(CALENDAR_DAYS)}, not {text!r}")
    return length


def fixed_length(text: str) -> Length:
    """The length of a window that is measured, not read off a calendar. ValueError for months and years."""
    found = _FIXED.fullmatch(text)
    if not found or not any(found.groups()):
        raise ValueError(
            f"{text!r} has no fixed length; write weeks, days, hours, minutes or seconds, such as PT15M or P30D"
        )
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    us = ((weeks * 7 + days) * 24 + hours) * HOUR_US + (minutes * 60 + seconds) * SECOND_US
    if us == 0:
        raise ValueError(f"{text!r} is no time at all; write a length such as PT15M or P30D")
    if us > LONGEST_US:
        raise ValueError(f"{text!r} is longer than a hundred years (P36525D)")
    return Length(text=text, us=us, unit=None)
