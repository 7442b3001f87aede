"""A finding in words."""

from __future__ import annotations

from tallystick.clauses.judge import JudgedClause
from tallystick.clauses.result import Measure


def sentence_of(clause: JudgedClause, measure: Measure) -> str:
    """The finding in one neutral sentence: what was measured, against what, cited where."""
    cited = f" by {clause.statement.cites}" if clause.statement.cites else ""
    whose = measure.key if measure.key is not None else "requests without a name"
    if measure.verdict == "not decided":
        return f"{whose}: not decided, {measure.missing}"
    if not measure.windows and measure.limit:
        return f"{whose}: measured {measure.used:,} {measure.of} against {measure.limit:,} permitted{cited}"
    if not measure.windows:
        none = f"where none is permitted{cited or ' by the register'}"
        return f"{whose}: measured {measure.used:,} {measure.of.replace('_', ' ')} {none}"
    of, windows = f"{measure.of.replace('_', ' ')} {measure.window or ''}".strip(), len(measure.windows)
    if measure.peak is None:  # a bucket has no largest window
        over = measure.requests_over or 0
        return f"{whose}: measured {over:,} requests beyond {measure.limit:,} {of} permitted{cited}"
    return (
        f"{whose}: measured {measure.peak:,} {of} against {measure.limit:,} permitted{cited}, "
        f"over {'once' if windows == 1 else f'{windows:,} times'}"
    )
