"""The calendar of hours: of each source which hours of which UTC days were seen, drawn and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from tallystick.report.axes import day_ticks
from tallystick.report.drawing import HEAT, INK, MIDDLE_PX, MUTED, SERVED, TEXT_PX, Drawing, escape
from tallystick.report.figure import Figure, both_widths
from tallystick.report.quiet_hours import Quiet
from tallystick.report.visible import visible
from tallystick.report.words import Words

MOST_SOURCES, MOST_RUNS = 6, 400
"""Sources drawn, and runs of unseen hours in the table; the sheet `Hours` of findings.xlsx has every hour."""
LEFT_PX, HOUR_PX, NAME_PX, DAYS_PX = 24, 3, 24, 26
"""Room for the hours at the left, the height of one, and the room for a name above and for days below."""
LEAST_DAY, MOST_DAY = 16, 260
"""How wide a day is, in tenths of a pixel; more days than have room at the least are drawn in further rows."""
MOST_NAME = 40

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class HoursOf:
    """The hours of one source: how many, how many of them seen and not, in how many runs not, and the longest."""

    source: str
    hours: int
    seen: int
    unseen: int
    runs: int
    longest: int


def hours_by_source(hours: Sequence[Row], runs: Sequence[Quiet]) -> list[HoursOf]:
    """The hours of each source of the report's `hours`, in its order."""
    found = []
    for source, rows in groupby(hours, lambda row: str(row["source"])):
        marks = "".join(str(row["seen"]) for row in rows)
        lengths = [run.hours for run in runs if run.source == source]
        found.append(
            HoursOf(
                source=source,
                hours=len(marks),
                seen=marks.count("1"),
                unseen=marks.count("0"),
                runs=len(lengths),
                longest=max(lengths, default=0),
            )
        )
    return found


def hour_calendar(hours: Sequence[Row], runs: Sequence[Quiet], words: Words) -> Figure:
    """The picture of the report's `hours`, and the runs of hours that were not seen as its table."""
    seen = hours_by_source(hours, runs)
    by_source = {source: list(rows) for source, rows in groupby(hours, lambda row: str(row["source"]))}
    drawn = dict(list(by_source.items())[:MOST_SOURCES])
    listed = sorted(runs, key=lambda run: (-run.hours, run.source, run.start))[:MOST_RUNS]
    unseen, every = sum(one.unseen for one in seen), sum(one.hours for one in seen)
    ends = [words.date(str(hours[place]["date"])) if hours else "–" for place in (0, -1)]
    title = words.plain("hours.all") if not unseen else words.plain("hours.some", n=unseen, hours=every)
    return Figure(
        id="hours",
        title=title if seen else words.plain("hours.nothing"),
        description=words.plain("hours.description", first=ends[0], last=ends[1], n=len(seen)),
        drawings=both_widths([every], lambda width: _calendar(drawn, words, width)),
        keys=[(SERVED, words.plain("hours.seen")), (HEAT[1], words.plain("hours.unseen"))],
        notes=[
            words.plain("hours.lead"),
            *([words.plain("hours.more_sources", n=len(seen) - len(drawn))] if len(seen) > len(drawn) else []),
            *([words.plain("hours.rest", n=len(runs) - len(listed))] if len(runs) > len(listed) else []),
        ],
        caption=words.plain("hours.longest_runs"),
        headings=[
            words.plain("sources.source"),
            *(words.plain(f"hours.{name}") for name in ("from", "until", "hours")),
        ],
        rows=[(run.source, words.instant(run.start), words.instant(run.end), run.hours) for run in listed],
    )


def _calendar(by_source: Mapping[str, Sequence[Row]], words: Words, width: int) -> Drawing:
    """For each source its name, and under it a grid of 24 hours by as many days as fit, in one row or more."""
    top, marks = 0, []
    for source, rows in by_source.items():
        top += NAME_PX
        name = visible(source, MOST_NAME)
        marks.append(_text(LEFT_PX, top - 10, "start", INK, name))
        for strip in _strips(rows, width):
            marks.append(_strip(strip, words, width, top))
            top += 24 * HOUR_PX + DAYS_PX
    return Drawing(view_box=f"0 0 {width} {top}", marks=f'<g fill="none">{"".join(marks)}</g>')


def _strips(rows: Sequence[Row], width: int) -> list[Sequence[Row]]:
    """The days in rows of about one length, none longer than has room."""
    room = (width - LEFT_PX) * 10 // LEAST_DAY
    count = -(-len(rows) // room)
    each = -(-len(rows) // count)
    return [rows[start : start + each] for start in range(0, len(rows), each)]


def _strip(rows: Sequence[Row], words: Words, width: int, top: int) -> str:
    """Some days side by side: light, and dark where hours were seen; days that are alike are one box."""
    day_px = min((width - LEFT_PX) * 10 // len(rows), MOST_DAY) / 10
    boxes, start = [], 0
    for seen, alike in groupby(rows, lambda row: str(row["seen"])):
        days = len(list(alike))
        hour = 0
        for mark, run in groupby(seen):
            length = len(list(run))
            if mark == "1":
                boxes.append(f"M{start} {hour}h{days}v{length}h-{days}z")
            hour += length
        start += days
    grid = (
        f'<g transform="translate({LEFT_PX},{top}) scale({day_px:.1f},{HOUR_PX})">'
        f'<path d="M0 0h{len(rows)}v24h-{len(rows)}z" fill="{HEAT[1]}"/>'
        f'<path d="{"".join(boxes)}" fill="{SERVED}"/></g>'
    )
    hours = [
        _text(LEFT_PX - 6, top + hour * HOUR_PX + inwards, "end", MUTED, f"{hour:02d}")
        for hour, inwards in ((0, 5), (12, 0), (24, -4))
    ]
    dates = [date.fromisoformat(str(row["date"])) for row in rows]
    foot = top + 24 * HOUR_PX + 12
    days_px = int(day_px * len(rows))
    ticks = day_ticks(dates, words, most=max(2, days_px // 70))
    said = [
        _text(LEFT_PX + int(tick.at * day_px), foot, _beside(tick.at * day_px, days_px), MUTED, tick.text)
        for tick in ticks
    ]
    return "".join([grid, *hours, *said])


def _beside(at_px: float, width_px: int) -> str:
    """A text begins at its day, but for the last ones, which would reach over the edge."""
    return "end" if width_px > 120 and width_px - at_px < 60 else "start"


def _text(x: int, y: int, anchor: str, colour: str, text: str) -> str:
    where = f'text-anchor="{anchor}" transform="translate({x},{y + MIDDLE_PX})"'
    return f'<text {where} font-size="{TEXT_PX}px" fill="{colour}">{escape(text)}</text>'
