"""Rows of Parquet: every value as the text that says it exactly, and what a damaged file gives."""

from __future__ import annotations

import datetime as dt
import io
import os
import random
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallystick.errors import DamagedFileError
from tallystick.formats import Catalogue, Format
from tallystick.formats.decodings import ColumnsDecoding
from tallystick.intake.parquet_rows import split_parquet

US = 1_700_000_000_123_456
FORMAT = {
    "name": "exported",
    "title": "An exported table",
    "says": "Requests as rows.",
    "docs": [],
    "entries": {"find": "parquet"},
    "decode": {
        "kind": "columns",
        "fields": {
            "at": {"column": "at", "says": "When."},
            "status": {"column": "http.status", "says": "What was answered."},
        },
    },
    "columns": {
        "received_at": {"field": "at", "read": "iso8601"},
        "status": {"field": "status", "read": "status"},
    },
    "identity": "none",
    "recognise": {"needs": ["at", "status"]},
}


def texts(folder: Path, values: Any, kind: pa.DataType | None = None) -> list[str | None]:
    table = pa.table({"x": pa.array(values, kind)})
    pq.write_table(table, folder / "decoded")
    return rows(folder, x="x")["x"]


def rows(folder: Path, **columns: Any) -> dict[str, list[str | None]]:
    fields = {name: {"column": column, "says": "x"} for name, column in columns.items()}
    batches = split_parquet(folder / "decoded", ColumnsDecoding.model_validate({"kind": "columns", "fields": fields}))
    return pa.concat_tables([batch.to_arrow() for batch in batches]).to_pydict()


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([7, -1, None], pa.int32(), ["7", "-1", None]),
        ([2**64 - 1], pa.uint64(), ["18446744073709551615"]),
        ([True, False, None], pa.bool_(), ["true", "false", None]),
        (["", "x", None], pa.string(), ["", "x", None]),
        (["x", "x", None], pa.dictionary(pa.int32(), pa.string()), ["x", "x", None]),
        ([b"caf\xc3\xa9", b"caf\xc3\xa9"], pa.binary(), ["café", "café"]),
        ([b"\xff", b"a"], pa.binary(), ["\\xff", "a"]),
        (["a\0b"], pa.string(), ["a\\x00b"]),
        ([3.0, 0.25, 1e15, 1e-7, None], pa.float64(), ["3", "0.25", "1000000000000000", "0.0000001", None]),
        ([0.1], pa.float32(), ["0.1"]),
        ([2.0**60, float("nan")], pa.float64(), ["1.152921504606847e+18", "nan"]),
        ([Decimal("1.100"), Decimal("200.000"), Decimal("-0.001")], pa.decimal128(20, 3), ["1.1", "200", "-0.001"]),
        ([Decimal(100), None], pa.decimal128(38, 0), ["100", None]),
        ([dt.date(2024, 2, 29)], pa.date32(), ["2024-02-29"]),
        ([US], pa.timestamp("us", "UTC"), ["2023-11-14T22:13:20.123456Z"]),
        ([US], pa.timestamp("us", "Europe/Berlin"), ["2023-11-14T22:13:20.123456Z"]),
        ([US * 1000 + 999], pa.timestamp("ns", "UTC"), ["2023-11-14T22:13:20.123456Z"]),
        ([US // 1000], pa.timestamp("ms", "UTC"), ["2023-11-14T22:13:20.123000Z"]),
        ([US], pa.timestamp("us"), ["2023-11-14T22:13:20.123456"]),
        ([[1.0, None]], pa.list_(pa.float64()), ["[1, null]"]),
        ([[("k", 'a"b')]], pa.map_(pa.string(), pa.string()), ['{"k": "a\\"b"}']),
    ],
)
def test_a_value_becomes_the_text_that_says_it(
    tmp_path: Path, values: list[Any], kind: pa.DataType, expected: list[str | None]
) -> None:
    assert texts(tmp_path, values, kind) == expected


def test_a_structure_is_json_text_and_its_columns_have_names_with_dots(tmp_path: Path) -> None:
    value = {"a": {"b": 1}, "d": Decimal("1.50"), "t": dt.datetime(2024, 3, 1, 10, tzinfo=dt.UTC)}
    pq.write_table(pa.table({"s": [value, None]}), tmp_path / "decoded")

    found = rows(tmp_path, whole="s", inner="S.a.b", none="s.c", further="s.a.b.c")

    assert found["whole"] == ['{"a": {"b": 1}, "d": 1.5, "t": "2024-03-01T10:00:00.000000Z"}', None]
    assert (found["inner"], found["none"], found["further"]) == (["1", None], [None, None], [None, None])


def test_a_column_whose_own_name_has_dots_comes_before_a_structure(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a.b": [1], "a": [{"b": 2}]}), tmp_path / "decoded")

    assert rows(tmp_path, one="a.b")["one"] == ["1"]


def test_the_first_of_several_columns_that_has_a_value_counts(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [None, 1], "b": [2, 3]}), tmp_path / "decoded")

    assert rows(tmp_path, one=["a", "b"])["one"] == ["2", "1"]


