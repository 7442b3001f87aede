"""Stage audit: every clause of a licensee's agreement over a period, into measures and findings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tallystick.addresses import Shown
from tallystick.clauses.fee import TOTAL
from tallystick.clauses.judge import JudgedClause, finding_id, judge
from tallystick.clauses.money import Money
from tallystick.clauses.result import Measure
from tallystick.clauses.sentence import sentence_of
from tallystick.clauses.usage_reader import UsageReader
from tallystick.duck import exact_sums
from tallystick.errors import FindingsError, NoDataError, NotTalliedError
from tallystick.period import to_instant
from tallystick.report.callers import name_of
from tallystick.runtime.progress import track
from tallystick.runtime.record import recorded
from tallystick.stages.audited import Audited, open_usage
from tallystick.stages.digesting import pseudonyms, shown
from tallystick.stages.plan import plan_refine, plan_tally
from tallystick.stages.project import Project, StageResult
from tallystick.storage.delta import arrow_schema
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.finding import FINDING, SEVERITIES
from tallystick.tables.measure import MEASURE
from tallystick.tables.source_file import SOURCE_FILE
from tallystick.tally.summary import asked_by, summaries


def audit(project: Project, *, licensee: str | None, period: str, fail_on: str | None = None) -> StageResult:
    """Judge one licensee, or all, over one period, and replace their measures and findings.

    Raises NoDataError for a period without a counted day, NotTalliedError when a stage before has work to do, and
    FindingsError for findings at or over the severity `fail_on`, after they are written.
    """
    with project.lake.writing(), recorded(project.lake, "audit", licensee=licensee, period=period) as note:
        snapshot = Snapshot(project.lake)
        wanted = [Audited.of(project, snapshot, one, period) for one in project.licensees(licensee)]
        refuse_untallied(project, snapshot, wanted)
        stale = [one for one in wanted if not one.is_done(snapshot)]
        measures, findings = _judge_all(project, snapshot, stale)
        if stale:
            replace = [one.partition for one in stale]
            note["outputs"][FINDING.name] = project.lake.write(FINDING, findings, replace=replace)
            note["outputs"][MEASURE.name] = project.lake.write(MEASURE, measures, replace=replace)
        note["inputs"] = snapshot.versions
        after = Snapshot(project.lake)
        theirs = {"licensee": [one.licensee.licensee for one in wanted], "period": [wanted[0].period.text]}
        rows, measured = (after.read(table, theirs).to_pylist() for table in (FINDING, MEASURE))
        note["totals"] = {"licensees": len(wanted), "judged": len(stale), "findings": len(rows)} | _read(measured)
    files = snapshot.rows(SOURCE_FILE)
    listed = [_listed(row, name_of(shown(project, files, row["licensee"], row["period"]))) for row in rows]
    if fail_on is not None:
        _fail_on(listed, fail_on, period)
    sentence = (
        f"{len(stale)} of {len(wanted)} licensees judged, {len(rows)} findings; {note['totals']['without_raw']} of "
        f"{note['totals']['measures']} measures from small tables, {note['totals']['rows_read']:,} requests read"
    )
    return StageResult(
        stage="audit",
        changed=bool(stale),
        sentence=sentence if stale else f"nothing new: {sentence}",
        totals={**note["totals"], "listed": listed},
    )


def _read(measures: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many measures there are, how many of them no request was read for, and how many requests for the others."""
    rows = [row["rows_read"] for row in measures]
    return {"measures": len(rows), "without_raw": rows.count(0), "rows_read": sum(rows)}


def _listed(row: Mapping[str, Any], named: Shown) -> dict[str, str]:
    """A finding as the command line lists it; `tallystick explain` takes the id."""
    said = {name: row[name] for name in ("id", "licensee", "severity", "verdict")}
    return said | {"sentence": named(row["sentence"])}


def _judge_all(project: Project, snapshot: Snapshot, stale: Sequence[Audited]) -> tuple[pa.Table, pa.Table]:
    measures: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    if stale:
        days = sorted({day for one in stale for day in one.days})
        connection, relation = open_usage(project, snapshot, days, [one.licensee.licensee for one in stale])
        with track("audit: licensees", len(stale)) as say:
            for done, one in enumerate(stale):
                reader = UsageReader(connection, relation, one.licensee.licensee)
                with exact_sums(f"the requests of {one.licensee.licensee} in {one.period.text}"):
                    judged = judge(reader, one.licensee, one.bindings, one.period)
                named = pseudonyms(project, snapshot.rows(SOURCE_FILE), one.licensee.licensee, one.period.text)
                for clause in judged:
                    measures.extend(_measure_row(one, clause, measure) for measure in clause.measures)
                    findings.extend(_finding_row(one, clause, key, named) for key in clause.keys_found())
                say(done + 1)
    return _rows(MEASURE, measures), _rows(FINDING, findings)


