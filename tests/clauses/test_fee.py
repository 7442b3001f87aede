"""What is owed by month for requests in a lake, and what follows when less was paid."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from building import Row, a_licensee, a_request, a_version, drawn
from clauses.judged import STATED, Judged, judge_clause
from clauses.versions import judge_all
from tallystick.clauses.result import Measure
from tallystick.clauses.sentence import sentence_of
from tallystick.register.model import Licensee

FEE = {"kind": "fee", "of": "requests", "currency": "USD", "price": "0.50"}


def paid(amounts: Mapping[str, str], currency: str = "USD") -> Licensee:
    """Halcyon, who paid so much by month."""
    stated = [{"month": month, "amount": amount, "currency": currency} for month, amount in amounts.items()]
    return a_licensee(paid=stated)


def in_months(counts: str, **stated: Any) -> list[Row]:
    """Requests by month: `2022-01:3 2022-02:1`."""
    rows: list[Row] = []
    for month, count in (part.split(":") for part in counts.split()):
        for place in range(int(count)):
            rows.append(a_request(at=f"{month}-15T10:00:{place:02}", position=len(rows) + 1, **stated))
    return rows


def shown(judged: Judged) -> list[tuple[str | None, int, str, str | None, str | None, str]]:
    """By key: quantity, owed, paid, underpaid, verdict."""
    return [
        (key, one.used, str(money.owed), _text(money.paid), _text(money.underpaid), one.verdict)
        for key, one, money in ((key, one, _money(one)) for key, one in judged.measures.items())
    ]


def _money(measure: Measure) -> Any:
    assert measure.money is not None
    return measure.money


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


@pytest.mark.parametrize("only_raw", [False, True])
def test_what_is_owed_by_month_is_held_against_what_was_paid(tmp_path: Path, only_raw: bool) -> None:
    rows = in_months("2022-01:4 2022-02:2 2022-03:3")
    licensee = paid({"2022-01": "2.00", "2022-02": "0.40", "2022-03": "2"})

    judged = judge_clause(tmp_path, rows, FEE, licensee=licensee, period="2022-Q1", only_raw=only_raw)

    assert shown(judged) == [
        ("2022-01", 4, "2.00", "2.00", "0.00", "kept"),
        ("2022-02", 2, "1.00", "0.40", "0.60", "exceeded"),
        ("2022-03", 3, "1.50", "2.00", "-0.50", "kept"),
        ("total", 9, "4.50", "4.40", "0.10", "exceeded"),
    ]
    assert [one.counted for one in judged.measures.values()] == [4, 2, 3, 0]  # a total counts nothing twice
    assert {one.decided_from for one in judged.measures.values()} == {"request" if only_raw else "usage_app_slot"}


def test_whole_months_are_decided_without_a_raw_row(tmp_path: Path) -> None:
    rows = in_months("2022-01:4 2022-02:2")

    judged = judge_clause(tmp_path, rows, FEE, licensee=paid({"2022-01": "2"}), period="2022-Q1")

    assert {one.rows_read for one in judged.measures.values()} == {0}


def test_what_the_register_does_not_state_is_not_nothing(tmp_path: Path) -> None:
    rows = in_months("2022-01:4")

    judged = judge_clause(tmp_path, rows, FEE, licensee=paid({"2022-02": "0"}), period="2022-Q1")

    assert shown(judged) == [
        ("2022-01", 4, "2.00", None, None, "not decided"),
        ("2022-02", 0, "0.00", "0.00", "0.00", "kept"),
        ("2022-03", 0, "0.00", None, None, "kept"),  # where nothing is owed, nothing can be missing
        ("total", 4, "2.00", None, None, "not decided"),
    ]
    said = "the register does not state what was paid for it in USD"
    assert judged.measures["2022-01"].missing == said
    assert judged.measures["total"].missing == f"2022-01: {said}"


def test_what_was_paid_in_another_currency_is_not_stated_in_this_one(tmp_path: Path) -> None:
    judged = judge_clause(
        tmp_path, in_months("2022-01:4"), FEE, licensee=paid({"2022-01": "9"}, "EUR"), period="2022-01"
    )

    assert [one.verdict for one in judged.measures.values()] == ["not decided", "not decided"]


def test_nothing_paid_is_stated_as_nothing(tmp_path: Path) -> None:
    judged = judge_clause(tmp_path, in_months("2022-01:4"), FEE, licensee=paid({"2022-01": "0"}), period="2022-01")

    assert shown(judged) == [
        ("2022-01", 4, "2.00", "0.00", "2.00", "exceeded"),
        ("total", 4, "2.00", "0.00", "2.00", "exceeded"),
    ]


def test_a_base_and_a_minimum_are_owed_without_a_request(tmp_path: Path) -> None:
    said = FEE | {"base": "10.00", "minimum": "12.00"}

    judged = judge_clause(
        tmp_path, in_months("2022-01:5"), said, licensee=paid({"2022-01": "12.50", "2022-02": "11.99"}), period="2022"
    )

    assert shown(judged)[:3] == [
        ("2022-01", 5, "12.50", "12.50", "0.00", "kept"),
        ("2022-02", 0, "12.00", "11.99", "0.01", "exceeded"),
        ("2022-03", 0, "12.00", None, None, "not decided"),
    ]
    assert len(judged.measures) == 13
    assert judged.measures["2022-02"].witnesses == ()


def test_requests_refused_with_429_and_duplicates_cost_nothing(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                   status  is_duplicate  licensee
        2022-01-10T10:00:00  200     false         halcyon
        2022-01-10T10:00:01  429     false         halcyon
        2022-01-10T10:00:02  200     true          halcyon
        2022-01-10T10:00:03  -       false         halcyon
        2022-01-10T10:00:04  200     false         other
        """,
    )

    judged = judge_clause(tmp_path, rows, FEE, licensee=paid({"2022-01": "1"}), period="2022-01")

    assert judged.verdicts()["2022-01"] == (2, 2, "kept")


