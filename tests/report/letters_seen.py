"""What the letter's case says of credentials, of the fullest quarters of an hour, of hours seen and of a late file."""

from __future__ import annotations

from datetime import date, timedelta

from report.documents import Row, a_credential, a_late_file, amount, digest, hours_seen, some_peaks
from report.letters_findings import APPS, NEW, OLD, QUARTER

NAMED = ("hal-monitor-1", "hal-monitor-2", "hal-stream-1")


def the_credentials(requests: list[int], records: list[int], refused: list[int], byte_each: int, unknown: int) -> Row:
    """A row for each credential; the largest made the requests that do not say their records."""
    rows = []
    for number, count in enumerate(requests):
        name = NAMED[number] if number < len(NAMED) else None
        secret, silent = digest(f"credential {number}"), 0 if number else unknown
        rows.append(
            a_credential(
                app=APPS[number % len(APPS)].id,
                credential=name,
                digest=None if name else secret[:12],
                hint=None if name else f"…{secret[-4:]}",
                requests=count,
                records=amount(records[number], known=count - silent, unknown=silent),
                response_bytes=amount(records[number] * byte_each, known=count),
                throttled=refused[number],
                first_at=f"2022-01-0{1 + number % 9}T08:00:11.000000Z",
                last_at=f"2022-12-{10 + number % 20}T21:09:12.000000Z",
            )
        )
    return {"by_credential": rows}


def the_peaks(findings: list[Row], first: date, days: int, days_of_old: int) -> list[Row]:
    """Each day's fullest quarter of an hour: those of the episodes, and quieter ones on all other days."""
    found = []
    for version, since, until in ((OLD, 0, days_of_old), (NEW, days_of_old, days)):
        over: dict[str, Row] = {}
        for finding in findings:
            if (finding["clause"], finding["version"]) == ("quarter-hour", version):
                for window in finding["windows"]:
                    day = window["peak_at"][:10]
                    row = {"date": day, "key": finding["key"], "peak": window["used"], "peak_at": window["peak_at"]}
                    over[day] = max(over.get(day, row), row, key=lambda one: one["peak"])
        listed = []
        for number in range(since, until):
            day = (first + timedelta(days=number)).isoformat()
            peak = 310 + (number * 7919) % 400 + (180 if number % 7 < 5 else 0)
            quiet = {"key": APPS[number % 3].id, "peak": peak, "peak_at": f"{day}T14:3{number % 10}:07.000000Z"}
            listed.append(over.get(day, {"date": day, **quiet}))
        found.append(
            some_peaks(
                version=version, clause="quarter-hour", max=QUARTER[version], limit=QUARTER[version], days=listed
            )
        )
    return found


def the_hours(sources: list[str], first: date, days: int) -> list[Row]:
    """Every hour of every edge but two that a gap fell into; of the old one the hours of work on working days."""
    rows = []
    for source in sources:
        seen = ["1" * 24] * days
        if source == "gateway-edge-b":
            seen[136] = "111" + "0" + "1" * 20
        if source.startswith("legacy"):
            at_work, at_rest = "0" * 14 + "1" * 9 + "0", "0" * 24
            seen = [at_work if (first + timedelta(days=number)).weekday() < 5 else at_rest for number in range(days)]
        rows += hours_seen(first.isoformat(), seen, source=source)
    return rows


def the_late_files() -> list[Row]:
    name = "edge-d/2022-06-14.jsonl.gz"
    return [
        a_late_file(
            source="gateway-edge-d",
            file=name,
            file_id=digest(name),
            first_date="2022-06-11",
            last_date="2022-06-14",
            entries=219,
        )
    ]
