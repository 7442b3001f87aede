from __future__ import annotations

import shutil

import pytest

from stages.test_dirty_days import ledger
from stages.world import SECOND_DAY, World, a_call, as_lines, numbered, web_line
from tallystick.errors import RefusedFilesError
from tallystick.stages.ingest import ingest
from tallystick.tables.measure import MEASURE
from tallystick.tables.request import REQUEST
from tallystick.tables.source_file import SOURCE_FILE

pytestmark = pytest.mark.spark

ARCHIVE = "says: Copies of the gateway's log.\nfolder: logs/archive\n"


def files(world: World) -> dict[str, str]:
    return {f"{row['source']}/{row['name']}": row["state"] for row in world.rows(SOURCE_FILE)}


def assert_the_lake_adds_nothing(world: World, period: str = "2024-03") -> None:
    """What was built piece by piece is published; from the logs alone comes the same report."""
    shutil.rmtree(world.folder / "lake")
    assert world.run(period=period)[-1].changed is False


def test_the_same_bytes_under_another_name_count_once_and_are_listed(finished: World) -> None:
    finished.log("2024-03-02-again", SECOND_DAY)

    finished.run()

    row = ledger(finished, "2024-03-02")
    assert (row["files"], row["repeated_files"]) == (1, 1)
    assert (row["entries"], row["accepted"], row["duplicate"], row["unique"]) == (8, 8, 4, 4)
    assert (row["unattributed"], row["attributed"]) == (1, 3)
    report = finished.report(revision=2)
    assert len(report["completeness"]["repeated_files"]) == 1
    assert report["summary"] == finished.report()["summary"]
    assert report["reconciliation"]["duplicate"] == 4


def test_of_two_names_the_first_counts_whichever_came_first(finished: World) -> None:
    assert "2024-03-02-again.jsonl" < "2024-03-02.jsonl"
    finished.log("2024-03-02-again", SECOND_DAY)

    finished.run()

    assert finished.report(revision=2)["completeness"]["repeated_files"][0]["file"] == "2024-03-02.jsonl"
    assert_the_lake_adds_nothing(finished)


def test_of_two_sources_the_first_counts_whichever_came_first(finished: World) -> None:
    finished.write("sources/archive.yaml", ARCHIVE)
    finished.write("logs/archive/copy.jsonl", as_lines(SECOND_DAY))

    finished.run()

    assert files(finished)["archive/copy.jsonl"] == "read"
    assert files(finished)["gateway/2024-03-02.jsonl"] == "repeated"
    assert ledger(finished, "2024-03-02", "archive/edge-1")["unique"] == 4
    assert ledger(finished, "2024-03-02", "gateway/edge-1")["duplicate"] == 4
    assert finished.report(revision=2)["summary"] == finished.report()["summary"]
    assert_the_lake_adds_nothing(finished)


def test_the_second_delivery_counts_when_the_first_is_corrected(finished: World) -> None:
    finished.log("2024-03-02-again", SECOND_DAY)
    finished.count()
    finished.log("2024-03-02-again", [])

    finished.count()

    row = ledger(finished, "2024-03-02")
    assert (row["files"], row["repeated_files"], row["unique"]) == (1, 0, 4)


def test_empty_files_repeat_nothing(finished: World) -> None:
    for name in ("a", "b", "c"):
        finished.log(name, [])

    finished.count()
    finished.audit()

    assert {files(finished)[f"gateway/{name}.jsonl"] for name in "abc"} == {"read"}
    assert finished.publish().changed is False


def test_a_source_that_names_another_format_has_its_files_read_again(finished: World) -> None:
    finished.write("logs/gateway/edge-2.log", "strange words\n" * 3 + web_line("02/Mar/2024:10:00:00"))
    with pytest.raises(RefusedFilesError, match="no known format reads its first entries"):
        finished.count()

    finished.write("sources/gateway.yaml", "folder: logs/gateway\nfiles: '*.jsonl'\n")
    finished.write("sources/edge-2.yaml", "folder: logs/gateway\nfiles: '*.log'\nformat: gateway_jsonl\n")
    finished.count()
    assert ledger(finished, "2024-03-02", "gateway/edge-1")["accepted"] == 4
    finished.write("sources/edge-2.yaml", "folder: logs/gateway\nfiles: '*.log'\nformat: nginx_combined\n")
    finished.count()

    row = ledger(finished, "2024-03-02", "edge-2")
    assert (row["accepted"], row["rejected"]) == (1, 3)
    assert ingest(finished.project).changed is False


def test_a_source_that_names_routes_has_its_files_read_again(finished: World) -> None:
    assert {row["route"] for row in finished.rows(REQUEST) if row["source"] == "web"} == {None}
    finished.write("sources/web.yaml", 'folder: logs/web\nformat: nginx_combined\nroutes: ["GET /posts"]\n')

    finished.count()

    assert {row["route"] for row in finished.rows(REQUEST) if row["source"] == "web"} == {"/posts"}
    assert ledger(finished, "2024-03-02", "web")["unique"] == 3


def test_what_lies_before_a_period_leaves_no_trace_in_its_audit(finished: World) -> None:
    finished.log("2024-02-29", numbered([a_call(f"02-29 23:59:{second}") for second in (57, 58, 59)], first=1))
    finished.log("2024-03-01", numbered([a_call("03-01 00:00:00"), a_call("03-01 00:00:30")], first=4))

    finished.run()

    burst = next(one for one in finished.report(revision=2)["clauses"] if one["clause"] == "burst")
    assert {one["peak"] for one in burst["measures"] if one["key"] == "kestrel-board"} == {2}
    assert_the_lake_adds_nothing(finished)


def test_a_late_file_of_the_day_before_a_period_makes_the_same_audit_as_a_timely_one(finished: World) -> None:
    period = "2024-03-01T00:00:10Z/2024-03-05"
    finished.log("2024-03-01", numbered([a_call("03-01 00:00:09"), a_call("03-01 00:00:30")], first=4))
    finished.log("2024-03-04", numbered([a_call(f"03-04 10:00:0{second}") for second in range(3)], first=20))
    finished.run(period=period)
    assert [row["rows_read"] for row in bursts(finished) if row["key"] == "kestrel-board"] == [1]
    finished.log("2024-02-29", numbered([a_call(f"02-29 23:59:{second}") for second in (57, 58, 59)], first=1))

    finished.run(period=period)

    assert [row["rows_read"] for row in bursts(finished) if row["key"] == "kestrel-board"] == [2]
    assert_the_lake_adds_nothing(finished, period)


def bursts(world: World) -> list[dict[str, object]]:
    return [row for row in world.rows(MEASURE) if row["clause"] == "burst" and row["period"] != "2024-03"]
