"""Builders that are right by default: a small report that agrees with itself, changed or not, and its bundle."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from evidence.reports import A_REPORT, Report, amounts
from tallystick.evidence.assembly import UNSIGNED, Seal, assemble
from tallystick.evidence.canonical import canonical_bytes
from tallystick.evidence.digest import Sha256
from tallystick.evidence.manifest import Edition, Superseded
from tallystick.report.usage import usage_parquet

__all__ = ["Report", "a_bundle", "a_payload", "a_report", "amounts"]


def a_report(changes: Mapping[str, Any] | None = None) -> Report:
    """The small report; `changes` maps paths such as `clauses.0.verdict` to other values."""
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
        "usage.parquet": real_usage(),
        "quality.json": b"[]",
        "run.json": b"{}",
    }
    return files | {name.replace("_", "."): data for name, data in others.items()}


@cache
def real_usage() -> bytes:
    """The rows of the report of `bundles`: seven requests of one app, one of them refused."""
    at = datetime(2022, 1, 1, tzinfo=UTC)
    row: dict[str, Any] = {"app": "halcyon-monitor", "slot_at": at, "records_unknown": 1, "response_bytes_unknown": 0}
    sums = {"errors": 1, "requests": 6, "records": 70, "response_bytes": 700}
    refused = {"errors": 0, "requests": 1, "records": None, "response_bytes": 0, "records_unknown": 0}
    return usage_parquet(
        pa.Table.from_pylist([{**row, **sums, "is_throttled": False}, {**row, **refused, "is_throttled": True}])
    )


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
