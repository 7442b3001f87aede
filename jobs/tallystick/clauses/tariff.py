"""What a quantity costs under a fee, and what an underpayment bears: exact fractions, rounded once at the end."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from tallystick.agreements.fee import FeeClause, Interest, share_of
from tallystick.clauses.money import minor_units

YEAR_DAYS = 365


def owed_units(fee: FeeClause, quantity: int) -> int:
    """What is owed for a month's quantity, in minor units: the charges and `base`, at least `minimum`."""
    return _owed(fee, charges(fee, max(0, quantity - fee.free)))


def owed_units_at_least(fee: FeeClause, quantity: int) -> int:
    """What is owed at least when the quantity is that or more.

    More may cost less only where all units are paid at the tier that they reach: at the beginning of a later one.
    """
    paid_for = max(0, quantity - fee.free)
    cheapest = charges(fee, paid_for)
    if fee.tiering == "volume":
        begins = (last + 1 for last, _ in fee.stages if last is not None and last >= paid_for)
        cheapest = min([cheapest, *(charges(fee, begin) for begin in begins)])
    return _owed(fee, cheapest)


def charges(fee: FeeClause, quantity: int) -> Fraction:
    """What the units that are not free cost, exactly."""
    total, reached = Fraction(0), 0
    for last, price in fee.stages:
        is_reached = last is None or quantity <= last
        if fee.tiering == "volume":
            if is_reached:
                return Fraction(price) * quantity / fee.per_units
            continue
        until = quantity if last is None else min(quantity, last)
        total += Fraction(price) * (until - reached) / fee.per_units
        if is_reached:
            break
        reached = until
    return total


def interest_units(interest: Interest, underpaid_units: int, first_day_after: date) -> int:
    """What an underpayment bears, in minor units, rounded half to even.

    The days are those from the due day, `due_days` after the first day after the month, to before `until`; a year has
    365 of them, in leap years too. Compound: after each 365 days the interest is added, the days left over are simple.
    """
    due = first_day_after + timedelta(days=interest.due_days)
    days = max(0, (date.fromisoformat(interest.until) - due).days)
    rate = share_of(interest.rate)
    if interest.kind == "simple":
        return round(underpaid_units * rate * days / YEAR_DAYS)
    years, left = divmod(days, YEAR_DAYS)
    return round(underpaid_units * ((1 + rate) ** years * (1 + rate * left / YEAR_DAYS) - 1))


def _owed(fee: FeeClause, charged: Fraction) -> int:
    return minor_units(max(Fraction(fee.minimum), Fraction(fee.base) + charged), fee.currency)
