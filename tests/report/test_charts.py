from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.documents import (
    a_clause,
    a_document,
    a_finding,
    a_limit,
    a_measure,
    a_version,
    a_window,
    an_app,
    an_empty_document,
    days,
)
from report.letters_case import the_letters_case
from tallystick.report.axes import amount_ticks, day_ticks, short_amount
from tallystick.report.charts import figures
from tallystick.report.figure import Figure
from tallystick.report.words import Words

EN = Words.load()


def drawn(document: dict[str, Any]) -> dict[str, Figure]:
    return {figure.id: figure for figure in figures(document, EN)}


def over_days(document: dict[str, Any], first: str, requests: list[int]) -> dict[str, Any]:
    """The document over whole UTC days from `first`."""
    end = date.fromisoformat(first) + timedelta(days=len(requests))
    period = {
        "text": first,
        "start": f"{first}T00:00:00.000000Z",
        "end": f"{end}T00:00:00.000000Z",
        "time_zone": "Etc/UTC",
    }
    return document | {"period": period, "consumption": document["consumption"] | {"days": days(first, requests)}}


@pytest.fixture(scope="module")
def letters() -> dict[str, Figure]:
    return drawn(the_letters_case())


def test_each_chart_says_its_message_in_words_from_the_data(letters: dict[str, Figure]) -> None:
    assert [figure.title for figure in letters.values()] == [
        "The busiest day was 4 November 2022, with 4,257 requests",
        "The 300,000 requests that § 4.2 permits were passed on 3 November 2022",
        "On 29 days the fullest 15 minutes held more requests than § 4.3 permits",
        "The busiest hour of the week was Friday, 17:00 to 18:00 UTC, with 8,104 requests",
        "Halcyon Monitor made 31.0\u00a0% of the requests of 8 apps",
    ]


def test_each_chart_carries_its_data_as_a_table(letters: dict[str, Figure]) -> None:
    document = the_letters_case()

    assert [row[:3] for row in letters["daily"].rows] == [
        (day["date"], day["requests"], day["throttled"]) for day in document["consumption"]["days"]
    ]
    assert [sum(int(str(row[1 + weekday])) for row in letters["week"].rows) for weekday in range(7)] == [
        sum(hours) for hours in document["consumption"]["weekday_hours"]
    ]
    assert sum(int(str(row[1])) for row in letters["apps"].rows) == document["summary"]["requests"]


def test_the_growing_total_starts_at_nothing_in_each_version(letters: dict[str, Figure]) -> None:
    document = the_letters_case()
    served = [day["requests"] - day["throttled"] for day in document["consumption"]["days"]]
    totals = {row[1]: row for row in letters["total"].rows}

    assert totals["2021-07-01"] == ("2022-06-30", "2021-07-01", sum(served[:181]), 400_000)
    assert totals["2022-07-01"] == ("2023-01-01", "2022-07-01", sum(served[181:]), 300_000)
    assert document["findings"][0]["windows"][0]["used"] == sum(served[181:])


