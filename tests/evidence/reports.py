"""Small reports that agree with themselves: one of today's schema, and one of the first."""

from __future__ import annotations

from typing import Any

Report = dict[str, Any]

SHA256 = "a" * 64
DAY = ("2022-01-01T00:00:00.000000Z", "2022-01-02T00:00:00.000000Z")
WORDS = "No more than 4 calls on any day."


def amounts(requests: int, total: int, *, unknown: int = 0) -> dict[str, int]:
    return {"sum": total, "known": requests - unknown, "unknown": unknown}


def _row(requests: int, records: int, **named: Any) -> dict[str, Any]:
    sums = {"records": amounts(requests, records, unknown=1), "response_bytes": amounts(requests, 10 * records)}
    return {**named, "requests": requests, **sums}


def a_measure(**stated: Any) -> Report:
    """Six calls on a day, where four are permitted."""
    return {
        "reading": "as written",
        "key": "halcyon",
        "counted": 6,
        "unknown": 0,
        "used": 6,
        "max": 4,
        "limit": 4,
        "peak": 6,
        "peak_at": DAY[0],
        "windows_over": 1,
        "requests_over": None,
        "served_over": 2,
        "verdict": "exceeded",
        "missing": None,
    } | stated


def a_window(**stated: Any) -> Report:
    return {
        "reading": "as written",
        "start_at": DAY[0],
        "end_at": DAY[1],
        "used": 6,
        "over": 2,
        "crossed_at": "2022-01-01T09:30:00.000000Z",
        "peak_at": None,
        "requests_over": None,
        "served_over": 2,
        "clipped": False,
    } | stated


def _limit(reading: str, window: str) -> Report:
    return {
        "reading": reading,
        "of": "requests",
        "per": "licensee",
        "window": window,
        "within": "P1D",
        "max": 4,
        "limit": 4,
    }


