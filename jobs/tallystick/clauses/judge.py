"""All clauses of all versions that bind a licensee in a period, each judged; what is over becomes a finding."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.limit import Limit
from tallystick.agreements.load import Binding
from tallystick.clauses.judging import Judging
from tallystick.clauses.kinds import KINDS
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_CHECKED, NOT_DECIDED, Measure
from tallystick.clauses.standing import measure_agreement_in_force, measure_registered_app, requests_in
from tallystick.clauses.statement import AGREEMENT_IN_FORCE, Statement, statements
from tallystick.clauses.usage_reader import UsageReader
from tallystick.period import Period
from tallystick.register.model import Licensee
from tallystick.tables.usage_app_slot import USAGE_APP_SLOT
from tallystick.tally.summary import Summary, readings_of, summaries_of


@dataclass(frozen=True, kw_only=True)
class JudgedClause:
    """A statement with the measures of its readings and keys."""

    statement: Statement
    measures: tuple[Measure, ...]

    @property
    def verdict(self) -> str:
        """The gravest verdict of any reading and key."""
        said = {measure.verdict for measure in self.measures}
        return next((one for one in (EXCEEDED, NOT_DECIDED, NOT_CHECKED) if one in said), KEPT)

    @property
    def readings_exceeded(self) -> int:
        """Under how many readings it is exceeded for some key."""
        return len({measure.reading for measure in self.measures if measure.verdict == EXCEEDED})

    def keys_found(self) -> list[str | None]:
        """The keys for which there is a finding, in order."""
        listed = {measure.key for measure in self.measures if measure.verdict in (EXCEEDED, NOT_DECIDED)}
        return sorted(listed, key=lambda key: (key is None, key or ""))


def judge(
    reader: UsageReader,
    licensee: Licensee,
    bindings: Sequence[Binding],
    period: Period,
    *,
    clause: str | None = None,
) -> tuple[JudgedClause, ...]:
    """Every statement that binds the licensee in the period, in order; with `clause` only those of that id.

    Each has at least one measure for each of its readings: where no request is in scope, one that counted none.
    """
    spans = {
        binding.version.version: (binding, span) for binding in bindings if (span := binding.within(period)) is not None
    }
    in_period = {version: requests_in(reader, span)[0] for version, (_, span) in spans.items()}
    judged = []
    for statement in statements(bindings, period):
        if clause is not None and statement.clause != clause:
            continue
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
        total = in_period[statement.version] if statement.version is not None else 0
        nothing = _of_nothing(statement, measures, total, reader)
        judged.append(JudgedClause(statement=statement, measures=(*measures, *nothing)))
    return tuple(judged)


def _of_nothing(
    statement: Statement, measures: Sequence[Measure], in_period: int, reader: UsageReader
) -> list[Measure]:
    """A measure for each reading that has none, because no request is in its scope."""
    limits: dict[str, Limit | None] = {}
    asked: list[Summary] = []
    if statement.model is not None:
        limits.update(readings_of(statement.model))
        asked = summaries_of(statement.model)
    table = asked[0].table.name if asked else USAGE_APP_SLOT.name
    measured = {measure.reading for measure in measures}
    return [
        Measure(
            reading=reading,
            key=None,
            in_period=in_period,
            counted=0,
            unknown=0,
            used=0,
            max=limit.max if limit else None,
            limit=limit.limit if limit else None,
            verdict=KEPT,
            decided_from="request" if reader.only_raw else table,
        )
        for reading, limit in (limits or {AS_WRITTEN: None}).items()
        if reading not in measured
    ]


def finding_id(licensee: str, period: str, version: str | None, clause: str, key: str | None) -> str:
    """A finding's stable name; anybody can make it, so `key` is one in which addresses are pseudonyms."""
    return "f-" + hashlib.sha256(repr((licensee, period, version, clause, key)).encode()).hexdigest()[:12]