def test_drawings_are_plain_svg_whose_ids_and_words_fit_into_one_page(letters: dict[str, Figure]) -> None:
    ids: list[str] = []
    for figure in letters.values():
        assert set(figure.drawings) == {"wide", "narrow"}
        for drawing in figure.drawings.values():
            root = ElementTree.fromstring(f"<svg>{drawing.marks}</svg>")  # noqa: S314 - our own drawing
            assert {element.tag for element in root.iter()} <= {
                "svg", "g", "path", "line", "rect", "text", "circle", "defs", "clipPath",
            }  # fmt: skip
            attributes = [(name, value) for element in root.iter() for name, value in element.items()]
            assert not [
                name for name, _ in attributes if name.startswith(("on", "style", "href", "class", "font-family"))
            ]
            ids += [value for name, value in attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_drawings_are_small(letters: dict[str, Figure]) -> None:
    sizes = [len(drawing.marks) for figure in letters.values() for drawing in figure.drawings.values()]

    assert max(sizes) < 40_000
    assert sum(sizes) < 120_000


def test_a_period_without_requests_draws_nothing_and_says_so() -> None:
    empty = drawn(an_empty_document())

    assert [figure.drawings for figure in empty.values()] == [{}, {}, {}, {}]
    assert [figure.title for figure in empty.values()] == [
        "No requests were made in this period",
        "No request was answered in this period",
        "No hour of the week had requests",
        "No app made requests",
    ]


def test_a_period_without_days_draws_nothing() -> None:
    document = an_empty_document()
    document["consumption"]["days"] = []

    assert drawn(document)["total"].rows == []


def test_a_daily_limit_counts_the_days_above_it() -> None:
    clause = a_clause(cites="§ 5", limits=[a_limit(within="P1D", max=8, limit=8)])
    document = a_document(clauses=[clause])
    daily = drawn(document)["daily"]

    assert daily.title == "On 1 day the requests stood above the daily limit of § 5"
    assert daily.notes == [
        "Dashed: at most 8 a day by § 5, version 2021-07-01.",
        EN.plain("daily.zone", zone="America/Los_Angeles"),
    ]
    assert "8 by § 5" in daily.drawings["wide"].marks


@pytest.mark.parametrize(
    "limit",
    [a_limit(per="app", within="P1D"), a_limit(of="records", within="P1D"), a_limit(reading="other", within="P1D")],
)
def test_a_limit_that_is_not_of_requests_of_the_licensee_as_written_draws_no_line(limit: dict[str, Any]) -> None:
    daily = drawn(a_document(clauses=[a_clause(limits=[limit])]))["daily"]

    assert daily.notes == []
    assert "by § 4.2" not in daily.drawings["wide"].marks


def test_a_document_that_states_no_limits_still_has_its_charts() -> None:
    clause = a_clause()
    del clause["limits"]
    total = drawn(a_document(clauses=[clause]))["total"]

    assert total.title == "9 requests were answered in this period"
    assert [row[2] for row in total.rows] == [9, 9]


def test_the_day_a_limit_was_passed_comes_from_the_finding_to_the_microsecond() -> None:
    limit = a_limit(max=5, limit=5)
    document = a_document(
        clauses=[a_clause(limits=[limit], measures=[a_measure(verdict="exceeded")])],
        findings=[a_finding(windows=[a_window(crossed_at="2022-03-01T23:59:59.999999Z")])],
    )

    assert drawn(document)["total"].title == "The 5 requests that § 4.2 permits were passed on 1 March 2022"


def test_a_limit_that_was_passed_very_often_has_a_dot_a_pixel_and_dates_that_do_not_meet() -> None:
    windows = [
        a_window(crossed_at=f"2022-03-{1 + number // 500:02}T{number // 25 % 20:02}:{number % 60:02}:00.000000Z")
        for number in range(4_000)
    ]
    limit = a_limit(within="P1M", max=50, limit=50)
    clause = a_clause(limits=[limit], measures=[a_measure(verdict="exceeded")])
    document = a_document(clauses=[clause], findings=[a_finding(windows=windows)])
    marks = drawn(over_days(document, "2022-03-01", [10] * 30))["total"].drawings["wide"].marks

    assert 100 < marks.count("<circle") < 820
    assert marks.count("Mar 2022</text>") == 3


def test_a_limit_passed_without_a_listed_window_is_not_called_kept() -> None:
    clause = a_clause(measures=[a_measure(verdict="exceeded")])

    assert drawn(a_document(clauses=[clause]))["total"].title == "The total passed what § 4.2 permits"


def test_a_utc_day_that_the_period_cuts_belongs_to_the_calendar_year_of_its_part_in_the_period() -> None:
    document = a_document()
    document["period"] |= {"start": "2021-01-01T08:00:00.000000Z", "end": "2022-01-01T08:00:00.000000Z"}
    document["agreements"] = [a_version(in_force_from="2020-07-01T07:00:00.000000Z")]
    document["consumption"]["days"] = days("2021-01-01", [1] * 366)
    totals = [row[2] for row in drawn(document)["total"].rows]

    assert totals == list(range(1, 367))


def test_a_version_that_begins_within_a_utc_day_has_the_day_if_it_has_most_of_it() -> None:
    document = a_document(
        agreements=[
            a_version(version="old", in_force_from="2021-07-01T07:00:00.000000Z"),
            a_version(version="new", in_force_from="2022-03-02T07:00:00.000000Z"),
        ],
        clauses=[a_clause(version="old"), a_clause(version="new")],
    )
    totals = drawn(over_days(document, "2022-03-01", [10, 20, 30]))["total"]

    assert [row[1] for row in totals.rows] == ["old", "new", "new"]


def test_a_monthly_limit_starts_again_each_month() -> None:
    clause = a_clause(limits=[a_limit(within="P1M", max=50, limit=50)])
    document = over_days(a_document(clauses=[clause]), "2022-03-30", [10, 10, 10, 10])

    assert [row[2] for row in drawn(document)["total"].rows] == [10, 20, 10, 20]


def test_a_year_that_two_versions_share_is_judged_by_each_for_itself() -> None:
    versions = [
        a_version(
            version="old", in_force_from="2022-01-01T00:00:00.000000Z", in_force_until="2022-03-02T00:00:00.000000Z"
        ),
        a_version(version="new", in_force_from="2022-03-03T00:00:00.000000Z"),
    ]
    clauses = [a_clause(version="old"), a_clause(version="new")]
    document = over_days(a_document(agreements=versions, clauses=clauses), "2022-03-01", [10, 20, 30])

    assert [row[:3] for row in drawn(document)["total"].rows] == [("2022-03-01", "old", 10), ("2022-03-03", "new", 30)]


def test_bars_are_drawn_for_twelve_apps_and_the_others_are_in_the_table() -> None:
    document = a_document()
    document["consumption"]["apps"] = [
        an_app(app=f"app-{number}", name=None, requests=100 - number) for number in range(15)
    ]
    apps = drawn(document)["apps"]

    assert apps.notes == ["3 more apps are in the table."]
    assert len(apps.rows) == 15
    assert "app-11" in apps.drawings["wide"].marks
    assert "app-12" not in apps.drawings["wide"].marks


@given(st.integers(0, 10**20), st.integers(2, 6))
def test_round_amounts_reach_just_over_the_largest(largest: int, most: int) -> None:
    ticks = amount_ticks(largest, EN, most=most)

    assert ticks[0].at == 0
    assert ticks[-1].at >= largest
    assert ticks[-2].at < max(largest, 1)
    assert 2 <= len(ticks) <= most + 1


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0"), (500, "500"), (2_500, "2.5 k"), (1_234, "1,234"), (2_000_000, "2 M"), (10**10, "10 bn")],
)
def test_a_round_amount_is_shortened_only_where_nothing_is_lost(amount: int, text: str) -> None:
    assert short_amount(amount, EN) == text


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 4_000), st.integers(2, 14))
def test_any_period_gets_few_enough_marks(first: date, length: int, most: int) -> None:
    ticks = day_ticks([first + timedelta(days=index) for index in range(length)], EN, most=most)

    assert len(ticks) <= most + 1
    assert [tick.at for tick in ticks] == sorted({tick.at for tick in ticks})


