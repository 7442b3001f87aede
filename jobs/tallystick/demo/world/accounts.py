"""What is true of every box of the accounting: files, hosts, rejected entries, gaps, and what was lost or repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tallystick.demo.world import damage
from tallystick.demo.world.hosts import (
    EPOCHS,
    HOSTS,
    LOST,
    LOST_FROM_US,
    LOST_UNTIL_US,
    RESTARTED,
    RESTARTED_US,
    day_of,
    epoch,
    serving,
)
from tallystick.demo.world.plan import World
from tallystick.demo.world.written import DayWritten, WrittenFile
from tallystick.period import to_text

Fact = dict[str, Any]


def ledger(written: Sequence[DayWritten], *, unattributed: int) -> Fact:
    """Every box of the identity, over all days and hosts."""
    files = [file for day in written for file in day.files]
    boxes = _boxes(files)
    return boxes | {"conflict": 0, "unattributed": unattributed, "attributed": boxes["unique"] - unattributed}


def hosts(world: World, written: Sequence[DayWritten]) -> list[Fact]:
    """The same of each host, with its files and the numbers missing in its gaps."""
    facts = []
    for number, host in enumerate(HOSTS):
        files = [file for day in written for file in day.files if file.host == host]
        facts.append(
            {
                "source": files[0].source,
                "host": host,
                "files": sum(file.repeats is None for file in files),
                "repeated_files": sum(file.repeats is not None for file in files),
                "missing": world.numbering.lost if number == LOST else 0,
                **_boxes(files),
            }
        )
    return facts


def _boxes(files: Sequence[WrittenFile]) -> Fact:
    accepted = sum(file.accepted for file in files)
    rejected = sum(file.rejected for file in files)
    blanks = sum(file.blanks for file in files)
    duplicate = sum(file.accepted for file in files if file.repeats is not None)
    return {
        "entries": accepted + rejected,
        "rejected": rejected,
        "accepted": accepted,
        "duplicate": duplicate,
        "unique": accepted - duplicate,
        "lines": accepted + rejected + blanks,
        "blanks": blanks,
        "rejected_bytes": sum(file.rejected_bytes for file in files),
    }


def repeated_files(written: Sequence[DayWritten]) -> list[Fact]:
    """Every file whose bytes were delivered before under another name."""
    return [
        {
            "source": file.source,
            "host": file.host,
            "file": file.name,
            "repeats": file.repeats,
            "sha256": file.sha256,
            "entries": file.accepted,
        }
        for day in written
        for file in day.files
        if file.repeats is not None
    ]


def damaged_files(written: Sequence[DayWritten]) -> list[Fact]:
    """Every file with damaged lines, and how many entries each reason rejects."""
    return [
        {
            "source": file.source,
            "host": file.host,
            "file": file.name,
            "sha256": file.sha256,
            "accepted": file.accepted,
            "rejected": damage.rejected_by_reason(),
            "rejected_bytes": file.rejected_bytes,
            "blanks": file.blanks,
        }
        for day in written
        for file in day.files
        if file.rejected
    ]


def gaps(world: World) -> list[Fact]:
    """The lost hour: the numbers that no line has, and the lines on either side."""
    lost_day = day_of(LOST_FROM_US)
    times = _times(world, lost_day)
    before = int((times < LOST_FROM_US).sum())
    first_missing = int(world.numbering.first[LOST, lost_day]) + before + 1
    earlier, later = times[:before].tolist(), times[before:].tolist()
    day = lost_day
    while not earlier:
        day -= 1
        earlier = _times(world, day).tolist()
    day = lost_day
    while not later:
        day += 1
        later = _times(world, day).tolist()
    return [
        {
            "source": "gateway",
            "host": HOSTS[LOST],
            "epoch": EPOCHS[int(epoch(LOST, times[:1]).sum())],
            "first_missing": first_missing,
            "last_missing": first_missing + world.numbering.lost - 1,
            "missing": world.numbering.lost,
            "after_at": to_text(earlier[-1]),
            "before_at": to_text(later[0]),
            "lost_from": to_text(LOST_FROM_US),
            "lost_until": to_text(LOST_UNTIL_US),
        }
    ]


def _times(world: World, day: int) -> Any:
    """When the host that loses an hour serves requests on a day, in order."""
    arrivals = world.arrivals(world.days[day])
    times = arrivals.received_us[serving(arrivals) == LOST]
    times.sort()
    return times


def restarts() -> list[Fact]:
    """The host that began its numbers anew: no gap, but a second epoch."""
    return [{"source": "gateway", "host": HOSTS[RESTARTED], "at": to_text(RESTARTED_US), "epochs": list(EPOCHS)}]
