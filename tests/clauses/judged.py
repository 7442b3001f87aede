"""One clause, judged as an audit judges it: requests in a lake, tallied with what the clause asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from building import Row, a_licensee, a_period, a_version
from clauses.lakes import TalliedLake
from tallystick.agreements.load import Binding
from tallystick.clauses.judge import JudgedClause, judge
from tallystick.clauses.result import Measure
from tallystick.register.model import Licensee
from tallystick.tally.summary import borders_of, readings_of, summaries

STATED = {"id": "the-clause", "cites": "§ 2", "says": "Words."}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What an audit says: the clause's measures by key, and those of the two standing rules."""

    terms: str
    measures: dict[str | None, Measure]
    rules: dict[str, tuple[Measure, ...]]

    def verdicts(self) -> dict[str | None, tuple[int, int, str]]:
        """Per key: counted, used, verdict."""
        return {key: (one.counted, one.used, one.verdict) for key, one in self.measures.items()}


def judge_clause(
    root: Path,
    rows: Sequence[Row],
    clause: Mapping[str, Any],
    *,
    licensee: Licensee | None = None,
    period: str = "2022",
    only_raw: bool = False,
) -> Judged:
    """The one clause of the one version in force, held against the requests of a period."""
    version = a_version(STATED | dict(clause))
    binding = Binding(version=version, sha256="0" * 64, from_us=version.from_us, until_us=None)
    asked = [one.summary for one in summaries([binding])]
    limits = [limit for one in version.clauses for _, limit in readings_of(one)]
    lake = TalliedLake(root / "lake", rows, {"halcyon": limits}, asked, {"halcyon": borders_of([binding])})
    reader = lake.reader("halcyon", only_raw=only_raw)
    first, *standing = judge(reader, licensee or a_licensee(), [binding], a_period(period))
    return Judged(
        terms=first.statement.terms,
        measures=_by_key(first),
        rules={one.statement.clause: one.measures for one in standing},
    )


def _by_key(clause: JudgedClause) -> dict[str | None, Measure]:
    """The measures of a clause of one reading; a key stands once."""
    keys = [one.key for one in clause.measures]
    assert len(keys) == len(set(keys))
    assert all(sum(one.counted for one in clause.measures) <= one.in_period for one in clause.measures)
    return {one.key: one for one in clause.measures}
