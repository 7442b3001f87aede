"""The fast path is taken only where it cannot differ from the strict one, and both agree with a slow second opinion."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.reference import read_gateway
from tallystick.duck import connect
from tallystick.formats import find_format
from tallystick.intake import FileTask, create_entry_tables, read_file
from tallystick.intake.batch import OtherLines
from tallystick.intake.canonical import Origin
from tallystick.intake.paths import Found, read_fast, read_strictly
from tallystick.intake.plain import Plain
from tallystick.intake.plain_json import prove_plain_json_lines

GATEWAY = find_format("gateway_jsonl")
ORIGIN = Origin(source="edge", file_id="f", batch="b")
GOOD = {
    "time": "2022-03-04T10:00:00.000001Z", "host": "edge-01", "epoch": "e1", "seq": 7, "request_id": "r-7",
    "client": "hal-mon-01", "user": "u1", "tenant": "t1", "ip": "2001:db8::1", "agent": "halcyon/1.2 (é)",
    "method": "GET", "route": "/2/tweets/{id}", "path": "/2/tweets/7?expand=all", "status": 200, "records": 1,
    "bytes_out": 812, "bytes_in": 0, "duration_us": 1500, "referer": "https://example.com/a?token=x",
    "history_from": "2022-02-25T10:00:00+01:00",
}  # fmt: skip


def lines(*changes: dict[str, Any]) -> bytes:
    return b"".join(json.dumps({**GOOD, **change}).encode() + b"\n" for change in changes)


def rows(content: bytes, path: str, folder: Path) -> tuple[Found | None, list[tuple[Any, ...]]]:
    file = folder / "decoded"
    file.write_bytes(content)
    connection = connect(scratch=folder)
    create_entry_tables(connection)
    found = {"fast": read_fast, "strict": read_strictly}[path](connection, GATEWAY, ORIGIN, file)
    return found, connection.execute("SELECT * FROM entry ORDER BY position").fetchall()


def test_a_good_file_is_read_in_one_go_and_gives_the_same_rows_as_the_strict_path(tmp_path: Path) -> None:
    content = lines(*({"seq": n, "records": n % 3 or None, "user": None if n % 2 else ""} for n in range(5000)))

    fast, fast_rows = rows(content, "fast", tmp_path)
    strict, strict_rows = rows(content, "strict", tmp_path)

    assert fast == strict == Found(entries=5000, lines=5000)
    assert fast_rows == strict_rows
    assert len(fast_rows) == 5000


def test_rows_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    content = lines(*({"seq": n * 7919 % 30000} for n in range(30000)))
    file = tmp_path / "decoded"
    file.write_bytes(content)
    connection = connect(scratch=tmp_path)
    create_entry_tables(connection)

    read_fast(connection, GATEWAY, ORIGIN, file)

    numbers = connection.execute("SELECT position, sequence_number FROM entry ORDER BY position").fetchall()
    assert numbers == [(n + 1, n * 7919 % 30000) for n in range(30000)]


GOOD_LINE = lines({})


T = b'{"time":"2022-03-04T10:00:00Z",'
NOT_PLAIN = [
    b"\n", b"  \n", b"\x0c\n", b"null\n", b"7\n", b"[1]\n", b"x\n", b" " + T + b'"a":1}\n', T + b'"a":1,}\n',
    T + b'"a":1, }\n', T + b'"a":[1,]}\n', T + b'"a":[1,\t]}\n', T + b'"a":NaN}\n', T + b'"a": NaN}\n',
    T + b'"a":nan}\n',
    T + b'"a":  nAn}\n', T + b'"a":-inf}\n', T + b'"a":-Nan}\n', T + b'"a":Infinity}\n', T + b'"a":-Infinity}\n',
    T + b'"a" :iNF}\n', T + b'"a":[NaN]}\n', T + b'"a":[1,-nan]}\n', T + b'"a":{"b":[ inf ]}}\n', T + b'"a":"\xff"}\n',
    T + b'"a":' + b"[" * 300 + b"]" * 300 + b"}\n", T + b'"a":' + b'{"b":' * 300 + b"1" + b"}" * 300 + b"}\n",
    T + b'"a":"' + b"x" * (2 << 20) + b'"}\n',
    T + b'"client":{"a":1,"a":2}}\n', T + b'"client":[{"a":1,"\\u0061":2}]}\n',
    T + b'"client":1646388000.123456999}\n', T + b'"client":[1,-123456789012345678.5]}\n',
]  # fmt: skip
"""Lines that DuckDB's reader might take otherwise than the strict path."""
NOT_READABLE = [
    b'{"a":1} {"b":2}\n', b'{"a":1}{"b":2}\n', b'{"a":1}\r{"b":2}\n', T + b'"a":"\\ud800"}\n', T + b'"a":"x\ny"}\n',
    T + b'"time":"2022-03-05T10:00:00Z"}\n', T + b'"status":"200.7"}\n', T + b'"bytes_out":1e3}\n',
    b'{"time":"x"}\n', b"{}\n",
]  # fmt: skip
"""Lines that DuckDB's reader refuses, or whose entry is rejected."""


