"""Clauses of kind `environment`: each app that is not for production stays under a small volume."""

from __future__ import annotations

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.kinds import EnvironmentClause
from tallystick.clauses.judging import Judging
from tallystick.clauses.limit import measure_reading
from tallystick.clauses.limit_words import terms_of
from tallystick.clauses.result import Measure


def terms(clause: EnvironmentClause) -> str:
    """The numbers in words, and whom they bind."""
    return f"{terms_of(clause.limit())}, for apps of environment {' or '.join(clause.environments)}"


def measure(judging: Judging, clause: EnvironmentClause) -> list[Measure]:
    """The limit for every app of these environments, by the register, that called in the span."""
    return measure_reading(
        judging.reader,
        AS_WRITTEN,
        clause.limit(),
        judging.span,
        judging.binding.version.zone,
        judging.in_period,
        only=[app.app for app in judging.licensee.apps if app.environment in clause.environments],
    )
