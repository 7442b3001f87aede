from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tallystick.report.gaps import missing_runs

AT = datetime(2024, 3, 1, tzinfo=UTC)
Row = dict[str, Any]


def tallied(days: list[set[int]], epoch: str | None = "e1") -> tuple[list[Row], list[Row]]:
    """`day_ledger` and `sequence_gap` of days in a row, each with the numbers that its log holds."""
    ledger: list[Row] = []
    gaps: list[Row] = []
    for place, numbers in enumerate(days, start=1):
        here = {"event_date": f"2024-03-{place:02d}", "source": "edge"}
        low, high = (min(numbers), max(numbers)) if numbers else (None, None)
        marks = {"epoch_first": epoch, "epoch_last": epoch, "first_number": low, "last_number": high}
        ledger.append({**here, **marks, "first_at": AT, "last_at": AT})
        ordered = sorted(numbers)
        gaps += [
            {**here, "epoch": epoch, "first_missing": a + 1, "last_missing": b - 1, "after_at": AT, "before_at": AT}
            for a, b in pairwise(ordered)
            if b - a > 1
        ]
    return ledger, gaps


def runs(days: list[set[int]]) -> list[tuple[int, int]]:
    return [(one["first_missing"], one["last_missing"]) for one in missing_runs(*tallied(days))]


def test_numbers_in_a_row_lack_nothing() -> None:
    assert runs([{1, 2, 3}, {4, 5}]) == []


def test_a_jump_is_missing_inside_a_day_and_over_midnight() -> None:
    assert runs([{1, 2, 5}, {8}]) == [(3, 4), (6, 7)]


def test_a_day_without_numbers_is_jumped_over_once() -> None:
    assert runs([{1, 2}, set(), {5}]) == [(3, 4)]


def test_numbers_that_pass_each_other_at_midnight_are_not_missing() -> None:
    assert runs([{9, 10, 12}, {11, 13, 14}]) == []


def test_what_both_days_skip_is_missing_once() -> None:
    assert runs([{10, 13}, {11, 14}]) == [(12, 12)]
    assert runs([{10, 20}, {15, 25}]) == [(11, 14), (16, 19), (21, 24)]


def test_another_epoch_fills_no_gap() -> None:
    first, second = tallied([{1, 4}]), tallied([set(), {2, 3}], epoch="e2")
    ledger = [*first[0], second[0][1]]
    listed = missing_runs(ledger, [*first[1], *second[1]])

    assert [(one["epoch"], one["first_missing"], one["last_missing"]) for one in listed] == [("e1", 2, 3)]


def test_a_day_of_two_epochs_ends_one_and_begins_the_other() -> None:
    ledger, gaps = tallied([{1, 2, 5}])
    ledger[0] |= {"epoch_last": "e2", "last_number": 3}
    after, _ = tallied([set(), {6}], epoch="e2")
    listed = missing_runs([*ledger, after[1]], gaps)

    assert [(one["epoch"], one["first_missing"], one["last_missing"]) for one in listed] == [("e1", 3, 4), ("e2", 4, 5)]


def test_where_epochs_run_side_by_side_nothing_is_guessed() -> None:
    ledger, _ = tallied([{100}, {51}])
    ledger[0] |= {"epoch_last": "e2", "last_number": 50}
    ledger[1] |= {"epoch_first": "e2", "last_number": 300}

    assert missing_runs(ledger, []) == []


def test_a_log_without_an_epoch_is_numbered_all_the_same() -> None:
    listed = missing_runs(*tallied([{1, 4}, {7}], epoch=None))

    assert [(one["epoch"], one["missing"]) for one in listed] == [(None, 2), (None, 2)]


@given(st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=1, max_size=60))
def test_just_the_lost_numbers_are_missing(day_of: list[int | None]) -> None:
    """Numbers in a row, each on some day or on none."""
    days = [{number for number, day in enumerate(day_of) if day == wanted} for wanted in range(4)]
    held = set().union(*days)
    lost = [number for number in range(min(held, default=0), max(held, default=0)) if number not in held]

    listed = [number for first, last in runs(days) for number in range(first, last + 1)]

    assert listed == lost
