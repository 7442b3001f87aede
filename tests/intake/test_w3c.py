"""Lines whose words are named by directives of the same file: W3C extended logs and Zeek's."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.tables import columns, read_words
from tallystick.intake.batch import OtherLines
from tallystick.intake.w3c import split_w3c

HEAD = (
    "#Software: Fictional Server 1.0\n#Version: 1.0\n#Date: 2024-03-01 00:00:00\n"
    "#Fields: date time cs(User-Agent) sc-status\n"
)
NAMES = ["date", "cs(User-Agent)", "sc-status"]
ZEEK = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\thttp\n"
    "#fields\tts\turi\ttags\n#types\ttime\tstring\tset[enum]\n"
)


def test_words_are_named_by_the_fields_directive(tmp_path: Path) -> None:
    found = read_words(tmp_path, HEAD + "2024-03-01 00:00:00 Some+Agent 200\r\n", NAMES)

    assert found.rows == [["2024-03-01", "Some+Agent", "200"]]
    assert (found.positions, found.lines, found.others) == ([5], 5, OtherLines(headers=4))


def test_fields_may_change_inside_a_file(tmp_path: Path) -> None:
    found = read_words(tmp_path, HEAD + "d t a 200\n#Fields: sc-status date\n404 e\n", NAMES)

    assert found.rows == [["d", "a", "200"], ["e", None, "404"]]
    assert found.positions == [5, 7]


def test_a_dash_is_no_value(tmp_path: Path) -> None:
    assert read_words(tmp_path, HEAD + "d t - -\n", NAMES).rows == [["d", None, None]]


def test_an_entry_above_any_fields_directive_is_not_in_format(tmp_path: Path) -> None:
    found = read_words(tmp_path, "d t a 200\n" + HEAD + "d t a 200\n", NAMES)

    assert (found.positions, found.lost) == ([6], [(1, "not_in_format")])


@pytest.mark.parametrize("line", ["d t a", "d t a 200 x", "cut"])
def test_a_line_with_another_number_of_words_costs_itself_alone(tmp_path: Path, line: str) -> None:
    found = read_words(tmp_path, f"{HEAD}d t a 200\n{line}\nd t a 201\n", NAMES)

    assert [row[2] for row in found.rows] == ["200", "201"]
    assert found.lost == [(6, "not_in_format")]


def test_words_stand_between_tabs_where_that_makes_as_many_as_there_are_names(tmp_path: Path) -> None:
    found = read_words(tmp_path, HEAD + "d\tt\tan agent\t200\nd\tt\t\t-\n", NAMES)

    assert found.rows == [["d", "an agent", "200"], ["d", None, None]]


def test_a_tab_in_a_line_of_words_between_spaces_is_data(tmp_path: Path) -> None:
    assert read_words(tmp_path, HEAD + "d t a\tb 200\n", NAMES).rows == [["d", "a\tb", "200"]]


def test_a_word_in_quotes_may_hold_spaces_and_doubled_quotes(tmp_path: Path) -> None:
    found = read_words(tmp_path, HEAD + 'd t "an ""agent""" 200\nd t "plain" 201\n', NAMES)

    assert [row[1] for row in found.rows] == ['an "agent"', "plain"]


def test_a_quote_that_the_server_did_not_mean_as_one_is_data(tmp_path: Path) -> None:
    found = read_words(tmp_path, HEAD + 'd t "odd 200\nd t session="{a}" 201\n', NAMES)

    assert [row[1] for row in found.rows] == ['"odd', 'session="{a}"']


def test_several_spaces_count_as_one_where_there_are_too_many_words(tmp_path: Path) -> None:
    assert read_words(tmp_path, HEAD + "d  t   a 200 \n", NAMES).rows == [["d", "a", "200"]]


def test_a_remark_is_a_comment_and_zero_bytes_are_a_blank_line(tmp_path: Path) -> None:
    found = read_words(tmp_path, HEAD + "#Remark: x\n# y\n\n\0\0\0", NAMES)

    assert (found.others, found.lines) == (OtherLines(headers=4, comments=2, blanks=2), 8)


def test_a_line_with_a_byte_that_is_no_text_is_kept_with_an_escape_and_digested_as_it_stood(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    file.write_bytes(HEAD.encode() + b"d t \xff 200\r\nd t \xfe\n")

    [batch] = split_w3c(file, columns(NAMES))

    assert batch.fields["f1"].to_pylist() == ["\\xff"]
    assert batch.as_found(0) == b"d t \xff 200"
    assert [lost.digest for lost in batch.unreadable] == [hashlib.sha256(b"d t \xfe").hexdigest()]


def test_zeek_says_itself_what_is_unset_and_what_is_empty(tmp_path: Path) -> None:
    found = read_words(
        tmp_path, ZEEK + "1.5\t/a b\t(empty)\n2.5\t-\tX,Y\n#close\t2024\n", ["ts", "uri", "tags"], is_zeek=True
    )

    assert found.rows == [["1.5", "/a b", ""], ["2.5", None, "X,Y"]]
    assert found.others == OtherLines(headers=8)


def test_zeek_may_have_another_separator_and_other_marks(tmp_path: Path) -> None:
    text = '#separator \\x7c\n#unset_field|NONE\n#fields|ts|uri\n1|NONE\n2|"-"\n'

    assert read_words(tmp_path, text, ["ts", "uri"], is_zeek=True).rows == [["1", None], ["2", '"-"']]


def test_a_zeek_line_with_another_number_of_words_costs_itself_alone(tmp_path: Path) -> None:
    found = read_words(tmp_path, ZEEK + "1\t/a\n2\t/b\t-\n", ["ts"], is_zeek=True)

    assert (found.rows, found.lost) == ([["2"]], [(8, "not_in_format")])


@pytest.mark.parametrize("few", [0, 32])
def test_zeek_reads_the_same_by_words_and_by_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr("tallystick.intake.w3c.FEW", few)

    found = read_words(tmp_path, ZEEK + '1.5\t/a "b\t(empty)\n2.5\t-\t\n3\t4\n', ["ts", "uri", "tags"], is_zeek=True)

    assert found.rows == [["1.5", '/a "b', ""], ["2.5", None, ""]]
    assert found.lost == [(10, "not_in_format")]


LINES = st.lists(
    st.one_of(
        st.sampled_from(["#Fields: a b", "#Fields: b a c", "#Date: x", "#Remark: y", "", " "]),
        st.text(alphabet='ab-"\t ', max_size=9),
    ),
    max_size=14,
)


@given(LINES, st.integers(1, 60))
def test_where_blocks_end_and_how_many_lines_are_split_at_once_does_not_matter(lines: list[str], block: int) -> None:
    text = "\n".join(lines)
    with tempfile.TemporaryDirectory() as folder:
        found = [read_words(Path(folder), text, ["a", "b", "c"], block=size) for size in (block, 1 << 20)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tallystick.intake.w3c.FEW", 0)
            found.append(read_words(Path(folder), text, ["a", "b", "c"]))
            patch.setattr("tallystick.intake.words.MOST_BYTES", 0)
            found.append(read_words(Path(folder), text, ["a", "b", "c"]))

    assert found[0] == found[1] == found[2] == found[3]
    assert len(found[0].positions) + len(found[0].lost) + found[0].others.total == found[0].lines
