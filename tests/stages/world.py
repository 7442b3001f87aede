"""A user's small project in a folder: its log lines, its files, the stages to run on it, and what they left."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tallystick.runtime.engine import Engine
from tallystick.stages.audit import audit
from tallystick.stages.ingest import ingest
from tallystick.stages.project import Project, StageResult
from tallystick.stages.publish import publish
from tallystick.stages.refine import refine
from tallystick.stages.tally import tally
from tallystick.storage.delta import Lake
from tallystick.tables import TABLES, Table
from tallystick.tables.run import RUN

Row = dict[str, Any]

SETTINGS = 'provider = "Murmur Social"\n\n[engine]\ntasks = 2\n'

SOURCES = {
    "sources/gateway.yaml": "says: The gateway's own log.\nfolder: logs/gateway\n",
    "sources/web.yaml": "says: The old front end.\nfolder: logs/web\nformat: nginx_combined\n",
}

KESTREL = """
licensee: kestrel
name: Kestrel Metrics Ltd
apps:
  - app: kestrel-board
    name: Kestrel Board
    registered: 2023-01-01
    use_case: {text: Dashboards, approved: 2023-02-01}
    recognised_by:
      - credential: kes-board-1
      - credential: kes-board-2
  - app: kestrel-batch
    registered: 2023-01-01
    ended: 2024-03-03
    recognised_by:
      - credential: kes-batch-1
