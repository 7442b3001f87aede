"""Judge without writing: one clause of the agreement, or the same usage by an agreement that is only proposed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tallystick.agreements.load import Binding
from tallystick.agreements.version import Version
from tallystick.clauses.fee import TOTAL
from tallystick.clauses.judge import JudgedClause, judge
from tallystick.clauses.money import amount_in_words
from tallystick.clauses.result import Measure
from tallystick.clauses.statement import STANDING, statements
from tallystick.clauses.usage_reader import UsageReader
from tallystick.commands.agreement_files import version_of
from tallystick.duck import exact_sums
from tallystick.errors import UsageError
from tallystick.period import to_text
from tallystick.stages.audit import refuse_untallied
from tallystick.stages.audited import Audited, open_usage
from tallystick.stages.project import Project
from tallystick.storage.snapshot import Snapshot
from tallystick.tally.summary import asked_by, summaries, summaries_of


def trial(
    project: Project, *, licensee: str | None, period: str, clause: str | None, as_if: Path | None
) -> tuple[Any, list[str]]:
    """What a clause, or a proposed agreement, comes to: as data, and as lines for people."""
    if as_if is None:
        measures = judge_one_clause(project, licensee=licensee, period=period, clause=str(clause))
        return measures, [_line(one) for one in measures]
    if licensee is None:
        raise UsageError("--as-if judges one licensee", next_step="name it with --licensee")
    result = judge_as_if(project, licensee=licensee, period=period, file=as_if, clause=clause)
    return result, result["changes"]


def judge_one_clause(project: Project, *, licensee: str | None, period: str, clause: str) -> list[dict[str, Any]]:
    """Every measure of the clause of that id, in each version that binds. Raises UsageError where no version has it."""
    with_it = []
    known: set[str] = set()
    for bench in _benches(project, licensee, period):
        stated = {statement.clause for statement in statements(bench.audited.bindings, bench.audited.period)}
        known |= stated
        if clause in stated:
            with_it += [
                _measured(bench.audited, judged, one)
                for judged in bench.judge(bench.audited.bindings, clause=clause)
                for one in judged.measures
            ]
    if clause not in known:
        raise UsageError(
            f"no version in force in {period} has a clause {clause!r}",
            next_step=f"take one of: {', '.join(sorted(known))}",
        )
    return with_it


def judge_as_if(
    project: Project, *, licensee: str, period: str, file: Path, clause: str | None = None
) -> dict[str, Any]:
    """The usage of a period by the agreement as it is, and as if `file` alone had been in force for all of it.

    Raises MissingInputError, BadConfigurationError for a file that is no version, UsageError for somebody else's.
    """
    stated = version_of(file)
    proposed = stated.version
    if proposed.licensee != licensee:
        raise UsageError(
            f"{file} is an agreement of {proposed.licensee!r}, not of {licensee!r}", next_step="name its own --licensee"
        )
    [bench] = _benches(project, licensee, period)
    binding = replace(stated, from_us=bench.audited.period.start_us, until_us=None)
    now = bench.judge(bench.audited.bindings, clause=clause)
    as_if = [one for name in _clauses(proposed, clause) for one in bench.judge([binding], clause=name)]
    return {
        "licensee": licensee,
        "period": period,
        "now": [_judged(one) for one in now],
        "as_if": [_judged(one) for one in as_if],
        "changes": list(_changes(now, as_if)),
    }


@dataclass(frozen=True, kw_only=True)
class _Bench:
    """One licensee's usage of a period, to be judged by any agreement."""

    audited: Audited
    small: UsageReader
    raw: UsageReader
    held: frozenset[str]

    def judge(self, bindings: Sequence[Binding], *, clause: str | None) -> tuple[JudgedClause, ...]:
        """Judge by small tables where they have what a clause asks for, else from requests."""
        asked = [
            one
            for binding in bindings
            for stated in binding.version.clauses
            if clause is None or stated.id == clause
            for one in summaries_of(stated)
        ]
        reader = self.small if all(one.id in self.held for one in asked) else self.raw
        with exact_sums(f"the requests of {self.audited.licensee.licensee} in {self.audited.period.text}"):
            return judge(reader, self.audited.licensee, bindings, self.audited.period, clause=clause)


