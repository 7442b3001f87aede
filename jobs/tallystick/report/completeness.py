"""What an audit saw of the logs, what it knows to be missing, and what it cannot see; nothing is guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tallystick.period import to_text, to_us
from tallystick.report.gaps import missing_runs
from tallystick.report.seen import hours, late_files

Row = Mapping[str, Any]

SHOWN_US = 900_000_000
"""Requests on either side of a gap may be another licensee's: when they were is told to the quarter of an hour."""


def reconciliation(ledger: Sequence[Row], held: Sequence[Row]) -> dict[str, int]:
    """Every box of the accounting identity (SEMANTICS) over whole UTC days, of this licensee's entries and nobody's.

    What is another licensee's is in no box. `held` is `usage_file` of the days, of this licensee and of nobody
    (`licensee` NULL): every request and duplicate that is either's.
    """
    return _boxes(
        rejected=sum(row["rejected"] for row in ledger),
        unattributed=sum(row["unattributed"] for row in ledger),
        held=held,
    )


def with_repeats(held: Sequence[Row], source_files: Sequence[Row]) -> list[Row]:
    """`held`, and every entry of it once more, as a duplicate, for each further delivery of its file.

    A repeat is of the source that it was delivered to; where hosts number their requests, of the same host there.
    """
    deliveries = repeated(source_files)
    again = [
        {
            **row,
            "source": to + row["source"].removeprefix(of),
            "requests": 0,
            "duplicate": row["requests"] + row["duplicate"],
            "conflict": 0,
        }
        for row in held
        for of, to in deliveries.get(row["file_id"], ())
    ]
    return [*held, *again]


def repeated(source_files: Sequence[Row]) -> dict[str, list[tuple[str, str]]]:
    """By the file_id of each object that came again: the source that it was read from, and the one it came to."""
    read = {row["file_id"]: row["source"] for row in source_files if row["state"] == "read"}
    found: dict[str, list[tuple[str, str]]] = {}
    for file in source_files:
        if file["state"] == "repeated" and file["file_id"] in read:
            found.setdefault(file["file_id"], []).append((read[file["file_id"]], file["source"]))
    return found


def _boxes(*, rejected: int, unattributed: int, held: Sequence[Row]) -> dict[str, int]:
    this_licensee = sum(row["requests"] for row in held if row["licensee"] is not None)
    duplicate = sum(row["duplicate"] for row in held)
    unique = unattributed + this_licensee
    return {
        "entries": rejected + duplicate + unique,
        "rejected": rejected,
        "accepted": duplicate + unique,
        "duplicate": duplicate,
        "conflict": sum(row["conflict"] for row in held),
        "unique": unique,
        "unattributed": unattributed,
        "this_licensee": this_licensee,
    }


def files(held: Sequence[Row], source_files: Sequence[Row]) -> list[dict[str, Any]]:
    """The log objects that hold this licensee's requests, and how many, by source and name."""
    named = {row["file_id"]: row for row in source_files if row["state"] == "read"}
    mine: dict[str, dict[str, int]] = {}
    for row in held:
        if row["licensee"] is not None:
            sums = mine.setdefault(row["file_id"], {"requests": 0, "duplicates": 0})
            sums["requests"] += row["requests"]
            sums["duplicates"] += row["duplicate"]
    listed = [
        {
            "file_id": file_id,
            "source": named[file_id]["source"],
            "name": named[file_id]["name"],
            "format": named[file_id]["format"],
            **sums,
        }
        for file_id, sums in mine.items()
    ]
    return sorted(listed, key=lambda row: (row["source"], row["name"], row["file_id"]))


def completeness(
    ledger: Sequence[Row],
    gaps: Sequence[Row],
    source_files: Sequence[Row],
    rejected: Sequence[Row],
    days: Sequence[str],
    held: Sequence[Row],
    hours_held: Mapping[tuple[str, str], int],
    held_late: Sequence[Row],
) -> dict[str, Any]:
    """The report's `completeness` for some UTC days; `rejected` is rejected_entry of files that count on those days.

    `held` as for `reconciliation`: of each source what is this licensee's or nobody's is counted, and nothing else, as
    it is in `hours_held` and `held_late` (`stages.held`). A source of which neither has anything is not named, unless
    numbers are missing from it.
    """
    listed = missing_runs(ledger, gaps)
    seen = {(str(row["event_date"]), row["source"]) for row in ledger if row["rejected"] or row["unattributed"]}
    seen |= {(day, source) for source, day in hours_held}
    named = {source for _, source in seen} | {gap["source"] for gap in listed}
    sources = [(name, rows) for name, rows in _by_source(ledger) if name in named]
    known = {row["file_id"] for row in held} | {row["file_id"] for row in rejected}
    source_files = [row for row in source_files if row["state"] == "refused" or row["file_id"] in known]
    return {
        "sources": [_source(name, rows, listed, source_files, days, held, seen) for name, rows in sources],
        "gaps": [{**gap, **{name: _quarter(gap[name]) for name in ("after_at", "before_at")}} for gap in listed],
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
        "hours": hours([name for name, _ in sources], days, hours_held),
        "late_files": late_files(held_late, source_files),
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


def _quarter(instant: str) -> str:
    return to_text(to_us(datetime.fromisoformat(instant)) // SHOWN_US * SHOWN_US)


def _source(
    name: str,
    rows: Sequence[Row],
    gaps: Sequence[Row],
    source_files: Sequence[Row],
    days: Sequence[str],
    held: Sequence[Row],
    seen: Collection[tuple[str, str]],
) -> dict[str, Any]:
    boxes = _boxes(
        rejected=sum(row["rejected"] for row in rows),
        unattributed=sum(row["unattributed"] for row in rows),
        held=[row for row in held if row["source"] == name],
    )
    states = [row["state"] for row in source_files if any(one["source"] == name for one in row["days"])]
    return {
        "source": name,
        "numbered": any(row["first_number"] is not None for row in rows),
        "days": len(days),
        "days_without_entries": sum((day, name) not in seen for day in days),
        "files": states.count("read"),
        "repeated_files": states.count("repeated"),
        **{box: boxes[box] for box in ("entries", "rejected", "unattributed", "this_licensee")},
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


def touches(row: Row, days: Collection[str]) -> bool:
    """Whether a source file has entries on one of some UTC days, or no day at all."""
    listed = [str(one["event_date"]) for one in row["days"] if one["event_date"] is not None]
    return not listed or any(day in days for day in listed)