def test_versions_that_follow_each_other_closely_are_named_in_rows_that_do_not_meet() -> None:
    starts = ["2021-12-01", "2022-01-10", "2022-02-01", "2022-02-20", "2022-11-01"]
    document = a_document(
        agreements=[a_version(version=start, in_force_from=f"{start}T00:00:00.000000Z") for start in starts],
        clauses=[a_clause(version=start) for start in starts],
    )
    requests = drawn(over_days(document, "2022-01-01", [10] * 365))["total"]

    named = re.findall(r'translate\([0-9.]+,(-[0-9]+)\)"[^>]*>version ([0-9-]+)<', requests.drawings["wide"].marks)
    assert [version for _, version in named] == starts[1:]
    first, second, third, late = (int(height) for height, _ in named)
    assert first > second > third
    assert late == first


def test_a_limit_is_named_as_far_as_its_days_leave_room() -> None:
    starts = ["2021-12-01", "2022-03-01", "2022-03-08"]
    document = a_document(
        agreements=[a_version(version=start, in_force_from=f"{start}T00:00:00.000000Z") for start in starts],
        clauses=[a_clause(version=start, limits=[a_limit(max=5_000, limit=5_000)]) for start in starts],
    )
    total = drawn(over_days(document, "2022-01-01", [100] * 365))["total"]

    assert len(re.findall(r">5,000 by [^<]*<", total.drawings["wide"].marks)) == 2
