"""A block of lines to cells: every cell of many records at once, by numpy, with or without quotes (RFC 4180)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NEWLINE, RETURN, SPACE, QUOTE = 10, 13, 32, 34
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
NOWHERE: Places = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Cells:
    """The records of a block and their cells.

    Record i is `block[starts[i]:ends[i]]`, without its line end; it has `widths[i]` cells, which are the values from
    `first[i]` on, without their quotes. `rest` is where a record begins whose quote the block does not close, else the
    block's length.
    """

    block: bytes
    starts: Places
    ends: Places
    first: Places
    widths: Places
    values: pa.LargeStringArray
    rest: int

    @property
    def first_bytes(self) -> Bytes:
        """The byte with which each record begins; its line end where it has none."""
        return np.frombuffer(self.block, dtype=np.uint8)[self.starts]

    def record(self, index: int) -> bytes:
        """The bytes of one record."""
        return self.block[self.starts[index] : self.ends[index]]

    def column(self, records: Places, place: int) -> pa.LargeStringArray:
        """The cell at `place` of each of these records, which must have it."""
        return self.values.take(pa.array(self.first[records] + place))

    def with_nulls(self, *unknown: str) -> Cells:
        """The same with NULL for each cell that is one of these texts."""
        values = self.values
        for text in unknown:
            is_null = pc.equal(values, text)
            if pc.any(is_null).as_py():
                values = pc.if_else(is_null, None, values)
        return replace(self, values=values)

    def with_empty(self, text: str) -> Cells:
        """The same with an empty cell for each that is this text."""
        is_empty = pc.equal(self.values, text)
        if not pc.any(is_empty).as_py():
            return self
        return replace(self, values=pc.if_else(is_empty, "", self.values))

    def replaced(self, records: Places, by: list[list[bytes]]) -> Cells:
        """The same with other cells for some records."""
        values, first, widths = cells_of(by)
        all_first, all_widths = self.first.copy(), self.widths.copy()
        all_first[records], all_widths[records] = first + len(self.values), widths
        joined = pa.concat_arrays([self.values, values])
        return replace(self, values=joined, first=all_first, widths=all_widths)


def split_cells(block: bytes, delimiter: str) -> Cells:
    """Every record of a block that ends with a line end (LF or CRLF), and every cell between delimiters."""
    array: Bytes = np.frombuffer(block, dtype=np.uint8)
    return _split(block, delimiter, (array == NEWLINE) | (array == ord(delimiter)), NOWHERE)


def split_quoted_cells(block: bytes, delimiter: str) -> Cells | None:
    """The same where a cell may stand in quotes, and then hold delimiters, line ends and doubled quotes.

    None where a quote stands elsewhere, so that it is not certain what it means.
    """
    if b'"' not in block:
        return split_cells(block, delimiter)
    array: Bytes = np.frombuffer(block, dtype=np.uint8)
    quotes: Places = np.flatnonzero(array == QUOTE)
    if not _is_certain(array, quotes, ord(delimiter)):
        return None
    is_outside = (np.cumsum(array == QUOTE, dtype=np.uint8) & 1) == 0  # parity outlives the overflow
    opens, closes = quotes[::2], quotes[1::2]
    again = np.zeros(len(opens), dtype=np.bool_)  # the second of a doubled quote, which is the one that is kept
    again[1:] = opens[1:] == closes[: len(opens) - 1] + 1
    is_cut = ((array == NEWLINE) | (array == ord(delimiter))) & is_outside
    return _split(block, delimiter, is_cut, np.concatenate((opens[~again], closes)))


def _split(block: bytes, delimiter: str, is_cut: Flags, drop: Places) -> Cells:
    """The cells between cuts, up to the last cut at a line end; bytes at the places in `drop` are left out."""
    array: Bytes = np.frombuffer(block, dtype=np.uint8)
    cuts: Places = np.flatnonzero(is_cut)
    is_end = array[cuts] == NEWLINE
    ends = cuts[is_end]
    rest = int(ends[-1]) + 1 if len(ends) else 0
    last = int(np.searchsorted(cuts, rest))
    cuts, is_end = cuts[:last], is_end[:last]
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1)) if len(ends) else ends
    returns = NOWHERE
    if b"\r\n" in block:
        is_after_return = (ends > 0) & (array[ends - 1] == RETURN)
        returns, ends = ends[is_after_return] - 1, ends - is_after_return
    first = np.concatenate((np.zeros(1, dtype=np.int64), np.flatnonzero(is_end) + 1))
    return Cells(
        block=block,
        starts=starts,
        ends=ends,
        first=first[:-1],
        widths=np.diff(first),
        values=_values(array[:rest], delimiter, cuts, drop, returns),
        rest=rest,
    )


def newlines(block: bytes) -> Places:
    """Where the line ends of a block stand."""
    return np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == NEWLINE)


def cells_of(records: list[list[bytes]]) -> tuple[pa.LargeStringArray, Places, Places]:
    """The cells of separate records one after another, the index of each record's first, and how many each has."""
    cells = [cell for record in records for cell in record]
    widths = np.array([len(record) for record in records], dtype=np.int64)
    values = pa.array(cells, pa.large_binary()).cast(pa.large_string())
    return values, np.cumsum(widths) - widths, widths


def _is_certain(array: Bytes, quotes: Places, delimiter: int) -> bool:
    """Whether each quote that opens stands at the beginning of a cell, or doubles the one before it, and each that
    closes stands at its end, or is doubled by the one after it.
    """
    opens, closes = quotes[::2], quotes[1::2]
    before = array[opens[opens > 0] - 1]
    if not ((before == delimiter) | (before == NEWLINE) | (before == QUOTE)).all():
        return False
    size = len(array)
    after = array[np.minimum(closes + 1, size - 1)]
    next_after = array[np.minimum(closes + 2, size - 1)]
    is_end = (after == delimiter) | (after == NEWLINE) | (after == QUOTE)
    return bool((is_end | ((after == RETURN) & (next_after == NEWLINE))).all())


def _values(array: Bytes, delimiter: str, cuts: Places, drop: Places, returns: Places) -> pa.LargeStringArray:
    """The text between cuts, without the bytes at the places in `drop` and the returns before line ends."""
    dropped = np.sort(np.concatenate((drop, returns)))
    offsets = np.zeros(len(cuts) + 1, dtype=np.int64)
    offsets[1:] = cuts - np.arange(len(cuts))
    if len(dropped):
        offsets[1:] -= np.searchsorted(dropped, cuts)
    if len(drop) or len(returns) < np.count_nonzero(array == RETURN):
        keep = np.ones(len(array), dtype=np.bool_)
        keep[cuts] = False
        keep[dropped[dropped < len(array)]] = False
        text = array[keep].tobytes()
    else:
        text = array.tobytes().translate(None, b"\r\n" + delimiter.encode())
    return pa.Array.from_buffers(
        pa.large_string(), len(cuts), [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(text)]
    )
