from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.intake import escaping
from tallystick.intake import lines as lines_module
from tallystick.intake.batch import MAX_ENTRY_BYTES, Batch, OtherLines
from tallystick.intake.lines import split_lines


def split(content: bytes, tmp_path: Path, *, comment: str | None = None, block: int = 1 << 20) -> list[Batch]:
    file = tmp_path / "decoded"
    file.write_bytes(content)
    return list(split_lines(file, comment=comment, block=block))


def numbered(batches: list[Batch]) -> dict[int, bytes]:
    return {
        int(position): entry
        for batch in batches
        for position, entry in zip(batch.positions, batch.entries(), strict=True)
    }


def test_lf_and_crlf_end_a_line_and_a_lone_cr_is_data(tmp_path: Path) -> None:
    assert numbered(split(b"a\nb\r\nc\rd\ne\r\r\n", tmp_path)) == {1: b"a", 2: b"b", 3: b"c\rd", 4: b"e\r"}


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    assert numbered(split(b"a\nb", tmp_path)) == {1: b"a", 2: b"b"}
    assert numbered(split(b"only", tmp_path)) == {1: b"only"}


def test_blank_lines_and_comments_are_counted_and_numbered_and_are_no_entries(tmp_path: Path) -> None:
    batches = split(b"#Version\n\na\n  \t\n#x\nb\r\n\r\n#", tmp_path, comment="#")

    assert numbered(batches) == {3: b"a", 6: b"b"}
    others = sum((batch.others for batch in batches), OtherLines())
    assert others == OtherLines(comments=3, blanks=3)
    assert sum(batch.lines or 0 for batch in batches) == 8


def test_a_comment_mark_inside_a_line_is_data(tmp_path: Path) -> None:
    assert numbered(split(b" #x\n", tmp_path, comment="#")) == {1: b" #x"}


def test_a_file_of_nothing_has_no_batch(tmp_path: Path) -> None:
    assert split(b"", tmp_path) == []


def test_bytes_that_are_no_text_are_escaped_and_the_line_as_it_was_is_kept(tmp_path: Path) -> None:
    [batch] = split(b"a\n\xff\xfe\nb\xc3\nc\xc3\xa9\nd\x00\n", tmp_path)

    assert numbered([batch]) == {1: b"a", 2: rb"\xff\xfe", 3: rb"b\xc3", 4: b"c\xc3\xa9", 5: rb"d\x00"}
    assert [batch.as_found(index) for index in range(5)] == [b"a", b"\xff\xfe", b"b\xc3", b"c\xc3\xa9", b"d\x00"]


def test_bytes_that_are_no_text_are_escaped_for_json_in_lines_of_json(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    file.write_bytes(b'{"a":"\xff"}\n')

    [batch] = split_lines(file, is_json=True)

    assert json.loads(batch.entry(0)) == {"a": r"\xff"}


@given(st.binary(max_size=30) | st.text(max_size=12).map(str.encode), st.integers(4, 9))
def test_text_is_utf8_without_nul_whatever_the_pieces_that_are_looked_at(data: bytes, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(escaping, "PIECE", piece)
        found, written = escaping.is_text(data), escaping.escaped(data, longest=1000)

    assert found == (b"\0" not in data and data.decode("utf-8", "ignore").encode() == data)
    assert written == data.decode("utf-8", "backslashreplace").replace("\0", r"\x00").encode()


def test_a_line_that_is_too_long_once_it_is_escaped_is_too_long(tmp_path: Path) -> None:
    [batch] = split(b"\x00" * (MAX_ENTRY_BYTES // 3) + b"\nb\n", tmp_path, block=64 << 20)

    assert numbered([batch]) == {2: b"b"}
    [lost] = batch.unreadable
    assert (lost.position, lost.reason, lost.size_bytes) == (1, "too_long", MAX_ENTRY_BYTES // 3)


def test_a_line_that_is_too_long_costs_itself_and_not_its_neighbours(tmp_path: Path) -> None:
    too_long = b"x" * (MAX_ENTRY_BYTES + 1)
    batches = split(b"a\n" + too_long + b"\nb\n", tmp_path, block=8 << 20)

    assert numbered(batches) == {1: b"a", 3: b"b"}
    [lost] = [entry for batch in batches for entry in batch.unreadable]
    assert (lost.position, lost.reason) == (2, "too_long")
    assert lost.digest == hashlib.sha256(too_long).hexdigest()


def test_a_line_that_is_much_too_long_is_not_kept_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    with file.open("wb") as target:
        for _ in range(40):
            target.write(b"y" * (4 << 20))
        target.write(b"\nlast")

    batches = list(split_lines(file))

    assert numbered(batches) == {2: b"last"}
    [lost] = [entry for batch in batches for entry in batch.unreadable]
    assert lost.digest == hashlib.sha256(b"y" * (160 << 20)).hexdigest()


def test_lines_after_one_that_is_too_long_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MAX_ENTRY_BYTES", 60)
    monkeypatch.setattr(lines_module, "BLOCK", 16)
    content = b"x" * 70 + b"\na\nb\n" + b"y" * 58 + b"\n" + b"z" * 90 + b"\nc"

    batches = split(content, tmp_path, block=16)

    assert numbered(batches) == {2: b"a", 3: b"b", 4: b"y" * 58, 6: b"c"}
    lost = [entry for batch in batches for entry in batch.unreadable]
    assert [(entry.position, entry.reason, entry.size_bytes) for entry in lost] == [
        (1, "too_long", 70),
        (5, "too_long", 90),
    ]


def test_a_line_of_the_greatest_length_is_an_entry(tmp_path: Path) -> None:
    longest = b"z" * MAX_ENTRY_BYTES

    assert numbered(split(longest + b"\r\n", tmp_path, block=8 << 20)) == {1: longest}


@given(
    st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"\r", b" ", b"#", b"\xff", b"\xc3\xa9", b"{}", b"\x00"])).map(
        b"".join
    ),
    st.integers(1, 9),
)
def test_every_line_is_an_entry_or_unreadable_or_counted_whatever_the_block(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, block: int
) -> None:
    batches = split(content, tmp_path_factory.mktemp("lines"), comment="#", block=block)

    expected_entries: dict[int, bytes] = {}
    expected_others = 0
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    for number, line in enumerate(lines, start=1):
        ended = number < len(lines) or content.endswith(b"\n")
        line = line[:-1] if ended and line.endswith(b"\r") else line
        if line.startswith(b"#") or not line.strip():
            expected_others += 1
        else:
            expected_entries[number] = line.decode("utf-8", "backslashreplace").replace("\0", r"\x00").encode()
    assert numbered(batches) == expected_entries
    assert all(not batch.unreadable for batch in batches)
    assert sum(batch.others.total for batch in batches) == expected_others
