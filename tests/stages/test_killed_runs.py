"""Runs that are killed, and two at once: processes of their own, ended with SIGKILL at a moment that leaves a mark."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from commands.command_line import environment, program, tallystick
from stages.world import World, a_call, numbered
from tallystick.stages.ingest import ingest
from tallystick.stages.refine import refine
from tallystick.stages.tally import tally
from tallystick.tables import TABLES
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.finding import FINDING
from tallystick.tables.intake import INTAKE
from tallystick.tables.measure import MEASURE
from tallystick.tables.request import REQUEST
from tallystick.tables.source_file import SOURCE_FILE
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT

pytestmark = pytest.mark.spark

MARCH = ("--licensee", "kestrel", "--period", "2024-03")
SECONDS = 120.0


@contextmanager
def started(world: World, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command as the leader of a process group of its own; whatever is left of the group at the end is killed."""
    asked = program(arguments[0], "--project", world.folder, *arguments[1:])
    around = environment(TALLYSTICK_ENGINE__MASTER="local[2]", TALLYSTICK_ENGINE__TASKS="2")
    process = subprocess.Popen(asked, env=around, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def kill_when(world: World, is_time: Callable[[Path], bool], *arguments: str) -> None:
    """Start a command and kill it at once when something is true of the project's folder."""
    with started(world, *arguments) as process:
        deadline = time.monotonic() + SECONDS
        while not is_time(world.folder):
            assert process.poll() is None, process.communicate()[1][-2000:]
            assert time.monotonic() < deadline
            time.sleep(0.001)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


def committed(table: str, version: int = 1) -> Callable[[Path], bool]:
    return lambda project: (project / f"lake/{table}/_delta_log/{version:020}.json").exists()


def assert_readable(world: World) -> None:
    """Every table can be read, row by row, at its newest version."""
    for table in TABLES:
        assert len(world.rows(table)) == sum(file.rows for file in world.lake.files(table))


def assert_a_rerun_completes(world: World, report: bytes) -> None:
    assert_readable(world)
    world.run()
    assert world.report_bytes() == report
    assert [path.name for path in world.folder.glob("reports/kestrel/2024-03/r*")] == ["r1"]
    assert [one.changed for one in world.run()] == [False] * 5


@pytest.fixture
def report(finished: World) -> bytes:
    """What an undisturbed run publishes."""
    return finished.report_bytes()


@pytest.fixture
def fresh(finished: World) -> World:
    """The same project before anything was run."""
    for folder in ("lake", "reports"):
        shutil.rmtree(finished.folder / folder)
    return finished


def test_ingest_killed_between_its_commits_and_more_files_since(fresh: World, world: World) -> None:
    kill_when(fresh, committed("intake"), "ingest")
    assert len(fresh.rows(INTAKE)) == 18
    assert fresh.rows(SOURCE_FILE) == []
    for one in (fresh, world):
        one.log("2024-03-04", numbered([a_call("03-04 10:00:00")], first=20))
    world.run()

    assert_a_rerun_completes(fresh, world.report_bytes())
    assert len(fresh.rows(INTAKE)) == 19


def test_refine_killed_while_tasks_write(report: bytes, fresh: World) -> None:
    ingest(fresh.project)

    kill_when(fresh, lambda project: any(project.glob("lake/request/*/*.parquet")), "refine")

    assert fresh.rows(REQUEST) == []
    assert_a_rerun_completes(fresh, report)


def test_tally_killed_between_its_commits(report: bytes, fresh: World) -> None:
    ingest(fresh.project)
    refine(fresh.project)

    kill_when(fresh, committed("usage_app_slot"), "tally")

    assert fresh.rows(DAY_LEDGER) == []
    assert len(fresh.rows(USAGE_APP_SLOT)) > 0
    assert tallystick("audit", "--project", fresh.folder, *MARCH).code == 5
    assert_a_rerun_completes(fresh, report)


def test_audit_killed_between_its_commits(report: bytes, fresh: World) -> None:
    fresh.count()

    kill_when(fresh, committed("finding"), "audit", *MARCH)

    assert len(fresh.rows(FINDING)) == 4
    assert fresh.rows(MEASURE) == []
    assert tallystick("publish", "--project", fresh.folder, *MARCH).code == 5
    assert_a_rerun_completes(fresh, report)


def test_publish_killed_before_its_manifest(report: bytes, fresh: World) -> None:
    fresh.count()
    fresh.audit()

    kill_when(fresh, lambda project: (project / "reports/kestrel/2024-03/r1/SHA256SUMS").exists(), "publish", *MARCH)

    place = fresh.folder / "reports/kestrel/2024-03"
    assert not (place / "r1/datapackage.json").exists()
    assert not (place / "latest.json").exists()
    assert tallystick("verify", place / "r1").code == 6
    assert_a_rerun_completes(fresh, report)
    assert tallystick("verify", place).code == 0


def test_of_two_runs_at_once_one_does_the_work_and_the_other_says_try_again(report: bytes, fresh: World) -> None:
    with started(fresh, "ingest") as first:
        assert first.stderr is not None
        for line in first.stderr:
            if "ingest.started" in line:
                break

        second = tallystick("ingest", "--project", fresh.folder, "--json")
        third = tallystick("audit", "--project", fresh.folder, *MARCH)

        assert (second.code, second.data["error"], second.data["exit_code"]) == (75, "LostRace", 75)
        assert second.data["where"] == str(fresh.folder / "lake")
        assert "run again" in second.data["next_step"]
        assert (third.code, third.stdout) == (75, "")
        first.communicate(timeout=SECONDS)
        assert first.returncode == 0

    assert len(fresh.rows(INTAKE)) == 18
    tally(fresh.project)
    assert_a_rerun_completes(fresh, report)