@pytest.mark.parametrize("doubtful", NOT_PLAIN)
def test_a_file_with_a_line_that_might_be_misread_has_no_proof(tmp_path: Path, doubtful: bytes) -> None:
    file = tmp_path / "decoded"
    file.write_bytes(GOOD_LINE + doubtful + GOOD_LINE)

    assert prove_plain_json_lines(file) is None


@pytest.mark.parametrize("doubtful", [*NOT_PLAIN, *NOT_READABLE])
def test_any_doubt_sends_a_file_to_the_strict_path(tmp_path: Path, doubtful: bytes) -> None:
    found, _ = rows(GOOD_LINE + doubtful + GOOD_LINE, "fast", tmp_path)

    assert found is None


@pytest.mark.parametrize(
    "harmless",
    [
        b"",
        b"\n\n",
        b'{"time": "2022-03-04T10:00:00Z", "agent": "a {b} [c] , d"}\n',
        b'{"time":"2022-03-04T10:00:00Z","agent":"Name: Nano, Infinite"}\r\n',
        b'{"time":"2022-03-04T10:00:00Z","zz":1,"zz":2}\n',
        b'{"time":"2022-03-04T10:00:00Z","Status":999}\n',
        b'{"time":"2022-03-04T10:00:00Z","client":{"a":[{"a":1},{"a":2}],"b":{"a":"1.123456789012345678"}}}\n',
        b'{"time":"2022-03-04T10:00:00Z","client":1646388000.1234567,"user":123456789012345678901234567890}\n',
        b'{"time":"2022-03-04T10:00:00Z","epoch":-1.5,"agent":"\\u0000"}\n',
        b'{"time":"2022-03-04T10:00:00Z","epoch":null,"user":18446744073709551617}',
    ],
)
def test_what_cannot_be_misread_stays_on_the_fast_path(tmp_path: Path, harmless: bytes) -> None:
    fast, fast_rows = rows(GOOD_LINE + harmless, "fast", tmp_path)
    strict, strict_rows = rows(GOOD_LINE + harmless, "strict", tmp_path)

    assert fast is not None
    assert fast == strict
    assert fast_rows == strict_rows


def test_blank_lines_at_the_end_are_counted(tmp_path: Path) -> None:
    found, _ = rows(GOOD_LINE + b"\n \r\n\n", "fast", tmp_path)

    assert found == Found(entries=1, others=OtherLines(blanks=3), lines=4)


def test_a_file_with_a_doubt_in_its_last_block_has_no_proof(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    file.write_bytes(GOOD_LINE * 3000)
    assert prove_plain_json_lines(file) == Plain(entries=3000, blanks=0, holds_tokens=True)
    file.write_bytes(GOOD_LINE * 3000 + b'{"a":1,}')
    assert prove_plain_json_lines(file) is None


def test_a_scratch_folder_whose_name_has_wildcards_is_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "a[b]*?"
    folder.mkdir()

    found, fast_rows = rows(GOOD_LINE * 3, "fast", folder)

    assert found == Found(entries=3, lines=3)
    assert len(fast_rows) == 3


Odd: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, "", "-", 0, -0.0, -1, 200, 200.0, 200.7, 1000.0, 99, 100, 999, 1000, "200", "007", " 5", "5 ", "+5",
        "1e3", "0x10", "1_000", 2**53 + 1, 2**63 - 1, 2**63, 2**64, "9" * 30, "٣", True, False, [], {},
        [1, "a"], {"a": None}, "x\x00y", "é\u2028", "2022-03-04T10:00:00Z", "2022-03-04 10:00:00.1234567+02:30",
        "2022-02-30T00:00:00Z", "1989-12-31T23:59:59.999999Z", "1990-01-01T00:00:00Z",
        "2100-12-31T23:59:59.999999Z", "2101-01-01T00:00:00Z",
        "2022-03-04T24:00:00Z", "2022-03-04T10:00:60Z", "2022-03-04T10:00:00", "2022-03-04T10:00:00.Z", "infinity",
        "epoch", "2022-03-04", "2022-03-04T10:00:00-0530", "2022-03-04T10:00:00+25:00", "/a?b#c", "/a#b?c", "a;b",
    ]
)  # fmt: skip
Entry = st.builds(
    lambda odd, drop: json.dumps({key: value for key, value in {**GOOD, **odd}.items() if key not in drop}),
    st.dictionaries(st.sampled_from(sorted(GOOD)), Odd | st.text(max_size=3), max_size=3),
    st.sets(st.sampled_from(sorted(GOOD)), max_size=3),
)
Broken = st.builds(
    lambda entry, at, length, put: entry[: at % (len(entry) + 1)] + put + entry[at % (len(entry) + 1) + length :],
    Entry.map(str.encode),
    st.integers(0, 2000),
    st.integers(0, 3),
    st.sampled_from(
        [b"", b",", b"}", b"{", b"[", b"]", b'"', b"\\", b":", b" ", b"NaN", b"\r", b"\xff", b"e5", b"\x00", b"-"]
    ),
)
Line = Entry.map(str.encode) | Broken | st.sampled_from([b"", b" ", b"null", b"7", b"{}", b"# x", b"\xef\xbb\xbf{}"])


