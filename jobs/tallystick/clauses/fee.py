"""Clauses of kind `fee`: what is owed by month for what was used, against what the register says was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tallystick.agreements.clause import AS_WRITTEN
from tallystick.agreements.fee import FeeClause, share_of
from tallystick.agreements.length import calendar_length
from tallystick.agreements.limit import LARGEST
from tallystick.clauses.calendar import window_borders
from tallystick.clauses.judging import Judging
from tallystick.clauses.money import Money, as_decimal, minor_units
from tallystick.clauses.result import EXCEEDED, KEPT, NOT_DECIDED, Measure, Witness
from tallystick.clauses.tariff import interest_units, owed_units, owed_units_at_least
from tallystick.errors import SumTooLargeError
from tallystick.period import Period, to_instant
from tallystick.tally.summary import SlotSummary, paid_by

TOTAL = "total"
"""The key of the measure that adds up all months; it counts no requests of its own."""


def terms(clause: FeeClause) -> str:
    """The clause in words, such as: by calendar month 0.50 USD for 1,000 requests; 10,000 free."""
    of = clause.of.replace("_", " ")
    whole = f"{clause.per_units:,} {of}" if clause.per_units > 1 else of.removesuffix("s")
    prices = [
        f"{price:f} {clause.currency}{'' if last is None else f' up to {last:,}'}" for last, price in clause.stages
    ]
    tiers = f", {clause.tiering or 'graduated'}" if len(prices) > 1 else ""
    parts = [f"owed by calendar month: {', then '.join(prices)} for {'each ' * (clause.per_units == 1)}{whole}{tiers}"]
    if clause.free:
        parts.append(f"{clause.free:,} free")
    if clause.base:
        parts.append(f"{clause.base:f} {clause.currency} on top")
    if clause.minimum:
        parts.append(f"at least {clause.minimum:f} {clause.currency}")
    if clause.cost_share:
        parts.append(f"from an underpayment of {clause.cost_share} on the audit's cost shifts")
    if clause.interest:
        due = f"{clause.interest.due_days} days after the month" if clause.interest.due_days else "the month's end"
        stated = f"{clause.interest.rate} a year, {clause.interest.kind}, from {due} to before {clause.interest.until}"
        parts.append(f"interest {stated}")
    return "; ".join(parts)


@dataclass(frozen=True, kw_only=True)
class _Month:
    """One calendar month, the part of it that is judged, and what is owed and paid for it in minor units."""

    name: str
    span: Period
    first_day_after: date
    is_clipped: bool
    counted: int
    unknown: int
    quantity: int
    undetermined: int
    rows_read: int
    owed: int
    paid: int | None

    @property
    def is_at_least(self) -> bool:
        """Whether more may be owed than is known."""
        return self.is_clipped or self.unknown > 0 or self.undetermined > 0

    @property
    def underpaid(self) -> int | None:
        """What was owed and not paid; negative where more was paid."""
        return None if self.paid is None else self.owed - self.paid


def measure(judging: Judging, clause: FeeClause) -> list[Measure]:
    """One measure for each calendar month that the version judges a part of, by its name, and one of all: `total`.

    Exceeded is a month for which less was paid than is owed; one that the register states nothing of is not decided,
    unless nothing is owed. The total sets off what was paid too much for one month against another.
    """
    months = _months(judging, clause)
    measures = [_of_month(judging, clause, month) for month in months]
    first = next((one.witnesses for one in measures if one.verdict == EXCEEDED), ())
    return [*measures, _of_all(judging, clause, months, first)]


def _months(judging: Judging, clause: FeeClause) -> list[_Month]:
    reader, zone, summary = judging.reader, judging.binding.version.zone, paid_by(clause)
    doubtful, _ = reader.undetermined(summary.scope, judging.span)
    months = []
    for start_us, end_us in window_borders(calendar_length("P1M"), judging.span, zone):
        span = Period(
            text=judging.span.text,
            start_us=max(start_us, judging.span.start_us),
            end_us=min(end_us, judging.span.end_us),
        )
        name = to_instant(start_us).astimezone(zone).strftime("%Y-%m")
        rows_read = reader.lay_out_pieces(summary, clause.of, span)
        [[counted, unknown, used]] = reader.connection.execute(
            "SELECT CAST(coalesce(sum(counted), 0) AS BIGINT), CAST(coalesce(sum(unknown), 0) AS BIGINT), "
            "CAST(coalesce(sum(used), 0) AS BIGINT) FROM piece"
        ).fetchall()
        undetermined, more_rows = reader.undetermined(summary.scope, span) if doubtful else (0, 0)
        is_clipped = (span.start_us, span.end_us) != (start_us, end_us)
        is_known = not (is_clipped or unknown or undetermined)
        paid = judging.licensee.paid_in(name, clause.currency)
        months.append(
            _Month(
                name=name,
                span=span,
                first_day_after=to_instant(end_us).astimezone(zone).date(),
                is_clipped=is_clipped,
                counted=counted,
                unknown=unknown,
                quantity=used,
                undetermined=undetermined,
                rows_read=rows_read + more_rows,
                owed=(owed_units if is_known else owed_units_at_least)(clause, used),
                paid=None if paid is None else minor_units(Fraction(paid), clause.currency),
            )
        )
    return months


def _of_month(judging: Judging, clause: FeeClause, month: _Month) -> Measure:
    missing = _missing(clause, month)
    is_less = month.underpaid is not None and month.underpaid > 0
    verdict = EXCEEDED if is_less else NOT_DECIDED if missing else KEPT
    summary = paid_by(clause)
    return Measure(
        reading=AS_WRITTEN,
        key=month.name,
        in_period=judging.in_period,
        counted=month.counted,
        unknown=month.unknown,
        used=month.quantity,
        of=clause.of,
        verdict=verdict,
        missing=missing if verdict == NOT_DECIDED else None,
        decided_from="request" if judging.reader.only_raw else _table_of(summary),
        rows_read=month.rows_read,
        witnesses=judging.reader.witnesses(summary, None, month.span.start_us, month.span.end_us)
        if is_less and month.counted
        else (),
        money=_money(
            clause,
            owed=month.owed,
            paid=month.paid,
            interest=_interest(clause, month),
            is_at_least=month.is_at_least,
            is_clipped=month.is_clipped,
        ),
    )


def _of_all(judging: Judging, clause: FeeClause, months: Sequence[_Month], witnesses: tuple[Witness, ...]) -> Measure:
    unstated = [month.name for month in months if month.paid is None and (month.owed or month.is_at_least)]
    stated = [month.paid for month in months if month.paid is not None]
    owed, paid = sum(month.owed for month in months), None if unstated or not stated else sum(stated)
    is_at_least, quantity = any(month.is_at_least for month in months), sum(month.quantity for month in months)
    if quantity > LARGEST:
        raise SumTooLargeError(f"the {clause.of} of all months add up past {LARGEST:,}", next_step="audit fewer months")
    is_less = paid is not None and owed > paid
    verdict = EXCEEDED if is_less else NOT_DECIDED if unstated or is_at_least else KEPT
    open_months = [month for month in months if _missing(clause, month)]
    bears = [_interest(clause, month) for month in months]
    return Measure(
        reading=AS_WRITTEN,
        key=TOTAL,
        in_period=judging.in_period,
        counted=0,
        unknown=0,
        used=quantity,
        of=clause.of,
        verdict=verdict,
        missing=f"{open_months[0].name}: {_missing(clause, open_months[0])}" if verdict == NOT_DECIDED else None,
        decided_from="request" if judging.reader.only_raw else _table_of(paid_by(clause)),
        witnesses=witnesses if is_less else (),
        money=_money(
            clause,
            owed=owed,
            paid=paid,
            interest=None if clause.interest is None or unstated else sum(one or 0 for one in bears),
            is_at_least=is_at_least,
            is_clipped=any(month.is_clipped for month in months),
            is_total=True,
        ),
    )


def _missing(clause: FeeClause, month: _Month) -> str | None:
    """What the data lacks to say that enough was paid; None where it lacks nothing."""
    if month.paid is None and (month.owed or month.is_at_least):
        return f"the register does not state what was paid for it in {clause.currency}"
    if month.is_clipped:
        return "only a part of the month is judged here, and what was paid is for all of it"
    if month.unknown:
        return f"{month.unknown} of {month.counted} requests do not say their {clause.of.replace('_', ' ')}"
    if month.undetermined:
        return f"{month.undetermined} requests do not say enough to tell whether the clause counts them"
    return None


def _table_of(summary: SlotSummary) -> str:
    return "usage_app_slot" if summary.is_standing else "usage_scope"


def _interest(clause: FeeClause, month: _Month) -> int | None:
    if clause.interest is None:
        return None
    if month.underpaid is None:
        return None if month.owed or month.is_at_least else 0
    return interest_units(clause.interest, max(0, month.underpaid), month.first_day_after)


def _money(
    clause: FeeClause,
    *,
    owed: int,
    paid: int | None,
    interest: int | None,
    is_at_least: bool,
    is_clipped: bool,
    is_total: bool = False,
) -> Money:
    currency = clause.currency
    share = Fraction(max(0, owed - paid), owed) if is_total and owed and paid is not None else None
    named = None if share is None or clause.cost_share is None else share_of(clause.cost_share)
    is_reached = bool(named is not None and share and share >= named)
    return Money(
        currency=currency,
        owed=as_decimal(owed, currency),
        paid=None if paid is None else as_decimal(paid, currency),
        underpaid=None if paid is None else as_decimal(owed - paid, currency),
        interest=None if interest is None else as_decimal(interest, currency),
        is_at_least=is_at_least,
        is_clipped=is_clipped,
        share=None if share is None else _percent(share),
        is_share_reached=is_reached if named is not None and (is_reached or not is_at_least) else None,
    )


def _percent(share: Fraction) -> Decimal:
    """A share in percent to four digits, rounded half to even."""
    units = round(share * 10**6)
    return Decimal((0, tuple(map(int, str(units))), -4))
