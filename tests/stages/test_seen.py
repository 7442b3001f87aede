"""The calendar of hours and the late files of a report: this licensee's entries and nobody's, and no others."""

from __future__ import annotations

import pytest

from stages.world import World, a_call, as_lines, web_line
from tallystick.tables.source_file import SOURCE_FILE

pytestmark = pytest.mark.spark


def seen(world: World, source: str, day: str, revision: int = 1) -> list[int]:
    """The hours of one day in which a source was seen."""
    rows = world.report(revision=revision)["completeness"]["hours"]
    [marks] = [row["seen"] for row in rows if (row["source"], row["date"]) == (source, day)]
    return [hour for hour, mark in enumerate(marks) if mark == "1"]


def test_an_hour_is_seen_by_entries_of_the_licensee_or_of_nobody_and_by_no_other_licensees(finished: World) -> None:
    complete = finished.report()["completeness"]

    assert seen(finished, "gateway/edge-1", "2024-03-01") == [10, 23]
    assert seen(finished, "gateway/edge-1", "2024-03-02") == [0, 8, 9]
    assert seen(finished, "gateway/edge-1", "2024-03-04") == []
    assert seen(finished, "web", "2024-03-02") == []  # its calls are otter's, and its rejected line has no time
    assert len(complete["hours"]) == 31 * len(complete["sources"])
    assert {one["source"]: one["days_without_entries"] for one in complete["sources"]} == {
        "gateway/edge-1": 28,
        "web": 30,
    }


def test_a_repeated_object_is_seen_in_the_source_that_it_came_to_again(world: World) -> None:
    line = web_line("02/Mar/2024:05:00:00", agent="curl/8")
    world.write("logs/web/access.log", line)
    world.write("sources/web2.yaml", "says: A copy.\nfolder: logs/web2\nformat: nginx_combined\n")
    world.write("logs/web2/access.log", line)

    world.run()

    assert [row["state"] for row in world.rows(SOURCE_FILE) if row["source"] == "web2"] == ["repeated"]
    assert seen(world, "web", "2024-03-02") == seen(world, "web2", "2024-03-02") == [5]


def test_an_object_that_holds_entries_of_two_days_before_its_last_one_is_late(finished: World) -> None:
    calls = [a_call(f"03-{day} 07:59:00", seq=None) for day in ("01", "01", "02", "03", "04")]
    file = finished.write("logs/gateway/2024-03-04.jsonl", as_lines(calls))
    finished.run()

    assert finished.report()["completeness"]["late_files"] == []
    [late] = finished.report(revision=2)["completeness"]["late_files"]
    [read] = [row for row in finished.rows(SOURCE_FILE) if row["name"] == file.name]
    assert late == {
        "source": "gateway",
        "file": "2024-03-04.jsonl",
        "file_id": read["file_id"],
        "first_date": "2024-03-01",
        "last_date": "2024-03-04",
        "entries": 3,
    }


def test_an_entry_may_come_late_with_an_object_of_after_the_period(finished: World) -> None:
    finished.log("2024-04-02", [a_call(f"{day} 07:59:00", seq=None) for day in ("03-31", "04-01", "04-02")])
    finished.run()

    [late] = finished.report(revision=2)["completeness"]["late_files"]
    assert (late["first_date"], late["last_date"], late["entries"]) == ("2024-03-31", "2024-04-02", 1)
