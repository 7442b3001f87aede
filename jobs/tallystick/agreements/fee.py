"""What clauses of kind `fee` say: what is owed by month for what was used, and what follows if less was paid."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from tallystick.agreements.clause import Clause, Whole
from tallystick.agreements.limit import LARGEST, Counts, Scope
from tallystick.register.model import CalendarDay
from tallystick.register.money import Amount, Currency
from tallystick.yaml_file import AtKeyError, Stated


def a_percentage(text: str) -> str:
    """A percentage as in a tolerance: at most 3 digits before the point and 4 after it."""
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})? ?%", text, re.ASCII):
        raise ValueError('a percentage is needed, such as "5 %" or "0.25 %"')
    return text


def share_of(percentage: str) -> Fraction:
    """A percentage as the exact share that it says: 1/20 for `5 %`."""
    return Fraction(Decimal(percentage.rstrip(" %"))) / 100


Percentage = Annotated[str, AfterValidator(a_percentage)]


class Tier(Stated):
    """What a unit costs up to some quantity of a month."""

    up_to: Whole | None = Field(
        default=None, ge=1, le=LARGEST, description="The last unit at this price, free ones aside; the last tier: none."
    )
    price: Amount = Field(description="The price of `per_units` units.")


class Interest(Stated):
    """What is owed on top of an underpayment, for the days from when it was due."""

    rate: Percentage = Field(description="By the year of 365 days.")
    kind: Literal["simple", "compound"] = Field(
        default="simple", description="`compound`: after every 365 days the interest bears interest too."
    )
    due_days: Whole = Field(default=0, ge=0, le=3650, description="How many days after a month ends its fee is due.")
    until: CalendarDay = Field(description="The first day that bears no interest any more.")

    @model_validator(mode="after")
    def _rate_is_no_more_than_the_sum(self) -> Interest:
        if share_of(self.rate) > 1:
            raise AtKeyError('a rate of interest is at most "100 %"', "rate")
        return self


class FeeClause(Clause):
    """What is owed by calendar month for what was used, against what the register says was paid."""

    kind: Literal["fee"]
    of: Literal["requests", "records", "response_bytes"] = Field(description="What is paid for.")
    counts: Counts | None = Field(default=None, description="Which requests are paid for, as in a clause `limit`.")
    currency: Currency = Field(description="The code of ISO 4217 of every amount of the clause.")
    price: Amount | None = Field(default=None, description="The price of `per_units` units; or `tiers`.")
    tiers: tuple[Tier, ...] | None = Field(
        default=None, min_length=1, description="Prices by the month's quantity, ascending; the last has no `up_to`."
    )
    tiering: Literal["graduated", "volume"] | None = Field(
        default=None,
        description="`graduated`, as where absent: each unit at the tier it lies in. `volume`: all units at the tier "
        "that they reach.",
    )
    per_units: Whole = Field(
        default=1, ge=1, le=LARGEST, description="How many units one price is for; parts of that are paid by share."
    )
    free: Whole = Field(default=0, ge=0, le=LARGEST, description="How many units of each month cost nothing.")
    base: Amount = Field(default=Decimal(0), description="Owed each month on top.")
    minimum: Amount = Field(default=Decimal(0), description="At least owed each month.")
    cost_share: Percentage | None = Field(
        default=None, description="From which share of underpayment on the licensee bears the cost of the audit."
    )
    interest: Interest | None = Field(default=None, description="What an underpayment bears; absent: nothing.")

    @model_validator(mode="after")
    def _one_tariff(self) -> FeeClause:
        if (self.price is None) == (self.tiers is None):
            raise ValueError("a fee has either a `price` or `tiers`")
        if self.tiers is None and self.tiering is not None:
            raise AtKeyError("it says how `tiers` are read, and there are none: take it out", "tiering")
        return self

    @model_validator(mode="after")
    def _tiers_ascend(self) -> FeeClause:
        reached = 0
        for place, tier in enumerate(self.tiers or ()):
            if place + 1 == len(self.tiers or ()):
                if tier.up_to is not None:
                    raise AtKeyError("the last tier has no end: take `up_to` out", "tiers", place, "up_to")
            elif tier.up_to is None:
                raise AtKeyError("every tier but the last says `up_to`", "tiers", place)
            elif tier.up_to <= reached:
                raise AtKeyError(f"it is not above the tier before, which ends at {reached:,}", "tiers", place, "up_to")
            else:
                reached = tier.up_to
        return self

    @property
    def scope(self) -> Scope:
        """Which requests are paid for."""
        return Scope.of(self.counts)

    @property
    def stages(self) -> tuple[tuple[int | None, Decimal], ...]:
        """The last unit of each tier, and its price; a single price is one tier without an end."""
        if self.tiers is not None:
            return tuple((tier.up_to, tier.price) for tier in self.tiers)
        assert self.price is not None
        return ((None, self.price),)
