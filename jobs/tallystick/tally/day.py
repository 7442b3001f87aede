"""One dirty day in one task: the day's requests are read once, and each table that lacks the day is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from tallystick.duck import WrittenFile, connect, exact_sums
from tallystick.tables import Table
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.sequence_gap import SEQUENCE_GAP
from tallystick.tally.backoff import lay_out_backoff
from tallystick.tally.concurrency import lay_out_flights
from tallystick.tally.ledger import gaps_of, ledger_of, numbering_of
from tallystick.tally.peaks import lay_out_peaks
from tallystick.tally.requests import Day, instants
from tallystick.tally.stretch import Stretch
from tallystick.tally.summary import Asked, BackoffSummary, FlightSummary, PeakSummary, SlotSummary, Summary
from tallystick.tally.usage import STANDING, lay_out_slots
from tallystick.tally.written import write_rows

RULES = "tally 4"
"""Changes when equal requests would give other sums; a day built by older rules is dirty."""

LAY_OUT: Mapping[type[Summary], Callable[[Day, Asked, Stretch], pa.Table]] = {
    PeakSummary: lay_out_peaks,
    FlightSummary: lay_out_flights,
    BackoffSummary: lay_out_backoff,
}
"""For each kind of summary by stretches of a day what makes its rows of one, in the order of its key."""


@dataclass(frozen=True, kw_only=True)
class TallyTask:
    """One day: the files of its requests and those of the day before, and for each table the file that it lacks.

    `standing` maps a table to the name of its file, `summaries` has each summary with the name of its file; what is not
    there is not wanted. `offered` is what source_file says of the day (`ledger.OFFERED`).
    """

    day: str
    requests: tuple[str, ...]
    requests_before: tuple[str, ...]
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
    day = Day(
        task.day,
        task.requests,
        task.requests_before,
        [asked.summary for asked, _ in task.summaries],
        lambda: _connection(task.memory_limit, task.scratch),
    )
    written = []

    def write(table: Table, rows: pa.Table, name: str, **more: str) -> None:
        partition, root = {**more, "event_date": task.day}, task.lake / table.name
        written.append((table.name, write_rows(rows, root, partition=partition, name=name)))

    for table, rows_of in STANDING.items():
        if name := task.standing.get(table.name):
            write(table, rows_of(day), name)
    if name := task.standing.get(DAY_LEDGER.name):
        numbering = numbering_of(day.every)
        gaps = gaps_of(numbering)
        write(SEQUENCE_GAP, gaps, name)
        write(DAY_LEDGER, ledger_of(day.every, numbering, gaps, task.offered, built_from=name), name)
    for asked, name in task.summaries:
        write(asked.summary.table, _laid_out(day, asked), name, summary_id=asked.summary.id)
    return written


def _laid_out(day: Day, asked: Asked) -> pa.Table:
    """The rows of a summary, in the order of its key."""
    if isinstance(asked.summary, SlotSummary):
        return lay_out_slots(day, asked)
    lay_out = LAY_OUT[type(asked.summary)]
    parts = [_in_stretch(lay_out(day, part, stretch), stretch) for stretch, part in asked.parts(day.start_us)]
    if len(parts) == 1:
        return parts[0]
    together = pa.concat_tables([_decoded(part) for part in parts], promote_options="permissive")
    return together.sort_by([("licensee", "ascending"), ("key", "ascending"), ("since_at", "ascending")])


def _decoded(rows: pa.Table) -> pa.Table:
    """Rows whose coded texts are texts, which can be put in order."""
    columns = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in rows.columns]
    return pa.table(columns, names=rows.column_names)


def _in_stretch(rows: pa.Table, stretch: Stretch) -> pa.Table:
    """Rows with the columns of `tables.stretch`."""
    for name, us in (
        ("since_at", stretch.start_us),
        ("until_at", stretch.end_us),
        ("own_since_at", stretch.own_since_us),
    ):
        rows = rows.append_column(name, instants(np.full(len(rows), us, np.int64)))
    return rows


@lru_cache(maxsize=1)
def _connection(memory_limit: str, scratch: Path) -> duckdb.DuckDBPyConnection:
    """One for all the days of a task: opening it costs as much as some of them."""
    return connect(memory_limit=memory_limit, scratch=scratch)
