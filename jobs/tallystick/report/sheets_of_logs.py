"""The sheets of what was there to count: sources, hours, gaps, log files, files set aside, rejected entries."""

from __future__ import annotations

from tallystick.report.sheet import Row, Sheet, picked

SOURCE_COLUMNS = (
    *("source", "numbered", "days", "days_without_entries", "files", "repeated_files", "entries", "rejected"),
    *("unattributed", "this_licensee", "missing"),
)


def sources(document: Row) -> Sheet:
    """One row a source."""
    numbers = frozenset(SOURCE_COLUMNS[2:])
    rows = [picked(source, SOURCE_COLUMNS, numbers) for source in document["completeness"]["sources"]]
    return Sheet(name="Sources", columns=SOURCE_COLUMNS, rows=rows)


def hours(document: Row) -> Sheet:
    """One row for each source and UTC day: how many of its 24 hours were seen, and which, from 00:00 on."""
    rows = [
        [row["source"], row["date"], row["seen"].count("1"), row["seen"]]
        for row in document["completeness"].get("hours", ())
    ]
    return Sheet(name="Hours", columns=("source", "date", "hours_seen", "seen"), rows=rows)


GAP_COLUMNS = ("source", "epoch", "first_missing", "last_missing", "missing", "after_at", "before_at")


def gaps(document: Row) -> Sheet:
    """One row for each run of numbers that no entry has."""
    numbers = frozenset({"first_missing", "last_missing", "missing"})
    rows = [picked(gap, GAP_COLUMNS, numbers) for gap in document["completeness"]["gaps"]]
    return Sheet(name="Gaps", columns=GAP_COLUMNS, rows=rows)


FILE_COLUMNS = ("source", "name", "file_id", "format", "requests", "duplicates")


def log_files(document: Row) -> Sheet:
    """One row for each log file that holds requests of this licensee."""
    rows = [picked(file, FILE_COLUMNS, frozenset({"requests", "duplicates"})) for file in document["files"]]
    return Sheet(name="Log files", columns=FILE_COLUMNS, rows=rows)


ASIDE_COLUMNS = ("source", "file", "file_id", "problem", "first_date", "last_date", "entries")


def other_files(document: Row) -> Sheet:
    """One row for each log file that was refused, repeated or late, and which of these it was."""
    complete = document["completeness"]
    rows = [
        [kind, *picked(file, ASIDE_COLUMNS, frozenset({"entries"}))]
        for kind in ("refused", "repeated", "late")
        for file in complete.get(f"{kind}_files", ())
    ]
    return Sheet(name="Other files", columns=("what", *ASIDE_COLUMNS), rows=rows)


def rejected(document: Row) -> Sheet:
    """One row for each reason for which entries were rejected."""
    columns = ("reason", "entries", "bytes")
    rows = [
        picked(row, columns, frozenset({"entries", "bytes"})) for row in document["completeness"]["rejected_entries"]
    ]
    return Sheet(name="Rejected entries", columns=columns, rows=rows)


def not_seen(document: Row) -> Sheet:
    """One row for each thing that the audit cannot see."""
    rows = [[number, sentence] for number, sentence in enumerate(document["not_seen"], 1)]
    return Sheet(name="Not seen", columns=("number", "sentence"), rows=rows)
