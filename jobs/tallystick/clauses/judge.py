"""All clauses of all versions that bind a licensee in a period, each judged; what is over becomes a finding."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.agreements.load import Binding
from tallystick.clauses.judging import Judging
from tallystick.clauses.kinds import KINDS
from tallystick.clauses.result import EXCEEDED, NOT_DECIDED, Measure
from tallystick.clauses.standing import measure_agreement_in_force, measure_registered_app, requests_in
from tallystick.clauses.statement import AGREEMENT_IN_FORCE, Statement, statements
from tallystick.clauses.usage_reader import UsageReader
from tallystick.period import Period
from tallystick.register.model import Licensee


@dataclass(frozen=True, kw_only=True)
class JudgedClause:
    """A statement with the measures of its readings and keys."""

    statement: Statement
    measures: tuple[Measure, ...]

    def keys_found(self) -> list[str | None]:
        """The keys for which there is a finding, in order."""
        listed = {measure.key for measure in self.measures if measure.verdict in (EXCEEDED, NOT_DECIDED)}
        return sorted(listed, key=lambda key: (key is None, key or ""))


def judge(
    reader: UsageReader, licensee: Licensee, bindings: Sequence[Binding], period: Period
) -> tuple[JudgedClause, ...]:
    """Every statement that binds the licensee in the period, in order."""
    spans = {
        binding.version.version: (binding, span) for binding in bindings if (span := binding.within(period)) is not None
    }
    in_period = {version: requests_in(reader, span)[0] for version, (_, span) in spans.items()}
    judged = []
    for statement in statements(bindings, period):
        if statement.clause == AGREEMENT_IN_FORCE and statement.version is None:
            measures = [measure_agreement_in_force(reader, licensee, bindings, period)]
        elif statement.version is None:
            measures = measure_registered_app(reader, licensee, period)
        else:
            binding, span = spans[statement.version]
            judging = Judging(
                reader=reader,
                licensee=licensee,
                binding=binding,
                span=span,
                in_period=in_period[statement.version],
            )
            measures = KINDS[statement.kind].measure(judging, statement.model)
        judged.append(JudgedClause(statement=statement, measures=tuple(measures)))
    return tuple(judged)


def finding_id(licensee: str, period: str, version: str | None, clause: str, key: str | None) -> str:
    """A finding's stable name."""
    return "f-" + hashlib.sha256(repr((licensee, period, version, clause, key)).encode()).hexdigest()[:12]
