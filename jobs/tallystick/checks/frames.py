"""Control totals as small frames, one row for each thing that a suite asks about; whole numbers only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from tallystick.tables.measure import VERDICTS

Row = Mapping[str, Any]


def ledger_frame(ledger: Sequence[Row], source_files: Sequence[Row]) -> pd.DataFrame:
    """One day of one source: each step of the accounting identity as a difference that must be 0.

    `unread` compares the ledger with what ingest said of the files: entries that were accepted and are no request.
    """
    offered: dict[tuple[str, str], int] = {}
    for file in source_files:
        if file["state"] in ("read", "repeated"):
            for day in file["days"]:
                key = (str(day["event_date"]), day["source"])
                offered[key] = offered.get(key, 0) + day["accepted"]
    rows = [
        {
            "day": str(row["event_date"]),
            "source": row["source"],
            "entries": row["entries"],
            "entries_left": row["entries"] - row["rejected"] - row["accepted"],
            "accepted_left": row["accepted"] - row["duplicate"] - row["unique"],
            "unique_left": row["unique"] - row["unattributed"] - row["attributed"],
            "unread": offered.get((str(row["event_date"]), row["source"]), 0) - row["accepted"],
            "conflict": row["conflict"],
            "rejected": row["rejected"],
            "missing": row["missing"],
        }
        for row in ledger
    ]
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else None)


def usage_frame(ledger: Sequence[Row], by_table: Mapping[str, Mapping[str, Mapping[str, int]]]) -> pd.DataFrame:
    """One day: unique and attributed requests by the ledger, less those of each usage table; each difference must be 0.

    A day that only a usage table has stands here too.

    `by_table` gives for each table and day the sums `requests` (all) and `attributed` (of some licensee).
    """
    days: dict[str, dict[str, int]] = {
        day: {"requests": 0, "attributed": 0} for by_day in by_table.values() for day in by_day
    }
    for row in ledger:
        sums = days.setdefault(str(row["event_date"]), {"requests": 0, "attributed": 0})
        sums["requests"] += row["unique"]
        sums["attributed"] += row["attributed"]
    rows = [
        {
            "day": day,
            **{
                f"{table}_{name}_left": sums[name] - by_day.get(day, {}).get(name, 0)
                for table, by_day in sorted(by_table.items())
                for name in ("requests", "attributed")
            },
        }
        for day, sums in sorted(days.items())
    ]
    return pd.DataFrame(rows)


def findings_frame(findings: Iterable[Row], measures: Sequence[Row]) -> pd.DataFrame:
    """One reading of a clause: whether its measures have the findings that they ask for, with numbers that follow.

    `counted_beyond` is what its keys counted together beyond what its version judges.
    """
    known = {(row["version"], row["clause"], row["key"]): row for row in findings}
    readings: dict[tuple[Any, ...], list[Row]] = {}
    for row in measures:
        readings.setdefault((row["version"], row["clause"], row["reading"]), []).append(row)
    return pd.DataFrame([_reading(name, mine, known) for name, mine in readings.items()])


def _reading(name: tuple[Any, ...], measures: Sequence[Row], known: Mapping[tuple[Any, ...], Row]) -> dict[str, Any]:
    listed = [known.get((row["version"], row["clause"], row["key"])) for row in measures]
    found = list(zip(measures, listed, strict=True))
    windows = [(row, one) for row, finding in found for one in _windows(row, finding)]
    verdicts = [row["verdict"] for row in measures]
    return {
        "measure": "/".join(map(str, name)),
        "verdict": next((one for one in verdicts if one not in VERDICTS), verdicts[0]),
        "twice": len(measures) - len({row["key"] for row in measures}),
        "counted_beyond": max(sum(row["counted"] for row in measures) - measures[0]["in_period"], 0),
        "unlisted": sum(row["verdict"] in ("exceeded", "not decided") and one is None for row, one in found),
        "without_evidence": sum(
            row["verdict"] == "exceeded" and row["counted"] > 0 and not (one and one["evidence"]) for row, one in found
        ),
        "windows_left": sum(row["windows_over"] for row in measures) - len(windows),
        "over_wrong": sum(one["over"] != one["used"] - _permitted(row, one) for row, one in windows),
    }


def _permitted(row: Row, window: Row) -> int:
    """What of a window's `used` was permitted; nothing of a bucket's, which holds only what the bucket did not."""
    is_of_a_bucket = window["crossed_at"] is None and window["peak_at"] is None
    return 0 if is_of_a_bucket else row["max"] or 0


def _windows(row: Row, finding: Row | None) -> list[Row]:
    """The windows of a finding that are those of a measure's reading."""
    return [one for one in (finding["windows"] if finding else []) if one["reading"] == row["reading"]]
