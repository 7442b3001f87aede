"""Who makes the tables of a first tally: our tasks, our stage under Spark, DuckDB alone, and plain Spark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from measuring.measured import end, most_memory, spent
from tallying.results import digests
from tallying.sql import DUCKDB, SPARK, statements
from tallying.terms import open_project
from tallystick.agreements.limit import Scope
from tallystick.duck import connect, quote_text
from tallystick.stages.plan import plan_tally
from tallystick.stages.project import Project
from tallystick.stages.tally import tally
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.request import REQUEST
from tallystick.tally.day import TallyTask, tally_day
from tallystick.tally.requests import requests_of
from tallystick.tally.scope import DEFAULT
from tallystick.tally.summary import Asked, PeakSummary, summaries

MINUTE_US = 60_000_000
SMALL = ("numbering", "gap")
"""What plain Spark keeps in memory, because two tables are made from it."""


def asked_of(project: Project) -> tuple[Asked, ...]:
    """Every summary that the project's agreements ask for."""
    return summaries(binding for bindings in project.agreements.values() for binding in bindings)


def new_day(folder: str, out: str) -> dict[str, Any]:
    """The last day alone, read anew, the least of five times in one process that is warm."""
    task = _tasks(Path(folder), Path(out))[-1]
    cpu = []
    for _ in range(6):
        requests_of.cache_clear()
        with spent() as cost:
            tally_day(task)
        cpu.append(cost.cpu)
    return {"cpu": min(cpu[1:])}


def ours(folder: str, out: str) -> dict[str, Any]:
    """The days as tasks in one process, the way that one Spark task runs them."""
    tasks = _tasks(Path(folder), Path(out))
    tally_day(replace(tasks[0], lake=Path(out) / "warm"))
    shutil.rmtree(Path(out) / "warm")
    requests_of.cache_clear()
    with spent() as cost:
        for task in tasks:
            tally_day(task)
    return {"cpu": cost.cpu, "wall": cost.wall, "rss": most_memory(), "digests": digests(Path(out))}


def peaks(folder: str, out: str) -> dict[str, Any]:
    """Three sliding windows per app and one per credential, of every licensee, on top of the standing tables.

    Of a third of the days that follow each other, each way in a pass of its own, as a task goes through them.
    """
    project = open_project(Path(folder))
    everyone = tuple(sorted(project.agreements))
    wanted = [("app", 1), ("app", 15), ("app", 60), ("credential", 15)]
    asked = [Asked(summary=_peak(per, minutes, DEFAULT), licensees=everyone) for per, minutes in wanted]
    wished = tuple((one, "peaks") for one in asked)
    tasks = [replace(task, summaries=wished) for task in _a_third(_tasks(Path(folder), Path(out)))]
    bare = [replace(task, summaries=()) for task in tasks]
    alone = [replace(task, standing={}) for task in tasks]
    tally_day(tasks[0])
    requests = sum(pq.read_metadata(file).num_rows for task in tasks for file in task.requests)
    costs = {"with": 0.0, "without": 0.0, "alone": 0.0, "requests": requests}
    for name, days in (("with", tasks), ("without", bare), ("alone", alone)):
        requests_of.cache_clear()
        with spent() as cost:
            for task in days:
                tally_day(task)
        costs[name] = cost.cpu
    return costs


def _a_third(tasks: list[TallyTask]) -> list[TallyTask]:
    """The middle third of some days, or all of a few."""
    third = len(tasks) // 3
    return tasks[third : 2 * third] if third else tasks


def stage(folder: str, out: str) -> dict[str, Any]:
    """The whole stage `tally`, as the command line runs it: Spark's session, tasks in workers, commits to Delta."""
    with _lake_beside(Path(folder), Path(out)) as project:
        tally(project)
        end(project.engine.session)
        return {"digests": digests(project.lake.root)}


def duckdb_alone(folder: str, out: str) -> dict[str, Any]:
    """One DuckDB, one thread, plain SQL over all days."""
    project = open_project(Path(folder))
    files = [file.path for file in Snapshot(project.lake).files(REQUEST)]
    Path(out).mkdir(parents=True, exist_ok=True)
    connection = connect(memory_limit="8GB", scratch=Path(out) / "spill")
    listed = ", ".join(map(quote_text, files))
    connection.execute(
        "CREATE VIEW request AS SELECT * FROM "
        f"read_parquet([{listed}], hive_partitioning = true, hive_types = {{event_date: DATE}})"
    )
    with spent() as cost:
        for one in statements(DUCKDB, asked_of(project)):
            for name, query in one.before:
                connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
            target = Path(out) / one.table
            target.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"COPY ({one.query}) TO {quote_text(str(target))} (FORMAT parquet, COMPRESSION zstd, "
                f"PARTITION_BY ({', '.join(one.partition_by)}), OVERWRITE_OR_IGNORE)"
            )
    return {"cpu": cost.cpu, "wall": cost.wall, "rss": most_memory(), "digests": digests(Path(out))}


def plain_spark(folder: str, out: str, *, idle: bool = False) -> dict[str, Any]:
    """Spark's own SQL over the same files; `idle` only starts and ends the session."""
    os.environ["SPARK_DRIVER_MEMORY"] = "6g"
    project = open_project(Path(folder))
    session = project.engine.session
    session.range(2).count()
    if not idle:
        session.conf.set("spark.sql.shuffle.partitions", "16")
        session.conf.set("spark.sql.parquet.compression.codec", "zstd")
        session.read.parquet(str(project.lake.folder(REQUEST))).createOrReplaceTempView("request")
        for one in statements(SPARK, asked_of(project)):
            for name, query in one.before:
                frame = session.sql(query)
                (frame.cache() if name in SMALL else frame).createOrReplaceTempView(name)
            written = session.sql(one.query).write.mode("append")
            written.partitionBy(*one.partition_by).parquet(str(Path(out) / one.table))
    end(session)
    return {"digests": digests(Path(out))}


def _peak(per: str, minutes: int, scope: Scope) -> PeakSummary:
    return PeakSummary(of="requests", per=per, window="sliding", length_us=minutes * MINUTE_US, scope=scope)


def _tasks(folder: Path, out: Path) -> list[TallyTask]:
    """What a first tally of all days is, with its files below `out`."""
    with _lake_beside(folder, out / "project") as project:
        tasks = plan_tally(project, Snapshot(project.lake), asked_of(project))
    return [replace(task, lake=out, scratch=out / "spill") for task in tasks]


@contextmanager
def _lake_beside(folder: Path, out: Path) -> Iterator[Project]:
    """The project with a lake of its own that has the same requests and nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("register", "agreements", "sources", "tallystick.toml"):
        (out / name).symlink_to(folder / name)
    (out / "lake").mkdir()
    (out / "lake" / REQUEST.name).symlink_to(folder / "lake" / REQUEST.name)
    yield open_project(out)
