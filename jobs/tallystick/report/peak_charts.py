"""The charts of the fullest windows: one for each limit in short windows, each day's window against the limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tallystick.report.drawing import BEYOND, SERVED
from tallystick.report.figure import Figure, both_widths
from tallystick.report.limits import AS_WRITTEN, DrawnLimit, version_spans
from tallystick.report.pictures import day_steps
from tallystick.report.words import Words

MOST_CHARTS = 4
"""Limits drawn; `findings.xlsx` and `report.json` have every one."""

Row = Mapping[str, Any]


def peak_figures(document: Row, days: Sequence[date], words: Words) -> list[Figure]:
    """A chart for each clause in short windows, over all versions that state it alike; those that are over first."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for entry in document["consumption"].get("peaks", ()):
        terms = tuple(str(entry[name]) for name in ("clause", "of", "per", "window", "within"))
        alike.setdefault(terms, []).append(entry)
    groups = sorted(alike.values(), key=lambda entries: not any(_days_over(entries)))
    shown, left = groups[:MOST_CHARTS], max(0, len(groups) - MOST_CHARTS)
    return [
        _figure(document, days, entries, number, words, left if number == len(shown) else 0)
        for number, entries in enumerate(shown, 1)
    ]


def _figure(
    document: Row, days: Sequence[date], entries: Sequence[Row], number: int, words: Words, left: int
) -> Figure:
    first = entries[0]
    limits = _limits(document, days, entries)
    cites = words.show(sorted({limit.cites for limit in limits}) or [first["clause"]])
    within, unit = words.duration(first["within"]), words.term("unit", first["of"])
    rows = sorted(
        ((day, entry) for entry in entries for day in entry["days"]),
        key=lambda pair: (pair[0]["date"], pair[0]["peak_at"]),
    )
    fullest = _by_day(days, [(day["date"], int(day["peak"])) for day, _ in rows])
    over = _by_day(days, [(day["date"], int(day["peak"])) for day, entry in rows if _is_over(day, entry)])
    layers = [(fullest, SERVED), (over, BEYOND)]
    ends = [words.date(days[place].isoformat()) if days else "–" for place in (0, -1)]
    return Figure(
        id=f"peaks-{number}",
        drawings=both_widths(fullest, lambda width: day_steps(document, days, layers, limits, words, width)),
        title=_title(rows, entries, cites, within, unit, words),
        description=words.plain(
            "peaks.description", first=ends[0], last=ends[1], within=within, of=unit, high=max(fullest, default=0)
        ),
        keys=[(SERVED, words.plain("key.within")), (BEYOND, words.plain("key.over"))] if any(over) else [],
        notes=[
            *(
                words.plain(
                    "peaks.limit",
                    limit=limit.limit,
                    of=unit,
                    window=_window(first, words),
                    per=words.term("per", first["per"]),
                    cites=limit.cites,
                    version=limit.version,
                )
                for limit in limits
            ),
            *([words.plain("peaks.rest", n=left)] if left else []),
        ],
        caption=words.plain("peaks.caption", within=within, cites=cites),
        headings=[words.plain(f"peaks.column.{name}") for name in ("date", "peak", "limit", "key", "at", "version")],
        rows=[
            (day["date"], day["peak"], entry["limit"], day["key"], words.instant(day["peak_at"]), entry["version"])
            for day, entry in rows
        ],
    )


def _title(
    rows: Sequence[tuple[Row, Row]], entries: Sequence[Row], cites: str, within: str, unit: str, words: Words
) -> str:
    said = {"cites": cites, "within": within, "of": unit}
    if not rows:
        return words.plain("peaks.nothing", **said)
    over = sum(_days_over(entries))
    if over:
        return words.plain("peaks.over", n=over, **said)
    day, entry = max(rows, key=lambda pair: int(pair[0]["peak"]))
    return words.plain("peaks.kept", peak=day["peak"], limit=entry["limit"], date=words.date(day["date"]), **said)


def _limits(document: Row, days: Sequence[date], entries: Sequence[Row]) -> list[DrawnLimit]:
    """The limit of each version, on the days that it judges."""
    by_version = {str(entry["version"]): entry for entry in entries}
    clauses = {(clause["version"], clause["clause"]): clause for clause in document["clauses"]}
    found = []
    for version, first, end in version_spans(document, days):
        entry = by_version.get(str(version["version"]))
        clause = clauses.get((version["version"], entry["clause"])) if entry else None
        if entry and clause:
            found.append(
                DrawnLimit(
                    version=str(version["version"]),
                    clause=str(entry["clause"]),
                    cites=str(clause["cites"]),
                    limit=int(entry["limit"]),
                    within=str(entry["within"]),
                    first=first,
                    end=end,
                    time_zone=str(version["time_zone"]),
                    is_kept=not any(
                        one["reading"] == AS_WRITTEN and one["verdict"] == "exceeded" for one in clause["measures"]
                    ),
                )
            )
    return found


def _window(entry: Row, words: Words) -> str:
    """How the windows lie: any of the length, or those of the clock."""
    name = "window.sliding" if entry["window"] == "sliding" else "window.clock"
    return words.plain(name, within=words.duration(entry["within"]))


def _days_over(entries: Sequence[Row]) -> list[bool]:
    """For each day of each version whether its fullest window is over."""
    return [_is_over(day, entry) for entry in entries for day in entry["days"]]


def _is_over(day: Row, entry: Row) -> bool:
    return int(day["peak"]) > int(entry["limit"])


def _by_day(days: Sequence[date], peaks: Sequence[tuple[str, int]]) -> list[int]:
    """The largest of each day; 0 for a day without one."""
    largest: dict[str, int] = {}
    for day, peak in peaks:
        largest[day] = max(peak, largest.get(day, 0))
    return [largest.get(day.isoformat(), 0) for day in days]
