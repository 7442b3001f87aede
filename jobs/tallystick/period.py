"""Days and periods: half-open intervals of instants, in microseconds since 1970 UTC, read in some time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tallystick.errors import BadPeriodError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY_US = 86_400_000_000
FORMS = "write 2022, 2022-Q4, 2022-12, 2022-12-05 or START/END, for example 2022-01-01/2022-03-01"


def to_us(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z of an aware datetime."""
    return (instant - EPOCH) // MICROSECOND


def to_instant(us: int) -> datetime:
    """The UTC datetime of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=us)


def to_text(us: int) -> str:
    """An instant as every document of ours writes it: `2022-01-01T00:00:00.000000Z`."""
    return to_instant(us).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def local_midnight_us(day: date, zone: ZoneInfo) -> int:
    """The instant at which `day` begins in `zone`; the first one where a clock change skips or repeats midnight."""
    # A wall time that a clock change skips is read with the offset before the change: that is the change itself.
    return to_us(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))


def parse_instant_us(text: str, zone: ZoneInfo) -> int:
    """A date (local midnight in `zone`) or an ISO 8601 date-time (in `zone` unless it carries an offset)."""
    try:
        # What Python reads beyond that may be hostile in a path or a terminal; it drops digits after the microsecond.
        if not re.fullmatch(r"[0-9TWZ:.,+-]+", text) or re.search(r"[.,][0-9]{7}", text):
            raise ValueError(text)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return local_midnight_us(date.fromisoformat(text), zone)
        instant = datetime.fromisoformat(text)
        return to_us((instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise BadPeriodError(f"{text!r} is not an ISO 8601 date or date-time", next_step=FORMS) from error


@dataclass(frozen=True, kw_only=True)
class Period:
    """`[start_us, end_us)` in microseconds since 1970 UTC; `text` is how its user wrote it."""

    text: str
    start_us: int
    end_us: int

    def __post_init__(self) -> None:
        if self.end_us <= self.start_us:
            raise BadPeriodError(f"{self.text!r} holds no time: it ends as it begins, or before", next_step=FORMS)

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo | None = None) -> Period:
        """Read one of the five forms of SEMANTICS; calendar forms begin and end at local midnights of `zone`."""
        zone = zone or ZoneInfo("Etc/UTC")
        if "/" in text:
            start, _, end = text.partition("/")
            return cls(text=text, start_us=parse_instant_us(start, zone), end_us=parse_instant_us(end, zone))
        try:
            first, last = _calendar_span(text)
            return cls(text=text, start_us=local_midnight_us(first, zone), end_us=local_midnight_us(last, zone))
        except (ValueError, OverflowError) as error:
            raise BadPeriodError(f"{text!r} is not a day of the calendar", next_step=FORMS) from error

    @property
    def slug(self) -> str:
        """The period as one folder name: `START/END` without its slash and colons."""
        return self.text.replace("/", "_").replace(":", "").replace("+", "p")

    def utc_days(self) -> Iterator[date]:
        """Every UTC day that the period touches, in order."""
        for day in range(self.start_us // DAY_US, -(-self.end_us // DAY_US)):
            yield EPOCH.date() + timedelta(days=day)

    def contains(self, us: int) -> bool:
        """Whether an instant lies in the period."""
        return self.start_us <= us < self.end_us


def _calendar_span(text: str) -> tuple[date, date]:
    """First day, and first day after, of `2022`, `2022-Q4`, `2022-12` or `2022-12-05`; ValueError for no such day."""
    found = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?", text, re.ASCII)
    if not found:
        raise BadPeriodError(f"{text!r} is not a period", next_step=FORMS)
    year, quarter, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    if day is not None and month is not None:
        return date(year, month, day), date(year, month, day) + timedelta(days=1)
    months = 1 if month is not None else 3 if quarter is not None else 12
    first = date(year, month if month is not None else (quarter or 1) * 3 - 2, 1)
    return first, add_months(first, months)


def add_months(first: date, months: int) -> date:
    """The first of the month that lies `months` after the month of `first`."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
