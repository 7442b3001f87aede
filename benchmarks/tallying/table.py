"""A request table like the letter's, in a lake of our own: deterministic, sorted as `request` promises, made once."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tallystick.duck import WrittenFile, connect, write_file
from tallystick.storage.delta import Lake
from tallystick.tables.request import REQUEST

MADE_BY = 3
"""Changes when equal sizes would give another table; a table made by another version is made again."""

FIRST_DAY = date(2022, 1, 1)
LICENSEES, ROUTES, SOURCES, USERS = 50, 200, 3, 20_000
LARGEST_SHARE = 40
"""Percent of the requests that the first licensee makes."""
DAY_US, SLOT_US = 86_400_000_000, 900_000_000
QUARTER_HOUR_US = 900_000_000
WEEKDAYS = (104, 106, 105, 103, 100, 76, 72)
HOURS = (2, 1, 1, 1, 1, 2, 3, 5, 8, 10, 11, 11, 10, 11, 11, 10, 9, 8, 7, 6, 6, 5, 4, 3)
STATUSES = (200, 429, 404, 500)
STATUS_WEIGHTS = (955, 15, 22, 8)

Integers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Made:
    """The project folder of a table, its days and rows, and the largest quarter hour of the first app on each day."""

    folder: Path
    days: tuple[str, ...]
    rows: int
    peaks: tuple[int, ...]

    @property
    def lake(self) -> Path:
        """Where its tables are."""
        return self.folder / "lake"


@dataclass(frozen=True, kw_only=True)
class Callers:
    """Every credential in order of (licensee, app, credential): their names, what owns them, and their weights."""

    licensees: tuple[str, ...]
    apps: tuple[str, ...]
    credentials: tuple[str, ...]
    app_of: Integers
    licensee_of: Integers
    weights: Integers

    def apps_of(self, licensee: int) -> list[str]:
        """The names of a licensee's apps."""
        return [self.apps[app] for app in sorted(set(self.app_of[self.licensee_of == licensee].tolist()))]


