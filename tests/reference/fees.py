"""What is owed, once more in plain Python: months by the wall clock, prices unit by unit of a tier, long decimals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from zoneinfo import ZoneInfo

LONG = Context(prec=400, rounding=ROUND_HALF_EVEN)
"""More digits than any sum here has, so that only the last step rounds."""


@dataclass(frozen=True, kw_only=True)
class Fee:
    """A fee as people read it; amounts are decimal text, `tiers` are (last unit or None, price)."""

    tiers: tuple[tuple[int | None, str], ...]
    digits: int = 2
    tiering: str = "graduated"
    per_units: int = 1
    free: int = 0
    base: str = "0"
    minimum: str = "0"


@dataclass(frozen=True, kw_only=True)
class Bill:
    """One month: what was used, known to be owed (at least, where marked) and paid, and what follows."""

    month: str
    quantity: int
    owed: Decimal
    paid: Decimal | None
    is_at_least: bool
    verdict: str


def owed(fee: Fee, quantity: int) -> Decimal:
    """What a month's quantity costs, to the minor unit."""
    units = max(quantity - fee.free, 0)
    if fee.tiering == "volume":
        price = next(price for last, price in fee.tiers if last is None or units <= last)
        parts = [(units, price)]
    else:
        parts = [(max(0, min(units, last) - first), price) for first, last, price in _from_to(fee, units)]
    cost = Decimal(fee.base)
    for count, price in parts:
        cost = LONG.add(cost, LONG.divide(LONG.multiply(Decimal(count), Decimal(price)), Decimal(fee.per_units)))
    return rounded(max(cost, Decimal(fee.minimum)), fee.digits)


def owed_at_least(fee: Fee, quantity: int) -> Decimal:
    """The least that is owed for that quantity or any larger one, found by trying them until the last tier is there."""
    until = fee.free + max((last for last, _ in fee.tiers if last is not None), default=0) + 1
    return min(owed(fee, more) for more in range(quantity, max(until, quantity) + 1))


def interest(amount: Decimal, rate: str, kind: str, due: date, until: date, digits: int) -> Decimal:
    """What an amount bears from the due day to before `until`, walking through years of 365 days."""
    share = LONG.divide(Decimal(rate.rstrip(" %")), Decimal(100))
    days = max((until - due).days, 0)
    grown = amount
    while kind == "compound" and days >= 365:
        grown = LONG.add(grown, LONG.multiply(grown, share))
        days -= 365
    left = LONG.divide(LONG.multiply(LONG.multiply(grown, share), Decimal(days)), Decimal(365))
    return rounded(LONG.subtract(LONG.add(grown, left), amount), digits)


def bills(
    fee: Fee,
    calls: Iterable[tuple[datetime, int | None]],
    paid: Mapping[str, str],
    zone: ZoneInfo,
    period: tuple[datetime, datetime],
) -> list[Bill]:
    """A bill for each month of the zone's calendar that the period touches; calls are (instant, amount)."""
    inside = [(at, amount) for at, amount in calls if period[0] <= at < period[1]]
    found = []
    for name, start, end in _months(zone, period):
        amounts = [amount for at, amount in inside if start <= at < end]
        quantity = sum(amount for amount in amounts if amount is not None)
        is_clipped = start < period[0] or end > period[1]
        is_at_least = is_clipped or None in amounts
        cost = (owed_at_least if is_at_least else owed)(fee, quantity)
        stated = None if name not in paid else Decimal(paid[name])
        found.append(
            Bill(
                month=name,
                quantity=quantity,
                owed=cost,
                paid=stated,
                is_at_least=is_at_least,
                verdict=_verdict(cost, stated, is_at_least=is_at_least),
            )
        )
    return found


def rounded(amount: Decimal, digits: int) -> Decimal:
    """To the minor unit, a half to the even one."""
    return amount.quantize(Decimal(1).scaleb(-digits), context=LONG)


def _verdict(cost: Decimal, stated: Decimal | None, *, is_at_least: bool) -> str:
    if stated is not None and stated < cost:
        return "exceeded"
    if is_at_least or (stated is None and cost > 0):
        return "not decided"
    return "kept"


def _from_to(fee: Fee, units: int) -> Iterator[tuple[int, int, str]]:
    first = 0
    for last, price in fee.tiers:
        until = units if last is None else last
        yield first, until, price
        first = until


def _months(zone: ZoneInfo, period: Sequence[datetime]) -> Iterator[tuple[str, datetime, datetime]]:
    day = period[0].astimezone(zone).date().replace(day=1)
    while True:
        following = (day + timedelta(days=31)).replace(day=1)
        start, end = (
            datetime(one.year, one.month, 1, tzinfo=zone).astimezone(period[0].tzinfo) for one in (day, following)
        )
        if start >= period[1]:
            return
        yield f"{day:%Y-%m}", start, end
        day = following
