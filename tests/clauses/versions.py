"""An agreement of several versions, judged as an audit judges it: requests in a lake, tallied with what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from building import Row, a_licensee, a_period
from clauses.lakes import TalliedLake
from tallystick.agreements.load import Binding
from tallystick.agreements.version import Version
from tallystick.clauses.judge import JudgedClause, judge
from tallystick.clauses.result import Measure
from tallystick.period import Period
from tallystick.register.model import Licensee
from tallystick.tally.summary import borders_of, readings_of, summaries

Verdicts = dict[tuple[str | None, str], tuple[Measure, ...]]
"""The measures of each clause, by version and clause id."""


def bindings_of(*versions: Version) -> tuple[Binding, ...]:
    """Versions in order, each binding until its end or the beginning of the next."""
    following = [*(later.from_us for _, later in pairwise(versions)), None][: len(versions)]
    return tuple(
        Binding(
            version=version,
            sha256="0" * 64,
            from_us=version.from_us,
            until_us=min((end for end in (version.until_us, after) if end is not None), default=None),
        )
        for version, after in zip(versions, following, strict=True)
    )


def judge_all(
    root: Path,
    rows: Sequence[Row],
    *versions: Version,
    licensee: Licensee | None = None,
    period: str | Period = "2022",
    only_raw: bool = False,
) -> list[JudgedClause]:
    """Every clause of every version, and the standing rules."""
    bindings = bindings_of(*versions)
    asked = [one.summary for one in summaries(bindings)]
    limits = [limit for version in versions for clause in version.clauses for _, limit in readings_of(clause)]
    lake = TalliedLake(
        root / "lake",
        rows,
        {str(row["licensee"]): limits for row in rows},
        asked,
        {"halcyon": borders_of(bindings)},
    )
    span = a_period(period) if isinstance(period, str) else period
    return list(judge(lake.reader("halcyon", only_raw=only_raw), licensee or a_licensee(), bindings, span))


def verdicts(root: Path, rows: Sequence[Row], *versions: Version, **stated: object) -> Verdicts:
    """The same by version and clause."""
    return {
        (one.statement.version, one.statement.clause): one.measures
        for one in judge_all(root, rows, *versions, **stated)  # type: ignore[arg-type]
    }
