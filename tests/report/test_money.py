"""What was owed and paid, as a document states it and as its renderings show it."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from report.documents import a_clause, a_document, a_finding, a_measure
from report.hostile import HOSTILE
from report.pages import PageText, with_texts
from tallystick.evidence.canonical import canonical_bytes
from tallystick.report.csv import findings_csv
from tallystick.report.html import render_html
from tallystick.report.money import money_stated
from tallystick.report.words import Words

Row = dict[str, Any]


def money(**changes: Any) -> Row:
    said = {"currency": "USD", "owed": "12345.00", "paid": "10000.00", "underpaid": "2345.00", "interest": None}
    return said | {"at_least": False, "clipped": False, "share": None, "share_reached": None} | changes


def a_month(key: str, **changes: Any) -> Row:
    nothing = dict.fromkeys(("max", "limit", "peak", "peak_at", "requests_over", "served_over"))
    said = {"key": key, "used": 24_690_000, "verdict": "exceeded", "money": money()}
    return a_measure(**nothing) | said | changes


def a_fee(*measures: Row) -> Row:
    return a_clause(kind="fee", clause="fee", cites="§ 7", verdict="exceeded", limits=[], measures=list(measures))


def page(*measures: Row, **finding: Any) -> str:
    found = a_finding(kind="fee", clause="fee", cites="§ 7", windows=[], evidence=[], **({"key": "2022-01"} | finding))
    return PageText.of(render_html(a_document(clauses=[a_fee(*measures)], findings=[found]))).text


MONTHS = (
    a_month("2022-01"),
    a_month("2022-02", verdict="kept", money=money(paid="12345.50", underpaid="-0.50")),
    a_month(
        "2022-03",
        unknown=3,
        verdict="not decided",
        missing="the register does not state what was paid for it in USD",
        money=money(paid=None, underpaid=None, at_least=True, clipped=True),
    ),
)
TOTAL = a_month("total", counted=0, used=74_070_000, money=money(share="9.4972", share_reached=True, interest="187.50"))


def test_a_fee_is_shown_month_by_month_with_the_total_below(shown: str) -> None:
    head = "Month Quantity Owed Paid Underpaid Interest Verdict"
    january = "2022-01 24,690,000 12,345.00 10,000.00 2,345.00 – Exceeded"
    february = "2022-02 24,690,000 12,345.00 12,345.50 −0.50 – Kept"

    assert f"{head} {january} {february} 2022-03" in shown
    assert "All months 74,070,000 12,345.00 10,000.00 2,345.00 9.4972 % of what was owed 187.50 Exceeded" in shown
    assert "amounts in USD" in shown


@pytest.fixture(scope="module")
def shown() -> str:
    return page(*MONTHS, TOTAL)


def test_what_is_not_stated_or_not_whole_is_said(shown: str) -> None:
    march = shown[shown.index("2022-03 cut") :]

    assert march.startswith(
        "2022-03 cut: a part of the month is judged 24,690,000 3 without the amount at least 12,345.00 "
    )
    assert "not stated not stated" in march
    assert "the register does not state what was paid for it in USD" in march


@pytest.mark.parametrize(
    ("reached", "said"),
    [(True, "the cost of the audit shifts"), (False, "the cost of the audit does not shift"), (None, None)],
)
def test_whether_the_cost_of_the_audit_shifts_is_said_where_it_is_known(reached: bool | None, said: str | None) -> None:
    total = a_month("total", money=money(share="4.0000", share_reached=reached))

    assert ("the cost of the audit" in page(*MONTHS, total)) == (said is not None)
    assert said is None or said in page(*MONTHS, total)


def test_a_fee_without_interest_has_no_column_for_it() -> None:
    assert "Owed Paid Underpaid Verdict" in page(*MONTHS)


def test_the_months_of_ten_years_are_all_shown_in_their_order() -> None:
    months = [a_month(f"{year}-{month:02}") for year in range(2013, 2023) for month in range(1, 13)]
    text = page(*months, TOTAL)

    places = [text.index(f"{month['key']} 24,690,000") for month in months]
    assert places == sorted(places)
    assert text.rindex("All months") > places[-1]


def test_a_finding_of_a_total_is_about_no_single_request() -> None:
    text = page(*MONTHS, TOTAL, key="total", requests=0)

    assert "concerns 0 requests" not in text
    assert "Finding 1: owed and paid , amounts in USD" in text or "Finding 1: owed and paid, amounts in USD" in text


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_amounts_of_others_change_no_element_of_the_page_and_no_cell(hostile: str) -> None:
    finding = a_finding(kind="fee", clause="fee", money=money())
    document = a_document(clauses=[a_fee(*MONTHS, TOTAL)], findings=[finding])
    changed = with_texts(document, hostile)

    found, expected = (PageText.of(render_html(one)) for one in (changed, with_texts(document, "benign")))

    assert found.shape == expected.shape
    assert found.unbalanced == []
    line = findings_csv(changed).decode().split("\r\n")[1]
    assert not [cell for cell in line.split('","') if cell[:1] in "=+-@" and cell]


# ── the document ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_amounts_of_a_document_are_decimal_text_in_the_digits_of_the_currency() -> None:
    row = {
        "currency": "JPY",
        "owed": Decimal("1234.0000"),
        "paid": Decimal("0.0000"),
        "underpaid": Decimal("1234.0000"),
    }
    row |= {"interest": None, "at_least": True, "clipped": False, "share": Decimal("26.3522"), "share_reached": True}

    said = money_stated({"money": row})

    assert said == {
        "money": {
            "currency": "JPY",
            "owed": "1234",
            "paid": "0",
            "underpaid": "1234",
            "interest": None,
            "at_least": True,
            "clipped": False,
            "share": "26.3522",
            "share_reached": True,
        }
    }
    assert b'"owed":"1234"' in canonical_bytes(said)


@pytest.mark.parametrize("row", [{}, {"money": None}])
def test_other_kinds_of_clause_say_nothing_of_money(row: Row) -> None:
    assert money_stated(row) == {}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12345.00", "12,345.00"),
        ("-2345.10", "−2,345.10"),
        ("0", "0"),
        ("9" * 34 + ".9999", "9," + ",".join(["999"] * 11) + ".9999"),
        (None, "–"),
        ("1e3", "1e3"),
        ("=1+1", "=1+1"),
        ("٣", "٣"),
    ],
)
def test_an_amount_is_grouped_and_anything_else_stays_text(text: str | None, shown: str) -> None:
    assert Words.load().amount(text) == shown


def test_amounts_in_the_table_of_findings_are_exact_numbers() -> None:
    finding = a_finding(kind="fee", money=money(underpaid="-0.50", owed="9999999999999999999999999999999999.99"))
    [row] = csv.DictReader(io.StringIO(findings_csv(a_document(findings=[finding])).decode()))

    assert (row["currency"], row["owed"], row["paid"]) == ("USD", "9999999999999999999999999999999999.99", "10000.00")
    assert (row["underpaid"], row["interest"]) == ("-0.50", "")
    assert b',"USD",9999999999999999999999999999999999.99,10000.00,-0.50,\r\n' in findings_csv(
        a_document(findings=[finding])
    )
