"""The benchmark of the tally, at a size that proves it runs: it compares results before it compares times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "tally.py"


def test_contenders_make_equal_tables_and_every_goal_has_a_verdict(tmp_path: Path) -> None:
    size = ["--requests", "30000", "--days", "3", "--rounds", "1", "--sequential", "20000", "--no-spark", "--json"]

    done = subprocess.run(
        [sys.executable, str(SCRIPT), *size, "--scratch", str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    [measured] = found["sizes"].values()
    [ours], [duckdb] = measured["ours"], measured["duckdb"]
    assert ours["digests"] == duckdb["digests"]
    assert set(ours["digests"]) >= {"usage_app_slot", "usage_app_route", "usage_credential", "day_ledger", "usage_peak"}
    assert measured["audit"][0]["digest"] == measured["audit raw"][0]["digest"]
    assert measured["audit"][0]["answers"] > 50
    assert found["sequential"]["anchored"]["agrees"]
    assert found["sequential"]["bucket"]["agrees"]
    assert {goal["verdict"] for goal in found["goals"]} <= {"met", "not met"}
    assert len(found["goals"]) == 8
    assert [one.name for one in tmp_path.iterdir()] == ["30000-requests-3-days"]  # nothing of the runs is left
