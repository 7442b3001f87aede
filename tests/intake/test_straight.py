"""A large file's entries are written without a table between, and nothing about them is different."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tallystick.duck import connect
from tallystick.intake import FileAccount, FileTask, create_entry_tables, read_file
from tallystick.intake.straight import Straight
from tallystick.tables.intake import INTAKE

ONE_DAY = ("2022-03-04T00:00:00Z", "2022-03-04T12:00:00Z", "2022-03-04T23:59:59.999999Z")
SEVERAL_DAYS = ("2022-03-04T23:00:00Z", "2022-03-05T01:00:00Z", "2022-03-07T01:00:00Z")
SEEMS_ONE_DAY = ("2022-03-04T01:00:00Z", "2022-03-05T01:00:00Z", "2022-03-04T02:00:00Z")
ANOTHER_ZONE = ("2022-03-04T00:30:00+01:00", "2022-03-04T01:30:00+01:00")


def lines(times: tuple[str, ...], **more: Any) -> bytes:
    entries = [
        {"time": time, "host": f"edge-{place % 2}", "seq": place, "client": "c", "method": "GET", "status": 200, **more}
        for place, time in enumerate(times * 50)
    ]
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


class Read:
    """A file read into a table, or straight into files: its account, and its rows in order."""

    def __init__(self, content: bytes, folder: Path, *, straight: bool) -> None:
        self.target = Straight(root=folder / "intake", name="b-0-file-0", from_bytes=0)
        self.connection = connect(scratch=folder)
        create_entry_tables(self.connection)
        task = FileTask(source="edge", name="a", uri="a", version_tag="1", format="gateway_jsonl")
        self.account: FileAccount = read_file(
            self.connection,
            task,
            open_object=lambda _: io.BytesIO(content),
            scratch=folder,
            batch="b",
            straight=self.target if straight else None,
        )

    @property
    def in_table(self) -> list[tuple[Any, ...]]:
        return self.connection.execute("SELECT * FROM entry ORDER BY position").fetchall()

    @property
    def in_files(self) -> list[tuple[Any, ...]]:
        columns = ", ".join(f'CAST("{column.name}" AS {column.type})' for column in INTAKE.columns)
        files = [str(self.target.root / file.path) for file in self.target.written]
        query = f"SELECT {columns} FROM read_parquet({files}, hive_partitioning = true) ORDER BY position"
        return self.connection.execute(query).fetchall()

    @property
    def left_over(self) -> list[Path]:
        return [file for file in self.target.root.rglob("*") if file.is_file()]


@pytest.mark.parametrize(
    ("times", "days"), [(ONE_DAY, 1), (SEVERAL_DAYS, 3), (SEEMS_ONE_DAY, 2), (ANOTHER_ZONE, 2), (ONE_DAY[:1], 1)]
)
def test_a_file_gives_the_same_rows_and_account_written_straight(
    tmp_path: Path, times: tuple[str, ...], days: int
) -> None:
    through_table = Read(lines(times), tmp_path, straight=False)
    straight = Read(lines(times), tmp_path, straight=True)

    assert straight.in_files == through_table.in_table
    assert straight.account == through_table.account
    assert len({day.event_date for day in straight.account.days}) == days
    assert sorted(straight.left_over) == sorted(straight.target.root / file.path for file in straight.target.written)
    assert [file.rows for file in straight.target.written] == [
        sum(day.accepted for day in straight.account.days if str(day.event_date) == file.partition["event_date"])
        for file in straight.target.written
    ]


@pytest.mark.parametrize("times", [ONE_DAY, SEVERAL_DAYS])
@pytest.mark.parametrize("bad", [b'{"time":"never"}\n', b'{"time":"2022-03-04T10:00:00Z","status":7}\n', b"{\n"])
def test_a_file_with_an_entry_that_is_rejected_leaves_nothing_behind_and_is_read_strictly(
    tmp_path: Path, times: tuple[str, ...], bad: bytes
) -> None:
    straight = Read(lines(times) + bad, tmp_path, straight=True)

    assert straight.target.written == []
    assert straight.left_over == []
    assert len(straight.in_table) == straight.account.accepted == 50 * len(times)
    assert straight.account.rejected == 1


def test_a_file_below_the_bound_goes_into_the_table(tmp_path: Path) -> None:
    reading = Read(b"", tmp_path, straight=False)
    target = Straight(root=tmp_path / "intake", name="b-0-file-1")

    account = read_file(
        reading.connection,
        FileTask(source="edge", name="b", uri="b", version_tag="1", format="gateway_jsonl"),
        open_object=lambda _: io.BytesIO(lines(ONE_DAY)),
        scratch=tmp_path,
        batch="b",
        straight=target,
    )

    assert target.written == []
    assert len(reading.in_table) == account.accepted == 150


def test_entries_of_a_day_are_sealed_with_what_pruning_needs(tmp_path: Path) -> None:
    straight = Read(lines(ONE_DAY), tmp_path, straight=True)

    [file] = straight.target.written
    assert dataclasses.asdict(file)["partition"] == {"event_date": "2022-03-04"}
    assert file.lowest["received_at"].startswith("2022-03-04 00:00:00")
    assert file.highest["received_at"].startswith("2022-03-04 23:59:59.999999")