NOTHING_OVER = {"max": 0, "limit": 0, "peak": None, "peak_at": None, "windows_over": 0, "served_over": None}

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
    "exposures": [],
    "asks": [
        {
            "number": 1,
            "of": "licensee",
            "what": "respond",
            "values": {"findings": 1},
            "clauses": ["daily-volume"],
            "findings": ["f1"],
            "within_days": 30,
            "cites": "§ 9",
        },
        {
            "number": 2,
            "of": "provider",
            "what": "name_callers",
            "values": {"requests": 1},
            "clauses": [],
            "findings": [],
            "within_days": None,
            "cites": None,
        },
    ],
    "agreements": [
        {
            "version": "2021-07-01",
            "title": "Developer Agreement",
            "in_force_from": "2021-07-01T00:00:00.000000Z",
            "in_force_until": None,
            "time_zone": "Etc/UTC",
            "sha256": SHA256,
            "clauses": 2,
            "requests": 7,
        }
    ],
    "clauses": [
        {
            "version": "2021-07-01",
            "clause": "daily-volume",
            "cites": "§ 4.2",
            "says": WORDS,
            "kind": "limit",
            "severity": "major",
            "verdict": "exceeded",
            "readings": 2,
            "readings_exceeded": 2,
            "decided_from": ["usage_app_slot"],
            "rows_read": 0,
            "missing": None,
            "in_period": 7,
            "counted": 6,
            "out_of_scope": 1,
            "terms": "at most 4 requests per licensee in a calendar day (P1D)",
            "limits": [_limit("as written", "calendar"), _limit("any-day", "sliding")],
            "findings": ["f1"],
            "measures": [a_measure(), a_measure(reading="any-day", requests_over=2)],
        },
        {
            "version": "2021-07-01",
            "clause": "approved-purpose",
            "cites": "§ 2.1",
            "says": "Only for the use case that was approved.",
            "kind": "use_case",
            "severity": "major",
            "verdict": "kept",
            "readings": 1,
            "readings_exceeded": 0,
            "decided_from": ["usage_app_slot"],
            "rows_read": 0,
            "missing": None,
            "in_period": 7,
            "counted": 7,
            "out_of_scope": 0,
            "terms": "no request by an app whose use case is not approved at the time",
            "limits": [],
            "findings": [],
            "measures": [
                a_measure(**NOTHING_OVER, key="halcyon-monitor", counted=7, used=0, requests_over=0, verdict="kept")
            ],
        },
    ],
    "findings": [
        {
            "id": "f1",
            "version": "2021-07-01",
            "clause": "daily-volume",
            "agreement_sha256": SHA256,
            "cites": "§ 4.2",
            "says": WORDS,
            "terms": "at most 4 requests per licensee in a calendar day (P1D)",
            "kind": "limit",
            "key": "halcyon",
            "severity": "major",
            "verdict": "exceeded",
            "readings": 2,
            "readings_exceeded": 2,
            "sentence": "halcyon: measured 6 requests against 4 permitted by § 4.2, over once",
            "requests": 2,
            "condition": {
                "reading": "as written",
                "used": 6,
                "limit": 4,
                "max": 4,
                "unit": "requests",
                "per": "licensee",
                "window": "calendar",
                "within": "P1D",
                "start_at": DAY[0],
                "end_at": DAY[1],
                "exactness": "exact",
                "clipped": False,
            },
            "effect": {"requests_over": None, "served_over": 2, "money": None},
            "cause": {"what": "limit_not_enforced", "values": {"served_over": 2}},
            "refuted_by": ["attribution", "log_entries"],
            "query": "SELECT count(*) FROM request",
            "response": None,
            "earlier": [{"period": "2021", "id": "f0", "used": 5, "limit": 4, "requests": 1}],
            "windows": [a_window(), a_window(reading="any-day", requests_over=2, peak_at=DAY[0], crossed_at=None)],
            "evidence": [
                {
                    "source": "gateway",
                    "file": "gateway/a",
                    "file_id": SHA256,
                    "position": 3,
                    "received_at": "2022-01-01T09:30:00.000000Z",
                    "request_id": None,
                }
            ],
        }
    ],
    "consumption": {
        "apps": [
            {
                **_row(7, 70),
                "app": "halcyon-monitor",
                "name": "Halcyon Monitor",
                "registered": None,
                "ended": None,
                "use_case": "Brand dashboards",
                "use_case_approved": "2020-03-15T00:00:00.000000Z",
                "throttled": 1,
                "errors": 1,
                "first_at": "2022-01-01T00:10:00.000000Z",
                "last_at": "2022-01-01T00:50:00.000000Z",
            }
        ],
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
        "credentials": 1,
        "by_credential": [
            {
                **_row(7, 70),
                "app": "halcyon-monitor",
                "credential": None,
                "digest": "159e4a573cf4",
                "hint": "…4d36",
                "throttled": 1,
                "first_at": "2022-01-01T00:10:00.000000Z",
                "last_at": "2022-01-01T00:50:00.000000Z",
            }
        ],
        "other_credentials": {
            "credentials": 0,
            "requests": 0,
            "records": amounts(0, 0),
            "response_bytes": amounts(0, 0),
            "throttled": 0,
        },
        "peaks": [],
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
    "completeness": {
        "sources": [
            {
                "source": "gateway",
                "numbered": True,
                "days": 2,
                "days_without_entries": 1,
                "files": 1,
                "repeated_files": 0,
                "entries": 12,
                "rejected": 1,
                "unattributed": 1,
                "this_licensee": 8,
                "missing": 0,
            }
        ],
        "gaps": [],
        "refused_files": [],
        "repeated_files": [],
        "rejected_entries": [{"reason": "not_json", "entries": 1, "bytes": 7}],
        "unattributed": 1,
        "hours": [
            {"source": "gateway", "date": "2022-01-01", "seen": "1" + "0" * 23},
            {"source": "gateway", "date": "2022-01-02", "seen": "0" * 24},
        ],
        "late_files": [],
    },
    "files": [
        {"file_id": SHA256, "source": "gateway", "name": "a", "format": "lighttpd", "requests": 8, "duplicates": 0}
    ],
    "not_seen": ["Requests that the gateway did not log."],
    "checks": {"expectations": 9, "met": 8, "failed_warnings": 1},
}

OF_THE_FIRST_SCHEMA: Report = {
    "schema": "tallystick/report/1",
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
        "entries": 14,
        "rejected": 1,
        "accepted": 13,
        "duplicate": 2,
        "conflict": 1,
        "unique": 11,
        "unattributed": 1,
        "attributed": 10,
        "this_licensee": 8,
        "other_licensees": 2,
    },
    "completeness": {"sources": [{"source": "gateway", "entries": 14, "rejected": 1}], "unattributed": 1},
    "checks": {"expectations": 9, "met": 8, "failed_warnings": 1},
}
