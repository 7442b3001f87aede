"""One dirty day in one task: the day's requests are read once, and each table that lacks the day is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from tallystick.duck import WrittenFile, connect, exact_sums
from tallystick.tables import Table
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.sequence_gap import SEQUENCE_GAP
from tallystick.tables.usage_peak import USAGE_PEAK
from tallystick.tables.usage_scope import USAGE_SCOPE
from tallystick.tally.ledger import write_gaps, write_ledger
from tallystick.tally.summary import PeakSummary, SlotSummary
from tallystick.tally.usage import STANDING, sum_finely, write_peaks, write_slots, write_standing

RULES = "tally 3"
"""Changes when equal requests would give other sums; a day built by older rules is dirty."""


@dataclass(frozen=True, kw_only=True)
class TallyTask:
    """One day: SQL that yields its requests and those of the day before, and for each table the file it lacks.

    `standing` maps a table to the name of its file; `slots` and `peaks` map a summary to the name of its file; a name
    that is not there is not wanted. `offered` is what source_file says of the day (`ledger.OFFERED`).
    """

    day: str
    request: str
    edge: str
    offered: pa.Table
    standing: Mapping[str, str]
    slots: tuple[tuple[SlotSummary, str], ...]
    peaks: tuple[tuple[PeakSummary, str], ...]
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
    for slots, name in task.slots:
        keep(USAGE_SCOPE, write_slots(connection, slots, task.lake / USAGE_SCOPE.name, day=task.day, name=name))
    for peaks, name in task.peaks:
        keep(
            USAGE_PEAK, write_peaks(connection, peaks, task.edge, task.lake / USAGE_PEAK.name, day=task.day, name=name)
        )
    return written
