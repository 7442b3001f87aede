"""Money as a file states it: an amount in decimal text, and the currency that it is in."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from tallystick.register.currencies import MINOR_DIGITS
from tallystick.yaml_file import BareDecimal

AMOUNT = r"(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?"


def an_amount(value: Any) -> Decimal:
    """Decimal text as the decimal it says; nothing that a reader may have taken for a number with other digits."""
    if isinstance(value, Decimal):
        value = format(value, "f")
    if isinstance(value, BareDecimal):
        raise ValueError(f'put an amount in quotes, "{value}", so that every reader takes its digits as they stand')
    if isinstance(value, bool | int | float) or not isinstance(value, str):
        raise ValueError('an amount is decimal text in quotes, such as "120.00"')
    if not re.fullmatch(AMOUNT, value, re.ASCII):
        raise ValueError(
            'an amount is digits with a point, such as "120.00": no sign, no separators, at most 15 digits before the '
            "point and 12 after it"
        )
    return Decimal(value)


def a_currency(text: str) -> str:
    """The code of an active currency of ISO 4217 that has a minor unit."""
    if text not in MINOR_DIGITS:
        raise ValueError(f"{text!r} is no currency of ISO 4217; write a code such as USD, EUR or JPY")
    return text


def fits(amount: Decimal, currency: str) -> bool:
    """Whether an amount can be paid in the currency: it has no more digits after the point than its minor unit."""
    return amount == round(amount, MINOR_DIGITS[currency])


Amount = Annotated[
    Decimal,
    BeforeValidator(an_amount),
    WithJsonSchema({"type": "string", "pattern": f"^{AMOUNT}$", "examples": ["120.00"]}),
]
Currency = Annotated[
    str, AfterValidator(a_currency), Field(json_schema_extra={"examples": ["USD"], "pattern": "^[A-Z]{3}$"})
]
