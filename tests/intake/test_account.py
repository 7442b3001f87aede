"""The account of a file adds up, and a file that cannot be read whole contributes nothing."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa
import pytest

from tallystick.digest_key import PUBLISHED_KEY, DigestKey
from tallystick.duck import connect
from tallystick.errors import UnreadableFileError
from tallystick.intake import FileDay, FileTask, create_entry_tables, read_file
from tallystick.tables.intake import INTAKE
from tallystick.tables.rejected_entry import REJECTED_ENTRY
from tallystick.tables.source_file import SOURCE_FILE


def line(**change: Any) -> str:
    return json.dumps({"time": "2022-03-04T10:00:00Z", "client": "c", "method": "GET", "status": 200, **change}) + "\n"


def test_an_account_has_the_columns_of_source_file(read: Callable[..., Any]) -> None:
    account = read(line() + "x\n").account

    row = account.row()
    assert tuple(row) == tuple(field.name for field in dataclasses.fields(account))
    assert set(row) == set(SOURCE_FILE.column_names)
    assert set(row["days"][0]) == {"event_date", "source", "accepted", "rejected"}
    assert row["state"] in SOURCE_FILE.column("state").allowed


def test_the_tables_of_entries_have_the_promised_columns() -> None:
    connection = connect()
    create_entry_tables(connection)

    for name, table in (("entry", INTAKE), ("rejected", REJECTED_ENTRY)):
        described = connection.execute(f"DESCRIBE {name}").fetchall()
        types = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
        assert [(row[0], row[1]) for row in described] == [
            (column.name, types.get(column.type, column.type)) for column in table.columns
        ]


def test_entries_and_other_lines_add_up(read: Callable[..., Any]) -> None:
    content = line(seq=1) + "\n" + "broken\n" + line(seq=2, time="2022-03-05T00:00:00Z") + "  \n"

    account = read(gzip.compress(content.encode()), name="x/a.jsonl.gz", version_tag="v7").account

    assert (account.entries, account.accepted, account.rejected, account.not_entries) == (3, 2, 1, 2)
    assert (account.source, account.name, account.version_tag, account.batch) == ("edge", "x/a.jsonl.gz", "v7", "b1")
    assert account.size_bytes == len(gzip.compress(content.encode()))
    assert (account.decoded_bytes, account.compression) == (len(content), "gzip")
    assert (account.lines, account.comments, account.headers, account.blanks) == (5, 0, 0, 2)
    assert (account.not_requests, account.rejected_bytes) == (0, len("broken"))
    assert (account.state, account.problem, account.format) == ("read", None, "gateway_jsonl")
    assert account.first_at == datetime(2022, 3, 4, 10, tzinfo=UTC)
    assert account.last_at == datetime(2022, 3, 5, tzinfo=UTC)


def test_a_file_of_an_array_has_entries_and_no_lines(read: Callable[..., Any]) -> None:
    event = {"eventTime": "2022-03-04T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject"}

    account = read(json.dumps([event, event]), format="cloudtrail").account

    assert (account.lines, account.entries, account.blanks, account.compression) == (None, 2, 0, "none")


def test_a_refused_file_is_known_by_its_stored_bytes_alone(read: Callable[..., Any]) -> None:
    account = read("no log\n").account

    assert (account.state, account.size_bytes, account.file_id) == (
        "refused", 7, hashlib.sha256(b"no log\n").hexdigest(),
    )  # fmt: skip
    assert (account.decoded_bytes, account.compression, account.lines, account.format) == (None, None, None, None)


def test_rejected_entries_are_measured_whether_they_are_short_or_too_long(
    read: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tallystick.intake.lines.MAX_ENTRY_BYTES", 1000)
    content = line() + "x" * 2000 + "\n" + "broken\n"

    reading = read(content, format="gateway_jsonl")

    assert [(row["reasons"], row["size_bytes"]) for row in reading.rejected] == [
        (["too_long"], 2000), (["not_json"], 6),
    ]  # fmt: skip
    assert reading.account.rejected_bytes == 2006


def test_a_file_tells_the_mark_of_the_key_that_its_secrets_were_digested_with(read: Callable[..., Any]) -> None:
    key = DigestKey(secret=bytes(32))

    assert read(line()).account.digest_key == PUBLISHED_KEY.mark
    assert read(line(), digest_key=key).account.digest_key == key.mark != PUBLISHED_KEY.mark


def test_a_file_is_known_by_the_digest_of_its_stored_bytes(read: Callable[..., Any]) -> None:
    stored = gzip.compress(line().encode())

    reading = read(stored)

    assert reading.account.file_id == hashlib.sha256(stored).hexdigest()
    assert {row["file_id"] for row in reading.entries} == {reading.account.file_id}


def test_every_host_of_a_gateway_is_a_source_of_its_own(read: Callable[..., Any]) -> None:
    reading = read(line(host="edge-01") + line(host="edge-02") + line(host="") + line(), source="gateway")

    assert [row["source"] for row in reading.entries] == ["gateway/edge-01", "gateway/edge-02", "gateway/", "gateway"]
    assert [(day.source, day.accepted) for day in reading.account.days] == [
        ("gateway", 1), ("gateway/", 1), ("gateway/edge-01", 1), ("gateway/edge-02", 1),
    ]  # fmt: skip


def test_a_rejected_entry_belongs_to_the_day_of_the_readable_entry_before_it(read: Callable[..., Any]) -> None:
    content = (
        "lost before all\n"
        + line(host="a", time="2022-03-05T10:00:00Z")
        + "lost\nlost\n"
        + line(host="b", time="2022-03-04T23:59:59.999999Z")
        + line(host="b", time="2022-03-05T00:00:00Z")
        + "lost\n"
    )

    account = read(content, source="s", format="gateway_jsonl").account

    assert account.days == (
        FileDay(event_date=date(2022, 3, 4), source="s/b", accepted=1, rejected=0),
        FileDay(event_date=date(2022, 3, 5), source="s/a", accepted=1, rejected=3),
        FileDay(event_date=date(2022, 3, 5), source="s/b", accepted=1, rejected=1),
    )


def test_entries_of_a_file_without_any_readable_one_belong_to_no_day(read: Callable[..., Any]) -> None:
    account = read("x\ny\n", format="gateway_jsonl").account

    assert (account.entries, account.rejected, account.days, account.first_at) == (2, 2, (), None)


@pytest.mark.parametrize("content", ["", "\n", "\n \r\n\t\n"])
def test_a_file_without_entries_is_read(read: Callable[..., Any], content: str) -> None:
    for named in (None, "gateway_jsonl"):
        account = read(content, format=named).account

        assert (account.state, account.format, account.entries) == ("read", named, 0)
        assert account.not_entries == content.count("\n")


@pytest.mark.parametrize(
    ("stored", "problem"),
    [
        (gzip.compress(line().encode())[:-5], "inside the gzip member"),
        (gzip.compress(line().encode()) + b"x", "bytes that do not belong to it"),
        (b"\x28\xb5\x2f\xfd" + b"\x00" * 40, "zstd"),
        (b"something else\n", "no known format"),
    ],
)
def test_a_refused_file_contributes_no_row_and_says_why(read: Callable[..., Any], stored: bytes, problem: str) -> None:
    reading = read(stored)

    account = reading.account
    assert (account.state, account.entries, account.accepted, account.rejected) == ("refused", 0, 0, 0)
    assert problem in account.problem
    assert (account.file_id, account.size_bytes) == (hashlib.sha256(stored).hexdigest(), len(stored))
    assert (reading.entries, reading.rejected, account.days) == ([], [], ())


class Files:
    """Files in memory, read one after another on one connection."""

    def __init__(self, scratch: Path) -> None:
        self.connection = connect(scratch=scratch)
        self.scratch = scratch
        create_entry_tables(self.connection)

    def read(self, content: bytes, name: str, open_object: Callable[[str], BinaryIO] | None = None) -> Any:
        task = FileTask(source="edge", name=name, uri=name, version_tag="1")
        opened = open_object or (lambda _: io.BytesIO(content))
        return read_file(self.connection, task, open_object=opened, scratch=self.scratch, batch="b")

    def count(self, table: str) -> int:
        [(number,)] = self.connection.execute(f"SELECT count(*) FROM {table}").fetchall()
        return int(number)


def test_each_of_many_files_on_one_connection_has_its_own_account(tmp_path: Path) -> None:
    files = Files(tmp_path)

    first = files.read((line() * 3 + "x\n").encode(), "a")
    second = files.read(gzip.compress(line().encode())[:-1], "b")
    third = files.read((line() * 3 + "x\n").encode(), "c")
    fourth = files.read(line(time="2022-03-09T00:00:00Z").encode(), "d")

    assert [account.state for account in (first, second, third, fourth)] == ["read", "refused", "read", "read"]
    assert (first.accepted, first.rejected, first.days) == (third.accepted, third.rejected, third.days) == (
        3, 1, (FileDay(event_date=date(2022, 3, 4), source="edge", accepted=3, rejected=1),),
    )  # fmt: skip
    assert [day.event_date for day in fourth.days] == [date(2022, 3, 9)]
    assert (files.count("entry"), files.count("rejected")) == (7, 2)


def test_nothing_of_a_file_stays_when_reading_it_fails_midway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Files(tmp_path)
    files.read(line().encode(), "a")

    def out_of_space(*_: Any, **__: Any) -> None:
        raise duckdb.OutOfMemoryException("no space is left")

    with monkeypatch.context() as patch:
        patch.setattr("tallystick.intake.reader.account_for", out_of_space)
        with pytest.raises(duckdb.OutOfMemoryException):
            files.read((line() * 5 + "x\n").encode(), "b")
    assert (files.count("entry"), files.count("rejected")) == (1, 0)
    assert files.read((line() * 5 + "x\n").encode(), "b").accepted == 5


def test_a_file_that_cannot_be_opened_is_an_error_and_no_account(tmp_path: Path) -> None:
    def closed(uri: str) -> BinaryIO:
        raise PermissionError(13, "Permission denied", uri)

    with pytest.raises(UnreadableFileError, match="Permission denied") as caught:
        Files(tmp_path).read(b"", "a", closed)
    assert caught.value.where == "a"


def test_a_file_that_breaks_off_while_it_is_read_is_an_error_and_no_account(tmp_path: Path) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise OSError(5, "Input/output error")
            return super().read(10)

    with pytest.raises(UnreadableFileError, match="Input/output error"):
        Files(tmp_path).read(b"", "a", lambda _: Breaks(line().encode()))


def test_scratch_files_are_gone_afterwards(tmp_path: Path) -> None:
    files = Files(tmp_path)

    files.read(line().encode(), "a")
    files.read(b"\x1f\x8b", "b")

    assert list(tmp_path.iterdir()) == []


def test_an_account_becomes_a_row_of_the_table(read: Callable[..., Any]) -> None:
    table = pa.Table.from_pylist([read(line() + "x\n").account.row()])

    connection = connect()
    columns = ", ".join(f'"{column.name}" {column.type}' for column in SOURCE_FILE.columns)
    connection.execute(f"CREATE TABLE source_file ({columns})")
    connection.register("account", table)
    connection.execute("INSERT INTO source_file BY NAME SELECT * FROM account")
    assert connection.execute("SELECT entries, days[1].rejected FROM source_file").fetchall() == [(2, 1)]
