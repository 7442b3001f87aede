"""One dirty day in one task: the day's requests are read once, and each table that lacks the day is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from tallystick.duck import WrittenFile, connect, exact_sums, quote_text, write_file
from tallystick.tables import Table
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.sequence_gap import SEQUENCE_GAP
from tallystick.tally.backoff import lay_out_backoff
from tallystick.tally.concurrency import lay_out_flights
from tallystick.tally.ledger import write_gaps, write_ledger
from tallystick.tally.summary import Asked, BackoffSummary, FlightSummary, PeakSummary, SlotSummary, Summary
from tallystick.tally.usage import STANDING, lay_out_peaks, lay_out_slots, sum_finely, write_standing

RULES = "tally 3"
"""Changes when equal requests would give other sums; a day built by older rules is dirty."""

LAY_OUT: Mapping[type[Summary], Callable[..., str]] = {
    SlotSummary: lay_out_slots,
    PeakSummary: lay_out_peaks,
    FlightSummary: lay_out_flights,
    BackoffSummary: lay_out_backoff,
}
"""For each kind of summary what makes the SQL of its rows, given the connection, the summary, SQL that is true for the
licensees who ask for it, SQL that yields the requests of the day before, and the day."""


@dataclass(frozen=True, kw_only=True)
class TallyTask:
    """One day: SQL that yields its requests and those of the day before, and for each table the file it lacks.

    `standing` maps a table to the name of its file, `summaries` has each summary with the name of its file; what is not
    there is not wanted. `offered` is what source_file says of the day (`ledger.OFFERED`).
    """

    day: str
    request: str
    edge: str
    offered: pa.Table
    standing: Mapping[str, str]
    summaries: tuple[tuple[Asked, str], ...]
    lake: Path
    memory_limit: str
    scratch: Path


def tally_day(task: TallyTask) -> list[tuple[str, WrittenFile]]:
    """Write what the day lacks; the table's name and the file of each. Raises SumTooLargeError."""
    with exact_sums(f"the requests of {task.day}"):
        return _write_day(task)


def _write_day(task: TallyTask) -> list[tuple[str, WrittenFile]]:
    connection = connect(memory_limit=task.memory_limit, scratch=task.scratch)
    sum_finely(connection, task.request)
    written = []

    def keep(table: Table, file: WrittenFile) -> None:
        written.append((table.name, file))

    for table in STANDING:
        if name := task.standing.get(table.name):
            keep(table, write_standing(connection, table, task.lake / table.name, day=task.day, name=name))
    if name := task.standing.get(DAY_LEDGER.name):
        gaps = write_gaps(connection, task.lake / SEQUENCE_GAP.name, day=task.day, name=name)
        keep(SEQUENCE_GAP, gaps)
        keep(DAY_LEDGER, write_ledger(connection, task.offered, task.lake / DAY_LEDGER.name, day=task.day, name=name))
    for asked, name in task.summaries:
        whose = f"licensee IN ({', '.join(map(quote_text, asked.licensees)) or 'NULL'})"
        query = LAY_OUT[type(asked.summary)](connection, asked.summary, whose, task.edge, day=task.day)
        partition = {"summary_id": asked.summary.id, "event_date": task.day}
        table = asked.summary.table
        keep(table, write_file(connection, query, task.lake / table.name, partition=partition, name=name))
    return written
