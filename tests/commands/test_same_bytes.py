"""Two people with the same logs, each in a place of their own, publish the same files to the last byte."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from commands.command_line import environment, program
from stages.world import World
from tallystick.runtime.engine import Engine
from tallystick.storage.key_files import write_new_key

pytestmark = pytest.mark.spark

BUNDLE = "kestrel/2024-03/r1"
SOME = ("report.json", "report.pdf", "findings.xlsx", "evidence/sample.parquet", "statement.dsse.json")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A machine: what its processes find around them, how many partitions a shuffle has, how old the files are."""

    variables: Mapping[str, str]
    partitions: int
    seconds: int
    folder: str
    is_backwards: bool = False
    umask: int = field(default=0o022)


HERE = Place(
    variables={"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0", "TALLYSTICK_ENGINE__TASKS": "1"},
    partitions=1,
    seconds=86_400,
    folder="here",
)
THERE = Place(
    variables={
        "TZ": "Pacific/Auckland",
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "ar_EG.UTF-8",
        "PYTHONHASHSEED": "4711",
        "FONTCONFIG_FILE": "/dev/null",
        "SOURCE_DATE_EPOCH": "1",
        "TALLYSTICK_ENGINE__TASKS": "5",
        "TALLYSTICK_ENGINE__MASTER": "local[1]",
        "TALLYSTICK_ENGINE__MEMORY_LIMIT": "300MB",
    },
    partitions=7,
    seconds=1_700_000_000,
    folder="eine Wüste/it's; there",
    is_backwards=True,
    umask=0o077,
)


def test_two_runs_in_two_places_publish_the_same_files(tmp_path: Path, engine: Engine) -> None:
    write_new_key(tmp_path / "ours.key", None)
    model = World.small(tmp_path / "model", engine)
    toml = (model.folder / "tallystick.toml").read_text("utf-8")
    model.write("tallystick.toml", f'{toml}\n[signing]\nkeys = ["{tmp_path / "ours.key"}"]\n')

    model.write("digest.key", "5e" * 32 + "\n")

    projects = [_moved(model.folder, tmp_path / place.folder, place) for place in (HERE, THERE)]
    running = [
        _started(project, place, tmp_path / f"spark-{place.partitions}")
        for project, place in zip(projects, (HERE, THERE), strict=True)
    ]
    ended = [process.communicate(timeout=240) for process in running]

    assert [process.returncode for process in running] == [0, 0], [stderr[-3000:] for _, stderr in ended]
    here, there = (_files(project / "reports") for project in projects)
    assert [name for name in sorted(here.keys() | there.keys()) if here.get(name) != there.get(name)] == []
    assert {f"{BUNDLE}/{name}" for name in SOME} <= here.keys()


def _moved(model: Path, folder: Path, place: Place) -> Path:
    """A copy of a project whose files came in another order and at another time."""
    files = sorted(file for file in model.rglob("*") if file.is_file())
    for number, file in enumerate(reversed(files) if place.is_backwards else files):
        copy = folder / file.relative_to(model)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        os.utime(copy, (place.seconds + number, place.seconds + number))
    return folder


def _started(project: Path, place: Place, spark: Path) -> subprocess.Popen[str]:
    """The whole run of a project in a process of its own."""
    spark.mkdir()
    (spark / "spark-defaults.conf").write_text(f"spark.sql.shuffle.partitions {place.partitions}\n", "utf-8")
    return subprocess.Popen(
        program("run", "--project", project, "--period", "2024-03"),
        env=environment(SPARK_CONF_DIR=str(spark), **place.variables),
        cwd=spark,
        umask=place.umask,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
