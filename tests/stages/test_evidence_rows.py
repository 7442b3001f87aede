"""The requests of each finding go into the bundle as files that anybody's tools can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from evidence.three_ways import by_hand, by_verify_py
from stages.world import World
from tallystick.evidence.sample_rules import ROWS_RULE
from tallystick.settings import S3Settings
from tallystick.stages.verify import verify

COLUMNS = [
    *("received_at", "source", "file_id", "position", "request_id", "app", "credential_hint", "method", "route"),
    *("status", "records", "response_bytes"),
]


@pytest.fixture(scope="module")
def bundle(_finished_once: World) -> Path:
    """The small world's report."""
    return _finished_once.folder / "reports/kestrel/2024-03/r1"


@pytest.fixture(scope="module")
def findings(bundle: Path) -> dict[str, dict[str, Any]]:
    report = json.loads((bundle / "report.json").read_bytes())
    return {finding["clause"]: finding for finding in report["findings"]}


def rows_of(bundle: Path, finding: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(bundle / f"evidence/{finding['id']}.parquet").to_pylist()
    return rows


def test_a_file_of_a_window_has_the_requests_from_the_one_that_took_it_over(
    bundle: Path, findings: dict[str, dict[str, Any]]
) -> None:
    [row] = rows_of(bundle, findings["daily-volume"])

    assert row["received_at"].isoformat() == "2024-03-01T23:59:00+00:00"


def test_a_file_of_an_app_off_the_register_has_its_requests(bundle: Path, findings: dict[str, dict[str, Any]]) -> None:
    rows = rows_of(bundle, findings["registered-app"])

    assert {row["app"] for row in rows} == {"kestrel-batch"}
    assert len(rows) == findings["registered-app"]["requests"]


def test_every_first_request_of_the_report_is_in_the_file_of_its_finding(
    bundle: Path, findings: dict[str, dict[str, Any]]
) -> None:
    missing = [
        (clause, pointer["position"])
        for clause, finding in findings.items()
        for pointer in finding["evidence"]
        if (pointer["file_id"], pointer["position"])
        not in {(row["file_id"], row["position"]) for row in rows_of(bundle, finding)}
    ]

    assert findings
    assert missing == []


def test_the_rows_are_in_order_and_have_no_address_and_no_path(
    bundle: Path, findings: dict[str, dict[str, Any]]
) -> None:
    for finding in findings.values():
        table = pq.read_table(bundle / f"evidence/{finding['id']}.parquet")
        order = [(row["received_at"], row["file_id"], row["position"]) for row in table.to_pylist()]
        assert table.column_names == COLUMNS
        assert order == sorted(order)


def test_quality_tells_how_many_rows_each_file_has(bundle: Path, findings: dict[str, dict[str, Any]]) -> None:
    told = json.loads((bundle / "quality.json").read_bytes())["evidence"]

    assert {one["finding"]: one["rows"] for one in told} == {
        finding["id"]: len(rows_of(bundle, finding)) for finding in findings.values()
    }
    assert {one["at_most"] for one in told} == {10_000}


def test_pandas_and_duckdb_read_what_pyarrow_reads(bundle: Path, findings: dict[str, dict[str, Any]]) -> None:
    file = bundle / f"evidence/{findings['burst']['id']}.parquet"

    counted = duckdb.execute("SELECT count(*), sum(records) FROM read_parquet(?)", [str(file)]).fetchone()
    frame = pd.read_parquet(file)

    assert counted == (len(frame), frame["records"].sum())
    assert len(frame) == pq.read_table(file).num_rows > 0


def test_the_bundle_is_verified_with_its_evidence(bundle: Path) -> None:
    verified = verify(str(bundle), S3Settings(), render=True)

    assert verified.files >= 12
    assert ROWS_RULE in verified.rules
    assert [check(bundle, None) for check in (by_verify_py, by_hand)] == [0, 0]
    assert {"report.pdf", "findings.xlsx"} <= {file.name for file in bundle.iterdir()}
