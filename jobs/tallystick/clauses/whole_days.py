"""Which days of a span a daily table answers for exactly, and which parts are left to be read from requests."""

from __future__ import annotations

from dataclasses import dataclass

from tallystick.period import DAY_US, Period


@dataclass(frozen=True, kw_only=True)
class WholeDays:
    """The whole UTC days `[from_us, until_us)`, and the `parts` of the span before and after them, half-open.

    Where the first day is the span's own beginning, `begins` is true: what reaches back over its midnight does not
    count, because a window never holds requests from before the span.
    """

    from_us: int
    until_us: int
    parts: tuple[tuple[int, int], ...]
    begins: bool


def whole_days(span: Period, reach_us: int, *, only_raw: bool = False) -> WholeDays:
    """Split a span for a table whose days look back by up to `reach_us` over midnight."""
    begins = span.start_us % DAY_US == 0
    earliest = span.start_us if begins else span.start_us + reach_us
    first, last = -(-earliest // DAY_US) * DAY_US, span.end_us // DAY_US * DAY_US
    if only_raw or first >= last:
        return WholeDays(
            from_us=span.start_us, until_us=span.start_us, parts=((span.start_us, span.end_us),), begins=False
        )
    parts = tuple(part for part in ((span.start_us, first), (last, span.end_us)) if part[0] < part[1])
    return WholeDays(from_us=first, until_us=last, parts=parts, begins=begins)
