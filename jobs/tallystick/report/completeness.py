"""What an audit saw of the logs, what it knows to be missing, and what it cannot see; nothing is guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from tallystick.period import to_text, to_us
from tallystick.report.gaps import missing_runs

Row = Mapping[str, Any]

BOXES = ("entries", "rejected", "accepted", "duplicate", "conflict", "unique", "unattributed", "attributed")
"""The boxes of the accounting identity (SEMANTICS), as `day_ledger` has them."""


def reconciliation(ledger: Sequence[Row], this_licensee: int) -> dict[str, int]:
    """Every box over some days of all sources; whole UTC days, so `this_licensee` is counted over whole days too."""
    sums = {box: sum(row[box] for row in ledger) for box in BOXES}
    return {**sums, "this_licensee": this_licensee, "other_licensees": sums["attributed"] - this_licensee}


def completeness(
    ledger: Sequence[Row],
    gaps: Sequence[Row],
    source_files: Sequence[Row],
    rejected: Sequence[Row],
    days: Sequence[str],
) -> dict[str, Any]:
    """The report's `completeness` for some UTC days; `rejected` is rejected_entry of files that count on those days."""
    listed = missing_runs(ledger, gaps)
    return {
        "sources": [_source(name, rows, listed, source_files, days) for name, rows in _by_source(ledger)],
        "gaps": listed,
        "refused_files": [
            {"source": row["source"], "file": row["name"], "file_id": row["file_id"], "problem": row["problem"]}
            for row in _by_name(source_files, "refused")
        ],
        "repeated_files": [
            {"source": row["source"], "file": row["name"], "file_id": row["file_id"]}
            for row in _by_name(source_files, "repeated")
        ],
        "rejected_entries": _reasons(rejected),
        "unattributed": sum(row["unattributed"] for row in ledger),
    }


def not_seen(
    completeness: Mapping[str, Any], reconciliation: Mapping[str, int], consumption: Mapping[str, Any]
) -> list[str]:
    """What the audit cannot see, in sentences; the first ones hold for every audit of logs."""
    sentences = [
        "Requests that the gateway did not log, or whose logs were not offered to this audit.",
        "What became of the records after they were delivered.",
    ]
    missing = sum(source["missing"] for source in completeness["sources"])
    if missing:
        sentences.append(
            f"{_some(missing, 'request')} missing from the logs by sequence number; who made them is unknown."
        )
    numberless = [source["source"] for source in completeness["sources"] if not source["numbered"]]
    if numberless:
        sentences.append(
            f"Whether entries are missing from logs that do not number their requests: {', '.join(numberless)}."
        )
    if completeness["refused_files"]:
        sentences.append(
            f"The entries of {_some(len(completeness['refused_files']), 'file')} that could not be read to the end."
        )
    if reconciliation["rejected"]:
        rejected = _some(reconciliation["rejected"], "entry", "entries")
        sentences.append(f"{rejected} that could not be read as requests.")
    if completeness["unattributed"]:
        sentences.append(
            f"Who made {_some(completeness['unattributed'], 'request')} that match no licensee of the register."
        )
    unknown = sum(app["records"]["unknown"] for app in consumption["apps"])
    if unknown:
        sentences.append(f"The number of records that {_some(unknown, 'request')} returned: their log does not say.")
    return sentences


def _some(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _by_source(ledger: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    names = sorted({row["source"] for row in ledger})
    return [(name, [row for row in ledger if row["source"] == name]) for name in names]


def _source(
    name: str, rows: Sequence[Row], gaps: Sequence[Row], source_files: Sequence[Row], days: Sequence[str]
) -> dict[str, Any]:
    states = [row["state"] for row in source_files if any(one["source"] == name for one in row["days"])]
    with_entries = {str(row["event_date"]) for row in rows if row["entries"]}
    return {
        "source": name,
        "numbered": any(row["first_number"] is not None for row in rows),
        "days": len(days),
        "days_without_entries": len(set(days) - with_entries),
        "files": states.count("read"),
        "repeated_files": states.count("repeated"),
        **{box: sum(row[box] for row in rows) for box in ("entries", "rejected")},
        "first_at": _instant(min((row["first_at"] for row in rows if row["first_at"]), default=None)),
        "last_at": _instant(max((row["last_at"] for row in rows if row["last_at"]), default=None)),
        "missing": sum(gap["missing"] for gap in gaps if gap["source"] == name),
    }


def _by_name(source_files: Sequence[Row], state: str) -> list[Row]:
    return sorted((row for row in source_files if row["state"] == state), key=lambda row: (row["source"], row["name"]))


def _reasons(rejected: Iterable[Row]) -> list[dict[str, Any]]:
    """How many entries have each reason, and their bytes; an entry with two reasons is counted under both.

    Bytes are None where those of some entry are not known, since an older version read its file.
    """
    counts: dict[str, int] = {}
    sizes: dict[str, int | None] = {}
    for row in rejected:
        for reason in row["reasons"]:
            counts[reason] = counts.get(reason, 0) + 1
            before, more = sizes.get(reason, 0), row["size_bytes"]
            sizes[reason] = None if before is None or more is None else before + more
    return [{"reason": reason, "entries": counts[reason], "bytes": sizes[reason]} for reason in sorted(counts)]


def _instant(value: Any) -> str | None:
    return None if value is None else to_text(to_us(value))


def touches(row: Row, days: Collection[str]) -> bool:
    """Whether a source file has entries on one of some UTC days, or no day at all."""
    listed = [str(one["event_date"]) for one in row["days"] if one["event_date"] is not None]
    return not listed or any(day in days for day in listed)
