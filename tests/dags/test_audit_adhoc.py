"""An audit started by hand in Airflow, on a small world, read back from the store it was published to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallystick.demo.object_store import LocalObjectStore

pytestmark = [pytest.mark.airflow, pytest.mark.spark, pytest.mark.s3, pytest.mark.timeout(1200)]

STAGES = ("ingest", "refine", "tally", "audit", "publish", "verify")
CALLS = {"2022-03-01": 20, "2022-03-02": 25, "2022-03-03": 3}
"""Requests of the licensee by day, where its agreement allows 20 a day."""

FILES = {
    "sources/gateway.yaml": """
        name: gateway
        says: The only gateway there is.
        folder: ../logs
        format: gateway_jsonl
        """,
    "register/kestrel.yaml": """
        licensee: kestrel
        name: Kestrel Metrics Ltd
        time_zone: Etc/UTC
        apps:
          - app: kestrel-board
            name: Kestrel Board
            registered: 2020-01-01
            use_case: {text: Dashboards, approved: 2020-01-02}
            recognised_by:
              - credential: kes-board-01
        """,
    "agreements/kestrel/2021-01-01.yaml": """
        licensee: kestrel
        title: Developer Agreement
        in_force_from: 2021-01-01
        time_zone: Etc/UTC
        clauses:
          - id: daily-volume
            cites: "§ 3"
            says: Licensee shall not make more than 20 calls in a day.
            kind: limit
            of: requests
            per: licensee
            max: 20
            window: calendar
            within: P1D
            severity: major
        """,
}


def a_call(day: str, number: int) -> str:
    at = f"{day}T{number % 24:02d}:{number % 60:02d}:00.000000Z"
    call = {
        "time": at,
        "host": "edge-1",
        "epoch": day,
        "seq": number,
        "client": "kes-board-01",
        "ip": "192.0.2.7",
        "method": "GET",
        "route": "/2/tweets/{id}",
        "path": "/2/tweets/1",
        "status": 200,
        "records": 2,
        "bytes_out": 100,
    }
    return json.dumps(call)


@pytest.fixture
def project(tmp_path: Path, s3_server: LocalObjectStore) -> Path:
    """A user's project whose logs hold what CALLS says, and whose reports go to the prefix `adhoc` in S3."""
    folder = tmp_path / "kestrel"
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(line.removeprefix(" " * 8) for line in text.strip("\n").splitlines()) + "\n")
    (folder / "tallystick.toml").write_text(
        'provider = "Murmur Social"\nreports = "s3://reports/adhoc"\n\n'
        f'[s3]\nendpoint_url = "{s3_server.endpoint_url}"\n\n[engine]\ntasks = 2\n'
    )
    logs = tmp_path / "logs"
    logs.mkdir()
    for day, calls in CALLS.items():
        (logs / f"edge-1-{day}.jsonl").write_text("".join(f"{a_call(day, number)}\n" for number in range(calls)))
    return folder


def published(server: LocalObjectStore) -> dict[str, bytes]:
    client = server.address.client()
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="reports", Prefix="adhoc/")
    keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
    return {key: client.get_object(Bucket="reports", Key=key)["Body"].read() for key in keys}


def test_an_audit_by_hand_publishes_what_was_counted_and_a_dry_run_publishes_nothing(
    run_dag: Callable[..., dict[str, Any]], project: Path, s3_server: LocalObjectStore
) -> None:
    case = {"licensee": "kestrel", "period": "2022-03", "project": str(project)}

    rehearsal = run_dag("audit_adhoc", {**case, "dry_run": True}, **s3_server.environment())

    assert rehearsal["tasks"] == {**dict.fromkeys(STAGES[:-1], "success"), "verify": "skipped"}, rehearsal["log"][
        -5000:
    ]
    assert published(s3_server) == {}

    run = run_dag("audit_adhoc", {**case, "dry_run": False}, **s3_server.environment())

    assert run["tasks"] == dict.fromkeys(STAGES, "success"), run["log"][-5000:]
    for stage in STAGES:
        assert f"{stage}.done" in run["log"]
    objects = published(s3_server)
    [manifest] = [key for key in objects if key.endswith("/SHA256SUMS")]
    revision = manifest.removesuffix("SHA256SUMS")
    assert revision.startswith("adhoc/kestrel/2022-03/")
    for line in objects[manifest].decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(objects[revision + name]).hexdigest() == digest
    report = json.loads(objects[f"{revision}report.json"])
    assert report["conclusion"] == "outside terms"
    assert report["summary"]["requests"] == sum(CALLS.values())
    assert report["summary"]["records"] == {"sum": 2 * sum(CALLS.values()), "known": 48, "unknown": 0}
    [finding] = report["findings"]
    assert (finding["clause"], [(one["used"], one["over"]) for one in finding["windows"]]) == (
        "daily-volume",
        [(25, 5)],
    )
    counted = {day["date"]: day["requests"] for day in report["consumption"]["days"] if day["requests"]}
    assert counted == CALLS
