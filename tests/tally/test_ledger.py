"""The accounting identity of a day, and the numbers that its logs skipped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from building import DAY, Row, a_request, drawn, lines, shown
from days import rows_of, tallied
from tallystick.tables.day_ledger import DAY_LEDGER
from tallystick.tables.sequence_gap import SEQUENCE_GAP

BOXES = "entries rejected accepted duplicate conflict unique unattributed attributed"
MOST = 2**63 - 1


def ledger(root: Path, rows: Sequence[Row], offered: Sequence[dict[str, Any]] = ()) -> list[Row]:
    return rows_of(tallied(root, rows, offered=offered), DAY_LEDGER)


def gaps(root: Path, rows: Sequence[Row]) -> list[Row]:
    return rows_of(tallied(root, rows), SEQUENCE_GAP)


def offered(**stated: Any) -> dict[str, Any]:
    """What one source's files offered of the day; 3 accepted entries in 1 file."""
    said = {"source": "edge", "files": 1, "repeated_files": 0, "accepted": 3, "repeated_accepted": 0, "rejected": 0}
    return said | stated


def test_every_entry_ends_in_one_box_and_the_boxes_add_up(tmp_path: Path) -> None:
    rows = """
    is_duplicate  conflict  licensee
    false         false     halcyon
    false         true      halcyon
    true          true      halcyon
    true          false     halcyon
    true          true      -
    false         true      -
    false         false     -
    """
    [day] = ledger(tmp_path, drawn(a_request, rows), [offered(accepted=7, rejected=2)])

    assert shown([day], BOXES) == lines("9 2 7 3 2 4 2 2")
    assert day["entries"] == day["rejected"] + day["accepted"]
    assert day["accepted"] == day["duplicate"] + day["unique"]
    assert day["unique"] == day["unattributed"] + day["attributed"]


def test_the_entries_of_a_repeated_file_are_accepted_and_duplicates(tmp_path: Path) -> None:
    rows = drawn(a_request, "licensee\nhalcyon\nhalcyon\nhalcyon")
    given = offered(files=1, repeated_files=2, accepted=3, repeated_accepted=6, rejected=4)

    [day] = ledger(tmp_path, rows, [given])

    assert shown([day], f"files repeated_files {BOXES}") == lines("1 2 13 4 9 6 0 3 0 3")


def test_each_source_has_its_own_row(tmp_path: Path) -> None:
    rows = drawn(a_request, "source licensee\nedge-2 halcyon\nedge-1 halcyon\nedge-1 -")

    found = ledger(tmp_path, rows, [offered(source="edge-1", accepted=2), offered(source="edge-2", accepted=1)])

    assert shown(found, "source accepted unattributed attributed") == lines("edge-1 2 1 1\nedge-2 1 0 1")


def test_a_source_that_only_rejects_or_only_repeats_has_a_row_too(tmp_path: Path) -> None:
    rows = drawn(a_request, "source\nedge-1")
    given = [
        offered(source="edge-1", accepted=1),
        offered(source="edge-2", accepted=0, rejected=5),
        offered(source="edge-3", files=0, repeated_files=1, accepted=0, repeated_accepted=4),
    ]

    found = ledger(tmp_path, rows, given)

    assert shown(found, f"source {BOXES} first_at") == lines("""
    edge-1  1  0  1  0  0  1  0  1  10:00:00
    edge-2  5  5  0  0  0  0  0  0  -
    edge-3  4  0  4  4  0  0  0  0  -
    """)


def test_a_day_of_nothing_is_a_ledger_of_nothing(tmp_path: Path) -> None:
    assert ledger(tmp_path, []) == []
    assert ledger(tmp_path / "b", [], [offered(accepted=0)])[0]["entries"] == 0


def test_first_and_last_are_of_unique_requests(tmp_path: Path) -> None:
    rows = """
    at        is_duplicate
    09:00:00  true
    10:00:00  false
    11:00:00  false
    12:00:00  true
    """
    [day] = ledger(tmp_path, drawn(a_request, rows))

    assert shown([day], "first_at last_at") == lines("10:00:00 11:00:00")


# ── numbers that are missing ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_jump_in_sequence_numbers_is_a_lost_request(tmp_path: Path) -> None:
    rows = """
    at        sequence_number
    10:00:00  1
    10:00:01  2
    10:00:05  5
    10:00:06  6
    10:00:08  8
    """
    assert shown(
        gaps(tmp_path, drawn(a_request, rows)), "first_missing last_missing missing after_at before_at"
    ) == lines(
        """
    3  4  2  10:00:01  10:00:05
    7  7  1  10:00:06  10:00:08
    """
    )


