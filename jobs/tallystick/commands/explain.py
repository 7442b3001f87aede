"""A finding or an expectation in full: what was measured, by which words, how it was decided, and where to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.agreements.load import Binding
from tallystick.clauses.sql import Recount, recount_sql, standing_sql
from tallystick.clauses.statement import STANDING, Statement, statements
from tallystick.errors import UnknownFindingError
from tallystick.period import Period, to_text, to_us
from tallystick.report.callers import told
from tallystick.stages.digesting import shown
from tallystick.stages.project import Project
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.check_result import CHECK_RESULT
from tallystick.tables.finding import FINDING
from tallystick.tables.measure import MEASURE
from tallystick.tables.source_file import SOURCE_FILE

Row = Mapping[str, Any]


def explain(project: Project, wanted: str) -> dict[str, Any]:
    """A finding with its clause, measures and SQL, or all results of an expectation. Raises UnknownFindingError.

    What callers are called is told as in the report: with pseudonyms for their addresses, unless the settings say
    otherwise.
    """
    snapshot = Snapshot(project.lake)
    for row in snapshot.read(FINDING).to_pylist():
        if row["id"] == wanted:
            names = shown(project, snapshot.rows(SOURCE_FILE), row["licensee"], row["period"])
            explained: dict[str, Any] = told(_finding(project, snapshot, row), names)
            return explained
    results = [row for row in snapshot.read(CHECK_RESULT).to_pylist() if row["id"] == wanted]
    if not results:
        raise UnknownFindingError(
            f"there is no finding and no expectation {wanted!r}",
            next_step="tallystick audit lists findings; then name one",
        )
    return {"expectation": results[0]["sentence"], "results": results}


def _finding(project: Project, snapshot: Snapshot, row: Row) -> dict[str, Any]:
    partition = {"licensee": [row["licensee"]], "period": [row["period"]]}
    measures = [
        one
        for one in snapshot.read(MEASURE, partition).to_pylist()
        if (one["version"], one["clause"], one["key"]) == (row["version"], row["clause"], row["key"])
    ]
    [licensee] = project.licensees(row["licensee"])
    period = project.period(row["period"], licensee)
    bindings = project.agreements[row["licensee"]]
    binding = next((one for one in bindings if one.version.version == row["version"]), None)
    statement = next(
        (one for one in statements(bindings, period) if (one.version, one.clause) == (row["version"], row["clause"])),
        None,
    )
    return {
        "finding": row,
        "clause": None if statement is None else _clause(statement, binding),
        "measures": measures,
        "decided": [_decided(one) for one in measures],
        "sql": [] if statement is None else _sql(project, statement, binding, period, row, measures),
    }


def _clause(statement: Statement, binding: Binding | None) -> dict[str, Any]:
    """The clause's own words, from the agreement as it stands now."""
    said = {name: getattr(statement, name) for name in ("clause", "cites", "says", "terms", "kind", "severity")}
    if binding is None:
        return said | {"version": None}
    return said | {
        "version": binding.version.version,
        "version_sha256": binding.sha256,
        "in_force_from": to_text(binding.from_us),
        "in_force_until": None if binding.until_us is None else to_text(binding.until_us),
    }


def _decided(measure: Row) -> str:
    rows = f"{measure['rows_read']:,} rows of request were read" if measure["rows_read"] else "no raw row was read"
    return f"{measure['reading']}: {measure['verdict']}, from {measure['decided_from']}; {rows}"


def _sql(
    project: Project, statement: Statement, binding: Binding | None, period: Period, row: Row, measures: list[Row]
) -> list[dict[str, str]]:
    """For each reading the SQL that counts again, over `request`, what the finding says."""
    [licensee] = project.licensees(row["licensee"])
    span = period if binding is None else binding.within(period)
    found = []
    for measure in measures:
        if span is None:
            continue
        recount = Recount(
            licensee=licensee,
            span=span,
            zone=project.zone(licensee) if binding is None else binding.version.zone,
            key=row["key"],
            reading=measure["reading"],
        )
        if statement.clause in STANDING and binding is None:
            sql: str | None = standing_sql(statement.clause, recount, project.agreements[row["licensee"]])
        else:
            sql = None if statement.model is None else recount_sql(statement.model, recount)
        if sql is not None:
            found.append({"reading": measure["reading"], "sql": sql})
    return found


def in_words(explained: Mapping[str, Any]) -> Iterator[str]:
    """What `explain` found, line by line, for people."""
    if "expectation" in explained:
        yield explained["expectation"]
        for result in explained["results"]:
            met = "met" if result["is_met"] else f"not met for {result['unexpected']:,} of {result['rows']:,} rows"
            yield f"  {result['licensee']} {result['period']}: {met}"
        return
    finding, clause = explained["finding"], explained["clause"]
    yield f"{finding['id']}  {finding['licensee']} {finding['period']}  {finding['severity']}  {finding['verdict']}"
    yield finding["sentence"]
    if clause is not None:
        yield ""
        yield f"clause    {clause['clause']}  {clause['cites'] or 'a rule of the register'}"
        yield f"words     {clause['says']}"
        yield f"terms     {clause['terms']}"
        if clause["version"] is not None:
            until = clause["in_force_until"] or "further notice"
            yield f"version   {clause['version']}, in force from {clause['in_force_from']} until {until}"
            yield f"          SHA-256 {clause['version_sha256']}"
    yield ""
    yield f"readings  exceeded under {finding['readings_exceeded']} of {finding['readings']}"
    for measure, decided in zip(explained["measures"], explained["decided"], strict=True):
        yield f"  {decided}"
        yield f"    {_numbers(measure)}"
    yield from _windows(finding)
    yield ""
    yield "first requests"
    for witness in finding["evidence"]:
        place = f"{witness['file']}:{witness['position']}"
        yield f"  {to_text(to_us(witness['received_at']))}  {place}  {witness['request_id'] or 'no id'}"
    for one in explained["sql"]:
        yield ""
        yield f"to count it again ({one['reading']}), over the table request:"
        yield from (f"  {line}" for line in one["sql"].splitlines())


def _numbers(measure: Row) -> str:
    shown = ("counted", "unknown", "used", "max", "limit", "peak", "windows_over", "requests_over", "served_over")
    return ", ".join(f"{name} {measure[name]:,}" for name in shown if measure[name] is not None)


def _windows(finding: Row, *, most: int = 5) -> Iterator[str]:
    windows = finding["windows"]
    if windows:
        yield ""
        yield f"windows   {len(windows):,} over, the first {min(most, len(windows))}:"
    for one in windows[:most]:
        start, end = (to_text(to_us(one[name])) for name in ("start_at", "end_at"))
        yield f"  {one['reading']}: {start} to {end}, used {one['used']:,}, {one['over']:,} over"
