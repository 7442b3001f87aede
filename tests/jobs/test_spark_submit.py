"""Each job file under spark-submit, with a Python that knows every package but ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from importlib.metadata import distribution
from pathlib import Path

import pytest

from stages.world import World
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.request import REQUEST

pytestmark = pytest.mark.spark

CHECKOUT = Path(__file__).parents[2]
SPARK = Path(str(distribution("pyspark").locate_file("pyspark")))
PACKAGES = SPARK.parent
STAGES = ("ingest", "refine", "tally", "audit", "publish", "verify")
MARCH = ("--licensee", "kestrel", "--period", "2024-03")


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables for spark-submit whose Python reads no .pth file, so that nothing installed in place is found."""
    python = tmp_path_factory.mktemp("bin") / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    python.chmod(0o755)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(PACKAGES),
        "PYSPARK_PYTHON": str(python),
        "PYSPARK_DRIVER_PYTHON": str(python),
        "SPARK_HOME": str(SPARK),
        "TALLYSTICK_ENGINE__TASKS": "2",
    }


def submit(bare: dict[str, str], folder: Path, stage: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [SPARK / "bin/spark-submit", "--master", "local[2]", CHECKOUT / f"jobs/{stage}.py", *arguments]
    return subprocess.run(command, env=bare, cwd=folder, capture_output=True, text=True, check=False, timeout=240)


def test_the_python_of_these_tests_does_not_find_our_package(bare: dict[str, str], tmp_path: Path) -> None:
    asked = [bare["PYSPARK_PYTHON"], "-c", "import duckdb, pyspark; import tallystick"]

    ran = subprocess.run(asked, env=bare, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "No module named 'tallystick'" in ran.stderr


def test_every_stage_as_a_job_does_what_its_command_does(
    bare: dict[str, str], world: World, finished: World, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    project = ("--project", world.folder)
    latest = str(world.folder / "reports/kestrel/2024-03")
    asked = {
        "ingest": project,
        "refine": project,
        "tally": project,
        "audit": (*project, *MARCH, "--fail-on", "critical"),
        "publish": (*project, *MARCH),
        "verify": (latest,),
    }
    for stage in STAGES:
        ran = submit(bare, elsewhere, stage, *asked[stage], "--json")

        assert ran.returncode == 0, ran.stdout[-3000:]
        assert "Traceback" not in ran.stdout
        *_, last = ran.stdout.splitlines()  # Spark passes on what its Python says on both streams as one
        said = json.loads(last)
        assert said["verified"] if stage == "verify" else (said["stage"], said["changed"]) == (stage, True)
        assert f'"event": "{stage}.done"' in ran.stdout
    assert world.report_bytes() == finished.report_bytes()
    assert list(elsewhere.iterdir()) == []


def test_a_job_ends_with_its_commands_exit_code(bare: dict[str, str], tmp_path: Path) -> None:
    ran = submit(bare, tmp_path, "audit", "--project", tmp_path / "nowhere", "--period", "2024-03")

    assert ran.returncode == 5
    assert ran.stdout.startswith("MissingInput: ")
    assert "Traceback" not in ran.stdout + ran.stderr


def test_spark_reads_the_tables_that_the_stages_wrote(finished: World) -> None:
    spark = finished.engine.session

    for table in (REQUEST, DAY_LEDGER):
        frame = spark.read.format("delta").load(str(finished.lake.folder(table)))
        assert sorted(frame.columns) == sorted(table.column_names)
        assert frame.where("event_date = '2024-03-01'").count() == sum(
            row["event_date"] == date(2024, 3, 1) for row in finished.rows(table)
        )
