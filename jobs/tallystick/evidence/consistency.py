"""Whether a report agrees with itself: one small function a rule, whose docstring is the rule."""

from __future__ import annotations

from collections.abc import Callable

from tallystick.errors import Difference
from tallystick.evidence import (
    ask_rules,
    condition_rules,
    findings_rules,
    money_rules,
    report_rules,
    report_shape,
    seen_rules,
    table_rules,
)
from tallystick.evidence.bundle import FINDINGS, REPORT
from tallystick.evidence.canonical import Json
from tallystick.evidence.document import Node, NotAsPromisedError

RULES: tuple[Callable[[Node], None], ...] = (
    *report_rules.RULES,
    *findings_rules.RULES,
    *money_rules.RULES,
    *report_shape.RULES,
    *condition_rules.RULES,
    *ask_rules.RULES,
    *seen_rules.RULES,
)
TABLE_RULES: tuple[Callable[[Node, bytes], None], ...] = (table_rules.findings_csv_lists_the_findings,)


def rules() -> list[str]:
    """Every rule that `contradictions` holds a report to, a sentence each."""
    return [(rule.__doc__ or "").strip() for rule in (*RULES, *TABLE_RULES)]


def contradictions(report: Json, findings_csv: bytes) -> list[Difference]:
    """Where the report breaks a rule, at most one place for each rule; empty when it agrees with itself."""
    document = Node(report)
    found: list[Difference] = []
    for rule in RULES:
        try:
            rule(document)
        except NotAsPromisedError as error:
            found.append(_difference(REPORT, error))
    for table_rule in TABLE_RULES:
        try:
            table_rule(document, findings_csv)
        except NotAsPromisedError as error:
            found.append(_difference(FINDINGS, error))
    return found


def _difference(file: str, error: NotAsPromisedError) -> Difference:
    return Difference(file=file, field=error.field, expected=error.expected, found=error.found)
