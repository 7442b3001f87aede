"""A finding carries what it rests on: its agreement's file, its query, its answer, and what was found before."""

from __future__ import annotations

import pytest

from report.found import FEE, a_found, a_measured, a_month, judged

LIMIT = {"id": "limit", "cites": "§ 4", "says": "So many.", "kind": "limit", "of": "requests", "per": "app", "max": 2}
SLIDING = LIMIT | {"window": "sliding", "within": "PT15M"}


def test_a_finding_shows_the_words_terms_and_file_of_its_clause() -> None:
    told = judged(SLIDING, measures=[a_measured()]).told(a_found())

    assert (told["says"], told["cites"], told["agreement_sha256"]) == ("So many.", "§ 4", "a" * 64)
    assert told["terms"] == "at most 2 requests per app in any 15 minutes (PT15M)"
    assert told["effect"] == {"requests_over": 3, "served_over": 1, "money": None}


def test_its_query_counts_its_key_in_the_time_that_its_version_judges() -> None:
    told = judged(SLIDING, measures=[a_measured()], period="2022-02").told(a_found())

    assert "= 'monitor'" in told["query"]
    assert "TIMESTAMPTZ '2022-02-01 00:00:00.000000+00:00'" in told["query"]


def test_a_standing_rule_belongs_to_no_file_and_is_counted_again_too() -> None:
    rule = {"version": None, "clause": "registered-app", "kind": "register", "key": "stranger"}
    nothing = {"peak": None, "windows_over": 0, "max": 0, "limit": 0, "used": 4}
    told = judged(SLIDING, measures=[a_measured(**rule, **nothing)]).told(a_found(**rule, windows=[]))

    assert (told["agreement_sha256"], told["cites"]) == (None, None)
    assert (told["condition"]["used"], told["condition"]["per"]) == (4, "app")
    assert "'stranger'" in told["query"]


def test_the_registers_answer_stands_beside_its_finding() -> None:
    answer = {"clause": "limit", "app": "monitor", "period": "2022", "date": "2023-02-01", "text": "By our log: 1."}
    parts = judged(SLIDING, measures=[a_measured()], responses=[answer])

    assert parts.told(a_found())["response"] == {"date": "2023-02-01", "text": "By our log: 1."}
    assert parts.told(a_found(key="other"))["response"] is None


def test_what_was_found_before_stands_beside_it_by_clause_and_key() -> None:
    before = [{"period": "2021", "id": "f-0", "used": 4, "limit": 2, "requests": 2}]
    parts = judged(SLIDING, measures=[a_measured()], earlier={("limit", "monitor"): before})

    assert parts.told(a_found())["earlier"] == before
    assert parts.told(a_found(key="other"))["earlier"] == []


@pytest.mark.parametrize(("key", "low", "high"), [("2022-01", "6.00", "6.00"), ("total", "6.00", "8.00")])
def test_a_fee_says_what_it_leaves_open(key: str, low: str, high: str) -> None:
    measures = [
        a_month("2022-01", "10.00", "4.00"),
        a_month("2022-02", "2.00", None),
        a_month("total", "12.00", "4.00"),
    ]
    told = judged(FEE, measures=measures).told(a_found(clause="fee", kind="fee", key=key, windows=[]))

    assert told["effect"]["money"] == {"currency": "USD", "low": low, "high": high, "at_least": False}
    assert told["money"]["paid"] == "4.00"
