"""Calendar windows: their borders, which of them are over, and the request that took each over."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tallystick.agreements.length import Length
from tallystick.agreements.limit import Limit
from tallystick.clauses.result import Over
from tallystick.clauses.usage_reader import UsageReader
from tallystick.period import EPOCH, Period, add_months, local_midnight_us
from tallystick.tally.scope import SLOT_US
from tallystick.tally.summary import slots_of

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def window_borders(length: Length, span: Period, zone: ZoneInfo) -> list[tuple[int, int]]:
    """Start and end of every window of a calendar unit that the span touches, in order."""
    first = (EPOCH + timedelta(microseconds=span.start_us)).astimezone(zone).date()
    begins = _beginning(length, first)
    borders = []
    while (start := local_midnight_us(begins, zone)) < span.end_us:
        begins = _next(length, begins)
        end = local_midnight_us(begins, zone)
        if start < end and end > span.start_us:
            borders.append((start, end))
    return borders


def lay_out_windows(reader: UsageReader, limit: Limit, span: Period, zone: ZoneInfo) -> None:
    """Make the table `windowed`: each piece of `piece` with the start and end of its window."""
    connection = reader.connection
    if limit.length.us is not None:
        us = limit.length.us
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE windowed AS SELECT *, at_us // {us} * {us} AS start_us, "
            f"(at_us // {us} + 1) * {us} AS end_us FROM piece"
        )
        return
    borders = window_borders(limit.length, span, zone)
    listed = ", ".join(f"({start_us}, {end_us})" for start_us, end_us in borders)
    border = f"(VALUES {listed}) AS border (start_us, end_us)"
    join = (
        f"CROSS JOIN {border}" if len(borders) == 1 else f"ASOF INNER JOIN {border} ON piece.at_us >= border.start_us"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE windowed AS SELECT piece.*, border.start_us, border.end_us FROM piece {join}"
    )


def windows_over(reader: UsageReader, limit: Limit, span: Period, key: str) -> tuple[list[Over], int]:
    """The windows of `windowed` in which the key used more than the limit, in order, and the raw rows read for them.

    The quarter of an hour in which the running total passes the limit is known from the sums; only its requests are
    read, to name the instant. SEMANTICS: crossed_at is the request that took the total above max.
    """
    rows = reader.connection.execute(
        """
        WITH running AS (
            SELECT *, sum(used) OVER w AS total, sum(served) OVER w AS served_until
            FROM windowed WHERE key = $key
            WINDOW w AS (PARTITION BY start_us ORDER BY at_us)
        )
        SELECT start_us, end_us, CAST(max(total) AS BIGINT) AS used,
            min(at_us) FILTER (total > $limit) AS crossing_us,
            CAST(coalesce(max(total) FILTER (total <= $limit), 0) AS BIGINT) AS total_before,
            CAST(sum(served) - arg_min(served_until, at_us) FILTER (total > $limit) AS BIGINT) AS served_after
        FROM running GROUP BY start_us, end_us HAVING max(total) > $limit ORDER BY start_us
        """,
        {"key": key, "limit": limit.limit},
    ).fetchall()
    found, rows_read = [], 0
    for start_us, end_us, used, crossing_us, before, served_after in rows:
        until = min((crossing_us // SLOT_US + 1) * SLOT_US, span.end_us, end_us)
        requests = reader.requests(slots_of(limit), limit.of, key, [(crossing_us, until)])
        running = requests.amount.cumsum() + before
        place = int((running > limit.limit).argmax())
        crossed_us = int(requests.at_us[place])
        served_here = reader.served(slots_of(limit), key, crossed_us, until)
        rows_read += requests.rows
        found.append(
            Over(
                start_us=start_us,
                end_us=end_us,
                used=used,
                over=used - limit.max,
                crossed_us=crossed_us,
                served_over=served_after + served_here,
                is_clipped=start_us < span.start_us or end_us > span.end_us,
            )
        )
    return found, rows_read


def _beginning(length: Length, day: date) -> date:
    """The first day of the window that `day` lies in."""
    if length.unit == "week":
        return day - timedelta(days=day.weekday())
    if length.unit in MONTHS:
        months = MONTHS[length.unit]
        return date(day.year, (day.month - 1) // months * months + 1, 1)
    return day


def _next(length: Length, begins: date) -> date:
    if length.unit in MONTHS:
        return add_months(begins, MONTHS[length.unit])
    return begins + timedelta(days=7 if length.unit == "week" else 1)
