"""What is one request although its log has several entries for it."""

from __future__ import annotations

from pathlib import Path

from building import an_entry, drawn, lines, shown
from days import refined


def test_the_part_of_the_lowest_number_stands_for_the_request_and_the_others_are_no_conflict(tmp_path: Path) -> None:
    entries = """
    at        request_id  part  status
    10:00:00  r1          2     -
    10:00:00  r1          1     200
    10:00:01  r2          1     404
    10:00:02  r3          -     500
    """
    assert shown(refined(tmp_path, drawn(an_entry, entries)), "position is_duplicate conflict") == lines("""
    1  true   false
    2  false  false
    3  false  false
    4  false  false
    """)


def test_what_the_counted_part_does_not_say_is_taken_from_the_others(tmp_path: Path) -> None:
    entries = """
    at        request_id  part  status  method  user_agent
    10:00:05  r1          1     200     -       -
    10:00:00  r1          2     -       GET     first
    10:00:03  r1          3     -       POST    -
    """
    rows = refined(tmp_path, drawn(an_entry, entries))

    assert shown(rows, "position is_duplicate status method user_agent") == lines("""
    1  false  200  GET   first
    2  true   -    GET   first
    3  true   -    POST  -
    """)
    counted = next(row for row in rows if not row["is_duplicate"])
    assert counted["received_at"].strftime("%H:%M:%S") == "10:00:00"


def test_a_part_below_zero_never_stands_for_a_request(tmp_path: Path) -> None:
    entries = """
    request_id  part  status
    r1          1     -
    r1          -2    200
    r2          -2    200
    """
    assert shown(refined(tmp_path, drawn(an_entry, entries)), "position is_duplicate status") == lines("""
    1  false  200
    2  true   200
    3  true   200
    """)


def test_the_same_part_twice_with_other_content_is_a_conflict(tmp_path: Path) -> None:
    entries = """
    request_id  part  status
    r1          1     200
    r1          1     500
    r1          2     -
    r2          1     200
    r2          1     200
    """
    assert shown(refined(tmp_path, drawn(an_entry, entries)), "position is_duplicate conflict") == lines("""
    1  false  true
    2  true   true
    3  true   false
    4  false  false
    5  true   false
    """)


def test_parts_of_other_sources_are_other_requests(tmp_path: Path) -> None:
    entries = """
    source  request_id  part
    edge-1  r1          1
    edge-2  r1          2
    """
    assert shown(refined(tmp_path, drawn(an_entry, entries)), "is_duplicate") == [(False,), (False,)]
