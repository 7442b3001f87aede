"""What the product answers, in the words of the second opinion, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from building import Row, a_version
from clauses.lakes import TalliedLake
from reference.limits import Answer, Call, Edition, Over, Terms
from tallystick.agreements.limit import LimitClause
from tallystick.agreements.load import Binding
from tallystick.clauses.limit import measure_limit
from tallystick.clauses.result import Measure
from tallystick.clauses.result import Over as Found
from tallystick.period import Period, to_instant, to_text, to_us
from tallystick.tally.stretch import Borders

MARGIN = {"P1Y": timedelta(days=366), "P3M": timedelta(days=92)}
"""How far a period reaches beyond the requests so that it cuts no window; 35 days for all that are shorter."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """One licensee's calls, the versions that judge them, and the period."""

    licensee: str
    time_zone: str
    calls: tuple[Call, ...]
    editions: tuple[Edition, ...]
    period: tuple[datetime, datetime] | None = None

    def clauses(self) -> list[LimitClause]:
        return [limit_clause(edition.terms) for edition in self.editions]

    def borders(self) -> Borders:
        """Where its versions and its days begin."""
        return Borders(
            zones=(self.time_zone,), turns_us=tuple(to_us(edition.in_force_from) for edition in self.editions)
        )

    def span(self) -> tuple[datetime, datetime]:
        if self.period is not None:
            return self.period
        margin = max(MARGIN.get(edition.terms.within, timedelta(days=35)) for edition in self.editions)
        times = [call.received_at for call in self.calls]
        return min(times) - margin, max(times) + margin


def borders_of_half(usages: Sequence[Usage]) -> dict[str, Borders]:
    """The borders of every other one: the rest are tallied as if their days began at midnights of UTC alone."""
    return {usage.licensee: usage.borders() for usage in usages[::2]}


def limit_clause(terms: Terms) -> LimitClause:
    """The same terms as an agreement states them."""
    counts = {
        "except_status": terms.except_status,
        "statuses": terms.statuses,
        "methods": terms.methods,
        "routes": terms.routes,
    }
    return LimitClause.model_validate(
        {"id": "limit", "cites": "§ 1", "says": "At most so many.", "kind": "limit", "counts": counts}
        | {name: getattr(terms, name) for name in ("of", "per", "max", "window", "within", "tolerance")}
    )


def as_row(call: Call, licensee: str, position: int) -> Row:
    """A call as a row of `request`."""
    return {
        "event_date": call.received_at.date(),
        "licensee": licensee,
        "app": call.app,
        "credential_id": call.credential,
        "is_duplicate": False,
        "conflict": False,
        "received_at": call.received_at,
        "source": "edge",
        "request_id": call.request_id,
        "user": call.user,
        "method": call.method,
        "route": call.route,
        "status": call.status,
        "records": call.records,
        "response_bytes": call.response_bytes,
        "file_id": licensee,
        "position": position,
    }


def answers_of(lake: TalliedLake, usage: Usage, *, only_raw: bool) -> list[tuple[Answer, str]]:
    """One answer and verdict for each version and key, as the product finds them."""
    if not usage.calls:
        return []
    reader = lake.reader(usage.licensee, only_raw=only_raw)
    start, end = usage.span()
    period = Period(text="drawn", start_us=to_us(start), end_us=to_us(end))
    found: list[tuple[Answer, str]] = []
    for binding, clause in zip(_bindings(usage), usage.clauses(), strict=True):
        span = binding.within(period)
        if span is not None:
            measures = measure_limit(reader, clause, span, binding.version.zone, 0)
            found.extend((_answer(binding.version.version, usage, one), one.verdict) for one in measures)
    return found


def _bindings(usage: Usage) -> Sequence[Binding]:
    """The versions with their time in force, as `load_agreements` gives them."""
    begins = [to_us(edition.in_force_from) for edition in usage.editions]
    return [
        Binding(
            version=a_version(clause, version=edition.version, in_force_from=to_text(start), time_zone=usage.time_zone),
            sha256="0" * 64,
            from_us=start,
            until_us=until,
        )
        for edition, clause, start, until in zip(
            usage.editions, usage.clauses(), begins, [*begins[1:], None], strict=True
        )
    ]


def _answer(version: str, usage: Usage, measure: Measure) -> Answer:
    # A licensee stands in the lake under a name of its own, so that many of them share it.
    key = usage.calls[0].licensee if measure.key == usage.licensee else measure.key
    return Answer(
        version=version,
        key=key,
        counted=measure.counted,
        unknown=measure.unknown,
        used=measure.used,
        over=tuple(_over(one) for one in measure.windows),
        peak=measure.peak,
    )


def _over(found: Found) -> Over:
    return Over(
        start=to_instant(found.start_us),
        end=to_instant(found.end_us),
        used=found.used,
        over=found.over,
        crossed_at=None if found.crossed_us is None else to_instant(found.crossed_us),
        peak_at=None if found.peak_us is None else to_instant(found.peak_us),
        requests_over=found.requests_over,
        served_over=found.served_over or 0,
        is_clipped=found.is_clipped,
    )


def without_peak(window: str, answer: Answer) -> Answer:
    """An answer without what small tables need not say, and without the cost of a bucket, which no rule defines."""
    over = tuple(replace(one, used=None, over=None) for one in answer.over) if window == "bucket" else answer.over
    return replace(answer, over=over, peak=None, undetermined=0)
