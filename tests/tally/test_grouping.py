"""Rows by equal codes, and sums over them: as a dictionary would have it, exact or refused."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.tally import grouping
from tallystick.tally.grouping import LARGEST, group

AMOUNT = st.integers(-(2**63), LARGEST)
ROW = st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 1), AMOUNT)


def columns(rows: list[tuple[int, ...]], width: int) -> list[np.ndarray]:
    return [np.asarray([row[place] for row in rows], np.int64) for place in range(width)]


@pytest.mark.parametrize("dense", [0, 10, 2**18], ids="dense={}".format)
@given(rows=st.lists(ROW), is_sorted=st.booleans())
def test_groups_are_the_rows_with_equal_codes_in_order(
    rows: list[tuple[int, ...]], is_sorted: bool, dense: int
) -> None:
    rows = sorted(rows) if is_sorted else rows
    expected: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for *codes, amount in rows:
        expected[tuple(codes)].append(amount)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "DENSE", dense)  # each way of telling groups apart gives the same
        first, second, third, amounts = columns(rows, 4)
        found = group((first, 3), (second, 41), (third, 2))

    assert list(zip(*(codes.tolist() for codes in found.codes), strict=True)) == sorted(expected)
    assert found.rows().tolist() == [len(expected[key]) for key in sorted(expected)]
    assert found.least(amounts).tolist() == [min(expected[key]) for key in sorted(expected)]
    assert found.largest(amounts).tolist() == [max(expected[key]) for key in sorted(expected)]
    sums = [sum(expected[key]) for key in sorted(expected)]
    if all(-(2**63) <= total <= LARGEST for total in sums):
        assert found.sums(amounts).tolist() == sums
    else:
        with pytest.raises(OverflowError):
            found.sums(amounts)


@given(rows=st.lists(ROW))
def test_groups_divided_further_are_groups_by_all_columns(rows: list[tuple[int, ...]]) -> None:
    first, second, third, _ = columns(rows, 4)

    divided = group((first, 3)).within((second, 41), (third, 2))
    whole = group((first, 3), (second, 41), (third, 2))

    assert divided.of_row.tolist() == whole.of_row.tolist()
    assert [codes.tolist() for codes in divided.codes] == [codes.tolist() for codes in whole.codes]


def test_many_codes_in_many_columns_are_told_apart() -> None:
    wide = 2**40
    codes = np.asarray([wide - 1, 0, wide - 1], np.int64)

    found = group((codes, wide), (codes, wide), (codes, wide))

    assert found.of_row.tolist() == [1, 0, 1]
    assert [one.tolist() for one in found.codes] == [[0, wide - 1]] * 3
