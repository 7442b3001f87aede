"""What Airflow makes of a driver's exit code, with drivers that do nothing but end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.airflow, pytest.mark.spark]

PROJECT = Path(__file__).parents[2]
CASE = {"licensee": "halcyon", "period": "2022", "project": "/nowhere"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose jobs end at once, each with the code that jobs/<stage>.code says, and note their arguments."""
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    for stage in ("ingest", "refine", "tally", "audit", "publish", "verify"):
        (jobs / f"{stage}.py").write_text(
            "import pathlib, sys\n"
            "here = pathlib.Path(__file__)\n"
            "here.with_suffix('.arguments').open('a').write('\\n'.join([*sys.argv[1:], '']))\n"
            "code = here.with_suffix('.code')\n"
            "sys.exit(int(code.read_text()) if code.exists() else 0)\n"
        )
    return tmp_path


def arguments(checkout: Path, stage: str) -> list[str]:
    return (checkout / "jobs" / f"{stage}.arguments").read_text().splitlines()


def test_a_dry_run_tells_publish_and_skips_verify(run_dag: Callable[..., dict[str, Any]], checkout: Path) -> None:
    run = run_dag("audit_adhoc", {**CASE, "dry_run": True}, TALLYSTICK_HOME=str(checkout))

    assert run["state"] == "success", run["log"][-3000:]
    assert run["tasks"] == {
        **dict.fromkeys(["ingest", "refine", "tally", "audit", "publish"], "success"),
        "verify": "skipped",
    }
    case = ["--project=/nowhere", "--licensee=halcyon", "--period=2022"]
    assert arguments(checkout, "ingest") == case[:1]
    assert arguments(checkout, "audit") == case
    assert arguments(checkout, "publish") == [*case, "--dry-run"]
    assert not (checkout / "jobs" / "verify.arguments").exists()


@pytest.mark.parametrize(("code", "tries"), [(5, 1), (75, 3)])
def test_only_what_can_change_is_tried_again(
    run_dag: Callable[..., dict[str, Any]], checkout: Path, code: int, tries: int
) -> None:
    (checkout / "jobs" / "ingest.code").write_text(str(code))

    run = run_dag("audit_adhoc", {**CASE, "dry_run": False}, TALLYSTICK_HOME=str(checkout))

    assert (run["state"], run["tasks"]["ingest"]) == ("failed", "failed"), run["log"][-3000:]
    assert arguments(checkout, "ingest") == ["--project=/nowhere"] * tries
    assert not (checkout / "jobs" / "refine.arguments").exists()
