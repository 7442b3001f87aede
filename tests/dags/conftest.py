"""Airflow lives in another environment: these fixtures start its python there and bring back what it says."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
AIRFLOW = PROJECT / ".venv-airflow" / "bin"
SIDE = Path(__file__).with_name("airflow_side")

Described = dict[str, Any]


@pytest.fixture(scope="session")
def airflow_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables of an Airflow of our own, with an empty database and Spark on this machine."""
    home = tmp_path_factory.mktemp("airflow")
    foreign = ("PYTHON", "AIRFLOW", "SPARK", "PYSPARK", "COV", "PYTEST")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps({"conn_type": "spark", "host": "local[2]"}),
    }
    migrated = subprocess.run(
        [AIRFLOW / "airflow", "db", "migrate"], env=environment, capture_output=True, text=True, check=False
    )
    assert migrated.returncode == 0, migrated.stderr[-3000:]
    return environment


@pytest.fixture(scope="session")
def describe(
    airflow_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path], Described]:
    """What Airflow reads from a folder of DAG files."""

    def ask(folder: Path) -> Described:
        answer = tmp_path_factory.mktemp("described") / "answer.json"
        return _ask(airflow_environment, answer, SIDE / "describe.py", folder, answer)

    return ask


@pytest.fixture(scope="session")
def run_dag(
    airflow_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., dict[str, Any]]:
    """Run a DAG once, as `dag.test()` does, with parameters and variables: the state of the run and of each task."""

    def run(dag_id: str, parameters: dict[str, Any], **variables: str) -> dict[str, Any]:
        answer = tmp_path_factory.mktemp("run") / "answer.json"
        environment = {**airflow_environment, **variables}
        return _ask(environment, answer, SIDE / "run.py", PROJECT / "dags", dag_id, json.dumps(parameters), answer)

    return run


def _ask(environment: dict[str, str], answer: Path, *command: str | Path) -> dict[str, Any]:
    done = subprocess.run(
        [AIRFLOW / "python", *command], env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert answer.exists(), (done.stdout + done.stderr)[-5000:]
    said: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    return said | {"log": done.stdout + done.stderr}
