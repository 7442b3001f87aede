"""A version and its clauses as values and as words, for commands that show, compare or hand on agreements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tallystick.agreements.limit import Counts, LimitClause
from tallystick.agreements.load import Binding
from tallystick.agreements.version import AnyClause
from tallystick.clauses.kinds import KINDS
from tallystick.clauses.limit_words import terms_of
from tallystick.period import to_text
from tallystick.runtime.log import printable


def counted(counts: Counts | None) -> str:
    """Which requests a clause counts, in words."""
    said = counts or Counts()
    parts = [
        f"{name} {', '.join(map(str, values))}"
        for name, values in (("routes", said.routes), ("methods", said.methods), ("statuses", said.statuses))
        if values is not None
    ]
    if said.without:
        parts.append(f"not those answered with {', '.join(map(str, said.without))}")
    return "; ".join(parts) or "every request"


def clause_as_dict(clause: AnyClause) -> dict[str, Any]:
    """A clause as `--json` gives it: its words, its terms in words, its readings."""
    said: dict[str, Any] = {
        "id": clause.id,
        "cites": clause.cites,
        "says": clause.says,
        "kind": clause.kind,
        "severity": clause.severity,
        "terms": KINDS[clause.kind].terms(clause),
    }
    if hasattr(clause, "counts"):
        said["counts"] = counted(clause.counts)
    said["readings"] = _readings(clause) if isinstance(clause, LimitClause) else []
    return said


def _readings(clause: LimitClause) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "says": one.says,
            "terms": terms_of(clause.limit_as(one)),
            "counts": counted(clause.counts if one.counts is None else one.counts),
        }
        for one in clause.readings
    ]


def version_as_dict(binding: Binding) -> dict[str, Any]:
    """A version as `--json` gives it: when it is in force, by the digest of which file, and its clauses."""
    version = binding.version
    return {
        "version": version.version,
        "title": version.title,
        "amends": version.amends,
        "in_force_from": to_text(binding.from_us),
        "in_force_until": None if binding.until_us is None else to_text(binding.until_us),
        "time_zone": version.time_zone,
        "sha256": binding.sha256,
        "response_days": None if version.response_days is None else version.response_days.model_dump(),
        "clauses": [clause_as_dict(clause) for clause in version.clauses],
    }


def version_in_words(said: dict[str, Any]) -> Iterator[str]:
    """The same, line by line, for a terminal."""
    amends = f", amends {said['amends']}" if said["amends"] else ""
    lines = [
        f"{said['title']}, version {said['version']}{amends}",
        f"  in force from {said['in_force_from']} until {said['in_force_until'] or 'further notice'}",
        f"  dates are read in {said['time_zone']}; SHA-256 {said['sha256']}",
    ]
    if said["response_days"]:
        lines.append(
            f"  an answer is asked for in {said['response_days']['days']} days, {said['response_days']['cites']}"
        )
    for clause in said["clauses"]:
        lines += [
            "",
            f"  {clause['id']}  {clause['cites']}  {clause['kind']}, {clause['severity']}",
            f"    “{clause['says']}”",
            f"    {clause['terms']}",
        ]
        if "counts" in clause:
            lines.append(f"    counts: {clause['counts']}")
        for reading in clause["readings"]:
            lines.append(f"    or {reading['id']}: “{reading['says']}”")
            lines.append(f"       {reading['terms']}")
            if reading["counts"] != clause["counts"]:
                lines.append(f"       counts: {reading['counts']}")
    yield from map(printable, lines)
