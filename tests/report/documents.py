"""Report documents that are right by default: a test says only what it is about."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]


def amount(total: int, *, known: int = 10, unknown: int = 0) -> Row:
    return {"sum": total, "known": known, "unknown": unknown}


def a_version(**changes: Any) -> Row:
    return {
        "version": "2021-07-01",
        "title": "Developer Agreement",
        "in_force_from": "2021-07-01T07:00:00.000000Z",
        "in_force_until": None,
        "time_zone": "America/Los_Angeles",
        "sha256": digest("agreement"),
        "clauses": 1,
        "requests": 10,
    } | changes


def a_limit(**changes: Any) -> Row:
    return {
        "reading": "as written",
        "of": "requests",
        "per": "licensee",
        "window": "calendar",
        "within": "P1Y",
        "max": 100,
        "limit": 100,
    } | changes


def a_measure(**changes: Any) -> Row:
    return {
        "reading": "as written",
        "key": "halcyon",
        "counted": 10,
        "unknown": 0,
        "used": 10,
        "max": 100,
        "limit": 100,
        "peak": 10,
        "peak_at": "2022-03-01T08:00:00.000000Z",
        "windows_over": 0,
        "requests_over": 0,
        "served_over": 0,
        "verdict": "kept",
        "missing": None,
    } | changes


def a_clause(**changes: Any) -> Row:
    return {
        "version": "2021-07-01",
        "clause": "yearly-volume",
        "cites": "§ 4.2",
        "says": "Licensee shall not make more than 100 calls in a calendar year.",
        "kind": "limit",
        "severity": "major",
        "verdict": "kept",
        "readings": 1,
        "readings_exceeded": 0,
        "decided_from": ["usage_app_slot"],
        "rows_read": 0,
        "missing": None,
        "in_period": 10,
        "counted": 10,
        "out_of_scope": 0,
        "findings": [],
        "terms": "at most 100 requests per licensee in a calendar year (P1Y)",
        "limits": [a_limit()],
        "measures": [a_measure()],
    } | changes


def a_window(**changes: Any) -> Row:
    return {
        "reading": "as written",
        "start_at": "2022-03-01T08:00:00.000000Z",
        "end_at": "2022-03-02T08:00:00.000000Z",
        "used": 120,
        "over": 20,
        "crossed_at": "2022-03-01T20:15:30.250000Z",
        "peak_at": None,
        "requests_over": 20,
        "served_over": 18,
        "clipped": False,
    } | changes


def a_pointer(**changes: Any) -> Row:
    return {
        "source": "gateway",
        "file": "edge-1/2022-03-01.jsonl.gz",
        "file_id": digest("edge-1"),
        "position": 4211,
        "received_at": "2022-03-01T20:15:30.250000Z",
        "request_id": "req-4211",
    } | changes


def a_condition(**changes: Any) -> Row:
    return {
        "reading": "as written",
        "used": 120,
        "limit": 100,
        "max": 100,
        "unit": "requests",
        "per": "licensee",
        "window": "calendar",
        "within": "P1Y",
        "start_at": "2022-03-01T08:00:00.000000Z",
        "end_at": "2022-03-02T08:00:00.000000Z",
        "exactness": "exact",
        "clipped": False,
    } | changes


def an_effect(**changes: Any) -> Row:
    return {"requests_over": 20, "served_over": 18, "money": None} | changes


def a_finding(**changes: Any) -> Row:
    return {
        "id": "f-3b1c9a70d2e4",
        "version": "2021-07-01",
        "clause": "yearly-volume",
        "cites": "§ 4.2",
        "says": "Licensee shall not make more than 100 calls in a calendar year.",
        "kind": "limit",
        "key": "halcyon",
        "severity": "major",
        "verdict": "exceeded",
        "readings": 1,
        "readings_exceeded": 1,
        "sentence": "halcyon: measured 120 requests against 100 permitted in a calendar year by § 4.2.",
        "requests": 120,
        "agreement_sha256": digest("agreement"),
        "terms": "at most 100 requests per licensee in a calendar year (P1Y)",
        "condition": a_condition(),
        "effect": an_effect(),
        "cause": {"what": "limit_not_enforced", "values": {"served_over": 18}},
        "refuted_by": ["attribution", "log_entries", "other_version", "other_reading", "times"],
        "query": "SELECT received_at, request_id\nFROM request\nWHERE licensee = 'halcyon'\nORDER BY received_at",
        "response": None,
        "earlier": [],
        "windows": [a_window()],
        "evidence": [a_pointer()],
    } | changes


def an_ask(**changes: Any) -> Row:
    return {
        "number": 1,
        "of": "licensee",
        "what": "respond",
        "values": {"findings": 1},
        "clauses": ["yearly-volume"],
        "findings": ["f-3b1c9a70d2e4"],
        "within_days": 30,
        "cites": "§ 9",
    } | changes


def answers_to(findings: list[Row]) -> list[Row]:
    """What a report asks where nothing else follows from it: an answer to each finding without one."""
    open_ones = [finding for finding in findings if not finding.get("response")]
    clauses = sorted({finding["clause"] for finding in open_ones})
    ids = [finding["id"] for finding in open_ones]
    return [an_ask(values={"findings": len(ids)}, clauses=clauses, findings=ids)] if ids else []


def an_app(**changes: Any) -> Row:
    return {
        "app": "halcyon-monitor",
        "name": "Halcyon Monitor",
        "registered": "2020-03-01",
        "ended": None,
        "use_case": "Brand dashboards",
        "use_case_approved": "2020-03-15",
        "requests": 10,
        "records": amount(500),
        "response_bytes": amount(9000),
        "throttled": 1,
        "errors": 0,
        "first_at": "2022-03-01T08:00:00.000000Z",
        "last_at": "2022-03-01T17:30:00.000000Z",
    } | changes


def a_source(**changes: Any) -> Row:
    return {
        "source": "gateway",
        "days": 2,
        "days_without_entries": 0,
        "files": 2,
        "repeated_files": 0,
        "entries": 11,
        "rejected": 1,
        "unattributed": 0,
        "this_licensee": 10,
        "missing": 0,
        "numbered": True,
    } | changes


def hours_seen(first: str, seen: list[str], *, source: str = "gateway") -> list[Row]:
    """One row a UTC day from `first`, of one source."""
    return [
        {"source": source, "date": (date.fromisoformat(first) + timedelta(days=index)).isoformat(), "seen": hours}
        for index, hours in enumerate(seen)
    ]


def a_late_file(**changes: Any) -> Row:
    return {
        "source": "gateway",
        "file": "edge-1/2022-03-05.jsonl.gz",
        "file_id": digest("edge-1/2022-03-05"),
        "first_date": "2022-03-01",
        "last_date": "2022-03-05",
        "entries": 3,
    } | changes


def a_credential(**changes: Any) -> Row:
    """The credential that made all requests of `a_document`."""
    return {
        "app": "halcyon-monitor",
        "credential": None,
        "digest": "159e4a573cf4",
        "hint": "…4d36",
        "requests": 10,
        "records": amount(500),
        "response_bytes": amount(9000),
        "throttled": 1,
        "first_at": "2022-03-01T08:00:00.000000Z",
        "last_at": "2022-03-01T17:30:00.000000Z",
    } | changes


def no_other_credentials() -> Row:
    nothing = amount(0, known=0)
    return {"credentials": 0, "requests": 0, "records": nothing, "response_bytes": nothing, "throttled": 0}


def some_peaks(**changes: Any) -> Row:
    """The fullest quarter of an hour of each day under a clause."""
    return {
        "version": "2021-07-01",
        "clause": "quarter-hour-rate",
        "of": "requests",
        "per": "app",
        "window": "sliding",
        "within": "PT15M",
        "max": 5,
        "limit": 5,
        "days": [
            {
                "date": "2022-03-01",
                "key": "halcyon-monitor",
                "peak": 2,
                "peak_at": "2022-03-01T14:40:00.000000Z",
            }
        ],
    } | changes


def a_document(**changes: Any) -> Row:
    """One licensee within its terms: one app, ten requests on 1 March 2022, one clause kept."""
    week = [[0] * 24 for _ in range(7)]
    week[1][8:17] = [1, 1, 1, 1, 1, 1, 2, 1, 1]
    return {
        "schema": "tallystick/report/2",
        "provider": {"name": "Murmur Social"},
        "licensee": {"id": "halcyon", "name": "Halcyon Analytics Ltd"},
        "period": {
            "text": "2022-03-01",
            "start": "2022-03-01T08:00:00.000000Z",
            "end": "2022-03-02T08:00:00.000000Z",
            "time_zone": "America/Los_Angeles",
        },
        "conclusion": "within terms",
        "reasons": ["Every clause that can be checked was kept under every reading."],
        "summary": {
            "requests": 10,
            "records": amount(500),
            "response_bytes": amount(9000),
            "throttled": 1,
            "errors": 0,
            "apps": 1,
            "credentials": 1,
            "clauses": 1,
            "clauses_exceeded": 0,
            "clauses_kept": 1,
            "clauses_not_decided": 0,
            "clauses_not_checked": 0,
            "findings": 0,
        },
        "exposures": [],
        "asks": answers_to(changes.get("findings", [])),
        "agreements": [a_version()],
        "clauses": [a_clause()],
        "findings": [],
        "consumption": {
            "apps": [an_app()],
            "days": days("2022-03-01", [10, 0], throttled=[1, 0]),
            "months": [{"month": "2022-03", "requests": 10, "records": amount(500), "response_bytes": amount(9000)}],
            "routes": [
                {
                    "method": "GET",
                    "route": "/2/posts/{id}",
                    "requests": 10,
                    "records": amount(500),
                    "response_bytes": amount(9000),
                },
            ],
            "statuses": [{"status": 200, "requests": 9}, {"status": 429, "requests": 1}],
            "weekday_hours": week,
            "credentials": 1,
            "by_credential": [a_credential()],
            "other_credentials": no_other_credentials(),
            "peaks": [],
        },
        "reconciliation": {
            "entries": 11,
            "rejected": 1,
            "accepted": 10,
            "duplicate": 0,
            "conflict": 0,
            "unique": 10,
            "unattributed": 0,
            "this_licensee": 10,
        },
        "completeness": {
            "sources": [a_source()],
            "gaps": [],
            "refused_files": [],
            "repeated_files": [],
            "rejected_entries": [{"reason": "not_json", "entries": 1, "bytes": 57}],
            "unattributed": 0,
            "hours": hours_seen("2022-03-01", ["0" * 8 + "1" * 10 + "0" * 6, "0" * 24]),
            "late_files": [],
        },
        "files": [
            {
                "file_id": digest("gateway/2022-03-01"),
                "source": "gateway",
                "name": "2022-03-01.jsonl.gz",
                "format": "gateway_jsonl",
                "requests": 10,
                "duplicates": 0,
            }
        ],
        "not_seen": ["Calls that never reached a gateway that writes these logs."],
        "checks": {"expectations": 14, "met": 14, "failed_warnings": 0},
    } | changes


def an_empty_document() -> Row:
    """A licensee without requests, without an agreement, over logs without entries."""
    nothing = amount(0, known=0)
    document = a_document()
    summary = {name: nothing if isinstance(value, dict) else 0 for name, value in document["summary"].items()}
    return document | {
        "conclusion": "unable to conclude",
        "reasons": ["No day of the period has entries."],
        "summary": summary,
        "agreements": [],
        "clauses": [],
        "consumption": {
            "apps": [],
            "days": days("2022-03-01", [0, 0]),
            "months": [],
            "routes": [],
            "statuses": [],
            "weekday_hours": [[0] * 24 for _ in range(7)],
            "credentials": 0,
            "by_credential": [],
            "other_credentials": no_other_credentials(),
            "peaks": [],
        },
        "reconciliation": dict.fromkeys(document["reconciliation"], 0),
        "files": [],
        "completeness": {
            "sources": [],
            "gaps": [],
            "refused_files": [],
            "repeated_files": [],
            "rejected_entries": [],
            "unattributed": 0,
            "hours": [],
            "late_files": [],
        },
        "not_seen": [],
        "checks": {"expectations": 0, "met": 0, "failed_warnings": 0},
    }


def days(first: str, requests: list[int], *, throttled: list[int] | None = None, records: int = 50) -> list[Row]:
    """One row a UTC day from `first`."""
    refused = throttled or [0] * len(requests)
    return [
        {
            "date": (date.fromisoformat(first) + timedelta(days=index)).isoformat(),
            "requests": count,
            "throttled": refused[index],
            "records": amount(count * records, known=count),
            "response_bytes": amount(count * 900, known=count),
        }
        for index, count in enumerate(requests)
    ]


def digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
