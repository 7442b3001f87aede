"""Builders that are right by default: a small report that agrees with itself, changed or not, and its bundle."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from evidence.reports import A_REPORT, Report, amounts
from tallystick.evidence.assembly import UNSIGNED, Seal, assemble
from tallystick.evidence.canonical import canonical_bytes, parse_canonical
from tallystick.evidence.changes import CHANGES, CHANGES_PAGE, Side, compare
from tallystick.evidence.digest import Sha256
from tallystick.evidence.manifest import Edition, Superseded
from tallystick.evidence.sample_rules import FRAME, SAMPLE
from tallystick.evidence.sample_rules import SCHEMA as SAMPLE_SCHEMA
from tallystick.report.changes_page import render_changes
from tallystick.report.csv import findings_csv
from tallystick.report.usage import usage_parquet

__all__ = ["Report", "a_bundle", "a_payload", "a_report", "amounts"]


POLICY = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'"


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
    """The ten files that every bundle has, each the least that it may be; `run_json=b"…"` replaces or adds one."""
    report = report or a_report()
    files = {
        "report.json": canonical_bytes(report),
        "report.html": a_page(report),
        "report.pdf": a_print(report),
        "findings.xlsx": a_workbook(report),
        "verify/VERIFY.md": b"# How to check\n",
        "verify/verify.py": b"print()\n",
        "findings.csv": table_of(report),
        "usage.parquet": real_usage(),
        "quality.json": canonical_bytes(quality_of(report)),
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


def a_page(report: Report, language: str = "en", policy: str = POLICY) -> bytes:
    """The least that a page must say: of which report.json it is, and that one's main numbers."""
    digest = Sha256.of(canonical_bytes(report))
    shown = "".join(f"<p>{number}" for number in main_numbers(report))
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
    named = f'<meta name="report-sha256" content="{digest}"><title>Report</title>'
    return f'<!doctype html><html lang="{language}"><head>{head}{named}</head>{shown}'.encode()


def quality_of(report: Report, *evidence: str) -> dict[str, Any]:
    """The quality.json of a report, with files of requests of these findings."""
    met, failed = report["checks"]["met"], report["checks"]["expectations"] - report["checks"]["met"]
    expectations = [{"is_met": each < met, "severity": "warning"} for each in range(met + failed)]
    return {
        "licensee": report["licensee"]["id"],
        "period": report["period"]["text"],
        "expectations": expectations,
        "evidence": [{"finding": finding, "rows": 1, "at_most": 10_000} for finding in evidence],
    }


def with_evidence(payload: Mapping[str, bytes], *findings: str) -> dict[str, bytes]:
    """The payload with files of requests that nobody reads."""
    report = parse_canonical(payload["report.json"])
    files = {f"evidence/{finding}.parquet": f"PAR1 of {finding}".encode() for finding in findings}
    return {**payload, **files, "quality.json": canonical_bytes(quality_of(report, *findings))}


def table_of(report: Report) -> bytes:
    """The findings.csv of a report, also of one whose findings are none: then of the small one."""
    try:
        return findings_csv(report)
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return findings_csv(A_REPORT)


def a_print(report: Report) -> bytes:
    """The least that a print must hold: the bytes of report.json, attached."""
    return b"%PDF-1.7\nstream\n" + canonical_bytes(report) + b"\nendstream\n%%EOF\n"


def a_workbook(report: Report) -> bytes:
    """The least that a workbook must say: of which report.json it is, and that one's main numbers."""
    digest = Sha256.of(canonical_bytes(report))
    cells = "".join(f"<v>{number}</v>" for number in main_numbers(report))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("xl/worksheets/sheet1.xml"), f"<sheet><v>{digest}</v>{cells}</sheet>")
    return buffer.getvalue()


def main_numbers(report: Report) -> tuple[int, ...]:
    """What page and workbook must show."""
    summary = report["summary"]
    return summary["requests"], summary["records"]["sum"], summary["clauses"], summary["findings"]


def a_bundle(
    payload: Mapping[str, bytes] | None = None,
    *,
    revision: int = 1,
    supersedes: Superseded | None = None,
    seal: Seal = UNSIGNED,
) -> dict[str, bytes]:
    """A whole bundle in memory, with SHA256SUMS and a manifest that fit its payload; signed where there are keys.

    One that supersedes another says what it changes.
    """
    edition = Edition(title="Audit", revision=revision, supersedes=supersedes, code_version="0.1.0")
    payload = dict(payload or a_payload())
    if supersedes is not None and CHANGES not in payload:
        payload |= what_changed(payload, revision, supersedes)
    return assemble(payload, edition, seal)


def what_changed(payload: Mapping[str, bytes], revision: int, before: Superseded) -> dict[str, bytes]:
    """changes.json against an earlier report with another number of credentials, and its page."""
    after = parse_canonical(payload["report.json"])
    old = {**after, "summary": {**after["summary"], "credentials": 9}}
    changes = compare(
        Side(
            report=old,
            report_sha256=before.report_sha256,
            revision=before.revision,
            datapackage_sha256=before.datapackage_sha256,
        ),
        Side(report=after, report_sha256=Sha256.of(payload["report.json"]), revision=revision),
    )
    return {CHANGES: canonical_bytes(changes), CHANGES_PAGE: render_changes(changes)}


def a_sample(payload: Mapping[str, bytes], **stated: Any) -> dict[str, bytes]:
    """A sample of the small report: five of its seven requests, and the frame that they are from."""
    report = parse_canonical(payload["report.json"])
    stratum = {"app": "halcyon-monitor", "month": "2022-01", "requests": 7, "drawn": 5}
    frame = {
        "schema": SAMPLE_SCHEMA,
        "seed": Sha256.of(payload["report.json"]).hex,
        "requests": 7,
        "drawn": 5,
        "strata": [stratum],
    }
    return {FRAME: canonical_bytes(frame | stated), SAMPLE: rows_of_a_sample(report["files"][0]["file_id"])}


def rows_of_a_sample(
    file_id: str, positions: Sequence[int] = range(1, 6), app: str | None = "halcyon-monitor"
) -> bytes:
    """A sample.parquet of requests of one app in January 2022."""
    at = datetime(2022, 1, 1, tzinfo=UTC)
    rows = [{"file_id": file_id, "position": each, "received_at": at, "app": app} for each in positions]
    return usage_parquet(pa.Table.from_pylist(rows))


def a_report_of(files: Mapping[str, bytes]) -> Report:
    report: Report = json.loads(files["report.json"])
    return report