def test_numbers_that_come_in_another_order_than_time_are_not_missing(tmp_path: Path) -> None:
    rows = drawn(a_request, "at sequence_number\n10:00:00 3\n10:00:01 1\n10:00:02 2")

    assert gaps(tmp_path, rows) == []


def test_a_duplicate_fills_no_gap_and_makes_none(tmp_path: Path) -> None:
    rows = drawn(a_request, "sequence_number is_duplicate\n1 false\n1 true\n2 true\n3 false")

    assert shown(gaps(tmp_path, rows), "first_missing last_missing missing") == [(2, 2, 1)]


def test_numbers_count_within_their_source_and_epoch(tmp_path: Path) -> None:
    rows = """
    source  epoch  sequence_number
    edge-1  e1     1
    edge-1  e2     5
    edge-1  -      9
    edge-2  e1     3
    edge-1  e1     2
    edge-1  -      11
    """
    found = gaps(tmp_path, drawn(a_request, rows))

    assert shown(found, "source epoch first_missing last_missing") == [("edge-1", None, 10, 10)]


def test_requests_without_a_number_are_not_missing(tmp_path: Path) -> None:
    assert gaps(tmp_path, drawn(a_request, "sequence_number\n-\n4\n-\n5")) == []


@pytest.mark.parametrize(
    ("least", "most", "missing"), [(0, MOST, MOST - 1), (-1, 1, 1), (MOST - 2, MOST, 1), (0, 10**12, 10**12 - 1)]
)
def test_a_huge_gap_is_exact(tmp_path: Path, least: int, most: int, missing: int) -> None:
    rows = [a_request(position=place, sequence_number=number) for place, number in enumerate((least, most))]

    lake = tallied(tmp_path, rows)

    assert shown(rows_of(lake, SEQUENCE_GAP), "first_missing last_missing missing") == [(least + 1, most - 1, missing)]
    assert shown(rows_of(lake, DAY_LEDGER), "first_number last_number missing") == [(least, most, missing)]


def test_the_ledger_sums_the_gaps_of_its_source(tmp_path: Path) -> None:
    rows = """
    source  epoch  sequence_number
    edge-1  e1     1
    edge-1  e1     4
    edge-1  e2     1
    edge-1  e2     3
    edge-2  -      7
    """
    assert shown(ledger(tmp_path, drawn(a_request, rows)), "source missing") == lines("edge-1 3\nedge-2 0")


def test_a_day_says_where_its_numbering_begins_and_ends(tmp_path: Path) -> None:
    rows = """
    at        sequence_number  epoch
    10:00:00  12               e1
    10:00:01  10               e1
    10:00:02  11               e1
    """
    found = ledger(tmp_path, drawn(a_request, rows))

    assert shown(found, "epoch_first first_number epoch_last last_number") == lines("e1 10 e1 12")


@pytest.mark.parametrize("epochs", [("e1", "e2"), (None, "e2"), ("e1", None)])
def test_after_a_restart_a_day_begins_in_the_first_epoch_and_ends_in_the_last(
    tmp_path: Path, epochs: tuple[str | None, str | None]
) -> None:
    rows = [
        a_request(at="10:00:00", position=1, sequence_number=901, epoch=epochs[0]),
        a_request(at="10:00:01", position=2, sequence_number=900, epoch=epochs[0]),
        a_request(at="11:00:00", position=3, sequence_number=2, epoch=epochs[1]),
        a_request(at="11:00:01", position=4, sequence_number=1, epoch=epochs[1]),
    ]
    [day] = ledger(tmp_path, rows)

    assert (day["epoch_first"], day["first_number"], day["epoch_last"], day["last_number"]) == (
        epochs[0],
        900,
        epochs[1],
        2,
    )


def test_a_source_without_numbers_has_none(tmp_path: Path) -> None:
    [day] = ledger(tmp_path, [a_request()])

    assert shown([day], "epoch_first epoch_last first_number last_number missing") == lines("- - - - 0")


def test_what_a_day_offers_may_hold_any_text(tmp_path: Path) -> None:
    hostile = "x'; DROP TABLE request; --\n\x1b[31m"
    rows = [a_request(source=hostile, epoch=hostile, sequence_number=number, position=number) for number in (1, 3)]

    lake = tallied(tmp_path, rows, offered=[offered(source=hostile, accepted=2)])

    assert shown(rows_of(lake, DAY_LEDGER), "source accepted missing") == [(hostile, 2, 1)]
    assert shown(rows_of(lake, SEQUENCE_GAP), "source epoch missing") == [(hostile, hostile, 1)]


def test_the_ledger_of_a_day_lies_in_the_partition_of_that_day(tmp_path: Path) -> None:
    [day] = ledger(tmp_path, [a_request()])

    assert str(day["event_date"]) == DAY
