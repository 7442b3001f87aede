"""Records of comma-separated values: quotes, line ends in quotes, and what one broken record may cost."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.tables import Records, columns, read_csv
from tallystick.intake import csv_records
from tallystick.intake.batch import OtherLines


def test_a_header_line_names_the_columns_wherever_they_stand(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "b,unread,A\n1,2,3\n", ["a", "b"])

    assert found.rows == [["3", "1"]]
    assert found.others == OtherLines(headers=1)


def test_quotes_hold_delimiters_line_ends_and_doubled_quotes(tmp_path: Path) -> None:
    found = read_csv(tmp_path, 'a,b\n"x, ""y""\r\nz",2\n3,"4"\n', ["a", "b"])

    assert found.rows == [['x, "y"\r\nz', "2"], ["3", "4"]]


def test_a_record_stands_on_the_line_on_which_it_begins(tmp_path: Path) -> None:
    found = read_csv(tmp_path, 'a\n"1\n\n2"\n\n3\n', ["a"])

    assert found.positions == [2, 6]


def test_lines_are_those_on_which_something_begins(tmp_path: Path) -> None:
    found = read_csv(tmp_path, '# c\na,b\n"1\n1",2\n\n3\n', ["a"], comment="#")

    assert (found.lines, len(found.positions), found.lost) == (5, 1, [(6, "not_in_format")])
    assert found.others == OtherLines(comments=1, headers=1, blanks=1)


def test_a_record_with_another_number_of_cells_costs_itself_alone(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8\n", ["a", "b"])

    assert found.rows == [["1", "2"], ["7", "8"]]
    assert found.lost == [(3, "not_in_format"), (4, "not_in_format")]


def test_a_quote_that_is_never_closed_costs_its_own_line_alone(tmp_path: Path) -> None:
    found = read_csv(tmp_path, 'a,b\n1,"open\n3,4\n5,6\n', ["a", "b"])

    assert found.rows == [["3", "4"], ["5", "6"]]
    assert found.lost == [(2, "not_in_format")]


def test_text_behind_a_closed_quote_costs_its_own_line_alone(tmp_path: Path) -> None:
    found = read_csv(tmp_path, 'a,b\n"1"x,2\n3,4\n', ["a", "b"])

    assert (found.rows, found.lost) == ([["3", "4"]], [(2, "not_in_format")])


def test_a_quote_inside_a_cell_without_quotes_is_data(tmp_path: Path) -> None:
    found = read_csv(tmp_path, 'a,b\n5" disk,the "big" one\n"3",4\n', ["a", "b"])

    assert found.rows == [['5" disk', 'the "big" one'], ["3", "4"]]


def test_an_empty_cell_is_unknown_quoted_or_not(tmp_path: Path) -> None:
    assert read_csv(tmp_path, 'a,b,c\n,"", \n', ["a", "b", "c"]).rows == [[None, None, " "]]


def test_a_header_that_comes_again_is_a_header_again(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "a,b\n1,2\na,b\n3,4\n", ["a"])

    assert (found.rows, found.others) == ([["1"], ["3"]], OtherLines(headers=2))


def test_an_order_names_the_columns_of_a_file_without_header(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "1;2;3\n", ["b", "a"], order=["a", "_", "b"], delimiter=";")

    assert (found.rows, found.others) == ([["3", "1"]], OtherLines())


def test_the_first_of_several_columns_that_has_a_value_counts(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    file.write_text("a,b\n,2\n1,3\n")
    how = csv_records.Entries(find="csv", under=None, comment=None, header=None, delimiter=None)
    decoding = csv_records.ColumnsDecoding.model_validate(
        {"kind": "columns", "fields": {"one": {"column": ["A", "b"], "says": "x"}}}
    )

    [batch] = csv_records.split_csv(file, how, decoding)

    assert batch.fields["one"].to_pylist() == ["2", "1"]


def test_of_two_columns_with_one_name_the_first_counts(tmp_path: Path) -> None:
    assert read_csv(tmp_path, "a,a\n1,2\n", ["a"]).rows == [["1"]]


def test_a_quote_in_a_comment_means_nothing(tmp_path: Path) -> None:
    found = read_csv(tmp_path, 'a,b\n#,"open\n1,2\n# it\'s 5"\n3,"4"\n', ["a", "b"], comment="#")

    assert (found.rows, found.others.comments) == ([["1", "2"], ["3", "4"]], 2)


def test_a_byte_that_is_no_text_is_kept_as_an_escape(tmp_path: Path) -> None:
    file = tmp_path / "decoded"
    file.write_bytes(b'a,b\n1,2\n\xff,\xc3\xa9\n"\xfe\n",3\n\xfd\n')
    how = csv_records.Entries(find="csv", under=None, comment=None, header=None, delimiter=None)

    batches = list(csv_records.split_csv(file, how, columns(["a"]), block=8))

    assert [one for batch in batches for one in batch.fields["f0"].to_pylist()] == ["1", "\\xff", "\\xfe\n"]
    found = [batch.as_found(index) for batch in batches for index in range(len(batch))]
    assert found == [b"1,2", b"\xff,\xc3\xa9", b'"\\xfe\n",3']
    lost = [lost for batch in batches for lost in batch.unreadable]
    assert [(one.position, one.digest) for one in lost] == [(6, hashlib.sha256(b"\xfd").hexdigest())]


def test_no_record_is_longer_than_64_mib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tallystick.intake.csv_grammar.MAX_ENTRY_BYTES", 100)

    found = read_csv(tmp_path, 'a,b\n1,"' + "x\n" * 100 + '"\n3,4\n', ["a", "b"], block=32)

    assert found.rows[-1] == ["3", "4"]
    assert found.lost[0] == (2, "not_in_format")


def test_a_line_that_is_too_long_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tallystick.intake.lines.MAX_ENTRY_BYTES", 100)

    found = read_csv(tmp_path, "a,b\n1,2\n" + "x" * 300 + ",1\n3,4\n", ["a", "b"], block=32)

    assert (found.rows, found.lost) == ([["1", "2"], ["3", "4"]], [(3, "too_long")])


def test_quotes_that_never_close_take_time_in_proportion_to_the_file(tmp_path: Path) -> None:
    """Each line opens a quote, and from inside of it the next line would open one as well."""
    begun = time.process_time()

    found = read_csv(tmp_path, 'x","\n' * 100_000, ["a"], order=["a", "b"])

    assert len(found.lost) == 100_000
    assert time.process_time() - begun < 30


CELLS = st.text(alphabet='ab",;\n\r \\é#', max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12), st.sampled_from(",;\t"), st.integers(4, 64))
def test_what_a_writer_of_csv_wrote_is_read_as_it_was(rows: list[list[str]], delimiter: str, block: int) -> None:
    content = io.StringIO()
    csv.writer(content, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)

    with tempfile.TemporaryDirectory() as folder:
        found = read_csv(
            Path(folder), content.getvalue(), ["a", "b", "c"], order=["a", "b", "c"], delimiter=delimiter, block=block
        )

    assert found.rows == [[cell or None for cell in row] for row in rows]
    assert found.lost == []


@given(st.text(alphabet='a",\n\r #', max_size=60), st.integers(1, 70))
def test_the_fast_way_and_the_careful_way_find_the_same_records(text: str, block: int) -> None:
    """Blocks of every length; those longer than two blocks are read record by record."""

    def reading(folder: str, size: int) -> Records:
        return read_csv(Path(folder), text, ["a", "b"], order=["a", "b"], comment="#", block=size)

    with tempfile.TemporaryDirectory() as folder:
        found = [reading(folder, size) for size in (block, 1, 999)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tallystick.intake.csv_grammar.MOST_RECORDS", 2)
            found.append(reading(folder, block))

    assert found[0] == found[1] == found[2] == found[3]
    assert len(found[0].positions) + len(found[0].lost) + found[0].others.total == found[0].lines
