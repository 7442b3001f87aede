"""Money as clauses reckon with it: whole minor units of one currency while it is computed, decimals in the result."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tallystick.errors import SumTooLargeError
from tallystick.register.currencies import MINOR_DIGITS

LARGEST = Decimal(10) ** 34
"""What `measure` cannot hold any more: 34 digits before the point and 4 after it."""


@dataclass(frozen=True, kw_only=True)
class Money:
    """What was owed and paid for one month, or for all of them, in one currency, each to its minor unit.

    `underpaid` = `owed` − `paid`: negative where more was paid, None where the register does not state what was paid.
    With `is_at_least` the log does not say all of the quantity, or the month is cut: owed, underpaid and interest are
    at least this. `share` is the part of what was owed that was not paid, in percent to four digits, and
    `is_share_reached` whether that is as much as the clause names; both only of a total.
    """

    currency: str
    owed: Decimal
    paid: Decimal | None
    underpaid: Decimal | None
    interest: Decimal | None
    is_at_least: bool = False
    is_clipped: bool = False
    share: Decimal | None = None
    is_share_reached: bool | None = None

    def __post_init__(self) -> None:
        for amount in (self.owed, self.paid, self.underpaid, self.interest):
            if amount is not None and amount.copy_abs() >= LARGEST:
                raise SumTooLargeError(
                    f"an amount of {self.currency} has more than 34 digits before the point",
                    next_step="check the prices of the agreement's clauses of kind fee",
                )


def minor_units(amount: Fraction, currency: str) -> int:
    """An exact amount in whole minor units of its currency, rounded half to even."""
    return round(amount * int(10 ** MINOR_DIGITS[currency]))


def as_decimal(units: int, currency: str) -> Decimal:
    """Whole minor units as the exact decimal that they are: 1234 of USD is 12.34."""
    digits = MINOR_DIGITS[currency]
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -digits))


def amount_text(amount: Decimal, currency: str) -> str:
    """An amount with the digits of its currency, ungrouped: `12345.00`, however many digits a table kept."""
    whole, _, rest = format(amount, "f").partition(".")
    digits = MINOR_DIGITS[currency]
    return f"{whole}.{rest.ljust(digits, '0')[:digits]}" if digits else whole


def amount_in_words(amount: Decimal, currency: str) -> str:
    """The same with thousands apart and its currency: `12,345.00 USD`."""
    whole, point, rest = amount_text(amount.copy_abs(), currency).partition(".")
    return f"{'-' * (amount < 0)}{int(whole):,}{point}{rest} {currency}"
