"""The charts of the fullest windows and of the hours that were seen."""

from __future__ import annotations

from typing import Any

from report.documents import a_clause, a_document, hours_seen, some_peaks
from tallystick.report.charts import figures
from tallystick.report.drawing import BEYOND
from tallystick.report.figure import Figure
from tallystick.report.hour_calendar import hour_calendar
from tallystick.report.quiet_hours import quiet_runs
from tallystick.report.words import Words

EN = Words.load()


def peaks(**changes: Any) -> dict[str, Any]:
    """Two days of a limit of five requests in any quarter of an hour."""
    day = {"date": "2022-03-01", "key": "halcyon-monitor", "peak": 4, "peak_at": "2022-03-01T14:40:00.000000Z"}
    return some_peaks(days=[day, day | {"date": "2022-03-02", "peak": 3}]) | changes


def with_peaks(*entries: dict[str, Any]) -> list[Figure]:
    clauses = [a_clause(clause=entry["clause"], cites="§ 4.3") for entry in entries]
    document = a_document(clauses=clauses)
    document["consumption"]["peaks"] = list(entries)
    return [figure for figure in figures(document, EN) if figure.id.startswith("peaks")]


def calendar_of(hours: list[dict[str, str]]) -> Figure:
    return hour_calendar(hours, quiet_runs(hours), EN)


def test_the_fullest_windows_say_how_far_below_their_limit_they_are() -> None:
    [figure] = with_peaks(peaks())

    assert figure.title == "The fullest 15 minutes held 4 of the 5 requests that § 4.3 permits, on 1 March 2022"
    assert figure.notes == ["Dashed: at most 5 requests in any 15 minutes by § 4.3, version 2021-07-01, for each app."]
    assert [row[:4] for row in figure.rows] == [
        ("2022-03-01", 4, 5, "halcyon-monitor"),
        ("2022-03-02", 3, 5, "halcyon-monitor"),
    ]
    assert BEYOND not in figure.drawings["wide"].marks


def test_days_whose_fullest_window_is_over_are_drawn_apart_and_counted() -> None:
    [figure] = with_peaks(peaks(limit=3))

    assert figure.title == "On 1 day the fullest 15 minutes held more requests than § 4.3 permits"
    assert figure.drawings["wide"].marks.count(BEYOND) == 1


def test_limits_that_are_over_are_drawn_first_and_not_very_many() -> None:
    found = with_peaks(*(peaks(clause=f"limit-{number}", limit=2 if number == 5 else 5) for number in range(7)))

    assert [figure.id for figure in found] == ["peaks-1", "peaks-2", "peaks-3", "peaks-4"]
    assert found[0].title.startswith("On 2 days")
    assert (
        found[-1].notes[-1]
        == "3 more limits in short windows are in the sheet Peaks of findings.xlsx and in report.json."
    )


def test_a_limit_that_nothing_was_counted_against_draws_nothing() -> None:
    [figure] = with_peaks(peaks(days=[]))

    assert (figure.title, figure.drawings) == ("No request was counted against § 4.3", {})


def test_the_calendar_has_a_box_for_each_run_of_hours_and_the_runs_that_were_not_seen_as_its_table() -> None:
    seen = ["0" * 8 + "1" * 10 + "0" * 6, "1" * 24, "1" * 24]
    figure = calendar_of(hours_seen("2022-03-01", seen, source="gateway <1>"))

    assert figure.title == "In 14 of 72 hours of the logs no entry was seen"
    assert figure.rows == [
        ("gateway <1>", "2022-03-01 00:00:00", "2022-03-01 08:00:00", 8),
        ("gateway <1>", "2022-03-01 18:00:00", "2022-03-02 00:00:00", 6),
    ]
    assert "M0 8h1v10h-1zM1 0h2v24h-2z" in figure.drawings["wide"].marks
    assert "gateway &lt;1&gt;" in figure.drawings["narrow"].marks


def test_a_calendar_without_a_source_draws_nothing() -> None:
    assert calendar_of([]).drawings == {}
    assert calendar_of([]).title == "No source has entries, so that no hour was seen"


def test_the_calendar_of_very_many_sources_and_years_stays_small() -> None:
    seen = [f"{number * 7919 % 2**24:024b}" for number in range(2 * 365)]
    hours = [row for number in range(9) for row in hours_seen("2021-01-01", seen, source=f"edge-{number}")]
    figure = calendar_of(hours)

    assert figure.notes[1:] == ["3 more sources are in the table below.", figure.notes[2]]
    assert len(figure.rows) == 400
    assert sum(len(drawing.marks) for drawing in figure.drawings.values()) < 1_500_000