def callers() -> Callers:
    """Fifty licensees with one to eight apps of one to 64 credentials; the first has most."""
    licensees = tuple(f"{'abcde'[number // 10]}{'lmnopqrstu'[number % 10]}-media" for number in range(LICENSEES))
    apps, credentials, app_of, licensee_of, parts = [], [], [], [], []
    for number, licensee in enumerate(licensees):
        for app in range(8 if number == 0 else 1 + number * 7 % 5):
            apps.append(f"{licensee}-app-{app + 1}")
            for place in range(64 if number == 0 else 1 + (number * 13 + app * 29) % 64):
                credentials.append(f"{apps[-1]}-{place + 1:02d}")
                app_of.append(len(apps) - 1)
                licensee_of.append(number)
                parts.append(1_000_000 // ((app + 2) * (place + 3)))
    owner, weights = np.asarray(licensee_of, np.int64), np.asarray(parts, np.int64)
    shares = 10_000 // (np.arange(LICENSEES, dtype=np.int64) + 3)
    shares[0] = shares[1:].sum() * LARGEST_SHARE // (100 - LARGEST_SHARE)
    owned = np.zeros(LICENSEES, np.int64)
    np.add.at(owned, owner, weights)
    weights = np.maximum(weights * 1_000_000 // owned[owner] * shares[owner], 1)
    return Callers(
        licensees=licensees,
        apps=tuple(apps),
        credentials=tuple(credentials),
        app_of=np.asarray(app_of, np.int64),
        licensee_of=owner,
        weights=weights,
    )


def make_table(scratch: Path, *, requests: int, days: int, seed: int = 7) -> Made:
    """The table of that size, made below `scratch` where it is not there yet."""
    folder = scratch / f"{requests}-requests-{days}-days"
    record = folder / "made.json"
    wanted = {"made_by": MADE_BY, "requests": requests, "days": days, "seed": seed}
    if record.is_file():
        said = json.loads(record.read_text("utf-8"))
        if said["wanted"] == wanted:
            return Made(folder=folder, days=tuple(said["days"]), rows=said["rows"], peaks=tuple(said["peaks"]))
    shutil.rmtree(folder, ignore_errors=True)
    named = [FIRST_DAY + timedelta(days=number) for number in range(days)]
    weights = np.asarray([WEEKDAYS[day.weekday()] for day in named], np.int64)
    ends = np.cumsum(weights) * requests // int(weights.sum())
    writer = _Writer(folder / "lake", seed)
    files = [writer.write(day, int(count)) for day, count in zip(named, np.diff(ends, prepend=0), strict=True)]
    Lake(folder / "lake").commit(REQUEST, files)
    made = Made(
        folder=folder,
        days=tuple(day.isoformat() for day in named),
        rows=sum(file.rows for file in files),
        peaks=tuple(writer.peaks),
    )
    said = {"wanted": wanted, "days": made.days, "rows": made.rows, "peaks": made.peaks}
    record.write_text(json.dumps(said), "utf-8")
    return made


class _Writer:
    """Writes one day after the other; sources number their requests through all days."""

    def __init__(self, lake: Path, seed: int) -> None:
        self._lake = lake
        self._seed = seed
        self._callers = callers()
        self._numbers = np.ones(SOURCES, np.int64)
        self.peaks: list[int] = []

    def write(self, day: date, rows: int) -> WrittenFile:
        """One day's requests as one file of the lake."""
        number = (day - FIRST_DAY).days
        chance = np.random.Generator(np.random.PCG64([self._seed, number]))
        caller, at_us = self._callers_and_times(chance, rows)
        self.peaks.append(self._largest_quarter_hour(caller, at_us))
        is_duplicate = chance.integers(0, 1_000, rows) == 0
        source = chance.integers(0, SOURCES, rows)
        sequence_number, position = self._numbered(source, at_us, is_duplicate, skip=5 if number % 7 == 3 else 0)
        columns = self._columns(chance, caller, day) | {
            "received_at": pa.array(at_us + (day - date(1970, 1, 1)).days * DAY_US, pa.timestamp("us", tz="UTC")),
            "source": _coded(source, [f"edge-{one + 1}" for one in range(SOURCES)]),
            "file_id": _coded(source, [hashlib.sha256(f"{day} {one}".encode()).hexdigest() for one in range(SOURCES)]),
            "sequence_number": pa.array(sequence_number),
            "position": pa.array(position),
            "is_duplicate": pa.array(is_duplicate),
        }
        connection = connect()
        connection.register("made", pa.table(columns))
        chosen = ", ".join(
            f'CAST({chr(34) + one.name + chr(34) if one.name in columns else "NULL"} AS {one.type}) AS "{one.name}"'
            for one in REQUEST.columns
            if one.name not in REQUEST.partition_by
        )
        partition = {"event_date": day.isoformat()}
        return write_file(
            connection, f"SELECT {chosen} FROM made", self._lake / REQUEST.name, partition=partition, name="made"
        )

    def _callers_and_times(self, chance: np.random.Generator, rows: int) -> tuple[Integers, Integers]:
        """Who calls when, sorted; the number after the last caller is nobody's."""
        known = self._callers.weights
        weights = np.append(known, known.sum() // 200)
        caller = _drawn(chance, weights, rows)
        at_us = _drawn(chance, np.repeat(np.asarray(HOURS, np.int64), 4), rows) * SLOT_US
        line = np.sort(caller * DAY_US + at_us + chance.integers(0, SLOT_US, rows))
        return line // DAY_US, line % DAY_US

    def _largest_quarter_hour(self, caller: Integers, at_us: Integers) -> int:
        known = caller < len(self._callers.app_of)
        first_app = np.sort(at_us[known][self._callers.app_of[caller[known]] == 0])
        held = np.arange(len(first_app)) + 1 - np.searchsorted(first_app, first_app - QUARTER_HOUR_US, side="right")
        return int(held.max(initial=0))

    def _numbered(
        self, source: Integers, at_us: Integers, is_duplicate: NDArray[np.bool_], *, skip: int
    ) -> tuple[Integers, Integers]:
        """Numbers by time within a source, a duplicate with that of the one before; some of the first are lost."""
        order = np.argsort(at_us, kind="stable")
        number, position = np.zeros(len(at_us), np.int64), np.zeros(len(at_us), np.int64)
        for one in range(SOURCES):
            mine = order[source[order] == one]
            rank = np.maximum(np.cumsum(~is_duplicate[mine]), 1)
            lost = (rank > len(mine) // 2) * (skip if one == 0 else 0)
            number[mine] = self._numbers[one] + rank - 1 + lost
            position[mine] = np.arange(len(mine)) + 1
            self._numbers[one] = int(number[mine].max(initial=self._numbers[one] - 1)) + 1
        return number, position

    def _columns(self, chance: np.random.Generator, caller: Integers, day: date) -> dict[str, pa.Array]:
        who, rows = self._callers, len(caller)
        nobody = caller == len(who.credentials)
        known = np.where(nobody, 0, caller)
        app, licensee = who.app_of[known], who.licensee_of[known]
        status = np.asarray(STATUSES, np.int32)[_drawn(chance, np.asarray(STATUS_WEIGHTS, np.int64), rows)]
        route = _drawn(chance, 1_000_000 // (np.arange(ROUTES, dtype=np.int64) + 5), rows)
        records = np.where(status == 200, chance.integers(1, 101, rows), 0)
        size = 400 + 260 * records + chance.integers(0, 200, rows)
        agents = [f"{name}/{1 + place % 4}.{place % 10}" for place, name in enumerate(who.apps)]
        addresses = [f"192.0.2.{1 + place % 254}" for place in range(len(who.apps))]
        routes = [f"/2/collection-{one + 1:03d}/{{id}}" for one in range(ROUTES)]
        return {
            "licensee": _coded(licensee, who.licensees, nobody),
            "app": _coded(app, who.apps, nobody),
            "credential_id": _coded(known, who.credentials, nobody),
            "credential": _coded(known, who.credentials, nobody),
            "conflict": pa.array(np.zeros(rows, np.bool_)),
            "epoch": _coded(np.zeros(rows, np.int64), ["first"]),
            "user": _coded(chance.integers(0, USERS, rows), [f"user-{one:05d}" for one in range(USERS)]),
            "client_address": _coded(app, addresses),
            "user_agent": _coded(app, agents, chance.integers(0, 100, rows) == 0),
            "method": _coded((route % 10 == 9).astype(np.int64), ["GET", "POST"]),
            "route": _coded(route, routes),
            "path": _coded(route, [one.replace("{id}", "17") for one in routes]),
            "status": pa.array(status, mask=chance.integers(0, 2_000, rows) == 0),
            "records": pa.array(records, mask=chance.integers(0, 500, rows) == 0),
            "response_bytes": pa.array(size, mask=chance.integers(0, 500, rows) == 0),
            "duration_us": pa.array(chance.integers(2_000, 180_000, rows)),
        }


def _drawn(chance: np.random.Generator, weights: Integers, rows: int) -> Integers:
    """`rows` places of `weights`, each as likely as its weight says."""
    ends = np.cumsum(weights)
    return np.searchsorted(ends, chance.integers(0, int(ends[-1]), rows), side="right").astype(np.int64)


def _coded(codes: Integers, values: list[str] | tuple[str, ...], is_null: NDArray[np.bool_] | None = None) -> pa.Array:
    indices = pa.array(codes.astype(np.int32), mask=is_null)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(values), pa.string()))
