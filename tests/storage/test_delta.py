"""The door to Delta: what is committed is there whole, what is not is not there at all, and earlier versions stay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from building import Row, a_request, as_table
from tallystick.duck import WrittenFile, connect, write_file
from tallystick.errors import UnreadableFileError
from tallystick.storage.delta import Lake, arrow_schema
from tallystick.tables import TABLES
from tallystick.tables.check_result import CHECK_RESULT
from tallystick.tables.request import REQUEST

DAY, NEXT = {"event_date": "2022-03-01"}, {"event_date": "2022-03-02"}
HOSTILE = ["2022-01-01/2022-02-01", "100%", "a=b", "..", " ", "%2F", 'it\'s "x"', "ü/\u202e", "a+b", "a:b\\c", "#?&"]


def on(day: Mapping[str, str], *ids: str) -> list[Row]:
    return [a_request(at=f"{day['event_date']}T10:00:00", request_id=one, position=n) for n, one in enumerate(ids)]


def write(lake: Lake, rows: list[Row], **stated: Any) -> int:
    return lake.write(REQUEST, as_table(REQUEST, rows), **stated)


def ids(lake: Lake, **stated: Any) -> list[str]:
    return sorted(lake.read(REQUEST, **stated)["request_id"].to_pylist())


def a_file(lake: Lake, day: Mapping[str, str], name: str, *ids: str) -> WrittenFile:
    """A file of requests that a task wrote and nobody has committed."""
    connection = connect()
    connection.register("given", as_table(REQUEST, on(day, *ids)))
    query = "SELECT * EXCLUDE (event_date) FROM given"
    return write_file(connection, query, lake.folder(REQUEST), partition=day, name=name)


def a_check(**stated: Any) -> Row:
    said = {"licensee": "halcyon", "period": "2022", "suite": "ledger", "id": "a", "expectation": "e", "sentence": "s"}
    return said | {"severity": "critical", "is_met": True, "unexpected": 0, "rows": 1} | stated


# ── a table that is not there ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_a_table_that_is_not_there_reads_as_its_promise_without_a_row(tmp_path: Path, table: Any) -> None:
    lake = Lake(tmp_path / "lake")

    assert (lake.version(table), lake.files(table)) == (None, [])
    assert lake.read(table).schema.names == list(table.column_names)
    assert lake.read(table).num_rows == 0
    assert not (tmp_path / "lake").exists()


# ── what a commit does ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_written_is_read_back_with_the_promised_columns(tmp_path: Path) -> None:
    rows = [a_request(records=5, user="ü", at="2022-03-01T23:59:59.999999"), a_request(position=2, app=None)]
    lake = Lake(tmp_path)
    write(lake, rows)

    found = lake.read(REQUEST)

    assert sorted(found.to_pylist(), key=lambda row: int(row["position"])) == rows
    assert found.schema == arrow_schema(REQUEST)


def test_replacing_a_day_leaves_every_other_day_as_it_is(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, [*on(DAY, "a", "b"), *on(NEXT, "c")])

    write(lake, on(DAY, "d"), replace=[DAY])

    assert ids(lake) == ["c", "d"]


def test_a_day_may_be_replaced_by_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, [*on(DAY, "a"), *on(NEXT, "b")])

    lake.commit(REQUEST, [], replace=[DAY])

    assert ids(lake) == ["b"]


def test_the_whole_table_may_be_replaced(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, [*on(DAY, "a"), *on(NEXT, "b")])

    write(lake, on(DAY, "c"), replace=[{}])

    assert ids(lake) == ["c"]


def test_without_replacing_rows_are_added(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, on(DAY, "a"))
    write(lake, on(DAY, "b"))

    assert ids(lake) == ["a", "b"]


def test_the_same_rows_again_are_no_new_version(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first = write(lake, on(DAY, "a", "b"))

    assert write(lake, on(DAY, "a", "b")[::-1]) == first
    assert write(lake, on(DAY, "a", "b"), replace=[DAY]) == first
    assert ids(lake) == ["a", "b"]


def test_committing_the_files_that_are_there_is_no_new_version(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    file = a_file(lake, DAY, "one", "a")
    first = lake.commit(REQUEST, [file], replace=[DAY])

    assert lake.commit(REQUEST, [file], replace=[DAY]) == first
    assert lake.commit(REQUEST, [file]) == first


def test_a_replaced_day_keeps_the_files_that_are_named_again(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    kept, gone, new = (a_file(lake, DAY, name, name) for name in ("kept", "gone", "new"))
    lake.commit(REQUEST, [kept, gone])

    lake.commit(REQUEST, [kept, new], replace=[DAY])

    assert ids(lake) == ["kept", "new"]


def test_files_may_be_taken_out(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit(REQUEST, [a_file(lake, DAY, "one", "a"), a_file(lake, DAY, "two", "b")])

    lake.remove(REQUEST, [file for file in lake.files(REQUEST) if file.name.endswith("one.parquet")])

    assert ids(lake) == ["b"]


def test_a_file_that_nobody_committed_is_not_there(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, on(DAY, "a"))

    a_file(lake, DAY, "orphan", "b")  # a killed run leaves it

    assert ids(lake) == ["a"]


def test_a_table_of_several_partition_columns_is_replaced_by_any_of_them(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    rows = [a_check(licensee=who, period=when) for who in ("halcyon", "kestrel") for when in ("2021", "2022")]
    lake.write(CHECK_RESULT, as_table(CHECK_RESULT, rows))

    lake.commit(CHECK_RESULT, [], replace=[{"licensee": "halcyon", "period": "2021"}, {"licensee": "kestrel"}])

    assert [(row["licensee"], row["period"]) for row in lake.read(CHECK_RESULT).to_pylist()] == [("halcyon", "2022")]


def test_a_commit_says_what_it_was_told_to_say(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, on(DAY, "a"), metadata={"run": "r1", "note": 'it\'s "so"'})

    [newest, *_] = DeltaTable(lake.folder(REQUEST)).history(1)

    assert (newest["run"], newest["note"]) == ("r1", 'it\'s "so"')


# ── reading some of it, and reading what it was ───────────────────────────────────────────────────────────────────────


def test_files_are_listed_by_name_and_by_partition(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.commit(REQUEST, [a_file(lake, NEXT, "b", "c"), a_file(lake, DAY, "a", "a", "b")])

    every, some = lake.files(REQUEST), lake.files(REQUEST, partitions={"event_date": ["2022-03-02", "2022-03-03"]})

    assert [(file.name, file.partition, file.rows) for file in every] == [
        ("event_date=2022-03-01/a.parquet", DAY, 2),
        ("event_date=2022-03-02/b.parquet", NEXT, 1),
    ]
    assert [file.name for file in some] == ["event_date=2022-03-02/b.parquet"]
    assert all(Path(file.path).stat().st_size == file.size_bytes for file in every)
    assert lake.files(REQUEST, partitions={"event_date": []}) == []


def test_every_earlier_version_stays_as_it_was(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first = write(lake, on(DAY, "a"))
    second = write(lake, on(DAY, "b"), replace=[DAY])
    third = lake.remove(REQUEST, lake.files(REQUEST))

    assert [ids(lake, version=version) for version in (first, second, third)] == [["a"], ["b"], []]
    assert lake.version(REQUEST) == third


def test_a_version_that_is_not_there_is_refused(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, on(DAY, "a"))

    with pytest.raises(UnreadableFileError, match="the Delta log cannot be read"):
        lake.read(REQUEST, version=99)


def test_a_damaged_log_is_refused_and_not_read_as_empty(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    version = write(lake, on(DAY, "a"))
    (lake.folder(REQUEST) / "_delta_log" / f"{version:020}.json").write_text("{")

    with pytest.raises(UnreadableFileError) as refused:
        lake.files(REQUEST)

    assert refused.value.where == str(lake.folder(REQUEST))


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", HOSTILE)
def test_a_partition_may_have_any_name(tmp_path: Path, value: str) -> None:
    lake = Lake(tmp_path / "lake")
    for period in (value, "2022"):
        lake.write(CHECK_RESULT, as_table(CHECK_RESULT, [a_check(period=period, id="first")]))

    lake.write(CHECK_RESULT, as_table(CHECK_RESULT, [a_check(period=value)]), replace=[{"period": value}])

    assert sorted((row["period"], row["id"]) for row in lake.read(CHECK_RESULT).to_pylist()) == sorted(
        [("2022", "first"), (value, "a")]
    )
    assert [file.partition["period"] for file in lake.files(CHECK_RESULT, partitions={"period": [value]})] == [value]
    assert {file.parent.parent.parent for file in tmp_path.rglob("*.parquet")} == {lake.folder(CHECK_RESULT)}


def test_a_lake_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    lake = Lake(tmp_path / 'it\'s a "lake" % ü')

    write(lake, on(DAY, "a"))

    assert ids(lake) == ["a"]


# ── what readers prune by ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_log_bounds_the_columns_that_readers_filter_by_and_never_too_narrowly(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    times = ("2022-03-01T10:00:00.000999", "2022-03-01T10:00:00.123456")
    write(lake, [a_request(at=time, position=n, app=f"app-{n}") for n, time in enumerate(times)])

    log = sorted((lake.folder(REQUEST) / "_delta_log").glob("*.json"))[-1]
    [added] = [json.loads(line)["add"] for line in log.read_text().splitlines() if '"add"' in line]
    statistics = json.loads(added["stats"])

    assert statistics["numRecords"] == 2
    assert statistics["minValues"] == {
        "licensee": "halcyon",
        "app": "app-0",
        "received_at": "2022-03-01T10:00:00.000Z",
    }
    assert statistics["maxValues"] == {
        "licensee": "halcyon",
        "app": "app-1",
        "received_at": "2022-03-01T10:00:00.124Z",
    }
