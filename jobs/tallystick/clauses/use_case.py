"""Clauses of kind `use_case`: each app has a use case that is approved at the time of the call."""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.kinds import UseCaseClause
from tallystick.clauses.judging import Judging
from tallystick.clauses.outside import measure_outside
from tallystick.clauses.result import EXCEEDED, KEPT, Measure
from tallystick.clauses.usage_reader import UsageReader
from tallystick.period import Period
from tallystick.tally.scope import EVERYTHING
from tallystick.tally.summary import SlotSummary

NAMED = 3
"""How many apps of a use case that too many share are shown by a request each."""

BY_APP = SlotSummary(per="app", scope=EVERYTHING)


def terms(clause: UseCaseClause) -> str:
    """The clause in words."""
    approved = "no request by an app whose use case is not approved at the time"
    if clause.max_apps_per_use_case is None:
        return approved
    return f"{approved}; at most {clause.max_apps_per_use_case:,} apps for one use case"


def measure(judging: Judging, clause: UseCaseClause) -> list[Measure]:
    """For every app that called in the span: `used` = its requests while no use case of it was approved.

    Where the clause says how many apps may share a use case, also for every use case: `used` = the apps that called.
    """
    called = requests_by_app(judging.reader, judging.span)
    return [*_by_approval(judging, called), *_by_use_case(judging, called, clause.max_apps_per_use_case)]


def _by_approval(judging: Judging, called: Sequence[tuple[str, int]]) -> list[Measure]:
    reader, licensee, span = judging.reader, judging.licensee, judging.span
    since_us = reader.counted(BY_APP, span).since_us
    measures = []
    for app, requests in called:
        entry = licensee.app(app)
        use_case = entry.use_case if entry is not None else None
        approved_us = licensee.instant_us(use_case.approved) if use_case is not None else None
        until = span.end_us if approved_us is None else min(approved_us, span.end_us)
        without, rows_read = requests, 0
        if until < span.end_us:
            before = Period(text=span.text, start_us=span.start_us, end_us=until) if until > span.start_us else None
            without, rows_read = (0, 0) if before is None else _requests_of(reader, before, app)
        measures.append(
            measure_outside(
                key=app,
                in_period=judging.in_period,
                counted=requests,
                used=without,
                decided_from="usage_app_slot",
                rows_read=rows_read,
                witnesses=reader.witnesses(BY_APP, app, since_us[app], until) if without else (),
            )
        )
    return measures


def _by_use_case(judging: Judging, called: Sequence[tuple[str, int]], most: int | None) -> list[Measure]:
    """How many apps share each use case; their requests are `counted` under the apps, and not once more here.

    Two texts are the same where they differ in white space alone. An app without a use case shares none.
    """
    if most is None:
        return []
    sharing: dict[str, list[str]] = {}
    for app, _ in called:
        entry = judging.licensee.app(app)
        if entry is not None and entry.use_case is not None:
            sharing.setdefault(" ".join(entry.use_case.text.split()), []).append(app)
    requests, span = dict(called), judging.span
    since_us = judging.reader.counted(BY_APP, span).since_us
    return [
        Measure(
            reading=AS_WRITTEN,
            key=f"use case: {text}",
            in_period=judging.in_period,
            counted=0,
            unknown=0,
            used=len(apps),
            of="apps",
            max=most,
            limit=most,
            requests_over=sum(requests[app] for app in apps) if len(apps) > most else 0,
            verdict=EXCEEDED if len(apps) > most else KEPT,
            decided_from="usage_app_slot",
            witnesses=tuple(
                witness
                for app in (apps[:NAMED] if len(apps) > most else ())
                for witness in judging.reader.witnesses(BY_APP, app, since_us[app], span.end_us, most=1)
            ),
        )
        for text, apps in sorted(sharing.items())
    ]


def requests_by_app(reader: UsageReader, span: Period) -> list[tuple[str, int]]:
    """Every app with requests in the span, and how many; 429 included."""
    return list(reader.counted(BY_APP, span).by_key)


def _requests_of(reader: UsageReader, span: Period, app: str) -> tuple[int, int]:
    counted = reader.counted(BY_APP, span)
    return dict(counted.by_key).get(app, 0), counted.rows_read
