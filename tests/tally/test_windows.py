from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.tally.windows import Integers, calendar_sums, group_sums, sliding_sums

MOST = 2**63 - 1
Sums = Callable[[Integers, Integers, Integers, int], Integers]
BOTH = pytest.mark.parametrize("sums", [sliding_sums, calendar_sums])


def arrays(rows: Sequence[tuple[int, int, int]]) -> tuple[Integers, Integers, Integers]:
    """(key, at_us, amount), sorted as the two functions ask for."""
    columns = np.asarray(sorted(rows), np.int64).reshape(-1, 3)
    return columns[:, 0], columns[:, 1], columns[:, 2]


def of(sums: Sums, rows: Sequence[tuple[int, int, int]], length_us: int) -> list[int]:
    return [int(one) for one in sums(*arrays(rows), length_us)]


def test_a_sliding_window_is_open_at_its_start_and_closed_at_the_request() -> None:
    rows = [(0, 0, 1), (0, 9, 10), (0, 10, 100), (0, 19, 1_000), (0, 20, 10_000)]

    assert of(sliding_sums, rows, 10) == [1, 11, 110, 1_100, 11_000]


def test_a_tie_counts_in_every_window_that_holds_it() -> None:
    assert of(sliding_sums, [(0, 5, 1), (0, 5, 1), (0, 5, 1)], 1) == [3, 3, 3]


def test_a_calendar_window_holds_its_start_and_not_its_end() -> None:
    rows = [(0, 9, 1), (0, 10, 10), (0, 19, 100), (0, 20, 1_000)]

    assert of(calendar_sums, rows, 10) == [1, 110, 110, 1_000]


def test_calendar_windows_before_1970_are_multiples_of_the_length_too() -> None:
    assert of(calendar_sums, [(0, -11, 1), (0, -10, 10), (0, -1, 100), (0, 0, 1_000)], 10) == [1, 110, 110, 1_000]


@BOTH
def test_no_window_reaches_into_another_key(sums: Sums) -> None:
    rows = [(0, 0, 1), (1, 0, 10), (2, 0, 100)]

    assert of(sums, rows, 1_000) == [1, 10, 100]


@BOTH
def test_no_request_is_no_window(sums: Sums) -> None:
    assert of(sums, [], 10) == []


@BOTH
def test_a_sum_of_exactly_the_largest_integer_is_exact(sums: Sums) -> None:
    assert of(sums, [(0, 0, MOST - 1), (0, 0, 1)], 10) == [MOST, MOST]


@BOTH
@pytest.mark.parametrize(
    "amounts",
    [(MOST, 1), (MOST, MOST), (MOST, MOST, 1), (MOST, MOST, 2), (2**62,) * 4, (MOST,) * 7],
    ids=["past by one", "twice", "to 2^64 - 1", "to 2^64, which wraps to nothing", "four quarters", "seven times"],
)
def test_a_window_past_the_largest_integer_is_an_error(sums: Sums, amounts: tuple[int, ...]) -> None:
    with pytest.raises(OverflowError, match="2\\^63-1"):
        of(sums, [(0, 0, amount) for amount in amounts], 10)


@BOTH
def test_a_window_past_the_largest_integer_is_an_error_among_sums_that_dwarf_it(sums: Sums) -> None:
    others = [(key, 0, MOST) for key in range(5_000)]

    with pytest.raises(OverflowError):
        of(sums, [*others, (6_000, 0, MOST), (6_000, 0, 1)], 10)


@BOTH
def test_running_totals_that_wrap_many_times_leave_every_window_exact(sums: Sums) -> None:
    rows = [(key, 0, MOST - key) for key in range(1_000)]

    assert of(sums, rows, 10) == [MOST - key for key in range(1_000)]


def test_keys_and_times_that_no_integer_can_hold_together_are_an_error() -> None:
    with pytest.raises(OverflowError, match="too many for one pass"):
        of(sliding_sums, [(0, 0, 1), (2**40, 2**40, 1)], 10)


def test_sums_of_stretches_are_sums_of_their_amounts() -> None:
    amounts = np.asarray([1, 2, 4, 8], np.int64)

    found = group_sums(amounts, np.asarray([0, 1, 3]), np.asarray([0, 3, 4]))

    assert found.tolist() == [0, 6, 8]


ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(-15, 15), st.sampled_from([0, 1, 2, 2**53 + 1, 2**59])))


@settings(derandomize=True, max_examples=300, deadline=None)
@given(rows=ROWS, length=st.integers(1, 12))
def test_every_sum_is_the_one_that_adding_up_gives(rows: list[tuple[int, int, int]], length: int) -> None:
    ordered = sorted(rows)

    assert of(sliding_sums, rows, length) == [
        sum(amount for key, at, amount in ordered if key == mine and until - length < at <= until)
        for mine, until, _ in ordered
    ]
    assert of(calendar_sums, rows, length) == [
        sum(amount for key, at, amount in ordered if key == mine and at // length == until // length)
        for mine, until, _ in ordered
    ]
