"""The report of one licensee and period as one document of integers and text; every rendering is made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tallystick.addresses import Shown, as_logged
from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.load import Binding
from tallystick.clauses.statement import AGREEMENT_IN_FORCE, Statement, statements
from tallystick.period import Period, to_text, to_us
from tallystick.register.model import Licensee
from tallystick.report.asks import asks
from tallystick.report.causes import CredentialShare
from tallystick.report.completeness import not_seen
from tallystick.report.earlier import ByClauseAndKey
from tallystick.report.exposures import exposures
from tallystick.report.findings import Judged
from tallystick.report.money import money_stated
from tallystick.tables.measure import VERDICTS
from tallystick.tally.summary import readings_of

SCHEMA = "tallystick/report/2"

WITHIN, OUTSIDE, UNABLE = "within terms", "outside terms", "unable to conclude"

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """All that a report says, as the stages left it."""

    provider: str
    licensee: Licensee
    bindings: tuple[Binding, ...]
    period: Period
    time_zone: str
    measures: Sequence[Row]
    findings: Sequence[Row]
    consumption: Mapping[str, Any]
    reconciliation: Mapping[str, int]
    completeness: Mapping[str, Any]
    files: Sequence[Row]
    checks: Mapping[str, int]
    requests_by_version: Mapping[str, int]
    earlier: ByClauseAndKey = field(default_factory=dict)
    shares: Mapping[str, CredentialShare] = field(default_factory=dict)
    shown: Shown = as_logged


def document(audit: Audit) -> dict[str, Any]:
    """The report as the schema has it; integers, text, lists and mappings only."""
    clauses = _clauses(audit)
    conclusion, reasons = concluded(clauses)
    findings = _findings(audit)
    open_money = exposures(audit.measures)
    in_force = [binding for binding in audit.bindings if binding.within(audit.period)]
    due = in_force[-1].version.response_days if in_force else None
    return {
        "schema": SCHEMA,
        "provider": {"name": audit.provider},
        "licensee": {"id": audit.licensee.licensee, "name": audit.licensee.name},
        "period": {
            "text": audit.period.text,
            "start": to_text(audit.period.start_us),
            "end": to_text(audit.period.end_us),
            "time_zone": audit.time_zone,
        },
        "conclusion": conclusion,
        "reasons": reasons,
        "summary": _summary(audit, clauses),
        "exposures": open_money,
        "asks": asks(findings, clauses, open_money, audit.completeness, due),
        "agreements": [_agreement(audit, binding) for binding in in_force],
        "clauses": clauses,
        "findings": findings,
        "consumption": dict(audit.consumption),
        "reconciliation": dict(audit.reconciliation),
        "completeness": dict(audit.completeness),
        "files": [dict(row) for row in audit.files],
        "not_seen": not_seen(audit.completeness, audit.reconciliation, audit.consumption),
        "checks": dict(audit.checks),
    }


def _summary(audit: Audit, clauses: Sequence[Row]) -> dict[str, Any]:
    apps = audit.consumption["apps"]
    verdicts = [clause["verdict"] for clause in clauses]
    return {
        "requests": sum(app["requests"] for app in apps),
        "records": _total(app["records"] for app in apps),
        "response_bytes": _total(app["response_bytes"] for app in apps),
        "throttled": sum(app["throttled"] for app in apps),
        "errors": sum(app["errors"] for app in apps),
        "apps": len(apps),
        "credentials": audit.consumption["credentials"],
        "clauses": len(clauses),
        **{f"clauses_{verdict.replace(' ', '_')}": verdicts.count(verdict) for verdict in VERDICTS},
        "findings": len(audit.findings),
    }


def _total(amounts: Any) -> dict[str, int]:
    listed = list(amounts)
    return {name: sum(amount[name] for amount in listed) for name in ("sum", "known", "unknown")}


def _agreement(audit: Audit, binding: Binding) -> dict[str, Any]:
    version = binding.version
    return {
        "version": version.version,
        "title": version.title,
        "in_force_from": to_text(binding.from_us),
        "in_force_until": None if binding.until_us is None else to_text(binding.until_us),
        "time_zone": version.time_zone,
        "sha256": binding.sha256,
        "clauses": len(version.clauses),
        "requests": audit.requests_by_version[version.version],
    }


def _clauses(audit: Audit) -> list[dict[str, Any]]:
    return [_clause(audit, statement) for statement in statements(audit.bindings, audit.period)]


def _clause(audit: Audit, statement: Statement) -> dict[str, Any]:
    def mine(rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if (row["version"], row["clause"]) == (statement.version, statement.clause)]

    measures = sorted(
        mine(audit.measures),
        key=lambda row: (row["reading"] != AS_WRITTEN, row["reading"], audit.shown(row["key"] or "")),
    )
    verdicts = {row["verdict"] for row in measures}
    verdict = next((one for one in ("exceeded", "not decided", "not checked") if one in verdicts), "kept")
    counted = sum(row["counted"] for row in measures if row["reading"] == AS_WRITTEN)
    requests = sum(app["requests"] for app in audit.consumption["apps"])
    in_period = requests if statement.version is None else audit.requests_by_version[statement.version]
    return {
        "version": statement.version,
        "clause": statement.clause,
        "cites": statement.cites,
        "says": statement.says,
        "kind": statement.kind,
        "severity": statement.severity,
        "verdict": verdict,
        "readings": statement.readings,
        "readings_exceeded": len({row["reading"] for row in measures if row["verdict"] == "exceeded"}),
        "decided_from": sorted({row["decided_from"] for row in measures}),
        "rows_read": sum(row["rows_read"] for row in measures),
        "missing": next((row["missing"] for row in measures if row["missing"]), None),
        "in_period": in_period,
        "counted": counted,
        "out_of_scope": in_period - counted,
        "terms": statement.terms,
        "limits": _limits(statement),
        "findings": [row["id"] for row in _in_order(mine(audit.findings), audit.shown)],
        "measures": [_measure(row) for row in measures],
    }


def _limits(statement: Statement) -> list[dict[str, Any]]:
    """What each reading of a limit permits; nothing for other kinds of clause."""
    if statement.model is None:
        return []
    return [
        {
            "reading": reading,
            "of": limit.of,
            "per": limit.per,
            "window": limit.window,
            "within": limit.length.text,
            "max": limit.max,
            "limit": limit.limit,
        }
        for reading, limit in readings_of(statement.model)
    ]


MEASURED = ("reading", "key", "counted", "unknown", "used", "max", "limit", "peak", "windows_over", "requests_over")


def _measure(row: Row) -> dict[str, Any]:
    said = {name: row[name] for name in (*MEASURED, "served_over", "verdict", "missing")}
    return said | {"peak_at": _instant(row["peak_at"]), **money_stated(row)}


def _findings(audit: Audit) -> list[dict[str, Any]]:
    judged = Judged(
        licensee=audit.licensee,
        bindings=audit.bindings,
        period=audit.period,
        time_zone=audit.time_zone,
        measures=audit.measures,
        earlier=audit.earlier,
        shares=audit.shares,
        shown=audit.shown,
    )
    return [judged.told(row) for row in _in_order(audit.findings, audit.shown)]


def _in_order(findings: Sequence[Row], shown: Shown) -> list[Row]:
    """Findings by weight: severity, verdict, then requests; ties by version, clause and key, as that is shown."""
    weight = ("critical", "major", "minor", "info")

    def rank(row: Row) -> tuple[Any, ...]:
        place = (weight.index(row["severity"]), row["verdict"] != "exceeded", -row["requests"])
        return (*place, row["version"] or "", row["clause"], shown(row["key"] or ""))

    return sorted(findings, key=rank)


def concluded(clauses: Sequence[Row]) -> tuple[str, list[str]]:
    """Outside terms if a clause is exceeded under every reading; unable if a reading or missing data decides.

    Without an agreement in force there are no terms to be outside of. The reasons are sentences.
    """
    exceeded = [one for one in clauses if one["verdict"] == "exceeded"]
    always = [
        one for one in exceeded if one["readings_exceeded"] == one["readings"] and one["clause"] != AGREEMENT_IN_FORCE
    ]
    undecided = [one for one in clauses if one["verdict"] == "not decided"]
    reasons = [_reason(one) for one in [*always, *(one for one in exceeded if one not in always), *undecided]]
    unchecked = sum(one["verdict"] == "not checked" for one in clauses)
    if unchecked:
        have = "clause has" if unchecked == 1 else "clauses have"
        reasons.append(f"{unchecked} {have} no automatic check, listed as not checked.")
    if always:
        return OUTSIDE, reasons
    if exceeded or undecided:
        return UNABLE, reasons
    return WITHIN, ["Every clause that can be checked is kept under every reading.", *reasons]


def _reason(clause: Row) -> str:
    name = f"{clause['cites']} ({clause['version']})" if clause["cites"] else clause["says"].rstrip(".")
    if clause["verdict"] == "not decided":
        return f"{name}: not decided, {clause['missing']}."
    readings = f"{clause['readings_exceeded']} of {clause['readings']} readings"
    under = "every reading" if clause["readings_exceeded"] == clause["readings"] else readings
    findings = len(clause["findings"])
    return f"{name}: exceeded under {under}, {findings} finding{'' if findings == 1 else 's'}."


def _instant(value: Any) -> str | None:
    return None if value is None else to_text(to_us(value))
