"""The hours of a source in which no entry was received, as runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

_UNSEEN = re.compile("0+")


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """So many whole hours from `start` to before `end`, in which a source has no entry."""

    source: str
    start: str
    end: str
    hours: int


def quiet_runs(hours: Sequence[Mapping[str, Any]]) -> list[Quiet]:
    """The runs of unseen hours in the report's `hours`, by source and time; a run goes on over midnight."""
    found = []
    for source, rows in groupby(sorted(hours, key=lambda row: (row["source"], row["date"])), lambda row: row["source"]):
        for start, end in _runs(rows):
            found.append(Quiet(source=source, start=_text(start), end=_text(end), hours=end - start))
    return found


def _runs(days: Iterable[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Hours that follow one another, as half-open ranges of hours since the year 1."""
    runs: list[tuple[int, int]] = []
    for day in days:
        midnight = date.fromisoformat(day["date"]).toordinal() * 24
        for unseen in _UNSEEN.finditer(day["seen"]):
            start, end = midnight + unseen.start(), midnight + unseen.end()
            if runs and runs[-1][1] == start:
                start, _ = runs.pop()
            runs.append((start, end))
    return runs


def _text(hour: int) -> str:
    day, within = divmod(hour, 24)
    return f"{date.fromordinal(day).isoformat()}T{within:02d}:00:00.000000Z"
