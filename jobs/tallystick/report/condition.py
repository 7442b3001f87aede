"""What a finding states as measured: how much of what, whose, against which number, in which interval, how exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from tallystick.agreements.backoff import BackoffClause
from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.concurrency import ConcurrencyClause
from tallystick.agreements.declared import DeclaredClause
from tallystick.agreements.fee import FeeClause
from tallystick.agreements.kinds import TermClause, UseCaseClause
from tallystick.clauses.fee import TOTAL
from tallystick.clauses.statement import AGREEMENT_IN_FORCE, Statement
from tallystick.period import Period, to_text, to_us
from tallystick.tally.summary import readings_of

Row = Mapping[str, Any]

WINDOWED = ("limit", "environment")
"""Kinds of clause whose numbers are of a window: a sum over the whole period is not held against them."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What is counted and whose it is; of a clause with windows how those lie and how long they are."""

    unit: str
    per: str | None
    window: str | None = None
    within: str | None = None


NAMED = ("period", "version", "clause", "key")


def by_name(measures: Sequence[Row]) -> dict[tuple[Any, ...], list[Row]]:
    """Measures by period, version, clause and key, for `measure_of`."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in measures:
        found.setdefault(tuple(row[name] for name in NAMED), []).append(row)
    return found


def measure_of(finding: Row, measures: Mapping[tuple[Any, ...], Sequence[Row]]) -> Row | None:
    """The measure that a finding states: under its own words where that has the finding's verdict, else the first."""
    named = measures.get(tuple(finding[name] for name in NAMED), ())
    fitting = [row for row in named if row["verdict"] == finding["verdict"]]
    return min(fitting, key=lambda row: (row["reading"] != AS_WRITTEN, row["reading"]), default=None)


def measured(measure: Row, kind: str) -> int | None:
    """The number that is held against the limit.

    The largest amount in a window; of a bucket the requests beyond it; of a clause without windows the known sum. None
    where a clause has windows and none was reckoned, because something else settled or left open what it says.
    """
    if measure["peak"] is not None:
        return int(measure["peak"])
    if measure["windows_over"]:
        return int(measure["requests_over"])
    return None if kind in WINDOWED else int(measure["used"])


def condition(finding: Row, measure: Row, statement: Statement, span: Period, zone: ZoneInfo) -> dict[str, Any]:
    """The report's `condition`; `span` is the part of the period that the clause's version judges."""
    counted = counted_in(statement, measure)
    start, end, is_clipped = _interval(finding, measure, span, zone)
    return {
        "reading": measure["reading"],
        "used": measured(measure, statement.kind),
        "limit": measure["limit"],
        "max": measure["max"],
        "unit": counted.unit,
        "per": counted.per,
        "window": counted.window,
        "within": counted.within,
        "start_at": start,
        "end_at": end,
        "exactness": exactness(measure),
        "clipped": is_clipped,
    }


def exactness(measure: Row) -> str:
    """Whether the number is all there is, at least that, or open because amounts are unknown."""
    money = measure["money"]
    if money is not None:
        return "at least" if money["at_least"] else "exact"
    if measure["verdict"] != "exceeded":
        return "unknown amounts"
    return "at least" if measure["unknown"] else "exact"


def counted_in(statement: Statement, measure: Row) -> Counted:
    """What the clause counts for the measure's key under its reading."""
    model, key = statement.model, measure["key"]
    limits = {} if model is None else dict(readings_of(model))
    if measure["reading"] in limits:
        limit = limits[measure["reading"]]
        is_beyond = measure["peak"] is None and measure["windows_over"]
        unit = "requests_over" if is_beyond else limit.of
        return Counted(unit=unit, per=limit.per, window=limit.window, within=limit.length.text)
    if isinstance(model, FeeClause):
        month = {} if key == TOTAL else {"window": "calendar", "within": "P1M"}
        return Counted(unit=model.of, per="licensee", **month)
    if isinstance(model, DeclaredClause) and model.users is not None:
        month = {"window": "calendar", "within": model.within} if model.within else {}
        return Counted(unit="users", per="licensee", **month)
    if isinstance(model, ConcurrencyClause):
        return Counted(unit="requests_in_flight", per=model.per)
    if isinstance(model, BackoffClause | TermClause):
        return Counted(unit="requests", per=model.per)
    if isinstance(model, UseCaseClause) and str(key).startswith("use case: "):
        return Counted(unit="apps", per="use_case")
    return Counted(unit="requests", per="licensee" if statement.clause == AGREEMENT_IN_FORCE else "app")


def _interval(finding: Row, measure: Row, span: Period, zone: ZoneInfo) -> tuple[str, str, bool]:
    """The window with the largest amount, the earliest of such; without a window the month of a fee, or the span."""
    windows = [window for window in finding["windows"] if window["reading"] == measure["reading"]]
    if windows:
        largest = max(windows, key=lambda window: (window["used"], -to_us(window["start_at"])))
        start, end = (to_text(to_us(largest[name])) for name in ("start_at", "end_at"))
        return start, end, bool(largest["clipped"])
    judged, money = span, measure["money"]
    if money is not None and measure["key"] != TOTAL:
        month = Period.parse(measure["key"], zone)
        judged = Period(
            text=month.text, start_us=max(month.start_us, span.start_us), end_us=min(month.end_us, span.end_us)
        )
    return to_text(judged.start_us), to_text(judged.end_us), bool(money and money["clipped"])
