"""All clauses of all versions that bind a licensee in a period, each judged; and what is over as findings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tallystick.agreements.load import Binding
from tallystick.agreements.model import AS_WRITTEN, AnyClause, LimitClause, UseCaseClause
from tallystick.clauses.limit import measure_limit
from tallystick.clauses.result import EXCEEDED, NOT_CHECKED, NOT_DECIDED, Measure, verdict_of
from tallystick.clauses.standing import (
    AGREEMENT_IN_FORCE,
    REGISTERED_APP,
    SAYS,
    measure_agreement_in_force,
    measure_registered_app,
    requests_in,
)
from tallystick.clauses.usage_reader import UsageReader
from tallystick.clauses.use_case import measure_use_case
from tallystick.period import Period
from tallystick.register.model import Licensee

WITHIN, OUTSIDE, UNABLE = "within terms", "outside terms", "unable to conclude"
Conclusion = Literal["within terms", "outside terms", "unable to conclude"]


@dataclass(frozen=True, kw_only=True)
class JudgedClause:
    """One clause of one version (or a standing rule, with no version), with its measures."""

    version: str | None
    clause: str
    cites: str | None
    says: str
    kind: str
    severity: str
    terms: str
    readings: int
    measures: tuple[Measure, ...]
    checked: bool = True

    @property
    def readings_exceeded(self) -> int:
        """Under how many readings it is exceeded for some key."""
        return len({measure.reading for measure in self.measures if measure.verdict == EXCEEDED})

    @property
    def verdict(self) -> str:
        """Exceeded if it is so under any reading; the report always says under how many."""
        return verdict_of([measure.verdict for measure in self.measures]) if self.checked else NOT_CHECKED

    def keys_found(self) -> list[str | None]:
        """The keys for which there is a finding, in order."""
        listed = {measure.key for measure in self.measures if measure.verdict in (EXCEEDED, NOT_DECIDED)}
        return sorted(listed, key=lambda key: (key is None, key or ""))


def judge(
    reader: UsageReader, licensee: Licensee, bindings: Sequence[Binding], period: Period
) -> tuple[JudgedClause, ...]:
    """Every clause of every version that judges some of the period, in order, then the two standing rules."""
    judged = []
    for binding in bindings:
        span = binding.within(period)
        if span is not None:
            in_period, _ = requests_in(reader, span)
            judged.extend(_judge_clause(reader, licensee, binding, clause, span, in_period) for clause in binding.version.clauses)
    judged.append(_standing(AGREEMENT_IN_FORCE, (measure_agreement_in_force(reader, licensee, bindings, period),)))
    judged.append(_standing(REGISTERED_APP, tuple(measure_registered_app(reader, licensee, period))))
    return tuple(judged)


def conclude(judged: Sequence[JudgedClause]) -> Conclusion:
    """Outside terms if some clause is exceeded under every reading; unable if it depends on a reading or on what is missing.

    Without an agreement in force there are no terms to be within or outside of.
    """
    decisive = [one for one in judged if one.clause != AGREEMENT_IN_FORCE]
    if any(one.verdict == EXCEEDED and one.readings_exceeded == one.readings for one in decisive):
        return OUTSIDE
    open_questions = any(one.verdict in (EXCEEDED, NOT_DECIDED) for one in judged)
    return UNABLE if open_questions else WITHIN


def finding_id(licensee: str, period: str, version: str | None, clause: str, key: str | None) -> str:
    """A finding's stable name."""
    return "f-" + hashlib.sha256(repr((licensee, period, version, clause, key)).encode()).hexdigest()[:12]


def _judge_clause(
    reader: UsageReader, licensee: Licensee, binding: Binding, clause: AnyClause, span: Period, in_period: int
) -> JudgedClause:
    measures: list[Measure] = []
    checked, readings, terms = True, 1, "no automatic check exists"
    if isinstance(clause, LimitClause):
        measures = measure_limit(reader, clause, span, binding.version.zone, in_period)
        readings, terms = 1 + len(clause.readings), limit_in_words(clause)
    elif isinstance(clause, UseCaseClause):
        measures = measure_use_case(reader, licensee, span, in_period)
        terms = "no request by an app whose use case is not approved at the time"
    else:
        checked = False
        measures = [
            Measure(
                reading=AS_WRITTEN,
                key=None,
                in_period=in_period,
                counted=0,
                unknown=0,
                used=0,
                verdict=NOT_CHECKED,
                missing="no automatic check exists for this clause",
                decided_from="nothing",
            )
        ]
    return JudgedClause(
        version=binding.version.version,
        clause=clause.id,
        cites=clause.cites,
        says=clause.says,
        kind=clause.kind,
        severity=clause.severity,
        terms=terms,
        readings=readings,
        measures=tuple(measures),
        checked=checked,
    )


def _standing(clause: str, measures: tuple[Measure, ...]) -> JudgedClause:
    return JudgedClause(
        version=None,
        clause=clause,
        cites=None,
        says=SAYS[clause],
        kind="register",
        severity="major",
        terms="none outside",
        readings=1,
        measures=measures,
    )


def limit_in_words(clause: LimitClause) -> str:
    """A limit's numbers in words: at most 250,000 requests per licensee in a calendar year (P1Y)."""
    limit = clause.limit_as(None)
    of = limit.of.replace("_", " ")
    tolerance = f", tolerance {limit.limit - limit.max:,}" if limit.limit != limit.max else ""
    article = "any" if limit.window == "sliding" else "a" if limit.length.unit else "each calendar window of"
    return f"at most {limit.max:,} {of} per {limit.per} in {article} {limit.length.words} ({limit.length.text}{tolerance})"


