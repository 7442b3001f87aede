"""Write one Monday of the bulk export host's log, and count it while it is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tallystick.demo.look_back.plan import MONDAYS, SHARES, LookBack, midnight_us
from tallystick.demo.look_back.reckoning import QuarterHours, quarter_hours
from tallystick.demo.world.amounts import response_bytes
from tallystick.demo.world.arrivals import Arrivals
from tallystick.demo.world.chance import draw, key_of, mix
from tallystick.demo.world.gzip_file import GzipFile
from tallystick.demo.world.lines import gateway_lines
from tallystick.demo.world.portions import Integers
from tallystick.demo.world.roster import ROSTER
from tallystick.demo.world.written import WrittenFile
from tallystick.period import DAY_US

SOURCE, HOST, EPOCH_NAME = "bulk", "bulk-01", "2020-05-18T04:00:00Z"
LOGS = f"logs/{SOURCE}"
CHUNK = 100_000
ONE_IN_REFUSED, ONE_IN_FAILED = 83, 61
"""Of so many background requests of an app one is refused with 429, or fails otherwise."""
BULK_SALT = np.uint64(0x2545F4914F6CDD1D)
REQUESTS, REFUSED, FAILED, RECORDS, RESPONSE_BYTES = range(5)
"""What is added up by app and version, in this order."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MondayWritten:
    """One Monday's file, and what is true of it.

    `sums` is apps (as in SHARES) x 6 versions x 5 amounts, `caller` requests of each caller in the roster.
    """

    monday: int
    file: WrittenFile
    sums: Integers
    caller: Integers
    quarters: tuple[QuarterHours, ...]


def bulk_arrivals(look_back: LookBack, monday: int) -> Arrivals:
    """Every request of a Monday, by time."""
    columns = [_of_app(look_back, app, monday) for app in range(len(SHARES))]
    whole = Arrivals(**{name: np.concatenate([one[name] for one in columns]) for name in columns[0]})
    return whole.take(np.lexsort((whole.app, whole.received_us)))


def _of_app(look_back: LookBack, app: int, monday: int) -> dict[str, Integers]:
    number = ROSTER.app_number(list(SHARES)[app])
    count = int(look_back.background[app, monday])
    index = np.arange(count, dtype=np.int64)
    key = np.array([key_of(look_back.world.seed, "bulk", app, monday)], dtype=np.uint64)
    jitter = (draw(key, index) >> np.uint64(48)).astype(np.int64)
    # In the i-th of equal parts of the day, so that a quarter of an hour holds its share and two more at most.
    part_us = DAY_US // max(count, 1)
    instants = midnight_us(monday) + index * DAY_US // max(count, 1) + (jitter * part_us >> 16)
    before = int(look_back.requests[app, :monday].sum())
    turn = before + index
    status = np.where(turn % ONE_IN_REFUSED == 7, 429, np.where(turn % ONE_IN_FAILED == 11, 404, 200))
    for rush in look_back.rushes:
        if (rush.app, rush.monday) == (app, monday):
            instants = np.concatenate((instants, rush.instants()))
            status = np.concatenate((status, np.full(rush.requests, 200, dtype=np.int64)))
    order = np.argsort(instants, kind="stable")
    instants, status = instants[order], status[order]
    place = np.arange(len(instants), dtype=np.int64)
    chance = draw(mix(key ^ BULK_SALT), place)
    return {
        "app": np.full(len(instants), number, dtype=np.int64),
        "received_us": instants,
        "status": status,
        "records": _records(status, int(look_back.records[app, monday])),
        "turn": before + place,
        "chance": chance,
        "choice": mix(chance ^ BULK_SALT),
    }


def _records(status: Integers, total: int) -> Integers:
    """`total` records over the requests that succeed, evenly."""
    running = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(status == 200)))
    shares = total * running // max(int(running[-1]), 1)
    records: Integers = np.diff(shares)
    return records


def write_monday(look_back: LookBack, monday: int, out: Path) -> MondayWritten:
    """Write the file of one Monday below the project folder `out`; writing it again gives the same bytes."""
    day = bulk_arrivals(look_back, monday)
    first = int(look_back.requests[:, :monday].sum())
    numbers = first + 1 + np.arange(len(day), dtype=np.int64)
    name = f"{LOGS}/{MONDAYS[monday]}.jsonl.gz"
    with GzipFile(out / name) as file:
        for start in range(0, len(day), CHUNK):
            chunk = day.take(slice(start, start + CHUNK))
            file.write(
                gateway_lines(
                    chunk,
                    host=HOST,
                    epochs=(EPOCH_NAME,),
                    epoch=np.zeros(len(chunk), dtype=np.int64),
                    numbers=numbers[start : start + CHUNK],
                )
            )
    written = WrittenFile(
        name=name,
        source=SOURCE,
        host=HOST,
        accepted=len(day),
        rejected=0,
        rejected_bytes=0,
        blanks=0,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
    )
    return _counted(look_back, monday, day, written)


def _counted(look_back: LookBack, monday: int, day: Arrivals, file: WrittenFile) -> MondayWritten:
    numbers = [ROSTER.app_number(name) for name in SHARES]
    version = look_back.binding(day.received_us)
    place = np.searchsorted(np.sort(numbers), day.app)
    app = np.argsort(numbers, kind="stable")[place]
    amounts = np.stack(
        [
            np.ones(len(day), dtype=np.int64),
            (day.status == 429).astype(np.int64),
            ((day.status >= 400) & (day.status != 429)).astype(np.int64),
            day.records,
            response_bytes(day.status, day.records, day.choice),
        ],
        axis=1,
    )
    sums = np.zeros((len(SHARES), len(look_back.all_versions), amounts.shape[1]), dtype=np.int64)
    np.add.at(sums, (app, version), amounts)
    return MondayWritten(
        monday=monday,
        file=file,
        sums=sums,
        caller=np.bincount(day.caller, minlength=len(ROSTER.callers)),
        quarters=tuple(
            quarter_hours(
                day.received_us[(app == one) & (version == which) & (day.status != 429)],
                app=one,
                version=which,
                limit=look_back.all_versions[which].clause("quarter-hour").max,
            )
            for one in range(len(SHARES))
            for which in np.unique(version[app == one]).tolist()
        ),
    )
