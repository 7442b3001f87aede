"""Who reads the logs in our own environment: our tasks, our stage under Spark, DuckDB alone, and Spark's readers."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from intaking.logs import FORMATS
from intaking.rows import digest
from intaking.spark import read_with_spark
from intaking.sql import duckdb_sql
from measuring.measured import end, most_memory, spent
from tallystick.duck import connect, quote_text
from tallystick.formats import BUILT_IN
from tallystick.intake.task import FileTask
from tallystick.runtime.engine import Engine
from tallystick.settings import EngineSettings, S3Settings, Settings
from tallystick.stages.ingest import GROUP_BYTES, GROUP_FILES, ingest
from tallystick.stages.project import Project
from tallystick.stages.reading import DigestTask, GroupTask, ListedFile, digest_object, read_group
from tallystick.storage.pinned import Pin

PROJECT = 'provider = "Murmur Social"\n'


def ours(kind: str, files: list[str], out: str) -> dict[str, Any]:
    """The files as tasks in one process, one after the other, the way that one worker of Spark reads them."""
    folder = Path(out)
    assert FORMATS[kind] in BUILT_IN.formats, "a worker knows the formats before its first file"
    groups = [_group(kind, some, folder, number) for number, some in enumerate(_in_groups(files))]
    with spent() as cost:
        read = [read_group(group) for group in groups]
    entries = sum(account["accepted"] for group in read for account in group.accounts)
    return {"cpu": cost.cpu, "wall": cost.wall, "rss": most_memory(), "entries": entries} | _digested(folder)


def stage(kind: str, files: list[str], out: str, *, workers: int) -> dict[str, Any]:
    """The whole stage `ingest` with so many workers of Spark, from a session that is warm to its last commit."""
    folder = Path(out)
    for name in ("sources", "logs"):
        (folder / name).mkdir(parents=True)
    (folder / "tallystick.toml").write_text(PROJECT, "utf-8")
    (folder / "sources" / "edge.yaml").write_text(f"folder: logs\nformat: {FORMATS[kind]}\n", "utf-8")
    for file in files:
        (folder / "logs" / Path(file).name).symlink_to(file)
    engine = Engine(EngineSettings(master=f"local[{workers}]"))
    engine.map([DigestTask(uri=file, pin=_pin(file), s3=S3Settings()) for file in files], digest_object, label="warm")
    project = Project(Settings.load(folder), engine)
    with spent() as cost:
        done = ingest(project)
    end(engine.session)
    return {"wall": cost.wall, "entries": done.totals["accepted"]}


def duckdb_alone(kind: str, files: list[str], out: str) -> dict[str, Any]:
    """One DuckDB, one thread: a file after the other into Parquet files by day, each line as typed columns."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    connection = connect(memory_limit="8GB", scratch=folder / "spill")
    with spent() as cost:
        for number, file in enumerate(files):
            with Path(file).open("rb") as source:
                file_id = hashlib.file_digest(source, "sha256").hexdigest()
            query = duckdb_sql(kind, file, file_id)
            connection.execute(
                f"COPY ({query}) TO {quote_text(str(folder / 'rows'))} (FORMAT parquet, COMPRESSION zstd, "
                f"PARTITION_BY (event_date), OVERWRITE_OR_IGNORE, FILENAME_PATTERN '{number}-{{i}}')"
            )
    return {"cpu": cost.cpu, "wall": cost.wall, "rss": most_memory()} | _digested(folder)


def spark_readers(kind: str, files: list[str], out: str, *, idle: bool = False) -> dict[str, Any]:
    """Spark's own readers, and delta-spark's writer, on two cores; `idle` only starts and ends the session."""
    os.environ["SPARK_DRIVER_MEMORY"] = "6g"
    session = Engine(EngineSettings(master="local[2]")).session
    session.range(2).count()
    if not idle:
        read_with_spark(session, kind, files, f"{out}/rows")
    end(session)
    return _digested(Path(out))


def goaccess(kind: str, files: list[str], out: str) -> dict[str, Any]:
    """GoAccess counts what it shows and writes no rows; only how many requests it read can be compared."""
    if shutil.which("goaccess") is None:
        return {"missing": "GoAccess is not installed (Debian: apt-get install goaccess)"}
    Path(out).mkdir(parents=True, exist_ok=True)
    report = Path(out) / "report.json"
    command = ["goaccess", *files, "--log-format=COMBINED", "--no-global-config", "--no-progress", "-o", str(report)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    version = subprocess.run(["goaccess", "--version"], check=True, capture_output=True, text=True).stdout
    general = json.loads(report.read_text("utf-8"))["general"]
    return {"entries": general["valid_requests"], "version": version.split()[2].rstrip(".")}


def _in_groups(files: list[str]) -> list[list[str]]:
    """The files in the tasks that ingest would make of them."""
    groups: list[list[str]] = []
    size = 0
    for file in files:
        length = Path(file).stat().st_size
        if not groups or size + length > GROUP_BYTES or len(groups[-1]) >= GROUP_FILES:
            groups.append([])
            size = 0
        groups[-1].append(file)
        size += length
    return groups


def _group(kind: str, files: list[str], folder: Path, number: int) -> GroupTask:
    tasks = [
        ListedFile(
            task=FileTask(source="edge", name=Path(file).name, uri=file, version_tag="1/bench", format=FORMATS[kind]),
            pin=_pin(file),
        )
        for file in files
    ]
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    return GroupTask(
        number=number,
        files=tuple(tasks),
        batch="b",
        lake=folder / "lake",
        s3=S3Settings(),
        engine=EngineSettings(scratch=scratch),
        catalogue=BUILT_IN,
    )


def _pin(file: str) -> Pin:
    status = Path(file).stat()
    return Pin(size_bytes=status.st_size, version_tag=str(status.st_mtime_ns))


def _digested(folder: Path) -> dict[str, Any]:
    size = sum(file.stat().st_size for file in folder.rglob("*.parquet") if "_delta_log" not in file.parts)
    return {"digest": digest(folder), "parquet_bytes": size}
