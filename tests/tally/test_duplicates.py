"""Which entries are the same request: by number, else by id, else not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from building import a_request, an_entry, drawn, lines, shown
from days import refined


def test_the_same_number_of_the_same_source_and_epoch_is_the_same_request(tmp_path: Path) -> None:
    entries = """
    at        source  epoch  sequence_number
    10:00:00  edge-1  e1     7
    10:00:00  edge-1  e1     7
    10:00:00  edge-1  e1     8
    10:00:00  edge-1  e2     7
    10:00:00  edge-2  e1     7
    """
    assert shown(refined(tmp_path, drawn(an_entry, entries)), "position is_duplicate conflict") == lines("""
    1  false  false
    2  true   false
    3  false  false
    4  false  false
    5  false  false
    """)


def test_no_epoch_is_an_epoch_of_its_own(tmp_path: Path) -> None:
    entries = """
    epoch  sequence_number
    -      7
    -      7
    ''     7
    e1     7
    """
    assert shown(refined(tmp_path, drawn(an_entry, entries)), "is_duplicate") == lines("""
    false
    true
    false
    false
    """)


def test_the_same_id_of_the_same_source_is_the_same_request_where_there_is_no_number(tmp_path: Path) -> None:
    entries = """
    source  sequence_number  request_id
    edge-1  -                r1
    edge-1  -                r1
    edge-2  -                r1
    edge-1  -                r2
    edge-1  -                ''
    edge-1  -                ''
    """
    assert shown(refined(tmp_path, drawn(an_entry, entries)), "position is_duplicate") == lines("""
    1  false
    2  true
    3  false
    4  false
    5  false
    6  true
    """)


def test_a_number_is_the_identity_whatever_the_id_says(tmp_path: Path) -> None:
    entries = """
    sequence_number  request_id
    1                r1
    2                r1
    -                r1
    """
    assert shown(refined(tmp_path, drawn(an_entry, entries)), "is_duplicate") == [(False,)] * 3


def test_entries_without_number_and_id_are_never_the_same_request(tmp_path: Path) -> None:
    entries = [an_entry(position=place) for place in (1, 2, 3)]

    assert shown(refined(tmp_path, entries), "is_duplicate conflict") == [(False, False)] * 3


def test_the_earliest_of_the_same_is_counted_then_the_first_by_file_and_place(tmp_path: Path) -> None:
    entries = """
    at        file_id  position  sequence_number
    10:00:01  a        1         1
    10:00:00  b        9         1
    10:00:00  b        8         1
    10:00:00  c        1         1
    """
    assert shown(refined(tmp_path, drawn(an_entry, entries)), "file_id position is_duplicate") == lines("""
    a  1  true
    b  8  false
    b  9  true
    c  1  true
    """)


@pytest.mark.parametrize(
    ("first", "second", "is_conflict"),
    [
        ({"status": 200}, {"status": 200}, False),
        ({"status": 200}, {"status": 429}, True),
        ({"records": 5}, {"records": None}, True),
        ({"records": None}, {"records": None}, False),
        ({"records": None}, {"records": 0}, True),
        ({"user_agent": None}, {"user_agent": ""}, True),
        ({"at": "10:00:00"}, {"at": "10:00:00.000001"}, True),
        ({"file_id": "a"}, {"file_id": "b"}, False),
    ],
)
def test_equal_identity_with_other_content_is_a_conflict_of_both(
    tmp_path: Path, first: dict[str, object], second: dict[str, object], is_conflict: bool
) -> None:
    entries = [an_entry(sequence_number=1, position=1, **first), an_entry(sequence_number=1, position=2, **second)]

    rows = refined(tmp_path, entries)

    assert shown(rows, "is_duplicate conflict") == [(False, is_conflict), (True, is_conflict)]


def test_only_the_files_that_count_are_read(tmp_path: Path) -> None:
    entries = """
    file_id  batch  position
    a        b1     1
    a        b2     1
    b        b1     1
    """
    rows = refined(tmp_path, drawn(an_entry, entries), current=[("a", "b2")])

    assert shown(rows, "file_id position is_duplicate") == [("a", 1, False)]


def test_a_day_without_an_entry_is_a_file_without_a_row(tmp_path: Path) -> None:
    assert refined(tmp_path, [], current=[("a", "b1")]) == []


def test_no_entry_is_lost_or_doubled_however_many_share_an_identity(tmp_path: Path) -> None:
    entries = [
        an_entry(file_id=f"f{place % 3}", position=place, sequence_number=place % 7, epoch=(None, "e1")[place % 2])
        for place in range(200)
    ]

    rows = refined(tmp_path, entries)

    assert sorted(shown(rows, "file_id position")) == sorted(shown(entries, "file_id position"))
    assert sum(not row["is_duplicate"] for row in rows) == 14


def test_what_is_refined_has_the_columns_that_requests_promise(tmp_path: Path) -> None:
    [row] = refined(tmp_path, [an_entry(records=5, user="u1")])

    assert row == a_request(licensee=None, app=None, records=5, user="u1")