def test_positions_count_rows_over_all_row_groups(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": list(range(50_000))}), tmp_path / "decoded", row_group_size=7_000)

    found = rows(tmp_path, a="a")

    assert found["position"] == list(range(1, 50_001))
    assert found["a"] == [str(number) for number in range(50_000)]


def test_rows_that_a_dictionary_blows_up_are_taken_fewer_at_a_time(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["y" * (1 << 20)] * 100}), tmp_path / "decoded", compression="none")
    decoding = ColumnsDecoding.model_validate({"kind": "columns", "fields": {"a": {"column": "a", "says": "x"}}})

    sizes = [len(batch) for batch in split_parquet(tmp_path / "decoded", decoding)]

    assert (sum(sizes), max(sizes)) == (100, 32)


def test_a_file_that_claims_more_rows_than_a_log_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tallystick.intake.parquet_rows.MAX_ROWS_A_BYTE", 10)
    pq.write_table(pa.table({"a": pa.nulls(100_000, pa.int32())}), tmp_path / "decoded")

    with pytest.raises(DamagedFileError, match="are said to hold 100000 rows"):
        rows(tmp_path, a="a")


@pytest.fixture
def exported(read: Callable[..., Any]) -> Callable[..., Any]:
    """Read Parquet bytes with a format of one's own."""
    described = Format.model_validate(FORMAT)

    def reading(data: bytes, **task: Any) -> Any:
        return read(data, catalogue=Catalogue(own=(described,)), **task)

    return reading


def parquet(**columns: Any) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    return content.getvalue()


@pytest.mark.parametrize("piece", [1, 5, 1 << 20])
def test_two_files_one_after_another_are_refused(
    exported: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr("tallystick.intake.parquet_rows.PIECE", piece)

    found = exported(parquet(**GOOD) + parquet(**GOOD), format="exported")

    assert (found.account.state, found.entries) == ("refused", [])
    assert "another Parquet file begins" in found.account.problem


def test_the_mark_of_parquet_in_a_value_is_data(exported: Callable[..., Any]) -> None:
    more = {**GOOD, "note": pa.array(["PAR1PAR1"] * 3)}

    assert exported(parquet(**more)).account.entries == 3


BITS = 500
GOOD = {
    "at": pa.array([US, US, None], pa.timestamp("us", "UTC")),
    "http": [{"status": 200}, {"status": 20}, {"status": 204}],
}


def test_rows_are_accepted_and_rejected_like_other_entries(exported: Callable[..., Any]) -> None:
    found = exported(parquet(**GOOD))

    assert (found.account.format, found.account.state, found.account.entries) == ("exported", "read", 3)
    assert [(row["position"], row["status"], row["received_at"].year) for row in found.entries] == [(1, 200, 2023)]
    assert [(row["position"], row["reasons"]) for row in found.rejected] == [(2, ["bad_status"]), (3, ["no_time"])]
    assert found.rejected[0]["excerpt"] == '{"at": "2023-11-14T22:13:20.123456Z", "status": "20"}'


@pytest.mark.parametrize("cut", [10, 100, -1, -8, -100])
def test_a_damaged_file_is_refused_whole(exported: Callable[..., Any], cut: int) -> None:
    found = exported(parquet(**GOOD)[:cut], format="exported")

    assert (found.account.state, found.entries, found.rejected) == ("refused", [], [])
    assert "begins as Parquet does, and cannot be read" in found.account.problem


def test_one_wrong_bit_loses_no_row_in_silence_and_never_ends_the_process(tmp_path: Path) -> None:
    """Run apart, since what is wrong in some bits ends a process that asks for too much."""
    (tmp_path / "good").write_bytes(parquet(**GOOD))

    done = subprocess.run(
        [sys.executable, __file__, str(tmp_path / "good")],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "jobs")},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert (done.returncode, done.stderr) == (0, "")
    told = dict(word.split("=") for word in done.stdout.split())
    assert int(told["read"]) + int(told["refused"]) == BITS
    assert int(told["refused"]) > 50


def bend(good: Path) -> None:
    """Read files that differ from a good one in one bit each."""
    content, bits = good.read_bytes(), random.Random(5)  # noqa: S311 - which bit is no secret
    fields = {name: {"column": name, "says": "x"} for name in ("at", "http", "http.status")}
    decoding = ColumnsDecoding.model_validate(
        {"kind": "columns", "fields": {name.replace(".", "_"): one for name, one in fields.items()}}
    )
    read = refused = 0
    for _ in range(BITS):
        bit = bits.randrange(8 * len(content))
        bent = bytearray(content)
        bent[bit // 8] ^= 1 << bit % 8
        good.write_bytes(bent)
        try:
            rows_read = sum(len(batch) for batch in split_parquet(good, decoding))
            assert rows_read == 3, f"bit {bit}: {rows_read} rows"
            read += 1
        except DamagedFileError:
            refused += 1
    print(f"read={read} refused={refused}")


if __name__ == "__main__":
    bend(Path(sys.argv[1]))
