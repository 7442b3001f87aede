from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.airflow

DAGS = Path(__file__).parents[2] / "dags"
STAGES = ["ingest", "refine", "tally", "audit", "publish", "verify"]


@pytest.fixture(scope="module")
def described(describe: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    return describe(DAGS)


@pytest.fixture(scope="module")
def dags(described: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = described["dags"]
    assert found
    return found


def test_every_dag_file_can_be_read(described: dict[str, Any]) -> None:
    assert described["import_errors"] == {}


def test_reading_dag_files_touches_no_file_program_or_network(described: dict[str, Any]) -> None:
    assert described["deeds"] == []


def test_what_a_dag_file_does_when_it_is_read_is_noticed(
    describe: Callable[[Path], dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "careless.py").write_text(
        "import subprocess\nfrom airflow.sdk import DAG\n"
        "open('/etc/hostname').read()\nsubprocess.run(['true'])\nDAG('careless', schedule=None)\n"
    )

    assert describe(tmp_path)["deeds"] == ["open /etc/hostname", "subprocess.Popen true"]


def test_a_dag_is_named_for_its_file(dags: dict[str, dict[str, Any]]) -> None:
    assert {name: Path(dag["file"]).stem for name, dag in dags.items()} == {name: name for name in dags}


def test_a_dag_file_has_at_most_60_lines(dags: dict[str, dict[str, Any]]) -> None:
    too_long = {file.name for file in DAGS.glob("*.py") if len(file.read_text("utf-8").splitlines()) > 60}

    assert too_long == set()


def test_a_dag_explains_itself_with_the_docstring_of_its_file(dags: dict[str, dict[str, Any]]) -> None:
    for name, dag in dags.items():
        assert dag["doc"], name
        assert Path(dag["file"]).read_text("utf-8").startswith(f'"""{dag["doc"]}"""'), name


def test_a_dag_can_be_found_by_tag(dags: dict[str, dict[str, Any]]) -> None:
    for name, dag in dags.items():
        assert "tallystick" in dag["tags"], name
        assert len(dag["tags"]) >= 2, name


def test_every_task_is_a_stage_and_submits_the_job_file_of_its_name(dags: dict[str, dict[str, Any]]) -> None:
    for name, dag in dags.items():
        assert set(dag["applications"]) <= set(STAGES), name
        for task, application in dag["applications"].items():
            assert application == str(DAGS.parent / "jobs" / f"{task}.py"), name
            assert Path(application).is_file(), name


def test_every_task_is_tried_again(dags: dict[str, dict[str, Any]]) -> None:
    for name, dag in dags.items():
        assert all(retries >= 1 for retries in dag["retries"].values()), name


def test_a_hand_started_audit_runs_all_stages_in_order(dags: dict[str, dict[str, Any]]) -> None:
    follows = dags["audit_adhoc"]["downstream"]

    assert follows == dict(zip(STAGES, [[stage] for stage in STAGES[1:]] + [[]], strict=True))
    assert dags["audit_adhoc"]["timetable"] == "NullTimetable"


def test_a_hand_started_audit_is_a_form_of_four_fields(dags: dict[str, dict[str, Any]]) -> None:
    fields = dags["audit_adhoc"]["params"]

    assert {name: field["type"] for name, field in fields.items()} == {
        "licensee": "string",
        "period": "string",
        "project": "string",
        "dry_run": "boolean",
    }
