"""What is to be judged: every clause of every version that binds in a period, and the two rules that always hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.agreements.limit import LimitClause
from tallystick.agreements.load import Binding
from tallystick.agreements.version import AnyClause
from tallystick.clauses.kinds import KINDS
from tallystick.period import Period

AGREEMENT_IN_FORCE = "agreement-in-force"
REGISTERED_APP = "registered-app"
STANDING = {
    AGREEMENT_IN_FORCE: "A version of the agreement is in force when a request is made.",
    REGISTERED_APP: "The app that makes a request is on the register when it is made.",
}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One clause of one version, or a standing rule, which has no version, no paragraph and no model."""

    version: str | None
    clause: str
    cites: str | None
    says: str
    kind: str
    severity: str
    readings: int
    terms: str
    model: AnyClause | None = None


def statements(bindings: Sequence[Binding], period: Period) -> list[Statement]:
    """All of them, version by version in the order of the files, the standing rules last."""
    stated = [
        Statement(
            version=binding.version.version,
            clause=clause.id,
            cites=clause.cites,
            says=clause.says,
            kind=clause.kind,
            severity=clause.severity,
            readings=1 + len(clause.readings) if isinstance(clause, LimitClause) else 1,
            terms=KINDS[clause.kind].terms(clause),
            model=clause,
        )
        for binding in bindings
        if binding.within(period) is not None
        for clause in binding.version.clauses
    ]
    standing = [
        Statement(
            version=None,
            clause=rule,
            cites=None,
            says=says,
            kind="register",
            severity="major",
            readings=1,
            terms="no request outside",
        )
        for rule, says in STANDING.items()
    ]
    return [*stated, *standing]
