"""Which hours of each source were seen, and which log objects came late, as a report says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def hours(sources: Sequence[str], days: Sequence[str], held: Mapping[tuple[str, str], int]) -> list[dict[str, str]]:
    """A row for each source and UTC day: 24 of 0 and 1, hour after hour; `held` has a bit for each hour."""
    return [
        {"source": source, "date": day, "seen": f"{held.get((source, day), 0):024b}"[::-1]}
        for source in sources
        for day in days
    ]


def late_files(held_late: Sequence[Row], source_files: Sequence[Row]) -> list[dict[str, Any]]:
    """The log objects that brought entries of a day of the period two or more days after it, by source and name."""
    named = {row["file_id"]: row for row in source_files if row["state"] == "read"}
    listed = [
        {
            "source": named[row["file_id"]]["source"],
            "file": named[row["file_id"]]["name"],
            "file_id": row["file_id"],
            "first_date": str(row["first_date"]),
            "last_date": str(row["last_date"]),
            "entries": row["entries"],
        }
        for row in held_late
    ]
    return sorted(listed, key=lambda row: (row["source"], row["file"], row["file_id"]))
