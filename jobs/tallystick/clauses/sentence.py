"""A finding in words."""

from __future__ import annotations

from tallystick.clauses.judge import JudgedClause
from tallystick.clauses.money import Money, amount_in_words
from tallystick.clauses.result import Measure


def sentence_of(clause: JudgedClause, measure: Measure) -> str:
    """The finding in one neutral sentence: what was measured, against what, cited where."""
    cited = f" by {clause.statement.cites}" if clause.statement.cites else ""
    whose = measure.key if measure.key is not None else "requests without a name"
    if measure.money is not None:
        return f"{whose}: {_owed(measure, measure.money, cited)}"
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


def _owed(measure: Measure, money: Money, cited: str) -> str:
    """What was owed and paid, such as: owed 12.00 USD for 24 requests by § 7, paid 10.00 USD, 2.00 USD less."""
    least = "at least " if money.is_at_least else ""
    of = measure.of.replace("_", " ")
    owed = f"owed {least}{amount_in_words(money.owed, money.currency)} for {measure.used:,} {of}{cited}"
    if measure.verdict == "not decided":
        return f"not decided, {measure.missing}; {owed}"
    if money.paid is None or money.underpaid is None or money.underpaid <= 0:
        return owed
    parts = [
        owed,
        f"paid {amount_in_words(money.paid, money.currency)}",
        f"{least}{amount_in_words(money.underpaid, money.currency)} less",
    ]
    if money.share is not None:
        shifts = ", which shifts the cost of the audit" if money.is_share_reached else ""
        parts.append(f"{least}{money.share} % of what was owed{shifts}")
    if money.interest:
        parts.append(f"interest {least}{amount_in_words(money.interest, money.currency)}")
    return ", ".join(parts)
