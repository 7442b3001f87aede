"""The hours of a source in which no entry was received, as runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any


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
        unseen = [
            datetime.fromisoformat(row["date"]).replace(tzinfo=UTC) + timedelta(hours=hour)
            for row in rows
            for hour, is_seen in enumerate(row["seen"])
            if is_seen == "0"
        ]
        for run in _runs(unseen):
            end = run[-1] + timedelta(hours=1)
            found.append(Quiet(source=source, start=_text(run[0]), end=_text(end), hours=len(run)))
    return found


def _runs(instants: Sequence[datetime]) -> list[list[datetime]]:
    """Hours that follow one another, together."""
    runs: list[list[datetime]] = []
    for instant in instants:
        if runs and instant - runs[-1][-1] == timedelta(hours=1):
            runs[-1].append(instant)
        else:
            runs.append([instant])
    return runs


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H}:00:00.000000Z"
