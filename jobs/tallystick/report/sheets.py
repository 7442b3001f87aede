"""The sheets of findings.xlsx as values: names, columns, and a row for each thing that a sheet lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tallystick.report.csv import COLUMNS as FINDING_COLUMNS
from tallystick.report.csv import decimal_of, finding_row

Cell = str | int | Decimal | bool | None
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: every row has a value for every column."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def summary(document: Row, digest: str) -> Sheet:
    """Whose report it is, its conclusion and totals, its boxes and its checks, a line each."""
    period = document["period"]
    lines: list[tuple[str, Cell]] = [
        ("report.json sha256", digest),
        ("schema", document["schema"]),
        ("provider", document["provider"]["name"]),
        ("licensee", document["licensee"]["id"]),
        ("licensee name", document["licensee"]["name"]),
        ("period", period["text"]),
        ("period start", period["start"]),
        ("period end", period["end"]),
        ("time zone", period["time_zone"]),
        ("conclusion", document["conclusion"]),
        *((f"reason {number}", reason) for number, reason in enumerate(document["reasons"], 1)),
    ]
    for name, value in sorted(document["summary"].items()):
        if isinstance(value, Mapping):
            lines += [(f"{name} {part}", _whole(value[part])) for part in ("sum", "known", "unknown")]
        else:
            lines.append((name, _whole(value)))
    for exposure in document.get("exposures", ()):
        lines += [(f"exposure {exposure['currency']} {end}", decimal_of(exposure[end])) for end in ("low", "high")]
    lines += [(f"entries {name}", _whole(value)) for name, value in sorted(document["reconciliation"].items())]
    lines += [(f"checks {name}", _whole(value)) for name, value in sorted(document["checks"].items())]
    return Sheet(name="Summary", columns=("what", "value"), rows=lines)


def findings(document: Row, digest: str) -> Sheet:
    """One row a finding, in the columns of findings.csv."""
    del digest
    return Sheet(name="Findings", columns=FINDING_COLUMNS, rows=map(finding_row, document["findings"]))


CLAUSE_COLUMNS = (
    *("version", "clause", "cites", "kind", "severity", "verdict", "readings", "readings_exceeded", "in_period"),
    *("counted", "out_of_scope", "rows_read", "missing", "terms", "says"),
)
CLAUSE_NUMBERS = frozenset({"readings", "readings_exceeded", "in_period", "counted", "out_of_scope", "rows_read"})


def clauses(document: Row, digest: str) -> Sheet:
    """One row a clause of a version, and one for each standing rule."""
    del digest
    rows = [_picked(clause, CLAUSE_COLUMNS, CLAUSE_NUMBERS) for clause in document["clauses"]]
    return Sheet(name="Clauses", columns=CLAUSE_COLUMNS, rows=rows)


MEASURE_NUMBERS = (
    *("counted", "unknown", "used", "max", "limit", "peak", "windows_over", "requests_over", "served_over"),
)
MONEY = ("currency", "owed", "paid", "underpaid", "interest", "share")


def measures(document: Row, digest: str) -> Sheet:
    """One row for each clause, reading and key."""
    del digest
    columns = ("version", "clause", "key", "reading", "verdict", *MEASURE_NUMBERS, "peak_at", "missing", *MONEY)
    rows = []
    for clause in document["clauses"]:
        for measure in clause["measures"]:
            money = measure.get("money") or {}
            rows.append(
                [
                    *(clause["version"], clause["clause"], measure["key"], measure["reading"], measure["verdict"]),
                    *(_whole(measure[name]) for name in MEASURE_NUMBERS),
                    *(measure["peak_at"], measure["missing"], money.get("currency")),
                    *(decimal_of(money.get(name)) for name in MONEY[1:]),
                ]
            )
    return Sheet(name="Measures", columns=columns, rows=rows)


WINDOW_COLUMNS = (
    *("reading", "start_at", "end_at", "crossed_at", "peak_at", "used", "over", "requests_over", "served_over"),
    "clipped",
)
WINDOW_NUMBERS = frozenset({"used", "over", "requests_over", "served_over"})


def windows(document: Row, digest: str) -> Sheet:
    """One row for each window and episode over a limit."""
    del digest
    rows = [
        [
            finding["id"],
            finding["version"],
            finding["clause"],
            finding["key"],
            *_picked(each, WINDOW_COLUMNS, WINDOW_NUMBERS),
        ]
        for finding in document["findings"]
        for each in finding["windows"]
    ]
    return Sheet(name="Windows", columns=("finding", "version", "clause", "key", *WINDOW_COLUMNS), rows=rows)


EVIDENCE_COLUMNS = ("source", "file", "file_id", "position", "received_at", "request_id")


def evidence(document: Row, digest: str) -> Sheet:
    """One row for each of the first requests of a finding."""
    del digest
    rows = [
        [finding["id"], *_picked(pointer, EVIDENCE_COLUMNS, frozenset({"position"}))]
        for finding in document["findings"]
        for pointer in finding["evidence"]
    ]
    return Sheet(name="Evidence", columns=("finding", *EVIDENCE_COLUMNS), rows=rows)


AMOUNTS = tuple(f"{name}_{part}" for name in ("records", "response_bytes") for part in ("sum", "known", "unknown"))


def usage_by_day(document: Row, digest: str) -> Sheet:
    """One row a UTC day of the period, also the days without requests."""
    del digest
    rows = [
        [day["date"], _whole(day["requests"]), _whole(day["throttled"]), *_amounts(day)]
        for day in document["consumption"]["days"]
    ]
    return Sheet(name="Usage by day", columns=("date", "requests", "throttled", *AMOUNTS), rows=rows)


APP_COLUMNS = ("app", "name", "registered", "ended", "use_case", "use_case_approved", "requests", "throttled", "errors")


def apps(document: Row, digest: str) -> Sheet:
    """One row an app that made requests."""
    del digest
    rows = [
        [
            *_picked(app, APP_COLUMNS, frozenset({"requests", "throttled", "errors"})),
            *_amounts(app),
            app["first_at"],
            app["last_at"],
        ]
        for app in document["consumption"]["apps"]
    ]
    return Sheet(name="Apps", columns=(*APP_COLUMNS, *AMOUNTS, "first_at", "last_at"), rows=rows)


SHEETS: Sequence[Callable[[Row, str], Sheet]] = (
    summary,
    findings,
    clauses,
    measures,
    windows,
    evidence,
    usage_by_day,
    apps,
)
"""In the order in which the workbook has them."""


def _picked(row: Row, columns: Sequence[str], numbers: frozenset[str]) -> list[Cell]:
    return [_whole(row[name]) if name in numbers else row[name] for name in columns]


def _amounts(row: Row) -> list[Cell]:
    """Sum, known and unknown of both amounts; a plain number is a sum over nothing that is said."""
    cells: list[Cell] = []
    for name in ("records", "response_bytes"):
        amount = row[name]
        parts = amount if isinstance(amount, Mapping) else {"sum": amount, "known": None, "unknown": None}
        cells += [_whole(parts[part]) for part in ("sum", "known", "unknown")]
    return cells


def _whole(value: int | str | None) -> int | None:
    """A whole number, also one that the document carries as its digits."""
    return None if value is None else int(value)