class TwoReaders:
    """The same bytes read as a file and by the strict path alone, on connections that are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._whole, self._strict = connect(scratch=folder), connect(scratch=folder)
        for connection in (self._whole, self._strict):
            create_entry_tables(connection)

    def read(self, content: bytes) -> tuple[dict[int, dict[str, Any]], dict[int, list[str]], int]:
        for connection in (self._whole, self._strict):
            connection.execute("DELETE FROM entry")
            connection.execute("DELETE FROM rejected")
        task = FileTask(source="edge", name="a", uri="a", version_tag="1", format="gateway_jsonl")
        account = read_file(
            self._whole, task, open_object=lambda _: io.BytesIO(content), scratch=self._folder, batch="b"
        )
        decoded = self._folder / "decoded"
        decoded.write_bytes(content)
        read_strictly(self._strict, GATEWAY, Origin(source="edge", file_id=account.file_id, batch="b"), decoded)
        for table in ("entry", "rejected"):
            query = f"SELECT * FROM {table} ORDER BY position"
            assert self._whole.execute(query).fetchall() == self._strict.execute(query).fetchall()
        accepted = self._whole.execute("SELECT * FROM entry").to_arrow_table().to_pylist()
        rejected = dict(self._whole.execute("SELECT position, reasons FROM rejected").fetchall())
        counts = (account.entries, account.accepted, account.rejected)
        assert counts == (len(accepted) + len(rejected), len(accepted), len(rejected))
        return {row["position"]: row for row in accepted}, rejected, account.not_entries


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> TwoReaders:
    return TwoReaders(tmp_path_factory.mktemp("both"))


@given(st.lists(Line, max_size=30), st.sampled_from([b"\n", b"\r\n"]), st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_stands_in_a_file_both_paths_agree_with_the_second_opinion(
    readers: TwoReaders, entries: list[bytes], end: bytes, is_ended: bool
) -> None:
    content = end.join(entries) + (end if is_ended else b"")
    if content.startswith(b"\xef\xbb\xbf"):
        content = b"\n" + content  # a mark at the very beginning belongs to the file, not to the entry

    accepted, rejected, others = readers.read(content)

    expected_accepted, expected_rejected, expected_others = read_gateway(content, "edge")
    assert rejected == expected_rejected
    assert others == expected_others
    assert {
        position: {name: row[name] for name in expected_accepted.get(position, row)}
        for position, row in accepted.items()
    } == expected_accepted


@pytest.mark.parametrize("token", ["Bearer abcdef123456", "basic dXNlcjpwYXNz", "eyJhbGciOiJub25lIn0.e30.", "BEARER x"])
def test_a_file_that_may_hold_a_token_is_read_with_its_tokens_digested(tmp_path: Path, token: str) -> None:
    hidden = token.replace("e", "\\u0065", 1)
    for shown in (token, hidden):
        content = GOOD_LINE.replace(b"hal-mon-01", shown.encode())

        fast, fast_rows = rows(content, "fast", tmp_path)
        strict, strict_rows = rows(content, "strict", tmp_path)

        assert fast == strict == Found(entries=1, lines=1)
        assert fast_rows == strict_rows
        assert token not in str(fast_rows)
