"""What a report asks of whom, and by when: each ask follows from findings, from money that is open, or from a gap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.agreements.version import ResponseDays
from tallystick.clauses.statement import REGISTERED_APP

Row = Mapping[str, Any]

LICENSEE, PROVIDER = "licensee", "provider"
SHARED_USE_CASE = "use case: "


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One thing that is asked; `values` are its numbers and names."""

    of: str
    what: str
    values: Mapping[str, Any]
    findings: Sequence[Row] = ()


def asks(
    findings: Sequence[Row],
    clauses: Sequence[Row],
    exposures: Sequence[Row],
    completeness: Row,
    response_days: ResponseDays | None,
) -> list[dict[str, Any]]:
    """The report's `asks`, the licensee's first, from the parts of the document that they follow from.

    What is asked of the licensee is due when the agreement says that an answer is; the agreement names no day for what
    is asked of the provider.
    """
    listed = [*_of_licensee(findings, exposures), *_of_provider(findings, clauses, completeness)]
    return [_as_dict(number, ask, response_days) for number, ask in enumerate(listed, start=1)]


def _of_licensee(findings: Sequence[Row], exposures: Sequence[Row]) -> Iterator[Ask]:
    unanswered = [finding for finding in findings if finding["response"] is None]
    if unanswered:
        yield Ask(of=LICENSEE, what="respond", values={"findings": len(unanswered)}, findings=unanswered)
    exceeded = [finding for finding in findings if finding["verdict"] == "exceeded"]
    for exposure in exposures:
        fees = [one for one in exceeded if (one.get("money") or {}).get("currency") == exposure["currency"]]
        if fees:
            values = {name: exposure[name] for name in ("currency", "low", "high", "at_least")}
            yield Ask(of=LICENSEE, what="pay", values=values, findings=fees)
    for what, named, about in (
        ("approve_use_case", "apps", [one for one in exceeded if _is_unapproved(one)]),
        ("register_app", "apps", [one for one in exceeded if _is_off_the_register(one)]),
        ("identify_calls", "apps", [one for one in exceeded if one["kind"] == "identification"]),
        ("retire_credential", "credentials", [one for one in exceeded if _is_revoked(one)]),
    ):
        if about:
            yield Ask(of=LICENSEE, what=what, values={named: _keys(about)}, findings=about)


def _of_provider(findings: Sequence[Row], clauses: Sequence[Row], completeness: Row) -> Iterator[Ask]:
    gaps = completeness["gaps"]
    missing = sum(source["missing"] for source in completeness["sources"])
    if missing:
        values: dict[str, Any] = {
            "missing": missing,
            "runs": len(gaps),
            "sources": sorted({gap["source"] for gap in gaps}),
        }
        yield Ask(of=PROVIDER, what="supply_logs", values=values)
    if completeness["refused_files"]:
        yield Ask(of=PROVIDER, what="supply_readable_files", values={"files": len(completeness["refused_files"])})
    if completeness["unattributed"]:
        yield Ask(of=PROVIDER, what="name_callers", values={"requests": completeness["unattributed"]})
    fees = [
        one for one in findings if "money" in one and one["verdict"] == "not decided" and one["money"]["paid"] is None
    ]
    months = [one for one in fees if one["key"] != "total"]
    if months:
        yield Ask(of=PROVIDER, what="state_payments", values={"months": _keys(months)}, findings=fees)
    lacking = _without_amounts(clauses)
    open_ones = [one for one in findings if one["verdict"] == "not decided"]
    unsaid = [one for one in open_ones if one["key"] is None or (one["version"], one["clause"], one["key"]) in lacking]
    if unsaid:
        yield Ask(of=PROVIDER, what="supply_amounts", values={"findings": len(unsaid)}, findings=unsaid)


def _without_amounts(clauses: Sequence[Row]) -> set[tuple[str | None, str, str | None]]:
    """Version, clause and key of which requests do not say how much they are, or what else they are judged by."""
    return {
        (clause["version"], clause["clause"], measure["key"])
        for clause in clauses
        for measure in clause["measures"]
        if measure["unknown"]
    }


def _is_unapproved(finding: Row) -> bool:
    return bool(finding["kind"] == "use_case" and not str(finding["key"]).startswith(SHARED_USE_CASE))


def _is_off_the_register(finding: Row) -> bool:
    is_of_apps = finding["kind"] == "term" and finding["condition"] and finding["condition"]["per"] == "app"
    return bool(finding["clause"] == REGISTERED_APP and finding["version"] is None) or bool(is_of_apps)


def _is_revoked(finding: Row) -> bool:
    return bool(finding["kind"] == "term" and finding["condition"] and finding["condition"]["per"] == "credential")


def _keys(findings: Iterable[Row]) -> list[str]:
    return sorted({finding["key"] for finding in findings if finding["key"] is not None})


def _as_dict(number: int, ask: Ask, response_days: ResponseDays | None) -> dict[str, Any]:
    due = response_days if ask.of == LICENSEE else None
    return {
        "number": number,
        "of": ask.of,
        "what": ask.what,
        "values": dict(ask.values),
        "clauses": sorted({finding["clause"] for finding in ask.findings}),
        "findings": [finding["id"] for finding in ask.findings],
        "within_days": None if due is None else due.days,
        "cites": None if due is None else due.cites,
    }
