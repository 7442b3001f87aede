"""What was found before belongs to periods that ended before this one began."""

from __future__ import annotations

from report.found import a_found, a_measured
from tallystick.period import Period
from tallystick.report.earlier import earlier

PERIODS = ("2020", "2021-12", "2021", "2022", "2021-07-01/2022-07-01", "2023")


def test_only_periods_that_end_at_or_before_the_start_are_earlier_and_the_earliest_comes_first() -> None:
    findings = [a_found(period=text, id=f"f-{text}", requests=number) for number, text in enumerate(PERIODS)]
    measures = [a_measured(period=text, peak=10 + number) for number, text in enumerate(PERIODS)]

    found = earlier(findings, measures, Period.parse("2022"), Period.parse)

    assert found == {
        ("limit", "monitor"): [
            {"period": "2020", "id": "f-2020", "used": 10, "limit": 2, "requests": 0},
            {"period": "2021", "id": "f-2021", "used": 12, "limit": 2, "requests": 2},
            {"period": "2021-12", "id": "f-2021-12", "used": 11, "limit": 2, "requests": 1},
        ]
    }


def test_findings_are_told_apart_by_clause_and_key_and_not_by_version() -> None:
    stated = [{"clause": "limit", "key": "monitor"}, {"clause": "limit", "key": None}, {"clause": "x", "version": "v0"}]
    findings = [a_found(period="2021", **one) for one in stated]
    measures = [a_measured(period="2021", **one) for one in stated]

    found = earlier(findings, measures, Period.parse("2022"), Period.parse)

    assert list(found) == [("limit", "monitor"), ("limit", None), ("x", "monitor")]


def test_the_order_in_which_a_table_is_read_changes_nothing() -> None:
    findings = [a_found(period="2021", id=name, version=name) for name in ("f-2", "f-1")]
    measures = [a_measured(period="2021", version=name) for name in ("f-1", "f-2")]

    forwards, backwards = (
        earlier(some, measures, Period.parse("2022"), Period.parse) for some in (findings, findings[::-1])
    )

    assert forwards == backwards
    assert [one["id"] for one in forwards["limit", "monitor"]] == ["f-1", "f-2"]
