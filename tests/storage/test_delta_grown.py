"""A table begun before it promised a column: what is there reads as NULL, what is written later is whole."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from building import a_request, as_table
from tallystick.storage.delta import Lake, arrow_schema
from tallystick.storage.snapshot import Snapshot
from tallystick.tables import Table
from tallystick.tables.measure import MEASURE
from tallystick.tables.request import REQUEST

Row = dict[str, Any]


def without(table: Table, name: str) -> Table:
    """The table as it was before it promised a column."""
    return replace(table, columns=tuple(column for column in table.columns if column.name != name))


def requests_of(day: str, *users: str) -> list[Row]:
    return [a_request(at=f"{day}T10:00:00", user=user, position=place) for place, user in enumerate(users, 1)]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake whose requests of one day were written when no request had a user."""
    old, lake = without(REQUEST, "user"), Lake(tmp_path / "lake")
    rows = [{name: value for name, value in row.items() if name != "user"} for row in requests_of("2022-03-01", "ada")]
    lake.write(old, as_table(old, rows))
    return lake


def users(lake: Lake, **stated: Any) -> list[str | None]:
    return [row["user"] for row in lake.read(REQUEST, **stated).sort_by("received_at").to_pylist()]


def test_a_column_that_no_file_has_reads_as_null(lake: Lake) -> None:
    assert lake.is_grown(REQUEST)
    assert users(lake) == [None]
    assert lake.read(REQUEST).schema == arrow_schema(REQUEST)


def test_files_with_and_without_the_column_are_read_together(lake: Lake) -> None:
    lake.write(REQUEST, as_table(REQUEST, requests_of("2022-03-02", "bob")))

    assert users(lake) == [None, "bob"]
    assert users(lake, partitions={"event_date": ["2022-03-02"]}) == ["bob"]
    assert users(lake, version=1) == [None]
    assert [row["user"] for row in Snapshot(lake).read(REQUEST).sort_by("received_at").to_pylist()] == [None, "bob"]


def test_the_first_commit_afterwards_tells_other_readers_of_the_column(lake: Lake) -> None:
    lake.write(REQUEST, as_table(REQUEST, requests_of("2022-03-02", "bob")))

    table = DeltaTable(lake.folder(REQUEST))
    assert {field.name for field in table.schema().fields} == set(REQUEST.column_names)
    assert sorted(table.to_pyarrow_table(columns=["user"])["user"].to_pylist(), key=str) == [None, "bob"]


def test_a_day_is_replaced_whole_in_a_table_that_has_grown(lake: Lake) -> None:
    lake.write(
        REQUEST, as_table(REQUEST, requests_of("2022-03-01", "bob", "cyd")), replace=[{"event_date": "2022-03-01"}]
    )

    assert users(lake) == ["bob", "cyd"]


def test_money_is_added_to_measures_of_before(tmp_path: Path) -> None:
    old, lake = without(MEASURE, "money"), Lake(tmp_path / "lake")
    row = {column.name: 0 if column.type == "BIGINT" else "x" for column in old.columns if column.type != "TIMESTAMPTZ"}
    money = {"currency": "USD", "owed": Decimal("1.50"), "at_least": False, "clipped": False}
    lake.write(old, as_table(old, [row]))
    lake.write(MEASURE, as_table(MEASURE, [row | {"period": "y", "money": money}]))

    first, second = (one["money"] for one in lake.read(MEASURE).sort_by("period").to_pylist())

    assert first is None
    assert (second["currency"], second["owed"]) == ("USD", Decimal("1.5000"))


def test_a_table_that_never_grew_is_read_as_it_is(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    assert not lake.is_grown(REQUEST)
    lake.write(REQUEST, as_table(REQUEST, requests_of("2022-03-01", "ada")))

    assert not lake.is_grown(REQUEST)
    assert "union_by_name" not in lake.relation(REQUEST)
