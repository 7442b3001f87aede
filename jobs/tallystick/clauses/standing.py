"""Two rules that hold without any clause: an agreement is in force, and the app is on the register."""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.agreements.load import Binding
from tallystick.clauses.outside import measure_outside
from tallystick.clauses.result import Measure, Witness
from tallystick.clauses.usage_reader import UsageReader
from tallystick.clauses.use_case import BY_APP, requests_by_app
from tallystick.period import Period
from tallystick.register.model import Licensee
from tallystick.tally.scope import EVERYTHING
from tallystick.tally.summary import SlotSummary

BY_LICENSEE = SlotSummary(per="licensee", scope=EVERYTHING)


def measure_agreement_in_force(
    reader: UsageReader, licensee: Licensee, bindings: Sequence[Binding], period: Period
) -> Measure:
    """`used` = requests of the period that no version judges."""
    total, rows_read = requests_in(reader, period)
    uncovered = 0
    witnesses: tuple[Witness, ...] = ()
    for gap in gaps_between(bindings, period):
        count, rows = requests_in(reader, gap)
        uncovered, rows_read = uncovered + count, rows_read + rows
        if count and not witnesses:
            since_us = min(reader.counted(BY_APP, gap).since_us.values())
            witnesses = reader.witnesses(BY_LICENSEE, None, since_us, gap.end_us)
    return measure_outside(
        key=licensee.licensee,
        in_period=total,
        counted=total,
        used=uncovered,
        decided_from="usage_app_slot",
        rows_read=rows_read,
        witnesses=witnesses,
    )


def measure_registered_app(reader: UsageReader, licensee: Licensee, period: Period) -> list[Measure]:
    """For every app that called: `used` = its requests before it was registered, or from the moment it was ended."""
    total, rows_read = requests_in(reader, period)
    measures = []
    for app, requests in requests_by_app(reader, period):
        outside = 0
        witnesses: tuple[Witness, ...] = ()
        for span in off_the_register(licensee, app, period):
            counted = reader.counted(BY_APP, span)
            count = dict(counted.by_key).get(app, 0)
            outside += count
            if count and not witnesses:
                witnesses = reader.witnesses(BY_APP, app, counted.since_us[app], span.end_us)
        measures.append(
            measure_outside(
                key=app,
                in_period=total,
                counted=requests,
                used=outside,
                decided_from="usage_app_slot",
                rows_read=rows_read,
                witnesses=witnesses,
            )
        )
    return measures


def requests_in(reader: UsageReader, span: Period) -> tuple[int, int]:
    """The licensee's requests in a span, 429 included, and the raw rows read to count them."""
    counted = reader.counted(BY_APP, span)
    return sum(requests for _, requests in counted.by_key), counted.rows_read


def gaps_between(bindings: Sequence[Binding], period: Period) -> list[Period]:
    """The parts of the period in which no version is in force."""
    gaps, reached = [], period.start_us
    for span in filter(None, (binding.within(period) for binding in bindings)):
        if span.start_us > reached:
            gaps.append(Period(text=period.text, start_us=reached, end_us=span.start_us))
        reached = span.end_us
    if reached < period.end_us:
        gaps.append(Period(text=period.text, start_us=reached, end_us=period.end_us))
    return gaps


def off_the_register(licensee: Licensee, app: str, period: Period) -> list[Period]:
    """The parts of a period in which an app is not on the register."""
    entry = licensee.app(app)
    if entry is None:
        return [period]
    registered, ended = licensee.instant_us(entry.registered), licensee.instant_us(entry.ended)
    spans = []
    if registered is not None and registered > period.start_us:
        spans.append((period.start_us, min(registered, period.end_us)))
    if ended is not None and ended < period.end_us:
        spans.append((max(ended, period.start_us), period.end_us))
    return [Period(text=period.text, start_us=start, end_us=end) for start, end in spans if start < end]
