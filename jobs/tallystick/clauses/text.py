"""Clauses of kind `text`: words that no log can check are listed as not checked, never left out."""

from __future__ import annotations

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.kinds import TextClause
from tallystick.clauses.judging import Judging
from tallystick.clauses.result import NOT_CHECKED, Measure


def terms(_: TextClause) -> str:
    """What no log can check has no numbers."""
    return "no automatic check exists"


def measure(judging: Judging, _: TextClause) -> list[Measure]:
    """One measure, not checked."""
    return [
        Measure(
            reading=AS_WRITTEN,
            key=None,
            in_period=judging.in_period,
            counted=0,
            unknown=0,
            used=0,
            verdict=NOT_CHECKED,
            missing="no automatic check exists for this clause",
            decided_from="nothing",
        )
    ]
