"""Control totals as small frames, one row for each thing that a suite asks about; whole numbers only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

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

    `by_table` gives for each table and day the sums `requests` (all) and `attributed` (of some licensee).
    """
    days: dict[str, dict[str, int]] = {}
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
    """One measure: whether it has the finding that its verdict asks for, with evidence and numbers that follow."""
    known = {(row["version"], row["clause"], row["key"]): row for row in findings}
    rows = []
    for row in measures:
        finding = known.get((row["version"], row["clause"], row["key"]))
        is_listed = finding is not None
        wanted = row["verdict"] in ("exceeded", "not decided")
        windows = [one for one in (finding["windows"] if finding else []) if one["reading"] == row["reading"]]
        rows.append(
            {
                "measure": "/".join(str(row[name]) for name in ("version", "clause", "reading", "key")),
                "verdict": row["verdict"],
                "counted_beyond": max(row["counted"] - row["in_period"], 0),
                "unlisted": int(wanted and not is_listed),
                "without_evidence": int(row["verdict"] == "exceeded" and not (finding and finding["evidence"])),
                "windows_left": row["windows_over"] - len(windows),
                "over_wrong": sum(one["over"] != one["used"] - (row["max"] or 0) for one in windows),
            }
        )
    return pd.DataFrame(rows)
