"""Rows with equal codes as groups, and exact sums over each, vectorised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

LEAST, LARGEST = -(2**63), 2**63 - 1
DENSE = 2**18
"""Up to so many possible groups, or as many as there are rows, a table over all of them is cheaper than sorting."""


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Which group each row is in; `codes` has for each column the code of each group. Groups are in order of codes."""

    of_row: Integers
    codes: tuple[Integers, ...]

    @property
    def count(self) -> int:
        """How many groups there are; none is empty."""
        return len(self.codes[0])

    def within(self, *columns: tuple[Integers, int]) -> Groups:
        """These groups, divided further by other columns."""
        divided = group((self.of_row, self.count), *columns)
        return Groups(
            of_row=divided.of_row, codes=(*(codes[divided.codes[0]] for codes in self.codes), *divided.codes[1:])
        )

    def rows(self) -> Integers:
        """How many rows each group has."""
        return np.bincount(self.of_row, minlength=self.count)

    def rows_at(self, places: NDArray[np.intp]) -> Integers:
        """How many of the rows at some places each group has."""
        return np.bincount(self.of_row[places], minlength=self.count)

    def sums(self, amounts: Integers) -> Integers:
        """The sum of each group. Raises OverflowError when one passes 2^63-1."""
        return group_sums(self.of_row, amounts, self.count)

    def least(self, numbers: Integers) -> Integers:
        """The least number of each group."""
        found = np.full(self.count, LARGEST, np.int64)
        np.minimum.at(found, self.of_row, numbers)
        return found

    def largest(self, numbers: Integers) -> Integers:
        """The largest number of each group."""
        found = np.full(self.count, LEAST, np.int64)
        np.maximum.at(found, self.of_row, numbers)
        return found


def group(*columns: tuple[Integers, int]) -> Groups:
    """Rows by equal codes in some columns, each given with how many codes it can have."""
    codes, size = columns[0]
    known: tuple[Integers, ...] = ()
    pending = [size]
    for more, more_size in columns[1:]:
        if size * more_size > (LARGEST if len(pending) == 1 else max(DENSE, len(codes))):
            codes, cells = _compacted(codes, size)
            known, pending, size = _decoded(known, pending, cells), [len(cells)], len(cells)
        codes, size = codes * np.int64(more_size) + more, size * more_size
        pending.append(more_size)
    codes, cells = _compacted(codes, size)
    return Groups(of_row=codes, codes=_decoded(known, pending, cells))


def group_sums(of_row: Integers, amounts: Integers, count: int) -> Integers:
    """The sum of `amounts` for each of `count` groups. Raises OverflowError when one passes 2^63-1."""
    sums = np.zeros(count, np.int64)
    highest = max(int(amounts.max(initial=0)), -int(amounts.min(initial=0)))
    if highest * len(amounts) <= LARGEST:
        np.add.at(sums, of_row, amounts)
        return sums
    low = np.zeros(count, np.int64)  # what one sum of 64 bits may not hold is summed in two halves
    np.add.at(low, of_row, amounts & 0xFFFFFFFF)
    np.add.at(sums, of_row, amounts >> 32)
    sums += low >> 32
    if len(sums) and (int(sums.max()) >= 2**31 or int(sums.min()) < -(2**31)):
        raise OverflowError("a sum is past 2^63-1")
    return (sums << 32) | (low & 0xFFFFFFFF)


def _compacted(codes: Integers, size: int) -> tuple[Integers, Integers]:
    """Codes as places in the codes that occur, which come second, in order."""
    if size <= max(DENSE, len(codes)):
        occurs = np.bincount(codes, minlength=size) > 0
        place = np.cumsum(occurs) - 1
        return place[codes], np.flatnonzero(occurs)
    steps = np.diff(codes)
    if len(codes) and (steps >= 0).all():  # as the files are sorted
        begins = np.concatenate([[True], steps != 0])
        return np.cumsum(begins) - 1, codes[begins]
    cells, places = np.unique(codes, return_inverse=True)
    return places.astype(np.int64), cells


def _decoded(known: tuple[Integers, ...], pending: list[int], cells: Integers) -> tuple[Integers, ...]:
    """The codes of each column for some cells; the first of `pending` stands for the columns of `known`, if any."""
    later: list[Integers] = []
    for size in reversed(pending[1:]):
        cells, codes = np.divmod(cells, size)
        later.append(codes)
    first = tuple(codes[cells] for codes in known) if known else (cells,)
    return (*first, *reversed(later))
