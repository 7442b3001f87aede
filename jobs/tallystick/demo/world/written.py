"""What was written: one day's files and sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tallystick.demo.world.portions import Integers
from tallystick.demo.world.sums import Sums


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """One log file. `name` is relative to the project; `accepted` + `rejected` are its entries, and
    those and `blanks` its lines.

    `repeats` names the file whose bytes it has once more, `is_damaged` says that the damaged lines are in it.
    """

    name: str
    source: str
    host: str
    accepted: int
    rejected: int
    rejected_bytes: int
    blanks: int
    size_bytes: int
    sha256: str
    repeats: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class DayWritten:
    """One UTC day of all hosts: its files, and the exact sums of the requests in them, each counted once.

    `peaks` (apps x versions x 2 kinds x 2) are the quarter-hour peaks that end on the day, and when each is reached.
    """

    day: date
    files: tuple[WrittenFile, ...]
    sums: Sums
    peaks: Integers