def refuse_untallied(project: Project, snapshot: Snapshot, wanted: Sequence[Audited]) -> None:
    """Raise NoDataError for a period without a counted day, NotTalliedError when a stage before has work to do."""
    days = {day for one in wanted for day in one.days}
    if not any(one.ledger for one in wanted):
        raise NoDataError(
            f"no day of {wanted[0].period.text} has been counted",
            where=str(project.settings.lake),
            next_step="tallystick ingest, refine and tally, or another --period",
        )
    asked = summaries(binding for bindings in project.agreements.values() for binding in bindings)
    theirs = asked_by(asked, [one.licensee.licensee for one in wanted])
    unrefined = [task for task in plan_refine(project, snapshot) if task.day.isoformat() in days]
    untallied = plan_tally(project, snapshot, theirs, days=days)
    for stage, tasks in (("refine", unrefined), ("tally", untallied)):
        if tasks:
            raise NotTalliedError(
                f"{len(tasks)} days of the period are to be built again first, the first is {tasks[0].day}",
                where=str(project.settings.lake),
                next_step=f"tallystick {stage}",
            )


def _measure_row(one: Audited, clause: JudgedClause, measure: Measure) -> dict[str, Any]:
    return {
        **one.partition,
        "version": clause.statement.version,
        "clause": clause.statement.clause,
        "kind": clause.statement.kind,
        "reading": measure.reading,
        "key": measure.key,
        "in_period": measure.in_period,
        "counted": measure.counted,
        "unknown": measure.unknown,
        "used": measure.used,
        "max": measure.max,
        "limit": measure.limit,
        "peak": measure.peak,
        "peak_at": _instant(measure.peak_us),
        "windows_over": len(measure.windows),
        "requests_over": measure.requests_over,
        "served_over": measure.served_over,
        "money": _money(measure.money),
        "verdict": measure.verdict,
        "missing": measure.missing,
        "decided_from": measure.decided_from,
        "rows_read": measure.rows_read,
        "built_from": one.built_from,
    }


def _requests(clause: JudgedClause, measure: Measure) -> int:
    """How many requests a finding is about: those that are over, where that is known; of a total those of its parts."""
    if measure.money is not None and measure.key == TOTAL:
        return sum(one.counted for one in clause.measures)
    return next(n for n in (measure.requests_over, measure.served_over, measure.counted) if n is not None)


def _money(money: Money | None) -> dict[str, Any] | None:
    if money is None:
        return None
    said = {name: getattr(money, name) for name in ("currency", "owed", "paid", "underpaid", "interest", "share")}
    return said | {
        "at_least": money.is_at_least,
        "clipped": money.is_clipped,
        "share_reached": money.is_share_reached,
    }


def _finding_row(one: Audited, clause: JudgedClause, key: str | None, named: Shown) -> dict[str, Any]:
    """A row of `finding`; its id is public, and a key that is an address could be guessed from it."""
    whose = key if key is None else named(key)
    mine = [measure for measure in clause.measures if measure.key == key]
    exceeded = [measure for measure in mine if measure.verdict == "exceeded"]
    first = (exceeded or mine)[0]
    windows = [
        {
            "reading": measure.reading,
            "start_at": _instant(over.start_us),
            "end_at": _instant(over.end_us),
            "used": over.used,
            "over": over.over,
            "crossed_at": _instant(over.crossed_us),
            "peak_at": _instant(over.peak_us),
            "requests_over": over.requests_over,
            "served_over": over.served_over,
            "clipped": over.is_clipped,
        }
        for measure in mine
        for over in measure.windows
    ]
    return {
        **one.partition,
        "id": finding_id(
            one.licensee.licensee, one.period.text, clause.statement.version, clause.statement.clause, whose
        ),
        "version": clause.statement.version,
        "clause": clause.statement.clause,
        "kind": clause.statement.kind,
        "key": key,
        "severity": clause.statement.severity,
        "verdict": "exceeded" if exceeded else "not decided",
        "readings": clause.statement.readings,
        "readings_exceeded": len({measure.reading for measure in exceeded}),
        "sentence": sentence_of(clause, first),
        "requests": _requests(clause, first),
        "windows": windows,
        "evidence": [
            {
                "source": witness.source,
                "file": one.file_names.get(witness.file_id, ""),
                "file_id": witness.file_id,
                "position": witness.position,
                "received_at": _instant(witness.received_us),
                "request_id": witness.request_id,
            }
            for witness in first.witnesses
        ],
    }


def _fail_on(rows: Sequence[Mapping[str, Any]], severity: str, period: str) -> None:
    floor = SEVERITIES.index(severity)
    over = [row for row in rows if SEVERITIES.index(row["severity"]) >= floor and row["verdict"] == "exceeded"]
    if over:
        raise FindingsError(
            f"{period}: {len(over)} findings at or over {severity}, first: {over[0]['sentence']}",
            next_step="tallystick publish writes the report",
        )


def _rows(table: Any, rows: Collection[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))


def _instant(us: int | None) -> Any:
    return None if us is None else to_instant(us)