def _benches(project: Project, licensee: str | None, period: str) -> list[_Bench]:
    snapshot = Snapshot(project.lake)
    wanted = [Audited.of(project, snapshot, one, period) for one in project.licensees(licensee)]
    refuse_untallied(project, snapshot, wanted)
    names = [one.licensee.licensee for one in wanted]
    days = sorted({day for one in wanted for day in one.days})
    connection, relation = open_usage(project, snapshot, days, names)
    asked = summaries(binding for bindings in project.agreements.values() for binding in bindings)
    return [
        _Bench(
            audited=one,
            small=UsageReader(connection, relation, one.licensee.licensee),
            raw=UsageReader(connection, relation, one.licensee.licensee, only_raw=True),
            held=frozenset(held.summary.id for held in asked_by(asked, [one.licensee.licensee])),
        )
        for one in wanted
    ]


def _clauses(version: Version, clause: str | None) -> list[str]:
    """The clauses that are judged by a proposal; the standing rules are not its own."""
    names = [one.id for one in version.clauses if clause in (None, one.id)]
    if not names:
        raise UsageError(
            f"the proposed agreement has no clause {clause!r}",
            next_step=f"take one of: {', '.join(one.id for one in version.clauses)}",
        )
    return names


def _judged(one: JudgedClause) -> dict[str, Any]:
    return {
        "version": one.statement.version,
        "clause": one.statement.clause,
        "cites": one.statement.cites,
        "terms": one.statement.terms,
        "verdict": one.verdict,
        "readings": one.statement.readings,
        "readings_exceeded": one.readings_exceeded,
        "keys_exceeded": sorted({str(m.key) for m in one.measures if m.verdict == "exceeded"}),
        "decided_from": sorted({measure.decided_from for measure in one.measures}),
        "rows_read": sum(measure.rows_read for measure in one.measures),
    }


def _measured(audited: Audited, judged: JudgedClause, one: Measure) -> dict[str, Any]:
    plain = ("reading", "key", "counted", "unknown", "used", "of", "max", "limit", "peak", "requests_over")
    return {
        "licensee": audited.licensee.licensee,
        "version": judged.statement.version,
        "clause": judged.statement.clause,
        **{name: getattr(one, name) for name in (*plain, "served_over", "verdict", "missing")},
        "peak_at": None if one.peak_us is None else to_text(one.peak_us),
        "windows_over": len(one.windows),
        "money": None if one.money is None else asdict(one.money),
        "decided_from": one.decided_from,
        "rows_read": one.rows_read,
    }


def _line(one: dict[str, Any]) -> str:
    """A measure on one line: what binds, whose it is, the verdict, and the largest amount against the limit."""
    names = ("licensee", "version", "clause", "reading", "key", "verdict")
    number = one["used"] if one["peak"] is None else one["peak"]
    against = "" if one["limit"] is None else f"{number:,} against {one['limit']:,}, "
    if one["money"] is not None:
        against = f"owed {amount_in_words(one['money']['owed'], one['money']['currency'])} for {number:,}, "
    return f"{'  '.join(str(one[name]) for name in names)}: {against}from {one['decided_from']}"


def _changes(now: Sequence[JudgedClause], as_if: Sequence[JudgedClause]) -> Iterable[str]:
    """A sentence for each clause: what its verdict is, and what it would be."""
    before: dict[str, list[JudgedClause]] = {}
    for one in now:
        if one.statement.clause not in STANDING:
            before.setdefault(one.statement.clause, []).append(one)
    after = {one.statement.clause: one for one in as_if}
    for name in dict.fromkeys((*before, *after)):
        was = ", ".join(f"{_verdict(one)} by {one.statement.version}" for one in before.get(name, ()))
        if name not in after:
            yield f"{name}: {was}; the proposal does not state it"
        elif not was:
            yield f"{name}: not stated; {_verdict(after[name])} as if"
        else:
            same = {(one.verdict, one.readings_exceeded, _owed(one)) for one in (*before[name], after[name])}
            yield f"{name}: {was}; {'the same' if len(same) == 1 else _verdict(after[name])} as if"


def _owed(one: JudgedClause) -> str:
    """What was owed in all months of a fee, after its verdict; nothing for other kinds."""
    totals = [measure.money for measure in one.measures if measure.key == TOTAL and measure.money is not None]
    return "".join(f", owed {amount_in_words(money.owed, money.currency)}" for money in totals)


def _verdict(one: JudgedClause) -> str:
    if one.verdict != "exceeded" or one.statement.readings == 1:
        return f"{one.verdict}{_owed(one)}"
    return f"exceeded under {one.readings_exceeded} of {one.statement.readings} readings"
