"""Builders that are right by default: a small report that agrees with itself, and the bundle that it makes."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from tallystick.evidence.assembly import UNSIGNED, Seal, assemble
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.digest import Sha256
from tallystick.evidence.manifest import Edition, Superseded

Report = dict[str, Any]


def amounts(requests: int, total: int, *, unknown: int = 0) -> dict[str, int]:
    return {"sum": total, "known": requests - unknown, "unknown": unknown}


def _row(requests: int, records: int, **named: Any) -> dict[str, Any]:
    sums = {"records": amounts(requests, records, unknown=1), "response_bytes": amounts(requests, 10 * records)}
    return {**named, "requests": requests, **sums}


A_REPORT: Report = {
    "schema": "tallystick/report/2",
    "provider": {"name": "Murmur Social"},
    "licensee": {"id": "halcyon", "name": "Halcyon Analytics Ltd"},
    "period": {
        "text": "2022-01-01/2022-01-03",
        "start": "2022-01-01T00:00:00.000000Z",
        "end": "2022-01-03T00:00:00.000000Z",
        "time_zone": "Etc/UTC",
    },
    "conclusion": "outside terms",
    "reasons": ["1 of 2 clauses is exceeded."],
    "summary": {
        **_row(7, 70),
        "throttled": 1,
        "errors": 1,
        "apps": 1,
        "credentials": 1,
        "clauses": 2,
        "clauses_exceeded": 1,
        "clauses_kept": 1,
        "clauses_not_decided": 0,
        "clauses_not_checked": 0,
        "findings": 1,
    },
    "agreements": [{"version": "2021-07-01", "clauses": 2, "requests": 7}],
    "clauses": [
        {
            "version": "2021-07-01",
            "clause": "daily-volume",
            "verdict": "exceeded",
            "readings": 2,
            "readings_exceeded": 2,
            "in_period": 7,
            "counted": 6,
            "out_of_scope": 1,
            "findings": ["f1"],
        },
        {
            "version": "2021-07-01",
            "clause": "approved-purpose",
            "verdict": "kept",
            "readings": 1,
            "readings_exceeded": 0,
            "in_period": 7,
            "counted": 7,
            "out_of_scope": 0,
            "findings": [],
        },
    ],
    "findings": [
        {
            "id": "f1",
            "version": "2021-07-01",
            "clause": "daily-volume",
            "verdict": "exceeded",
            "readings": 2,
            "readings_exceeded": 2,
        }
    ],
    "consumption": {
        "apps": [{**_row(7, 70), "app": "halcyon-monitor", "throttled": 1, "errors": 1}],
        "days": [
            {**_row(7, 70), "date": "2022-01-01", "throttled": 1},
            {
                "date": "2022-01-02",
                "requests": 0,
                "records": amounts(0, 0),
                "response_bytes": amounts(0, 0),
                "throttled": 0,
            },
        ],
        "months": [_row(7, 70, month="2022-01")],
        "routes": [_row(7, 70, method="GET", route="/2/tweets/{id}")],
        "statuses": [{"status": 200, "requests": 5}, {"status": 429, "requests": 1}, {"status": None, "requests": 1}],
        "weekday_hours": [[7, *[0] * 23], *[[0] * 24 for _ in range(6)]],
    },
    "reconciliation": {
        "entries": 12,
        "rejected": 1,
        "accepted": 11,
        "duplicate": 2,
        "conflict": 1,
        "unique": 9,
        "unattributed": 1,
        "this_licensee": 8,
    },
    "completeness": {"sources": [{"source": "gateway", "entries": 12, "rejected": 1}], "unattributed": 1},
    "files": [
        {"file_id": "a" * 64, "source": "gateway", "name": "a", "format": "lighttpd", "requests": 8, "duplicates": 0}
    ],
    "checks": {"expectations": 9, "met": 8, "failed_warnings": 1},
}


def a_report(changes: Mapping[str, Any] | None = None) -> Report:
    """The report above; `changes` maps paths such as `clauses.0.verdict` to other values."""
    report = copy.deepcopy(A_REPORT)
    for path, value in (changes or {}).items():
        *steps, last = path.split(".")
        node: Any = report
        for step in steps:
            node = node[int(step)] if isinstance(node, list) else node[step]
        node[int(last) if isinstance(node, list) else last] = value
    return report


def a_payload(report: Report | None = None, **others: bytes) -> dict[str, bytes]:
    """The six files that every bundle has; `run_json=b"…"` replaces or adds one."""
    report = report or a_report()
    ids = [finding["id"] for finding in report["findings"]]
    files = {
        "report.json": canonical_bytes(report),
        "report.html": a_page(report),
        "findings.csv": "".join(
            f"{row}\r\n" for row in ("id,sentence", *(f"{each},measured" for each in ids))
        ).encode(),
        "usage.parquet": b"PAR1\x00\x01PAR1",
        "quality.json": b"[]",
        "run.json": b"{}",
    }
    return files | {name.replace("_", "."): data for name, data in others.items()}


def a_page(report: Report) -> bytes:
    """The least that a page must say: of which report.json it is, and that one's main numbers."""
    digest = Sha256.of(canonical_bytes(report))
    summary = report["summary"]
    numbers = (summary["requests"], summary["records"]["sum"], summary["clauses"], summary["findings"])
    shown = "".join(f"<p>{number}" for number in numbers)
    return f'<!doctype html><meta name="report-sha256" content="{digest}"><title>Report</title>{shown}'.encode()


def a_bundle(
    payload: Mapping[str, bytes] | None = None,
    *,
    revision: int = 1,
    supersedes: Superseded | None = None,
    seal: Seal = UNSIGNED,
) -> dict[str, bytes]:
    """A whole bundle in memory, with SHA256SUMS and a manifest that fit its payload; signed where there are keys."""
    edition = Edition(title="Audit", revision=revision, supersedes=supersedes, code_version="0.1.0")
    return assemble(payload or a_payload(), edition, seal)


def a_report_of(files: Mapping[str, bytes]) -> Report:
    report: Report = json.loads(files["report.json"])
    return report
