"""The benchmark of reading logs, at a size that proves it runs: it compares rows before it compares times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "intake.py"


def test_contenders_write_equal_rows_and_every_goal_has_a_verdict(tmp_path: Path) -> None:
    size = ["--entries", "4000", "--files", "2", "--rounds", "1", "--no-spark", "--json"]

    done = subprocess.run(
        [sys.executable, str(SCRIPT), *size, "--scratch", str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for logs in found["logs"].values():
        for compression in ("plain", "gzip"):
            [ours], [duckdb] = logs[compression]["ours"], logs[compression]["duckdb"]
            assert ours["digest"] == duckdb["digest"]
            assert ours["digest"]["rows"] == "4000"
            for peer in ("polars", "chdb"):  # an environment of their own, which need not be there
                [one] = logs[compression][peer]
                assert one.get("digest") == ours["digest"] or "not installed" in one["missing"]
    assert {goal["verdict"] for goal in found["goals"]} <= {"met", "not met"}
    assert len(found["goals"]) == 6
    assert sorted(one.name for one in tmp_path.iterdir()) == ["combined-4000-in-2", "json-4000-in-2"]