def test_only_what_counts_is_paid_for(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at                   route      method  records
        2022-01-10T10:00:00  /2/tweets  GET     10
        2022-01-10T10:00:01  /2/tweets  GET     5
        2022-01-10T10:00:02  /2/users   GET     100
        """,
    )
    said = FEE | {"of": "records", "counts": {"routes": ["GET /2/tweets"]}}

    judged = judge_clause(tmp_path, rows, said, licensee=paid({"2022-01": "7.49"}), period="2022-01")

    assert shown(judged)[0] == ("2022-01", 15, "7.50", "7.49", "0.01", "exceeded")
    assert judged.measures["2022-01"].decided_from == "usage_scope"
    assert judged.measures["2022-01"].counted == 2


# ── what the log does not say ─────────────────────────────────────────────────────────────────────────────────────────

RECORDS = """
    at                   records  route
    2022-01-10T10:00:00  10       /2/tweets
    2022-01-10T10:00:01  -        /2/tweets
    2022-01-10T10:00:02  10       -
"""


@pytest.mark.parametrize(
    ("amount", "verdict", "missing"),
    [
        ("9.99", "exceeded", None),
        ("10.00", "not decided", "1 of 3 requests do not say their records"),
        ("99.00", "not decided", "1 of 3 requests do not say their records"),
    ],
)
def test_unknown_amounts_are_owed_for_on_top(tmp_path: Path, amount: str, verdict: str, missing: str | None) -> None:
    said = FEE | {"of": "records"}

    judged = judge_clause(
        tmp_path, drawn(a_request, RECORDS), said, licensee=paid({"2022-01": amount}), period="2022-01"
    )

    month = judged.measures["2022-01"]
    assert (month.unknown, month.verdict, month.missing) == (1, verdict, missing)
    assert _money(month).is_at_least
    assert _money(month).owed == Decimal("10.00")


def test_a_request_without_a_route_may_be_owed_for(tmp_path: Path) -> None:
    said = FEE | {"counts": {"routes": ["GET /2/tweets"]}}

    judged = judge_clause(tmp_path, drawn(a_request, RECORDS), said, licensee=paid({"2022-01": "1"}), period="2022-Q1")

    month = judged.measures["2022-01"]
    assert (month.used, month.verdict) == (2, "not decided")
    assert month.missing == "1 requests do not say enough to tell whether the clause counts them"
    assert judged.measures["2022-02"].verdict == "kept"


def test_unknown_amounts_may_reach_a_cheaper_tier_for_all(tmp_path: Path) -> None:
    said = FEE | {"of": "records", "price": None, "tiering": "volume"}
    said |= {"tiers": [{"up_to": 20, "price": "0.50"}, {"price": "0.01"}]}

    judged = judge_clause(
        tmp_path, drawn(a_request, RECORDS), said, licensee=paid({"2022-01": "0.20"}), period="2022-01"
    )

    assert shown(judged)[0] == ("2022-01", 20, "0.21", "0.20", "0.01", "exceeded")  # 21 records would cost 0.21


# ── months ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_months_are_those_of_the_version_s_zone_also_where_clocks_change(tmp_path: Path) -> None:
    rows = drawn(
        a_request,
        """
        at
        2022-03-01T07:59:59.999999
        2022-03-01T08:00:00
        2022-04-01T06:59:59.999999
        2022-04-01T07:00:00
        """,
    )
    version = a_version(STATED | FEE, time_zone="America/Los_Angeles")
    period = "2022-02-01T08:00:00Z/2022-05-01T07:00:00Z"

    [fee, *_] = judge_all(tmp_path, rows, version, licensee=paid({}), period=period)

    assert [(one.key, one.used, _money(one).is_clipped) for one in fee.measures] == [
        ("2022-02", 1, False),
        ("2022-03", 2, False),
        ("2022-04", 1, False),
        ("total", 4, False),
    ]


def test_a_month_that_the_period_cuts_is_exceeded_only_by_what_is_known_of_it(tmp_path: Path) -> None:
    rows = in_months("2022-01:4 2022-02:4")
    licensee = paid({"2022-01": "1.99", "2022-02": "2.00"})

    judged = judge_clause(tmp_path, rows, FEE, licensee=licensee, period="2022-01-10/2022-02-20")

    assert shown(judged) == [
        ("2022-01", 4, "2.00", "1.99", "0.01", "exceeded"),
        ("2022-02", 4, "2.00", "2.00", "0.00", "not decided"),
        ("total", 8, "4.00", "3.99", "0.01", "exceeded"),
    ]
    assert all(_money(one).is_clipped and _money(one).is_at_least for one in judged.measures.values())
    said = "only a part of the month is judged here, and what was paid is for all of it"
    assert judged.measures["2022-02"].missing == said


def test_each_version_reckons_its_part_of_a_month_with_its_own_prices(tmp_path: Path) -> None:
    rows = in_months("2022-01:4") + drawn(a_request, "at\n2022-01-20T00:00:00\n2022-01-19T23:59:59.999999", file_id="g")
    first = a_version(STATED | FEE | {"base": "1.00"})
    second = a_version(STATED | FEE | {"price": "2.00"}, version="2022-01-20", in_force_from="2022-01-20")

    [one, two, *_] = judge_all(tmp_path, rows, first, second, licensee=paid({"2022-01": "3.00"}), period="2022-01")

    assert [(each.measures[0].used, str(_money(each.measures[0]).owed)) for each in (one, two)] == [
        (5, "3.50"),
        (1, "2.00"),
    ]
    assert [each.measures[0].verdict for each in (one, two)] == ["exceeded", "not decided"]


# ── what follows ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("amount", "share", "is_reached"),
    [("1.90", "5.0000", True), ("1.91", "4.5000", False), ("2.00", "0.0000", False), ("9.00", "0.0000", False)],
)
def test_the_share_of_underpayment_says_whether_the_cost_shifts(
    tmp_path: Path, amount: str, share: str, is_reached: bool
) -> None:
    said = FEE | {"cost_share": "5 %"}

    judged = judge_clause(tmp_path, in_months("2022-01:4"), said, licensee=paid({"2022-01": amount}), period="2022-01")

    total = _money(judged.measures["total"])
    assert (str(total.share), total.is_share_reached) == (share, is_reached)
    assert _money(judged.measures["2022-01"]).share is None


def test_a_share_of_at_least_something_is_reached_or_not_known(tmp_path: Path) -> None:
    said = FEE | {"cost_share": "5 %"}
    rows = in_months("2022-01:4")

    reached, unknown = (
        _money(
            judge_clause(
                tmp_path / amount, rows, said, licensee=paid({"2022-01": amount}), period="2022-01-10/2022-02-01"
            ).measures["total"]
        )
        for amount in ("1.90", "1.95")
    )

    assert (reached.is_share_reached, unknown.is_share_reached) == (True, None)


def test_each_month_bears_interest_from_when_it_was_due(tmp_path: Path) -> None:
    said = FEE | {"interest": {"rate": "10 %", "kind": "simple", "due_days": 30, "until": "2023-03-03"}}
    rows = in_months("2022-01:40 2022-02:40")
    licensee = paid({"2022-01": "0", "2022-02": "30.00"})

    judged = judge_clause(tmp_path, rows, said, licensee=licensee, period="2022-Q1")

    interest = [_text(_money(one).interest) for one in judged.measures.values()]
    assert interest == ["2.00", "0.00", "0.00", "2.00"]  # 365 days on 20.00; what was paid too much bears nothing
    assert shown(judged)[-1] == ("total", 80, "40.00", "30.00", "10.00", "exceeded")


def test_interest_of_a_month_of_which_nothing_is_stated_is_not_known(tmp_path: Path) -> None:
    said = FEE | {"interest": {"rate": "10 %", "until": "2023-03-03"}}

    judged = judge_clause(tmp_path, in_months("2022-01:4"), said, licensee=paid({}), period="2022-Q1")

    assert [_text(_money(one).interest) for one in judged.measures.values()] == [None, "0.00", "0.00", None]


def test_a_fee_is_in_the_digits_of_its_currency(tmp_path: Path) -> None:
    said = FEE | {"currency": "JPY", "price": "0.50"}

    judged = judge_clause(
        tmp_path, in_months("2022-01:5"), said, licensee=paid({"2022-01": "1"}, "JPY"), period="2022-01"
    )

    assert shown(judged)[0] == ("2022-01", 5, "2", "1", "1", "exceeded")


def test_sums_past_what_a_float_holds_stay_exact(tmp_path: Path) -> None:
    rows = drawn(a_request, "at records\n2022-01-10T10:00:00 9007199254740993\n2022-01-10T10:00:01 2")
    said = FEE | {"of": "records", "price": "0.01"}

    judged = judge_clause(tmp_path, rows, said, licensee=paid({"2022-01": "90071992547409.94"}), period="2022-01")

    assert shown(judged)[0][2:] == ("90071992547409.95", "90071992547409.94", "0.01", "exceeded")


# ── in words ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({}, "owed by calendar month: 0.50 USD for each request"),
        (
            {"per_units": 1000, "free": 10_000, "base": "100.00", "minimum": "500.00", "cost_share": "5 %"},
            (
                "owed by calendar month: 0.50 USD for 1,000 requests; 10,000 free; 100.00 USD on top; at least 500.00 "
                "USD; from an underpayment of 5 % on the audit's cost shifts"
            ),
        ),
        (
            {
                "price": None,
                "tiers": [{"up_to": 1000, "price": "0.50"}, {"price": "0.40"}],
                "of": "response_bytes",
                "interest": {"rate": "8 %", "kind": "compound", "due_days": 30, "until": "2023-06-30"},
            },
            (
                "owed by calendar month: 0.50 USD up to 1,000, then 0.40 USD for each response byte, graduated; "
                "interest 8 % a year, compound, from 30 days after the month to before 2023-06-30"
            ),
        ),
    ],
)
def test_the_terms_are_said_in_words(tmp_path: Path, stated: dict[str, Any], words: str) -> None:
    assert judge_clause(tmp_path, in_months("2022-01:1"), FEE | stated, period="2022-01").terms == words


def test_a_finding_says_what_was_owed_and_paid(tmp_path: Path) -> None:
    said = STATED | FEE | {"price": "1234.50", "cost_share": "5 %"}
    said |= {"interest": {"rate": "10 %", "until": "2023-02-01"}}
    licensee = paid({"2022-01": "10000", "2022-02": "1"})

    [fee, *_] = judge_all(
        tmp_path, in_months("2022-01:10 2022-02:1"), a_version(said), licensee=licensee, period="2022-01-01/2022-02-20"
    )

    january, february, total = (sentence_of(fee, one) for one in fee.measures)
    assert january == (
        "2022-01: owed 12,345.00 USD for 10 requests by § 2, paid 10,000.00 USD, 2,345.00 USD less, interest 234.50 USD"
    )
    assert february == (
        "2022-02: owed at least 1,234.50 USD for 1 requests by § 2, paid 1.00 USD, at least 1,233.50 USD less, "
        "interest at least 113.89 USD"
    )
    assert total == (
        "total: owed at least 13,579.50 USD for 11 requests by § 2, paid 10,001.00 USD, at least 3,578.50 USD less, "
        "at least 26.3522 % of what was owed, which shifts the cost of the audit, interest at least 348.39 USD"
    )


def test_a_finding_that_is_not_decided_says_what_is_owed(tmp_path: Path) -> None:
    [fee, *_] = judge_all(
        tmp_path, in_months("2022-01:4"), a_version(STATED | FEE), licensee=paid({}), period="2022-01"
    )

    assert sentence_of(fee, fee.measures[0]) == (
        "2022-01: not decided, the register does not state what was paid for it in USD; owed 2.00 USD for 4 requests "
        "by § 2"
    )
