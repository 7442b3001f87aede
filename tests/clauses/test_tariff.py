"""What a quantity costs and what an underpayment bears: tables of cases, and the second opinion on drawn ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from building import a_version
from reference import fees
from tallystick.agreements.fee import FeeClause
from tallystick.clauses.money import Money, amount_in_words, amount_text, as_decimal
from tallystick.clauses.tariff import interest_units, owed_units, owed_units_at_least
from tallystick.errors import SumTooLargeError
from tallystick.register.currencies import MINOR_DIGITS

CURRENCIES = {0: "JPY", 2: "USD", 3: "BHD", 4: "CLF"}


def a_fee(**stated: Any) -> FeeClause:
    """0.50 USD for each request."""
    said = {"id": "fee", "cites": "§ 7", "says": "Fees.", "kind": "fee", "of": "requests", "currency": "USD"}
    prices = {} if "tiers" in stated else {"price": "0.50"}
    return FeeClause.model_validate(said | prices | stated)


TIERS = [{"up_to": 100, "price": "0.50"}, {"up_to": 300, "price": "0.40"}, {"price": "0.10"}]


@pytest.mark.parametrize(
    ("stated", "quantity", "owed"),
    [
        ({}, 0, "0.00"),
        ({}, 1, "0.50"),
        ({"price": "0"}, 10**6, "0.00"),
        ({"per_units": 1000}, 24_690_000, "12345.00"),
        ({"per_units": 1000}, 1, "0.00"),  # a thousandth of 0.50 is less than half a cent
        ({"per_units": 1000}, 10, "0.00"),  # half a cent goes to the even one
        ({"per_units": 1000}, 30, "0.02"),  # so does one and a half
        ({"price": "0.01", "per_units": 3}, 1, "0.00"),
        ({"price": "0.01", "per_units": 3}, 2, "0.01"),
        ({"free": 10}, 9, "0.00"),
        ({"free": 10}, 10, "0.00"),
        ({"free": 10}, 11, "0.50"),
        ({"free": 2**63 - 1}, 2**63 - 1, "0.00"),
        ({"base": "100.00", "free": 10}, 5, "100.00"),
        ({"base": "100.00", "minimum": "500.00"}, 799, "500.00"),
        ({"base": "100.00", "minimum": "500.00"}, 800, "500.00"),
        ({"base": "100.00", "minimum": "500.00"}, 801, "500.50"),
        ({"minimum": "500.00"}, 0, "500.00"),
        ({"tiers": TIERS}, 0, "0.00"),
        ({"tiers": TIERS}, 100, "50.00"),
        ({"tiers": TIERS}, 101, "50.40"),
        ({"tiers": TIERS}, 300, "130.00"),
        ({"tiers": TIERS}, 301, "130.10"),
        ({"tiers": TIERS, "free": 50}, 150, "50.00"),  # tiers begin after the free units
        ({"tiers": TIERS, "tiering": "volume"}, 0, "0.00"),
        ({"tiers": TIERS, "tiering": "volume"}, 100, "50.00"),
        ({"tiers": TIERS, "tiering": "volume"}, 101, "40.40"),
        ({"tiers": TIERS, "tiering": "volume"}, 300, "120.00"),
        ({"tiers": TIERS, "tiering": "volume"}, 301, "30.10"),
        ({"tiers": TIERS, "tiering": "volume", "free": 50}, 151, "40.40"),
        ({"price": "999999999999999.999999999999"}, 2**63 - 1, "9223372036854775806999999990776627.96"),
        ({"currency": "JPY", "price": "0.5"}, 3, "2"),
        ({"currency": "JPY", "price": "0.5"}, 5, "2"),
        ({"currency": "BHD", "price": "0.0005"}, 3, "0.002"),
        ({"currency": "CLF", "price": "0.00005"}, 3, "0.0002"),
    ],
)
def test_a_quantity_costs_what_the_prices_say_rounded_once_half_to_even(
    stated: dict[str, Any], quantity: int, owed: str
) -> None:
    fee = a_fee(**stated)

    assert amount_text(as_decimal(owed_units(fee, quantity), fee.currency), fee.currency) == owed


@pytest.mark.parametrize(
    ("stated", "quantity", "owed"),
    [
        ({}, 7, 350),
        ({"tiers": TIERS}, 250, 11_000),
        ({"tiers": TIERS, "tiering": "volume"}, 20, 1_000),  # 20 × 0.50 is less than 101 × 0.40 and 301 × 0.10
        ({"tiers": TIERS, "tiering": "volume"}, 100, 3_010),  # 301 units would cost less
        ({"tiers": TIERS, "tiering": "volume"}, 300, 3_010),
        ({"tiers": TIERS, "tiering": "volume"}, 301, 3_010),
        ({"tiers": TIERS, "tiering": "volume", "minimum": "45.00"}, 100, 4_500),
    ],
)
def test_more_units_may_cost_less_where_all_are_paid_at_the_tier_that_they_reach(
    stated: dict[str, Any], quantity: int, owed: int
) -> None:
    assert owed_units_at_least(a_fee(**stated), quantity) == owed


@pytest.mark.parametrize(
    ("kind", "due_days", "until", "underpaid", "bears"),
    [
        ("simple", 0, "2022-02-01", 100_000, 0),
        ("simple", 0, "2022-02-02", 100_000, 22),  # 1,000.00 × 8 % / 365 = 0.2191…
        ("simple", 0, "2022-01-01", 100_000, 0),
        ("simple", 0, "2023-02-01", 100_000, 8_000),
        ("simple", 30, "2023-03-03", 100_000, 8_000),
        ("simple", 30, "2022-03-03", 100_000, 0),
        ("simple", 0, "2024-02-01", 100_000, 16_000),
        ("simple", 0, "2025-02-01", 100_000, 24_022),  # over a leap day: 1,096 days of years of 365
        ("compound", 0, "2023-02-01", 100_000, 8_000),
        ("compound", 0, "2024-02-01", 100_000, 16_640),
        ("compound", 0, "2024-02-29", 100_000, 17_356),
        ("compound", 0, "2025-02-01", 100_000, 25_999),  # 1.08³ − 1 = 25.9712 %, and one day
        ("compound", 0, "2022-02-02", 100_000, 22),
        ("simple", 0, "2023-06-30", 0, 0),
    ],
)
def test_interest_runs_by_the_day_from_when_the_fee_was_due(
    kind: str, due_days: int, until: str, underpaid: int, bears: int
) -> None:
    fee = a_fee(interest={"rate": "8 %", "kind": kind, "due_days": due_days, "until": until})
    assert fee.interest is not None

    assert interest_units(fee.interest, underpaid, date(2022, 2, 1)) == bears


@st.composite
def tariffs(draw: st.DrawFn, *, largest: int) -> tuple[fees.Fee, FeeClause]:
    digits = draw(st.sampled_from(sorted(CURRENCIES)))
    ends = sorted(draw(st.sets(st.integers(1, largest), max_size=4)))
    prices = draw(st.lists(amounts(), min_size=len(ends) + 1, max_size=len(ends) + 1))
    numbers = {"per_units": draw(st.sampled_from([1, 3, 7, 1000, largest])), "free": draw(st.integers(0, largest // 3))}
    more = {
        "base": draw(amounts()),
        "minimum": draw(amounts()),
        "tiering": draw(st.sampled_from(["graduated", "volume"])),
    }
    tiers = list(zip([*ends, None], prices, strict=True))
    told = [{"price": price} if last is None else {"up_to": last, "price": price} for last, price in tiers]
    clause = a_fee(currency=CURRENCIES[digits], tiers=told, **numbers, **more)
    return fees.Fee(tiers=tuple(tiers), digits=digits, **numbers, **more), clause


def amounts() -> st.SearchStrategy[str]:
    return st.builds(
        lambda units, digits: f"{Decimal(units).scaleb(-digits):f}",
        st.integers(0, 10**6) | st.sampled_from([0, 5, 15, 25, 10**15 - 1]),
        st.integers(0, 6),
    )


@given(tariffs(largest=2**63 - 1), st.data())
@settings(max_examples=800, deadline=None, derandomize=True)
def test_a_second_opinion_finds_the_same_price(drawn: tuple[fees.Fee, FeeClause], data: st.DataObject) -> None:
    fee, clause = drawn
    edges = [fee.free + (last or 0) + off for last, _ in fee.tiers for off in (-1, 0, 1)]
    quantity = max(0, data.draw(st.integers(0, 2**63 - 1) | st.sampled_from(edges)))

    found = as_decimal(owed_units(clause, quantity), clause.currency)

    assert found == fees.owed(fee, quantity)


@given(tariffs(largest=60), st.integers(0, 90))
@settings(max_examples=500, deadline=None, derandomize=True)
def test_a_second_opinion_finds_the_same_least_price(drawn: tuple[fees.Fee, FeeClause], quantity: int) -> None:
    fee, clause = drawn

    assert as_decimal(owed_units_at_least(clause, quantity), clause.currency) == fees.owed_at_least(fee, quantity)


@given(
    st.integers(0, 10**18),
    st.decimals("0", "100", places=4).map(lambda rate: f"{rate:f} %"),
    st.sampled_from(["simple", "compound"]),
    st.dates(date(1999, 1, 1), date(2101, 1, 1)),
    st.integers(0, 3650),
    st.integers(-400, 30_000),
)
@settings(max_examples=500, deadline=None, derandomize=True)
def test_a_second_opinion_finds_the_same_interest(
    underpaid: int, rate: str, kind: str, month_end: date, due_days: int, days: int
) -> None:
    until = month_end + timedelta(days=due_days + days)
    stated = {"rate": rate, "kind": kind, "due_days": due_days, "until": until.isoformat()}
    interest = a_fee(interest=stated).interest
    assert interest is not None

    found = as_decimal(interest_units(interest, underpaid, month_end), "USD")

    due = month_end + timedelta(days=due_days)
    assert found == fees.interest(as_decimal(underpaid, "USD"), rate, kind, due, until, 2)


# ── how money is written ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("amount", "currency", "text", "words"),
    [
        ("0.0000", "USD", "0.00", "0.00 USD"),
        ("12345.0000", "USD", "12345.00", "12,345.00 USD"),
        ("-2345.1000", "USD", "-2345.10", "-2,345.10 USD"),
        ("-0.1", "USD", "-0.10", "-0.10 USD"),
        ("1234.0000", "JPY", "1234", "1,234 JPY"),
        ("0.005", "BHD", "0.005", "0.005 BHD"),
        ("9" * 34 + ".9999", "CLF", "9" * 34 + ".9999", "9," + ",".join(["999"] * 11) + ".9999 CLF"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency(amount: str, currency: str, text: str, words: str) -> None:
    assert amount_text(Decimal(amount), currency) == text
    assert amount_in_words(Decimal(amount), currency) == words


@given(st.integers(-(10**38), 10**38), st.sampled_from(sorted(MINOR_DIGITS)))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_minor_units_are_the_decimal_that_they_say(units: int, currency: str) -> None:
    found = as_decimal(units, currency)

    assert amount_text(found, currency).replace(".", "").lstrip("-").lstrip("0") == str(abs(units)).lstrip("0")
    assert found == fees.LONG.scaleb(Decimal(units), -MINOR_DIGITS[currency])


def test_an_amount_that_no_table_can_hold_is_an_error() -> None:
    largest = Decimal("9" * 34 + ".99")
    kept = Money(currency="USD", owed=largest, paid=largest, underpaid=Decimal("0.00"), interest=None)

    with pytest.raises(SumTooLargeError, match="more than 34 digits before the point"):
        replace(kept, owed=Decimal(10**34))
    with pytest.raises(SumTooLargeError, match="more than 34 digits before the point"):
        replace(kept, underpaid=Decimal(-(10**34)))


# ── what a clause may not say ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"price": None}, "either a `price` or `tiers`"),
        ({"tiers": TIERS, "price": "1"}, "either a `price` or `tiers`"),
        ({"tiering": "volume"}, "there are none"),
        ({"tiers": []}, "at least 1 item"),
        ({"tiers": [{"price": "1"}, {"price": "2"}]}, "every tier but the last says `up_to`"),
        ({"tiers": [{"up_to": 5, "price": "1"}]}, "the last tier has no end"),
        ({"tiers": [{"up_to": 5, "price": "1"}, {"up_to": 5, "price": "1"}, {"price": "2"}]}, "above the tier before"),
        ({"tiers": [{"up_to": 5, "price": "1"}, {"up_to": 4, "price": "1"}, {"price": "2"}]}, "above the tier before"),
        ({"price": 0.5}, "decimal text in quotes"),
        ({"price": 1}, "decimal text in quotes"),
        ({"price": True}, "decimal text in quotes"),
        ({"price": "1e3"}, "no sign, no separators"),
        ({"price": "1,000"}, "no sign, no separators"),
        ({"price": "-1"}, "no sign, no separators"),
        ({"price": "٣"}, "no sign, no separators"),
        ({"price": "NaN"}, "no sign, no separators"),
        ({"price": "1."}, "no sign, no separators"),
        ({"price": "0.0000000000001"}, "12 after it"),
        ({"currency": "usd"}, "no currency of ISO 4217"),
        ({"currency": "XAU"}, "no currency of ISO 4217"),
        ({"per_units": 0}, "greater than or equal to 1"),
        ({"per_units": True}, "a whole number is needed"),
        ({"free": -1}, "greater than or equal to 0"),
        ({"free": 2**63}, "less than or equal to"),
        ({"cost_share": "5"}, "a percentage is needed"),
        ({"cost_share": "5.00001 %"}, "a percentage is needed"),
        ({"interest": {"rate": "100.0001 %", "until": "2023-06-30"}}, "at most"),
        ({"interest": {"rate": "8 %", "until": "2023-02-29"}}, "is no day"),
        ({"interest": {"rate": "8 %", "until": "2023-06-30T00:00:00Z"}}, "is no day"),
        ({"interest": {"rate": "8 %", "until": "2023-06-30", "due_days": 4000}}, "less than or equal to 3650"),
        ({"interest": {"rate": "8 %", "until": "2023-06-30", "kind": "daily"}}, "'simple' or 'compound'"),
    ],
)
def test_a_fee_that_cannot_be_reckoned_is_refused(stated: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        a_fee(**stated)

    assert said in str(refused.value.errors()[0]["msg"])


def test_two_fees_of_a_version_are_in_different_currencies() -> None:
    fee = a_fee().model_dump()
    other = a_fee(id="other", currency="EUR").model_dump()

    assert len(a_version(fee, other).clauses) == 2
    with pytest.raises(ValidationError, match="could not be told apart"):
        a_version(fee, a_fee(id="other").model_dump())
