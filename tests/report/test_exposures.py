"""Money that is open: what is sure, and what may be on top."""

from __future__ import annotations

from typing import Any

import pytest

from report.found import a_measured, a_month
from tallystick.report.exposures import exposures, open_for

Row = dict[str, Any]


@pytest.mark.parametrize(
    ("months", "low", "high"),
    [
        ([("10.00", "10.00")], "0.00", "0.00"),
        ([("10.00", "4.00")], "6.00", "6.00"),
        ([("10.00", "4.00"), ("10.00", "12.00")], "4.00", "6.00"),
        ([("10.00", "4.00"), ("10.00", "30.00")], "0.00", "6.00"),
        ([("10.00", "4.00"), ("7.50", None)], "6.00", "13.50"),
        ([("10.00", None)], "0.00", "10.00"),
    ],
)
def test_what_is_set_off_is_sure_and_what_is_not_stated_may_be_on_top(
    months: list[tuple[str, str | None]], low: str, high: str
) -> None:
    measures = [a_month(f"2022-0{number}", *month) for number, month in enumerate(months, start=1)]
    [exposure] = exposures([*measures, a_month("total", "1.00", "0.00")])

    assert (exposure["currency"], exposure["low"], exposure["high"]) == ("USD", low, high)


def test_interest_is_on_top() -> None:
    [exposure] = exposures([a_month("2022-01", "10.00", "4.00", interest="0.25")])

    assert (exposure["low"], exposure["high"]) == ("6.00", "6.25")


def test_a_range_goes_from_the_lowest_to_the_highest_reading() -> None:
    measures = [a_month("2022-01", "10.00", "4.00"), a_month("2022-01", "12.00", "4.00", reading="other")]
    [exposure] = exposures(measures)

    assert (exposure["low"], exposure["high"]) == ("6.00", "8.00")


def test_clauses_of_one_currency_add_up_and_currencies_stay_apart() -> None:
    measures = [
        a_month("2022-01", "10.00", "4.00", at_least=True),
        a_month("2022-01", "3.00", "1.00", clause="other"),
        a_month("2022-01", "500", "100", clause="yen", currency="JPY"),
    ]

    assert exposures(measures) == [
        {
            "currency": "JPY",
            "low": "400",
            "high": "400",
            "at_least": False,
            "of": [{"version": "2020-01-01", "clause": "yen", "low": "400", "high": "400", "at_least": False}],
        },
        {
            "currency": "USD",
            "low": "8.00",
            "high": "8.00",
            "at_least": True,
            "of": [
                {"version": "2020-01-01", "clause": "fee", "low": "6.00", "high": "6.00", "at_least": True},
                {"version": "2020-01-01", "clause": "other", "low": "2.00", "high": "2.00", "at_least": False},
            ],
        },
    ]


def test_without_a_fee_nothing_is_open() -> None:
    assert exposures([a_measured()]) == []
    assert open_for("monitor", [a_measured()]) is None


def test_one_month_leaves_open_its_own_and_the_total_that_of_all() -> None:
    measures = [a_month("2022-01", "10.00", "4.00"), a_month("2022-02", "2.00", "1.00"), a_month("total", "9", "0")]
    said = {key: open_for(key, measures) for key in ("2022-01", "total")}

    assert {key: one and one.as_dict()["low"] for key, one in said.items()} == {"2022-01": "6.00", "total": "7.00"}


def test_amounts_past_what_a_float_holds_stay_exact() -> None:
    large = "9999999999999999999999999999999999.99"
    [exposure] = exposures([a_month("2022-01", large, "0.00"), a_month("2022-02", "0.02", "0.00")])

    assert exposure["high"] == "10000000000000000000000000000000000.01"