"""

OTTER = """
licensee: otter
name: Otter Research
apps:
  - app: otter-reader
    registered: 2023-01-01
    recognised_by:
      - user_agent: otter-reader/*
"""

AGREEMENT = """
licensee: kestrel
title: Developer Agreement
in_force_from: 2024-01-01
clauses:
  - id: daily-volume
    cites: "§ 3"
    says: Licensee shall not make more than eight calls in a day.
    kind: limit
    of: requests
    per: licensee
    max: 8
    window: calendar
    within: P1D
  - id: burst
    cites: "§ 4"
    says: No app shall make more than three calls within a minute.
    kind: limit
    of: requests
    per: app
    max: 3
    window: sliding
    within: PT1M
    severity: minor
  - id: purpose
    cites: "§ 5"
    says: An app is used for its approved use case only.
    kind: use_case
  - id: no-resale
    cites: "§ 6"
    says: Licensee shall not resell the data.
    kind: text
"""


def a_call(at: str, *, number: int | None = None, client: str | None = "kes-board-1", **said: Any) -> Row:
    """One line of a gateway's log; `at` is such as `03-01 10:00:00`, in 2024."""
    call = {
        "time": f"2024-{at.replace(' ', 'T')}Z",
        "host": "edge-1",
        "epoch": "e1",
        "seq": number,
        "client": client,
        "ip": "192.0.2.7",
        "method": "GET",
        "route": "/2/posts/{id}",
        "path": "/2/posts/17",
        "status": 200,
        "records": 5,
        "bytes_out": 700,
    }
    return {name: value for name, value in {**call, **said}.items() if value is not None}


def numbered(calls: Sequence[Row], *, first: int = 1) -> list[Row]:
    """The calls with sequence numbers in a row."""
    return [{**call, "seq": number} for number, call in enumerate(calls, start=first)]


def as_lines(calls: Sequence[Row | str]) -> bytes:
    """Lines of a gateway's log; what is text already stands there as it is."""
    return "".join(f"{call if isinstance(call, str) else json.dumps(call)}\n" for call in calls).encode()


def web_line(at: str, *, agent: str = "otter-reader/1.4", status: int = 200, size: str = "512") -> str:
    """One nginx line; `at` is such as `02/Mar/2024:09:00:00`."""
    return f'198.51.100.9 - - [{at} +0000] "GET /posts?after=3 HTTP/1.1" {status} {size} "-" "{agent}"\n'


FIRST_DAY = [
    *numbered([a_call(f"03-01 10:00:{second:02d}") for second in (0, 5, 10, 15, 20)]),
    *numbered([a_call(f"03-01 23:{minute}:00", client="kes-board-2") for minute in (50, 55, 58, 59)], first=6),
]
"""Nine calls of the licensee, one more than a day may have; five within one minute."""

SECOND_DAY = [
    *numbered([a_call("03-02 00:00:01"), a_call("03-02 08:00:00", client="kes-batch-1", records=None)], first=12),
    *numbered([a_call("03-02 09:00:00", client="somebody"), a_call("03-02 09:00:01", status=429)], first=16),
]
"""Numbers 10 and 11 are missing over midnight, and 14 and 15 within the day; one call belongs to nobody."""

THIRD_DAY = numbered([a_call("03-03 07:00:00", client="kes-batch-1"), a_call("03-03 07:30:00")], first=18)
"""One call of an app that ended with the day before."""

DAYS = ("2024-03-01", "2024-03-02", "2024-03-03")


@dataclass(frozen=True, kw_only=True)
class World:
    """A project's folder and the engine that its stages share with those of other tests."""

    folder: Path
    engine: Engine

    @classmethod
    def small(cls, folder: Path, engine: Engine) -> World:
        """Three days of one gateway host, a day of an old front end, two licensees of which one has an agreement."""
        world = cls(folder=folder, engine=engine)
        world.write("tallystick.toml", SETTINGS)
        for name, text in SOURCES.items():
            world.write(name, text)
        world.write("register/kestrel.yaml", KESTREL)
        world.write("register/otter.yaml", OTTER)
        world.write("agreements/kestrel/2024-01-01.yaml", AGREEMENT)
        for name, calls in zip(DAYS, (FIRST_DAY, SECOND_DAY, THIRD_DAY), strict=True):
            world.write(f"logs/gateway/{name}.jsonl", as_lines(calls))
        lines = [web_line(f"02/Mar/2024:09:00:0{second}") for second in range(3)]
        world.write("logs/web/access.log", "".join(lines) + "not a line of this format\n")
        return world

    def copy(self, folder: Path) -> World:
        """The same project with its lake and reports in another folder."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return World(folder=folder, engine=self.engine)

    def write(self, name: str, content: str | bytes) -> Path:
        """Write one file of the project; `.gz` files are compressed."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        before = file.stat().st_mtime_ns if file.exists() else 0
        file.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
        if file.stat().st_mtime_ns <= before:  # two writes within one tick of the clock are two versions all the same
            os.utime(file, ns=(before + 1_000_000, before + 1_000_000))
        return file

    def log(self, day: str, calls: Sequence[Row | str]) -> Path:
        """Write the gateway's log file of that name."""
        return self.write(f"logs/gateway/{day}.jsonl", as_lines(calls))

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file."""
        text = (self.folder / name).read_text()
        assert text.count(old) == 1
        self.write(name, text.replace(old, new))

    # ── stages ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def project(self) -> Project:
        """The project as its files stand now."""
        return Project(Project.open(self.folder).settings, self.engine)

    def count(self) -> list[StageResult]:
        """ingest, refine and tally."""
        return [ingest(self.project), refine(self.project), tally(self.project)]

    def audit(self, *, licensee: str | None = "kestrel", period: str = "2024-03") -> StageResult:
        """audit."""
        return audit(self.project, licensee=licensee, period=period)

    def publish(self, *, licensee: str | None = "kestrel", period: str = "2024-03", **how: Any) -> StageResult:
        """publish."""
        return publish(self.project, licensee=licensee, period=period, **how)

    def run(self, *, licensee: str | None = "kestrel", period: str = "2024-03") -> list[StageResult]:
        """Everything up to publish."""
        found = self.count()
        return [*found, self.audit(licensee=licensee, period=period), self.publish(licensee=licensee, period=period)]

    # ── what they left ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def lake(self) -> Lake:
        """The project's tables."""
        return Lake(self.folder / "lake")

    def rows(self, table: Table) -> list[Row]:
        """Every row of a table."""
        found: list[Row] = self.lake.read(table).to_pylist()
        return found

    def versions(self) -> dict[str, int | None]:
        """The version of every table."""
        return {table.name: self.lake.version(table) for table in TABLES}

    def days_of(self, table: Table) -> dict[str, list[str]]:
        """The files of a table by day; a day that was built again has others."""
        found: dict[str, list[str]] = {}
        for file in self.lake.files(table):
            found.setdefault(file.partition["event_date"], []).append(file.name)
        return found

    def last_run(self, stage: str) -> Row:
        """The newest row of `run` of a stage, with its JSON read."""
        row = max((row for row in self.rows(RUN) if row["stage"] == stage), key=lambda row: row["started_at"])
        return {**row, **{name: json.loads(row[name]) for name in ("inputs", "outputs", "totals")}}

    def report_bytes(self, *, licensee: str = "kestrel", period: str = "2024-03", revision: int = 1) -> bytes:
        """A published report.json."""
        return (self.folder / "reports" / licensee / period / f"r{revision}" / "report.json").read_bytes()

    def bundle(self, *, licensee: str = "kestrel", period: str = "2024-03", revision: int = 1) -> dict[str, bytes]:
        """Every file of a published bundle by its name."""
        place = self.folder / "reports" / licensee / period / f"r{revision}"
        return {file.relative_to(place).as_posix(): file.read_bytes() for file in place.rglob("*") if file.is_file()}

    def report(self, **which: Any) -> Row:
        """A published report."""
        found: Row = json.loads(self.report_bytes(**which))
        return found


def changed_days(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> list[str]:
    """The days whose files differ."""
    return sorted(day for day in {*before, *after} if before.get(day) != after.get(day))
