"""What documents say of hours, late files, credentials, fees and answers, added to one: every optional part filled."""

from __future__ import annotations

from typing import Any

from report.documents import Row, amount, digest

RUN: Row = {
    "tallystick": "0.1.0",
    "parts": {"duckdb": "1.5.5", "pyarrow": "26.0.1"},
    "command": "tallystick run --licensee halcyon --period 2022",
    "settings": {"provider": "Murmur Social", "time_zone": "America/Los_Angeles"},
    "inputs": {
        "agreements": [{"version": "2021-07-01", "sha256": digest("agreement")}],
        "log_files": 1_830,
        "log_files_sha256": digest("log files"),
    },
    "tables": {"request": 7_301},
}


def hours_of(document: Row) -> list[Row]:
    """Every hour of every source seen, but four nights of one and a day of another."""
    sources = [source["source"] for source in document["completeness"]["sources"]]
    dates = [day["date"] for day in document["consumption"]["days"]]
    rows = []
    for number, source in enumerate(sources):
        for place, date in enumerate(dates):
            seen = "1" * 24
            if number == 0 and place in (3, 4, 90, 200):
                seen = "1" * 22 + "00" if place == 3 else "000000" + "1" * 18
            if number == 1 and place == 136:
                seen = "110" + "1" * 21
            rows.append({"source": source, "date": date, "seen": seen})
    return rows


def with_all_parts(document: Row) -> Row:
    """The document with every part that a report may leave out."""
    requests = int(document["summary"]["requests"])
    first = {"first_at": "2022-01-01T08:00:11.204118Z", "last_at": "2022-12-30T22:14:07.551020Z"}
    shares = [requests * 6 // 10, requests * 3 // 10]
    shares.append(requests - sum(shares))
    named: list[tuple[Any, ...]] = [
        ("159e4a573cf4", "…9f3c", None),
        (None, None, "monitor-service"),
        (None, None, None),
    ]
    credentials = [
        {
            "app": f"halcyon-{number}",
            "credential": name,
            "digest": short,
            "hint": hint,
            "requests": count,
            "records": amount(count * 31, known=count - 7, unknown=7),
            "response_bytes": amount(count * 1_009, known=count),
            "throttled": count // 41,
            **first,
        }
        for number, ((short, hint, name), count) in enumerate(zip(named, shares, strict=True))
    ]
    others = {
        "credentials": 17,
        "requests": 1_733,
        "records": amount(53_723, known=1_733),
        "response_bytes": amount(1_748_597, known=1_733),
        "throttled": 39,
    }
    late = {
        "source": document["completeness"]["sources"][0]["source"],
        "file": "edge-a/late/2022-03-04.jsonl.gz",
        "file_id": digest("late"),
        "first_date": "2022-03-04",
        "last_date": "2022-03-06",
        "entries": 2_207,
    }
    fee = {"version": "2022-07-01", "clause": "access-fee", "low": "1204.50", "high": "1811.75", "at_least": True}
    exposure = {"currency": "USD", "low": "1204.50", "high": "1811.75", "at_least": True, "of": [fee]}
    return document | {
        "exposures": [exposure],
        "consumption": document["consumption"] | {"by_credential": credentials, "other_credentials": others},
        "completeness": document["completeness"] | {"hours": hours_of(document), "late_files": [late]},
    }
