"""The accounting of a file: what was offered, what became of its entries, and of which days they are."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from tallystick.intake.paths import Found
from tallystick.intake.task import FileTask


@dataclass(frozen=True, kw_only=True)
class FileDay:
    """The entries of a file on one UTC day of one numbering source."""

    event_date: date
    source: str
    accepted: int
    rejected: int


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a file was found to be, from its stored bytes inwards; columns of `source_file`."""

    file_id: str
    size_bytes: int
    decoded_bytes: int
    compression: str
    envelope: str | None = None
    format: str | None
    runner_up: str | None = None


@dataclass(frozen=True, kw_only=True)
class FileAccount:
    """One row of `source_file`; `entries` is always `accepted + rejected`, and where there are `lines` they add up."""

    source: str
    name: str
    version_tag: str
    file_id: str
    size_bytes: int
    decoded_bytes: int | None = None
    compression: str | None = None
    envelope: str | None = None
    format: str | None
    runner_up: str | None = None
    state: str
    problem: str | None = None
    lines: int | None = None
    entries: int = 0
    accepted: int = 0
    rejected: int = 0
    rejected_bytes: int = 0
    not_entries: int = 0
    comments: int = 0
    headers: int = 0
    blanks: int = 0
    not_requests: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    days: tuple[FileDay, ...] = ()
    digest_key: str
    batch: str

    def row(self) -> dict[str, Any]:
        """The account as plain values, one a column of `source_file`."""
        return {**dataclasses.asdict(self), "days": [dataclasses.asdict(day) for day in self.days]}


def last_rows(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The numbers of the last rows of `entry` and `rejected`; rows appended later have higher ones."""
    query = "SELECT (SELECT coalesce(max(rowid), -1) FROM entry), (SELECT coalesce(max(rowid), -1) FROM rejected)"
    [(entry, rejected)] = connection.execute(query).fetchall()
    return int(entry), int(rejected)


def account_for(
    connection: duckdb.DuckDBPyConnection,
    task: FileTask,
    *,
    shape: Shape,
    found: Found,
    after: tuple[int, int],
    batch: str,
    written: str | None = None,
) -> FileAccount:
    """The account of a file whose entries are the rows of `entry` and `rejected` after the rows numbered `after`.

    Where its accepted entries were written elsewhere, `written` is a query for them.
    A rejected entry goes to the day of the readable entry before it, else of the one after it, else to no day. Raises
    RuntimeError, which is a bug, if accepted and rejected rows are not the entries that were found, or entries and all
    else not the lines.
    """
    mine = written or f"SELECT position, event_date, source, received_at FROM entry WHERE rowid > {after[0]}"
    lost = f"SELECT position, size_bytes FROM rejected WHERE rowid > {after[1]}"
    accepted_days = connection.execute(
        f"SELECT event_date, source, count(*), min(received_at), max(received_at) FROM ({mine}) GROUP BY ALL"
    ).fetchall()
    accepted = sum(row[2] for row in accepted_days)
    [(rejected, rejected_bytes)] = connection.execute(f"SELECT count(*), sum(size_bytes) FROM ({lost})").fetchall()
    if accepted + rejected != found.entries:
        raise RuntimeError(f"{task.uri}: {found.entries} entries, {accepted} accepted and {rejected} rejected")
    parts = found.entries + found.others.total + found.not_requests
    if found.lines is not None and found.lines != parts:
        raise RuntimeError(f"{task.uri}: {found.lines} lines, of which {parts} are entries or known not to be")
    counts = {(row[0], row[1]): [row[2], 0] for row in accepted_days}
    if rejected and accepted:
        for day, source, number in connection.execute(
            f"WITH readable AS ({mine}) "
            "SELECT coalesce(before.event_date, first.event_date), coalesce(before.source, first.source), count(*) "
            f"FROM ({lost}) AS lost "
            "CROSS JOIN (SELECT event_date, source FROM readable ORDER BY position LIMIT 1) AS first "
            "ASOF LEFT JOIN readable AS before ON lost.position >= before.position GROUP BY ALL"
        ).fetchall():
            counts[day, source][1] += number
    return FileAccount(
        source=task.source,
        name=task.name,
        version_tag=task.version_tag,
        **dataclasses.asdict(shape),
        state="read",
        lines=found.lines,
        entries=found.entries,
        accepted=accepted,
        rejected=rejected,
        rejected_bytes=int(rejected_bytes or 0),
        not_entries=found.others.total,
        **dataclasses.asdict(found.others),
        not_requests=found.not_requests,
        first_at=min((row[3] for row in accepted_days), default=None),
        last_at=max((row[4] for row in accepted_days), default=None),
        days=tuple(
            FileDay(event_date=day, source=source, accepted=number, rejected=lost)
            for (day, source), (number, lost) in sorted(counts.items())
        ),
        digest_key=task.digest_key.mark,
        batch=batch,
    )
