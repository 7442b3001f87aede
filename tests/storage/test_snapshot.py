"""A lake as it stood: whatever is committed meanwhile, every read of a snapshot sees the same versions."""

from __future__ import annotations

from pathlib import Path

from building import a_request, as_table
from tallystick.duck import connect
from tallystick.storage.delta import Lake
from tallystick.storage.snapshot import Snapshot
from tallystick.tables.check_result import CHECK_RESULT
from tallystick.tables.request import REQUEST

DAY, NEXT = "2022-03-01", "2022-03-02"


def write(lake: Lake, *ids: str, day: str = DAY, replace: bool = False) -> int:
    rows = [a_request(at=f"{day}T10:00:00", request_id=one, position=n) for n, one in enumerate(ids)]
    return lake.write(REQUEST, as_table(REQUEST, rows), replace=[{"event_date": day}] if replace else [])


def ids(snapshot: Snapshot) -> list[str]:
    return sorted(snapshot.read(REQUEST)["request_id"].to_pylist())


def test_what_is_committed_later_is_not_seen(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    version = write(lake, "a")
    snapshot = Snapshot(lake)
    before = ids(snapshot)

    write(lake, "b", replace=True)
    write(lake, "c", day=NEXT)

    assert (before, ids(snapshot)) == (["a"], ["a"])
    assert ids(Snapshot(lake)) == ["b", "c"]
    assert snapshot.versions == {"request": version}


def test_the_query_of_a_snapshot_reads_its_versions_whenever_it_runs(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, "a")
    query = Snapshot(lake).relation(REQUEST, {"event_date": [DAY]})

    write(lake, "b", replace=True)

    assert connect().execute(f"SELECT request_id FROM ({query})").fetchall() == [("a",)]


def test_a_table_is_pinned_when_it_is_first_looked_at(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    snapshot = Snapshot(lake)
    version = write(lake, "a")

    assert ids(snapshot) == ["a"]
    assert snapshot.versions == {"request": version}


def test_a_table_that_was_not_there_stays_so(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    snapshot = Snapshot(lake)
    assert snapshot.files(REQUEST) == []

    write(lake, "a")

    assert (snapshot.files(REQUEST), ids(snapshot), snapshot.versions) == ([], [], {"request": None})


def test_only_the_partitions_that_are_asked_for_are_read(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, "a")
    write(lake, "b", day=NEXT)
    snapshot = Snapshot(lake)

    def of(*days: str) -> list[str]:
        return sorted(snapshot.read(REQUEST, {"event_date": days})["request_id"].to_pylist())

    assert [of(DAY), of(NEXT), of(DAY, NEXT, "2022-03-03"), of("2022-03-03"), of()] == [
        ["a"],
        ["b"],
        ["a", "b"],
        [],
        [],
    ]


def test_files_are_found_by_their_day(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, "a")
    write(lake, "b")
    write(lake, "c", day=NEXT)

    found = Snapshot(lake).names_by_day(REQUEST)

    assert {day: len(files) for day, files in found.items()} == {DAY: 2, NEXT: 1}


def test_looking_at_one_table_pins_no_other(tmp_path: Path) -> None:
    snapshot = Snapshot(Lake(tmp_path))

    snapshot.files(CHECK_RESULT)

    assert snapshot.versions == {"check_result": None}


def test_rows_of_a_small_table_are_read_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, "a")
    snapshot = Snapshot(lake)

    first = snapshot.rows(REQUEST)
    for file in lake.files(REQUEST):
        Path(file.path).unlink()

    assert [row["request_id"] for row in first] == ["a"]
    assert snapshot.rows(REQUEST) is first
